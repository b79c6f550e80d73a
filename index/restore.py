"""A store put back as a backup has it: made ready and looked at beside the old one, then at once.

A store that others use is left alone (`index.store.in_use`), and one that a restore was cut off in
is whole again when it is next opened (`index.store.switch`).
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from uuid import uuid4

from index.backup import ByteCount
from index.errors import (
    BackupDamaged,
    BackupInside,
    IndexUnsaved,
    RestoreNoRoom,
    StateMissing,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StorePresent,
)
from index.models import Progress
from index.search.vectors import vector_indexes
from index.store import in_use, switch
from index.store.backup_file import BackupFile, KeptFile, State
from index.store.parts import is_database, is_library, taken_out, takes_others_things
from index.store.private import FILE_MODE, FOLDER_MODE, make_folder_private
from index.store.soundness import FILE_NAME
from index.store.sqlite_errors import store_error, system_errors
from index.store.store import FORMAT, Store

_COUNTED = ("documents", "passages", "sentences", "words")
"""Tables of a store whose ids are never given twice."""
_SPARE_BYTES = 1 << 22
_MEGABYTE = 1_000_000
_ZONE = re.compile(r"(?<=:\d\d)(Z|[+-]\d\d:?\d\d)$")
"""The zone at the end of a time."""
_NAMED_BY_LENGTH = {10: timedelta(days=1), 13: timedelta(hours=1), 16: timedelta(minutes=1)}
"""What "2031-05-08" names, and the longer forms."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where; `replaced` says whether a store lay there before."""

    folder: Path
    state: State
    replaced: bool
    seconds: float


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
        if PurePosixPath(FILE_NAME) not in {each.path for each in kept}:
            raise BackupDamaged(path=file, detail=f"{FILE_NAME} in it is not as it was written")
        if file.resolve().is_relative_to(folder.resolve()):
            raise BackupInside(path=file)
        _require_empty(folder, replace)
        with system_errors(folder), _made(folder), in_use.alone(folder):
            _require_empty(folder, replace)  # a restore that was cut off is finished by now
            taken = taken_out(folder)
            _require_room(folder, state)
            new = switch.begin(folder)
            try:
                _write(backup, kept, new, ByteCount(progress, "restore", state.size))
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
    said = _ZONE.sub("", wanted)
    try:
        begin = datetime.fromisoformat(wanted).astimezone(UTC)
        return begin + _NAMED_BY_LENGTH.get(len(said), timedelta(seconds=1))
    except (ValueError, OverflowError):
        return None


def _require_empty(folder: Path, replace: bool) -> None:
    if not folder.is_dir():
        return
    if replace:
        if takes_others_things(folder):
            detail = "it holds other things, and no store; name another folder with --store"
            raise StoreError(path=folder, detail=detail)
        return
    if {path.name for path in folder.iterdir()} - {in_use.LOCK, switch.WORKSHOP}:
        raise StorePresent(path=folder)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, which goes again when it was made for nothing."""
    was_there = folder.is_dir()
    was_empty = not was_there or not any(folder.iterdir())
    make_folder_private(folder)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            if was_empty and {path.name for path in folder.iterdir()} <= {in_use.LOCK}:
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
        for parent in reversed(each.path.parents):
            (new / parent).mkdir(exist_ok=True, mode=FOLDER_MODE)
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
                for index in vector_indexes(store).values():
                    index.refresh()
                    index.snapshot()
                    index.save()
        except (StoreFull, IndexUnsaved) as error:
            raise StoreFull(path=folder) from error
        except (StoreDamaged, RuntimeError) as error:  # of FAISS
            detail = f"{each.path} in it is no sound database"
            raise BackupDamaged(path=file, detail=detail) from error
    for each in libraries:
        (new / each.path).with_name(in_use.LOCK).unlink()


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
