"""Files that appear whole: written beside their place under a lock, then renamed into it.

A half-written file is left behind only by a process that was killed. Whether its writer still
lives is told by the lock, which the system takes back with the process: process numbers are used
again, and are different things in two containers.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_ENDING = ".tmp"


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """Write the file so that others see the old one or the new one. Raises OSError."""
    with whole_file(file) as out:
        for piece in pieces:
            out.write(piece)


@contextlib.contextmanager
def whole_file(file: Path) -> Iterator[IO[bytes]]:
    """The same for who writes to and fro: a file that takes its place when the block ends."""
    with _locked_beside(file) as (out, beside):
        yield out
        out.flush()
        # Windows renames no file that is open; nobody else deletes it there before it is closed.
        if sys.platform == "win32":
            out.close()
        beside.replace(file)


def remove_leftovers(folder: Path, pattern: str) -> None:
    """Delete what processes that are dead by now left half written beside files of that pattern."""
    for leftover in folder.glob(f"{pattern}.*{_ENDING}"):
        with contextlib.suppress(OSError), leftover.open("rb") as file:
            if _locks(file, wait=False):
                leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked_beside(file: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file, for its owner alone, that `remove_leftovers` of no process takes away."""
    while True:
        number, name = tempfile.mkstemp(_ENDING, f"{file.name}.", file.parent)
        beside = Path(name)
        with os.fdopen(number, "wb") as out:
            try:
                _locks(out, wait=True)
                if beside.exists():  # else it was taken for a leftover before it was locked
                    yield out, beside
                    return
            finally:
                beside.unlink(missing_ok=True)


def _locks(file: IO[bytes], *, wait: bool) -> bool:
    """Lock an open file; False when another process holds the lock.

    On Windows an open file cannot be deleted, which is as good. File systems that know no locks
    say so (an OSError): their leftovers stay.
    """
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return wait
    return True
