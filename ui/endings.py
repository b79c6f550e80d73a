"""Being told to end: by the system or another program, which is to leave no more than Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Ended(KeyboardInterrupt):
    """Raised where a signal meets the program, so that everything that is open is closed."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


@contextmanager
def ended_tidily() -> Iterator[None]:
    """Within this SIGTERM (and SIGHUP, unless it is ignored as by nohup) raises Ended, once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    told: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # what tidies up is not interrupted
        told.append(number)
        raise Ended(number)

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt as error:
        if told and not isinstance(error, Ended):  # a library has made Ctrl-C of it
            raise Ended(told[0]) from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


@contextmanager
def hangup_as(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Within this SIGHUP is told to that handler, as uvicorn does with SIGTERM by itself."""
    number = getattr(signal, "SIGHUP", None)
    main = threading.current_thread() is threading.main_thread()
    if number is None or not main or signal.getsignal(number) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
