"""OpenDocument texts: headings, paragraphs, lists, tables, notes and text boxes.

Tracked deletions and hidden text are left out. Comments follow their paragraph as notes do; page
headers stand before the text and footers behind it, each once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from index.errors import FileLocked, FileUnsafe
from index.readers.archive import Archive, open_archive
from index.readers.asides import PAGE_NUMBER, Aside, comment_text
from index.readers.blocks import (
    Block,
    Cell,
    Paragraph,
    Table,
    is_layout,
    row_texts,
    write_blocks,
)
from index.readers.grid import trimmed
from index.readers.margins import Margins, lines_of
from index.readers.odt_styles import (
    DRAW,
    OFFICE,
    STYLE,
    TABLE,
    TEXT,
    Lists,
    count,
    hidden_styles,
    title_styles,
)
from index.readers.source import Source
from index.types import Document

_MATH = "{http://www.w3.org/1998/Math/MathML}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTED = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"

_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_PAGE_STYLES = f"{OFFICE}master-styles/{STYLE}master-page"
_PAGE_NUMBERS = (f"{TEXT}page-number", f"{TEXT}page-count")
_MARGINS: dict[str, Aside] = {
    f"{STYLE}{aside}{which}": aside
    for aside in ("header", "footer")
    for which in ("", "-left", "-first")
}

_BLOCKS_PER_STEP = 500
_MOST_SPACES = 100
_MOST_REPEATED = 50  # of equal rows or columns; only empty ones are repeated without end
_LONGEST_HEADING = 300
_SPACES = re.compile("[ \t\r\n]+")

# What stands among the paragraphs or in them and is not their text.
_UNREAD = frozenset(
    (
        f"{TEXT}tracked-changes", f"{OFFICE}forms", f"{TEXT}note-citation",
        f"{TEXT}ruby-text", f"{OFFICE}event-listeners", f"{STYLE}region",
        f"{TEXT}table-of-content-source", f"{TEXT}illustration-index-source",
        f"{TEXT}table-index-source", f"{TEXT}object-index-source", f"{TEXT}user-index-source",
        f"{TEXT}alphabetical-index-source", f"{TEXT}bibliography-source", f"{TEXT}number",
    )
)  # fmt: skip


def read_odt(source: Source) -> Document:
    """The document that an OpenDocument text (.odt) holds.

    Raises ReadError, or one of its kinds.
    """
    archive = open_archive(source)
    if _MANIFEST in archive:
        manifest = archive.xml(_MANIFEST, doctype=True)
        if next(manifest.iter(_ENCRYPTED), None) is not None:
            raise FileLocked(path=source.path)
    kind = "an OpenDocument text"
    root = archive.xml("content.xml", doctype=True) if "content.xml" in archive else None
    body = None if root is None else root.find(f"{OFFICE}body/{OFFICE}text")
    if root is None or body is None:
        raise archive.wrong(kind)
    try:
        blocks = _Body(source, archive, root).document(body)
    except RecursionError as error:
        raise FileUnsafe(path=source.path, detail="it is nested without end") from error
    return write_blocks(blocks, paged=False).document(source)


class _Line:
    """The text of a paragraph; white space in the file is one space, as it is shown."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._spaced = True

    def add(self, text: str | None) -> None:
        if text:
            text = _SPACES.sub(" ", text.replace("\u00ad", ""))
            text = text.removeprefix(" ") if self._spaced else text
            if text:
                self._parts.append(text)
                self._spaced = text.endswith(" ")

    def put(self, characters: str) -> None:
        """Add what is not white space of the file but of the text."""
        self._parts.append(characters)
        self._spaced = False

    def __str__(self) -> str:
        return "".join(self._parts)


class _Body:
    """A walk through the body of a text."""

    def __init__(self, source: Source, archive: Archive, content: Element) -> None:
        self._source = source
        self._archive = archive
        styles = archive.xml("styles.xml", doctype=True) if "styles.xml" in archive else None
        self._pages = () if styles is None else styles.findall(_PAGE_STYLES)
        roots = [content] if styles is None else [styles, content]
        self._titles = title_styles(roots)
        self._hidden = hidden_styles(roots)
        self._lists = Lists(roots)
        self._behind: list[Element] = []
        self._within = 0
        self._paragraphs = 0

    def document(self, body: Element) -> list[Block]:
        """The blocks of the whole text, between its page headers and footers."""
        blocks, margins = self.blocks(body), Margins()
        for margin in (each for style in self._pages for each in style):
            aside = _MARGINS.get(margin.tag)
            if aside and margin.get(f"{STYLE}display") != "false":
                for number in (each for tag in _PAGE_NUMBERS for each in margin.iter(tag)):
                    number.text = PAGE_NUMBER
                margins.add(aside, self.blocks(margin))
        return margins.around(blocks)

    def blocks(self, parent: Element) -> list[Block]:
        """The blocks of an element that holds paragraphs."""
        found: list[Block] = []
        for element in parent:
            tag = element.tag
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                found += self._paragraph(element)
            elif tag == f"{TEXT}list":
                found += self._list(element)
            elif tag == f"{TABLE}table":
                found += self._table(element)
            elif tag.startswith(DRAW):
                found += self._drawing(element)
            elif tag == f"{OFFICE}annotation":
                found += self._comment(element)
            elif tag not in _UNREAD and element.get(f"{TEXT}display") != "none":
                found += self.blocks(element)
        return found

    def _paragraph(self, element: Element, lead: str = "") -> list[Block]:
        self._paragraphs += 1
        if self._paragraphs % _BLOCKS_PER_STEP == 0:
            self._source.step("parse")
        line = _Line()
        if not any(map(_is_hidden, element.iter(f"{TEXT}hidden-paragraph"))):
            self._inline(element, line)
        text = str(line)
        level = 0
        if len(text) <= _LONGEST_HEADING:
            if element.tag == f"{TEXT}h":
                level = min(count(element, f"{TEXT}outline-level"), 10)
            elif element.get(f"{TEXT}style-name") in self._titles:
                level = 1
        number = element.findtext(f"{TEXT}number")
        lead = f"{number.strip()} " if number and number.strip() else lead
        found: list[Block] = []
        if text.strip():
            found.append(Paragraph(text, level, lead.lstrip() if level else lead))
        return found if self._within else found + self._apart()

    def _apart(self) -> list[Block]:
        """The notes and text boxes of the paragraph or table before."""
        behind, self._behind = self._behind, []
        return [block for element in behind for block in self._beside(element)]

    def _beside(self, element: Element) -> list[Block]:
        if element.tag == f"{OFFICE}annotation":
            return self._comment(element)
        if element.tag.startswith(DRAW):
            return self._drawing(element)
        return self.blocks(element)

    def _comment(self, annotation: Element) -> list[Block]:
        said = lines_of(self.blocks(annotation))
        text = comment_text(annotation.findtext(_CREATOR, ""), said)
        return [Paragraph(text, aside="comment")] if said else []

    def _inline(self, parent: Element, line: _Line) -> None:
        if parent.get(f"{TEXT}style-name") not in self._hidden:
            line.add(parent.text)
            for element in parent:
                self._inline_element(element, line)
                line.add(element.tail)

    def _inline_element(self, element: Element, line: _Line) -> None:
        tag = element.tag
        if tag == f"{TEXT}s":
            line.put(" " * min(count(element, f"{TEXT}c"), _MOST_SPACES))
        elif tag == f"{TEXT}tab":
            line.put("\t")
        elif tag == f"{TEXT}line-break":
            line.put("\n")
        elif tag == f"{TEXT}note":
            self._behind += element.findall(f"{TEXT}note-body")
        elif tag == f"{OFFICE}annotation":
            self._behind.append(element)
        elif tag.startswith(DRAW) and tag != f"{DRAW}a":
            formula = self._formula(element)
            if formula:
                line.add(formula)
            else:
                self._behind.append(element)
        elif tag not in _UNREAD and not (tag == f"{TEXT}hidden-text" and _is_hidden(element)):
            self._inline(element, line)

    def _drawing(self, element: Element) -> list[Block]:
        """The paragraphs in a frame, a shape or a group of them."""
        formula = self._formula(element)
        if formula:
            return [Paragraph(formula)]
        found: list[Block] = []
        boxes = [element] if any(child.tag.startswith(TEXT) for child in element) else []
        for child in () if boxes else element:
            found += self._drawing(child) if child.tag.startswith(DRAW) else []
        for box in boxes:
            found += self.blocks(box)
        return found

    def _formula(self, frame: Element) -> str:
        """The signs of the formula that a frame holds; no text for any other frame."""
        thing = frame.find(f"{DRAW}object")
        if thing is None:
            return ""
        part = thing.get(_HREF, "").removeprefix("./") + "/content.xml"
        root = thing.find(f"{_MATH}math")
        if root is None and part in self._archive:
            root = self._archive.xml(part, doctype=True)
        if root is None or root.tag != f"{_MATH}math":
            return ""
        return "".join(
            sign.text or ""
            for sign in root.iter()
            if sign.tag in (f"{_MATH}mi", f"{_MATH}mo", f"{_MATH}mn", f"{_MATH}mtext")
        )

    def _list(self, element: Element, depth: int = 0, outer: str = "") -> list[Block]:
        style = self._lists.open(element, depth, outer)
        found: list[Block] = []
        for item in element:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            marked = item.tag == f"{TEXT}list-header"
            for child in item:
                if child.tag == f"{TEXT}list":
                    found += self._list(child, depth + 1, style)
                elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    lead = "  " * (depth + 1) if marked else self._lists.mark(item, style, depth)
                    blocks = self._paragraph(child, lead)
                    marked = marked or bool(blocks)
                    found += blocks
                elif child.tag == f"{TABLE}table":
                    found += self._table(child)
        return found

    def _table(self, element: Element) -> list[Block]:
        self._within += 1
        rows = [row for header in (True, False) for row in self._rows(element, header)]
        header = next(element.iter(f"{TABLE}table-header-rows"), None) is not None
        self._within -= 1
        found: list[Block] = []
        if is_layout(rows):
            found += [block for row in rows for cell in row for block in cell]
        else:
            found.append(Table(trimmed([row_texts(row) for row in rows]), header=header))
        return found if self._within else found + self._apart()

    def _rows(self, parent: Element, header: bool) -> Iterator[list[Cell]]:
        """The rows of a table, those of its head or the others."""
        for element in parent:
            if element.tag == f"{TABLE}table-row" and not header:
                row = list(self._cells(element))
                for _ in range(_repeated(element, f"{TABLE}number-rows-repeated")):
                    yield row
            elif element.tag == f"{TABLE}table-header-rows":
                if header:
                    yield from self._rows(element, header=False)
            elif element.tag in (f"{TABLE}table-rows", f"{TABLE}table-row-group"):
                yield from self._rows(element, header)

    def _cells(self, row: Element) -> Iterator[Cell]:
        for element in row:
            if element.tag == f"{TABLE}table-cell":
                cell = self.blocks(element)
            elif element.tag == f"{TABLE}covered-table-cell":
                cell = []
            else:
                continue
            for _ in range(_repeated(element, f"{TABLE}number-columns-repeated")):
                yield cell


def _repeated(element: Element, attribute: str) -> int:
    return min(count(element, attribute), _MOST_REPEATED)


def _is_hidden(element: Element) -> bool:
    return element.get(f"{TEXT}is-hidden", "true") == "true"
