"""Tables for the terminal: what a command did, and the documents, in neat columns."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from index import DocumentRecord, ReadWarning, Report
from ui.cli_strings import language, text, whole
from ui.problems import warning_text

NAMES_SHOWN = 20
"""How many names stand behind a count; what failed and what is doubtful is always named."""
_GAP = "  "
_NARROWEST = 30


def report_lines(report: Report, changed_as: str = "changed") -> list[str]:
    """The closing table: a row per kind of outcome that occurred, with its names.

    Why files failed is not in it: that stands on standard error.
    """
    named = {
        "added": report.added,
        changed_as: report.changed,
        "renamed": report.renamed,
        "removed": report.removed,
        "skipped": [_from_here(path) for path in report.skipped],
    }
    rows: list[list[str]] = []
    for kind, names in named.items():
        rows.extend(_rows(kind, len(names), _shortened(names)))
    rows.extend(_rows("unchanged", len(report.unchanged), []))
    failed = [whole(_from_here(failure.path)) for failure in report.failed]
    rows.extend(_rows("failed", len(failed), failed))
    warned = [cell for pair in _warned(report.warnings) for cell in (pair[0], f"  {pair[1]}")]
    rows.extend(_rows("warnings", len(report.warnings), [cell for cell in warned if cell]))
    lines = aligned(rows, right=1) or [text("nothing")]
    return [*lines, text("in_seconds", seconds=f"{report.seconds:.1f}")]


def documents_lines(records: Sequence[DocumentRecord]) -> list[str]:
    """The documents in columns, and below them what may be wrong with their text."""
    warned = {record.name: record.warnings for record in records if record.warnings}
    rows = [text("list_head").split("\t")]
    if warned:
        rows[0].append(text("warnings"))
    for record in records:
        pages = str(record.pages) if record.pages else "-"
        row = [whole(record.name), record.language, pages, str(record.passages), record.added[:10]]
        if record.warnings:
            row.append(f"! {len(record.warnings)}")
        rows.append(row)
    lines = aligned(rows)
    if warned:
        lines += ["", text("warnings_told"), *aligned(list(_warned(warned)))]
    return lines


def aligned(rows: Sequence[Sequence[str]], right: int | None = None) -> list[str]:
    """The rows as lines, cells below cells; those of the column `right` end together.

    A cell of the last column that is too long for the terminal goes on below itself.
    """
    columns = max((len(row) for row in rows), default=0)
    widths = [max(_width(row[at]) for row in rows if len(row) > at) for at in range(columns)]
    last = sum(widths[:-1]) + len(_GAP) * (columns - 1)
    lines: list[str] = []
    for row in rows:
        cells = [_padded(cell, widths[at], at == right) for at, cell in enumerate(row)]
        below: list[str] = []
        if len(row) == columns:
            cells[-1], *below = _wrapped(row[-1], last)
        lines.append(_GAP.join(cells).rstrip())
        lines.extend(" " * last + part for part in below)
    return lines


def _rows(kind: str, count: int, cells: Sequence[str]) -> Iterator[list[str]]:
    """Rows of kind, count and a cell; kind and count stand in the first alone."""
    if count:
        yield [text(kind), str(count), *cells[:1]]
        for cell in cells[1:]:
            yield ["", "", cell]


def _shortened(names: Sequence[str]) -> list[str]:
    more = len(names) - NAMES_SHOWN
    return [*map(whole, names[:NAMES_SHOWN]), *([text("and_more", count=more)] if more > 0 else [])]


def _from_here(path: str) -> str:
    """The path as seen from the working folder where it lies below it."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the working folder has gone
        return path


def _warned(warnings: Mapping[str, Sequence[ReadWarning]]) -> Iterator[list[str]]:
    for name, its_warnings in warnings.items():
        for count, warning in enumerate(its_warnings):
            yield ["" if count else whole(name), warning_text(warning, name, language())]


def _wrapped(cell: str, start: int) -> list[str]:
    if not sys.stdout.isatty():
        return [cell]
    room = max(shutil.get_terminal_size().columns - start, _NARROWEST)
    # A wrapped line keeps the indentation of the first.
    indent = " " * (len(cell) - len(cell.lstrip(" ")))
    return textwrap.wrap(cell, room, subsequent_indent=indent, break_long_words=False) or [""]


def _padded(cell: str, width: int, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(cell: str) -> int:
    """How many columns of a terminal the text takes: Arabic vowel signs none, Chinese signs two."""
    return sum(
        0
        if unicodedata.combining(character) or unicodedata.category(character) == "Cf"
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in cell
    )
