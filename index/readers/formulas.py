"""Formulas of spreadsheets as they are written (ISO/IEC 29500-1, 18.17): parsed, not computed.

Only what can be computed without a spreadsheet program is parsed: arithmetic, text that is put
together, references to cells of the workbook, and calls of functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

LAST_COLUMN = 16_384
LAST_ROW = 1_048_576

_COLUMN = re.compile("[A-Za-z]{1,3}")
_PLACE = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?:(?P<sheet>'(?:[^']|'')*'|[^\W\d][\w.]*)!)?
     (?P<area>{_PLACE}(?::{_PLACE})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}
      |\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}})(?![\w.(!:\[])
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)(?![\w.(!:\[])
    |(?P<call>[A-Za-z_][\w.]*)\(
    |(?P<truth>TRUE|FALSE)(?![\w.(!:\[])
    |"(?P<text>(?:[^"]|"")*)"
    |(?P<sign>[-+*/^&%(),])
    |(?P<word>[\w.$]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_EDGE = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]{0,7})")
_LONGEST = 8192  # characters that Excel allows

_STRENGTH = {"&": 1, "+": 2, "-": 2, "*": 3, "/": 3, "^": 4, "negative": 5}


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, of one cell or more; `sheet` is "" for that of the formula."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return self.top == self.bottom and self.left == self.right


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done with the last `count` operands: an operator's sign, or a function's name."""

    name: str
    count: int
    kind: Literal["operator", "function"] = "operator"


Operand = Area | float | str | bool
Program = tuple[Operand | Operation, ...]


class FormulaUnknown(Exception):
    """A formula has something in it that is not parsed."""


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """The number of a column by its letters, from 1; 0 where they are none."""
    if not _COLUMN.fullmatch(letters):
        return 0
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number if number <= LAST_COLUMN else 0


def column_letters(number: int) -> str:
    """The letters of a column by its number, from 1."""
    letters = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def moved(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads so many rows and columns farther on: what has no $ moves along."""
    parts: list[str] = []
    at = 0
    while at < len(formula):
        token = _TOKEN.match(formula, at)
        # A quotation mark without its fellow: what follows is no formula.
        end = token.end() if token else len(formula) if formula[at] in "\"'" else at + 1
        part = formula[at:end]
        if token and token["area"]:
            before = part[: len(part) - len(token["area"])]
            edges = token["area"].split(":")
            part = before + ":".join(_moved_edge(edge, rows, columns) for edge in edges)
        parts.append(part)
        at = end
    return "".join(parts)


def _moved_edge(edge: str, rows: int, columns: int) -> str:
    fixed_column, letters, fixed_row, row = _edge(edge)
    if letters and not fixed_column:
        letters = column_letters(column_number(letters) + columns) or "#REF!"
    if row and not fixed_row:
        row = str(int(row) + rows)
    return f"{fixed_column}{letters}{fixed_row}{row}"


def _edge(edge: str) -> tuple[str, str, str, str]:
    """The parts of a place such as $B$3, B or $3: of the column and of the row, $ and name."""
    found = _EDGE.fullmatch(edge)
    if found is None:
        raise FormulaUnknown
    fixed_column, letters, fixed_row, row = found.groups()
    return ("", "", fixed_column, row) if not letters else (fixed_column, letters, fixed_row, row)


def parsed(formula: str) -> Program:
    """A formula in postfix notation: operands, each operation behind what it is done with.

    Raises FormulaUnknown for what is not parsed.
    """
    if len(formula) > _LONGEST:
        raise FormulaUnknown
    return _Parser().program(formula.strip().removeprefix("="))


class _Parser:
    """The two stacks of Dijkstra's shunting yard."""

    def __init__(self) -> None:
        self._done: list[Operand | Operation] = []
        self._open: list[str] = []  # operators, "(" and names of functions with their "("
        self._counts: list[int] = []  # of the arguments of each open function

    def program(self, formula: str) -> Program:
        at, wants_operand = 0, True
        while at < len(formula):
            token = _TOKEN.match(formula, at)
            if token is None or token["word"]:
                raise FormulaUnknown
            at = token.end()
            if token["space"]:
                continue
            if sign := token["sign"]:
                wants_operand = self._sign(sign, wants_operand)
            elif not wants_operand:
                raise FormulaUnknown
            elif token["call"]:
                self._open.append(token["call"].upper() + "(")
                self._counts.append(1)
            else:
                self._done.append(_operand(token))
                wants_operand = False
        if wants_operand:
            raise FormulaUnknown
        while self._open:
            if self._open[-1].endswith("("):
                raise FormulaUnknown
            self._close_operator()
        return tuple(self._done)

    def _sign(self, sign: str, wants_operand: bool) -> bool:
        """Take a sign in; returns whether an operand has to follow."""
        if wants_operand:
            if sign == "(":
                self._open.append("(")
            elif sign == "-":
                self._open.append("negative")
            elif sign != "+":
                raise FormulaUnknown
            return True
        if sign == "%":
            self._done.append(Operation("%", 1))
            return False
        if sign == ")":
            self._close_bracket()
            return False
        if sign == ",":
            self._close_operators()
            if not self._open or self._open[-1] == "(":
                raise FormulaUnknown
            self._counts[-1] += 1
            return True
        if sign == "(":
            raise FormulaUnknown
        while self._open and _STRENGTH.get(self._open[-1], 0) >= _STRENGTH[sign]:
            self._close_operator()
        self._open.append(sign)
        return True

    def _close_bracket(self) -> None:
        self._close_operators()
        if not self._open:
            raise FormulaUnknown
        opened = self._open.pop()
        if opened != "(":
            self._done.append(Operation(opened[:-1], self._counts.pop(), "function"))

    def _close_operators(self) -> None:
        while self._open and not self._open[-1].endswith("("):
            self._close_operator()

    def _close_operator(self) -> None:
        name = self._open.pop()
        self._done.append(Operation(name, 1 if name == "negative" else 2))


def _operand(token: re.Match[str]) -> Operand:
    if token["area"]:
        return _area(token["sheet"] or "", token["area"])
    if token["number"]:
        return float(token["number"])
    if token["truth"]:
        return token["truth"].upper() == "TRUE"
    return token["text"].replace('""', '"')


def _area(sheet: str, area: str) -> Area:
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    first, _, last = area.partition(":")
    _, left, _, top = _edge(first)
    _, right, _, bottom = _edge(last or first)
    rows = sorted((int(top or 1), int(bottom or LAST_ROW)))
    columns = sorted((column_number(left or "A"), column_number(right or "XFD")))
    if columns[0] < 1 or not 1 <= rows[0] <= rows[1] <= LAST_ROW:
        raise FormulaUnknown
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])
