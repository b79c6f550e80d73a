"""No pattern that looks at a document, a question or a reply costs more than linear time."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.linear import METHODS, sources


def slow(*arguments: str) -> str:
    """What `tests.linear` has to say of all patterns, or of one."""
    command = [sys.executable, "-m", "tests.linear", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_every_pattern_is_linear_on_hostile_texts() -> None:
    assert slow() == ""


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
    assert slow(pattern, use)


def test_patterns_stand_where_the_test_above_sees_them() -> None:
    hidden = [
        f"{module}:{call.lineno}"
        for module, source in sources().items()
        for function in ast.walk(ast.parse(source))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "re"
        and call.func.attr in ("compile", *METHODS.split("|"))
        and isinstance(call.args[0], ast.Constant)
    ]

    assert not hidden
