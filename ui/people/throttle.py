"""How often a password may be tried: a few times at once, then ever more rarely."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

FREE = 5
"""So many wrong tries in a row cost no waiting."""
LONGEST = 900.0
"""Seconds of waiting at most."""
_KEPT = 10_000
"""Keys that are remembered; the one that failed longest ago goes first."""


class Throttle:
    """Counts wrong tries by key, a name or an address: after five each doubles the waiting.

    `clock` gives seconds. What is counted is forgotten after the longest waiting without a try.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._guard = threading.Lock()

    def seconds(self, *keys: str) -> float:
        """How long to wait before the next try with these; 0 for none."""
        with self._guard:
            return max((self._seconds(key) for key in keys), default=0.0)

    def failed(self, *keys: str) -> None:
        """A try with these was wrong."""
        now = self._clock()
        with self._guard:
            for key in keys:
                count, at = self._failed.pop(key, (0, now))
                self._failed[key] = (count + 1 if now - at < LONGEST else 1, now)
            while len(self._failed) > _KEPT:
                self._failed.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        """A try with these was right: nothing counts any more."""
        with self._guard:
            for key in keys:
                self._failed.pop(key, None)

    def _seconds(self, key: str) -> float:
        count, at = self._failed.get(key, (0, 0.0))
        if count < FREE:
            return 0.0
        waiting = min(LONGEST, 2.0 ** min(count - FREE, 20))
        return max(0.0, at + waiting - self._clock())
