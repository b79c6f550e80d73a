"""Rows of cells: what can be told of a table from its contents."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST_NAME = 80  # characters; what is longer is a sentence, not the name of a column
Rows = list[list[str]]


def trimmed(rows: Sequence[Sequence[str]]) -> Rows:
    """Rows without the empty cells at their ends, and without the empty rows at the end."""
    kept = [list(row[: _filled(row)]) for row in rows]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row seems to name the columns: a short name for each, no figures.

    The first column may go without a name, as where rows have names too.
    """
    if len(rows) < 2:
        return False
    first, width = rows[0], max(_filled(row) for row in rows)
    names = [cell.strip() for cell in first[:width] if cell.strip()]
    return (
        width >= 2
        and len(names) >= max(width - 1, 1)
        and len(set(names)) == len(names)
        and all(len(name) <= _LONGEST_NAME and _has_letter(name) for name in names)
    )


def _filled(row: Sequence[str]) -> int:
    """How many columns of a row there are up to the last with text."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1].strip()), 0)


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)
