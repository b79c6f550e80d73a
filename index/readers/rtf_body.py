"""The text of an RTF file as it is put together: paragraphs, items of lists, tables and notes."""

from __future__ import annotations

import re

from index.readers.blocks import Block, Paragraph, Table
from index.readers.grid import trimmed

_INDENT = "  "
_DEEPEST_INDENT = 9
_SPACES = re.compile("  +")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Body:
    """The text of the document or of a note: the paragraph that is open, and the table."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.marker = ""  # of a list's item
        self.notes: list[Block] = []  # of the paragraph or table that is open
        self.row_open = False
        self._blocks: list[Block] = []
        self._cell: list[str] = []  # its paragraphs
        self._cells: list[list[str]] = []
        self._rows: list[list[list[str]]] = []
        self._named = False

    def end_paragraph(self, level: int, *, in_table: bool, depth: int) -> None:
        """What was read since the last paragraph is one: of a cell, or else a block."""
        text = _SPACES.sub(" ", _whole("".join(self.runs))).strip()
        marker = self.marker if any(map(str.isalnum, self.marker)) else "-" * bool(self.marker)
        self.runs.clear()
        self.marker = ""
        if in_table or self.row_open:
            if text:
                self._cell.append(f"{marker} {text}".lstrip())
            return
        self._end_table()
        if text and level:
            self._blocks.append(Paragraph(f"{marker} {text}".lstrip("- "), level))
        elif text and marker:
            lead = _INDENT * min(depth, _DEEPEST_INDENT) + marker + " "
            self._blocks.append(Paragraph(text, lead=lead))
        elif text:
            self._blocks.append(Paragraph(text))
        self._blocks.extend(self.notes)
        self.notes.clear()

    def end_nested_row(self) -> None:
        """What was read since the last paragraph is a row of a table within a cell."""
        self.runs[:] = ["".join(self.runs).strip(", ")]
        self.end_paragraph(0, in_table=True, depth=0)

    def end_cell(self) -> None:
        """What was read since the last cell is one."""
        self.end_paragraph(0, in_table=True, depth=0)
        self._cells.append(self._cell)
        self._cell = []

    def end_row(self) -> None:
        """The cells since the last row are one."""
        self.end_paragraph(0, in_table=True, depth=0)
        if self._cell:
            self.end_cell()
        if self._cells:
            self._rows.append(self._cells)
        self._cells = []
        self.row_open = False

    def name_columns(self) -> None:
        """The open row is repeated on each page: if it is the first, it names the columns."""
        self._named = self._named or not self._rows

    def finished(self) -> list[Block]:
        """All blocks, when nothing more comes."""
        self.row_open = False
        self.end_paragraph(0, in_table=False, depth=0)
        return self._blocks

    def _end_table(self) -> None:
        if self._cell or self._cells:
            self.end_row()
        if len(self._rows) == 1 and len(self._rows[0]) == 1:
            self._blocks.extend(Paragraph(text) for text in self._rows[0][0])  # a frame around text
        elif self._rows:
            rows = [[" ".join(cell) for cell in row] for row in self._rows]
            self._blocks.append(Table(trimmed(rows), self._named))
        self._rows, self._named = [], False


def _whole(text: str) -> str:
    """`text` with the halves of characters beyond the first 65,536 put together."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
