"""An application as somebody reaches it who may do what their role allows."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from ui.access import Access, decide

OWNER = Access(role="owner", serves=True)
"""Whoever sits at the machine itself."""


class Decided:
    """An ASGI layer that decides what a request may do, always the same."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        decide(scope, self.access)
        await self._app(scope, receive, send)
