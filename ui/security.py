"""Who may talk to the server, and what the page may do: a pure ASGI layer around everything.

Pure ASGI because the usual base class for middleware buffers streams and hides disconnects.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio evaluates its templates ('unsafe-eval') and sets styles; neither inline scripts nor any
# other host are needed, so a script that slips into the page neither runs nor phones home.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # forms say their origin only so
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Answers 403 to foreign host names and foreign pages, and adds the security headers.

    A web site can make its own name point at 127.0.0.1 and so reach a server on this machine
    (DNS rebinding), but the browser still sends the site's name: only addresses, loopback
    names, the host that the server was bound to and the `names` that it was told are served.
    """

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", names: Collection[str] = ()) -> None:
        self._app = app
        self._bound = host.strip("[]").lower()
        self._names = {"localhost", self._bound, *(name.lower() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = self._refusal(scope)
        if reason is not None:
            await _refuse(scope, send, reason)
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> str | None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not self._host_is_ours(host):
            return (
                "This server answers only to the address it was started on. Another name, of a "
                "proxy say, is told to it with --public-url."
            )
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return "Requests from other web pages are not answered."
        # Browsers that leave Origin out still say where the request was made.
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        if changes and headers.get(b"sec-fetch-site", "none") not in ("same-origin", "none"):
            return "Requests from other web pages are not answered."
        return None

    def _host_is_ours(self, header: str) -> bool:
        try:
            name = urlsplit(f"//{header}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # Bound to every address of the machine: any of them may be the one that was typed, and
        # rebinding needs a name, never an address.
        return address.is_loopback or self._bound in ("0.0.0.0", "::")  # noqa: S104


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name.encode() for name in HEADERS}
            kept = [(k, v) for k, v in message.get("headers", ()) if k.lower() not in names]
            ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = kept + ours
        await send(message)

    return sending


async def _refuse(scope: MutableMapping[str, Any], send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = json.dumps(
        {"error": {"code": "foreign_request", "message": reason, "hint": None}}
    ).encode()
    answer = _with_headers(send)
    await answer(
        {
            "type": "http.response.start",
            "status": 403,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await answer({"type": "http.response.body", "body": body})
