"""Cuts a text into words, numbers and signs, for every reader of values.

Digits of both scripts become 0 to 9, and all signs for minus, percent and the like one of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rag.values.units import MEASURES
from rag.values.words import SUFFIXES, key

T = TypeVar("T")

_UNSEEN = [0xAD, 0x061C, 0x0640, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
           *range(0x2060, 0x206A), 0xFEFF]  # fmt: skip
"""Tatweel, and characters without a shape."""
_PLAIN: dict[int, str | None] = {
    **dict.fromkeys(_UNSEEN),
    **dict.fromkeys(map(ord, "\u2212\ufe63\uff0d\u2010\u2011"), "-"),
    **dict(zip(map(ord, "٪’\u00a0\u202f٬٫"), "%'  ,.", strict=True)),
    **{zero + digit: str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
}
_ARABIC = "\u0621-\u065f\u0670-\u06d3\u06d5-\u06ed\u06fa-\u06ff\ufb50-\ufdff\ufe70-\ufefc"
_OTHER = rf"(?:(?![{_ARABIC}])[^\W_])"
_TOKEN = re.compile(
    r"(?:https?://|www\.)[^\s<>«»“”]+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"
    rf"|°\s?[CcFf]\b|[{_ARABIC}]+"
    rf"|(?:(?<![\w)\]%])-(?=\d))?{_OTHER}++(?:(?:[-_.']|(?<=\d)[,:/](?=\d)){_OTHER}++)*+|\S"
)
_GLUED = re.compile(r"(-?\d+(?:[.,:]\d+)*+)-?([^\W\d_].*)")
_RANGE = re.compile(r"(\d[\d.,:]*+)-(\d[\d.,:]*+)")
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
_BEHIND = frozenset(("am", "pm", "a.m", "p.m", *SUFFIXES))
_PHRASE = 4
"""Words of the longest phrase of the tables."""


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens of a text: as they are written, as the tables spell them, and where they begin."""

    said: Sequence[str]
    keys: Sequence[str]
    starts: Sequence[int]

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, at: int) -> str:
        """The spelling of a token; empty beyond either end."""
        return self.keys[at] if 0 <= at < len(self.keys) else ""

    def phrase(self, at: int, of: Mapping[str, T]) -> tuple[T, int] | None:
        """What a table has for the longest phrase that stands there, and the place behind it."""
        for size in range(min(_PHRASE, len(self.keys) - at), 0, -1):
            found = of.get(" ".join(self.keys[at : at + size]))
            if found is not None:
                return found, at + size
        return None

    def touches(self, at: int) -> bool:
        """Whether nothing stands between a token and the one before it."""
        return 0 < at < len(self) and (
            self.starts[at - 1] + len(self.said[at - 1]) == self.starts[at]
        )

    def parted(self, at: int, size: int) -> Words:
        """The same with a word in two: the particle that is written onto it, and it."""
        word, start = self.said[at], self.starts[at]
        parts = (word[:size], word[size:])
        return Words(
            [*self.said[:at], *parts, *self.said[at + 1 :]],
            [*self.keys[:at], *map(key, parts), *self.keys[at + 1 :]],
            [*self.starts[:at], start, start + size, *self.starts[at + 1 :]],
        )


def cleaned(text: str) -> str:
    """A text with its signs as the tokens have them."""
    return text.translate(_PLAIN)


def original_places(text: str) -> list[int]:
    """Where each character of the cleaned text stands in the text itself."""
    return [at for at, sign in enumerate(text) if _PLAIN.get(ord(sign), "") is not None]


def split(text: str) -> Words:
    """The tokens of a text; their places are those of the cleaned text."""
    parts = [part for found in _TOKEN.finditer(cleaned(text)) for part in _parts(found)]
    said = [token for token, _ in parts]
    return Words(said, list(map(key, said)), [start for _, start in parts])


def _parts(found: re.Match[str]) -> Iterator[tuple[str, int]]:
    """A token, or what is written together in one: "5kg", "10-20"."""
    token, start = found[0], found.start()
    if (range_ := _RANGE.fullmatch(token)) and _is_range(range_[1], range_[2]):
        yield range_[1], start
        yield "–", start + range_.end(1)
        yield range_[2], start + range_.start(2)
    elif (glued := _GLUED.fullmatch(token)) and (
        key(glued[2]) in MEASURES or key(glued[2]) in _BEHIND
    ):
        yield glued[1], start
        yield glued[2], start + glued.start(2)
    else:
        yield token, start


def _is_range(low: str, high: str) -> bool:
    """Whether both are numbers or times of a range; "555-0142" is none."""
    if ":" in low + high or "," in low:
        return True
    alike = len(low) <= 4 or len(low) == len(high)
    return alike and low[0] != "0" != high[0]


def is_numeric_date(token: str) -> bool:
    """Whether a token is a date in figures."""
    return _DATE.fullmatch(token) is not None
