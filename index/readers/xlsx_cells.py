"""The cells of an Excel sheet and the strings that they share, as they stand in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from index.readers.formulas import column_number, moved
from index.readers.numerals import whole_number

_FIGURES = "0123456789"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_MOST_MOVED = 5_000_000  # characters of formulas that are shared, in a sheet
_MARGINS = frozenset(
    ("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter")
)


_NO_FORMULA = ("", "", "")  # its text, its kind, the name of those that are shared


@dataclass(slots=True)
class Cell:
    """A cell: the kind of its value, its style, its value and the formula that it comes from."""

    kind: str
    style: str
    value: str = ""
    formula: str = ""
    is_saved: bool = False  # whether the result of a formula is in the file, be it an empty text


@dataclass(slots=True)
class SheetTarget:
    """Told of the elements of a sheet, collects its cells with their rows and columns.

    `margins` are the headers and footers of its pages, as their elements name them.
    """

    seen: int = 0
    margins: list[tuple[str, str]] = field(default_factory=list)
    _found: list[tuple[int, int, Cell]] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _cell: Cell | None = None
    _depth: int = 0  # of elements that hold readings of the text, not the text
    _parts: list[str] | None = None
    _formula: tuple[str, str, str] = _NO_FORMULA
    _shared: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    _moved: int = 0

    def taken(self) -> list[tuple[int, int, Cell]]:
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
                self._column = (
                    column_number(attrs.get("r", "").rstrip(_FIGURES)) or self._column + 1
                )
                self._cell = Cell(attrs.get("t", "n"), attrs.get("s", ""))
                self._parts = None
            case "v" | "t" if self._cell is not None and not self._depth:
                self._parts = []
            case "f" if self._cell is not None:
                self._parts = []
                self._formula = "", attrs.get("t", ""), attrs.get("si", "")
            case "rPh":
                self._depth += 1
            case name if name in _MARGINS:
                self._parts = []

    def end(self, tag: str) -> None:
        """An element ends."""
        match tag.rpartition("}")[2]:
            case "c" if self._cell is not None:
                if self._formula != _NO_FORMULA:
                    self._cell.formula = self._in_full(self._cell)
                    self._formula = _NO_FORMULA
                if self._cell.value or self._cell.formula:
                    self._found.append((self._row, self._column, self._cell))
                self._cell = None
            case "v" | "t" as name if self._cell is not None and self._parts is not None:
                self._cell.value += "".join(self._parts)
                self._cell.is_saved = name == "v" and (
                    bool(self._cell.value) or self._cell.kind == "str"
                )
                self._parts = None
            case "f" if self._cell is not None and self._parts is not None:
                self._formula = ("".join(self._parts), *self._formula[1:])
                self._parts = None
            case "rPh":
                self._depth -= 1
            case name if name in _MARGINS and self._parts is not None:
                self.margins.append((name, "".join(self._parts)))
                self._parts = None

    def data(self, data: str) -> None:
        """Text between two tags."""
        if self._parts is not None:
            self._parts.append(data)

    def _in_full(self, cell: Cell) -> str:
        """The formula of a cell: of those that are shared only the first is written out."""
        formula, kind, name = self._formula
        if kind != "shared" or not name:
            return formula
        if formula:
            self._shared[name] = self._row, self._column, formula
            return formula
        row, column, formula = self._shared.get(name, (0, 0, ""))
        if not formula or (cell.is_saved and cell.value != "0"):
            return formula  # nobody asks for it
        self._moved += len(formula)
        if self._moved > _MOST_MOVED:
            return "…"
        return moved(formula, self._row - row, self._column - column)


@dataclass(slots=True)
class StringsTarget:
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
                self.found.append(unescaped("".join(self._parts)))
            case "t":
                self._is_text = False
            case "rPh":
                self._depth -= 1

    def data(self, data: str) -> None:
        """Text between two tags."""
        if self._is_text:
            self._parts.append(data)


def unescaped(text: str) -> str:
    """Text without the escapes for characters that XML forbids."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda escape: _allowed(chr(int(escape[1], 16))), text)


def _allowed(character: str) -> str:
    return character if character.isprintable() or character in "\n\t" else ""
