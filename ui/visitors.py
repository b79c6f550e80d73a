"""Who is asking: a random name in a cookie, so that everybody finds their own conversations again.

It proves nothing about a person, but nobody can guess it, no script of the page can read it, and
no other site's page sends it along.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access import access_in, access_of

COOKIE = "sanad-visitor"
_NAME = re.compile(r"[0-9a-f]{32}")
_YEARS = 10 * 365 * 24 * 3600


def visitor_of(cookies: Mapping[str, str]) -> str | None:
    """The visitor's name, from the cookies of a request; None where there is none of ours."""
    name = cookies.get(COOKIE, "")
    return name if _NAME.fullmatch(name) else None


def owner_of(request: HTTPConnection) -> str:
    """Whose the conversations of a request are: the person's, else the visitor's.

    Empty for a program without either, which owns nothing.
    """
    return access_of(request).id or visitor_of(request.cookies) or ""


class Visitors:
    """Gives each browser that opens the page a name; a pure ASGI layer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        new = (
            scope["type"] == "http"
            and scope["path"].removeprefix(scope.get("root_path", "")) == "/"
            and access_in(scope).id is None
            and visitor_of(HTTPConnection(scope).cookies) is None
        )
        await self._app(scope, receive, _with_name(send) if new else send)


def _with_name(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            cookie = (
                f"{COOKIE}={secrets.token_hex(16)}; Path=/; HttpOnly; SameSite=Strict; "
                f"Max-Age={_YEARS}"
            )
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
        await send(message)

    return sending
