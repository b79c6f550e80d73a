"""Formulas of Excel workbooks without a saved result: computed where that is simple, else shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.readers.formula_results import Cells, Pending, Results
from index.readers.formulas import FormulaUnknown, moved, parsed
from index.types import ReadWarning
from tests.reading_files import ANY
from tests.sheet_files import S, formula, number, read, row, text
from tests.zipped import page_texts

FIGURES = row(number("1200"), text("12"), '<c t="b"><v>1</v></c>') + row(
    number("800"), text("words"), '<c t="e"><v>#N/A</v></c>'
)


def computed(folder: Path, expression: str, *rows: str) -> str:
    """What a formula without a result shows in D9 of a sheet of these rows."""
    first = f"{rows[0]}{row(formula(expression, place='D9'), number=9)}"
    document = read(folder, first, *rows[1:], names=("Data", "My 'own'"))
    return page_texts(document)[1].rpartition("\n\n")[2]


@pytest.mark.parametrize(
    ("expression", "seen"),
    [
        ("SUM(A1:A2)", "2000"),
        ("=sum($A$1:A2, 5)", "2005"),
        ("SUM(A:A)", "2000"),
        ("SUM(1:1)", "1200"),
        ("SUM(A1:B2)", "2000"),
        ("SUM(A1:C2)", "#N/A"),
        ("AVERAGE(A1:A2)", "1000"),
        ("AVERAGE(E1:E5)", "#DIV/0!"),
        ("MIN(A1:A2)+MAX(A1:A2)", "2000"),
        ("MAX(E1)", "0"),
        ("COUNT(A1:C2)", "2"),
        ("COUNTA(A1:C3)", "6"),
        ("A1-A2*2", "-400"),
        ("-2^2", "4"),
        ("2^3^2", "64"),
        ("(A1+A2)/3", "666.6666667"),
        ("A1*15%", "180"),
        ("A1/E1", "#DIV/0!"),
        ("A1+B1", "1212"),
        ("A1+B2", "#VALUE!"),
        ("A1+C1", "1201"),
        ("A1+C2", "#N/A"),
        ("0.1+0.2-0.3", "0"),
        ("ROUND(2.675,2)", "2.68"),
        ("ROUND(-1250,-2)", "-1300"),
        ('A1&" dinars"', "1200 dinars"),
        ("E1", "0"),
        ("'My ''own'''!A1+1", "8"),
        ("Data!A1", "1200"),
        ('"a""b"&TRUE', 'a"bTRUE'),
        ("VLOOKUP(A1,A1:B2,2)", "=VLOOKUP(A1,A1:B2,2)"),
        ("_xlfn.CONCAT(B1)", "=CONCAT(B1)"),
        ("A1:A2+1", "=A1:A2+1"),
        ("Elsewhere!A1", "=Elsewhere!A1"),
        ("[1]Data!A1", "=[1]Data!A1"),
        ("D9", "=D9"),
        ("A1+", "=A1+"),
        ("SUM(A1,)", "=SUM(A1,)"),
        ("A1,A2", "=A1,A2"),
        ("1e300*1e300", "#NUM!"),
    ],
)
def test_simple_formulas_are_computed_as_in_excel(
    tmp_path: Path, expression: str, seen: str
) -> None:
    assert computed(tmp_path, expression, FIGURES, row(number("7"))) == seen


def test_formula_that_is_not_computed_is_shown_with_a_warning(tmp_path: Path) -> None:
    rows = row(text("Total"), formula("VLOOKUP(1,X,2)")) + row(text("More"), formula("B1+1"))
    document = read(tmp_path, rows)
    assert document.text == "A\n\nTotal | =VLOOKUP(1,X,2)\nMore | =B1+1"
    assert document.warnings == (ReadWarning("formula", (1,)),)


def test_results_have_the_format_of_their_cell_and_saved_ones_stay(tmp_path: Path) -> None:
    styles = (
        f'<styleSheet xmlns="{S}"><cellXfs><xf numFmtId="0"/><xf numFmtId="44"/><xf numFmtId="9"/>'
        "</cellXfs></styleSheet>"
    )
    cells = (number("1200"), formula("A1*2", style=1), formula("A1/2400", style=2))
    saved = (formula("A1*3", "7"), '<c t="str"><f>""</f><v></v></c>')
    document = read(tmp_path, row(*cells, *saved), styles=styles)
    assert document.text == "A\n\n1200 | $2,400.00 | 50% | 7"
    assert document.warnings == ()


def test_zero_of_a_program_that_does_not_compute_is_no_result(tmp_path: Path) -> None:
    rows = row(number("12"), formula("A1*2", "0"), formula("A1*2", "9"))
    assert read(tmp_path, rows).text == "A\n\n12 | 0 | 9"
    asked = '<calcPr calcId="124519" fullCalcOnLoad="1"/>'
    assert read(tmp_path, rows, after_sheets=asked).text == "A\n\n12 | 24 | 9"


def test_shared_formulas_move_along(tmp_path: Path) -> None:
    first = '<c><f t="shared" si="0" ref="B1:B3">A1*$A$1+Data!A1</f></c>'
    other = '<c><f t="shared" si="0"/></c>'
    rows = row(number("2"), first) + row(number("3"), other) + row(number("4"), other)
    document = read(tmp_path, rows, names=("Data",))
    assert document.text == "Data\n\n2 | 6\n3 | 9\n4 | 12"


def test_chains_of_formulas_are_computed_and_circles_are_not(tmp_path: Path) -> None:
    rows = row(number("1")) + "".join(row(formula(f"A{at}+1")) for at in range(1, 5000))
    assert read(tmp_path, rows).text.endswith("\n5000")
    backwards = "".join(row(formula(f"A{at}+1")) for at in range(2, 5001)) + row(number("1"))
    assert read(tmp_path, backwards).text.startswith("A\n\n5000\n4999")
    circle = row(text("x"), formula("C1+1"), formula("B1+1"), formula("1+1"))
    assert read(tmp_path, circle).text == "A\n\nx | =C1+1 | =B1+1 | 2"


def test_formulas_that_look_at_very_many_cells_are_left_as_they_are() -> None:
    cells = Cells()
    for at in range(1, 101):
        cells.put(at, 1, 1.0)
        cells.put(at, 2, Pending("SUM(A:A)"))
    results = Results({"S": cells}, most_steps=1000)
    found = [results.of("s", at, 2) for at in range(1, 101)]
    assert found[:4] == [100.0] * 4
    assert found[5:] == [None] * 95


PIECES = [
    *("A1", "B2:B9", "$A$1:B", "SUM(", ")", "(", ",", "-", "^", "%", "&", '"', "'", "!", "1e9"),
    *(".5", "x", "TRUE", " ", "#REF!", "{", ":", "é", "Data!", "9" * 50),
]


@settings(max_examples=200, **ANY)
@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_any_formula_is_computed_or_shown(tmp_path: Path, pieces: list[str]) -> None:
    expression = "x" + "".join(pieces)
    assert computed(tmp_path, expression[1:] or "1", FIGURES) is not None
    moved(expression, 3, 2)


@pytest.mark.parametrize("hostile", ["'" * 8000, '"' * 8001, "A" * 8000, "(" * 8000, "-" * 8000])
def test_hostile_formulas_are_passed_over_at_once(hostile: str) -> None:
    for _ in range(5):
        moved(hostile, 1, 1)
        with pytest.raises(FormulaUnknown):
            parsed(hostile)
