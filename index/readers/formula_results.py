"""The results of simple formulas that a workbook holds without them, computed as Excel does."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from index.readers.formulas import Area, FormulaUnknown, Operand, Operation, Program, parsed

MOST_STEPS = 2_000_000
"""Cells that all formulas of a workbook may look at, together."""
_EXACT = 1e15
_NOTHING = 1e-15  # as a part of the numbers added
_MOST_PLACES = 15
_LONGEST_TEXT = 32_767  # characters that a cell may hold
_NUMBER = re.compile(r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[Ee][+-]?[0-9]{1,3})?")


class ErrorValue(str):
    """What a cell shows instead of a value that there is none of: #DIV/0!, #VALUE!."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """A cell whose formula has no saved result."""

    formula: str


Value = float | str | bool | ErrorValue
_Content = Value | Pending | None
_Place = tuple[str, int, int]

_DIVIDED_BY_ZERO = ErrorValue("#DIV/0!")
_NO_NUMBER = ErrorValue("#VALUE!")
_NO_SUCH_NUMBER = ErrorValue("#NUM!")


class _NotComputed(Exception):
    """A formula is none of those that are computed here, or rests on one."""


@dataclass(slots=True)
class Cells:
    """The filled cells of a sheet, by column and row."""

    _columns: dict[int, dict[int, _Content]] = field(default_factory=dict)
    _sorted: dict[int, list[int]] = field(default_factory=dict)
    _order: list[int] = field(default_factory=list)

    def put(self, row: int, column: int, content: _Content) -> None:
        """Fill a cell; None says that what stands in it is not known."""
        self._columns.setdefault(column, {})[row] = content

    def at(self, row: int, column: int) -> tuple[_Content] | None:
        """What stands in a cell, alone in a tuple; None for an empty one."""
        filled = self._columns.get(column, {})
        return (filled[row],) if row in filled else None

    def within(self, area: Area) -> Iterator[tuple[int, int, _Content]]:
        """The row, the column and the content of each filled cell of an area."""
        if not self._order:
            self._order = sorted(self._columns)
        first, last = bisect_left(self._order, area.left), bisect_right(self._order, area.right)
        for column in self._order[first:last]:
            filled = self._columns[column]
            if column not in self._sorted:
                self._sorted[column] = sorted(filled)
            rows = self._sorted[column]
            for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]:
                yield row, column, filled[row]


class Results:
    """The results of the formulas of a workbook, each computed when it is first asked for."""

    def __init__(self, sheets: dict[str, Cells], most_steps: int = MOST_STEPS) -> None:
        self._sheets = {name.casefold(): cells for name, cells in sheets.items()}
        self._known: dict[_Place, Value | None] = {}
        self._programs: dict[_Place, Program] = {}
        self._steps_left = most_steps

    def of(self, sheet: str, row: int, column: int) -> Value | None:
        """The result of the formula in a cell; None where it is not computed here."""
        place = (sheet.casefold(), row, column)
        waiting = [place]
        while waiting:
            place = waiting[-1]
            if place in self._known:
                waiting.pop()
            elif place in self._programs:
                # What it rests on was computed in between, unless it rests on itself.
                self._known[place] = self._computed(place)
                waiting.pop()
            else:
                waiting += self._opened(place)
        return self._known[sheet.casefold(), row, column]

    def _opened(self, place: _Place) -> list[_Place]:
        """The formulas that the one in a cell rests on, and that were not looked at yet."""
        sheet, row, column = place
        cells = self._sheets.get(sheet)
        content = cells.at(row, column) if cells else None
        try:
            if content is None or not isinstance(content[0], Pending):
                raise FormulaUnknown
            program = parsed(content[0].formula)
            self._step(len(program))
            rests_on = [
                at
                for operand in program
                if isinstance(operand, Area)
                for at, found in self._within(operand, sheet)
                if isinstance(found, Pending)
            ]
        except (FormulaUnknown, _NotComputed):
            self._known[place] = None
            return []
        self._programs[place] = program
        return [at for at in rests_on if at not in self._known and at not in self._programs]

    def _within(self, area: Area, sheet: str) -> Iterator[tuple[_Place, _Content]]:
        name = area.sheet.casefold() or sheet
        if name not in self._sheets:
            raise _NotComputed
        for row, column, content in self._sheets[name].within(area):
            self._step(1)
            yield (name, row, column), content

    def _step(self, count: int) -> None:
        self._steps_left -= count
        if self._steps_left < 0:
            raise _NotComputed

    def _computed(self, place: _Place) -> Value | None:
        operands: list[Operand] = []
        try:
            for item in self._programs[place]:
                if not isinstance(item, Operation):
                    operands.append(item)
                    continue
                taken = operands[-item.count :]
                del operands[-item.count :]
                if item.kind == "function":
                    operands.append(self._called(item.name, taken, place[0]))
                else:
                    operands.append(_operated(item.name, self._scalars(taken, place[0])))
            (result,) = self._scalars(operands, place[0])
        except _NotComputed:
            return None
        return 0.0 if result is None else result

    def _values(self, area: Area, sheet: str) -> list[Value]:
        """The values of the filled cells of an area."""
        found: list[Value] = []
        for at, content in self._within(area, sheet):
            value = self._known.get(at) if isinstance(content, Pending) else content
            if value is None:
                raise _NotComputed
            found.append(value)
        return found

    def _scalars(self, operands: Sequence[Operand], sheet: str) -> list[Value | None]:
        """Each operand as a single value; None is an empty cell."""
        found: list[Value | None] = []
        for operand in operands:
            if not isinstance(operand, Area):
                found.append(operand)
            elif operand.is_cell:
                values = self._values(operand, sheet)
                found.append(values[0] if values else None)
            else:
                raise _NotComputed
        return found

    def _called(self, name: str, arguments: Sequence[Operand], sheet: str) -> Value:
        if name == "ROUND" and len(arguments) == 2:
            return _of_numbers(_rounded, map(_number, self._scalars(arguments, sheet)))
        if name == "ABS" and len(arguments) == 1:
            return _of_numbers(_size, map(_number, self._scalars(arguments, sheet)))
        if name == "COUNTA":
            areas = [argument for argument in arguments if isinstance(argument, Area)]
            filled = sum(len(self._values(area, sheet)) for area in areas)
            return float(filled + len(arguments) - len(areas))
        if name == "COUNT":
            return float(sum(isinstance(each, float) for each in self._numbers(arguments, sheet)))
        if name in _FUNCTIONS:
            return _of_numbers(_FUNCTIONS[name], self._numbers(arguments, sheet))
        raise _NotComputed

    def _numbers(self, arguments: Sequence[Operand], sheet: str) -> Iterator[float | ErrorValue]:
        """The numbers among some arguments; in cells that are referred to, text counts for none."""
        for argument in arguments:
            if not isinstance(argument, Area):
                yield _number(argument)
                continue
            for value in self._values(argument, sheet):
                if isinstance(value, (float, ErrorValue)):
                    yield value


def _number(value: Value | None) -> float | ErrorValue:
    """A value where a number is wanted."""
    if isinstance(value, ErrorValue):
        return value
    if not isinstance(value, str):
        return float(value or 0)
    if _NUMBER.fullmatch(value.strip()):
        return float(value)
    if any(map(str.isdigit, value)):
        raise _NotComputed  # a date, or a number as some country writes it
    return _NO_NUMBER


def _text(value: Value | None) -> str:
    """A value where text is wanted."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if value is not None and abs(value) >= _EXACT:
        raise _NotComputed
    return "" if value is None else f"{value:.15g}"


def _operated(sign: str, values: Sequence[Value | None]) -> Value:
    if sign != "&":
        return _of_numbers(_OPERATORS[sign], map(_number, values))
    wrong = next((value for value in values if isinstance(value, ErrorValue)), None)
    text = "".join(map(_text, values))
    if len(text) > _LONGEST_TEXT:
        raise _NotComputed
    return wrong or text


_Function = Callable[[list[float]], Value]


def _of_numbers(function: _Function, numbers: Iterable[float | ErrorValue]) -> Value:
    """The result of a function of numbers; an error among them is the result."""
    sound: list[float] = []
    for number in numbers:
        if isinstance(number, ErrorValue):
            return number
        sound.append(number)
    try:
        result = function(sound)
    except (OverflowError, ZeroDivisionError):
        return _NO_SUCH_NUMBER
    if isinstance(result, float) and not math.isfinite(result):
        return _NO_SUCH_NUMBER
    return result


def _sum(numbers: list[float]) -> float:
    total = math.fsum(numbers)
    # As in Excel, what is left of numbers that cancel each other out is nothing.
    return total if abs(total) > _NOTHING * max(map(abs, numbers), default=0.0) else 0.0


def _difference(numbers: list[float]) -> float:
    return _sum([numbers[0], -numbers[1]])


def _quotient(numbers: list[float]) -> Value:
    return numbers[0] / numbers[1] if numbers[1] else _DIVIDED_BY_ZERO


def _power(numbers: list[float]) -> Value:
    base, exponent = numbers
    if (not base and exponent <= 0) or (base < 0 and exponent != int(exponent)):
        return _NO_SUCH_NUMBER if base or not exponent else _DIVIDED_BY_ZERO
    return float(base**exponent)


def _mean(numbers: list[float]) -> Value:
    return _sum(numbers) / len(numbers) if numbers else _DIVIDED_BY_ZERO


def _product(numbers: list[float]) -> float:
    return math.prod(numbers) if numbers else 0.0


def _size(numbers: list[float]) -> float:
    return abs(numbers[0])


def _rounded(numbers: list[float]) -> float:
    number, places = numbers
    if abs(places) > _MOST_PLACES or abs(number) >= _EXACT:
        raise _NotComputed
    unit = Decimal(1).scaleb(-int(places))
    # Of the number as it is shown: 1.005 lies below that in binary.
    return float((Decimal(f"{number:.15g}") / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit)


_OPERATORS: dict[str, _Function] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "^": _power,
    "%": lambda numbers: numbers[0] / 100,
    "negative": lambda numbers: -numbers[0],
}
_FUNCTIONS: dict[str, _Function] = {
    "SUM": _sum,
    "AVERAGE": _mean,
    "MIN": lambda numbers: min(numbers, default=0.0),
    "MAX": lambda numbers: max(numbers, default=0.0),
    "PRODUCT": _product,
}
