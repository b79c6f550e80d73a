"""The protocol over standard input and output: one client, which has started this program."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from types import FrameType
from typing import BinaryIO, cast

import anyio
from mcp.server.stdio import stdio_server

from index import Library
from rag import Assistant
from ui.access import Access
from ui.endings import Ended
from ui.mcp.server import create_mcp_server
from ui.threads import Progress, ThreadedStream

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_LINES_AHEAD = 16


def serve_stdio(library: Library, assistant: Assistant, *, read_only: bool = False) -> None:
    """Answer the client until it closes its end, or a signal ends the program.

    Standard output carries the protocol alone: what else is written there comes out at standard
    error. With `read_only` nothing can be added. Raises KeyboardInterrupt (or Ended) after a
    signal, when everything is tidied up.
    """
    access = Access(role="reader" if read_only else "owner")
    server = create_mcp_server(library, lambda: assistant, ThreadedStream(), lambda _: access)

    async def serve() -> None:
        with _wire() as wire:
            lines = _Lines(wire)
            with _ended_by_signals(lines.end):
                # Only iterated there; reading it in a thread of theirs could not be interrupted.
                source = cast("anyio.AsyncFile[str]", lines)
                async with stdio_server(stdin=source) as (reading, writing):
                    await server.run(reading, writing, server.create_initialization_options())

    os.umask(0o077)  # what is added is for the person alone
    try:
        asyncio.run(serve())
    finally:
        Progress.stop_all()


class _Lines:
    """The lines of a stream as they come, until it ends or is ended.

    A thread reads them which nobody waits for: it may stand in its read when the program ends.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[bytes] = asyncio.Queue(_LINES_AHEAD)
        self._ended = asyncio.Event()
        threading.Thread(target=self._read, name="sanad-stdin", daemon=True).start()

    def end(self) -> None:
        """Have no more lines; to be called in a signal handler."""
        with suppress(RuntimeError):  # the loop has closed
            self._loop.call_soon_threadsafe(self._ended.set)

    async def __aiter__(self) -> AsyncIterator[str]:
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            while True:
                line = asyncio.ensure_future(self._lines.get())
                try:
                    await asyncio.wait({line, ended}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not line.done():
                        line.cancel()
                if self._ended.is_set() or not line.result():
                    return
                yield line.result().decode(errors="replace")
        finally:
            ended.cancel()

    def _read(self) -> None:
        # The loop or the stream has closed.
        with suppress(RuntimeError, OSError, ValueError, CancelledError):
            for line in iter(self._stream.readline, b""):
                self._put(line)
            self._put(b"")

    def _put(self, line: bytes) -> None:
        putting = self._lines.put(line)
        try:
            asyncio.run_coroutine_threadsafe(putting, self._loop).result()
        except RuntimeError:
            putting.close()
            raise


@contextmanager
def _wire() -> Iterator[BinaryIO]:
    """Standard input for this program alone: the programs that it starts find none."""
    number = sys.stdin.fileno()
    private = os.dup(number)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, number)
    os.close(nothing)
    # Never closed: the thread that reads it may stand in its read until the program ends.
    yield os.fdopen(private, "rb", closefd=False)


@contextmanager
def _ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Within this a signal calls `end`; afterwards it is raised, as it would have been at once."""
    told: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        told.append(number)
        end()

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
    if told:
        raise KeyboardInterrupt if told[0] == signal.SIGINT else Ended(told[0])
