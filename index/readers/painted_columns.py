"""Columns told by the painting: one is painted to its end, then the next from its top.

That holds where nothing keeps a strip free that rows agree on, as on pages full of formulas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from index.readers.columns import Gutter, is_table
from index.readers.rows import Run, rows_of

# In parts of the size of the letters.
_JUMP = 4.0  # from the foot of a column to the head of the next, at least
_ROOM = 0.5  # between columns
_ROW = 0.9  # from one line to the next, at least

_LEAST_ROWS = 3
_MOST_PARTS = 12  # that are looked at; a page that is painted up and down has no columns to find


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands above two columns, in each of them, the left one first, and below."""

    above: list[Run]
    left: list[Run]
    right: list[Run]
    below: list[Run]


def painted_columns(runs: Sequence[Run]) -> Columns | None:
    """The first two columns that are painted one after the other; None where there are none."""
    ordered = sorted(runs, key=lambda run: run.order)
    parts = list(_parts(ordered))
    for first, second in islice(pairwise(parts), _MOST_PARTS):
        columns = _columns(first, second, runs)
        if columns is not None:
            return columns
    return None


def _parts(ordered: Sequence[Run]) -> Iterator[list[Run]]:
    """The runs from one jump up the page to the next."""
    part: list[Run] = []
    for run in ordered:
        if part and run.y - part[-1].y > _JUMP * max(run.size, part[-1].size):
            yield part
            part = []
        part.append(run)
    if part:
        yield part


def _columns(first: Sequence[Run], second: Sequence[Run], runs: Sequence[Run]) -> Columns | None:
    size = max(first[-1].size, second[0].size)
    top = max(run.y for run in second) + size
    bottom = min(run.y for run in first) - size
    one = [run for run in first if run.y <= top]
    other = [run for run in second if run.y >= bottom]
    if min(_row_count(one), _row_count(other)) < _LEAST_ROWS:
        return None
    left, right = sorted((one, other), key=lambda part: min(run.left for run in part))
    low, high = max(run.right for run in left), min(run.left for run in right)
    if high - low < _ROOM * size:
        return None
    heights = [run.y for run in (*one, *other)]
    lowest, highest = min(heights), max(heights)
    band = [run for run in runs if lowest <= run.y <= highest]
    if any(run.left < high and run.right > low for run in band):
        return None
    rows = rows_of(band)
    sides = [{run.right <= low for run in row.runs} for row in rows]
    both = sum(len(side) == 2 for side in sides)
    if both == 0 or is_table(rows, Gutter(low, high, 0, len(rows) - 1, both)):
        return None
    return Columns(
        [run for run in runs if run.y > highest],
        [run for run in band if run.right <= low],
        [run for run in band if run.left >= high],
        [run for run in runs if run.y < lowest],
    )


def _row_count(runs: Sequence[Run]) -> int:
    count, last = 0, float("inf")
    for run in sorted(runs, key=lambda run: -run.y):
        if last - run.y >= _ROW * run.size:
            count, last = count + 1, run.y
    return count
