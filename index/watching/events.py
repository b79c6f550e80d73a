"""What happened to the documents of watched folders: the last of it, kept over restarts."""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import SanadError
from index.store.atomic import write_whole

KEPT = 200
"""So many events are kept, the latest."""

EventKind = Literal["added", "changed", "removed", "renamed", "failed", "unreachable", "reachable"]
KINDS: tuple[EventKind, ...] = get_args(EventKind)
"""A folder becomes unreachable and reachable; the others befall documents."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FolderEvent:
    """One thing that happened, at a `time` in UTC.

    `document` is a name in the library, or the path below the folder of a file that failed; empty
    where the folder itself is meant. `was` is the earlier name of a renamed document.
    """

    time: datetime
    folder: str
    kind: EventKind
    document: str = ""
    was: str = ""
    error: SanadError | None = None


def event(
    folder: Path,
    kind: EventKind,
    document: str = "",
    was: str = "",
    error: SanadError | None = None,
) -> FolderEvent:
    """An event of this moment."""
    return FolderEvent(now(), str(folder), kind, document, was, error)


def now() -> datetime:
    """This second in UTC."""
    return datetime.now(UTC).replace(microsecond=0)


class EventLog:
    """The events of one library in a file of its own; safe for many threads.

    A file that cannot be read is begun again, one that cannot be written costs nothing but the
    memory of a restart: neither may keep documents from coming in.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._guard = threading.Lock()
        self._events = deque(_read(file), maxlen=KEPT)

    def add(self, events: Iterable[FolderEvent]) -> None:
        """Take note of events, the latest last; a failure that stands already is left out."""
        with self._guard:
            new = [told for told in events if not self._stands(told)]
            if not new:
                return
            self._events.extend(new)
            kept = {"events": [_kept(told) for told in self._events]}
            try:
                write_whole(self._file, [json.dumps(kept).encode()])
            except OSError as error:
                _log.warning("%s could not be written: %s", self._file.name, error.strerror)

    def latest(self) -> list[FolderEvent]:
        """The events that are kept, the latest first."""
        with self._guard:
            return list(reversed(self._events))

    def _stands(self, new: FolderEvent) -> bool:
        """Whether the last that was told of that file or folder is the same failure."""
        if new.error is None:
            return False
        for told in reversed(self._events):
            if (told.folder, told.document) == (new.folder, new.document):
                return str(told.error) == str(new.error)
        return False


def _kept(told: FolderEvent) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "time": told.time.isoformat(),
        "folder": told.folder,
        "kind": told.kind,
        "document": told.document,
        "was": told.was,
    }
    if told.error is not None:
        shape["error"] = {
            "kind": type(told.error).__name__,
            "fields": {key: str(value) for key, value in told.error.fields.items()},
            "text": str(told.error),
        }
    return shape


def _read(file: Path) -> list[FolderEvent]:
    try:
        kept = json.loads(file.read_bytes())
        return [_event_of(shape) for shape in kept["events"][-KEPT:]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        _log.warning("%s is damaged: the list of events is begun again", file.name)
        return []


def _event_of(shape: dict[str, Any]) -> FolderEvent:
    if shape["kind"] not in KINDS:
        raise ValueError(shape["kind"])
    error = shape.get("error")
    return FolderEvent(
        datetime.fromisoformat(shape["time"]),
        str(shape["folder"]),
        shape["kind"],
        str(shape["document"]),
        str(shape["was"]),
        None if error is None else _error_of(error),
    )


def _error_of(shape: dict[str, Any]) -> SanadError:
    """The error as it was raised; one that this version does not know keeps its English words."""
    fields = {str(key): str(value) for key, value in shape["fields"].items()}
    for kind in _kinds(SanadError):
        if kind.__name__ == shape["kind"]:
            try:
                return kind(**fields)
            except (KeyError, TypeError):  # a later version gave it other fields
                break
    return SanadError(detail=str(shape["text"]))


def _kinds(kind: type[SanadError]) -> Iterable[type[SanadError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
