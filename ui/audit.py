"""Who did what: a file of JSON lines in the store's folder, for its owner alone.

Lines are only ever added. At 10 MB the file is put aside under a number, and the oldest of ten
goes. Text of questions is written only where that was switched on.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from starlette.requests import HTTPConnection

from ui.access import Access, access_of

FILE_NAME = "audit.jsonl"
Action = Literal[
    "add", "remove", "rebuild", "ask", "login", "login_failed", "logout", "people", "models",
    "folders", "backup", "restore",
]  # fmt: skip
_ACTIONS: Mapping[str, Action] = {
    "added": "add", "changed": "add", "beside": "add", "renamed": "add", "reread": "add",
    "removed": "remove",
}  # fmt: skip
"""What is done to a document where that is the result."""
_SCOPE_KEY = "sanad.audit"
_BYTES = 10_000_000
_FILES = 10
_SUBJECT = 1_000
_SECONDS_FOR_LOCK = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done: when (UTC, ISO 8601), by whom, from where, to what."""

    time: str
    person: str | None
    address: str
    collection: str
    action: str
    subject: str


class Audit:
    """The audit log in a folder; safe to use from many threads and processes.

    `questions` says whether the text of questions is written too.
    """

    def __init__(self, folder: Path, *, questions: bool = False) -> None:
        self._file = folder / FILE_NAME
        self._questions = questions
        self._lock = FileLock(folder / f".{FILE_NAME}.lock", mode=0o600)

    def note(self, access: Access, action: Action, subject: str = "") -> None:
        """Add a line; `subject` is a document, a person, a model, or a question.

        What cannot be written is told of in the log: nobody is kept from working by it.
        """
        if action == "ask" and not self._questions:
            subject = ""
        self._write(_line(access, action, subject))

    def note_results(self, access: Access, results: Iterable[Mapping[str, Any]]) -> None:
        """A line for each document that came or went, as `ui.uploads` tells of them."""
        self._write(
            b"".join(
                _line(access, _ACTIONS[result["status"]], result["name"])
                for result in results
                if result["status"] in _ACTIONS
            )
        )

    def entries(self, since: datetime | None = None) -> Iterator[Entry]:
        """What was done, the oldest first; a line that cannot be read is left out."""
        files = [self._aside(number) for number in range(_FILES - 1, 0, -1)]
        for file in (*files, self._file):
            with suppress(FileNotFoundError), file.open(encoding="utf-8") as lines:
                for line in lines:
                    entry = _read(line)
                    if entry is not None and not _is_before(entry, since):
                        yield entry

    def _write(self, lines: bytes) -> None:
        try:
            if self._is_full():
                with suppress(Timeout), self._lock.acquire(timeout=_SECONDS_FOR_LOCK):
                    self._put_aside()
            _append(self._file, lines)
        except OSError as error:
            _log.error("The audit log could not be written: %s", error.strerror)

    def _put_aside(self) -> None:
        if not self._is_full():
            return  # another one has done it
        with suppress(FileNotFoundError):
            for number in range(_FILES - 2, 0, -1):
                with suppress(FileNotFoundError):
                    self._aside(number).replace(self._aside(number + 1))
            self._file.replace(self._aside(1))

    def _is_full(self) -> bool:
        with suppress(FileNotFoundError):
            return self._file.stat().st_size >= _BYTES
        return False

    def _aside(self, number: int) -> Path:
        return self._file.with_name(f"{FILE_NAME}.{number}")


def listen(scope: Any, audit: Audit | None) -> None:  # noqa: ANN401 - ASGI's own type is as wide
    """Let what the request of this scope does be written down there."""
    scope[_SCOPE_KEY] = audit


def note(request: HTTPConnection, action: Action, subject: str = "") -> None:
    """Write down what a request does, where anything listens."""
    if (audit := audit_of(request)) is not None:
        audit.note(access_of(request), action, subject)


def audit_of(request: HTTPConnection) -> Audit | None:
    """What listens to a request."""
    found = request.scope.get(_SCOPE_KEY)
    return found if isinstance(found, Audit) else None


def _line(access: Access, action: Action, subject: str) -> bytes:
    entry = Entry(
        datetime.now(UTC).isoformat(timespec="milliseconds"),
        access.person,
        access.address,
        access.collection,
        action,
        subject[:_SUBJECT],
    )
    return json.dumps(asdict(entry)).encode() + b"\n"


def _append(file: Path, lines: bytes) -> None:
    """Write lines in one piece, so that those of two processes do not mix."""
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(opened, lines)
    finally:
        os.close(opened)


def _read(line: str) -> Entry | None:
    try:
        told = json.loads(line)
        return Entry(**{field.name: told[field.name] for field in fields(Entry)})
    except (ValueError, KeyError, TypeError):
        return None


def _is_before(entry: Entry, since: datetime | None) -> bool:
    try:
        return since is not None and datetime.fromisoformat(entry.time) < since
    except (ValueError, TypeError):
        return True
