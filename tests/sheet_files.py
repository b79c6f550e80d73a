"""Little Excel workbooks, put together from their cells and read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import escape

from index.types import Document
from tests.reading_files import read_file
from tests.zipped import RELATIONS, relations, zipped

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(
    folder: Path,
    *sheets: str,
    names: Iterable[str] = "ABCDE",
    after_sheets: str = "",
    after_cells: str = "",
    sheet_parts: Mapping[str, str] = MappingProxyType({}),
    **parts: str,
) -> Document:
    """The document of sheets, each by the rows in it; further parts by their kind.

    `sheet_parts` are parts of the first sheet.
    """
    listed = "".join(
        f'<sheet name="{name}" r:id="r{number}"/>'
        for number, (name, _) in enumerate(zip(names, sheets, strict=False))
    )
    targets = {f"r{number}": f"worksheet sheets/{number}.xml" for number in range(len(sheets))}
    targets |= {kind: f"{kind} {kind}.xml" for kind in parts}
    package = {
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets>'
        f"{after_sheets}</workbook>",
        "xl/_rels/workbook.xml.rels": relations(**targets),
    }
    for number, rows in enumerate(sheets):
        package[f"xl/sheets/{number}.xml"] = (
            f'<worksheet xmlns="{S}"><sheetData>{rows}</sheetData>{after_cells}</worksheet>'
        )
    if sheet_parts:
        package["xl/sheets/_rels/0.xml.rels"] = relations(
            **{kind: f"{kind} {kind}.xml" for kind in sheet_parts}
        )
        package |= {f"xl/sheets/{kind}.xml": part for kind, part in sheet_parts.items()}
    package |= {f"xl/{kind}.xml": part for kind, part in parts.items()}
    return read_file(folder, "a.xlsx", zipped(package))


def row(*cells: str, number: int | None = None) -> str:
    place = "" if number is None else f' r="{number}"'
    return f"<row{place}>{''.join(cells)}</row>"


def text(value: str, place: str = "") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def number(value: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def formula(expression: str, saved: str = "", *, place: str = "", style: int = 0) -> str:
    """A cell with a formula, whose result is left out unless it is saved."""
    where = f' r="{place}"' if place else ""
    return f'<c{where} s="{style}"><f>{escape(expression)}</f><v>{saved}</v></c>'
