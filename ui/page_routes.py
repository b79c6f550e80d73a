"""What the routes under /page share: they serve the web page alone and may change with it.

Programs have /api (`ui.api`). Errors are told in both languages, for the page knows which one it
is shown in.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse

from index import SanadError
from ui.problems import error_in_all_languages
from ui.visitors import visitor_of


def failed(error: SanadError, status: int = 400) -> JSONResponse:
    """The error in both languages: `{"error": {"en", "ar"}}`."""
    return JSONResponse({"error": error_in_all_languages(error)}, status_code=status)


def gone() -> JSONResponse:
    """The answer about something that is not there, or is another visitor's."""
    return JSONResponse({"error": None}, status_code=404)


def visitor(request: Request) -> str:
    """Who asks; empty for a program without a cookie of ours, who owns nothing."""
    return visitor_of(request.cookies) or ""
