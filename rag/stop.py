"""Ending, from another thread, what a thread waits for.

Whoever runs work in a thread puts a `Stop` in force there; whoever blocks in that thread (a read
from an endpoint) says what would wake it. `set` then does that, at once, from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stop:
    """Set once, by whoever no longer wants the work. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._wakers: list[Callable[[], None]] = []

    def is_set(self) -> bool:
        """Whether the work is to end."""
        return self._is_set

    def set(self) -> None:
        """End the work; what it waits for is woken."""
        with self._lock:
            self._is_set = True
            wakers, self._wakers = self._wakers, []
        for wake in wakers:
            wake()

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Makes this the `current` one of the thread."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def add(self, wake: Callable[[], None]) -> None:
        """Call `wake` when this is set, now if it is already."""
        with self._lock:
            if not self._is_set:
                self._wakers.append(wake)
                return
        wake()

    def remove(self, wake: Callable[[], None]) -> None:
        """Nobody has to be woken any more."""
        with self._lock:
            if wake in self._wakers:
                self._wakers.remove(wake)


def current() -> Stop:
    """The one in force in this thread; one that nobody sets where there is none."""
    return _CURRENT.get() or Stop()


_CURRENT: ContextVar[Stop | None] = ContextVar("stop", default=None)
