"""Rows of the tables: the way of each type into SQLite and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast, get_args

from index.arrays import Vectors, blob, matrix_of, quantised
from index.store import schema
from index.store.records import Cut, Incoming, NewWords, StoredPassage
from index.text.document_names import as_kept, names_for
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
    """The first of its names that no document but that one is called by."""
    for name in names_for(path):
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
    remember(connection, {schema.NAMES_BY: schema.NAMES})


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
        connection.execute(schema.INSERT_TOKENS[passage.language], (id_, " ".join(words)))
        count = len(passage.sentences)
        connection.executemany(
            "INSERT INTO sentences (passage, start, end, vector) VALUES (?, ?, ?, ?)",
            [
                (id_, sentence.start, sentence.end, vector)
                for sentence, vector in zip(
                    passage.sentences,
                    quantised(cut.sentence_vectors[row : row + count]),
                    strict=True,
                )
            ],
        )
        row += count


def delete_passages(connection: sqlite3.Connection, document: int) -> None:
    """Take out the passages of a document, and their tokens."""
    rows = connection.execute("SELECT id, language FROM passages WHERE document = ?", (document,))
    for id_, language in rows.fetchall():
        connection.execute(schema.DELETE_TOKENS[language], (id_,))
    connection.execute("DELETE FROM passages WHERE document = ?", (document,))


def merge_fulltext(connection: sqlite3.Connection) -> None:
    """Merge the full-text segments, which drops what was deleted from them; and its words."""
    for language in get_args(Language):
        connection.execute(schema.MERGE[language])
        connection.execute(schema.FORGET_WORDS[language])


def insert_words(connection: sqlite3.Connection, words: NewWords) -> None:
    """Put in words; those that another process was quicker with stay as they are."""
    connection.executemany(
        "INSERT OR IGNORE INTO words (language, token, vector) VALUES (?, ?, ?)",
        [
            (words.language, token, vector)
            for token, vector in zip(words.tokens, quantised(words.vectors), strict=True)
        ],
    )


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
        passage_vectors=matrix_of(row[1], len(passages)),
        sentence_vectors=matrix_of(row[2], sentence_count),
    )


def _passage_of(told: Sequence[Any]) -> Passage:
    start, end, language, spans, page, section = told
    sentences = tuple(Sentence(*span) for span in spans)
    return Passage(start, end, language, sentences, page, tuple(section))


def _language_of(kept: object) -> Language:
    if kept not in get_args(Language):
        raise ValueError(f"{kept!r} is no language")
    return cast(Language, kept)
