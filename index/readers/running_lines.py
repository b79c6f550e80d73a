"""Lines that only repeat from page to page: headers, footers and page numbers.

What stands nowhere else is never left out: of the same line on several pages the first stays,
and only the numbers of pages go everywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, pairwise

from index.readers.layout import Line

_OUTER = 3  # lines at the top and at the bottom of a page
_PAGES = 3  # on which a line stands, at least
_STEP = 2  # in pages: left and right pages may have headers of their own
_SAME_PLACE = 4.0  # points
_WIDER = 1.1  # the room that sets a header apart, in the distances of most lines
_MOST = 0.8  # of the distances between lines
_LARGER = 1.13  # the least size of a heading, in sizes of the body's letters
_SMALLER = 0.95  # the most of a sentence that may be a footer's: else it is text
_LONGEST = 200  # characters; headers are short
_LONG_LINE = 35  # characters; lines of prose are longer, those of forms are shorter
_TIMES = 4  # how much more a page has to say than its running lines
_REST = 100  # letters: a page with less beside a bare number may be about that number
_YEARS = range(1900, 2101)

_WORD = (
    "page|pages|pg|p|leaf|folio|sheet|seite|página|pagina|pág|pag|страница|стр"
    "|الصفحة|صفحة|صفحه|ص|ورقة"
)
_SIGNS = r"[\s.,:\-–—|()\[\]·•]{0,6}"
_COUNTER = re.compile(
    rf"{_SIGNS}(?P<word>\b(?:{_WORD})\b)?{_SIGNS}(?P<number>\d{{1,6}})"
    rf"(?:\s{{0,3}}(?:\bof\b|\bvon\b|\bde\b|\bsur\b|\bمن\b|\bاز\b|\bиз\b|/)\s{{0,3}}"
    rf"(?P<total>\d{{1,6}}))?{_SIGNS}",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\b(?:{_WORD})\b[.:]?\s?(\d{{1,6}})(?!\d)", re.IGNORECASE)
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})", re.IGNORECASE)  # to 39
_DIGITS = re.compile(r"\d{1,6}")
_LETTERS = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class _Label:
    """What is the same on every page of a line that runs: its words and what its number counts.

    `counts` is the number less the page's index; None where the line has to be the very same.
    """

    before: str
    after: str = ""
    counts: int | None = None
    bare: bool = False  # a number alone, which nothing names the page's
    counter: bool = False  # nothing but the number of a page


@dataclass(slots=True)
class _Outer:
    """A line at the edge of a page."""

    page: int
    line: Line
    top: bool
    apart: bool


@dataclass(slots=True)
class _Found:
    """The running lines of a page, by their ids."""

    first: set[int] = field(default_factory=set)
    repeated: set[int] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    bare_numbers: set[int] = field(default_factory=set)

    def __contains__(self, line: Line) -> bool:
        every = (self.first, self.repeated, self.numbers, self.bare_numbers)
        return any(id(line) in lines for lines in every)


def without_running_lines(pages: Sequence[list[Line]], body: float) -> list[list[Line]]:
    """The lines of each page without what only repeats; `body` is the size of most letters.

    A footer that stays goes ahead of a text that its page does not end.
    """
    places: dict[tuple[_Label, bool], list[_Outer]] = defaultdict(list)
    for index, lines in enumerate(pages):
        for outer in _outer(index, lines):
            for label in _labels(outer, len(pages), body):
                places[label, outer.top].append(outer)
    found = [_Found() for _ in pages]
    for (label, _), outers in places.items():
        for run in _runs(outers):
            _note(label, run, found)
    return [_kept(lines, each) for lines, each in zip(pages, found, strict=True)]


def _outer(index: int, lines: Sequence[Line]) -> Iterator[_Outer]:
    """The uppermost and lowest lines of a page."""
    ordered = sorted(lines, key=lambda line: -line.y)
    count = len(ordered)
    distances = [above.y - below.y for above, below in pairwise(ordered)]
    # The two widest may be those of the header and of the footer themselves.
    usual = sorted(distances)[:-2]
    wide = _WIDER * usual[int(_MOST * len(usual))] if usual else float("inf")
    outer = min(_OUTER, count // 2)
    head = max((n + 1 for n in range(outer) if distances[n] > wide), default=0)
    foot = max((n + 1 for n in range(outer) if distances[count - 2 - n] > wide), default=0)
    for number, line in enumerate(ordered):
        if number < max(outer, 1) or number >= count - outer:
            top = number < count - outer
            apart = number < head if top else number >= count - foot
            yield _Outer(index, line, top, apart)


def _labels(outer: _Outer, pages: int, body: float) -> Iterator[_Label]:
    """What a line may be a label of: of its very words, or of the number of its page."""
    text = outer.line.text.strip()
    if not text or len(text) > _LONGEST:
        return
    small = outer.line.size <= _SMALLER * body
    if small or not outer.line.ends_sentence:
        yield _Label(text)
    if outer.line.size >= _LARGER * body:
        return
    if found := _COUNTER.fullmatch(text):
        counts = int(found["number"]) - outer.page
        if found["word"]:
            total = found["total"] or ""
            yield _Label("#", total, counts, counter=True)
        elif _counts_pages(int(found["number"]), found["total"], counts, pages):
            yield _Label("#", "", counts, bare=True, counter=True)
    elif (roman := _roman(text)) is not None:
        yield _Label("i", "", roman - outer.page, bare=True, counter=True)
    else:
        for start, end in _page_numbers(outer):
            counts = int(text[start:end]) - outer.page
            yield _Label(text[:start], text[end:], counts)


def _counts_pages(number: int, total: str | None, counts: int, pages: int) -> bool:
    """Whether a number that is alone, or with a total, may be that of a page."""
    if total is not None:
        return int(total) == pages - 1 + counts
    return number not in _YEARS or counts <= 1


def _roman(text: str) -> int | None:
    if not text or len(text) > 8 or not _ROMAN.fullmatch(text):
        return None
    values = [_LETTERS[letter] for letter in text.lower()]
    return sum(-a if a < b else a for a, b in pairwise([*values, 0]))


def _page_numbers(outer: _Outer) -> Iterator[tuple[int, int]]:
    """Where the number of its page stands in a line that says more.

    It is called one, or stands by itself at an end of the line; then it is not beyond what the
    pages before it count.
    """
    text = outer.line.text.strip()
    named = [found.span(1) for found in _NAMED.finditer(text)]
    if named:
        yield from named[:2]
        return
    cells = [cell.strip() for cell in outer.line.cells if cell.strip()]
    if len(cells) < 2:
        return
    for cell, start in ((cells[0], 0), (cells[-1], len(text) - len(cells[-1]))):
        if _DIGITS.fullmatch(cell) and int(cell) <= outer.page + 1:
            yield start, start + len(cell)


def _runs(places: Sequence[_Outer]) -> Iterator[list[_Outer]]:
    """The lines of pages that follow each other, at one height."""
    ordered = sorted(places, key=lambda outer: outer.page)
    run = ordered[:1]
    for outer in ordered[1:]:
        last = run[-1]
        far = outer.page - last.page > _STEP
        if far or abs(outer.line.y - last.line.y) > _SAME_PLACE:
            yield run
            run = []
        run.append(outer)
    yield run


def _note(label: _Label, run: Sequence[_Outer], found: Sequence[_Found]) -> None:
    """Note for each page of a run what it is there."""
    if len(run) < _PAGES:
        return
    apart = 2 * sum(outer.apart for outer in run) >= len(run)
    if label.counter and (apart or not label.bare):
        for outer in run:
            page = found[outer.page]
            (page.bare_numbers if label.bare else page.numbers).add(id(outer.line))
    elif apart and not label.counter:
        found[run[0].page].first.add(id(run[0].line))
        for outer in run[1:]:
            found[outer.page].repeated.add(id(outer.line))


def _kept(lines: list[Line], found: _Found) -> list[Line]:
    """What stays of a page. Pages that have hardly more than running lines keep them."""
    rest = [line for line in lines if line not in found]
    left_out: set[int] = set(found.numbers)
    if _letters(rest) >= _REST:
        left_out |= found.bare_numbers
    repeated = _letters(line for line in lines if id(line) in found.repeated)
    if _is_prose(rest) and _letters(rest) >= _TIMES * repeated:
        left_out |= found.repeated
    left_out -= found.first
    kept = [line for line in lines if id(line) not in left_out]
    if not rest or not kept:
        return lines
    last = rest[-1]
    below = [id(line) in found.first and line.y < last.y for line in kept]
    if last.ends_sentence or not last.is_full(4 * last.size):
        return kept
    footers = list(compress(kept, below))
    return footers + [line for line, is_footer in zip(kept, below, strict=True) if not is_footer]


def _letters(lines: Iterable[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _is_prose(lines: Sequence[Line]) -> bool:
    """Whether most of the lines' text stands in lines of the length of prose.

    On a form the name at its head is a part of it, also where the next form has the same.
    """
    long = _letters(
        line for line in lines if len(line.text) >= _LONG_LINE and not line.row_of_table
    )
    return 2 * long >= _letters(lines)
