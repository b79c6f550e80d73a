"""How documents lie in SQLite: the tables, and the way of each type into rows and back."""

from __future__ import annotations

import base64
import itertools
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, cast, get_args

import numpy as np
import numpy.typing as npt

from index.text.document_names import as_kept
from index.text.keywords import tokens
from index.types import (
    Document,
    DocumentRecord,
    Heading,
    Language,
    Page,
    Passage,
    ReadWarning,
    Sentence,
    Table,
    page_at,
)

Vectors = npt.NDArray[np.float32]
NAMES_BY, NAMES = "names", "NFC"
"""A fact about a store: the form in which its documents are called (`text.document_names`)."""

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    language TEXT NOT NULL,
    added TEXT NOT NULL,
    pages TEXT NOT NULL,
    headings TEXT NOT NULL,
    tables TEXT NOT NULL,
    warnings TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    page INTEGER,
    language TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX passages_of_document ON passages (document);
CREATE INDEX passages_of_language ON passages (language);
CREATE TABLE sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX sentences_of_passage ON sentences (passage);
CREATE TABLE words (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    language TEXT NOT NULL,
    token TEXT NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (language, token)
);
CREATE TABLE staged (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    recipe TEXT NOT NULL,
    piece INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    passages TEXT NOT NULL,
    passage_vectors BLOB NOT NULL,
    sentence_vectors BLOB NOT NULL,
    PRIMARY KEY (document, recipe, piece)
);
CREATE VIRTUAL TABLE fulltext_ar USING fts5 (tokens, tokenize = 'ascii');
CREATE VIRTUAL TABLE fulltext_en USING fts5 (tokens, tokenize = 'ascii');
CREATE VIRTUAL TABLE terms_ar USING fts5vocab (fulltext_ar, 'row');
CREATE VIRTUAL TABLE terms_en USING fts5vocab (fulltext_en, 'row');
"""

# What makes a store of format 1 one of format 2, and so on.
TABLES_COME = "ALTER TABLE documents ADD COLUMN tables TEXT NOT NULL DEFAULT '[]'"
WORDS_COME = (
    "CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " language TEXT NOT NULL, token TEXT NOT NULL, vector BLOB NOT NULL, UNIQUE (language, token))"
)

# Documents are staged in pieces; what an interrupted rebuild had staged is done again.
PIECES_COME = (
    "DROP TABLE staged",
    "CREATE TABLE staged ("
    " document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,"
    " recipe TEXT NOT NULL, piece INTEGER NOT NULL, complete INTEGER NOT NULL,"
    " passages TEXT NOT NULL, passage_vectors BLOB NOT NULL, sentence_vectors BLOB NOT NULL,"
    " PRIMARY KEY (document, recipe, piece))",
)

# One statement per language, written out, so that no name is ever pasted into SQL.
BEST_BY_WORDS = {
    "ar": "SELECT rowid FROM fulltext_ar WHERE fulltext_ar MATCH ? ORDER BY rank LIMIT ?",
    "en": "SELECT rowid FROM fulltext_en WHERE fulltext_en MATCH ? ORDER BY rank LIMIT ?",
}
BEST_BY_WORDS_AMONG = {
    "ar": (
        "SELECT rowid FROM fulltext_ar WHERE fulltext_ar MATCH ?"
        " AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT ?"
    ),
    "en": (
        "SELECT rowid FROM fulltext_en WHERE fulltext_en MATCH ?"
        " AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT ?"
    ),
}
WORDS_FROM = "SELECT id, token, vector FROM words WHERE language = ? AND id > ? ORDER BY id"
WORD_COUNT = "SELECT count(*), coalesce(max(id), 0) FROM words WHERE language = ?"
KNOWN_WORDS = (
    "SELECT token FROM words WHERE language = ? AND token IN (SELECT value FROM json_each(?))"
)
INSERT_TOKENS = {
    "ar": "INSERT INTO fulltext_ar (rowid, tokens) VALUES (?, ?)",
    "en": "INSERT INTO fulltext_en (rowid, tokens) VALUES (?, ?)",
}
DELETE_TOKENS = {
    "ar": "DELETE FROM fulltext_ar WHERE rowid = ?",
    "en": "DELETE FROM fulltext_en WHERE rowid = ?",
}
MERGE = {
    "ar": "INSERT INTO fulltext_ar (fulltext_ar) VALUES ('optimize')",
    "en": "INSERT INTO fulltext_en (fulltext_en) VALUES ('optimize')",
}
CHECK_TOKENS = {
    "ar": "INSERT INTO fulltext_ar (fulltext_ar) VALUES ('integrity-check')",
    "en": "INSERT INTO fulltext_en (fulltext_en) VALUES ('integrity-check')",
}
# Words that no passage holds any more leave nothing behind.
FORGET_WORDS = {
    "ar": "DELETE FROM words WHERE language = 'ar' AND token NOT IN (SELECT term FROM terms_ar)",
    "en": "DELETE FROM words WHERE language = 'en' AND token NOT IN (SELECT term FROM terms_en)",
}
# Many ids go in as one JSON list.
TOKENS_OF = {
    "ar": "SELECT rowid, tokens FROM fulltext_ar WHERE rowid IN (SELECT value FROM json_each(?))",
    "en": "SELECT rowid, tokens FROM fulltext_en WHERE rowid IN (SELECT value FROM json_each(?))",
}
PASSAGE_VECTORS = (
    "SELECT id, vector FROM passages WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
VECTORS_OF_SENTENCES = (
    "SELECT id, vector FROM sentences WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
SENTENCE_VECTORS = (
    "SELECT passage, id, vector FROM sentences"
    " WHERE passage IN (SELECT value FROM json_each(?)) ORDER BY passage, start"
)
TEXTS_OF = "SELECT id, section, text FROM passages WHERE id IN (SELECT value FROM json_each(?))"
TERM_COUNT = {
    "ar": "SELECT doc FROM terms_ar WHERE term = ?",
    "en": "SELECT doc FROM terms_en WHERE term = ?",
}
TERMS_BETWEEN = {
    "ar": "SELECT term, doc FROM terms_ar WHERE term >= ? AND term < ?"
    " AND length(term) BETWEEN ? AND ?",
    "en": "SELECT term, doc FROM terms_en WHERE term >= ? AND term < ?"
    " AND length(term) BETWEEN ? AND ?",
}
ALL_IDS = "SELECT id FROM passages ORDER BY id"
IDS_AFTER = "SELECT count(*), coalesce(max(id), 0) FROM passages WHERE id > ?"
IDS_OF_LANGUAGE = "SELECT id FROM passages WHERE language = ? ORDER BY id"
DOCUMENT_IDS = "SELECT id FROM documents WHERE name IN (SELECT value FROM json_each(?))"
# The same of some documents alone, whose ids are one JSON list.
IDS_OF_DOCUMENTS = (
    "SELECT id FROM passages WHERE language = ?"
    " AND document IN (SELECT value FROM json_each(?)) ORDER BY id"
)
ALL_VECTORS = {
    "passages": "SELECT vector FROM passages",
    "sentences": "SELECT vector FROM sentences",
}
VECTORS_FROM = "SELECT id, vector FROM passages WHERE id >= ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Cut:
    """Passages of a document (all, or a piece of a large one) with their vectors, row by row.

    `sentence_vectors` has one row per sentence, in the order of the passages.
    """

    passages: tuple[Passage, ...]
    passage_vectors: Vectors
    sentence_vectors: Vectors


@dataclass(frozen=True, slots=True)
class NewWords:
    """Words of one language that the store has no vectors of yet: tokens, and a row for each."""

    language: Language
    tokens: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document that is ready to be written: where it was, its hash, its passages piece by piece.

    `cuts` may be gone through more than once.
    """

    document: Document
    path: str
    sha256: str
    cuts: Iterable[Cut]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it is kept, with the name of its document and the page of each sentence."""

    id: int
    document: str
    passage: Passage
    text: str
    sentence_ids: tuple[int, ...]
    sentence_pages: tuple[int | None, ...]


def remember(connection: sqlite3.Connection, facts: dict[str, str]) -> None:
    """Keep facts; a fact of the same key is replaced."""
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts.items())


def insert(connection: sqlite3.Connection, item: Incoming, name: str) -> None:
    """Put one document in, under `name`, with its passages, sentences, vectors and tokens."""
    document = item.document
    cursor = connection.execute(
        "INSERT INTO documents (name, path, sha256, language, added, pages, headings, tables,"
        " warnings, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            item.path,
            item.sha256,
            document.language,
            datetime.now(UTC).isoformat(timespec="seconds"),
            json.dumps([[page.number, page.start, page.end] for page in document.pages]),
            json.dumps([[h.level, h.start, h.end] for h in document.headings]),
            json.dumps([[table.start, table.header_end, table.end] for table in document.tables]),
            warnings_json(document),
            document.text,
        ),
    )
    for cut in item.cuts:
        insert_passages(connection, cast(int, cursor.lastrowid), document.text, cut)


def warnings_json(document: Document) -> str:
    """The warnings of a document as they are kept."""
    return json.dumps(
        [[warning.kind, warning.pages, warning.names] for warning in document.warnings]
    )


def free_name(connection: sqlite3.Connection, path: str, document: int = 0) -> str:
    """The shortest end of the path that no document but that one is called by."""
    parts = PurePath(as_kept(path)).parts
    ends = ["/".join(parts[-count:]) for count in range(1, len(parts))]
    # Paths may differ and yet be one name, in two forms.
    numbered = (f"{ends[0]} ({count})" for count in itertools.count(2))
    for name in itertools.chain(ends, [as_kept(path)], numbered):
        taken = connection.execute(
            "SELECT 1 FROM documents WHERE name = ? AND id <> ?", (name, document)
        ).fetchone()
        if taken is None:
            return name
    raise AssertionError("numbers do not end")


def name_as_kept(connection: sqlite3.Connection) -> None:
    """Bring the names that an earlier version kept into the form in which they are looked for."""
    for id_, name, path in connection.execute("SELECT id, name, path FROM documents").fetchall():
        if as_kept(name) != name:
            other = free_name(connection, path, id_)
            connection.execute("UPDATE documents SET name = ? WHERE id = ?", (other, id_))
    remember(connection, {NAMES_BY: NAMES})


def insert_passages(connection: sqlite3.Connection, document: int, text: str, cut: Cut) -> None:
    """Put in the passages of a document that is there already."""
    row = 0
    for passage, vector in zip(cut.passages, cut.passage_vectors, strict=True):
        body = text[passage.start : passage.end]
        cursor = connection.execute(
            "INSERT INTO passages (document, start, end, page, language, section, text, vector)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document,
                passage.start,
                passage.end,
                passage.page,
                passage.language,
                json.dumps(passage.section, ensure_ascii=False),
                body,
                blob(vector),
            ),
        )
        id_ = cursor.lastrowid
        words = tokens("\n".join((*passage.section, body)), passage.language)
        connection.execute(INSERT_TOKENS[passage.language], (id_, " ".join(words)))
        count = len(passage.sentences)
        connection.executemany(
            "INSERT INTO sentences (passage, start, end, vector) VALUES (?, ?, ?, ?)",
            [
                (id_, sentence.start, sentence.end, blob(sentence_vector))
                for sentence, sentence_vector in zip(
                    passage.sentences, cut.sentence_vectors[row : row + count], strict=True
                )
            ],
        )
        row += count


def delete_passages(connection: sqlite3.Connection, document: int) -> None:
    """Take out the passages of a document, and their tokens."""
    rows = connection.execute("SELECT id, language FROM passages WHERE document = ?", (document,))
    for id_, language in rows.fetchall():
        connection.execute(DELETE_TOKENS[language], (id_,))
    connection.execute("DELETE FROM passages WHERE document = ?", (document,))


def merge_fulltext(connection: sqlite3.Connection) -> None:
    """Merge the full-text segments, which drops what was deleted from them; and its words."""
    for language in get_args(Language):
        connection.execute(MERGE[language])
        connection.execute(FORGET_WORDS[language])


def insert_words(connection: sqlite3.Connection, words: NewWords) -> None:
    """Put in words; those that another process was quicker with stay as they are."""
    connection.executemany(
        "INSERT OR IGNORE INTO words (language, token, vector) VALUES (?, ?, ?)",
        [
            (words.language, token, blob(vector))
            for token, vector in zip(words.tokens, words.vectors, strict=True)
        ],
    )


def packed(vector: Vectors) -> str:
    """One vector as text, for a fact about the store."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def unpacked(text: str) -> Vectors:
    """The vector that `packed` made that text of."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)


def blob(vectors: Vectors) -> bytes:
    """Vectors as they are kept: float16, little-endian."""
    return vectors.astype("<f2").tobytes()


def sentences_of(connection: sqlite3.Connection, passage: int) -> list[tuple[int, int, int]]:
    """Id, start and end of a passage's sentences, in reading order."""
    return connection.execute(
        "SELECT id, start, end FROM sentences WHERE passage = ? ORDER BY start", (passage,)
    ).fetchall()


def document_of(row: Sequence[Any]) -> Document:
    """name, text, language, pages, headings, tables, warnings -> Document."""
    name, text, language, pages, headings, tables, warnings = row
    return Document(
        name=name,
        text=text,
        language=_language_of(language),
        pages=pages_of(pages),
        headings=tuple(Heading(*heading) for heading in json.loads(headings)),
        tables=tuple(Table(*table) for table in json.loads(tables)),
        warnings=warnings_of(warnings),
    )


def record_of(row: Sequence[Any]) -> DocumentRecord:
    """id, name, path, language, pages, sha256, added, warnings, passages -> DocumentRecord."""
    id_, name, path, language, pages, sha256, added, warnings, passages = row
    return DocumentRecord(
        id=id_,
        name=name,
        path=path,
        language=_language_of(language),
        pages=len(json.loads(pages)),
        passages=passages,
        sha256=sha256,
        added=added,
        warnings=warnings_of(warnings),
    )


def warnings_of(packed: str) -> tuple[ReadWarning, ...]:
    """The warnings of a document out of the column that keeps them."""
    # Stores of earlier versions keep no names.
    return tuple(ReadWarning(kind, *map(tuple, rest)) for kind, *rest in json.loads(packed))


def pages_of(packed: str) -> tuple[Page, ...]:
    """The pages of a document out of the column that keeps them."""
    return tuple(Page(*page) for page in json.loads(packed))


def stored_passage_of(
    row: Sequence[Any], sentences: Sequence[tuple[int, int, int]], pages: Sequence[Page]
) -> StoredPassage:
    """id, document, start, end, page, language, section, text; id, start, end per sentence."""
    id_, document, start, end, page, language, section, text = row
    passage = Passage(
        start=start,
        end=end,
        language=_language_of(language),
        sentences=tuple(Sentence(start, end) for _, start, end in sentences),
        page=page,
        section=tuple(json.loads(section)),
    )
    ids = tuple(id_ for id_, _, _ in sentences)
    places = tuple(page_at(pages, start) for _, start, _ in sentences)
    return StoredPassage(id_, document, passage, text, ids, places)


def pack_cut(cut: Cut) -> tuple[list[Any], tuple[Vectors, Vectors]]:
    """Passages as JSON can hold them, and their vectors."""
    told = [passage_json(passage) for passage in cut.passages]
    return told, (cut.passage_vectors, cut.sentence_vectors)


def unpack_cut(packed: tuple[Any, tuple[Vectors, ...]]) -> Cut:
    """What `pack_cut` made that of."""
    told, (passage_vectors, sentence_vectors) = packed
    return Cut(tuple(map(_passage_of, told)), passage_vectors, sentence_vectors)


def passage_json(passage: Passage) -> list[Any]:
    """A passage as JSON can hold it."""
    spans = [[sentence.start, sentence.end] for sentence in passage.sentences]
    return [passage.start, passage.end, passage.language, spans, passage.page, passage.section]


def unstage(row: Sequence[Any]) -> Cut:
    """Staged passages and vectors -> Cut."""
    passages = [_passage_of(told) for told in json.loads(row[0])]
    sentence_count = sum(len(passage.sentences) for passage in passages)
    return Cut(
        passages=tuple(passages),
        passage_vectors=_matrix(row[1], len(passages)).astype(np.float32),
        sentence_vectors=_matrix(row[2], sentence_count).astype(np.float32),
    )


def _passage_of(told: Sequence[Any]) -> Passage:
    start, end, language, spans, page, section = told
    sentences = tuple(Sentence(*span) for span in spans)
    return Passage(start, end, language, sentences, page, tuple(section))


def vectors_of(packed: Sequence[bytes]) -> Vectors:
    """Vectors out of rows of float16 bytes -> float32 [n, dimension]."""
    return halves_of(packed).astype(np.float32)


def halves_of(packed: Sequence[bytes]) -> npt.NDArray[np.float16]:
    """The same in float16, as they are kept."""
    if len({len(row) for row in packed}) > 1:
        raise ValueError("the vectors have different lengths")
    return _matrix(b"".join(packed), len(packed))


def _matrix(packed: bytes, count: int) -> npt.NDArray[np.float16]:
    if count == 0:
        return np.zeros((0, 0), dtype=np.float16)
    return np.frombuffer(packed, dtype="<f2").reshape(count, -1).astype(np.float16)


def _language_of(kept: object) -> Language:
    if kept not in get_args(Language):
        raise ValueError(f"{kept!r} is no language")
    return cast(Language, kept)
