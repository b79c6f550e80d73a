"""The lines of a page in reading order: columns one after another, tables row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.readers.bidi_lines import direction, line_is_rtl, line_text
from index.readers.columns import Gutter, apart, gutters_of, is_table
from index.readers.glyphs import Glyph
from index.readers.number_cells import part_numbers
from index.readers.painted_columns import painted_columns
from index.readers.rows import Row, Run, joined, rows_of, runs_of

_DEEPEST = 40  # columns within columns
_NEXT_LINE = 1.9  # how far below a line the next of its cell stands at most, in sizes
_LEAST_ROWS = 3
_WHOLE_COLUMN = 0.6  # of the rows of a table
_CELL = 2.5  # a gap, in sizes of the letters, that parts cells wherever it stands

_ENDED = re.compile("[.!?؟۔:؛…][\"'»”’)\\]]*$")


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

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence or the like ends with the line."""
        return _ENDED.search(self.text) is not None

    def is_full(self, needed: float) -> bool:
        """Whether a line leaves no room for a next word of the width that is `needed`."""
        left, right = self.edges
        room = self.left - left if self.rtl else right - self.right
        return room < needed + 0.6 * self.size

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


def _region(
    runs: Sequence[Run], page_rtl: bool, edges: tuple[float, float], depth: int = 0
) -> list[Line]:
    columns = painted_columns(runs) if depth < _DEEPEST else None
    if columns is not None:
        return [
            *_region(columns.above, page_rtl, edges, depth + 1),
            *_sides([columns.left, columns.right], page_rtl, depth + 1),
            *_region(columns.below, page_rtl, edges, depth + 1),
        ]
    rows = rows_of(runs)
    part_numbers(rows)
    gutters = gutters_of(rows) if depth < _DEEPEST else []
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
    above = _region([run for row in rows[:first] for run in row.runs], page_rtl, edges, depth + 1)
    below = _region(
        [run for row in rows[last + 1 :] for run in row.runs], page_rtl, edges, depth + 1
    )
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
    return [*above, *_sides(sides, page_rtl, depth + 1), *below]


def _sides(sides: Sequence[Sequence[Run]], page_rtl: bool, depth: int) -> list[Line]:
    """The lines of columns, which come from left to right, one column after another."""
    lines: list[Line] = []
    for side in reversed(sides) if page_rtl else sides:
        glyphs = [glyph for run in side for glyph in run.glyphs]
        lines.extend(_region(side, _mostly_rtl(glyphs), _extent(side), depth))
    return lines


def _table(band: Sequence[Row], gutters: Sequence[Gutter], rtl: bool) -> list[Line]:
    """The rows of a table; lines of one cell that go on below are taken together."""
    borders = [(gutter.low + gutter.high) / 2 for gutter in gutters]

    def column(run: Run) -> int:
        return sum((run.left + run.right) / 2 > border for border in borders)

    group = _rows_of_cells(band, column)
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


def _rows_of_cells(band: Sequence[Row], column: Callable[[Run], int]) -> list[int]:
    """For each row of a band the first of those that it makes one row of the table with.

    A line goes on in the cell of the line above where it is painted right behind that. Only one
    cell of a column can begin in each row of a table; and where a whole column is painted at
    once, the painting tells nothing of its cells.
    """
    group = list(range(len(band)))
    row_of = {id(run): number for number, row in enumerate(band) for run in row.runs}
    ordered = sorted((run for row in band for run in row.runs), key=lambda run: run.order)
    chains: list[list[Run]] = []
    for run in ordered:
        if chains and _goes_on(chains[-1][-1], run, row_of, column):
            chains[-1].append(run)
        else:
            chains.append([run])
    begun: list[set[int]] = [set() for _ in band]
    joins: set[int] = set()  # the rows that belong to the one above
    for chain in chains:
        rows = [row_of[id(run)] for run in chain]
        if len(set(rows)) < max(_LEAST_ROWS, _WHOLE_COLUMN * len(band)):
            joins.update(number for a, b in pairwise(rows) for number in range(a + 1, b + 1))
            del rows[1:]
        for number in rows:
            begun[number].add(column(chain[0]))
    for number in sorted(joins):
        first = group[number - 1]
        if not begun[first] & begun[number]:
            group[number] = first
            begun[first] |= begun[number]
    return group


def _goes_on(
    run: Run, following: Run, row_of: dict[int, int], column: Callable[[Run], int]
) -> bool:
    lines = row_of[id(following)] - row_of[id(run)]
    near = run.y - following.y < _NEXT_LINE * run.size
    return column(run) == column(following) and 0 <= lines <= 2 and near


def _plain(rows: Sequence[Row], page_rtl: bool, edges: tuple[float, float]) -> list[Line]:
    """Rows that stand one below the other over the whole width."""
    if not rows:
        return []
    lines: list[Line] = []
    for row in rows:
        glyphs = [glyph for run in row.runs for glyph in run.glyphs]
        rtl = line_is_rtl(glyphs, page_rtl)
        cells = joined(((run.left, run.right) for run in row.runs), _CELL * row.size, row.cuts)
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
