"""Sanad for programs that speak the Model Context Protocol: tools and documents, over two wires.

shapes.py      what goes into each tool and what comes out
tools.py       the tools
documents.py   documents as resources
server.py      the protocol's server: who may what, and errors
http.py        streamable HTTP, to be mounted in a web server
stdio.py       standard input and output, for `sanad mcp`
"""
