"""What the routes under /page share: they serve the web page alone and may change with it.

Programs have /api/v1 (`ui.http`). Errors are told in both languages, for the page knows which one
it is shown in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.responses import JSONResponse, Response

from index import SanadError
from index.errors import DocumentMissing
from ui.errors import ChoiceRefused
from ui.http.errors import status_of
from ui.problems import error_in_all_languages
from ui.threads import in_long_thread, in_thread

_LOCKED = "settings_locked"


async def answered(
    work: Callable[[], Response | dict[str, Any]], *, long: bool = False
) -> Response:
    """What `work` gives, in a thread; a dict as JSON, an error in both languages.

    `long` work may take minutes and keeps nobody else waiting.
    """
    try:
        told = await (in_long_thread(work) if long else in_thread(work))
    except DocumentMissing:
        return gone()
    except SanadError as error:
        return JSONResponse({"error": error_in_all_languages(error)}, _status_of(error))
    return JSONResponse(told) if isinstance(told, dict) else told


def gone() -> JSONResponse:
    """The answer about something that is not there, or is another visitor's."""
    return JSONResponse({"error": None}, status_code=404)


def _status_of(error: SanadError) -> int:
    if isinstance(error, ChoiceRefused) and error.reason == _LOCKED:
        return 403
    return status_of(error)
