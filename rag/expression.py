"""Arithmetic as a model writes it -> a small tree, its value, and how people write it.

Nothing is ever executed: a bounded text is parsed, and whatever is not a number, `+ - * /`,
brackets, `max` or `min` is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation

_LONGEST = 120
_MOST_NUMBERS = 12
_LARGEST = Decimal(10) ** 12
_CENT = Decimal("0.01")
_SPELLING = str.maketrans("٠١٢٣٤٥٦٧٨٩×÷−–x٫", "0123456789*/--*.")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PERCENT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?%")
_PLAIN = re.compile(r"(?:max|min|[-0-9.+*/(), ])+")
_RUN_ON = re.compile(r"\d[a-z]|[a-z]\d|//|\*\*|\d +\d")
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}
_WRITTEN = {"+": "+", "-": "−", "*": "×", "/": "÷"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number, by its place among those of the expression."""

    value: Decimal
    place: int


@dataclass(frozen=True, slots=True)
class Step:
    """`left sign right`, the sign one of `+ - * /`."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Extreme:
    """The largest ("max") or smallest ("min") of several numbers."""

    name: str
    numbers: tuple[Number, ...]


Expression = Number | Step | Extreme


def parse(text: str) -> Expression | None:
    """The expression that a line of text is; None where it is anything else, or no reckoning."""
    lines = text[: 4 * _LONGEST].strip("` \n").splitlines()[:1]
    line = lines[0].partition("=")[0].lower() if lines else ""
    line = _THOUSANDS.sub("", line.translate(_SPELLING).replace("ma*", "max")).strip()
    line = _PERCENT.sub(r"(\1/100)", line[:_LONGEST])
    if len(line) >= _LONGEST or not _PLAIN.fullmatch(line) or _RUN_ON.search(line):
        return None
    try:
        tree = _tree(ast.parse(line, mode="eval").body, [])
    except (SyntaxError, _Refused):
        return None
    tree = _simple(tree)
    return None if isinstance(tree, Number) else tree


def numbers(tree: Expression) -> Iterator[Number]:
    """The numbers of an expression, from left to right."""
    match tree:
        case Number():
            yield tree
        case Extreme():
            yield from tree.numbers
        case Step():
            yield from numbers(tree.left)
            yield from numbers(tree.right)


def value(tree: Expression) -> Decimal | None:
    """What an expression comes to; None where it is not defined or too large to be meant."""
    try:
        result = _value(tree)
    except (DivisionByZero, InvalidOperation):
        return None
    return result if abs(result) <= _LARGEST else None


def turned(tree: Expression) -> Expression:
    """A difference the other way round: "how much more" has no sign."""
    return Step("-", tree.right, tree.left) if isinstance(tree, Step) and tree.sign == "-" else tree


def shown(tree: Expression) -> str:
    """The expression with the signs people write, and brackets only where they matter."""
    match tree:
        case Number(number):
            return plain(number)
        case Extreme(_, several):
            return ", ".join(plain(number.value) for number in several)
        case Step(sign, left, right):
            before = _within(left, _BINDS[sign])
            after = _within(right, _BINDS[sign] + (sign in "-/"))
            return f"{before} {_WRITTEN[sign]} {after}"


def plain(number: Decimal) -> str:
    """A number with thousands parted, without a decimal place that says nothing."""
    text = f"{number:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def rounded(number: Decimal) -> Decimal:
    """To a hundredth, where it does not come out even."""
    return number if -number.as_tuple().exponent <= 4 else number.quantize(_CENT)  # type: ignore[operator]


class _Refused(Exception):
    """Not an expression that is reckoned."""


def _tree(node: ast.expr, seen: list[Number]) -> Expression:
    match node:
        case ast.Constant(value=int() | float() as number):
            return _number(Decimal(str(number)), seen)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return _number(-Decimal(str(number)), seen)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            before = _tree(left, seen)
            return Step(_SIGNS[type(op)], before, _tree(right, seen))
        case ast.Call(func=ast.Name(id=name), args=[_, _, *_], keywords=[]):
            several = [_tree(part, seen) for part in node.args]
            return Extreme(name, tuple(_only_number(part) for part in several))
    raise _Refused


def _number(number: Decimal, seen: list[Number]) -> Number:
    if len(seen) == _MOST_NUMBERS or not number.is_finite() or abs(number) > _LARGEST:
        raise _Refused
    seen.append(Number(number, len(seen)))
    return seen[-1]


def _only_number(tree: Expression) -> Number:
    if not isinstance(tree, Number):
        raise _Refused
    return tree


def _simple(tree: Expression) -> Expression:
    """Without "times one", "divided by one" and "plus nothing"."""
    if not isinstance(tree, Step):
        return tree
    left, right = _simple(tree.left), _simple(tree.right)
    idle = 1 if tree.sign in "*/" else 0
    if isinstance(right, Number) and right.value == idle:
        return left
    if isinstance(left, Number) and left.value == idle and tree.sign in "*+":
        return right
    return Step(tree.sign, left, right)


def _value(tree: Expression) -> Decimal:
    match tree:
        case Number(number):
            return number
        case Extreme(name, several):
            return (max if name == "max" else min)(number.value for number in several)
        case Step(sign, left, right):
            before, after = _value(left), _value(right)
            match sign:
                case "+":
                    return before + after
                case "-":
                    return before - after
                case "*":
                    return before * after
            return before / after


def _within(tree: Expression, binds: int) -> str:
    text = shown(tree)
    bare = isinstance(tree, Number) and tree.value >= 0
    loose = isinstance(tree, Step) and _BINDS[tree.sign] < binds
    return text if bare or (isinstance(tree, Step) and not loose) else f"({text})"
