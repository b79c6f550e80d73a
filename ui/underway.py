"""Answers under way: each is written by a task of its own, which no page takes along when it goes.

A page that is loaded again, or a second one, follows the answer from where it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine

from ui.conversation import Exchange

AT_ONCE = 64
"""So many answers may be written or wait for their turn."""
_SECONDS_BETWEEN_LOOKS = 0.06


class Underway:
    """The tasks that write answers, by the ids of their exchanges. For one event loop."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def full(self) -> bool:
        """Whether no other answer may be begun now."""
        return len(self._tasks) >= AT_ONCE

    def begin(
        self,
        exchange: Exchange,
        writing: Coroutine[None, None, None],
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        """Let `writing` run, which puts the answer into the exchange; `ended` is called then."""
        task = asyncio.get_running_loop().create_task(writing)
        self._tasks[exchange.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(exchange.id, None))
        task.add_done_callback(lambda _: ended())

    async def follow(self, exchange: Exchange) -> AsyncGenerator[None]:
        """Yields whenever the exchange has changed, until its answer is whole.

        Closing this does not stop the answer.
        """
        task = self._tasks.get(exchange.id)
        seen: object = None
        while task is not None and not task.done():
            await asyncio.wait({task}, timeout=_SECONDS_BETWEEN_LOOKS)
            there = (exchange.text, exchange.state, exchange.place, len(exchange.cards))
            if there != seen:
                seen = there
                yield

    async def stop(self, exchange: Exchange) -> None:
        """End the answer here; what is written of it stays."""
        task = self._tasks.get(exchange.id)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def finish(self, seconds: float) -> None:
        """Wait for all answers, but not longer; then end them, and what is written of them stays.

        For when the server stops.
        """
        tasks = set(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
