"""An SQLite file: a connection for each thread, and writes that happen whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten
)


class Connections:
    """Opens the file for whichever thread asks; a connection is gone with its thread.

    `seconds` is how long to wait for another writer, `pragmas` are set beside the usual ones.
    Errors are those of `sqlite3`.
    """

    def __init__(self, file: Path, seconds: float, pragmas: Sequence[str] = ()) -> None:
        self.file = file
        self._seconds = seconds
        self._pragmas = (*_PRAGMAS, *pragmas)
        self._local = threading.local()
        self._all: WeakSet[_Connection] = WeakSet()
        self._guard = threading.Lock()

    def get(self) -> sqlite3.Connection:
        """The connection of this thread."""
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.file,
                timeout=self._seconds,
                isolation_level=None,
                check_same_thread=False,
                factory=_Connection,
            )
            with self._guard:  # before anything can fail: a damaged file must be let go of
                self._all.add(connection)
            for pragma in self._pragmas:
                connection.execute(f"PRAGMA {pragma}")
            self._local.connection = connection
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write that happens whole or not at all."""
        connection = self.get()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:  # Ctrl-C too leaves nothing half written
            connection.execute("ROLLBACK")
            raise

    def empty_log(self) -> None:
        """Empty the write-ahead log, so that deleted text does not live on in it."""
        self.get().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every connection of this process."""
        with self._guard:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._local = threading.local()


class _Connection(sqlite3.Connection):
    """One that can be referred to weakly."""
