"""The headers and footers of pages: each text once, apart from the text of the document."""

from __future__ import annotations

from collections.abc import Iterable

from index.readers.asides import Aside, without_page_numbers
from index.readers.blocks import Block, Paragraph, Table


class Margins:
    """The headers and footers that were found, each kind in its order."""

    def __init__(self) -> None:
        self._found: dict[Aside, dict[str, None]] = {"header": {}, "footer": {}}

    def add(self, aside: Aside, blocks: Iterable[Block]) -> None:
        """Take note of a header or footer; nothing new is added for one that says the same."""
        if text := without_page_numbers(lines_of(blocks)):
            self._found[aside][text] = None

    def around(self, body: list[Block]) -> list[Block]:
        """The body between the headers and the footers."""
        headers, footers = (
            [Paragraph(text, aside=aside) for text in texts] for aside, texts in self._found.items()
        )
        return [*headers, *body, *footers]


def lines_of(blocks: Iterable[Block]) -> str:
    """The text of some blocks, a line for each paragraph and each row of a table."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            lines += (" | ".join(filter(None, map(str.strip, row))) for row in block.rows)
        else:
            lines.append(block.text_only())
    return "\n".join(line.strip() for line in lines if line.strip())
