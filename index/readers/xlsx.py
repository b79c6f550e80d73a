"""Excel workbooks: a page per visible sheet, under its name, the values as they are shown.

A formula is shown by its last result. Hidden sheets, comments and empty rows and columns are
left out; where a cell covers several, its text stands once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element

from index.errors import FileDisguised, FileUnsafe
from index.readers.archive import Archive, open_archive
from index.readers.drawing import graphic_text
from index.readers.grid import names_columns, trimmed
from index.readers.number_format import BUILT_IN, GENERAL, shown
from index.readers.numerals import whole_number
from index.readers.opc import R, Relation, main_part, office_xml, related, relations
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document, ReadWarning

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

# Of a whole workbook; what is longer is no document to ask, and would fill the memory.
_MOST_CELLS = 500_000
_MOST_CELLS_SEEN = 3_000_000  # with the empty ones
_MOST_CHARACTERS = 20_000_000
_MOST_STRINGS = 1_000_000
_LARGEST_GRID = 2_000_000  # places, filled or not; beyond, rows are not lined up

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_COLUMN = re.compile("[A-Za-z]{1,3}")
_FIGURES = "0123456789"
_LAST_COLUMN = 16_384

_SparseRow = dict[int, str]


def read_xlsx(source: Source) -> Document:
    """The document that an Excel workbook (.xlsx) holds.

    A workbook with more than 500,000 filled cells is read up to there, with a warning. Raises
    ReadError, or one of its kinds.
    """
    archive = open_archive(source)
    part = main_part(archive, "xl/workbook.xml", "an Excel workbook")
    if part.endswith(".bin"):
        raise FileDisguised(path=source.path, found="a binary Excel workbook (.xlsb)")
    writer = TextWriter()
    try:
        cut = _write(writer, _Workbook(archive, part))
    except RecursionError as error:
        raise FileUnsafe(path=source.path, detail="it is nested without end") from error
    return writer.document(source, [ReadWarning("partial", tuple(cut))] if cut else ())


def _write(writer: TextWriter, book: _Workbook) -> list[int]:
    """Add the sheets; returns the numbers of those that are not read to their end."""
    cut: list[int] = []
    for number, (name, sheet) in enumerate(book.sheets(), start=1):
        writer.page(number)
        rows, is_whole = book.rows(sheet)
        lines = book.drawn(sheet)
        if rows or lines:
            writer.block(name, level=1)
        for region in _regions(rows):
            _write_region(writer, region)
        for line in lines:
            writer.block(line)
        if not is_whole:
            cut.append(number)
    return cut


class _Workbook:
    """The sheets of a workbook and what their cells refer to."""

    def __init__(self, archive: Archive, part: str) -> None:
        self._archive = archive
        self._relations = relations(archive, part)
        self._root = office_xml(archive, part)
        properties = self._root.find(f"{_S}workbookPr")
        since_1904 = None if properties is None else properties.get("date1904")
        self._since_1904 = since_1904 in ("1", "true")
        self._formats = _formats(archive, related(archive, part, "styles"))
        self._strings = self._shared_strings(related(archive, part, "sharedStrings"))
        self._cells_left = _MOST_CELLS
        self._cells_unseen = _MOST_CELLS_SEEN
        self._characters_left = _MOST_CHARACTERS

    def sheets(self) -> Iterator[tuple[str, str]]:
        """The name and the part of each sheet that is shown, in the order of their tabs."""
        for sheet in self._root.iter(f"{_S}sheet"):
            relation = self._relations.get(sheet.get(f"{R}id", ""), Relation("", ""))
            if relation.kind == "worksheet" and sheet.get("state", "visible") == "visible":
                yield sheet.get("name", ""), relation.target

    def rows(self, part: str) -> tuple[list[tuple[int, _SparseRow]], bool]:
        """The numbers and cells of the rows of a sheet that are not empty, and if these are all."""
        rows: list[tuple[int, _SparseRow]] = []
        cells = _Cells()
        for _ in self._archive.stream(part, cells):
            if cells.seen > self._cells_unseen:
                return rows, False
            for number, column, cell in cells.taken():
                text = self._text(cell)
                if not text.strip():
                    continue
                if self._cells_left <= 0 or self._characters_left <= len(text):
                    return rows, False
                self._cells_left -= 1
                self._characters_left -= len(text)
                if not rows or rows[-1][0] != number:
                    rows.append((number, {}))
                rows[-1][1][column] = text
        self._cells_unseen -= cells.seen
        return rows, True

    def drawn(self, part: str) -> list[str]:
        """The text of the shapes and charts on a sheet."""
        drawing = related(self._archive, part, "drawing")
        if drawing is None:
            return []
        root = office_xml(self._archive, drawing)
        return graphic_text(self._archive, relations(self._archive, drawing), root)

    def _text(self, cell: _Cell) -> str:
        match cell.kind:
            case "s":
                index = whole_number(cell.value, len(self._strings))
                return self._strings[index] if index < len(self._strings) else ""
            case "inlineStr" | "str":
                return _unescaped(cell.value)
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(cell.value, cell.value.upper())
            case "d":
                return cell.value.removesuffix("T00:00:00").replace("T", " ").removesuffix("Z")
            case "e":
                return cell.value
            case _:
                code = self._formats.get(cell.style, GENERAL)
                return shown(cell.value, code, since_1904=self._since_1904) if cell.value else ""

    def _shared_strings(self, part: str | None) -> list[str]:
        strings = _Strings()
        for _ in self._archive.stream(part, strings) if part else ():
            if len(strings.found) > _MOST_STRINGS:
                break
        return strings.found


@dataclass(slots=True)
class _Cell:
    kind: str
    style: str
    value: str


@dataclass(slots=True)
class _Cells:
    """Told of the elements of a sheet, collects its cells with their rows and columns."""

    seen: int = 0
    _found: list[tuple[int, int, _Cell]] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _cell: _Cell | None = None
    _depth: int = 0  # of elements that hold readings of the text, not the text
    _parts: list[str] | None = None

    def taken(self) -> list[tuple[int, int, _Cell]]:
        """The row, the column and the contents of each cell since this was last asked."""
        found, self._found = self._found, []
        return found

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element begins."""
        match tag.rpartition("}")[2]:
            case "row":
                self._row = whole_number(attrs.get("r")) or self._row + 1
                self._column = 0
            case "c":
                self.seen += 1
                self._column = _column(attrs.get("r", "").rstrip(_FIGURES)) or self._column + 1
                self._cell = _Cell(attrs.get("t", "n"), attrs.get("s", ""), "")
                self._parts = None
            case "v" | "t" if self._cell is not None and not self._depth:
                self._parts = []
            case "rPh":
                self._depth += 1

    def end(self, tag: str) -> None:
        """An element ends."""
        match tag.rpartition("}")[2]:
            case "c" if self._cell is not None:
                if self._cell.value:
                    self._found.append((self._row, self._column, self._cell))
                self._cell = None
            case "v" | "t" if self._cell is not None and self._parts is not None:
                self._cell.value += "".join(self._parts)
                self._parts = None
            case "rPh":
                self._depth -= 1

    def data(self, data: str) -> None:
        """Text between two tags."""
        if self._parts is not None:
            self._parts.append(data)


@dataclass(slots=True)
class _Strings:
    """Told of the elements of the strings that cells share, collects these."""

    found: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _is_text: bool = False
    _depth: int = 0

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element begins."""
        match tag.rpartition("}")[2]:
            case "si":
                self._parts = []
            case "t":
                self._is_text = not self._depth
            case "rPh":
                self._depth += 1

    def end(self, tag: str) -> None:
        """An element ends."""
        match tag.rpartition("}")[2]:
            case "si":
                self.found.append(_unescaped("".join(self._parts)))
            case "t":
                self._is_text = False
            case "rPh":
                self._depth -= 1

    def data(self, data: str) -> None:
        """Text between two tags."""
        if self._is_text:
            self._parts.append(data)


def _formats(archive: Archive, part: str | None) -> dict[str, str]:
    """The number format of each style that cells name by its place in the list of styles."""
    root = office_xml(archive, part) if part else Element("none")
    codes = {
        number.get("numFmtId", ""): number.get("formatCode", GENERAL)
        for number in root.iter(f"{_S}numFmt")
    }
    built_in = {str(number): code for number, code in BUILT_IN.items()}
    return {
        str(place): codes.get(style.get("numFmtId", ""))
        or built_in.get(style.get("numFmtId", ""), GENERAL)
        for place, style in enumerate(root.iterfind(f"{_S}cellXfs/{_S}xf"))
    }


def _regions(rows: Iterable[tuple[int, _SparseRow]]) -> Iterator[list[_SparseRow]]:
    """The rows of a sheet, parted where rows between them are empty."""
    region: list[_SparseRow] = []
    last = 0
    for number, row in rows:
        if region and number > last + 1:
            yield region
            region = []
        region.append(row)
        last = number
    if region:
        yield region


def _write_region(writer: TextWriter, region: list[_SparseRow]) -> None:
    """Add a region as a table; what stands alone in the rows above it is its title."""
    columns = sorted({column for row in region for column in row})
    titles = 0
    while titles < len(region) and len(region[titles]) == 1:
        writer.block(next(iter(region[titles].values())), separator="\n\n" if not titles else "\n")
        titles += 1
    rows = region[titles:]
    if len(rows) * len(columns) > _LARGEST_GRID:
        writer.table(([row[column] for column in sorted(row)] for row in rows), header=False)
        return
    lined_up = trimmed([[row.get(column, "") for column in columns] for row in rows])
    writer.table(lined_up, header=names_columns(lined_up))


def _unescaped(text: str) -> str:
    """Text without the escapes for characters that XML forbids."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda escape: _allowed(chr(int(escape[1], 16))), text)


def _allowed(character: str) -> str:
    return character if character.isprintable() or character in "\n\t" else ""


@lru_cache(maxsize=_LAST_COLUMN)
def _column(letters: str) -> int:
    """The number of a column by its letters; 0 where they are none."""
    if not _COLUMN.fullmatch(letters):
        return 0
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number if number <= _LAST_COLUMN else 0
