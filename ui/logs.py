"""What the server says on standard error: errors as plain lines, or everything as lines of JSON.

A line of JSON holds no text of questions, answers or documents: of an error its kind and where it
was raised are told, and of a message its first line, for the rest may hold any.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

REQUESTS = "sanad.requests"
"""The logger of requests."""
FACTS = "facts"
"""The attribute of a record that has its other fields: `extra={FACTS: {...}}`."""
_PLACES = 8

request_id: ContextVar[str] = ContextVar("sanad_request_id", default="")
"""Of the request that is being answered, also in the threads that work for it."""


def write_logs(*, as_json: bool, stream: TextIO | None = None) -> None:
    """Send what is logged to `stream` (left out: standard error).

    As JSON, requests are told too; else only warnings and errors, with the request's id behind.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger(REQUESTS).setLevel(logging.INFO if as_json else logging.CRITICAL)


class PlainLines(logging.Formatter):
    """The message, and which request it was."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        number = request_id.get()
        return f"{record.message} (request {number})" if number else record.message


class JsonLines(logging.Formatter):
    """An object a line: time, level, logger, message, request_id, and the record's own facts."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().partition("\n")[0],
        }
        if number := request_id.get():
            line["request_id"] = number
        line |= getattr(record, FACTS, {})
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line |= {"error": kind.__name__, "at": _places(trace)}
        return json.dumps(line, default=str)


def _places(trace: TracebackType | None) -> list[str]:
    """Where an error passed, the innermost last."""
    return [
        f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-_PLACES:]
    ]
