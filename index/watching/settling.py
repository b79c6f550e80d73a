"""Files on their way to being whole: nobody may read a file that is still being written."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

if sys.platform == "linux":
    import fcntl

STILL_SECONDS = 1.0
"""So long a file must stand still before it is read."""
DOUBTFUL_SECONDS = 10.0
"""The same for one that is empty, or held open by a program that may go on writing."""
ABANDONED_SECONDS = 3600.0
"""A download that has stood still for so long was given up."""
_PARTIAL = (".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload")
"""How downloads are called that lie beside the file they will become."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells whether a file has changed; `touched` also changes with its name and rights."""

    content: tuple[int, int, int, int]
    touched: int

    @classmethod
    def of(cls, file: Path) -> FileState:
        """The state of a file now. Raises OSError."""
        status = file.stat()
        content = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        return cls(content, status.st_ctime_ns)

    @property
    def size(self) -> int:
        """In bytes."""
        return self.content[2]


@dataclass(frozen=True, slots=True)
class _Coming:
    state: FileState
    since: float


class Settling:
    """The files of one folder: those that were handed over whole, and those that are coming.

    Times are those of `time.monotonic`.
    """

    def __init__(self) -> None:
        self._whole: dict[Path, FileState] = {}
        self._coming: dict[Path, _Coming] = {}

    def see(self, states: Mapping[Path, FileState], now: float) -> set[Path]:
        """Take note of all files that are there; returns those that were whole and have gone."""
        gone = self._whole.keys() - states.keys()
        moved = {self._whole[file].content for file in gone}
        for file in gone:
            del self._whole[file]
        for file in self._coming.keys() - states.keys():
            del self._coming[file]
        for file, state in states.items():
            coming = self._coming.get(file)
            if self._whole.get(file) == state:
                self._coming.pop(file, None)
            elif coming is None or coming.state != state:
                # What only got another name was whole before.
                since = -STILL_SECONDS if state.content in moved else now
                self._coming[file] = _Coming(state, since)
        return gone

    def ready(self, now: float, among: Iterable[Path] | None = None) -> list[Path]:
        """The files that have stood still for long enough, by name; of all, or `among` these."""
        files = list(self._coming) if among is None else among
        return sorted(
            file
            for file in files
            if (coming := self._coming.get(file)) is not None
            and now - coming.since >= STILL_SECONDS
            and self._stands_still(file, coming, now)
        )

    def hand_over(self, files: Iterable[Path]) -> None:
        """These were read as they were when they were ready."""
        for file in files:
            coming = self._coming.pop(file, None)
            if coming is not None:
                self._whole[file] = coming.state

    def _stands_still(self, file: Path, coming: _Coming, now: float) -> bool:
        try:
            state = FileState.of(file)
        except OSError:  # gone since; the next look forgets it
            return False
        if state != coming.state:
            self._coming[file] = replace(coming, state=state, since=now)
            return False
        if now - coming.since >= DOUBTFUL_SECONDS:
            return not _is_downloaded(file)
        return bool(state.size) and not is_held_open(file) and not _is_downloaded(file)


def is_held_open(file: Path) -> bool:
    """Whether a program has the file open for writing; False where the system does not tell.

    The kernel grants a lease to a reader only while nobody may write (fcntl(2), F_SETLEASE).
    """
    if sys.platform != "linux":
        return False
    try:
        number = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except BlockingIOError:  # another program has a lease on it
        return True
    except OSError:
        return False
    try:
        # Whoever opens it to write in this moment waits until the lease is given back, and the
        # kernel signals that to us: by SIGURG, which is ignored unless somebody handles it.
        fcntl.fcntl(number, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:  # another user's file, or a file system that knows no leases
        return False
    finally:
        os.close(number)
    return False


def _is_downloaded(file: Path) -> bool:
    """Whether a download lies beside it that will take its place."""
    for ending in _PARTIAL:
        try:
            status = file.with_name(file.name + ending).stat()
        except (OSError, ValueError):
            continue
        if time.time() - status.st_mtime < ABANDONED_SECONDS:
            return True
    return False
