"""Letters that a PDF paints twice, to look bold or to cast a shadow, are read once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pdfminer.fontmetrics import FONT_METRICS

from index.readers import read_document
from index.readers.glyphs import Glyph
from index.readers.overprint import painted_once
from tests.painted import lines, painted, words
from tests.reading_files import read_file

WIDTHS = FONT_METRICS["Helvetica"][1]
TEXT = "Testing all the still balloon books: 2,200"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "cases" / "reading"


def letter_by_letter(text: str, size: float, shift: tuple[float, float]) -> list[str]:
    """The letters one after another, each of them with its shadow."""
    x, operators = 70.0, []
    for letter in text:
        for aside, above in ((0.0, 0.0), shift):
            operators.append(words(x + aside * size, 700 + above * size, letter, size))
        x += WIDTHS[letter] / 1000 * size
    return operators


def at_once(text: str, size: float, shift: tuple[float, float]) -> list[str]:
    return [words(70 + a * size, 700 + b * size, text, size) for a, b in ((0.0, 0.0), shift)]


@pytest.mark.parametrize("paint", [letter_by_letter, at_once])
@pytest.mark.parametrize("size", [9, 14, 36])
@pytest.mark.parametrize(
    "shift", [(0.0, 0.0), (0.03, 0.0), (-0.07, 0.0), (0.13, -0.13), (-0.2, 0.2), (0.0, -0.15)]
)
def test_letters_painted_twice_are_read_once(
    tmp_path: Path, paint: type, size: float, shift: tuple[float, float]
) -> None:
    below = lines(["The cook book lies in the cellar."], top=600)
    page = [*paint(TEXT, size, shift), *below]
    text = read_file(tmp_path, "bold.pdf", painted([page])).text
    assert text.split("\n\n") == [TEXT, "The cook book lies in the cellar."]


def test_double_letters_stay(tmp_path: Path) -> None:
    page = lines(["Bookkeeper Lill will fill all 11,100 aggressive hill mills, !! and ::"], size=7)
    assert read_file(tmp_path, "plain.pdf", painted([page])).text == (
        "Bookkeeper Lill will fill all 11,100 aggressive hill mills, !! and ::"
    )


def row(text: str, *, shift: float = 0.0, order: int = 0, step: float = 2.4) -> list[Glyph]:
    """Glyphs as of an Arabic font of size 10, painted from right to left."""
    return [
        Glyph(letter, 300 - step * (n + 1) + shift, 300 - step * n + shift, 50.0, 10.0, order + n)
        for n, letter in enumerate(text)
    ]


def test_narrow_arabic_letters_side_by_side_stay() -> None:
    glyphs = row("الله اللذان ببب")
    assert painted_once(glyphs) == glyphs


@pytest.mark.parametrize("shift", [0.0, 0.3, -0.9])
def test_arabic_letters_painted_twice_are_kept_once(shift: float) -> None:
    glyphs = row("قال الله")
    assert painted_once([*glyphs, *row("قال الله", shift=shift, order=8)]) == glyphs
    mixed = [g for pair in zip(glyphs, row("قال الله", shift=shift), strict=True) for g in pair]
    assert painted_once(mixed) == glyphs


def test_marks_painted_with_their_letters_twice_are_kept_once() -> None:
    mark = Glyph("\u064e", 290.0, 290.0, 50.0, 10.0, 3)
    again = Glyph("\u064e", 290.4, 290.4, 50.0, 10.0, 6)
    assert painted_once([*row("بب"), mark, *row("بب", shift=0.4), again]) == [*row("بب"), mark]


def test_a_mark_that_is_named_with_its_letter_stays() -> None:
    letter = Glyph("رّ", 290.0, 295.0, 50.0, 10.0, 1)
    mark = Glyph("رّ", 289.0, 294.0, 49.0, 10.0, 2)
    assert painted_once([letter, mark]) == [letter, mark]


def test_any_number_of_letters_in_one_place_costs_little() -> None:
    pile = [Glyph("x", 0.01 * (n % 7), 5.0, 0.3 * (n % 5), 10.0, n) for n in range(60_000)]
    started = time.process_time()
    painted_once(pile)
    assert time.process_time() - started < 20


def test_a_heading_of_imitated_bold_is_read_once() -> None:
    path = SHARED / "arabic-fake-bold.pdf"
    if not path.exists():
        pytest.skip("the shared cases are not here")
    text = read_document(path, path.name).text
    assert text.startswith("دليل الموظفين الجدد في المتحف")
