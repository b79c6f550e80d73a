"""Who uses a store: a lock that all its users share, and that a restore has for itself alone.

The system takes the lock back with the process that held it. Where a file system or Windows knows
no such locks nothing is told by them; there a file that is open cannot be put in another's place.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.collection import FOLDER as COLLECTIONS
from index.errors import StoreInUse, StoreRestoring
from index.store import switch
from index.store.parts import is_store

if sys.platform != "win32":
    import fcntl

LOCK = "sanad.lock"
_PATIENCE = 5.0
"""Seconds to wait for who has the store alone: tidying up after a cut-off restore is quick."""
_PAUSE = 0.05


class Share:
    """A share in the use of a store; it ends with `release`, or with this object."""

    def __init__(self, locks: list[int]) -> None:
        self.release = weakref.finalize(self, _close, locks)


def share(folder: Path) -> Share:
    """Keep restores away from the store in that folder, and finish one that was cut off before.

    Whoever uses a collection uses the store that it belongs to. Raises StoreRestoring while
    another process restores it, and OSError.
    """
    locks: list[int] = []
    try:
        for store in _around(folder):
            _share(store, locks)
    except BaseException:
        _close(locks)
        raise
    return Share(locks)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While nobody else uses the store in that folder. Raises StoreInUse, and OSError."""
    locks: list[int] = []
    try:
        for store in _around(folder)[:-1]:
            _share(store, locks)
        lock = _opened(folder)
        if lock is not None:
            locks.append(lock)
            if not _taken(lock, for_one=True):
                raise StoreInUse(path=folder)
        switch.settle(folder)
        yield
    finally:
        _close(locks)


def _around(folder: Path) -> list[Path]:
    """The folders whose use that of the store in `folder` is, its own last."""
    outer = folder.parent.parent
    return [outer, folder] if folder.parent.name == COLLECTIONS and is_store(outer) else [folder]


def _share(store: Path, locks: list[int]) -> None:
    lock = _opened(store)
    if lock is not None:
        locks.append(lock)
    deadline = time.monotonic() + _PATIENCE
    while True:
        if switch.was_cut_off(store) and (lock is None or _taken(lock, for_one=True)):
            switch.settle(store)
        # Held by many, no switch can begin; one that was cut off just now is settled first.
        if lock is None or (_taken(lock) and not switch.is_pending(store)):
            return
        if time.monotonic() > deadline:
            raise StoreRestoring(path=store)
        time.sleep(_PAUSE)


def _opened(store: Path) -> int | None:
    """The file of the lock; None where there is none and none can be made."""
    file = store / LOCK
    for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        try:
            return os.open(file, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError:
            continue
    return None


def _taken(lock: int, *, for_one: bool = False) -> bool:
    """Take the lock or change how it is held; False when others are in the way."""
    if sys.platform != "win32":
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if for_one else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
    return True


def _close(locks: list[int]) -> None:
    while locks:
        os.close(locks.pop())
