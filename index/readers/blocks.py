"""The paragraphs and tables of text documents, and how they become a text with pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from index.readers.asides import Aside, marked
from index.readers.grid import Rows, names_columns
from index.readers.writer import TextWriter
from index.text.sentences import text_language

PAGE = "\f"  # cannot stand in XML, so it is free to mark where a page begins
_LAYOUT_CELL = 600  # characters; a cell of several paragraphs this long is no cell of figures


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, a heading where it has a level; `lead` is the mark of a list's item.

    `aside` says that it stands beside the text of the document, and is written before it.
    """

    text: str
    level: int = 0
    lead: str = ""
    aside: Aside | None = None

    def text_only(self) -> str:
        """The text with its mark, on one page."""
        return f"{self.lead.strip()} {self.text}".strip().replace(PAGE, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table; a page that begins in a row is marked in its first cell."""

    rows: Rows
    header: bool = False

    def text_only(self) -> str:
        """The text of all cells, on one page."""
        return " ".join(" ".join(row) for row in self.rows).replace(PAGE, "")


Block = Paragraph | Table
Cell = list[Block]


def pages_begun(block: Block) -> int:
    """How many pages begin in a block."""
    if isinstance(block, Paragraph):
        return block.text.count(PAGE)
    return sum(cell.count(PAGE) for row in block.rows for cell in row)


def on_one_page(block: Block) -> Block:
    """A block without the marks of pages in it."""
    if isinstance(block, Paragraph):
        return replace(block, text=block.text.replace(PAGE, ""))
    return Table([_without_pages(row) for row in block.rows], block.header)


def is_layout(rows: list[list[Cell]]) -> bool:
    """Whether a table only places text on the page: one column, headings or long texts in it."""
    cells = [cell for row in rows for cell in row]
    return (
        all(len(row) <= 1 for row in rows)
        or any(isinstance(block, Paragraph) and block.level for cell in cells for block in cell)
        or any(
            len(cell) > 2 and sum(len(block.text_only()) for block in cell) > _LAYOUT_CELL
            for cell in cells
        )
    )


def row_texts(cells: Iterable[Cell]) -> list[str]:
    """The text of each cell of a row. A page that begins in several of them begins once."""
    cells = list(cells)
    texts = [" ".join(block.text_only() for block in cell) for cell in cells]
    begun = max((sum(map(pages_begun, cell)) for cell in cells), default=0)
    if begun:
        texts[0] = PAGE * begun + texts[0]
    return texts


def write_blocks(blocks: Iterable[Block], *, paged: bool) -> TextWriter:
    """The blocks as a text, with its pages if they are wanted."""
    written = _Pages(paged)
    in_list = False
    for block in _marked(list(blocks)):
        if isinstance(block, Table):
            written.table(block)
            in_list = False
        else:
            item = bool(block.lead) and not block.level
            written.paragraph(block, separator="\n" if item and in_list else "\n\n")
            in_list = item
    return written.writer


def _marked(blocks: list[Block]) -> list[Block]:
    """The blocks, those beside the text with their marks in the language of all of them."""
    if not any(isinstance(block, Paragraph) and block.aside for block in blocks):
        return blocks
    language = text_language("\n".join(block.text_only() for block in blocks))
    return [
        replace(block, text=marked(block.aside, block.text, language))
        if isinstance(block, Paragraph) and block.aside
        else block
        for block in blocks
    ]


class _Pages:
    """A text that is written page by page, or without pages."""

    def __init__(self, paged: bool) -> None:
        self.writer = TextWriter()
        self._paged = paged
        self._page = 0
        self._turn(1)

    def _turn(self, pages: int) -> None:
        if self._paged and pages:
            self._page += pages
            self.writer.page(self._page)

    def paragraph(self, block: Paragraph, separator: str) -> None:
        lead = block.lead
        pieces = block.text.split(PAGE)
        if block.level or not self._paged:
            self._turn(len(pieces) - 1)
            pieces = ["".join(pieces)]
        for number, piece in enumerate(pieces):
            self._turn(1 if number else 0)
            if piece.strip():
                self.writer.block(piece.strip(), level=block.level, separator=separator, lead=lead)
                lead, separator = "", " "

    def table(self, block: Table) -> None:
        header = block.header or names_columns([_without_pages(row) for row in block.rows])
        self.writer.table(self._rows(block), header=header)

    def _rows(self, block: Table) -> Iterator[list[str]]:
        for row in block.rows:
            self._turn(row[0].count(PAGE) if row else 0)
            yield _without_pages(row)


def _without_pages(row: Iterable[str]) -> list[str]:
    return [cell.replace(PAGE, "") for cell in row]
