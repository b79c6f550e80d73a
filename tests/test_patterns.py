"""No pattern that looks at a document, a question or a reply costs more than linear time."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import index
import rag
import ui
from tests.hostile import made_for, runs

_SIZE = 20_000
_TIMES = 5  # as long a text is tried again, 100 kB, where the first took long
_LONG = 0.04  # seconds of the processor, for _SIZE characters
_MOST_GROWTH = 12  # 5 where time is linear, 25 where it is quadratic
_MOST_SECONDS = 3.0

_MODULES = tuple(
    importlib.import_module(found.name)
    for package in (index, rag, ui)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)
_SOURCES = {module.__name__: Path(str(module.__file__)).read_text("utf-8") for module in _MODULES}
_METHODS = "match|fullmatch|search|sub|subn|split|findall|finditer"


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
    for module in _MODULES:
        for name, value in vars(module).items():
            for pattern in _patterns(value):
                found.setdefault(pattern, (module.__name__, name, pattern))
    return list(found.values())


def _uses(module: str, name: str) -> set[str]:
    """The methods that are called on a pattern; all of them for one out of a list."""
    sources = [_SOURCES[module]] if name.startswith("_") else _SOURCES.values()
    found = {use for s in sources for use in re.findall(rf"\b{name}\.({_METHODS})\b", s)}
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


def test_every_pattern_is_linear_on_hostile_texts() -> None:
    slow = [
        f"{module}.{name} on {text}"
        for module, name, pattern in _all_patterns()
        if (text := _is_linear(pattern, _uses(module, name)))
    ]

    assert not slow


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (r"\s*\[\d+\]", "sub"),
        (r"(?:^|(?<=[.\n]))\s*(?:answer|reply)", "search"),
        (r"[\s.?!]*(?:please)?[\s.?!]*$", "sub"),
        (r"<([a-z][a-z0-9]*)[^<>]*>", "search"),
        (r"<meta\b[^>]*?charset", "search"),
        (r"[a-z]+-[a-z]+", "finditer"),
        (r"^(?: all| book| all book)* (?:about) (.+)$", "match"),
    ],
)
def test_a_slow_pattern_is_found_out(pattern: str, use: str) -> None:
    assert _is_linear(re.compile(pattern), {use})


def test_patterns_stand_where_the_test_above_sees_them() -> None:
    hidden = [
        f"{module}:{call.lineno}"
        for module, source in _SOURCES.items()
        for function in ast.walk(ast.parse(source))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "re"
        and call.func.attr in ("compile", *_METHODS.split("|"))
        and isinstance(call.args[0], ast.Constant)
    ]

    assert not hidden
