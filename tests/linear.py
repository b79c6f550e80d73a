"""Does a pattern cost more than linear time on some text? Run it in a process of its own:

`python -m tests.linear` prints each pattern of the project that does, with the beginning of such a
text; `python -m tests.linear PATTERN METHOD` prints the beginning of a text that is slow for this
one. What takes too long is cut off by a signal, which must not reach the threads of models and
servers that other tests have left in theirs.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import index
import rag
import ui
from tests.hostile import made_for, runs

_SIZE = 20_000
_TIMES = 5  # as long a text is tried again, 100 kB, where the first took long
_LONG = 0.04  # seconds of the processor, for _SIZE characters
_MOST_GROWTH = 12  # 5 where time is linear, 25 where it is quadratic
_MOST_SECONDS = 3.0

METHODS = "match|fullmatch|search|sub|subn|split|findall|finditer"


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the project."""
    return tuple(
        importlib.import_module(found.name)
        for package in (index, rag, ui)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    )


@cache
def sources() -> dict[str, str]:
    """The text of each module, by its name."""
    return {each.__name__: Path(str(each.__file__)).read_text("utf-8") for each in modules()}


def _patterns(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _patterns(one)
    elif isinstance(value, dict):
        for one in value.items():
            yield from _patterns(one)


def _all_patterns() -> list[tuple[str, str, re.Pattern[Any]]]:
    """Each compiled pattern once: the module and the name that hold it."""
    found: dict[re.Pattern[Any], tuple[str, str, re.Pattern[Any]]] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in _patterns(value):
                found.setdefault(pattern, (module.__name__, name, pattern))
    return list(found.values())


def _uses(module: str, name: str) -> set[str]:
    """The methods that are called on a pattern; all of them for one out of a list."""
    texts = [sources()[module]] if name.startswith("_") else list(sources().values())
    found = {use for text in texts for use in re.findall(rf"\b{name}\.({METHODS})\b", text)}
    return found or {"match", "fullmatch", "search"}


class _TooLong(Exception):
    pass


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TooLong


def _seconds(pattern: re.Pattern[Any], text: Any, uses: set[str]) -> float:  # noqa: ANN401
    """Seconds of the processor that all uses of a pattern take on a text, cut off in the end."""
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_SECONDS)
    start = time.process_time()
    try:
        if "match" in uses:
            pattern.match(text)
        if "fullmatch" in uses:
            pattern.fullmatch(text)
        if uses - {"match", "fullmatch"}:
            for _ in pattern.finditer(text):
                pass
    except _TooLong:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - start


def _is_linear(pattern: re.Pattern[Any], uses: set[str]) -> str:
    """Empty, or the beginning of a text on which the pattern is slow."""

    def texts(size: int) -> list[Any]:
        found = [*runs(size), *made_for(pattern, size)]
        return found if isinstance(pattern.pattern, str) else [t.encode("utf-8") for t in found]

    longer: list[Any] = []
    for place, text in enumerate(texts(_SIZE)):
        seconds = _seconds(pattern, text, uses)
        if seconds < _LONG:
            continue
        if seconds == float("inf"):
            return repr(text[:40])
        longer = longer or texts(_TIMES * _SIZE)
        if _seconds(pattern, longer[place], uses) > _MOST_GROWTH * seconds:
            return repr(text[:40])
    return ""


def main(arguments: list[str]) -> None:
    if arguments:
        pattern, use = arguments
        print(_is_linear(re.compile(pattern), {use}))
        return
    for module, name, pattern_there in _all_patterns():
        if text := _is_linear(pattern_there, _uses(module, name)):
            print(f"{module}.{name} on {text}")


if __name__ == "__main__":
    main(sys.argv[1:])
