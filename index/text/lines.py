"""Lines of a text: which of their ends also end a sentence, and which only fit them to a width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median_high

Span = tuple[int, int]

ARABIC = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u0750-\u077f\u08a0-\u08c9"
"""Arabic letters, for use in a class of a regular expression."""

_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_PARAGRAPH_ENDS = frozenset("\f\u2029")
_ITEM = re.compile(
    r"[-*+•●▪◦‣·–—]\s|#{1,6}\s|[|>]"
    rf"|[(\[]?(?P<mark>\d{{1,3}}(?:\.\d{{1,3}}){{0,3}}|[A-Za-z{ARABIC}]|[ivxlIVXL]{{1,5}})[.)\]\-–]\s"
)
_COLUMNS = re.compile(r"\t| {3}|\s\|\s")
_FINAL = re.compile("[.!?؟۔…][\"'»”’)\\]]*$")
MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f]+")
"""What takes no room of its own: vowel marks, accents, and what is not seen."""
_UNSEEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_FIRST_MARKS = frozenset("1١۱aAأاiI")
_SPACE = re.compile(r"\s")

# Widths that programs fill lines up to. Narrower lines are verse, lists and addresses; wider
# ones are paragraphs, one a line.
_LEAST_WIDTH, _MOST_WIDTH = 40, 160
_SLACK = 3  # characters by which the widths of two filled paragraphs of one text differ
_LEAST_FULL = 3
_LEAST_SHARE = 0.9


def sentence_bounds(text: str, start: int, stop: int) -> Iterator[Span]:
    """The spans that no sentence leaves: lines, or several where they were filled to a width."""
    paragraphs = list(_paragraphs(text, start, stop))
    filled = [_filled(text, lines) for lines in paragraphs]
    widths = [width for _, width in filled if width]
    telling = sum(len(lines) > _LEAST_FULL for lines in paragraphs)
    if len(widths) < telling / 2:  # chance, or the odd paragraph that is safer line by line
        filled, widths = [([], None)] * len(paragraphs), []
    usual = median_high(widths) if widths else None
    for lines, (soft, width) in zip(paragraphs, filled, strict=True):
        if usual and not width:
            soft, _ = _filled(text, lines, usual)
        first = lines[0][0]
        for number, (_, last) in enumerate(lines):
            if number < len(soft) and soft[number]:
                continue
            yield first, last
            if number + 1 < len(lines):
                first = lines[number + 1][0]


def _paragraphs(text: str, start: int, stop: int) -> Iterator[list[Span]]:
    """The spans of the lines, trimmed, in the groups that empty lines and page ends make."""
    lines: list[Span] = []
    at = start
    ends = [found.span() for found in _LINE_END.finditer(text, start, stop)]
    for line_end, next_line in [*ends, (stop, stop)]:
        line = text[at:line_end]
        bare = line.strip()
        if bare:
            first = at + len(line) - len(line.lstrip())
            lines.append((first, first + len(bare)))
        if lines and (not bare or text[line_end:next_line] in _PARAGRAPH_ENDS):
            yield lines
            lines = []
        at = next_line
    if lines:
        yield lines


def _filled(
    text: str, lines: list[Span], usual: int | None = None
) -> tuple[list[bool], int | None]:
    """For each line but the last, whether its sentence runs on; and the width, if there is one.

    A filled line has no room left for the first word of the next. By chance single lines of
    verse or of a list have none either, but seldom nine in ten of a paragraph; and they begin
    with capitals, where there are any. A paragraph that does not tell is measured against
    `usual`, the width of the others of its text.
    """
    spans = [last - first for first, last in lines]
    if not _LEAST_WIDTH <= max(spans) <= 2 * _MOST_WIDTH or len(lines) < 2:
        return [], None
    bare = [len(MARKS.sub("", text[first:last])) for first, last in lines]
    # Some programs count vowel marks, which take no room, and some do not.
    for sizes in [spans, bare] if bare != spans else [spans]:
        soft = _soft(text, lines, sizes, usual)
        if soft:
            return soft, max(sizes)
    return [], None


def _is_listed(mark: str | None, before: str | None) -> bool:
    """Whether a mark at a line's beginning goes on with a list, or opens one.

    Behind a line that is full and unfinished, "88." is the last word of a sentence.
    """
    if mark is None or mark in _FIRST_MARKS:
        return True
    if before is None:
        return False
    if mark.isdecimal() and before.isdecimal():
        return int(mark) == int(before) + 1
    return mark[0].isdecimal() == before[0].isdecimal()


def _soft(text: str, lines: list[Span], sizes: list[int], usual: int | None) -> list[bool]:
    width = usual or max(sizes)
    slack = _SLACK if usual else 0
    if not _LEAST_WIDTH <= width <= _MOST_WIDTH or max(sizes) > width + slack:
        return []
    soft: list[bool] = []
    full = final_full = candidates = capitals = 0
    opening = _ITEM.match(text, *lines[0])
    mark = opening["mark"] if opening else None  # of the last item of the list, if there is one
    for (first, last), (after, end), size in zip(lines, lines[1:], sizes, strict=False):
        if _COLUMNS.search(text, first, last):
            soft.append(False)
            continue
        word_end = _SPACE.search(text, after, end)
        word = (word_end.start() if word_end else end) - after
        is_full = size + 1 + word > width - slack
        is_final = _FINAL.search(_UNSEEN.sub("", text[max(first, last - 8) : last])) is not None
        if item := _ITEM.match(text, after, end):
            listed = not is_full or is_final or _is_listed(item["mark"], mark)
            mark = item["mark"] or mark
            if listed:
                soft.append(False)
                continue
        if is_full or not is_final:
            candidates += 1
            full += is_full
            final_full += is_full and is_final
            capitals += is_full and not is_final and text[after].isupper()
        soft.append(is_full or (not is_final and size > 0.75 * width))
    least = 1 if usual else _LEAST_FULL
    share = 1.0 if usual else _LEAST_SHARE
    if full < least or full < share * candidates:
        return []
    return soft if final_full <= full / 2 and (usual or capitals <= 0.75 * full) else []
