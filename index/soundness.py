"""Is a store sound? What SQLite says of its file, and whether its rows agree with each other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import get_args

from index import schema
from index.types import Language


def problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with a store, a line each; empty when it is sound."""
    found: list[str] = []
    try:
        found.extend(_file_problems(connection))
    except sqlite3.DatabaseError as error:
        return [*found, f"SQLite: {error}"]
    return [*found, *_content_problems(connection)]


def _file_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"SQLite: {line}"
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} belongs to no row of {parent}"
    for language in get_args(Language):
        connection.execute(schema.CHECK_TOKENS[language])


def _content_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for id_, language in connection.execute("SELECT id, language FROM passages").fetchall():
        row = connection.execute(schema.TOKENS_OF[language], (json.dumps([id_]),)).fetchone()
        if row is None:
            yield f"passage {id_} is missing from the full text"
    for name, text in connection.execute("SELECT name, text FROM documents").fetchall():
        rows = connection.execute(
            "SELECT p.id, p.start, p.end, p.text FROM passages p"
            " JOIN documents d ON d.id = p.document WHERE d.name = ?",
            (name,),
        ).fetchall()
        for id_, start, end, passage in rows:
            if text[start:end] != passage:
                yield f"passage {id_} of {name} is not what stands in its document"
            for _, first, last in schema.sentences_of(connection, id_):
                if not start <= first < last <= end:
                    yield f"a sentence of passage {id_} of {name} lies outside it"
    for kind, vectors in schema.VECTORS_FROM.items():
        rows = connection.execute(vectors, (0,)).fetchall()
        if len({len(row[1]) for row in rows}) > 1:
            yield f"the vectors of {kind} have different lengths"
