"""A document's text, put together block by block, with count kept of where everything stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from index.errors import FileEmpty, TextTooLong
from index.readers.source import Source
from index.text.sentences import text_language
from index.types import Document, Heading, Page, ReadWarning, Table

CELL_SEPARATOR = " | "
_DEEPEST = 6  # level of headings

FILE_CHARACTERS = 10_000_000
"""The most characters of text that one file may hold, where nothing else is set."""

_VISIBLE = re.compile("[^\\s\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def require_text(text: str, path: Path | str) -> str:
    """`text` itself; raises FileEmpty where nothing in it can be seen."""
    if _VISIBLE.search(text) is None:
        raise FileEmpty(path=path)
    return text


def storable(text: str) -> str:
    """The text without what can neither be stored nor shown; one for one, so that offsets stay."""
    return _UNSTORABLE.sub("\ufffd", text)


class TextWriter:
    """Plain text with the spans of its headings, tables and pages.

    Blocks are parted by an empty line. A heading's span is exactly its text. `most` is how many
    characters it takes, for all writers of a process; beyond them it raises TextTooLong, so that
    a small file that unfolds to a huge text is never held in full.
    """

    most: ClassVar[int] = FILE_CHARACTERS

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._page_starts: list[tuple[int, int]] = []

    def block(self, text: str, *, level: int = 0, separator: str = "\n\n", lead: str = "") -> None:
        """Add a block, a heading where there is a `level`; `lead` (a list's mark) precedes it.

        `separator` parts it from what stands before: a newline in lists, a space where a
        paragraph goes on behind a page's end. Nothing is added for a text without characters.
        """
        text = text.strip("\n") if level == 0 else " ".join(text.split())
        if not text.strip():
            return
        self._put((separator if self._parts else "") + lead)
        if level:
            self._headings.append(Heading(level, self._length, self._length + len(text)))
        self._put(text)

    def table(self, rows: Iterable[Sequence[str]], *, header: bool = True) -> None:
        """Add a table, a line per row and " | " between its cells.

        `header` says that its first row names the columns. White space within a cell becomes
        one space; rows without any text are left out.
        """
        bare = ([" ".join(cell.split()) for cell in row] for row in rows)
        lines = (_row(cells) for cells in bare if any(cells))
        start = header_end = None
        for line in lines:
            self._put("" if not self._parts else "\n\n" if start is None else "\n")
            if start is None:
                start = self._length
                header_end = start + len(line)
            self._put(line)
        if start is not None and header_end is not None and header and self._length > header_end:
            self._tables.append(Table(start, header_end, self._length))

    def document_within(self, document: Document, *, level: int, pages: int) -> None:
        """Add the text of another document on the page at hand.

        Its headings are deeper by `level`, its pages are counted on from so many `pages`.
        """
        self._put("\n\n" if self._parts else "")
        start, at = self._length, 0
        for page in document.pages[1:]:
            self._put(document.text[at : page.start])
            self.page(pages + page.number)
            at = page.start
        self._put(document.text[at:].rstrip())
        self._headings += (
            Heading(
                min(heading.level + level, _DEEPEST), heading.start + start, heading.end + start
            )
            for heading in document.headings
        )
        self._tables += (
            Table(table.start + start, table.header_end + start, table.end + start)
            for table in document.tables
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was added yet."""
        return not self._parts

    def page(self, number: int) -> None:
        """What is added from now on stands on this page, slide or sheet (numbered from 1)."""
        self._page_starts.append((number, len(self._parts)))

    def document(self, source: Source, warnings: Iterable[ReadWarning] = ()) -> Document:
        """The finished document. Raises FileEmpty where nothing in it can be seen."""
        text = require_text("".join(self._parts), source.path)
        return Document(
            name=source.name,
            text=text,
            language=text_language(text),
            pages=self._pages(),
            headings=tuple(self._headings),
            tables=tuple(self._tables),
            warnings=tuple(warnings),
        )

    def _pages(self) -> tuple[Page, ...]:
        offsets = [0]
        for part in self._parts:
            offsets.append(offsets[-1] + len(part))
        # The separator before a page's first block belongs to the page before.
        starts = [
            (number, offsets[part] + self._separator_at(part)) for number, part in self._page_starts
        ]
        return tuple(
            Page(number, start, following[1] if following else self._length)
            for (number, start), following in zip_longest(starts, starts[1:])
        )

    def _separator_at(self, part: int) -> int:
        following = self._parts[part] if part < len(self._parts) else ""
        return len(following) - len(following.lstrip())

    def _put(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._length += len(text)
            if self._length > self.most:
                raise TextTooLong(path="", limit=self.most)


def _row(cells: Sequence[str]) -> str:
    """Cells on a line; what follows the last that says something is left out."""
    last = max(number for number, cell in enumerate(cells) if cell)
    return CELL_SEPARATOR.join(cells[: last + 1])
