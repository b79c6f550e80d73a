"""Cells that stand close: numbers below each other are cells, however near the next ones are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.readers.glyphs import Glyph
from index.readers.rows import Row, Run, set_chunks

# In parts of the size of the letters.
_GAP = 0.4  # between cells; a space between words is smaller
_FREE = 0.3  # what the rows of a table leave free together
_WORD = 0.15  # a gap between words
_ALIGNED = 0.2  # how far apart the right edges of numbers below each other may be

_LEAST_ROWS = 3
_MISSING = 3  # how many rows further down the next number may stand
_MOST_WORDS = 40  # in a row; with more, it is none of a table
_NUMBER = re.compile(r"[(+\-–−$€£]?\d[\d.,٫٬'/:]{0,30}[%)٪*]{0,2}|[-–—]")


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    right: float

    @property
    def is_number(self) -> bool:
        return _NUMBER.fullmatch(self.text) is not None


@dataclass(slots=True)
class _Strip:
    """A strip that rows leave free between numbers, or before numbers that end below each other."""

    low: float
    high: float
    last: int
    edge: float
    numbers: bool
    cuts: list[tuple[Row, float]] = field(default_factory=list)


def part_numbers(rows: Sequence[Row]) -> None:
    """Part the runs of rows where cells of numbers stand beside each other."""
    done: list[_Strip] = []
    open_: list[_Strip] = []
    for number, row in enumerate(rows):
        done += (strip for strip in open_ if number - strip.last > _MISSING)
        open_ = [strip for strip in open_ if number - strip.last <= _MISSING]
        for before, word in _gaps(row):
            strip = _strip_for(open_, before, word, row.size)
            if strip is None:
                numbers = before.is_number
                strip = _Strip(before.right, word.left, number, word.right, numbers)
                open_.append(strip)
            strip.low, strip.high = max(strip.low, before.right), min(strip.high, word.left)
            strip.last = number
            strip.cuts.append((row, word.left))
    cut = False
    for strip in (*done, *open_):
        if len({id(row) for row, _ in strip.cuts}) >= _LEAST_ROWS:
            cut = True
            for row, left in strip.cuts:
                _cut(row, left)
    if cut:
        set_chunks(rows)


def _gaps(row: Row) -> Iterator[tuple[_Word, _Word]]:
    """The words of a row between which cells may part, a number behind each gap."""
    if not any(glyph.text[:1].isdigit() for run in row.runs for glyph in run.glyphs):
        return
    words = list(_words(row))
    if len(words) <= _MOST_WORDS:
        for before, word in pairwise(words):
            if word.left - before.right >= _GAP * row.size and word.is_number:
                yield before, word


def _words(row: Row) -> Iterator[_Word]:
    word: _Word | None = None
    glyphs = (glyph for run in row.runs for glyph in run.glyphs)
    for glyph in sorted(glyphs, key=lambda glyph: glyph.x0):
        if word is not None and (glyph.text.isspace() or glyph.x0 - word.right >= _WORD * row.size):
            yield word
            word = None
        if glyph.text.isspace():
            continue
        if word is None:
            word = _Word(glyph.text, glyph.x0, glyph.x1)
        else:
            word.text += glyph.text
            word.right = max(word.right, glyph.x1)
    if word is not None:
        yield word


def _strip_for(strips: Sequence[_Strip], before: _Word, word: _Word, size: float) -> _Strip | None:
    """The strip that goes on in a gap."""
    for strip in strips:
        free = min(strip.high, word.left) - max(strip.low, before.right)
        numbers = strip.numbers and before.is_number
        aligned = abs(strip.edge - word.right) <= _ALIGNED * size
        if free >= _FREE * size and (numbers or aligned):
            strip.numbers = numbers
            return strip
    return None


def _cut(row: Row, left: float) -> None:
    """Part the run of a row that goes on from before `left` to behind it."""
    row.cuts.add(left)
    for at, run in enumerate(row.runs):
        if run.left < left <= run.right:
            first = [glyph for glyph in run.glyphs if glyph.x0 < left]
            second = [glyph for glyph in run.glyphs if glyph.x0 >= left]
            row.runs[at : at + 1] = [_part(run, first), _part(run, second)]
            return


def _part(run: Run, glyphs: list[Glyph]) -> Run:
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    left, right = min(glyph.x0 for glyph in inked), max(glyph.x1 for glyph in inked)
    return Run(glyphs, left, right, run.y, run.size, run.order)
