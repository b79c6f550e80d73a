"""Errors of the HTTP interface: JSON with one line that says what is wrong, whatever it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from index import SanadError
from index.errors import (
    DocumentMissing,
    FolderUnknown,
    IndexUnsaved,
    ModelMismatch,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
)

_STATUS: tuple[tuple[type[SanadError], int], ...] = (
    (DocumentMissing, 404),
    (FolderUnknown, 404),
    (StoreBusy, 409),
    (StoreFull, 507),
    (StoreReadOnly, 403),
    (ModelMismatch, 400),
    (IndexUnsaved, 507),
    (StoreError, 500),
    (SanadError, 400),
)
ErrorAnswer = Callable[[int, str, dict[str, str] | None], JSONResponse]
"""Makes the answer of a status, what is wrong, and headers that go along."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger(__name__)


def status_of(error: SanadError) -> int:
    """The status that goes with an error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def error_answer(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The answer that tells of an error, in one line."""
    return JSONResponse({"error": one_line(message)}, status_code=status, headers=headers)


def one_line(message: str) -> str:
    """A message as it may stand in an answer, whatever is in it."""
    return " ".join(message.encode(errors="replace").decode().split())


def translate_errors(app: FastAPI, answer: ErrorAnswer = error_answer, invalid: int = 422) -> None:
    """Answer every error of the application's own routes as JSON, in the shape of `answer`.

    `invalid` is the status of a request whose parts are not what they should be.
    """

    @app.exception_handler(SanadError)
    async def _sanad_error(_: Request, error: Exception) -> JSONResponse:
        status = status_of(error) if isinstance(error, SanadError) else 500
        return answer(status, str(error), None)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: Exception) -> JSONResponse:
        # What came in is not echoed: it may be long, and it may be hostile.
        details = error.errors() if isinstance(error, RequestValidationError) else []
        problems = [
            f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
            for detail in details
        ]
        return answer(invalid, "; ".join(problems), None)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            return answer(500, _FAILED, None)
        headers = dict(error.headers) if error.headers else None
        return answer(error.status_code, str(error.detail), headers)

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        _log.error("%s failed", request.url.path, exc_info=error)
        return answer(500, _FAILED, None)


def refuse_unknown(app: FastAPI) -> None:
    """Answer what no route under /api takes; to be called when they are all there.

    Without this the page, which is mounted at /, would answer in its own way.
    """
    known = list(app.router.routes)

    @app.api_route("/api", methods=[*_METHODS], include_in_schema=False)
    @app.api_route("/api/{rest:path}", methods=[*_METHODS], include_in_schema=False)
    async def unknown(request: Request) -> JSONResponse:
        """No such address, or one that is asked in another way."""
        if allowed := _allowed(known, request):
            message = f"This address takes {', '.join(allowed)}, not {request.method}."
            return error_answer(405, message, {"allow": ", ".join(allowed)})
        return error_answer(404, "There is nothing at this address.")


def _allowed(routes: Sequence[BaseRoute], request: Request) -> list[str]:
    """The methods that the address of a request takes."""
    methods: set[str] = set()
    for route in routes:
        match, _ = route.matches(request.scope)
        if match is Match.PARTIAL:
            methods |= set(getattr(route, "methods", None) or ())
    return sorted(methods)


_FAILED = "Something went wrong here. Try again; if it stays so, look at what the server says."
