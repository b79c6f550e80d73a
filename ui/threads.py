"""Blocking work beside the event loop, in threads that live as long as the process.

The store keeps one connection per thread: threads that came and went with each request would
leave one behind each time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

_WORKERS = 8
_pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="sanad")


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` returns; the event loop goes on meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(_pool, work)


class ThreadedStream:
    """Runs blocking iterators one at a time and hands their items to the event loop.

    A second stream waits until the first one has ended: an embedded language model has one slot.
    """

    def __init__(self) -> None:
        self._slot = asyncio.Semaphore(1)

    async def items(self, start: Callable[[], Iterator[T]]) -> AsyncGenerator[T]:
        """The items of `start()` as they come; closing this closes that iterator.

        The iterator runs in one thread from beginning to end. It is closed as soon as it has
        come to its next item, for nothing can interrupt a thread that computes.
        """
        await self._slot.acquire()
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[T | BaseException | None] = asyncio.Queue()
        given_up = threading.Event()

        def tell(item: T | BaseException | None) -> None:
            with suppress(RuntimeError):  # the loop has closed: nobody listens any more
                loop.call_soon_threadsafe(arrived.put_nowait, item)

        def work() -> None:
            try:
                if not given_up.is_set():
                    iterator = start()
                    try:
                        for item in iterator:
                            if given_up.is_set():
                                break
                            tell(item)
                    finally:
                        close = getattr(iterator, "close", None)
                        if close is not None:
                            close()
                tell(None)
            except BaseException as error:  # noqa: BLE001 - raised again on the loop's side
                tell(error)
            finally:
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._slot.release)

        try:
            _pool.submit(work)
        except BaseException:
            self._slot.release()
            raise
        try:
            while True:
                item = await arrived.get()
                if item is None:
                    return
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            given_up.set()


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
