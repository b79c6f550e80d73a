"""A web server that serves MCP as the product does, and the official client's ways to reach it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx2
import uvicorn
from mcp import Client
from mcp.client.client import ConnectMode
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from index import Library
from rag import Assistant
from ui.access import ROLES, Access, decide
from ui.mcp.http import PATH, McpApp, create_mcp_app
from ui.security import Guard
from ui.server import _bound
from ui.threads import ThreadedStream


class Layer:
    """Decides by two headers who asks, and enters the application with the first request."""

    def __init__(self, app: ASGIApp, mcp: McpApp) -> None:
        self._app = app
        self._mcp = mcp
        self._ready: asyncio.Event | None = None
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        role = next((role for role in ROLES if role == headers.get("x-role", "owner")), None)
        decide(scope, Access(person=headers.get("x-person"), role=role))
        if self._ready is None:
            self._ready = asyncio.Event()
            self._task = asyncio.create_task(self._run(self._ready))
        await self._ready.wait()
        await self._app(scope, receive, send)

    async def _run(self, ready: asyncio.Event) -> None:
        async with self._mcp.running():
            ready.set()
            await self._ending.wait()

    async def end(self) -> None:
        """Leave the application, in the task that entered it."""
        self._ending.set()
        if self._task is not None:
            await self._task


@contextmanager
def serving(library: Library, assistant: Callable[[], Assistant]) -> Iterator[str]:
    """The address of MCP, until the end."""
    mcp = create_mcp_app(library, assistant, ThreadedStream())
    layer = Layer(Starlette(routes=[Route(PATH, endpoint=mcp)]), mcp)
    with _bound("127.0.0.1", 0) as listening:
        server = uvicorn.Server(
            uvicorn.Config(
                Guard(layer, "127.0.0.1"),
                log_level="warning",
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )

        async def serve() -> None:
            await server.serve([listening])
            await layer.end()

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


def http(role: str = "owner", person: str | None = None) -> httpx2.AsyncClient:
    """A client whose requests say who asks."""
    named = {} if person is None else {"x-person": person}
    return create_mcp_http_client({"x-role": role, **named})


@asynccontextmanager
async def client(
    url: str, role: str = "owner", *, person: str | None = None, mode: ConnectMode = "auto"
) -> AsyncGenerator[Client]:
    """The official client, as somebody with that role."""
    async with (
        http(role, person) as sending,
        Client(streamable_http_client(url, http_client=sending), mode=mode) as connected,
    ):
        yield connected
