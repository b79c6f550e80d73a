"""Errors of the HTTP API: `{"error": {"code", "message", "hint"}}`, whatever went wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import Scope

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
from rag import AnswerFailed
from ui.access import access_of
from ui.errors import TooManyQuestions, TooManyRequests
from ui.problems import code_of
from ui.request_log import route_of
from ui.threads import Stopping

_STATUS: tuple[tuple[type[SanadError], int], ...] = (
    (DocumentMissing, 404),
    (FolderUnknown, 404),
    (StoreBusy, 409),
    (StoreFull, 507),
    (StoreReadOnly, 403),
    (ModelMismatch, 400),
    (IndexUnsaved, 507),
    (StoreError, 500),
    (AnswerFailed, 502),
    (TooManyRequests, 429),
    (TooManyQuestions, 429),
    (SanadError, 400),
)
_CODES = {
    400: "request_unreadable",
    401: "login_needed",
    403: "not_allowed",
    404: "address_unknown",
    405: "method_not_allowed",
    413: "body_too_large",
    422: "request_invalid",
    429: "too_many_requests",
}
"""Codes of what no error class of our own stands for, by status."""
_HINTS: dict[type[SanadError], str] = {
    DocumentMissing: "GET /api/v1/documents lists the names.",
}
"""What a program does where the advice of an error is one for the command line."""
_PATHS = frozenset({"path", "file"})
"""Fields of errors that may say where something lies on the server."""
_HINT = "GET /api/v1/docs shows what each address takes."
_TOLD, _PART_CHARACTERS = 8, 80
"""So many faults of one request are told, and so much of each name in it."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in one line each: `code` is for programs, `hint` says what to do."""

    status: int
    code: str
    message: str
    hint: str | None = None

    @property
    def line(self) -> str:
        """What is wrong and what to do, in one line."""
        return one_line(f"{self.message} {self.hint or ''}")


FAILED = Problem(
    500, "failed", "Something went wrong here.", "Try again; if it stays so, see the server's log."
)
STOPPING = Problem(
    503, "stopping", "The server is stopping.", "What was committed is kept. Ask again later."
)
Documented = dict[int | str, dict[str, Any]]
"""What the schema says of answers, by status."""
Shape = Callable[[Problem], dict[str, Any]]
"""Makes the body of the answer that tells of a problem."""


class Refused(Exception):
    """A request that is answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def error_json(problem: Problem) -> dict[str, Any]:
    """The body of an answer of the API that tells of a problem."""
    return {
        "error": {
            "code": problem.code,
            "message": one_line(problem.message),
            "hint": None if problem.hint is None else one_line(problem.hint),
        }
    }


def documented_error(said: str) -> dict[str, Any]:
    """What the schema of the API says of an answer that tells of a problem."""
    # Written out: FastAPI would give it the content type of a route that answers in another one.
    schema = {"$ref": "#/components/schemas/ErrorReply"}
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def one_line(message: str) -> str:
    """A message as it may stand in an answer, whatever is in it."""
    return " ".join(message.encode(errors="replace").decode().split())


def status_of(error: SanadError) -> int:
    """The status that goes with an error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem_of(error: Exception, *, paths: bool) -> Problem:
    """An error as a problem; with `paths` it says where things lie on the server.

    An error of our own keeps its words, any other one only fails: what it says is for the log.
    """
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, Stopping):
        return STOPPING
    if not isinstance(error, SanadError):
        return FAILED
    fields = {
        name: value if paths or name not in _PATHS else PurePath(str(value)).name
        for name, value in error.fields.items()
    }
    # Divided before the fields are filled in: names of documents hold full stops too.
    said, stop, advice = error.template.partition(". ")
    message = f"{said}{stop.rstrip()}".format(**fields)
    hint = _HINTS.get(type(error)) or advice.format(**fields) or None
    return Problem(status_of(error), code_of(error), message, hint)


def translate_errors(app: FastAPI, shape: Shape = error_json, invalid: int = 422) -> None:
    """Answer every error of the application's own routes as JSON, in that shape.

    `invalid` is the status of a request whose parts are not what they should be.
    """

    @app.exception_handler(SanadError)
    @app.exception_handler(Refused)
    @app.exception_handler(Stopping)
    async def _ours(request: Request, error: Exception) -> JSONResponse:
        problem = problem_of(error, paths=access_of(request).serves)
        return JSONResponse(shape(problem), problem.status)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: Exception) -> JSONResponse:
        details = error.errors() if isinstance(error, RequestValidationError) else []
        return JSONResponse(shape(_invalid_problem(invalid, details)), invalid)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            return JSONResponse(shape(FAILED), 500)
        status = error.status_code
        code = _CODES.get(status, "failed" if status >= 500 else "refused")
        headers = dict(error.headers) if error.headers else None
        return JSONResponse(shape(Problem(status, code, str(error.detail))), status, headers)

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        _log.error("%s failed", route_of(request.scope), exc_info=error)
        return JSONResponse(shape(FAILED), 500)


def _invalid_problem(status: int, details: Sequence[Mapping[str, Any]]) -> Problem:
    # Values that came in are not echoed: they may be long, and they may be hostile.
    faults = [
        f"{'.'.join(str(part)[:_PART_CHARACTERS] for part in detail['loc'])}: {detail['msg']}"
        for detail in details[:_TOLD]
    ]
    message = "; ".join(faults) or "The request is not what this address takes."
    return Problem(status, "request_invalid", message, _HINT)


def path_of(scope: Scope) -> str:
    """The path of a request, below the one where its application is served."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def refuse_unknown(app: FastAPI, under: str = "/api") -> None:
    """Answer what no route below `under` takes; to be called when they are all there.

    Without this the page, which is mounted at /, would answer in its own way.
    """
    known = list(app.router.routes)

    async def unknown(request: Request) -> JSONResponse:
        if allowed := _allowed(known, path_of(request.scope)):
            takes = ", ".join(allowed)
            said = f"This address takes {takes}, not {request.method}."
            problem = Problem(405, _CODES[405], said, _HINT)
            return JSONResponse(error_json(problem), 405, {"allow": takes})
        problem = Problem(404, _CODES[404], "There is nothing at this address.", _HINT)
        return JSONResponse(error_json(problem), 404)

    for path in (under, f"{under}/{{rest:path}}"):
        if path:
            app.add_api_route(path, unknown, methods=[*_METHODS], include_in_schema=False)


def _allowed(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """The methods that an address takes."""
    methods: set[str] = set()
    for route in iter_route_contexts(routes):
        if route.methods and route.path_regex.match(path):
            methods |= route.methods
    return sorted(methods)
