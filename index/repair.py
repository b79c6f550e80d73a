"""A damaged store made whole again: what can be read is kept, the rest is derived anew.

Everything is made beside the old file, which is put aside when the new one is finished, so that a
repair that is cut off has changed nothing.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreReadOnly,
)
from index.library import Library
from index.models import Progress
from index.search.vectors import PATTERN, drop_saved
from index.store import rows
from index.store.salvage import Lost, Salvaged, copy_of, salvage
from index.store.soundness import FILE_NAME
from index.store.store import FORMAT, Store
from index.text.document_names import as_kept

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_WORKSHOP = ".repair"
_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Repair:
    """What was found and done.

    `problems` are those from before (none: nothing was done), `kept` names the documents that are
    in the store, `again` those that have to be added again, `doubtful` those that are kept though
    a part of the file contradicts their text: they are read again with the next `add` or `sync`.
    `aside` is where the damaged file lies now.
    """

    problems: tuple[str, ...]
    kept: tuple[str, ...] = ()
    again: tuple[Lost, ...] = ()
    doubtful: tuple[Lost, ...] = ()
    header_lost: bool = False
    aside: Path | None = None
    seconds: float = 0.0


def repair(
    path: str | os.PathLike[str],
    *,
    embedding: str | BaseEmbedding | None = None,
    sentence_embedding: str | BaseEmbedding | None = None,
    progress: Progress | None = None,
) -> Repair:
    """Make the store in the folder `path` sound; the models are chosen as by `Library.open`.

    Raises StoreBusy, StoreFull, StoreReadOnly, StoreNewer or another StoreError, and ModelMissing.
    """
    started = time.monotonic()
    folder = Path(path).expanduser().absolute()
    models: dict[str, Any] = {"embedding": embedding, "sentence_embedding": sentence_embedding}
    if not folder.is_dir():
        raise StoreError(path=folder, detail="there is no such folder")
    if not os.access(folder, os.W_OK):
        raise StoreReadOnly(path=folder)
    problems: list[str] = []
    try:
        with closing(Library.open(folder, **models)) as library:
            problems = library.verify()
            if not library.file_problems():
                if problems:
                    _index_again(library, progress)
                names = tuple(record.name for record in library.documents())
                return Repair(tuple(problems), names, seconds=time.monotonic() - started)
    except StoreDamaged as error:
        problems = problems or [str(error.fields["detail"])]
    try:
        return _repaired(folder, problems, models, progress, started)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull(path=folder) from error
        raise StoreError(path=folder, detail=error.strerror or error) from error
    finally:
        shutil.rmtree(folder / _WORKSHOP, ignore_errors=True)


def _repaired(
    folder: Path,
    problems: list[str],
    models: dict[str, Any],
    progress: Progress | None,
    started: float,
) -> Repair:
    workshop = folder / _WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(mode=0o700)
    (workshop / "damaged").mkdir()
    file = folder / FILE_NAME
    _put_log_back(file)
    with _locked(file):
        copy = copy_of(file, workshop / "damaged")
        _refuse_newer(copy, folder)
        found = salvage(copy)
        shutil.rmtree(workshop / "damaged")
        new = Store(workshop / "new")
        _fill(new, found)
        new.close()
        with closing(Library.open(new.folder, **models)) as library:
            if found.rows:
                library.rebuild(progress=progress)
            if wrong := library.verify():
                raise StoreError(path=folder, detail=wrong[0])
            records = library.documents()
    aside = _switch(folder, new.folder)
    known = {record.path for record in records} | {lost.path for lost in found.lost}
    uploads = sorted(p for p in (folder / "uploads").glob("[!.]*") if str(p) not in known)
    doubtful = {record.path: record.name for record in records if record.id in found.doubtful}
    return Repair(
        problems=tuple(problems),
        kept=tuple(record.name for record in records),
        again=(*found.lost, *(Lost(path.name, str(path)) for path in uploads)),
        doubtful=tuple(Lost(name, path) for path, name in doubtful.items()),
        header_lost=found.header_lost,
        aside=aside,
        seconds=time.monotonic() - started,
    )


def _index_again(library: Library, progress: Progress | None) -> None:
    """Derive the index anew where the documents are whole; its vectors too where they differ."""
    for file in library.folder.glob(PATTERN):
        if file.is_dir() and not file.is_symlink():
            file.replace(_aside(file))
    if library.verify():
        # The files carry a checksum, so that it is the vectors in the store that have changed.
        drop_saved(library.folder)
        library.rebuild(progress=progress)
    library.save_index()
    if library.unsaved is not None:
        raise library.unsaved


def _fill(store: Store, found: Salvaged) -> None:
    """Put the documents in under their ids, without passages yet."""
    with store.transaction() as connection:
        for id_, name, path, sha256, *rest in found.rows:
            # What is doubtful does not count as read: the next `add` reads its file again.
            sha256 = "" if id_ in found.doubtful else sha256
            connection.execute(
                "INSERT INTO documents (id, name, path, sha256, language, added, pages, headings,"
                " tables, warnings, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (id_, as_kept(name), path, sha256, *rest),
            )
        # Ids are never used twice: old conversations name passages by theirs.
        connection.execute("DELETE FROM sqlite_sequence")
        connection.executemany("INSERT INTO sqlite_sequence VALUES (?, ?)", found.last_ids.items())
        facts = {"generation": str(int(time.time()))}  # later than any that was seen
        if (recipe := found.facts.get("recipe")) and _is_recipe(recipe):
            facts["recipe"] = recipe
        rows.remember(connection, facts)


def _is_recipe(kept: str) -> bool:
    try:
        recipe = json.loads(kept)
        return all(isinstance(recipe[kind]["name"], str) for kind in ("passages", "sentences"))
    except (ValueError, TypeError, KeyError):
        return False


def _switch(folder: Path, new: Path) -> Path:
    """Put the new files in the place of the old ones; returns where the damaged one lies."""
    file = folder / FILE_NAME
    aside = _aside(file)
    if file.is_dir():
        file.replace(aside)
    elif file.exists():
        try:
            os.link(file, aside)
        except OSError:  # a file system without links
            shutil.copy2(file, aside)
    else:
        aside.touch(0o600)
    for file_of_index in folder.glob(PATTERN):
        if file_of_index.is_dir():
            file_of_index.replace(_aside(file_of_index))
        else:
            file_of_index.unlink(missing_ok=True)
    for ending in ("-wal", "-shm"):
        beside = file.with_name(f"{file.name}{ending}")
        if beside.exists():
            beside.replace(aside.with_name(f"{aside.name}{ending}"))
    (new / FILE_NAME).replace(file)
    for index in new.glob(PATTERN):
        index.replace(folder / index.name)
    return aside


def _put_log_back(file: Path) -> None:
    """Undo a switch that was cut off between the log of writes and the file."""
    for log in file.parent.glob(f"{file.name}.damaged-*-wal"):
        aside = log.with_name(log.name.removesuffix("-wal"))
        if aside.exists() and file.exists() and aside.samefile(file):
            log.replace(file.with_name(f"{file.name}-wal"))
            aside.unlink()


def _aside(file: Path) -> Path:
    return file.with_name(f"{file.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Keep other processes from writing, as far as the file lets itself be locked."""
    if not file.is_file() or not file.stat().st_size:
        yield
        return
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreBusy(path=file.parent) from error
        yield
    finally:
        with suppress(sqlite3.Error):
            connection.close()


def _refuse_newer(copy: Path, folder: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error:
            return
    if version > FORMAT:
        raise StoreNewer(path=folder)
