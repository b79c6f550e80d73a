"""An SQLite file: a connection for each thread, and writes that happen whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

from index.store.identity import identity
from index.store.in_use import Share, share
from index.store.private import make_private

Translate = Callable[[sqlite3.Error], Exception]
"""What an error of SQLite is called outside."""

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten
)


class Connections:
    """Opens the file for whichever thread asks; a connection is gone with its thread.

    `seconds` is how long to wait for another writer, `pragmas` are set beside the usual ones,
    and `translate` makes our errors of those of `sqlite3`, which are raised as they are without
    it. The file is its owner's alone; one that cannot be written is read.
    """

    def __init__(
        self,
        file: Path,
        seconds: float,
        pragmas: Sequence[str] = (),
        translate: Translate | None = None,
    ) -> None:
        self.file = file
        self.read_only = is_read_only(file)
        self._seconds = seconds
        self._pragmas = (*_PRAGMAS, *pragmas)
        self._translate = translate or _as_it_is
        self._local = threading.local()
        self._all: WeakSet[_Connection] = WeakSet()
        self._guard = threading.Lock()
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._share: Share | None = None

    def hold(self) -> None:
        """Keep the folder from being restored until `close`; opening the file does so too.

        Raises StoreRestoring, and OSError.
        """
        with self._guard:
            if self._share is None:
                self._share = share(self.file.parent)

    def get(self) -> sqlite3.Connection:
        """The connection of this thread, to the file that has the name now."""
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is not None and connection.lies_at != identity(self.file):
            connection.close()  # the file was put in another's place, by `sanad repair` say
            connection = None
        if connection is None:
            try:
                connection = self._opened()
            except sqlite3.Error as error:
                raise self._translate(error) from error
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
            # After some errors, a full disk for one, SQLite has gone back by itself.
            if connection.in_transaction:
                with contextlib.suppress(Exception):  # the first error is the one to be told
                    connection.execute("ROLLBACK")
            with contextlib.suppress(Exception):  # what did not fit leaves its room to others
                self.empty_log()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads of this thread that all see the file as it is at the first of them."""
        connection = self.get()
        connection.execute("BEGIN")
        try:
            yield
        finally:
            if connection.in_transaction:
                connection.execute("COMMIT")

    def give_back_room(self) -> None:
        """Let the file shrink by what was deleted; one of an earlier version keeps its size."""
        try:
            # As a script: each step gives back one page, and a single statement is one step.
            self.get().executescript("PRAGMA incremental_vacuum")
        except sqlite3.Error as error:
            raise self._translate(error) from error

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
            if self._copy is not None:
                self._copy.cleanup()
                self._copy = None
            if self._share is not None:
                self._share.release()
                self._share = None

    def _opened(self) -> _Connection:
        self.hold()
        if self.read_only:
            return self._opened_to_read()
        make_private(self.file)
        connection = self._connect(f"{self.file.absolute().as_uri()}?mode=rwc")
        if self.file.is_file() and not self.file.stat().st_size:
            # Only a new file can be one that gives room back to the disk.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        for pragma in self._pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _opened_to_read(self) -> _Connection:
        """Reading needs a file beside it for the log of writes, unless nobody writes."""
        uri = self.file.absolute().as_uri()
        connection = self._connect(f"{uri}?mode=ro")
        try:
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except Exception as error:
            cause = error if isinstance(error, sqlite3.Error) else error.__cause__
            if getattr(cause, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_CANTOPEN:
                raise
            connection.close()
        else:
            return connection
        log = self.file.with_name(f"{self.file.name}-wal")
        if log.exists() and log.stat().st_size:  # it holds the latest writes
            uri = self._copied(log).as_uri()
            return self._connect(f"{uri}?mode=rw")
        return self._connect(f"{uri}?mode=ro&immutable=1")

    def _copied(self, log: Path) -> Path:
        with self._guard:
            if self._copy is None:
                self._copy = tempfile.TemporaryDirectory(
                    prefix="sanad-", ignore_cleanup_errors=True
                )
                for part in (self.file, log):
                    shutil.copyfile(part, Path(self._copy.name, part.name))
            return Path(self._copy.name, self.file.name)

    def _connect(self, uri: str) -> _Connection:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=self._seconds,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        connection.translate = self._translate
        connection.lies_at = identity(self.file)
        with self._guard:  # before anything can fail: a damaged file must be let go of
            self._all.add(connection)
        return connection


def is_read_only(file: Path) -> bool:
    """Whether the file is there, and it or its folder cannot be written."""
    return file.exists() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _as_it_is(error: sqlite3.Error) -> Exception:
    return error


class _Connection(sqlite3.Connection):
    """One that can be referred to weakly, and whose errors are translated."""

    translate: Translate
    lies_at: tuple[int, int] | None

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:  # noqa: ANN401
        """Through a cursor of ours, as everything else."""
        return self.cursor(_Cursor).execute(statement, values)

    def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:  # noqa: ANN401
        """The same for many rows of values."""
        return self.cursor(_Cursor).executemany(statement, values)


class _Cursor(sqlite3.Cursor):
    """Reading and writing with the errors translated."""

    def execute(self, statement: str, values: Any = ()) -> Self:  # noqa: ANN401 - as it is
        with self._translated():
            return super().execute(statement, values)

    def executemany(self, statement: str, values: Any) -> Self:  # noqa: ANN401 - as it is
        with self._translated():
            return super().executemany(statement, values)

    def fetchone(self) -> Any:  # noqa: ANN401 - as it is
        with self._translated():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        with self._translated():
            return super().fetchall()

    def __next__(self) -> Any:  # noqa: ANN401 - as it is
        with self._translated():
            return super().__next__()

    def _translated(self) -> _Translation:
        connection: Any = self.connection
        return _Translation(connection.translate)


class _Translation:
    """A context in which errors of SQLite become ours; light, for there is one per row."""

    __slots__ = ("_translate",)

    def __init__(self, translate: Translate) -> None:
        self._translate = translate

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            translated = self._translate(error)
            if translated is not error:
                raise translated from error
