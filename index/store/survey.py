"""Questions about the store as a whole: where passages stand, and how much of everything it holds.

Each is asked with `Store.look`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from index.arrays import Vectors, vectors_of
from index.text.document_names import as_kept
from index.types import Language

_SPANS = (
    "SELECT p.id, p.start, p.end FROM passages p JOIN documents d ON d.id = p.document"
    " WHERE d.name = ? ORDER BY p.start, p.id"
)
_PASSAGES = (
    "SELECT d.name, p.language, count(*) FROM passages p JOIN documents d ON d.id = p.document"
    " GROUP BY d.id, p.language ORDER BY d.name, p.language"
)
_WORDS = "SELECT language, count(*) FROM words GROUP BY language"
_OWNERS = (
    "SELECT p.id, d.name, p.language FROM passages p JOIN documents d ON d.id = p.document"
    " ORDER BY d.id, p.id"
)
_BEGINNINGS = (
    "SELECT id, start, page, substr(text, 1, ?), vector FROM passages"
    " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a passage stands in its document."""

    id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds.

    `passages` has each document's passages by language; `words` counts the different tokens that
    have a vector.
    """

    sentences: int
    words: dict[Language, int]
    passages: dict[str, dict[Language, int]]


@dataclass(frozen=True, slots=True)
class Owned:
    """A passage with the document that it belongs to."""

    id: int
    document: str
    language: Language


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a passage begins in its document, and with which words."""

    id: int
    start: int
    page: int | None
    text: str


def spans_of(connection: sqlite3.Connection, name: str) -> list[Span]:
    """The passages of the document of that name, in reading order."""
    return [Span(*row) for row in connection.execute(_SPANS, (as_kept(name),))]


def counts_of(connection: sqlite3.Connection) -> Counts:
    """How much there is of everything."""
    passages: dict[str, dict[Language, int]] = {}
    for name, language, count in connection.execute(_PASSAGES):
        passages.setdefault(name, {})[language] = count
    sentences = connection.execute("SELECT count(*) FROM sentences").fetchone()[0]
    return Counts(int(sentences), dict(connection.execute(_WORDS).fetchall()), passages)


def owned(connection: sqlite3.Connection) -> list[Owned]:
    """Every passage, those of a document together, in reading order."""
    return [Owned(*row) for row in connection.execute(_OWNERS)]


def beginnings(
    connection: sqlite3.Connection, ids: Sequence[int], characters: int
) -> tuple[list[Beginning], Vectors]:
    """How those passages begin that are still there, by id, and their vectors [n, dimension]."""
    rows = connection.execute(_BEGINNINGS, (characters, json.dumps(ids))).fetchall()
    vectors = vectors_of([row[-1] for row in rows])
    return [Beginning(*row[:-1]) for row in rows], vectors
