"""How large a request may be: what is larger is refused before it is read, or while it is."""

from __future__ import annotations

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.http.errors import Problem, error_json, path_of

BODY_BYTES = 32 << 20
"""Of a request without files: a question may name a thousand documents."""
UPLOAD_BYTES = 1 << 30
"""Of the files of one request together; each has the limit of any file too."""
TEXT_BYTES = 128 << 20
"""Of a text to be added: ten million characters, each of up to twelve bytes in JSON."""

_LIMITS = {"/documents": UPLOAD_BYTES, "/documents/text": TEXT_BYTES}


class BodyLimit:
    """Answers 413 to bodies over the limit of their address; a pure ASGI layer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _LIMITS.get(path_of(scope), BODY_BYTES)
        message = f"The body is larger than {limit >> 20} MiB."
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and int(told[:20]) > limit:
            problem = Problem(413, "body_too_large", message, "Send less at once.")
            await JSONResponse(error_json(problem), 413)(scope, receive, send)
            return
        size = 0

        async def receiving() -> Message:
            nonlocal size
            received = await receive()
            size += len(received.get("body", b""))
            if size > limit:
                raise HTTPException(413, message)
            return received

        await self._app(scope, receiving, send)
