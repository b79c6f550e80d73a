"""The file of a backup: some states of a store, and what they have in common only once.

An SQLite file. Contents (the files of a store) are cut into pieces of 64 KiB, kept once each under
their SHA-256 and compressed where that helps. Blocks are committed as they come, and a state in one
transaction at the end, together with dropping the oldest: when the process dies, the states that
were there are there, and the next backup uses or drops the blocks that it finds.

Reading believes nothing: the schema, every path and every size is checked, each block and each
content against its SHA-256, and what a state says of itself too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Self

from index.errors import (
    BackupBusy,
    BackupDamaged,
    BackupError,
    BackupFull,
    BackupMissing,
    BackupNewer,
    BackupUnknown,
)
from index.store.parts import may_be_kept
from index.store.private import FILE_MODE, make_private
from index.store.sqlite_errors import is_full

BLOCK_BYTES = 1 << 16
_APPLICATION = 0x53414E44
"""What tells the file from other SQLite files: "SAND"."""
_FORMAT = 1
_LEVEL = 3
"""Of zlib. Half of a store is vectors, which hardly shrink at any."""
_COMMIT_BYTES = 1 << 24
_BUSY_SECONDS = 5.0
_MOST_FILES = 1_000_000
_LONGEST_VALUE = 1 << 20
_CHANGED = "a state in it is not as it was written"
_IMPOSSIBLE = "what it says cannot be"
_SCHEMA = (
    "CREATE TABLE states (number INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL,"
    " folder BLOB NOT NULL, documents INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    " sha256 BLOB NOT NULL)",
    "CREATE TABLE contents (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE,"
    " bytes INTEGER NOT NULL)",
    "CREATE TABLE blocks (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE,"
    " packed INTEGER NOT NULL, block BLOB NOT NULL)",
    "CREATE TABLE pieces (content INTEGER NOT NULL, place INTEGER NOT NULL,"
    " block INTEGER NOT NULL, PRIMARY KEY (content, place)) WITHOUT ROWID",
    "CREATE TABLE files (state INTEGER NOT NULL, path BLOB NOT NULL, content INTEGER NOT NULL,"
    " PRIMARY KEY (state, path)) WITHOUT ROWID",
)
_SWEEP = (
    "DELETE FROM files WHERE state NOT IN (SELECT number FROM states)",
    "DELETE FROM contents WHERE id NOT IN (SELECT content FROM files)",
    "DELETE FROM pieces WHERE content NOT IN (SELECT id FROM contents)",
    "DELETE FROM blocks WHERE id NOT IN (SELECT block FROM pieces)",
)


@dataclass(frozen=True, slots=True)
class State:
    """A store as it was at a time (UTC). Numbers count up and are never given twice.

    `folder` is where the store lay, `documents` counts those of its collections too, and `size`
    is the bytes of its files together.
    """

    number: int
    time: datetime
    folder: Path
    documents: int
    size: int


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a state: its path below the store's folder, its size, and where its content is."""

    path: PurePosixPath
    size: int
    sha256: bytes
    content: int


class BackupFile:
    """An open backup, to read or to write. Use it as a context manager.

    Every method raises BackupError: BackupDamaged, BackupBusy, BackupFull.
    """

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.file = file
        self.added = 0
        self._connection = connection
        self._uncommitted = 0

    @classmethod
    def reading(cls, file: Path) -> Self:
        """Open a backup that is there. Raises BackupMissing, BackupUnknown, BackupNewer."""
        if not file.is_file():
            raise BackupMissing(path=file)
        # What a writer that died had begun is taken back first, and for that it is written.
        cut_off = file.with_name(f"{file.name}-journal").exists() and os.access(file, os.W_OK)
        with _translated(file):
            backup = cls(file, _connected(file, "rw" if cut_off else "ro"))
            try:
                backup._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
                backup._require_ours()
            except BaseException:
                backup._connection.close()
                raise
        return backup

    @classmethod
    def writing(cls, file: Path) -> Self:
        """Open a backup alone, to add a state; made when it is not there. Raises as `reading`."""
        if not file.parent.is_dir():
            raise BackupError(path=file, detail="a file in a folder that is there is needed")
        if file.exists() and not file.is_file():
            raise BackupUnknown(path=file)
        with _translated(file):
            make_private(file)
            backup = cls(file, _connected(file, "rw"))
            try:
                backup._prepare()
            except BaseException:
                backup._connection.close()
                raise
        return backup

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    # -- writing ---------------------------------------------------------------------

    def put(self, source: IO[bytes], told: Callable[[int], None]) -> tuple[int, bool]:
        """Keep what the source holds; returns its id, and whether it was new.

        `told` is given the number of bytes after each block.
        """
        whole = hashlib.sha256()
        blocks: list[int] = []
        size = 0
        while block := _read_block(source):
            whole.update(block)
            size += len(block)
            with _translated(self.file):
                blocks.append(self._put_block(block))
            told(len(block))
        with _translated(self.file):
            return self._put_content(whole.digest(), size, blocks)

    def add_state(
        self, folder: Path, documents: int, files: dict[PurePosixPath, int], keep: int
    ) -> tuple[State, list[int]]:
        """Add a state of these contents by path, and drop the oldest so that `keep` remain.

        Returns the state, and the numbers of those that were dropped.
        """
        with _translated(self.file):
            execute = self._connection.execute
            time = datetime.now(UTC).replace(microsecond=0)
            number = execute(
                "INSERT INTO states (time, folder, documents, bytes, sha256)"
                " VALUES (?, ?, ?, 0, x'')",
                (time.isoformat(), os.fsencode(folder), documents),
            ).lastrowid
            self._connection.executemany(
                "INSERT INTO files VALUES (?, ?, ?)",
                ((number, os.fsencode(path), content) for path, content in files.items()),
            )
            kept = list(self._files(number or 0))
            size = sum(file.size for file in kept)
            state = State(number or 0, time, folder, documents, size)
            execute(
                "UPDATE states SET bytes = ?, sha256 = ? WHERE number = ?",
                (size, _digest(state, kept), number),
            )
            numbers = [row[0] for row in execute("SELECT number FROM states ORDER BY number")]
            dropped = numbers[:-keep]
            execute("DELETE FROM states WHERE number < ?", (numbers[-keep:][0],))
            self._sweep()
            execute("COMMIT")
            self._connection.executescript("PRAGMA incremental_vacuum")
        return state, dropped

    def drop_unfinished(self) -> None:
        """Let go of what was put since the last state."""
        with suppress(sqlite3.Error):  # it does not matter: the next backup does the same
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._connection.execute("BEGIN")
            self._sweep()
            self._connection.execute("COMMIT")
            self._connection.executescript("PRAGMA incremental_vacuum")

    # -- reading ---------------------------------------------------------------------

    def states(self) -> list[State]:
        """What it holds, the oldest first; each state is as it was written."""
        with _translated(self.file):
            rows = self._connection.execute(
                "SELECT number, time, folder, documents, bytes, sha256 FROM states ORDER BY number"
            ).fetchall()
            found = []
            for number, time, folder, documents, size, digest in rows:
                state = State(
                    number, datetime.fromisoformat(time), Path(os.fsdecode(folder)), documents, size
                )
                if (
                    not all(isinstance(count, int) for count in (number, documents, size))
                    or state.time.tzinfo is None
                    or _digest(state, list(self._files(number))) != digest
                ):
                    raise _Wrong(_CHANGED)
                found.append(state)
            return found

    def files(self, state: State) -> list[KeptFile]:
        """The files of a state, by path; all of them may be written below a store's folder."""
        with _translated(self.file):
            found = list(self._files(state.number))
            if len(found) > _MOST_FILES or sum(file.size for file in found) != state.size:
                raise _Wrong(_CHANGED)
        for file in found:
            if not may_be_kept(file.path):
                detail = f"{file.path} in it is no file of a store"
                raise BackupDamaged(path=self.file, detail=detail)
        return found

    def read(self, file: KeptFile) -> Iterator[bytes]:
        """The content of a file, piece by piece; an error at the latest at its end."""
        whole = hashlib.sha256()
        left = file.size
        with _translated(self.file):
            rows = self._connection.execute(
                "SELECT p.place, b.sha256, b.packed, b.block FROM pieces p"
                " JOIN blocks b ON b.id = p.block WHERE p.content = ? ORDER BY p.place",
                (file.content,),
            )
            for expected, (place, sha256, packed, block) in enumerate(rows):
                piece = _unpacked(block) if packed else block
                if (
                    place != expected
                    or len(piece) != min(left, BLOCK_BYTES)
                    or hashlib.sha256(piece).digest() != sha256
                ):
                    raise _Wrong(f"{file.path} in it is not as it was written")
                whole.update(piece)
                left -= len(piece)
                yield piece
            if left or whole.digest() != file.sha256:
                raise _Wrong(f"{file.path} in it is not as it was written")

    # -- inside ----------------------------------------------------------------------

    def _prepare(self) -> None:
        execute = self._connection.execute
        # Held from the first write until it is closed: nobody else drops the blocks meanwhile.
        execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        is_new = not execute("PRAGMA page_count").fetchone()[0]
        if is_new:
            execute("PRAGMA auto_vacuum = INCREMENTAL")
        else:
            self._require_ours()
        execute("PRAGMA journal_mode = DELETE").fetchall()
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA secure_delete = ON").fetchall()
        execute("BEGIN EXCLUSIVE")
        with suppress(OSError):  # somebody else's, or of a file system without rights
            self.file.chmod(FILE_MODE)
        if is_new:
            for statement in _SCHEMA:
                execute(statement)
            execute(f"PRAGMA application_id = {_APPLICATION}")
            execute(f"PRAGMA user_version = {_FORMAT}")
            execute("COMMIT")  # by itself: whatever happens now, it is known for a backup
            execute("BEGIN EXCLUSIVE")

    def _require_ours(self) -> None:
        """Raises BackupUnknown, BackupNewer, and _Wrong for tables that somebody else made."""
        execute = self._connection.execute
        if execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise BackupUnknown(path=self.file)
        if execute("PRAGMA user_version").fetchone()[0] > _FORMAT:
            raise BackupNewer(path=self.file)
        rows = execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        if {sql for (sql,) in rows} - {"CREATE TABLE sqlite_sequence(name,seq)"} != set(_SCHEMA):
            raise _Wrong("its tables are not those of a backup")

    def _put_block(self, block: bytes) -> int:
        sha256 = hashlib.sha256(block).digest()
        execute = self._connection.execute
        row = execute("SELECT id FROM blocks WHERE sha256 = ?", (sha256,)).fetchone()
        if row is not None:
            return int(row[0])
        packed = zlib.compress(block, _LEVEL)
        shorter = len(packed) < len(block)
        kept = packed if shorter else block
        id_ = execute(
            "INSERT INTO blocks (sha256, packed, block) VALUES (?, ?, ?)", (sha256, shorter, kept)
        ).lastrowid
        self.added += len(kept)
        self._uncommitted += len(kept)
        if self._uncommitted > _COMMIT_BYTES:
            execute("COMMIT")
            execute("BEGIN EXCLUSIVE")
            self._uncommitted = 0
        return id_ or 0

    def _put_content(self, sha256: bytes, size: int, blocks: list[int]) -> tuple[int, bool]:
        execute = self._connection.execute
        row = execute("SELECT id FROM contents WHERE sha256 = ?", (sha256,)).fetchone()
        if row is not None:
            return int(row[0]), False
        id_ = execute(
            "INSERT INTO contents (sha256, bytes) VALUES (?, ?)", (sha256, size)
        ).lastrowid
        self._connection.executemany(
            "INSERT INTO pieces VALUES (?, ?, ?)",
            ((id_, place, block) for place, block in enumerate(blocks)),
        )
        return id_ or 0, True

    def _files(self, number: int) -> Iterator[KeptFile]:
        rows = self._connection.execute(
            "SELECT f.path, c.bytes, c.sha256, c.id FROM files f"
            " JOIN contents c ON c.id = f.content WHERE f.state = ? ORDER BY f.path",
            (number,),
        )
        for path, size, sha256, content in rows:
            if not isinstance(size, int) or size < 0 or len(sha256) != 32:
                raise _Wrong(_CHANGED)
            yield KeptFile(PurePosixPath(os.fsdecode(path)), size, sha256, content)

    def _sweep(self) -> None:
        for statement in _SWEEP:
            self._connection.execute(statement)


def _digest(state: State, files: list[KeptFile]) -> bytes:
    """The SHA-256 of all that is said of a state."""
    facts = [state.number, state.time.isoformat(), state.documents, state.size]
    digest = hashlib.sha256(json.dumps(facts).encode() + os.fsencode(state.folder))
    for file in files:
        path = os.fsencode(file.path)
        digest.update(b"\0%d\0%b%d\0%b" % (len(path), path, file.size, file.sha256))
    return digest.digest()


def _read_block(source: IO[bytes]) -> bytes:
    """The next block; only the last one of a file is shorter than others."""
    block = b""
    while len(block) < BLOCK_BYTES and (more := source.read(BLOCK_BYTES - len(block))):
        block += more
    return block


def _unpacked(packed: bytes) -> bytes:
    """What a block was, which is never longer than a block is."""
    unpacker = zlib.decompressobj()
    piece = unpacker.decompress(packed, BLOCK_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise _Wrong("a block in it is not as it was written")
    return piece


def _connected(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


class _Wrong(ValueError):
    """Something in the file that cannot be; says what."""


@contextmanager
def _translated(file: Path) -> Iterator[None]:
    """Errors of SQLite, and of understanding what the file says, become ours."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupBusy(path=file) from error
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and is_full(file.parent)):
            raise BackupFull(path=file) from error
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise BackupError(path=file, detail="Permission denied") from error
        if code == sqlite3.SQLITE_IOERR:
            raise BackupError(path=file, detail="input/output error") from error
        if code == sqlite3.SQLITE_NOTADB:
            raise BackupUnknown(path=file) from error
        raise BackupDamaged(path=file, detail=_IMPOSSIBLE) from error
    except _Wrong as error:
        raise BackupDamaged(path=file, detail=error) from error
    except (ValueError, TypeError, OverflowError, zlib.error) as error:
        raise BackupDamaged(path=file, detail=_IMPOSSIBLE) from error
