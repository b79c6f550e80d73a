"""Blocking work beside the event loop, in threads that live as long as the process.

The store keeps one connection per thread: threads that came and went with each request would
leave one behind each time.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass
from typing import TypeVar

from index.threads import in_thread as in_thread
from rag.asynchronous import streamed

T = TypeVar("T")

_WORKERS = 4
_long_pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="sanad-long")
"""For work of minutes, so that it never takes the threads of those who ask."""


async def in_long_thread(work: Callable[[], T]) -> T:
    """`in_thread` for what takes minutes (adding, rebuilding): it may wait for its like."""
    return await asyncio.get_running_loop().run_in_executor(_long_pool, copy_context().run, work)


def look_at(task: asyncio.Future[T]) -> None:
    """Take note of an error that nobody waits for any more, so that it is not told as unseen."""
    if not task.cancelled():
        task.exception()


class ThreadedStream:
    """Runs blocking iterators, a few at a time, and hands their items to the event loop.

    `at_once` is how many: an embedded language model has one slot. The others wait until one has
    ended, and are served in turn: a person's second question stands behind everybody's first.
    """

    def __init__(self, at_once: Callable[[], int] = lambda: 1) -> None:
        self._at_once = at_once
        self._running = 0
        self._line: list[_Ticket] = []
        self._served: Counter[str] = Counter()  # since nobody waited any more

    @property
    def running(self) -> int:
        """How many run now."""
        return self._running

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._line)

    async def items(self, start: Callable[[], Iterator[T]], whose: str = "") -> AsyncGenerator[T]:
        """The items of `start()` as they come; closing this closes that iterator."""
        async with aclosing(self.items_or_places(start, whose)) as both:
            async for item in both:
                if not isinstance(item, PlaceInLine):
                    yield item

    async def items_or_places(
        self, start: Callable[[], Iterator[T]], whose: str = ""
    ) -> AsyncGenerator[T | PlaceInLine]:
        """The same, and before the first item each `PlaceInLine` in the line that is come to.

        The iterator runs in one thread from beginning to end, with a `Stop` in force there. When
        this is closed, a read that it waits for is cut off; a thread that computes is not, and
        the iterator is closed as soon as it has come to its next item.
        """
        ticket = _Ticket(whose)
        self._line.append(ticket)
        self._move_up()
        try:
            async with aclosing(ticket.places()) as places:
                async for place in places:
                    yield place
        except BaseException:
            if ticket in self._line:
                self._line.remove(ticket)
                self._move_up()
            else:
                self._next()
            raise
        async with aclosing(streamed(start, self._next)) as items:
            async for item in items:
                yield item

    def _next(self) -> None:
        """A slot is free."""
        self._running -= 1
        self._move_up()

    def _move_up(self) -> None:
        """Lets the first of the line run where the slot is free; tells the others their place."""
        turns = Counter(self._served)
        ranks = []
        for ticket in self._line:
            ranks.append(turns[ticket.whose])
            turns[ticket.whose] += bool(ticket.whose)  # programs have no name, and no turns
        order = [self._line[at] for at in sorted(range(len(ranks)), key=lambda at: ranks[at])]
        if not order and not self._running:
            self._served.clear()
        while order and self._running < self._at_once():
            first = order.pop(0)
            self._line.remove(first)
            self._running += 1
            self._served[first.whose] += bool(first.whose)
            first.move_to(0)
        for place, ticket in enumerate(order, 1):
            ticket.move_to(place)


@dataclass(frozen=True, slots=True)
class PlaceInLine:
    """How many answers come before one that waits."""

    before: int


class _Ticket:
    """A place in the line; 0 means that it is one's turn."""

    def __init__(self, whose: str) -> None:
        self.whose = whose
        self._before: int | None = None
        self._moved = asyncio.Event()

    def move_to(self, before: int) -> None:
        if before != self._before:
            self._before = before
            self._moved.set()

    async def places(self) -> AsyncGenerator[PlaceInLine]:
        """Each place that is come to, until it is this one's turn."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            if not self._before:
                return
            yield PlaceInLine(self._before)


class Stopping(Exception):
    """Ends long work in a thread because the server is stopping."""


class Progress:
    """How far blocking work has come: told by its thread, read by the event loop."""

    _stopping = threading.Event()

    def __init__(self) -> None:
        self.stages: dict[str, tuple[int, int]] = {}

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        if self._stopping.is_set():
            raise Stopping
        self.stages = {**self.stages, stage: (done, total)}  # never changed under a reader

    @classmethod
    def stop_all(cls) -> None:
        """End all work that reports its progress; the store keeps what was committed."""
        cls._stopping.set()
