"""Whose turn it is: those who ask go before those who add.

Both need the embedding models and the processor. Adding goes in short turns, one at a time in
this process, and each waits until nobody asks; so a question waits for one such turn at most.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds that a turn of adding waits for questions: where they never end, adding goes on."""


class Turns:
    """Lets questions through first. Safe for many threads; a thread may ask within its asking."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._changed = threading.Condition()
        self._asking = 0
        self._mine = threading.local()
        self._adding = threading.Lock()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While somebody waits for what this thread does."""
        outer = getattr(self._mine, "asks", False)
        self._mine.asks = True
        with self._changed:
            self._asking += 1
        try:
            yield
        finally:
            self._mine.asks = outer
            with self._changed:
                self._asking -= 1
                self._changed.notify_all()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A short piece of work: at once in a thread that asks, else when nobody asks."""
        if getattr(self._mine, "asks", False):
            yield
            return
        with self._adding:  # those who add wait here for each other, not in front of a question
            with self._changed:
                self._changed.wait_for(lambda: self._asking == 0, self._patience)
            yield

    def give_way(self) -> None:
        """Called now and then by long work in Python: let those who ask finish first."""
        with self.turn():
            pass


TURNS = Turns()
"""Those of this process: all of its libraries share the processor."""
