"""A server in this process for browser tests, with a language model that says what it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import uvicorn
from llama_index.core.llms import LLM

from index import Library
from rag import Assistant
from ui.server import _bound
from ui.site import WebApp


@contextmanager
def live(library: Library, llm: LLM) -> Iterator[str]:
    """The address of the page, until the end."""
    with (
        closing(WebApp(library, Assistant(library, llm, strictness="open"))) as app,
        # As the real server binds: a socket of `create_server` would hold small answers back.
        _bound("127.0.0.1", 0) as listening,
    ):
        server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
