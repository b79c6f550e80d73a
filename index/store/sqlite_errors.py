"""What an error of SQLite or of the system means for a store, told as one of ours."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreReadOnly

_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_CONSTRAINT,  # what we write fits to what should be there
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_ERROR,  # a table is missing, say; Python's own errors have no code
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_TOOBIG,
    }
)
_NO_ROOM = 256 * 1024
"""Bytes: with less, input and output fail for want of room (SQLite does not always say so)."""


def store_error(folder: Path, error: sqlite3.Error) -> StoreError:
    """The error that a person is told; `folder` is that of the store."""
    # Extended codes keep theirs in the lowest byte.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(path=folder)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and is_full(folder)):
        return StoreFull(path=folder)
    if code == sqlite3.SQLITE_READONLY:
        return StoreReadOnly(path=folder)
    if code in _DAMAGE:
        return StoreDamaged(path=folder, detail=error)
    return StoreError(path=folder, detail=error)


def is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:
        return False


@contextmanager
def system_errors(folder: Path) -> Iterator[None]:
    """What the system says of the store's folder."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull(path=folder) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StoreReadOnly(path=folder) from error
        raise StoreError(path=folder, detail=error.strerror or error) from error
