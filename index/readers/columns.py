"""The gutters of a page: strips without ink, and whether columns or a table lie beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.readers.rows import Row, Run

# In parts of the size of the letters.
_WIDTH = 0.8  # the least room between columns
_CUT = 0.25  # the same between cells of numbers
_NEXT_LINE = 2.2  # how far below a line the next of its column may stand

_LEAST_ROWS = 3  # how many rows must keep a gutter free
_PROSE_FILL = 0.7  # how full the lines of a column of prose are, at least
_PROSE_LETTERS = 18  # and how long
_FEW_SWITCHES = 0.34  # from one side to the other, for each row
_LIST_MARK = re.compile(r"[•●▪■◦·–—*o§\uf0a7\uf0b7-]|[(\[]?\w{1,3}[.)\]\-]")


@dataclass(slots=True)
class Gutter:
    """A strip from `low` to `high` that rows `first` to `last` leave free."""

    low: float
    high: float
    first: int
    last: int
    both: int  # rows with something on both sides


def apart(gutters: Sequence[Gutter], widest: Gutter) -> list[Gutter]:
    """Those gutters that do not overlap, `widest` among them, from left to right."""
    chosen = [widest]
    for gutter in sorted(gutters, key=lambda gutter: -gutter.both):
        if all(gutter.low >= other.high or gutter.high <= other.low for other in chosen):
            chosen.append(gutter)
    return sorted(chosen, key=lambda gutter: gutter.low)


def gutters_of(rows: Sequence[Row]) -> list[Gutter]:
    """Strips that at least a few rows keep free between what stands on both sides."""
    found: list[Gutter] = []
    open_: list[Gutter] = []
    for number, row in enumerate(rows):
        still: list[Gutter] = []
        for gutter in open_:
            free = _free(gutter, row)
            if free is None:
                found.append(gutter)
                continue
            left = any(right <= free[0] + 1 for _, right in row.chunks)
            right = any(left_ >= free[1] - 1 for left_, _ in row.chunks)
            gutter.low, gutter.high = free
            if left and right:
                gutter.both += 1
                gutter.last = number
            still.append(gutter)
        for (_, low), (high, _) in pairwise(row.chunks):
            if high - low >= _least_width(row, high) and not any(
                gutter.last == number and gutter.low < high and gutter.high > low
                for gutter in still
            ):
                still.append(Gutter(low, high, number, number, 1))
        open_ = still
    found.extend(open_)
    good = [gutter for gutter in found if _counts(rows, gutter) and not _is_margin(rows, gutter)]
    for gutter in good:
        _stretch(rows, gutter)
    return good


def _counts(rows: Sequence[Row], gutter: Gutter) -> bool:
    """Whether enough rows keep a gutter free: few do where columns end, one painted whole."""
    if gutter.both >= _LEAST_ROWS:
        return True
    band = rows[gutter.first : gutter.last + 1]
    return gutter.both == _LEAST_ROWS - 1 and _switches(band, gutter) == 1 and not _short(band)


def _free(gutter: Gutter, row: Row) -> tuple[float, float] | None:
    """What a row leaves of a gutter, where that is wide enough still."""
    low, high = gutter.low, gutter.high
    for left, right in row.chunks:
        if right <= low or left >= high:
            continue
        if left - low >= high - right:
            high = left
        else:
            low = right
    return (low, high) if high - low >= _least_width(row, high) else None


def _least_width(row: Row, high: float) -> float:
    """How wide what a row leaves free left of `high` has to be for a gutter."""
    if not row.cuts:
        return _WIDTH * row.size
    following = min((left for left, _ in row.chunks if left >= high - 0.01), default=0.0)
    return (_CUT if following in row.cuts else _WIDTH) * row.size


def _is_margin(rows: Sequence[Row], gutter: Gutter) -> bool:
    """Whether one side holds nothing but the marks and numbers of a list."""
    for side in (0, 1):
        texts = [
            "".join(glyph.text for glyph in run.glyphs).strip()
            for row in rows[gutter.first : gutter.last + 1]
            for run in row.runs
            if (run.right <= gutter.low + 1 if side == 0 else run.left >= gutter.high - 1)
        ]
        if texts and all(_LIST_MARK.fullmatch(text) for text in texts):
            return True
    return False


def _stretch(rows: Sequence[Row], gutter: Gutter) -> None:
    """Let a gutter reach over neighbouring rows that stand in one of its columns alone.

    They are near, or painted before something that stands in the columns already.
    """
    band = [run for row in rows[gutter.first : gutter.last + 1] for run in row.runs]
    earliest, latest = min(run.order for run in band), max(run.order for run in band)

    def goes_on(row: Row, neighbour: Row) -> bool:
        beside = all(
            right <= gutter.low + 1 or left >= gutter.high - 1 for left, right in row.chunks
        )
        near = abs(row.y - neighbour.y) <= _NEXT_LINE * max(row.size, neighbour.size)
        among = all(earliest < run.order < latest for run in row.runs)
        return beside and (near or among)

    while gutter.last + 1 < len(rows) and goes_on(rows[gutter.last + 1], rows[gutter.last]):
        gutter.last += 1
    while gutter.first and goes_on(rows[gutter.first - 1], rows[gutter.first]):
        gutter.first -= 1


def is_table(band: Sequence[Row], gutter: Gutter) -> bool:
    """Whether what lies beside a gutter is read across it, row by row.

    Columns of prose are painted one after the other, tables cell by cell. Where the painting
    does not tell, full lines do.
    """
    switches = _switches(band, gutter)
    prose = [
        _is_prose([[run for run in row.runs if _is_left(run, gutter) == left] for row in band])
        for left in (True, False)
    ]
    painted_by_columns = switches <= max(1, _FEW_SWITCHES * gutter.both)
    if all(prose):
        painted_by_lines = switches >= 1.5 * gutter.both and gutter.both >= 2 * _LEAST_ROWS
        return not (painted_by_columns or painted_by_lines)
    if painted_by_columns:
        aligned = gutter.both >= 0.9 * len(band)
        return aligned and not any(prose) and _short(band)
    return True


def _switches(band: Sequence[Row], gutter: Gutter) -> int:
    """How often the painting changes from one side of a gutter to the other."""
    runs = sorted((run for row in band for run in row.runs), key=lambda run: run.order)
    return sum(a != b for a, b in pairwise(_is_left(run, gutter) for run in runs))


def _is_left(run: Run, gutter: Gutter) -> bool:
    return run.left + run.right < gutter.low + gutter.high


def _short(band: Sequence[Row]) -> bool:
    runs = [run for row in band for run in row.runs]
    return sum(run.letters for run in runs) / len(runs) < _PROSE_LETTERS


def _is_prose(rows: Sequence[Sequence[Run]]) -> bool:
    spans = [(min(r.left for r in row), max(r.right for r in row), sum(r.letters for r in row))
             for row in rows if row]  # fmt: skip
    if not spans:
        return False
    width = max(right for _, right, _ in spans) - min(left for left, _, _ in spans)
    fill = sum(right - left for left, right, _ in spans) / (len(spans) * max(width, 1))
    letters = sum(count for _, _, count in spans) / len(spans)
    return fill >= _PROSE_FILL and letters >= _PROSE_LETTERS
