"""A server in this process for tests, with a language model that says what it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import uvicorn
from llama_index.core.llms import LLM
from starlette.types import ASGIApp

from index import Library
from rag import Assistant
from ui.server import _bound
from ui.site import WebApp


@contextmanager
def live(library: Library, llm: LLM) -> Iterator[str]:
    """The address of the page, until the end."""
    assistant = Assistant(library, llm, strictness="open")
    with closing(WebApp(library, assistant)) as app, listening(app) as url:
        yield url


@contextmanager
def listening(app: ASGIApp, **options: Any) -> Iterator[str]:  # noqa: ANN401 - uvicorn's own
    """The address at which an application is served, until the end; `options` are uvicorn's."""
    # As the real server binds: a socket of `create_server` would hold small answers back.
    with _bound("127.0.0.1", 0) as socket:
        server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1, **options)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{socket.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
