"""The lines of a page in reading order: columns one after another, tables row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.readers.bidi_lines import direction, line_is_rtl, line_text
from index.readers.columns import Gutter, apart, gutters_of, is_table
from index.readers.glyphs import Glyph
from index.readers.rows import Row, Run, joined, rows_of, runs_of

_CELL = 2.5  # a gap, in sizes of the letters, that parts cells wherever it stands


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a row of a table where there are several cells.

    `left` and `right` bound its ink; `edges` is how far the lines of its column go. `entry` says
    that it was filled into a form.
    """

    cells: tuple[str, ...]
    left: float
    right: float
    y: float
    size: float
    rtl: bool
    edges: tuple[float, float] = (0.0, 0.0)
    first_width: float = 0.0
    row_of_table: bool = False
    entry: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.cells)

    def with_cells(self, cells: tuple[str, ...]) -> Line:
        """The same line with other text."""
        return replace(self, cells=cells)


def page_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines of a page from its glyphs, which carry their marks already."""
    runs = runs_of(glyphs)
    return _region(runs, _mostly_rtl(glyphs), _extent(runs))


def _mostly_rtl(glyphs: Iterable[Glyph]) -> bool:
    balance = 0
    for glyph in glyphs:
        kind = direction(glyph.text)
        balance += (kind == "R") - (kind == "L")
    return balance > 0


def _extent(runs: Sequence[Run]) -> tuple[float, float]:
    if not runs:
        return 0.0, 0.0
    return min(run.left for run in runs), max(run.right for run in runs)


def _region(runs: Sequence[Run], page_rtl: bool, edges: tuple[float, float]) -> list[Line]:
    rows = rows_of(runs)
    gutters = gutters_of(rows)
    if not gutters:
        return _plain(rows, page_rtl, edges)
    widest = max(gutters, key=lambda gutter: (gutter.both, gutter.high - gutter.low))
    first, last = widest.first, widest.last
    band = rows[first : last + 1]
    across = [
        gutter for gutter in gutters
        if min(gutter.last, last) - max(gutter.first, first) + 1 >= 0.6 * len(band)
    ]  # fmt: skip
    across = apart(across, widest)
    above = _region([run for row in rows[:first] for run in row.runs], page_rtl, edges)
    below = _region([run for row in rows[last + 1 :] for run in row.runs], page_rtl, edges)
    rtl = _mostly_rtl(glyph for row in band for run in row.runs for glyph in run.glyphs) or (
        page_rtl
        and not any(direction(g.text) == "L" for r in band for u in r.runs for g in u.glyphs)
    )
    if is_table(band, widest):
        return [*above, *_table(band, across, rtl), *below]
    middle = (widest.low + widest.high) / 2
    sides = [
        [run for row in band for run in row.runs if (run.left + run.right) / 2 < middle],
        [run for row in band for run in row.runs if (run.left + run.right) / 2 >= middle],
    ]
    if page_rtl:
        sides.reverse()
    inner: list[Line] = []
    for side in sides:
        glyphs = [glyph for run in side for glyph in run.glyphs]
        inner.extend(_region(side, _mostly_rtl(glyphs), _extent(side)))
    return [*above, *inner, *below]


def _table(band: Sequence[Row], gutters: Sequence[Gutter], rtl: bool) -> list[Line]:
    """The rows of a table; lines of one cell that go on below are taken together."""
    borders = [(gutter.low + gutter.high) / 2 for gutter in gutters]

    def column(run: Run) -> int:
        return sum((run.left + run.right) / 2 > border for border in borders)

    row_of = {id(run): number for number, row in enumerate(band) for run in row.runs}
    group = list(range(len(band)))
    ordered = sorted((run for row in band for run in row.runs), key=lambda run: run.order)
    for run, following in pairwise(ordered):
        top, below = row_of[id(run)], row_of[id(following)]
        if (
            column(run) == column(following)
            and 0 < below - top <= 2
            and run.y - following.y < 1.9 * run.size
        ):
            for number in range(top, below + 1):
                group[number] = min(group[top : below + 1])
    lines: list[Line] = []
    for first in sorted(set(group)):
        rows = [row for number, row in enumerate(band) if group[number] == first]
        cells: list[list[str]] = [[] for _ in range(len(borders) + 1)]
        for row in rows:
            for number, cell in enumerate(cells):
                glyphs = [g for run in row.runs if column(run) == number for g in run.glyphs]
                if glyphs:
                    cell.append(line_text(glyphs, line_is_rtl(glyphs, rtl)))
        texts = [" ".join(cell) for cell in cells]
        runs = [run for row in rows for run in row.runs]
        lines.append(
            Line(
                tuple(reversed(texts) if rtl else texts),
                min(run.left for run in runs),
                max(run.right for run in runs),
                rows[0].y,
                rows[0].size,
                rtl,
                row_of_table=True,
                entry=any(glyph.entry for run in runs for glyph in run.glyphs),
            )
        )
    return lines


def _plain(rows: Sequence[Row], page_rtl: bool, edges: tuple[float, float]) -> list[Line]:
    """Rows that stand one below the other over the whole width."""
    if not rows:
        return []
    lines: list[Line] = []
    for row in rows:
        glyphs = [glyph for run in row.runs for glyph in run.glyphs]
        rtl = line_is_rtl(glyphs, page_rtl)
        cells = joined(((run.left, run.right) for run in row.runs), _CELL * row.size)
        parts: list[str] = []
        for left, right in cells:
            inside = [g for run in row.runs if left <= (run.left + run.right) / 2 <= right
                      for g in run.glyphs]  # fmt: skip
            parts.append(line_text(inside, rtl if len(cells) == 1 else line_is_rtl(inside, rtl)))
        if rtl:
            parts.reverse()
        left, right = cells[0][0], cells[-1][1]
        text = " ".join(parts)
        word = len(text.split(" ", 1)[0]) / max(len(text), 1) * (right - left)
        lines.append(
            Line(tuple(parts), left, right, row.y, row.size, rtl, edges, word,
                 row_of_table=len(parts) > 1, entry=any(glyph.entry for glyph in glyphs))
        )  # fmt: skip
    return lines
