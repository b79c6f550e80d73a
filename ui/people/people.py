"""The people of a store, their rights, their sessions and their tokens, in one SQLite file.

Of sessions and tokens only SHA-256 hashes are kept: they are 256 random bits, so nobody finds
them from their hash. The file is made when the first person is added.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from index.errors import StoreBusy, StoreError, StoreNewer
from index.store.connections import Connections
from ui.access import ROLES, Role
from ui.people.errors import PersonExists, PersonMissing, PersonNameInvalid
from ui.people.passwords import hashed, is_outdated, is_right

FILE_NAME = "people.db"
EVERYWHERE = "*"
"""In place of a collection's name: all there are, those that come later too."""
NAME_CHARACTERS = 64
SESSION = timedelta(days=30)
"""A session ends when it was not renewed for so long."""
RENEWED = timedelta(days=1)
"""After so long a session gets another token, and the old one ends a minute later."""
_OVERLAP = timedelta(minutes=1)
_FORMAT = 1
_BUSY_SECONDS = 10.0
_TOKEN_BYTES = 32
_TABLES = (
    """CREATE TABLE IF NOT EXISTS people (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
        password TEXT, added TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS rights (
        person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
        collection TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (person, collection))""",
    """CREATE TABLE IF NOT EXISTS tokens (
        hash TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
        added TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS sessions (
        hash TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
        begun TEXT NOT NULL, ends TEXT NOT NULL)""",
)
_SESSION = """
    SELECT p.id, p.name, s.begun, s.ends FROM sessions s JOIN people p ON p.id = s.person
    WHERE s.hash = ? AND s.ends > ?"""
_BY_PROGRAM = """
    SELECT p.id, p.name FROM tokens t JOIN people p ON p.id = t.person WHERE t.hash = ?"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of this store; `id` stays theirs alone, also when another one gets the name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as they are listed: `rights` are roles by collection, `tokens` their number."""

    name: str
    added: str
    rights: Mapping[str, Role]
    password: bool
    tokens: int


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in; `renewed` is the token to go on with, where the old one is a day old."""

    person: Person
    renewed: str | None = None


class People:
    """The file `people.db` in the folder of a store; safe for many threads and processes.

    Raises StoreError where it cannot be used, StoreNewer for one of a later version.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE_NAME
        self._connections = Connections(self.file, _BUSY_SECONDS)
        self._prepared = False

    # -- who there is ------------------------------------------------------------------------

    def exist(self) -> bool:
        """Whether anybody was added."""
        return bool(self._rows("SELECT 1 FROM people LIMIT 1"))

    def add(self, name: str, password: str | None, rights: Mapping[str, Role]) -> Person:
        """Add a person with these roles by collection; without a password tokens are their way in.

        Raises PersonExists, PersonNameInvalid, PasswordInvalid.
        """
        shown, key = _checked(name)
        kept = hashed(password) if password is not None else None
        person = Person(secrets.token_hex(16), shown)
        with self._writing() as connection:
            if connection.execute("SELECT 1 FROM people WHERE key = ?", (key,)).fetchone():
                raise PersonExists(name=shown)
            connection.execute(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?)", (person.id, shown, key, kept, _now())
            )
            _set_rights(connection, person.id, rights)
        return person

    def remove(self, name: str) -> None:
        """Remove a person: every session and token of theirs ends at once. Raises PersonMissing."""
        person = self.find(name)
        with self._writing() as connection:
            connection.execute("DELETE FROM people WHERE id = ?", (person.id,))

    def find(self, name: str) -> Person:
        """The person of that name. Raises PersonMissing."""
        rows = self._rows("SELECT id, name FROM people WHERE key = ?", (_key(name),))
        if not rows:
            raise PersonMissing(name=name)
        return Person(*rows[0])

    def records(self) -> list[PersonRecord]:
        """Everybody, by name."""
        rights: dict[str, dict[str, Role]] = {}
        for person, collection, role in self._rows("SELECT person, collection, role FROM rights"):
            rights.setdefault(person, {})[collection] = role
        rows = self._rows(
            "SELECT id, name, added, password IS NOT NULL,"
            " (SELECT count(*) FROM tokens WHERE person = id) FROM people ORDER BY key"
        )
        return [
            PersonRecord(name, added, rights.get(id_, {}), bool(password), tokens)
            for id_, name, added, password, tokens in rows
        ]

    # -- what they may do ----------------------------------------------------------------------

    def allow(self, name: str, rights: Mapping[str, Role | None]) -> None:
        """Give a person other roles in these collections; None takes theirs away.

        Raises PersonMissing.
        """
        person = self.find(name)
        with self._writing() as connection:
            _set_rights(connection, person.id, rights)

    def role(self, person: Person, collection: str) -> Role | None:
        """What a person is in a collection: the higher of what they are there and everywhere."""
        rows = self._rows(
            "SELECT role FROM rights WHERE person = ? AND collection IN (?, ?)",
            (person.id, collection, EVERYWHERE),
        )
        return max((role for (role,) in rows), key=ROLES.index, default=None)

    def collections(self, person: Person, names: Iterable[str]) -> dict[str, Role]:
        """Those of these collections in which a person may do anything, with their role there."""
        roles = ((name, self.role(person, name)) for name in names)
        return {name: role for name, role in roles if role is not None}

    def forget_collection(self, collection: str) -> None:
        """Take away every right in a collection that is gone: a later one may have its name."""
        if self.file.exists():
            with self._writing() as connection:
                connection.execute("DELETE FROM rights WHERE collection = ?", (collection,))

    # -- how they prove who they are -------------------------------------------------------------

    def log_in(self, name: str, password: str) -> Person | None:
        """The person whose name and password these are; None for any other pair."""
        rows = self._rows("SELECT id, name, password FROM people WHERE key = ?", (_key(name),))
        id_, shown, kept = rows[0] if rows else ("", "", None)
        if not is_right(kept, password) or kept is None:
            return None
        if is_outdated(kept):
            self.set_password(shown, password)
        return Person(id_, shown)

    def set_password(self, name: str, password: str) -> None:
        """Give a person another password. Raises PersonMissing, PasswordInvalid."""
        person, kept = self.find(name), hashed(password)
        with self._writing() as connection:
            connection.execute("UPDATE people SET password = ? WHERE id = ?", (kept, person.id))

    def issue_token(self, name: str) -> str:
        """A new token for programs, told this once. Raises PersonMissing."""
        person, token = self.find(name), f"sanad-{secrets.token_urlsafe(_TOKEN_BYTES)}"
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?)", (_hash(token), person.id, _now())
            )
        return token

    def revoke_tokens(self, name: str) -> int:
        """End all tokens of a person; how many there were. Raises PersonMissing."""
        person = self.find(name)
        with self._writing() as connection:
            done = connection.execute("DELETE FROM tokens WHERE person = ?", (person.id,))
        return done.rowcount

    def by_token(self, token: str) -> Person | None:
        """Whose token this is."""
        rows = self._rows(_BY_PROGRAM, (_hash(token),))
        return Person(*rows[0]) if rows else None

    def begin_session(self, person: Person) -> str:
        """The token of a new session, for a cookie."""
        now = datetime.now(UTC)
        with self._writing() as connection:
            connection.execute("DELETE FROM sessions WHERE ends <= ?", (now.isoformat(),))
            return _new_session(connection, person.id, now)

    def session(self, token: str, *, renew: bool = False) -> Session | None:
        """Who has that session; None when it has ended or never was.

        With `renew`, for an answer that can set a cookie, one of yesterday gets another token.
        """
        now = datetime.now(UTC)
        rows = self._rows(_SESSION, (_hash(token), now.isoformat()))
        if not rows:
            return None
        id_, name, begun, ends = rows[0]
        person = Person(id_, name)
        old = now - datetime.fromisoformat(begun) > RENEWED
        ending = datetime.fromisoformat(ends) - now <= _OVERLAP
        if not (renew and old) or ending:
            return Session(person)
        with self._writing() as connection:
            connection.execute(
                "UPDATE sessions SET ends = ? WHERE hash = ?",
                ((now + _OVERLAP).isoformat(), _hash(token)),
            )
            return Session(person, _new_session(connection, person.id, now))

    def end_session(self, token: str) -> None:
        """Log out: the token is worth nothing from now on."""
        with self._writing() as connection:
            connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(token),))

    def end_sessions(self, name: str) -> None:
        """Log a person out everywhere. Raises PersonMissing."""
        person = self.find(name)
        with self._writing() as connection:
            connection.execute("DELETE FROM sessions WHERE person = ?", (person.id,))

    def end_all_sessions(self) -> None:
        """Log everybody out."""
        if self.file.exists():
            with self._writing() as connection:
                connection.execute("DELETE FROM sessions")

    def close(self) -> None:
        """Close every connection of this process."""
        self._connections.close()

    # -- inside ----------------------------------------------------------------------------------

    def _rows(self, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
        if not self._prepared and not self.file.exists():
            return []  # looking makes no file
        with self._translated():
            self._prepare()
            return self._connections.get().execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._translated():
            self._prepare()
            with self._connections.transaction() as connection:
                yield connection

    def _prepare(self) -> None:
        if self._prepared:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self._connections.transaction() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > _FORMAT:
                raise StoreNewer(path=self.file)
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        self._prepared = True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreBusy(path=self.file) from error
            raise StoreError(path=self.file, detail=error) from error
        except (sqlite3.Error, OSError) as error:
            raise StoreError(path=self.file, detail=error) from error


def _checked(name: str) -> tuple[str, str]:
    """A name as it is shown, and as names are compared. Raises PersonNameInvalid."""
    shown = " ".join(unicodedata.normalize("NFC", name).split())
    hidden = any(unicodedata.category(letter)[0] == "C" for letter in shown)
    if not shown or hidden or len(shown) > NAME_CHARACTERS:
        raise PersonNameInvalid(name=name[:NAME_CHARACTERS], limit=NAME_CHARACTERS)
    return shown, _key(shown)


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _set_rights(
    connection: sqlite3.Connection, person: str, rights: Mapping[str, Role | None]
) -> None:
    for collection, role in rights.items():
        connection.execute(
            "DELETE FROM rights WHERE person = ? AND collection = ?", (person, collection)
        )
        if role is not None:
            connection.execute("INSERT INTO rights VALUES (?, ?, ?)", (person, collection, role))


def _new_session(connection: sqlite3.Connection, person: str, now: datetime) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    connection.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?)",
        (_hash(token), person, now.isoformat(), (now + SESSION).isoformat()),
    )
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
