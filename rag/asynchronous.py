"""Answers for an event loop: a blocking iterator runs in a thread and hands its items over.

The threads live as long as the process, since the store keeps one connection per thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar

from rag.stop import Stop
from rag.tracing import span

T = TypeVar("T")

_AT_ONCE = 16
_pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="sanad-answer")


async def streamed(
    start: Callable[[], Iterator[T]], ended: Callable[[], None] = lambda: None
) -> AsyncGenerator[T]:
    """The items of `start()` as they come; of many such iterators so many run at once.

    The iterator runs in one thread from beginning to end, with a `Stop` in force there and the
    context variables of who asked. When this is closed, or who waits for it is cancelled, a read
    that the iterator waits for is cut off; a thread that computes is not, and the iterator is
    closed as soon as it has come to its next item. `ended` is called in the loop after that.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[T | BaseException | None] = asyncio.Queue()
    given_up = Stop()

    def tell(item: T | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop has closed: nobody listens any more
            loop.call_soon_threadsafe(arrived.put_nowait, item)

    def work() -> None:
        try:
            with given_up.in_force(), span("sanad.answer"):
                _hand_over(start, given_up, tell)
            tell(None)
        except BaseException as error:  # noqa: BLE001 - raised again on the loop's side
            tell(error)
        finally:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(ended)

    try:
        _pool.submit(copy_context().run, work)
    except BaseException:
        ended()
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


def _hand_over(start: Callable[[], Iterator[T]], stop: Stop, tell: Callable[[T], None]) -> None:
    """Tell the items of `start()` until the end, or until nobody wants them any more."""
    if stop.is_set():
        return
    iterator = start()
    try:
        for item in iterator:
            if stop.is_set():
                break
            tell(item)
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
