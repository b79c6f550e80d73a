"""The amounts of a text: numbers with their units, as operands to reckon with.

Not amounts: digits of a name ("D20"), the number of a clause or of a row, times, dates, places in
an order ("the third").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from index import Language
from rag.expression import plain
from rag.values.dates import day_at, ordinal_at
from rag.values.numbers import LONGEST_NUMBER, SCALES, in_words, readings, unit_beside
from rag.values.tokens import Words, original_places, split
from rag.values.units import UNITS, form_behind, unit_of
from rag.values.words import key

_CLAUSE = re.compile(r"\s*\d+(?:\.\d+)+[.)]?\s|\s*\d+[.)]\s")
_SIZE = frozenset("×x")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a text, in its readings, and the unit it has for sure.

    `unit` is None for "0.38 per km" too; `counted` is the word behind the number as it stands.
    `spelt_out` says that it is a word; `at` is where in the text it begins.
    """

    values: frozenset[Decimal]
    unit: str | None
    counted: str
    spelt_out: bool
    at: int


def amounts(text: str) -> list[Amount]:
    """The amounts of a text, in order."""
    return list(_amounts(text))


def unit_named(text: str) -> str | None:
    """The one unit that a text names, as the heading of a column does; None for several."""
    found = {unit_of(word) for word in split(text).said if word[0].isalpha()} - {None}
    return found.pop() if len(found) == 1 else None


def with_unit(number: Decimal, unit: str | None, language: Language) -> str:
    """A number with its unit, both as the language writes them beside each other."""
    text = plain(number)
    return UNITS[key(unit)].counted(text, language) if unit and key(unit) in UNITS else text


def agree(number: Decimal, other: Decimal, language: Language) -> bool:
    """Whether a word counted by one number has the same form beside the other."""
    if language == "en":
        return (abs(number) == 1) == (abs(other) == 1)
    return form_behind(plain(number)) == form_behind(plain(other))


def _amounts(text: str) -> Iterator[Amount]:
    words, places = split(text), original_places(text)
    at = 0
    while at < len(words):
        said = words.said[at]
        date = day_at(words, at)
        spelt = in_words(words, at)
        values: frozenset[Decimal] = frozenset()
        behind = at + 1
        if date is not None and date[0].day:
            behind = date[1] - (date[0].year > 0)  # one may reckon with years
        elif spelt is not None:
            values, behind = frozenset({Decimal(spelt[0])}), spelt[1]
        elif said.lstrip("-")[:1].isdigit() and not _is_name(words, at):
            scale = SCALES.get(words.key(behind), 1) * (-1 if said[0] == "-" else 1)
            found = (value for read in readings(said) for value in read)
            values = frozenset(
                scale * Decimal(str(rest[0])) for kind, *rest in found if kind == "n"
            )
        if values:
            unit = unit_beside(words, at, behind)
            following = words.said[behind] if behind < len(words) else ""
            counted = following if following[:1].isalpha() else ""
            if at or unit is not None or not _CLAUSE.match(text):
                yield Amount(values, unit, counted, spelt is not None, places[words.starts[at]])
        at = behind


def _is_name(words: Words, at: int) -> bool:
    """Whether digits belong to a name, a time, a size or an order, not to an amount."""
    before, behind = words.key(at - 1), words.key(at + 1)
    name = words.touches(at) and (before in _SIZE or (before.isalpha() and len(before) > 1))
    size = words.touches(at + 1) and behind in _SIZE
    number = words.said[at].replace(",", "").replace(".", "").lstrip("-")
    number = number if len(number) <= LONGEST_NUMBER else ""
    return name or size or not number.isdecimal() or ordinal_at(words, at) is not None
