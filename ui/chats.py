"""The conversations of all visitors, kept in one SQLite file of their own.

Each visitor owns what was saved under their name and reaches nothing else. What is deleted is
overwritten (`secure_delete`) and taken out of the write-ahead log too, not merely unlinked.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import StoreBusy, StoreError, StoreNewer
from index.store.connections import Connections
from index.text.keywords import normalise
from ui.conversation import Conversation, Exchange
from ui.export import one_line, storable

FILE_NAME = "chats.db"
FORMAT = 1
NAME_CHARACTERS = 120
BUSY_SECONDS = 10.0
LISTED = 200
_RATINGS = (-1, 0, 1)
_EXCHANGE_FIELDS = frozenset(field.name for field in fields(Exchange))
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CONTENTION = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_log = logging.getLogger(__name__)

# `words` is what searching compares: one spelling of the name, of a question and its answer.
# A name that a person gave (`renamed`) is not replaced by the one that a question gave.
_TABLES = (
    """CREATE TABLE IF NOT EXISTS chats (
        key INTEGER PRIMARY KEY, visitor TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
        renamed INTEGER NOT NULL DEFAULT 0, words TEXT NOT NULL, updated TEXT NOT NULL,
        UNIQUE (visitor, id))""",
    """CREATE TABLE IF NOT EXISTS exchanges (
        key INTEGER PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
        id TEXT NOT NULL, position INTEGER NOT NULL, content TEXT NOT NULL, words TEXT NOT NULL,
        rating INTEGER NOT NULL DEFAULT 0, rated TEXT, UNIQUE (chat, id))""",
    "CREATE INDEX IF NOT EXISTS exchanges_by_id ON exchanges (id)",
)
_KEEP_CHAT = """
    INSERT INTO chats (visitor, id, name, words, updated) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (visitor, id) DO UPDATE SET
        updated = CASE excluded.updated WHEN '' THEN updated ELSE excluded.updated END,
        name = CASE WHEN renamed THEN name ELSE excluded.name END,
        words = CASE WHEN renamed THEN words ELSE excluded.words END"""
_KEEP_EXCHANGE = """
    INSERT INTO exchanges (chat, id, position, content, words, rating, rated)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (chat, id) DO UPDATE SET
        position = excluded.position, content = excluded.content, words = excluded.words
    WHERE position <> excluded.position OR content <> excluded.content"""
_TAKE_BACK = """
    DELETE FROM exchanges WHERE chat = ? AND id IN (SELECT value FROM json_each(?))"""
_LIST = """
    SELECT c.id, c.name, c.updated, (SELECT count(*) FROM exchanges e WHERE e.chat = c.key)
    FROM chats c WHERE c.visitor = ? AND NOT EXISTS (
        SELECT 1 FROM json_each(?) wanted WHERE instr(c.words, wanted.value) = 0
        AND NOT EXISTS (SELECT 1 FROM exchanges e
            WHERE e.chat = c.key AND instr(e.words, wanted.value) > 0))
    ORDER BY c.updated DESC, c.key DESC LIMIT ?"""
_OWN_EXCHANGE = """
    SELECT e.content, e.rating FROM exchanges e JOIN chats c ON c.key = e.chat
    WHERE c.visitor = ? AND e.id = ?"""
_RATE = """
    UPDATE exchanges SET rating = ?, rated = ?
    WHERE id = ? AND chat IN (SELECT key FROM chats WHERE visitor = ?)"""


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """A conversation as it is listed; `updated` is when its last question was asked, in UTC."""

    id: str
    name: str
    updated: str
    questions: int


@dataclass(frozen=True, slots=True)
class RatedCitation:
    """What a rated answer rests on."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating (1 liked, -1 disliked) and what was rated; who gave it is not said.

    `asked` and `rated` are ISO 8601, UTC.
    """

    question: str
    answer: str
    rating: int
    asked: str
    rated: str
    citations: tuple[RatedCitation, ...]


Records = list[ChatRecord]
Ratings = list[Rated]


class ChatStore:
    """The file of conversations; safe for many threads.

    A damaged file is set aside and a new one begun, for losing the history must not keep anybody
    from asking. Raises StoreNewer for a file of a later version, StoreBusy or StoreError when
    the file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._connections = Connections(file, BUSY_SECONDS, ("temp_store = MEMORY",))
        # A page that is still open may try to save what was deleted; its ids are never used again.
        self._deleted: set[tuple[str, str]] = set()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(path=file, detail=error.strerror or error) from error
        try:
            self._prepare()
        except _Damaged as error:
            self._set_aside(error)
            self._prepare()

    # -- conversations of one visitor ------------------------------------------------------

    def save(self, visitor: str, conversation: Conversation, only: Exchange | None = None) -> bool:
        """Keep the conversation as it is now, or `only` one exchange of it.

        What another page has added to the same conversation stays, exchanges that were asked
        again go; ratings and a name that a person gave stay as they are kept. False, and nothing
        is kept, for a conversation without a question or one that was deleted.
        """
        exchanges = list(conversation.exchanges)
        if not visitor or not exchanges:
            return False
        rows = [
            _row_of(place, exchange)
            for place, exchange in enumerate(exchanges)
            if only is None or exchange is only
        ]
        with self._transaction() as connection:
            if (visitor, conversation.id) in self._deleted:
                return False
            name = clean_name(conversation.name)
            connection.execute(
                _KEEP_CHAT,
                (visitor, conversation.id, name, normalise(name), exchanges[-1].asked),
            )
            key = _find(connection, visitor, conversation.id)
            gone = connection.execute(_TAKE_BACK, (key, json.dumps(conversation.taken_back)))
            connection.executemany(_KEEP_EXCHANGE, [(key, *row) for row in rows])
        if gone.rowcount:
            self._shrink_log()
        return True

    def load(self, visitor: str, chat_id: str) -> Conversation | None:
        """The conversation as it was saved last; None when the visitor has none of that id."""
        rows = self._rows(
            "SELECT c.name, e.content, e.rating FROM chats c LEFT JOIN exchanges e"
            " ON e.chat = c.key WHERE c.visitor = ? AND c.id = ? ORDER BY e.key",
            (visitor, chat_id),
        )
        if not visitor or not rows:
            return None
        exchanges = [_exchange_of(content, rating) for _, content, rating in rows if content]
        return Conversation(exchanges=exchanges, id=chat_id, name=rows[0][0])

    def list(self, visitor: str, search: str = "", limit: int = LISTED) -> Records:
        """The visitor's conversations, the newest first.

        With `search`, those that hold all its words, or words that contain them, in their name,
        questions or answers, however they are spelt.
        """
        words = normalise(storable(search)).split()
        if not visitor or (search.strip() and not words):
            return []
        wanted = json.dumps(words, ensure_ascii=False)
        rows = self._rows(_LIST, (visitor, wanted, max(0, limit)))
        return [ChatRecord(*row) for row in rows]

    def rename(self, visitor: str, chat_id: str, name: str) -> bool:
        """Give a conversation another name; False when it is not there or the name is empty."""
        cleaned = clean_name(name)
        if not visitor or not cleaned:
            return False
        with self._transaction() as connection:
            done = connection.execute(
                "UPDATE chats SET name = ?, words = ?, renamed = 1 WHERE visitor = ? AND id = ?",
                (cleaned, normalise(cleaned), visitor, chat_id),
            )
        if done.rowcount:
            self._shrink_log()
        return done.rowcount > 0

    def delete(self, visitor: str, chat_id: str) -> bool:
        """Delete a conversation and leave nothing of it; False when it is not there."""
        which = "SELECT key, id FROM chats WHERE visitor = ? AND id = ?"
        return self._delete(visitor, which, (visitor, chat_id)) > 0

    def delete_all(self, visitor: str) -> int:
        """Delete all conversations of the visitor; returns how many there were."""
        return self._delete(visitor, "SELECT key, id FROM chats WHERE visitor = ?", (visitor,))

    def exchange(self, visitor: str, exchange_id: str) -> Exchange | None:
        """One kept exchange of the visitor's conversations; None when it is not there."""
        rows = self._rows(_OWN_EXCHANGE, (visitor, exchange_id)) if visitor else []
        return _exchange_of(*rows[0]) if rows else None

    # -- ratings -----------------------------------------------------------------------------

    def rate(self, visitor: str, exchange_id: str, rating: int) -> bool:
        """Keep what the visitor thinks of an answer: 1, -1, or 0 for no opinion any more.

        False when the visitor has no such exchange, or the rating is none of these.
        """
        if not visitor or rating not in _RATINGS:
            return False
        with self._transaction() as connection:
            done = connection.execute(
                _RATE, (rating, _now() if rating else None, exchange_id, visitor)
            )
        return done.rowcount > 0

    def ratings(self) -> Ratings:
        """The rated answers of all visitors, the first rated first, without saying who."""
        rows = self._rows(
            "SELECT content, rating, rated FROM exchanges WHERE rating <> 0 ORDER BY rated, key"
        )
        return [_rated_of(_exchange_of(content, rating), rated) for content, rating, rated in rows]

    def close(self) -> None:
        """Close every connection of this process."""
        self._connections.close()

    # -- inside ------------------------------------------------------------------------------

    def _delete(self, visitor: str, which: str, values: tuple[str, ...]) -> int:
        if not visitor:
            return 0
        with self._transaction() as connection:
            rows = connection.execute(which, values).fetchall()
            self._deleted.update((visitor, id_) for _, id_ in rows)
            connection.executemany("DELETE FROM chats WHERE key = ?", [row[:1] for row in rows])
        if rows:
            self._shrink_log()
        return len(rows)

    def _rows(self, statement: str, values: tuple[object, ...] = ()) -> Any:  # noqa: ANN401
        # Fetched whole: a reader that lingers would keep deleted text in the write-ahead log.
        with self._translated():
            return self._connections.get().execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A write that happens whole or not at all."""
        with self._translated(), self._connections.transaction() as connection:
            yield connection

    def _prepare(self) -> None:
        with self._transaction() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > FORMAT:
                raise StoreNewer(path=self.file)
            (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if problem != "ok":
                raise _Damaged(path=self.file, detail=problem)
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _set_aside(self, error: StoreError) -> None:
        """Move the damaged file, with its log, to a name of its own beside it."""
        self.close()
        kept = self.file.with_name(f"{self.file.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
        try:
            for ending in ("", "-wal", "-shm"):
                old = self.file.with_name(self.file.name + ending)
                if old.exists():
                    old.replace(kept.with_name(kept.name + ending))
        except OSError as moving:
            raise StoreError(path=self.file, detail=moving.strerror or moving) from moving
        _log.warning("%s A new file is begun; the old one is kept as %s.", error, kept.name)

    def _shrink_log(self) -> None:
        """Empty the write-ahead log, so that deleted text does not live on in it."""
        with self._translated():
            self._connections.empty_log()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # Absent from errors that Python raises itself; extended codes keep theirs below.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code in _CONTENTION:
                raise StoreBusy(path=self.file) from error
            kind = _Damaged if code in _DAMAGE else StoreError
            raise kind(path=self.file, detail=error) from error


class _Damaged(StoreError):
    """The file is no sound database."""


def clean_name(name: str) -> str:
    """A name as it is kept: one line of at most 120 characters that all can be seen."""
    return one_line(name)[:NAME_CHARACTERS].rstrip()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _find(connection: sqlite3.Connection, visitor: str, chat_id: str) -> int | None:
    """The key of the visitor's conversation of that id."""
    row = connection.execute(
        "SELECT key FROM chats WHERE visitor = ? AND id = ?", (visitor, chat_id)
    ).fetchone()
    return None if row is None else int(row[0])


def _row_of(position: int, exchange: Exchange) -> tuple[str, int, str, str, int, str | None]:
    """Id, position, content, words, rating and when it was rated, for a new row."""
    rating = exchange.rating if exchange.rating in _RATINGS else 0
    # The rating has a column of its own and may change while the page holds an older one.
    content = storable(json.dumps({**asdict(exchange), "rating": 0}, ensure_ascii=False))
    words = normalise(storable(f"{exchange.question}\n{exchange.text}"))
    return exchange.id, position, content, words, rating, _now() if rating else None


def _exchange_of(content: str, rating: int) -> Exchange:
    # A later version may have kept more than this one knows.
    known = {key: value for key, value in json.loads(content).items() if key in _EXCHANGE_FIELDS}
    return Exchange(**{**known, "rating": rating})


def _rated_of(exchange: Exchange, rated: str) -> Rated:
    citations = tuple(
        RatedCitation(card["document"], card["sentence"])
        for card in exchange.cards
        if card["marker"] is not None
    )
    return Rated(
        exchange.question, exchange.text, exchange.rating, exchange.asked, rated, citations
    )
