"""The store: one SQLite file that holds the truth.

Documents with their text, the passages and sentences cut from them, both sets of vectors
(`index.arrays` says how) and the full text. Everything else (FAISS) is derived from it.
Each write is one transaction; ids are never used twice; `generation` grows with each write,
so that a reader knows when what it derived is out of date. What is removed is overwritten
(`secure_delete`, and the full-text segments are merged), not merely unlinked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import numpy as np

from index import arrays
from index.arrays import Ids, Vectors
from index.errors import (
    DocumentMissing,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreReadOnly,
)
from index.store import rows as stored
from index.store import schema, soundness
from index.store.connections import Connections
from index.store.private import make_folder_private
from index.store.records import Cut, Incoming, NewWords, StoredPassage
from index.store.soundness import FILE_NAME
from index.store.sqlite_errors import store_error
from index.text.document_names import as_kept
from index.text.similar import Pattern
from index.types import Document, DocumentRecord, Language, Page, RecordKey

FORMAT = 5
BUSY_SECONDS = 30.0
_VECTORS_AT_ONCE = 4_000
_LARGEST_ID = 2**63 - 1

T = TypeVar("T")


class Store:
    """One folder with one SQLite file; safe for many threads and many processes.

    Every method raises StoreError where the file cannot be used: StoreDamaged, StoreNewer,
    StoreBusy, StoreFull, or StoreReadOnly for a write to what can only be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE_NAME
        try:
            make_folder_private(folder)
            translate = partial(store_error, folder)
            self._connections = Connections(self.file, BUSY_SECONDS, translate=translate)
            self._connections.hold()
        except OSError as error:
            raise StoreError(path=folder, detail=error.strerror or error) from error
        try:
            self._refuse_lost()
            self._prepare()
        except OSError as error:
            self.close()
            raise StoreError(path=folder, detail=error.strerror or error) from error
        except BaseException:
            self.close()
            raise

    @property
    def read_only(self) -> bool:
        """Whether it can be read, but not written."""
        return self._connections.read_only

    # -- what is there ---------------------------------------------------------------

    def generation(self) -> int:
        """How many writes the store has seen."""
        return self.fact("generation", int) or 0

    @property
    def identity(self) -> bytes:
        """16 bytes that tell this store from every other."""
        with self._parsed():
            return UUID(hex=self.meta("identity") or "").bytes

    def fact(self, key: str, parse: Callable[[str], T]) -> T | None:
        """What a remembered fact stands for, or None. Raises StoreDamaged where it is none."""
        kept = self.meta(key)
        with self._parsed():
            return None if kept is None else parse(kept)

    def meta(self, key: str) -> str | None:
        """A remembered fact about the store, or None."""
        row = self._connection().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def records(self) -> list[DocumentRecord]:
        """All documents, by name."""
        return self._records(schema.RECORDS)

    def records_where(self, key: RecordKey, wanted: Iterable[str | int]) -> list[DocumentRecord]:
        """The documents whose `key` is among those that are wanted, by name."""
        return self._records(schema.RECORDS_OF, json.dumps(self.document_ids(wanted, key)))

    def _records(self, query: str, *wanted: str) -> list[DocumentRecord]:
        rows = self._connection().execute(query, wanted)
        with self._parsed():
            return [stored.record_of(row) for row in rows]

    def document(self, name: str) -> Document:
        """The document of that name, with its text. Raises DocumentMissing."""
        rows = self._connection().execute(
            "SELECT name, text, language, pages, headings, tables, warnings FROM documents"
            " WHERE name = ?",
            (as_kept(name),),
        )
        row = rows.fetchone()
        if row is None:
            raise DocumentMissing(name=name)
        with self._parsed():
            return stored.document_of(row)

    def document_ids(self, wanted: Iterable[str | int], key: RecordKey = "name") -> list[int]:
        """The ids of the documents whose `key` is among those; what no document has is left out."""
        values = [as_kept(str(each)) for each in wanted] if key == "name" else list(wanted)
        told = json.dumps(values)  # a path may hold bytes that are no text: escaped
        return [row[0] for row in self._connection().execute(schema.DOCUMENT_IDS[key], (told,))]

    def passage_count(self, language: Language, after: int = 0) -> int:
        """How many passages of that language there are, with ids above `after`."""
        row = self._connection().execute(schema.PASSAGE_COUNT, (language, after))
        return int(row.fetchone()[0])

    def passages(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """Passages by id; those that are gone are left out."""
        found: dict[int, StoredPassage] = {}
        pages: dict[int, tuple[Page, ...]] = {}
        connection = self._connection()
        for id_ in ids:
            if not 0 < id_ <= _LARGEST_ID:
                continue
            row = connection.execute(
                "SELECT d.id, d.pages, p.id, d.name, p.start, p.end, p.page, p.language,"
                " p.section, p.text"
                " FROM passages p JOIN documents d ON d.id = p.document WHERE p.id = ?",
                (id_,),
            ).fetchone()
            if row is None:
                continue
            document, packed, *columns = row
            sentences = stored.sentences_of(connection, id_)
            with self._parsed():
                if document not in pages:
                    pages[document] = stored.pages_of(packed)
                found[id_] = stored.stored_passage_of(columns, sentences, pages[document])
        return found

    # -- vectors ---------------------------------------------------------------------

    def ids_of_language(self, language: Language, documents: Iterable[int] | None = None) -> Ids:
        """The ids of the passages in that language (of those documents), ascending."""
        connection = self._connection()
        if documents is None:
            rows = connection.execute(schema.IDS_OF_LANGUAGE, (language,))
        else:
            wanted = json.dumps(sorted(documents))
            rows = connection.execute(schema.IDS_OF_DOCUMENTS, (language, wanted))
        return _column(rows.fetchall())

    def vectors_in_batches(
        self, language: Language, after: int = 0
    ) -> Iterator[tuple[Ids, Vectors]]:
        """Ids and vectors [n, dimension] of passages in that language with ids above `after`.

        Ascending, and so many at a time that they take a few megabytes.
        """
        rows = self._connection().execute(schema.VECTORS_AFTER, (language, after))
        dimension = 0
        while batch := list(islice(rows, _VECTORS_AT_ONCE)):
            with self._parsed():
                ids, vectors = _column(batch), arrays.vectors_of([row[1] for row in batch])
                dimension = dimension or vectors.shape[1]
                if vectors.shape[1] != dimension:
                    raise ValueError("the vectors have different lengths")
            yield ids, vectors

    def passage_vectors(self, ids: Ids) -> tuple[Ids, Vectors]:
        """Those of the passages that are there, ascending, and their vectors [n, dimension]."""
        return self._vectors(schema.PASSAGE_VECTORS, ids)

    def vectors_of_sentences(self, ids: Ids) -> tuple[Ids, Vectors]:
        """Those of the sentences that are there, ascending, and their vectors [n, dimension]."""
        return self._vectors(schema.VECTORS_OF_SENTENCES, ids)

    def sentence_vectors(self, passages: Ids) -> tuple[Ids, Ids, Vectors]:
        """The sentences of passages, in reading order: their passages, their ids, their vectors."""
        wanted = json.dumps(passages.tolist())
        rows = self._connection().execute(schema.SENTENCE_VECTORS, (wanted,)).fetchall()
        with self._parsed():
            owners, ids = _column(rows), _column([row[1:] for row in rows])
            return owners, ids, arrays.vectors_of([row[2] for row in rows])

    def _vectors(self, query: str, ids: Ids) -> tuple[Ids, Vectors]:
        rows = self._connection().execute(query, (json.dumps(ids.tolist()),)).fetchall()
        with self._parsed():
            return _column(rows), arrays.vectors_of([row[1] for row in rows])

    def word_vectors(self, language: Language, tokens: Iterable[str]) -> tuple[list[str], Vectors]:
        """Those of the tokens that have a vector, and their vectors [n, dimension]."""
        wanted = json.dumps(list(tokens), ensure_ascii=False)
        rows = self._connection().execute(schema.WORD_VECTORS, (language, wanted)).fetchall()
        with self._parsed():
            return [row[0] for row in rows], arrays.vectors_of([row[1] for row in rows])

    def sample_of_words(self, language: Language, count: int) -> tuple[Vectors, float]:
        """The vectors [n, dimension] of at most `count` words at even distances, of all languages
        together, those in that language; and how many words there are for each of them."""
        connection = self._connection()
        last = int(connection.execute(schema.LAST_WORD).fetchone()[0])
        ids = np.unique(np.linspace(1, last, min(last, count)).astype(np.int64))
        rows = connection.execute(schema.WORDS_BY_ID, (json.dumps(ids.tolist()), language))
        with self._parsed():
            vectors = arrays.vectors_of([row[0] for row in rows.fetchall()])
        return vectors, last / max(1, len(ids))

    def known_words(self, language: Language, tokens: Iterable[str]) -> set[str]:
        """Those of the tokens that have a vector."""
        rows = self._connection().execute(
            schema.KNOWN_WORDS, (language, json.dumps(list(tokens), ensure_ascii=False))
        )
        return {row[0] for row in rows}

    def texts(self) -> Iterator[tuple[Language, str]]:
        """The language and the text of every passage."""
        yield from self._connection().execute("SELECT language, text FROM passages ORDER BY id")

    # -- full text -------------------------------------------------------------------

    def best_by_words(
        self,
        words: Sequence[str],
        language: Language,
        count: int,
        among: Sequence[int] | None = None,
    ) -> list[int]:
        """The ids of passages (of `among`) that hold any of the tokens, the best first."""
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
        connection = self._connection()
        if among is None:
            rows = connection.execute(schema.BEST_BY_WORDS[language], (match, count))
        else:
            ids = json.dumps(list(among))
            rows = connection.execute(schema.BEST_BY_WORDS_AMONG[language], (match, ids, count))
        return [row[0] for row in rows]

    def term_count(self, language: Language, term: str) -> int:
        """In how many passages of that language a token stands."""
        row = self._connection().execute(schema.TERM_COUNT[language], (term,)).fetchone()
        return 0 if row is None else int(row[0])

    def words_like(self, language: Language, pattern: Pattern) -> list[str]:
        """The words of that language that fit a pattern."""
        first, least, most, head, tail = pattern
        edges = (language, first, chr(ord(first) + 1), least, most, head, tail)
        return [row[0] for row in self._connection().execute(schema.WORDS_LIKE, edges)]

    def tokens_of(self, passages: Sequence[int], language: Language) -> dict[int, list[str]]:
        """The full-text tokens of each passage; those in the other language are left out."""
        rows = self._connection().execute(schema.TOKENS_OF[language], (json.dumps(passages),))
        return {id_: tokens.split() for id_, tokens in rows.fetchall()}

    # -- writing ---------------------------------------------------------------------

    def remember(self, facts: dict[str, str]) -> None:
        """Keep facts about the store (its models, its recipe) in one transaction."""
        with self.transaction() as connection:
            stored.remember(connection, facts)

    def write(
        self,
        incoming: Sequence[Incoming],
        words: Iterable[NewWords] = (),
        recipe: str | None = None,
    ) -> list[str] | None:
        """Put documents in, each in place of the one with its path, all or none.

        None, and nothing is written, where the store has another recipe than `recipe` by now.

        A document that is in already as it was read now (another process was quicker) is left
        alone. `words` are those of the documents that are new to the store.
        Returns the names: a document keeps the one it has, a new one gets the shortest end of
        its path that is free.
        """
        names: list[str] = []
        merge = False
        with self.transaction() as connection:
            if recipe is not None and self.meta("recipe") != recipe:
                return None
            for item in incoming:
                row = connection.execute(
                    "SELECT id, name, sha256 FROM documents WHERE path = ?", (item.path,)
                ).fetchone()
                name = row[1] if row else stored.free_name(connection, item.path)
                names.append(name)
                read = replace(item.document, name=name)
                if row is None:
                    stored.insert(connection, item, name)
                elif row[2] != item.sha256 or self.document(name) != read:
                    merge = True
                    stored.delete_passages(connection, row[0])
                    connection.execute("DELETE FROM documents WHERE id = ?", (row[0],))
                    stored.insert(connection, item, name)
            for new in words:
                stored.insert_words(connection, new)
            if merge:
                stored.merge_fulltext(connection)
        if merge:
            self._connections.empty_log()
        return names

    def write_words(self, words: Iterable[NewWords], facts: dict[str, str]) -> None:
        """Put in the words of all passages at once, and what is to be remembered of them."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM words")
            for new in words:
                stored.insert_words(connection, new)
            stored.remember(connection, facts)

    def move(self, document: int, path: str) -> str:
        """Remember another path for a document, and return the name that it has from now on."""
        with self.transaction(counts=False) as connection:
            name = stored.free_name(connection, path, document)
            connection.execute(
                "UPDATE documents SET name = ?, path = ? WHERE id = ?", (name, path, document)
            )
        return name

    def detach(self, document: int, path: str) -> None:
        """Remember another path for a document, which keeps its name."""
        with self.transaction(counts=False) as connection:
            connection.execute("UPDATE documents SET path = ? WHERE id = ?", (path, document))

    def delete(self, names: Sequence[str]) -> None:
        """Take documents out, all or none, and leave nothing of them. Raises DocumentMissing."""
        with self.transaction() as connection:
            for name in names:
                row = connection.execute(
                    "SELECT id FROM documents WHERE name = ?", (as_kept(name),)
                ).fetchone()
                if row is None:
                    raise DocumentMissing(name=name)
                stored.delete_passages(connection, row[0])
                connection.execute("DELETE FROM documents WHERE id = ?", row)
            stored.merge_fulltext(connection)
        # Done is done. Where giving room back has none itself, the log that is emptied makes some.
        for _ in range(2):
            with suppress(StoreFull):
                self._connections.give_back_room()
            with suppress(StoreFull):
                self._connections.empty_log()

    def stage(self, document: int, recipe: str, cuts: Iterable[Cut]) -> None:
        """Keep a document's new passages beside the old ones until `switch`, piece by piece."""
        for piece, cut in enumerate(cuts):
            row = (
                document,
                recipe,
                piece,
                json.dumps([stored.passage_json(passage) for passage in cut.passages]),
                arrays.blob(cut.passage_vectors),
                arrays.blob(cut.sentence_vectors),
            )
            with self.transaction(counts=False) as connection:
                # A document that was removed meanwhile has nothing to be staged.
                connection.execute(
                    "INSERT OR REPLACE INTO staged SELECT ?, ?, ?, 0, ?, ?, ?"
                    " WHERE EXISTS (SELECT 1 FROM documents WHERE id = ?)",
                    (*row, document),
                )
        with self.transaction(counts=False) as connection:
            connection.execute(
                "UPDATE staged SET complete = 1 WHERE document = ? AND recipe = ?",
                (document, recipe),
            )

    def staged(self, recipe: str) -> set[int]:
        """The ids of documents that are staged under that recipe."""
        return _staged(self._connection(), recipe)

    def switch(self, recipe: str, facts: dict[str, str]) -> bool:
        """Replace all passages by the staged ones, all or none.

        Returns False, and changes nothing, when a document is not staged under `recipe`.
        """
        with self.transaction() as connection:
            documents = [row[0] for row in connection.execute("SELECT id FROM documents")]
            if _staged(connection, recipe) != set(documents):
                return False
            for document in documents:
                stored.delete_passages(connection, document)
                (text,) = connection.execute(
                    "SELECT text FROM documents WHERE id = ?", (document,)
                ).fetchone()
                pieces = connection.execute(
                    "SELECT passages, passage_vectors, sentence_vectors FROM staged"
                    " WHERE document = ? AND recipe = ? ORDER BY piece",
                    (document, recipe),
                )
                for row in pieces:
                    with self._parsed():
                        cut = stored.unstage(row)
                    stored.insert_passages(connection, document, text, cut)
            connection.execute("DELETE FROM staged")
            stored.remember(connection, facts)
            stored.merge_fulltext(connection)
        self._connections.empty_log()
        return True

    @contextmanager
    def transaction(self, *, counts: bool = True) -> Iterator[sqlite3.Connection]:
        """A write that happens whole or not at all; with `counts` the generation grows."""
        if self.read_only:
            raise StoreReadOnly(path=self.folder)
        with self._connections.transaction() as connection:
            yield connection
            if counts:
                connection.execute(
                    "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
                )

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads of this thread that all see the store as it is at the first of them."""
        return self._connections.snapshot()

    def look(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """What a question that is written elsewhere (`store.survey`) finds; it writes nothing."""
        with self._parsed():
            return question(self._connection())

    # -- soundness -------------------------------------------------------------------

    def problems(self) -> list[str]:
        """What is wrong inside the file; empty when it is sound."""
        return soundness.problems(self._connection(), writable=not self.read_only)

    def close(self) -> None:
        """Close every connection of this process."""
        self._connections.close()

    # -- inside ----------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        return self._connections.get()

    def _refuse_lost(self) -> None:
        """A file that is empty or gone, while what was derived from it is there, is damaged.

        SQLite would begin a new one, and with it throw away a log of writes that lies beside it.
        """
        if self.file.exists() and self.file.stat().st_size:
            return
        beside = [*self.folder.glob("*.faiss"), *self.folder.glob(f"{FILE_NAME}-wal")]
        if any(file.is_dir() or file.stat().st_size for file in beside):
            state = "empty" if self.file.exists() else "gone"
            raise StoreDamaged(path=self.folder, detail=f"its file {FILE_NAME} is {state}")

    def _prepare(self) -> None:
        version = self._version()
        if version > FORMAT:
            raise StoreNewer(path=self.folder)
        if version == FORMAT and self.meta(schema.NAMES_BY) == schema.NAMES:
            return
        if self.read_only:
            if version < FORMAT:
                detail = "it is of an earlier version, or empty, and cannot be written"
                raise StoreError(path=self.folder, detail=detail)
            return
        with self._connections.transaction() as connection:
            version = self._version()  # another process may have been quicker
            if version == 0:
                for statement in schema.SCHEMA.split(";\n"):
                    connection.execute(statement)
                stored.remember(connection, {"generation": "0", "identity": uuid4().hex})
            else:
                if version < 2:
                    connection.execute(schema.TABLES_COME)
                if version < 3:
                    connection.execute(schema.WORDS_COME)
                if version < 4:
                    for statement in schema.PIECES_COME:
                        connection.execute(statement)
                if version < 5:
                    connection.execute(schema.HASHES_COME)
            stored.name_as_kept(connection)
            if version < FORMAT:
                connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _version(self) -> int:
        return int(self._connection().execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _parsed(self) -> Iterator[None]:
        """What a row holds becomes what it stands for, unless the row is damaged."""
        try:
            yield
        except (ValueError, TypeError, KeyError) as error:
            detail = "a row of it cannot be understood"
            raise StoreDamaged(path=self.folder, detail=detail) from error


def _staged(connection: sqlite3.Connection, recipe: str) -> set[int]:
    """The ids of documents that are staged under that recipe to their end."""
    rows = connection.execute(
        "SELECT DISTINCT document FROM staged WHERE recipe = ? AND complete = 1", (recipe,)
    )
    return {row[0] for row in rows}


def _column(rows: Sequence[Sequence[int]]) -> Ids:
    """The first column of rows."""
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
