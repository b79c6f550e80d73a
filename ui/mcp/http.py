"""The protocol over streamable HTTP: an application of one address, for a web server to mount."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from mcp.server import Server
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from index import Library
from rag import Assistant
from ui.access import Access, access_in
from ui.audit import Audit
from ui.crowd import Crowd
from ui.http.errors import Problem, error_json
from ui.mcp.server import Context, create_mcp_server
from ui.threads import ThreadedStream

PATH = "/mcp"
_BODY_BYTES = 8 * 1024 * 1024
"""A text of the longest that is added, in letters that JSON may write in six bytes each."""
_SESSIONS = 2_000
_SECONDS_IDLE = 2 * 3600.0


def create_mcp_app(
    library: Library,
    assistant: Callable[[], Assistant],
    answers: ThreadedStream,
    crowd: Crowd | None = None,
    audit: Audit | None = None,
) -> McpApp:
    """The application for /mcp; `assistant` and `answers` as in `ui.http.app.create_app`.

    It is a route of its own, not a mount, so that its address ends without a slash:

        app.router.routes.append(Route(PATH, endpoint=create_mcp_app(...)))

    and answers while `running()` is entered.
    """
    return McpApp(create_mcp_server(library, assistant, answers, _access_of, crowd, audit))


class McpApp:
    """Answers MCP's requests with what their `Access` allows (`ui.access`).

    Which hosts and pages may ask is for the layer before it (`ui.security.Guard`) to say: the
    SDK's own check, which knows fixed names only, is off.
    """

    def __init__(self, server: Server[Any]) -> None:
        # With sessions, since a client of the protocol before 2026 cancels by naming the request.
        self._sessions = StreamableHTTPSessionManager(
            server,
            max_request_body_size=_BODY_BYTES,
            max_sessions=_SESSIONS,
            session_idle_timeout=_SECONDS_IDLE,
        )
        self._running = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Answers within this, which is entered once, and left in the task that entered it.

        Leaving it ends what is being answered.
        """
        async with self._sessions.run():
            self._running = True
            try:
                yield
            finally:
                self._running = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._running:
            message = "This server is starting or stopping."
            problem = Problem(503, "stopping", message, "Try again.")
            await JSONResponse(error_json(problem), 503)(scope, receive, send)
            return
        await self._sessions.handle_request(_with_user(scope), receive, send)


def _with_user(scope: Scope) -> Scope:
    """The scope with the person as the SDK knows one: it lets nobody else into their session."""
    person = access_in(scope).person
    if person is None:
        return scope
    token = AccessToken(token="", client_id=person, scopes=[])
    return {**scope, "user": AuthenticatedUser(token)}


def _access_of(context: Context) -> Access:
    return access_in(context.request.scope) if context.request is not None else Access()
