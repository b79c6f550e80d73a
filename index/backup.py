"""A store saved to one file while it is in use: what it was at several times, each thing once.

Saved is what cannot be derived: every SQLite file of the store and of its collections, the files
that came through the page, small settings. `index.restore` puts it back.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from index.errors import (
    BackupError,
    BackupFull,
    BackupInside,
    StoreDamaged,
    StoreError,
    StoreFull,
)
from index.models import Progress
from index.store import in_use
from index.store.backup_file import BackupFile, State
from index.store.connections import Connections
from index.store.parts import databases, files, is_library, is_store, may_be_kept
from index.store.private import FOLDER_MODE
from index.store.soundness import FILE_NAME
from index.store.sqlite_errors import store_error, system_errors
from index.store.store import BUSY_SECONDS

STATES = 10
"""How many states a backup holds unless told otherwise."""
_PAGES_AT_ONCE = 1_000


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
    if keep < 1:
        raise ValueError("a backup keeps one state at least")
    if not is_store(folder):
        raise _no_store(folder)
    if file.resolve().is_relative_to(folder.resolve()):
        raise BackupInside(path=file)
    with system_errors(folder):
        share = in_use.share(folder)
    try:
        if not (folder / FILE_NAME).is_file():  # a first restore that came to nothing
            raise _no_store(folder)
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
        told = ByteCount(progress, "check", sum(kept.size for kept in contents.values()))
        for kept in contents.values():
            for piece in backup.read(kept):
                told(len(piece))
    return found


def _no_store(folder: Path) -> StoreError:
    there = folder.is_dir()
    detail = "there is no store in it" if there else "there is no such folder"
    return StoreError(path=folder, detail=detail)


def _saved(
    folder: Path, backup: BackupFile, progress: Progress | None
) -> tuple[int, dict[PurePosixPath, int]]:
    """Put all files of a store into a backup; returns how many documents, and what lies where."""
    with system_errors(folder):
        bases, others = databases(folder), list(files(folder))
    told = ByteCount(progress, "backup", sum(_size(folder / path) for path in (*bases, *others)))
    contents: dict[PurePosixPath, int] = {}
    documents = 0
    for path in bases:
        try:
            with _copied(folder / path, backup.file, folder) as copy:
                with copy.open("rb") as source:
                    contents[path], is_new = backup.put(source, told)
                if is_new:  # else it was looked at when it was
                    _require_whole(copy, folder, path)
                if is_library(path):
                    documents += _count(copy)
        except StoreError:
            if (folder / path).exists():
                raise  # else its collection was removed meanwhile
    for path in others:
        opened = _opened(folder / path) if may_be_kept(path) else None
        if opened is not None:
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


class ByteCount:
    """Tells a caller how many bytes of a stage are done."""

    def __init__(self, progress: Progress | None, stage: str, total: int) -> None:
        self._progress, self._stage, self._total = progress, stage, total
        self._done = 0

    def __call__(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        if self._progress is not None:
            self._progress(self._stage, self._done, max(self._total, self._done), "B")
