"""What can still be read of a damaged SQLite file: its documents, one by one around bad pages.

It works on a copy. A file whose first page is lost is given that of a fresh store: tables are made
in one order, so that they lie where those of every store lie.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.store import rows, schema
from index.text.document_names import as_kept

_PAGE = 4096
_HEADER = 100
_MOST_IDS = 1_000_000
"""Ids up to this one are tried by themselves; those above it have to be named somewhere."""
_SEEN = tuple(
    f"SELECT {what} ORDER BY {by} {way}"
    for what, by in (
        ("id, NULL, NULL FROM documents", "id"),
        ("id, name, NULL FROM documents", "name"),
        ("id, NULL, path FROM documents", "path"),
        ("DISTINCT document, NULL, NULL FROM passages", "document"),
    )
    for way in ("ASC", "DESC")
)
"""Each is answered by another part of the file, from both of its ends."""
_ROW = (
    "SELECT id, name, path, sha256, language, added, pages, headings, tables, warnings, text"
    " FROM documents WHERE id = ?"
)


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that could not be read, or not for certain; `path` is where its file lay."""

    name: str
    path: str


@dataclass(slots=True)
class Salvaged:
    """The rows of documents that could be read, and what is known of the others.

    `doubtful` are the ids of documents that their own passages contradict.
    """

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)
    facts: dict[str, str] = field(default_factory=dict)
    last_ids: dict[str, int] = field(default_factory=dict)
    header_lost: bool = False


def salvage(copy: Path) -> Salvaged:
    """Read a copy of a damaged file, which is changed by that."""
    found = Salvaged()
    connection = _usable(copy, found)
    try:
        _read_documents(connection, found)
        found.facts = dict(_rows(connection, "SELECT key, value FROM meta"))
        found.last_ids = {
            table: _last_id(connection, table, copy)
            for table in ("documents", "passages", "sentences", "words")
        }
    finally:
        connection.close()
    return found


def _usable(copy: Path, found: Salvaged) -> sqlite3.Connection:
    """The copy, with another header or another first page where it does not open without."""
    pages = max(1, copy.stat().st_size // _PAGE)
    template = b""
    for taken in (0, _HEADER, _PAGE):
        if taken:
            found.header_lost = True
            template = template or _first_page(copy, pages)
            with copy.open("r+b") as file:
                file.write(template[:taken])
                file.truncate(max(pages, 2) * _PAGE)
            copy.with_name(f"{copy.name}-wal").unlink(missing_ok=True)
        connection = _opened(copy)
        if _tables(connection) >= {"documents", "passages"} or taken == _PAGE:
            return connection
        connection.close()
    raise AssertionError("the last way is always taken")


def _first_page(copy: Path, pages: int) -> bytes:
    """That of a new store, for a file of so many pages that can or cannot give room back.

    One that can has a map in its second page, which begins with the kind of a root page.
    """
    with copy.open("rb") as file:
        file.seek(_PAGE)
        mode = "INCREMENTAL" if file.read(1) == b"\x01" else "NONE"
    fresh = copy.with_name("fresh.db")
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA auto_vacuum = {mode}")
        for statement in schema.SCHEMA.split(";\n"):
            connection.execute(statement)
    page = bytearray(fresh.read_bytes()[:_PAGE])
    page[28:32] = pages.to_bytes(4, "big")
    page[32:40] = bytes(8)  # no list of free pages
    return bytes(page)


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        # With this, a file that is shorter than it says is read as far as it goes.
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("PRAGMA cell_size_check = ON")
    except sqlite3.Error:
        pass
    return connection


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in _rows(connection, "SELECT name FROM sqlite_schema")}


def _read_documents(connection: sqlite3.Connection, found: Salvaged) -> None:
    names: dict[int, str] = {}
    paths: dict[int, str] = {}
    ids: set[int] = set()
    for statement in _SEEN:
        for id_, name, path in _rows(connection, statement):
            if not isinstance(id_, int):
                continue
            ids.add(id_)
            if isinstance(name, str):
                names[id_] = name
            if isinstance(path, str):
                paths[id_] = path
    last = _last_id(connection, "documents", None)
    taken: set[str] = set()
    for id_ in sorted(ids | set(range(1, min(last, _MOST_IDS) + 1))):
        row = _document(connection, id_)
        if row is not None and as_kept(row[1]) not in taken and row[2] not in taken:
            taken |= {as_kept(row[1]), row[2]}
            found.rows.append(row)
            if _is_contradicted(connection, row):
                found.doubtful.add(id_)
        elif id_ in ids:
            known = _rows(connection, "SELECT name, path FROM documents WHERE id = ?", id_)
            name, path = next(known, ("", ""))
            name = names.get(id_) or (name if isinstance(name, str) else "")
            path = paths.get(id_) or (path if isinstance(path, str) else "")
            found.lost.append(Lost(name or Path(path).name, path))


def _document(connection: sqlite3.Connection, id_: int) -> tuple[Any, ...] | None:
    """The row of a document that is whole and means something."""
    row = next(_rows(connection, _ROW, id_), None)
    if row is None:
        return None
    _, name, path, sha256, language, added, pages, headings, tables, warnings, text = row
    if not all(isinstance(value, str) and value for value in (name, path, added)):
        return None
    if not (isinstance(sha256, str) and isinstance(text, str)):
        return None
    try:
        document = rows.document_of((name, text, language, pages, headings, tables, warnings))
        ends = [
            *((page.start, page.end) for page in document.pages),
            *((heading.start, heading.end) for heading in document.headings),
            *((table.start, table.end) for table in document.tables),
        ]
        fits = all(0 <= start <= end <= len(text) for start, end in ends)
    except (ValueError, TypeError, KeyError):
        return None
    return tuple(row) if fits else None


def _is_contradicted(connection: sqlite3.Connection, row: tuple[Any, ...]) -> bool:
    """Whether a passage says something else than the text that it was cut from."""
    text = row[-1]
    passages = _rows(connection, "SELECT start, end, text FROM passages WHERE document = ?", row[0])
    return any(
        not (isinstance(start, int) and isinstance(end, int)) or text[start:end] != passage
        for start, end, passage in passages
    )


def _last_id(connection: sqlite3.Connection, table: str, file: Path | None) -> int:
    """The highest id that was ever given in a table, or one that is above it."""
    kept = next(_rows(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", table), (0,))[0]
    # The names of tables are ours.
    there = next(_rows(connection, f"SELECT id FROM {table} ORDER BY id DESC"), (0,))[0]  # noqa: S608
    known = max((id_ for id_ in (kept, there) if isinstance(id_, int)), default=0)
    if file is None:
        return known
    bound = 8 * (file.stat().st_size // _PAGE + 1)  # a row takes 768 bytes and more
    return known if 0 < known <= 1000 * bound else bound


def _rows(
    connection: sqlite3.Connection, statement: str, *values: object
) -> Iterator[tuple[Any, ...]]:
    """The rows up to the first that cannot be read."""
    try:
        yield from connection.execute(statement, values)
    except (sqlite3.Error, OverflowError):
        return


def copy_of(file: Path, folder: Path) -> Path:
    """A copy of an SQLite file with its log of writes, to be read apart."""
    for part in (file, file.with_name(f"{file.name}-wal")):
        if part.is_file():
            shutil.copyfile(part, folder / part.name)
    copy = folder / file.name
    copy.touch()
    return copy
