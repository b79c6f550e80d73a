"""The same work on many things, several at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def for_each(
    work: Callable[[T], R], items: Iterable[T], finished: Callable[[R], None], at_once: int = 1
) -> None:
    """Do `work` on every item, `at_once` at a time; `finished` gets each result, in this thread.

    An error of the work is raised here when what is under way has ended, and nothing further is
    begun. Stopped (Ctrl-C), what is finished is still handed over, and what is under way is not
    waited for: the threads are daemons, which a pool's are not.
    """
    if at_once == 1:
        for item in items:
            finished(work(item))
        return
    waiting: SimpleQueue[T] = SimpleQueue()
    done: SimpleQueue[Future[R]] = SimpleQueue()
    stop = threading.Event()
    for item in items:
        waiting.put(item)
    count = waiting.qsize()
    threads = [
        threading.Thread(target=_work, args=(work, waiting, done, stop), daemon=True)
        for _ in range(min(at_once, count))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(count):
            finished(done.get().result())
    except Exception:  # whatever the work raised; Ctrl-C does not wait for the threads
        stop.set()
        for thread in threads:
            thread.join()
        raise
    finally:
        stop.set()
        while not done.empty():
            future = done.get()
            if future.exception() is None:
                finished(future.result())


def _work(
    work: Callable[[T], R],
    waiting: SimpleQueue[T],
    done: SimpleQueue[Future[R]],
    stop: threading.Event,
) -> None:
    while not stop.is_set():
        try:
            item = waiting.get_nowait()
        except Empty:
            return
        future: Future[R] = Future()
        try:
            future.set_result(work(item))
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for it
            future.set_exception(error)
        done.put(future)
