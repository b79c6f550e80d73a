"""Blocking work beside an event loop, in threads that live as long as the process.

The store keeps one connection per thread: threads that came and went with each call would open
one each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

_WORKERS = 8
_pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="sanad-index")


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` returns; the event loop goes on meanwhile.

    It sees the context variables of who asked. Work that has begun goes on to its end, whether or
    not anybody still waits for it.
    """
    return await asyncio.get_running_loop().run_in_executor(_pool, copy_context().run, work)
