"""The figures of a text as values: number, date or time, with sign, unit and negation.

"-18" is not "18", "2.5" is neither "2" nor "5", 12/03 is not 03/12, 5 kg are not 5 g, and what
"isn't 55" is not 55.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, product

from rag.values.dates import DAY, Day, day_at, ordinal_at
from rag.values.numbers import (
    LONGEST_NUMBER,
    SCALES,
    Value,
    in_words,
    plain_value,
    readings,
    unit_beside,
)
from rag.values.tokens import Words, split
from rag.values.units import DUALS


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MINUS = _set("minus negative سالب ناقص")
_BELOW = (("below", "zero"), ("below", "freezing"), ("تحت", "الصفر"), ("دون", "الصفر"))
_NOT = _set(
    "not no never neither nor without cannot isnt arent wasnt werent dont doesnt didnt hasnt havent"
    " hadnt cant couldnt wont wouldnt shouldnt mustnt neednt ليس ليست ليسوا وليس لا لم لن غير"
)
_BOUND = _set(
    "more less fewer over above under below exceed exceeds than later earlier before until till"
    " after only just within for at on in by from of to with every each"
    " اكثر اقل يزيد تزيد يتجاوز تتجاوز يتعدي تتعدي يقل تقل قبل بعد فقط عن خلال في من الي علي كل"
)
"""With these it is not the number that is denied: "not more than 55" is "at most 55", and what
may not be done within 14 days is still about 14 days."""
_BETWEEN = _set("to and or until till - – ; , و الي حتي او")
_STOPS = frozenset(".;:!?,()،؛؟")
_DASHES = frozenset("-–")
_NEGATED_WITHIN, _BELOW_WITHIN = 2, 4
_APART = 3
"""Tokens from one end of a range to the other: "from 10 to 20"."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what decides whether another is the same.

    `values` are its readings: "1.150" has two. `negated` is None where a bound is spoken of.
    """

    values: frozenset[Value]
    negative: bool = False
    unit: str | None = None
    negated: bool | None = False

    def agrees(self, other: Figure) -> bool:
        """Whether both are the same figure, as far as both tell."""
        return (
            self.negative == other.negative
            and (None in (self.unit, other.unit) or self.unit == other.unit)
            and (None in (self.negated, other.negated) or self.negated == other.negated)
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """Figures by their values, and which values stand so close that they may be a range."""

    figures: tuple[Figure, ...]
    near: frozenset[tuple[Value, Value]]
    ranges: tuple[frozenset[tuple[Value, Value]], ...]
    """What each range that is written with a dash may be."""


def figures_held(sentence: str, question: str, evidence: Sequence[str]) -> bool:
    """Whether each figure of the sentence stands in the evidence, or in the question alone."""
    said = _figures(sentence, written=False)
    found = [_figures(text, written=True) for text in evidence]
    asked = _figures(question, written=True)
    there = _by_value(figure for one in found for figure in one.figures)
    # What the question supposes may be denied.
    supposed = _by_value(replace(figure, negated=None) for figure in asked.figures)
    for figure in said.figures:
        same = _same(figure, there) or _same(figure, supposed)
        if not any(map(figure.agrees, same)):
            return False
    near = asked.near.union(*(one.near for one in found))
    return all(pairs & near for pairs in said.ranges)


def full_dates(text: str) -> list[tuple[int, int, int]]:
    """The full dates of a text: year, month, day."""
    values = (value for figure in _figures(text, written=False).figures for value in figure.values)
    dates = [rest for kind, *rest in values if kind == "date"]
    return [(int(year), int(month), int(day)) for year, month, day in dates]


def _same(figure: Figure, there: Mapping[Value, set[Figure]]) -> list[Figure]:
    """The figures of the same value; the year of a date may stand apart from its day."""
    values = set(figure.values)
    for kind, *parts in figure.values:
        if kind == "date" and plain_value(str(parts[0])) in there:
            values.add(("yearless", *parts[1:]))
    return [other for value in values for other in there.get(value, ())]


def _by_value(figures: Iterable[Figure]) -> dict[Value, set[Figure]]:
    found: dict[Value, set[Figure]] = {}
    for figure in figures:
        for value in figure.values:
            found.setdefault(value, set()).add(figure)
    return found


def _figures(text: str, *, written: bool) -> _Found:
    """The figures of a text.

    `written` reads numbers in words too, and the parts of dates as numbers of their own: what may
    be said of a text that has them.
    """
    words = split(text)
    figures: list[Figure] = []
    near: set[tuple[Value, Value]] = set()
    ranges: list[frozenset[tuple[Value, Value]]] = []
    last, end = frozenset[Value](), -_APART
    at = 0
    while at < len(words):
        parts, behind = _values_at(words, at, written)
        if not parts:
            at = behind
            continue
        negative = words.said[at][0] == "-" or _below(words, at)
        unit, negated = unit_beside(words, at, behind), _negated(words, at)
        for values in parts:
            components = values | _components(values)
            pairs = frozenset(product(last, components))
            if at - end <= _APART:
                near |= pairs
            if at - end == 2 and words.said[at - 1] in _DASHES:
                ranges.append(pairs)
            last, end = components, behind - 1
            is_day = any(kind in ("date", "day") for kind, *_ in values)
            figure = Figure(components if written else values, negative, unit, negated)
            figures.append(replace(figure, negative=False, unit=None) if is_day else figure)
        at = behind
    return _Found(tuple(figures), frozenset(near), tuple(ranges))


def _values_at(words: Words, at: int, written: bool) -> tuple[list[frozenset[Value]], int]:
    """The numbers or the date that stand there, and the place of the next word."""
    said = words.said[at]
    date = day_at(words, at)
    if date is not None and date[0].day:
        return [_date(date[0])], date[1]
    if words.key(at + 1) in _BETWEEN and DAY.fullmatch(said):  # "1 to 3 May"
        last = day_at(words, at + 2)
        if last is not None and last[0].day:
            return [_date(replace(last[0], day=int(said)))], at + 1
    if any(map(str.isdigit, said)):
        scale = SCALES.get(words.key(at + 1), 1)
        return [values | _scaled(values, scale) for values in readings(said)], at + 1
    if written:
        dual = words.phrase(at, DUALS)
        order = (2, at + 1) if words.key(at) == "twice" else ordinal_at(words, at)
        found = (2, dual[1]) if dual is not None else in_words(words, at) or order
        if found is not None:
            return [frozenset({plain_value(str(found[0]))})], found[1]
    return [], at + 1


def _date(day: Day) -> frozenset[Value]:
    if not day.year:
        return frozenset({("day", day.month, day.day)})
    return frozenset({("date", day.year, day.month, day.day)})


def _scaled(values: frozenset[Value], scale: int) -> frozenset[Value]:
    """The numbers as so many thousands or millions."""
    numbers = (str(rest[0]) for kind, *rest in values if kind == "n" and scale > 1)
    return frozenset(
        plain_value(f"{Decimal(number) * scale:f}")
        for number in numbers
        if len(number) <= LONGEST_NUMBER
    )


def _components(values: frozenset[Value]) -> frozenset[Value]:
    """What may be said of a date or a pair without saying all of it."""
    found: set[Value] = set()
    for kind, *parts in values:
        if kind in ("date", "dmy", "day", "pair"):
            found |= {plain_value(str(part)) for part in parts}
        if kind == "date":
            found.add(("day", *parts[1:]))
        if kind == "day":
            found.add(("yearless", *parts))
        if kind == "dmy":
            found.add(("pair", *parts[:2]))
    return frozenset(found)


def _below(words: Words, at: int) -> bool:
    """Whether words make the number a negative one."""
    behind = words.keys[at + 1 : at + 1 + _BELOW_WITHIN]
    return words.key(at - 1) in _MINUS or any(pair in _BELOW for pair in pairwise(behind))


def _negated(words: Words, at: int) -> bool | None:
    """Whether the words right before a number deny it; None where they bound it."""
    before: list[str] = []
    for token in reversed(words.keys[max(0, at - _NEGATED_WITHIN) : at]):
        if token in _STOPS or token[0].isdigit():
            break
        before.append(token)
    if before[:1] == ["no"] or not any(word in _NOT for word in before):  # "invoice no 55"
        return False
    return None if any(word in _BOUND for word in before) else True
