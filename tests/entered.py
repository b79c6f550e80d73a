"""An application as somebody reaches it who may do what their role allows."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from ui.access import Access, decide

OWNER = Access(role="owner", serves=True)
"""Whoever sits at the machine itself."""


def entered(app: ASGIApp, access: Access = OWNER) -> ASGIApp:
    """The application behind an entrance that lets in just this one."""

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        decide(scope, access)
        await app(scope, receive, send)

    return inside
