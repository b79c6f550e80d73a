"""Tables of web pages: which are tables and which only arrange the page, and their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from index.readers.markup import HEADINGS, Element

_LONG_CELL = 600  # characters: a cell of several paragraphs and longer is no cell of a table
_SHORT_CELL = 100  # characters: a single row of longer cells is a page in columns
_REPEATED = 200  # characters: a longer cell that spans rows is not repeated in each
_NUMBER = re.compile("[0-9]{1,9}")
_SPANNED = 5  # cells that spans may add for each that is there


def number(text: str) -> int | None:
    """A number in an attribute; None for anything else."""
    return int(text) if _NUMBER.fullmatch(text.strip()) else None


def table_rows(table: Element) -> Iterator[list[Element]]:
    """The cells of each row of a table, not of the tables in it."""
    for part in table.children:
        if isinstance(part, str):
            continue
        if part.tag == "tr" and not part.hidden:
            yield [
                cell
                for cell in part.children
                if isinstance(cell, Element) and cell.tag in ("td", "th") and not cell.hidden
            ]
        elif part.tag in ("thead", "tbody", "tfoot") and not part.hidden:
            yield from table_rows(part)


def misplaced(part: Element) -> Iterator[Element | str]:
    """What stands in a table and in none of its cells: its caption, and what browsers put above."""
    for child in part.children:
        if isinstance(child, str):
            if child.strip():
                yield child
        elif child.tag in ("tr", "thead", "tbody", "tfoot", "colgroup"):
            yield from misplaced(child)
        elif child.tag not in ("td", "th"):
            yield child


def is_layout(table: Element, rows: Sequence[Sequence[Element]]) -> bool:
    """Whether a table only arranges a page: with another table, headings or articles in it."""
    if table.attributes.get("role") in ("presentation", "none"):
        return True
    cells = [cell for row in rows for cell in row]
    headed = any(cell.tag == "th" for cell in cells)
    if len(cells) < 2 or (len(rows) == 1 and not headed and any(map(_is_long, cells))):
        return True
    for cell in cells:
        paragraphs = 0
        for element in cell.elements():
            if element.tag == "table" or (element.tag in HEADINGS and cell.tag == "td"):
                return True
            paragraphs += element.tag in ("p", "div", "ul", "ol", "article", "section")
        if paragraphs > 2 and len(cell.text) > _LONG_CELL:
            return True
    return False


def _is_long(cell: Element) -> bool:
    return len(cell.text) > _SHORT_CELL


def has_header(table: Element, rows: Sequence[Sequence[Element]]) -> bool:
    if any(isinstance(part, Element) and part.tag == "thead" for part in table.children):
        return True
    return bool(rows) and len(rows[0]) > 1 and all(cell.tag == "th" for cell in rows[0])


def placed(rows: Sequence[Sequence[Element]], text_of: Callable[[Element], str]) -> list[list[str]]:
    """The text of the cells, each in its column: what spans rows stands in each of them."""
    grid: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}  # by column: rows to come, and what stands there
    spared = _SPANNED * sum(map(len, rows)) + 100  # cells that spans may still add
    for row in rows:
        line: list[str] = []
        waiting = iter(row)
        while True:
            if spanned := spanning.pop(len(line), None):
                down, text = spanned
                across = 1
            elif cell := next(waiting, None):
                text = text_of(cell)
                down = number(cell.attributes.get("rowspan", "")) or 1
                across = min(number(cell.attributes.get("colspan", "")) or 1, spared + 1)
                spared -= across - 1
            else:
                break
            for part in (text, *[""] * (across - 1)):
                if down > 1 and spared > 0:
                    spanning[len(line)] = down - 1, part if len(part) <= _REPEATED else ""
                    spared -= 1
                line.append(part)
        grid.append(line)
    return grid
