"""A store saved to one file while it is in use, and put back as it was at one of the last times.

Saved is what cannot be derived: every SQLite file of the store and of its collections, the files
that came through the page, small settings. The vectors' index is made again from the documents.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from uuid import uuid4

from index.errors import (
    BackupDamaged,
    BackupError,
    BackupFull,
    BackupInside,
    IndexUnsaved,
    RestoreNoRoom,
    StateMissing,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StorePresent,
    StoreReadOnly,
)
from index.models import Progress
from index.search.vectors import VectorIndex
from index.store import in_use, switch
from index.store.backup_file import BackupFile, KeptFile, State
from index.store.connections import Connections
from index.store.parts import databases, files, is_database, is_library, may_be_kept, taken_out
from index.store.private import FILE_MODE, FOLDER_MODE, make_folder_private
from index.store.soundness import FILE_NAME
from index.store.sqlite_errors import store_error
from index.store.store import BUSY_SECONDS, FORMAT, Store

STATES = 10
"""How many states a backup holds unless told otherwise."""
_PAGES_AT_ONCE = 1_000
_COUNTED = ("documents", "passages", "sentences", "words")
"""Tables of a store whose ids are never given twice."""
_SPARE_BYTES = 1 << 22
_MEGABYTE = 1_000_000
_NAMED_BY_LENGTH = {10: timedelta(days=1), 13: timedelta(hours=1), 16: timedelta(minutes=1)}
"""What "2031-05-08" names, and the longer forms."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was saved: the new state, the bytes that the file had to take in for it, all states.

    `dropped` are the numbers of states that had to go.
    """

    file: Path
    state: State
    added: int
    states: tuple[State, ...]
    dropped: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where; `replaced` says whether a store lay there before."""

    folder: Path
    state: State
    replaced: bool
    seconds: float


def back_up(
    store: str | os.PathLike[str],
    file: str | os.PathLike[str],
    *,
    keep: int = STATES,
    progress: Progress | None = None,
) -> Backup:
    """Add the store in that folder, as it is now, to the backup `file`; the last `keep` stay.

    Others may use the store meanwhile. Each database is saved as it was at one moment, those that
    speak of documents before the documents. A file that goes away meanwhile is left out. When
    this fails or the process dies, the states that were in the file are still there. Raises
    StoreError (StoreDamaged: a damaged store is not saved over sound states) and BackupError.
    """
    started = time.monotonic()
    folder, file = (Path(path).expanduser().absolute() for path in (store, file))
    if not (folder / FILE_NAME).is_file() and not switch.was_cut_off(folder):
        there = folder.is_dir()
        detail = "there is no store in it" if there else "there is no such folder"
        raise StoreError(path=folder, detail=detail)
    if file.resolve().is_relative_to(folder.resolve()):
        raise BackupInside(path=file)
    with _system_errors(folder):
        share = in_use.share(folder)
    try:
        with BackupFile.writing(file) as backup:
            try:
                saved = _saved(folder, backup, progress)
                state, dropped = backup.add_state(folder, *saved, keep)
            except Exception:
                backup.drop_unfinished()
                raise
            states = tuple(backup.states())
    finally:
        share.release()
    seconds = time.monotonic() - started
    return Backup(file, state, backup.added, states, tuple(dropped), seconds)


def states(file: str | os.PathLike[str]) -> tuple[State, ...]:
    """The states that a backup holds, the oldest first. Raises BackupError."""
    with BackupFile.reading(Path(file).expanduser().absolute()) as backup:
        return tuple(backup.states())


def check(file: str | os.PathLike[str], *, progress: Progress | None = None) -> tuple[State, ...]:
    """The same, after every byte of every state was read and compared. Raises BackupDamaged."""
    with BackupFile.reading(Path(file).expanduser().absolute()) as backup:
        found = tuple(backup.states())
        contents = {kept.content: kept for state in found for kept in backup.files(state)}
        told = _Told(progress, "check", sum(kept.size for kept in contents.values()))
        for kept in contents.values():
            for piece in backup.read(kept):
                told(len(piece))
    return found


def restore(
    file: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    at: str | int | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Make the store in the folder be as it was at a state of the backup: the last, or `at`.

    `at` is the number of a state, or a time (ISO 8601, of this machine's zone unless it names
    one): the last state of that day, minute or second, or before. With `replace` the store may be
    there already; nobody may be using it, and it changes when all is ready and sound, at once.
    Until then, and when anything fails, it is as it was. Raises BackupError and StoreError:
    StorePresent, StoreInUse, RestoreNoRoom, StoreNewer.
    """
    started = time.monotonic()
    file, folder = (Path(path).expanduser().absolute() for path in (file, folder))
    with BackupFile.reading(file) as backup:
        state = _chosen(backup, at)
        kept = backup.files(state)
        if not any(is_library(each.path) for each in kept):
            raise BackupDamaged(path=file, detail=f"{FILE_NAME} in it is not as it was written")
        if file.resolve().is_relative_to(folder.resolve()):
            raise BackupInside(path=file)
        _require_empty(folder, replace)
        with _system_errors(folder), _made(folder), in_use.alone(folder):
            _require_empty(folder, replace)  # a restore that was cut off is finished by now
            taken = taken_out(folder)
            _require_room(folder, state)
            new = switch.begin(folder)
            try:
                _write(backup, kept, new, _Told(progress, "restore", state.size))
                for each in kept:
                    if is_database(each.path):
                        with _database_errors(file, each, folder):
                            _require_sound(new / each.path, each.path, folder)
                    if is_library(each.path):
                        with _database_errors(file, each, folder):
                            _settle_in(new / each.path, folder / each.path, state.folder, folder)
                _derive(new, [each for each in kept if is_library(each.path)], file, folder)
                switch.switch(folder, taken)
            finally:
                switch.discard(folder)
    return Restored(folder, state, FILE_NAME in taken, time.monotonic() - started)


# -- saving --------------------------------------------------------------------------------


def _saved(
    folder: Path, backup: BackupFile, progress: Progress | None
) -> tuple[int, dict[PurePosixPath, int]]:
    """Put all files of a store into a backup; returns how many documents, and what lies where."""
    bases, others = databases(folder), list(files(folder))
    told = _Told(progress, "backup", sum(_size(folder / path) for path in (*bases, *others)))
    contents: dict[PurePosixPath, int] = {}
    documents = 0
    for path in bases:
        with _copied(folder / path, backup.file, folder) as copy:
            with copy.open("rb") as source:
                contents[path], is_new = backup.put(source, told)
            if is_new:  # else it was looked at when it was
                _require_whole(copy, folder, path)
            if is_library(path):
                documents += _count(copy)
    for path in others:
        opened = _opened(folder / path)
        if opened is not None and may_be_kept(path):
            with opened as source:
                contents[path], _ = backup.put(source, told)
    return documents, contents


@contextmanager
def _copied(database: Path, beside: Path, folder: Path) -> Iterator[Path]:
    """A copy of an SQLite file as it is at this moment, beside the backup, while others write."""
    workshop = beside.with_name(f"{beside.name}.work")
    shutil.rmtree(workshop, ignore_errors=True)  # only one process writes to a backup
    translate = partial(store_error, folder)
    source = Connections(database, BUSY_SECONDS, translate=translate)
    source.read_only = True
    try:
        workshop.mkdir(mode=FOLDER_MODE)
        copy = workshop / "copy"
        with closing(sqlite3.connect(copy, isolation_level=None)) as target, source.snapshot():
            target.execute("PRAGMA journal_mode = OFF")
            target.execute("PRAGMA synchronous = OFF")
            source.get().execute("SELECT count(*) FROM sqlite_schema").fetchone()
            # In steps, so that Ctrl-C is heard; the snapshot keeps it from beginning anew.
            source.get().backup(target, pages=_PAGES_AT_ONCE)
        yield copy
    except sqlite3.Error as error:
        raise _of_copying(error, beside, folder) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise BackupFull(path=beside) from error
        raise BackupError(path=beside, detail=error.strerror or error) from error
    finally:
        source.close()
        shutil.rmtree(workshop, ignore_errors=True)


def _of_copying(error: sqlite3.Error, file: Path, folder: Path) -> Exception:
    """What failed is the store, but for want of room, which is where the copy lies."""
    told = store_error(file.parent, error)
    return BackupFull(path=file) if isinstance(told, StoreFull) else store_error(folder, error)


def _require_whole(copy: Path, folder: Path, path: PurePosixPath) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if problem != "ok":
        raise StoreDamaged(path=folder, detail=f"{path}: {problem.splitlines()[-1].lower()}")


def _count(library: Path) -> int:
    with closing(sqlite3.connect(library)) as connection:
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])


def _opened(file: Path) -> IO[bytes] | None:
    """An ordinary file, open to read; None where it has gone or has become something else."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        opened = os.fdopen(os.open(file, flags), "rb")
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO):
            return None
        raise StoreError(path=file, detail=(error.strerror or str(error)).lower()) from error
    if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        return opened
    opened.close()
    return None


def _size(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_size
    return 0


class _Told:
    """Tells how many bytes are done."""

    def __init__(self, progress: Progress | None, stage: str, total: int) -> None:
        self._progress, self._stage, self._total = progress, stage, total
        self._done = 0

    def __call__(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._stage, self._done, max(self._total, self._done), "B")


# -- restoring -----------------------------------------------------------------------------


def _chosen(backup: BackupFile, at: str | int | None) -> State:
    found = backup.states()
    if not found:
        raise StateMissing(path=backup.file, wanted=at or 1)
    if at is None:
        return found[-1]
    wanted = str(at).strip()
    if wanted.isdecimal():
        fitting = [state for state in found if state.number == int(wanted)]
    else:
        end = _end_of(wanted)
        fitting = [state for state in found if end is not None and state.time < end]
    if not fitting:
        raise StateMissing(path=backup.file, wanted=wanted)
    return fitting[-1]


def _end_of(wanted: str) -> datetime | None:
    """The end of the day, hour, minute or second that a time names; None where it names none."""
    said = re.sub(r"(?<=:\d\d)(Z|[+-]\d\d:?\d\d)$", "", wanted)
    try:
        begin = datetime.fromisoformat(wanted).astimezone(UTC)
        return begin + _NAMED_BY_LENGTH.get(len(said), timedelta(seconds=1))
    except (ValueError, OverflowError):
        return None


def _require_empty(folder: Path, replace: bool) -> None:
    if replace or not folder.is_dir():
        return
    if {path.name for path in folder.iterdir()} - {in_use.LOCK, switch.WORKSHOP}:
        raise StorePresent(path=folder)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, which goes again when it was made for nothing."""
    was_there = folder.is_dir()
    was_empty = was_there and not any(folder.iterdir())
    make_folder_private(folder)
    try:
        yield
    except BaseException:
        if was_empty or not was_there:
            with suppress(OSError):
                (folder / in_use.LOCK).unlink(missing_ok=True)
                if not was_there:
                    folder.rmdir()
        raise


def _require_room(folder: Path, state: State) -> None:
    needed, free = state.size + _SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        needed, free = needed // _MEGABYTE + 1, free // _MEGABYTE
        raise RestoreNoRoom(path=folder, size=needed, free=free)


def _write(
    backup: BackupFile, kept: list[KeptFile], new: Path, told: Callable[[int], None]
) -> None:
    """Write the files below `new`, each to its end on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for each in kept:
        target = new / each.path
        target.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        with os.fdopen(os.open(target, flags, FILE_MODE), "wb") as out:
            for piece in backup.read(each):
                out.write(piece)
                told(len(piece))
            out.flush()
            os.fsync(out.fileno())


def _require_sound(database: Path, path: PurePosixPath, folder: Path) -> None:
    """Raises sqlite3.Error, and StoreNewer for documents of a later version."""
    with closing(sqlite3.connect(database)) as connection:
        (problem,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    if is_library(path) and version > FORMAT:
        raise StoreNewer(path=folder)


@contextmanager
def _database_errors(file: Path, kept: KeptFile, folder: Path) -> Iterator[None]:
    """What SQLite says of a database that was just written."""
    try:
        yield
    except sqlite3.Error as error:
        if isinstance(store_error(folder, error), StoreFull):
            raise StoreFull(path=folder) from error
        detail = f"{kept.path} in it is no sound database"
        raise BackupDamaged(path=file, detail=detail) from error


def _settle_in(database: Path, before: Path, old: Path, new: Path) -> None:
    """Make restored documents at home in the folder `new`; they come from the folder `old`.

    Files that came through the page lie here now. Ids that were given since then in the database
    that lies at `before` are not given again, and what was derived from it is not taken for
    derived from this one.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        start = f"{old}{os.sep}"
        connection.execute(
            "UPDATE OR IGNORE documents SET path = ? || substr(path, ?)"
            " WHERE substr(path, 1, ?) = ?",
            (f"{new}{os.sep}", len(start) + 1, len(start), start),
        )
        connection.execute("UPDATE meta SET value = ? WHERE key = 'identity'", (uuid4().hex,))
        for table, last in _last_ids(before).items():
            if not connection.execute(
                "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, table)
            ).rowcount:
                connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))
        connection.execute("COMMIT")


def _derive(new: Path, libraries: list[KeptFile], file: Path, folder: Path) -> None:
    """Open each store as it will be opened, and make its index, so that the next start is quick."""
    for each in libraries:
        try:
            with closing(Store((new / each.path).parent)) as store:
                index = VectorIndex(store)
                index.refresh()
                index.hold()
                index.save()
        except (StoreFull, IndexUnsaved) as error:
            raise StoreFull(path=folder) from error
        except StoreDamaged as error:
            detail = f"{each.path} in it is no sound database"
            raise BackupDamaged(path=file, detail=detail) from error
    for lock in new.rglob(in_use.LOCK):
        lock.unlink()


def _last_ids(database: Path) -> dict[str, int]:
    """The last id of each table of a store; none where it is gone or damaged."""
    if not database.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    except sqlite3.Error:
        return {}
    return {name: seq for name, seq in rows if name in _COUNTED and isinstance(seq, int)}


@contextmanager
def _system_errors(folder: Path) -> Iterator[None]:
    """What the system says of the store's folder."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull(path=folder) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StoreReadOnly(path=folder) from error
        raise StoreError(path=folder, detail=error.strerror or error) from error
