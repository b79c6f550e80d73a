"""Passwords: kept as Argon2id hashes, checked in the same time whether or not the name is known."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ui.people.errors import PasswordInvalid

SHORTEST, LONGEST = 8, 1_024
"""In characters."""
_AT_ONCE = 2
"""A check takes 64 MiB: many at once would take all of a machine's memory."""
_hasher = PasswordHasher()
_checking = threading.BoundedSemaphore(_AT_ONCE)


def hashed(password: str) -> str:
    """The hash that is kept. Raises PasswordInvalid."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordInvalid(detail=f"{SHORTEST} to {LONGEST} characters are needed")
    with _checking:
        return _hasher.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password has that hash; None, for nobody's, takes as long and is never right."""
    with _checking:
        try:
            right = _hasher.verify(kept or _nobodys(), password[:LONGEST])
        except (Argon2Error, InvalidHashError):
            return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
