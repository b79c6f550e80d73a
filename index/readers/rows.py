"""Glyphs to runs, as they were painted, and runs to rows, as they stand on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from index.readers.glyphs import Glyph

# In parts of the size of the letters.
_SAME_LINE = 0.35  # how far apart the feet of letters on one line may stand
_SAME_RUN = 0.25  # the same for letters painted one after another
_CLIMB = 0.9  # the same for letters that touch
_TOUCHING = 0.3
_RAISED = 0.6  # the same for small ones: raised numbers, indices
_OVERLAP = 1.1  # how far apart lines may stand that are beside, not below each other
_NEW_RUN = 1.5  # a gap that ends a run
_CHUNK = 0.9  # a gap that parts the pieces of a row


@dataclass(slots=True)
class Run:
    """Glyphs painted one after another on one line, without a wide gap."""

    glyphs: list[Glyph]
    left: float
    right: float
    y: float
    size: float
    order: int = 0

    @property
    def letters(self) -> int:
        return sum(len(glyph.text) for glyph in self.glyphs)


@dataclass(slots=True)
class Row:
    runs: list[Run]
    y: float
    size: float
    chunks: list[tuple[float, float]] = field(default_factory=list)
    cuts: set[float] = field(default_factory=set)  # where cells begin, however near the others are


def runs_of(glyphs: Sequence[Glyph]) -> list[Run]:
    """The runs in the order in which they were painted."""
    runs: list[Run] = []
    for glyph in glyphs:
        space = glyph.text.isspace()
        if runs and _belongs(glyph, runs[-1]):
            run = runs[-1]
            run.glyphs.append(glyph)
            if not space:
                run.left, run.right = min(run.left, glyph.x0), max(run.right, glyph.x1)
                run.size = max(run.size, glyph.size)
        elif not space:
            runs.append(Run([glyph], glyph.x0, glyph.x1, glyph.y, glyph.size, len(runs)))
    for run in runs:
        heights = Counter(glyph.y for glyph in run.glyphs)
        run.y = max(heights, key=lambda y: heights[y])
    return runs


def _belongs(glyph: Glyph, run: Run) -> bool:
    size = max(run.size, glyph.size)
    gap = max(glyph.x0 - run.right, run.left - glyph.x1)
    above = abs(glyph.y - run.y)
    if above <= _SAME_RUN * size:
        return gap <= _NEW_RUN * size
    # Within a word, too, some styles of writing climb.
    return above <= _CLIMB * size and abs(gap) <= _TOUCHING * size


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """The runs in rows from the top down; raised and lowered ones with the row they stand in."""
    rows: list[Row] = []
    for run in sorted(runs, key=lambda run: -run.y):
        for row in reversed(rows[-3:]):
            size = max(row.size, run.size)
            small = min(row.size, run.size) < 0.85 * size
            reach = _RAISED if small and _beside(row, run) else _SAME_LINE
            if abs(row.y - run.y) <= reach * size:
                row.runs.append(run)
                if run.size > row.size * 1.05:
                    row.y, row.size = run.y, run.size
                break
        else:
            rows.append(Row([run], run.y, run.size))
    for row in rows:
        row.runs.sort(key=lambda run: run.left)
    rows.sort(key=lambda row: -row.y)
    set_chunks(rows)
    return rows


def set_chunks(rows: Sequence[Row]) -> None:
    """Note for each row the pieces that wide gaps, or its cuts, part."""
    for number, row in enumerate(rows):
        own = joined(((run.left, run.right) for run in row.runs), _CHUNK * row.size, row.cuts)
        # Lines of two columns need not stand at one height.
        beside = [
            (run.left, run.right)
            for other in rows[max(0, number - 3) : number + 4]
            if other is not row and abs(other.y - row.y) < _OVERLAP * min(other.size, row.size)
            for run in other.runs
            if all(run.right < left or run.left > right for left, right in own)
        ]
        row.chunks = joined([*own, *beside], _CHUNK * row.size, row.cuts)


def _beside(row: Row, run: Run) -> bool:
    reach = 0.6 * max(row.size, run.size)
    return any(
        max(run.left - other.right, other.left - run.right) < reach for other in row.runs
    ) and all(min(run.right, other.right) - max(run.left, other.left) < reach for other in row.runs)


def joined(
    spans: Iterable[tuple[float, float]], gap: float, cuts: Container[float] = ()
) -> list[tuple[float, float]]:
    """Spans as one where less than `gap` is between them, but for those that begin at a cut."""
    joined: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if joined and left - joined[-1][1] < gap and left not in cuts:
            joined[-1] = (joined[-1][0], max(joined[-1][1], right))
        else:
            joined.append((left, right))
    return joined
