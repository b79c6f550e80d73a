"""Excel workbooks: a page per sheet, under its name, the values as they are shown.

Hidden sheets follow those that are shown, and are marked; hidden rows and columns are read as the
others. A formula is shown by its last result, or computed where there is none; where it cannot be,
the formula itself is shown. Comments and the headers and footers of pages stand around the cells.
Empty rows and columns are left out; where a cell covers several, its text stands once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from index.errors import FileDisguised, FileUnsafe
from index.readers.archive import Archive, open_archive
from index.readers.asides import Aside, marked
from index.readers.drawing import graphic_text
from index.readers.formula_results import Cells, ErrorValue, Pending, Results
from index.readers.grid import names_columns, trimmed
from index.readers.number_format import BUILT_IN, GENERAL, shown
from index.readers.numerals import whole_number
from index.readers.opc import R, Relation, main_part, of_kind, office_xml, relations
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.readers.xlsx_asides import S, comments, margins
from index.readers.xlsx_cells import Cell, SheetTarget, StringsTarget, unescaped
from index.text.sentences import text_language
from index.types import Document, Language, ReadWarning

# Of a whole workbook; what is longer is no document to ask, and would fill the memory.
_MOST_CELLS = 500_000
_MOST_CELLS_SEEN = 3_000_000  # with the empty ones
_MOST_CHARACTERS = 20_000_000
_MOST_STRINGS = 1_000_000
_LARGEST_GRID = 2_000_000  # places, filled or not; beyond, rows are not lined up

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
        warnings = _write(writer, _Workbook(archive, part))
    except RecursionError as error:
        raise FileUnsafe(path=source.path, detail="it is nested without end") from error
    return writer.document(source, warnings)


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class _Contents:
    """What was read of a sheet: the rows that are not empty, with their numbers, and the rest."""

    rows: list[tuple[int, _SparseRow]]
    margins: list[tuple[Aside, str]]
    drawn: list[str]
    comments: list[str]
    is_whole: bool = True
    is_computed: bool = True  # whether each formula is shown by a result

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.margins or self.drawn or self.comments)

    def language(self, name: str) -> Language:
        """The language of the sheet of this name."""
        cells = (cell for _, row in self.rows for cell in row.values())
        around = [*self.drawn, *self.comments, *(text for _, text in self.margins)]
        return text_language("\n".join([name, *cells, *around]))


def _write(writer: TextWriter, book: _Workbook) -> list[ReadWarning]:
    """Add the sheets; returns what is to be told of them."""
    cut: list[int] = []
    uncomputed: list[int] = []
    said: set[tuple[Aside, str]] = set()
    for number, sheet in enumerate(book.sheets(), start=1):
        writer.page(number)
        contents = book.contents(sheet)
        contents.margins = [each for each in dict.fromkeys(contents.margins) if each not in said]
        said.update(contents.margins)
        _write_sheet(writer, sheet, contents)
        if not contents.is_whole:
            cut.append(number)
        if not contents.is_computed:
            uncomputed.append(number)
    warnings = [ReadWarning("partial", tuple(cut))] if cut else []
    return warnings + ([ReadWarning("formula", tuple(uncomputed))] if uncomputed else [])


def _write_sheet(writer: TextWriter, sheet: _Sheet, contents: _Contents) -> None:
    if contents.is_empty:
        return
    beside = sheet.is_hidden or contents.margins or contents.comments
    language = contents.language(sheet.name) if beside else "en"
    hidden = sheet.is_hidden
    writer.block(marked("hidden_sheet", sheet.name, language) if hidden else sheet.name, level=1)
    margins = {
        aside: [marked(aside, text, language) for kind, text in contents.margins if kind == aside]
        for aside in ("header", "footer")
    }
    for text in margins["header"]:
        writer.block(text)
    for region in _regions(contents.rows):
        _write_region(writer, region)
    comments = (marked("comment", comment, language) for comment in contents.comments)
    for text in (*contents.drawn, *comments, *margins["footer"]):
        writer.block(text)


class _Workbook:
    """The sheets of a workbook and what their cells refer to."""

    def __init__(self, archive: Archive, part: str) -> None:
        self._archive = archive
        self._relations = relations(archive, part)
        self._root = office_xml(archive, part)
        properties = self._root.find(f"{S}workbookPr")
        since_1904 = None if properties is None else properties.get("date1904")
        self._since_1904 = since_1904 in ("1", "true")
        calculation = self._root.find(f"{S}calcPr")
        unsaved = None if calculation is None else calculation.get("fullCalcOnLoad")
        # Programs that cannot compute write 0 for each result, and ask for all to be computed.
        self._zeros_saved = unsaved not in ("1", "true")
        self._formats = _formats(archive, of_kind(archive, self._relations, "styles"))
        self._strings = self._shared_strings(of_kind(archive, self._relations, "sharedStrings"))
        self._people = of_kind(archive, self._relations, "person")
        self._results: Results | None = None
        self._cells_left = _MOST_CELLS
        self._cells_unseen = _MOST_CELLS_SEEN
        self._characters_left = _MOST_CHARACTERS

    def sheets(self) -> list[_Sheet]:
        """The sheets in the order of their tabs, those that are not shown behind all others."""
        found: list[_Sheet] = []
        for sheet in self._root.iter(f"{S}sheet"):
            relation = self._relations.get(sheet.get(f"{R}id", ""), Relation("", ""))
            if relation.kind == "worksheet":
                hidden = sheet.get("state", "visible") != "visible"
                found.append(_Sheet(sheet.get("name", ""), relation.target, hidden))
        return sorted(found, key=lambda sheet: sheet.is_hidden)

    def contents(self, sheet: _Sheet) -> _Contents:
        """What is on a sheet, up to the limits of a workbook."""
        target = SheetTarget()
        named = relations(self._archive, sheet.part)
        contents = _Contents(
            rows=[],
            margins=[],
            drawn=self._drawn(named),
            comments=comments(self._archive, named, self._people),
        )
        contents.is_whole = self._add_rows(contents, sheet, target)
        contents.margins += margins(target.margins)
        return contents

    def _add_rows(self, contents: _Contents, sheet: _Sheet, target: SheetTarget) -> bool:
        """Add the rows of a sheet; returns whether these are all."""
        rows = contents.rows
        for _ in self._archive.stream(sheet.part, target):
            if target.seen > self._cells_unseen:
                return False
            for number, column, cell in target.taken():
                if self._is_pending(cell):
                    text = self._computed(sheet, number, column, cell)
                    if text is None:
                        text = "=" + cell.formula.removeprefix("=").replace("_xlfn.", "")
                        contents.is_computed = False
                else:
                    text = self._text(cell)
                if not text.strip():
                    continue
                if self._cells_left <= 0 or self._characters_left <= len(text):
                    return False
                self._cells_left -= 1
                self._characters_left -= len(text)
                if not rows or rows[-1][0] != number:
                    rows.append((number, {}))
                rows[-1][1][column] = text
        self._cells_unseen -= target.seen
        return True

    def _is_pending(self, cell: Cell) -> bool:
        """Whether a cell has a formula without a result."""
        if not cell.formula:
            return False
        return not cell.is_saved or (
            not self._zeros_saved and cell.value == "0" and cell.kind == "n"
        )

    def _computed(self, sheet: _Sheet, row: int, column: int, cell: Cell) -> str | None:
        """The result of a formula as its cell shows it; None where it is not computed."""
        if self._results is None:
            self._results = Results(self._all_cells())
        result = self._results.of(sheet.name, row, column)
        if result is None or isinstance(result, str):
            return result
        if isinstance(result, bool):
            return str(result).upper()
        code = self._formats.get(cell.style, GENERAL)
        return shown(f"{result:.15g}", code, since_1904=self._since_1904)

    def _all_cells(self) -> dict[str, Cells]:
        """The cells of all sheets by their values; nothing where there are too many of them."""
        sheets: dict[str, Cells] = {}
        left = _MOST_CELLS
        for sheet in self.sheets():
            target, cells = SheetTarget(), Cells()
            for _ in self._archive.stream(sheet.part, target):
                for row, column, cell in target.taken():
                    cells.put(row, column, self._value(cell))
                    left -= 1
                if left < 0 or target.seen > _MOST_CELLS_SEEN:
                    return {}
            sheets[sheet.name] = cells
        return sheets

    def _value(self, cell: Cell) -> float | str | bool | Pending | None:
        """What a cell holds for formulas; None where that is not known."""
        if self._is_pending(cell):
            return Pending(cell.formula)
        if cell.kind == "b":
            return cell.value == "1"
        if cell.kind == "e":
            return ErrorValue(cell.value)
        if cell.kind != "n":
            return None if cell.kind == "d" else self._text(cell)
        try:
            return float(cell.value)
        except ValueError:
            return None

    def _drawn(self, sheet: Mapping[str, Relation]) -> list[str]:
        """The text of the shapes and charts on a sheet."""
        drawing = of_kind(self._archive, sheet, "drawing")
        if drawing is None:
            return []
        root = office_xml(self._archive, drawing)
        return graphic_text(self._archive, relations(self._archive, drawing), root)

    def _text(self, cell: Cell) -> str:
        match cell.kind:
            case "s":
                index = whole_number(cell.value, len(self._strings))
                return self._strings[index] if index < len(self._strings) else ""
            case "inlineStr" | "str":
                return unescaped(cell.value)
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
        strings = StringsTarget()
        for _ in self._archive.stream(part, strings) if part else ():
            if len(strings.found) > _MOST_STRINGS:
                break
        return strings.found


def _formats(archive: Archive, part: str | None) -> dict[str, str]:
    """The number format of each style that cells name by its place in the list of styles."""
    root = office_xml(archive, part) if part else Element("none")
    codes = {
        number.get("numFmtId", ""): number.get("formatCode", GENERAL)
        for number in root.iter(f"{S}numFmt")
    }
    built_in = {str(number): code for number, code in BUILT_IN.items()}
    return {
        str(place): codes.get(style.get("numFmtId", ""))
        or built_in.get(style.get("numFmtId", ""), GENERAL)
        for place, style in enumerate(root.iterfind(f"{S}cellXfs/{S}xf"))
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
