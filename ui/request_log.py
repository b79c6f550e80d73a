"""A line for each request, and an id that leads from its answer to the lines of the log.

A pure ASGI layer, outside of all others: what they refuse is told of too. Who asked is read when
the request has been answered, from where the layer left it that decides about access.
"""

from __future__ import annotations

import logging
import re
import time
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.tracing import span
from ui.access import access_in
from ui.logs import FACTS, REQUESTS, request_id

HEADER = "x-request-id"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_GONE = 499
"""Nothing was answered: the client had gone away."""
_ROUTE = "sanad.route"
_log = logging.getLogger(REQUESTS)


class RequestLog:
    """Gives each request an id, returned as X-Request-ID, and logs how it was answered.

    An id that comes with a request is taken over where it is of a harmless form.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        given = headers.get(HEADER, "")
        number = given if _SANE.fullmatch(given) else uuid4().hex
        request_id.set(number)
        scope[_ROUTE] = found = _Route()
        status = _GONE

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                told = [
                    (k, v) for k, v in message.get("headers", ()) if k.lower() != HEADER.encode()
                ]
                message["headers"] = [*told, (HEADER.encode(), number.encode())]
            await send(message)

        began = time.perf_counter()
        with span("sanad.request", headers) as measured:
            try:
                await self._app(scope, receive, sending)
            except Exception:
                status = 500
                raise
            finally:
                access = access_in(scope)
                path = found.path or route_of(scope)
                measured.note("http.request.method", scope["method"])
                measured.note("http.route", path)
                measured.note("http.response.status_code", status)
                facts = {
                    "method": scope["method"],
                    "path": path,
                    "status": status,
                    "ms": round((time.perf_counter() - began) * 1_000),
                    "person": access.person,
                    "collection": access.collection,
                }
                level = logging.ERROR if status >= 500 else logging.INFO
                _log.log(level, "request", extra={FACTS: facts})


class _Route:
    """The route that was found for a request, wherever its scope was copied on the way."""

    path = ""


def note_route(scope: Scope) -> None:
    """To be called where a request has been answered: its scope may be a copy of the first."""
    found = scope.get(_ROUTE)
    if isinstance(found, _Route) and scope.get("route") is not None:
        found.path = route_of(scope)


def route_of(scope: Scope) -> str:
    """The route's pattern, as what it stands for may be a name or a secret; else how it begins."""
    pattern = getattr(scope.get("route"), "path", None)
    if isinstance(pattern, str):
        return f"{scope.get('root_path', '')}{pattern}"
    first, _, rest = scope["path"].lstrip("/").partition("/")
    return f"/{first[:40]}{'/…' if rest else ''}"
