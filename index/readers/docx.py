"""Word documents: what a person reads on their pages, with headings, lists, tables and notes.

Deleted, moved away and hidden text is left out. Notes and comments follow the paragraph that refers
to them, text boxes the one that they hang on; page headers stand before the text and footers behind
it, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from index.errors import FileUnsafe
from index.readers.archive import Archive, open_archive
from index.readers.asides import Aside, comment_text
from index.readers.blocks import (
    PAGE,
    Block,
    Cell,
    Paragraph,
    Table,
    is_layout,
    on_one_page,
    pages_begun,
    row_texts,
    write_blocks,
)
from index.readers.drawing import A, graphic_text
from index.readers.grid import trimmed
from index.readers.margins import Margins, lines_of
from index.readers.numerals import whole_number
from index.readers.opc import (
    ALTERNATIVES,
    R,
    chosen,
    flat,
    main_part,
    office_xml,
    related,
    relations,
)
from index.readers.source import Source
from index.readers.symbols import symbol
from index.readers.word_fields import blank_page_numbers
from index.readers.word_styles import VAL, Numbering, Styles, W, switched, value
from index.types import Document

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML = "{urn:schemas-microsoft-com:vml}"
_PROPERTIES = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"

_MOST_COLUMNS = 100  # that a cell is said to cover
_LONGEST_HEADING = 300  # characters; what is longer only looks like a heading
_BLOCKS_PER_STEP = 500

_WRAPPERS = frozenset(
    W + name
    for name in (
        "sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink",
        "fldSimple", "bdo", "dir", "ruby", "rubyBase",
    )
)  # fmt: skip
_REMOVED = frozenset((f"{W}del", f"{W}moveFrom", f"{W}cellDel"))
_DRAWINGS = frozenset((f"{W}drawing", f"{W}pict", f"{W}object"))
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}cr": "\n",
    f"{W}br": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}lastRenderedPageBreak": PAGE,
}
_NOTES = {
    f"{W}footnoteReference": "footnotes",
    f"{W}endnoteReference": "endnotes",
    f"{W}commentReference": "comments",
}
_MARGINS: dict[str, Aside] = {f"{W}headerReference": "header", f"{W}footerReference": "footer"}


def read_docx(source: Source) -> Document:
    """The document that a Word file (.docx) holds.

    There are pages only where Word noted their ends and counted as many. Raises ReadError, or
    one of its kinds.
    """
    archive = open_archive(source)
    part = main_part(archive, "word/document.xml", "a Word document")
    try:
        blocks = _Body(source, archive, part).blocks()
    except RecursionError as error:
        raise FileUnsafe(path=source.path, detail="it is nested without end") from error
    pages = sum(map(pages_begun, blocks)) + 1
    paged = pages > 1 and pages == _pages_counted(archive)
    return write_blocks(blocks, paged=paged).document(source)


class _Body:
    """A walk through the body of a document, its parts at hand."""

    def __init__(self, source: Source, archive: Archive, part: str) -> None:
        self._source = source
        self._archive = archive
        self._root = office_xml(archive, part)
        self._relations = relations(archive, part)
        self._styles = Styles(_related_xml(archive, part, "styles"))
        self._numbering = Numbering(_related_xml(archive, part, "numbering"))
        self._notes = {
            (kind, note.get(f"{W}id")): note
            for kind in _NOTES.values()
            for note in _children(_related_xml(archive, part, kind))
        }
        self._blocks: list[Block] = []
        self._behind: list[Element] = []  # what follows the paragraph or table at hand
        self._within = 0  # how many tables deep
        self._fields: list[bool] = []  # of each open field whether its result has begun
        self._carried = ""  # text whose paragraph mark was deleted
        self._paragraphs = 0

    def blocks(self) -> list[Block]:
        """The paragraphs and tables of the document, between its page headers and footers."""
        for body in self._root.iter(f"{W}body"):
            self._walk(body)
        self._add_carried()
        self._behind += [note for (kind, _), note in self._notes.items() if kind == "comments"]
        self._add_behind()
        margins = Margins()
        for aside, part in self._margins():
            margins.add(aside, self._margin(part))
        return margins.around(self._blocks)

    def _margins(self) -> dict[tuple[Aside, str], None]:
        """The parts with the headers and footers of all sections, each once."""
        found: dict[tuple[Aside, str], None] = {}
        for element in (each for section in self._root.iter(f"{W}sectPr") for each in section):
            relation = self._relations.get(element.get(f"{R}id", ""))
            if element.tag in _MARGINS and relation and relation.target in self._archive:
                found[_MARGINS[element.tag], relation.target] = None
        return found

    def _margin(self, part: str) -> Cell:
        """The blocks of the header or footer that a part holds."""
        root = office_xml(self._archive, part)
        blank_page_numbers(root)
        kept, self._relations = self._relations, relations(self._archive, part)
        blocks = self._apart(root)
        kept_blocks, self._blocks = self._blocks, blocks
        self._add_behind()
        self._blocks, self._relations = kept_blocks, kept
        return list(map(on_one_page, blocks))

    def _walk(self, parent: Element) -> None:
        for element in flat(parent, _WRAPPERS):
            if element.tag == f"{W}p":
                self._paragraph(element)
            elif element.tag == f"{W}tbl":
                self._table(element)
            elif element.tag.startswith(_MATH):
                self._blocks.append(Paragraph(_formula(element)))

    def _apart(self, parent: Element) -> Cell:
        """The blocks of what stands beside the text: a cell, a note, a text box."""
        kept = self._blocks, self._fields, self._carried
        self._blocks, self._fields, self._carried = [], [], ""
        self._walk(parent)
        self._add_carried()
        blocks = self._blocks
        self._blocks, self._fields, self._carried = kept
        return blocks

    def _paragraph(self, paragraph: Element) -> None:
        self._paragraphs += 1
        if self._paragraphs % _BLOCKS_PER_STEP == 0:
            self._source.step("parse")
        properties = paragraph.find(f"{W}pPr")
        hidden = self._styles.hides(value(properties, "pStyle"))
        text = self._carried + "".join(self._inline(paragraph, hidden))
        self._carried = ""
        # An instruction that goes on in the next paragraph is one whose end was lost.
        self._fields = [begun for begun in self._fields if begun]
        mark = None if properties is None else properties.find(f"{W}rPr")
        if mark is not None and any(child.tag in _REMOVED for child in mark):
            self._carried = text
        elif text.replace(PAGE, "").strip():
            self._add(text, properties)
        elif PAGE in text:
            self._carried = PAGE * text.count(PAGE)
        if not self._within:
            self._add_behind()

    def _add(self, text: str, properties: Element | None) -> None:
        level = self._styles.level(properties) if len(text) <= _LONGEST_HEADING else 0
        item = self._styles.numbering(properties)
        lead = self._numbering.mark(*item) if item else ""
        self._blocks.append(Paragraph(text, level, lead.lstrip() if level else lead))

    def _add_carried(self) -> None:
        if self._carried:
            self._blocks.append(Paragraph(self._carried))
            self._carried = ""

    def _add_behind(self) -> None:
        while self._behind:
            behind, self._behind = self._behind, []
            for element in behind:
                # Pages are counted in the text itself.
                self._blocks += map(on_one_page, self._beside(element))

    def _beside(self, element: Element) -> list[Block]:
        if element.tag == f"{W}comment":
            said = lines_of(self._apart(element))
            comment = comment_text(element.get(f"{W}author", ""), said)
            return [Paragraph(comment, aside="comment")] if said else []
        if element.tag not in _DRAWINGS:
            return self._apart(element)
        blocks: list[Block] = []
        for part in _drawn(element):
            if part.tag == f"{W}txbxContent":
                blocks += self._apart(part)
            elif part.tag == f"{_VML}textpath":
                blocks.append(Paragraph(part.get("string", "")))
            else:
                text = graphic_text(self._archive, self._relations, part)
                blocks += map(Paragraph, text)
        return blocks

    def _inline(self, parent: Element, hidden: bool) -> Iterator[str]:
        """The text of a paragraph, or of what holds runs in it."""
        for element in flat(parent, _WRAPPERS):
            if element.tag == f"{W}r":
                yield from self._run(element, hidden)
            elif element.tag.startswith(_MATH):
                yield _formula(element)

    def _run(self, run: Element, hidden: bool) -> Iterator[str]:
        properties = run.find(f"{W}rPr")
        said = switched(properties, "vanish")
        if said is None:
            style = value(properties, "rStyle")
            said = hidden or (style is not None and self._styles.hides(style))
        for element in flat(run, _WRAPPERS):
            tag = element.tag
            if tag == f"{W}fldChar":
                self._field(element.get(f"{W}fldCharType"))
            elif tag == f"{W}lastRenderedPageBreak":
                yield PAGE
            elif said or not all(self._fields):
                continue
            elif tag == f"{W}t":
                yield (element.text or "").replace("\n", " ").replace("\u00ad", "")
            elif tag in _CHARACTERS:
                yield _CHARACTERS[tag]
            elif tag == f"{W}sym":
                yield symbol(element.get(f"{W}font", ""), element.get(f"{W}char", ""))
            elif tag in _NOTES:
                note = self._notes.pop((_NOTES[tag], element.get(f"{W}id")), None)
                self._behind += [] if note is None else [note]
            elif tag in _DRAWINGS:
                self._behind.append(element)
            elif tag == f"{W}r":
                yield from self._run(element, hidden)

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _table(self, table: Element) -> None:
        self._add_carried()
        elements = list(_rows(table))
        self._within += 1
        rows = [self._row(element) for element in elements]
        self._within -= 1
        if is_layout(rows):
            self._blocks += [block for row in rows for cell in row for block in cell]
        else:
            header = bool(elements) and switched(elements[0].find(f"{W}trPr"), "tblHeader")
            texts = trimmed([row_texts(row) for row in rows])
            self._blocks.append(Table(texts, header=bool(header)))
        if not self._within:
            self._add_behind()

    def _row(self, row: Element) -> list[Cell]:
        """The cells of a row, each by its blocks; empty ones where a cell covers several."""
        before = value(row, "trPr", "gridBefore") or ""
        cells: list[Cell] = [[] for _ in range(_span(before) if before else 0)]
        for cell in flat(row, _WRAPPERS):
            properties = cell.find(f"{W}tcPr")
            if cell.tag != f"{W}tc" or _is_removed(properties):
                continue
            merged = None if properties is None else properties.find(f"{W}vMerge")
            covered = merged is not None and merged.get(VAL, "continue") == "continue"
            cells.append([] if covered else self._apart(cell))
            cells += [[] for _ in range(_span(value(properties, "gridSpan")) - 1)]
        return cells


def _related_xml(archive: Archive, part: str, kind: str) -> Element | None:
    name = related(archive, part, kind)
    return None if name is None else office_xml(archive, name)


def _children(element: Element | None) -> Iterable[Element]:
    return () if element is None else element


def _pages_counted(archive: Archive) -> int:
    """How many pages the program that wrote the document counted; 0 where it does not say."""
    name = related(archive, "", "extended-properties")
    counted = office_xml(archive, name).findtext(f"{_PROPERTIES}Pages") if name else None
    return whole_number(counted)


def _drawn(element: Element) -> Iterator[Element]:
    """The parts of a drawing that hold text."""
    for child in element:
        if child.tag == ALTERNATIVES:
            alternative = chosen(child)
            if alternative is not None:
                yield from _drawn(alternative)
        elif child.tag in (f"{W}txbxContent", f"{_VML}textpath", f"{A}graphicData"):
            # A graphic may be a drawing itself, or name one that is kept in another part.
            if child.tag == f"{A}graphicData":
                yield from _drawn(child)
            yield child
        else:
            yield from _drawn(child)


def _rows(table: Element) -> Iterator[Element]:
    for row in flat(table, _WRAPPERS):
        if row.tag == f"{W}tr" and not _is_removed(row.find(f"{W}trPr")):
            yield row


def _is_removed(properties: Element | None) -> bool:
    return any(child.tag in _REMOVED for child in _children(properties))


def _span(columns: str | None) -> int:
    return min(whole_number(columns, 1), _MOST_COLUMNS)


def _formula(element: Element) -> str:
    """A formula on one line: fractions with a stroke, powers and indices with their signs."""
    if element.tag == f"{_MATH}t":
        return element.text or ""
    parts = [_formula(child) for child in element if child.tag.startswith(_MATH)]
    match element.tag.removeprefix(_MATH):
        case "f":
            return "/".join(part for part in parts if part)
        case "sup" if parts:
            return "^" + "".join(parts)
        case "sub" if parts:
            return "_" + "".join(parts)
        case "rad":
            return "√" + "".join(parts)
        case "oMathPara":
            return "\n".join(parts)
        case _:
            return "".join(parts)
