"""Is a store sound? What SQLite says of its file, and whether its rows agree with each other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import islice
from typing import get_args

import numpy as np

from index import arrays
from index.errors import StoreDamaged
from index.store import schema
from index.store.rows import sentences_of
from index.types import Language

FILE_NAME = "sanad.db"
_VECTORS_AT_ONCE = 4_000
_ROUNDED = 0.02
"""How far rounding may bring a vector from the length 1 that all are made with."""


def problems(connection: sqlite3.Connection, *, writable: bool = True) -> list[str]:
    """What is wrong with a store, a line each; empty when it is sound.

    The full text can be checked only where the store is `writable`.
    """
    found: list[str] = []
    checks = [_file_problems, _content_problems, *([_token_problems] if writable else [])]
    for check in checks:
        try:
            found.extend(check(connection))
        except StoreDamaged as error:
            found.append(f"{_PART[check]}: {error.fields['detail']}")
        except (ValueError, TypeError, KeyError):
            found.append(f"{_PART[check]}: a row of it cannot be understood")
    return list(dict.fromkeys(found))


def _file_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for (lines,) in connection.execute("PRAGMA integrity_check"):
        for line in lines.splitlines():
            if line != "ok" and not line.startswith("***"):
                yield f"{FILE_NAME}: {line.lower()}"
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} belongs to no row of {parent}"


def _token_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for language in get_args(Language):
        try:
            connection.execute(schema.CHECK_TOKENS[language])
        except StoreDamaged as error:
            yield f"the full text ({language}): {error.fields['detail']}"


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
            for _, first, last in sentences_of(connection, id_):
                if not start <= first < last <= end:
                    yield f"a sentence of passage {id_} of {name} lies outside it"
    for kind, vectors in schema.ALL_VECTORS.items():
        packed = connection.execute(vectors)
        dimensions: set[int] = set()
        sound = True
        while batch := [row[0] for row in islice(packed, _VECTORS_AT_ONCE)]:
            try:
                found = arrays.vectors_of(batch)
            except ValueError as error:
                yield f"{kind}: {error}"
                break
            dimensions.add(found.shape[1])
            sound = sound and bool((np.abs(np.linalg.norm(found, axis=1) - 1) < _ROUNDED).all())
        if len(dimensions) > 1:
            yield f"the vectors of {kind} have different lengths"
        if not sound:
            yield f"a vector of {kind} is not of length 1"


_PART = {
    _file_problems: FILE_NAME,
    _content_problems: "documents and passages",
    _token_problems: "the full text",
}
