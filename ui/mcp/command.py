"""`sanad mcp`: the store of the options, for a client that starts this program."""

from __future__ import annotations

from argparse import Namespace

from rag import Assistant
from ui.terminal import open_library, settings_of


def serve_mcp(arguments: Namespace) -> int:
    """Serve until the client closes its end."""
    from ui.mcp.stdio import serve_stdio

    library = open_library(arguments)
    assistant = Assistant(library, settings=settings_of(arguments))
    serve_stdio(library, assistant, read_only=arguments.read_only)
    return 0
