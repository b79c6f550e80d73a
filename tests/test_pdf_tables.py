"""Columns and tables of PDF pages that only where and when things are painted tells apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pdfminer.fontmetrics import FONT_METRICS

from tests.painted import painted, words
from tests.reading_files import read_file

WIDTHS = FONT_METRICS["Helvetica"][1]
ROWS = [
    ("Land and buildings", "102.6", "35,390,384"),
    ("Machines", "88.1", "4,117,001"),
    ("Vehicles", "9.7", "903,555"),
    ("Stocks", "1,200.4", "77,120"),
    ("Cash at bank", "0.3", "12"),
]


def ending(x: float, y: float, text: str) -> str:
    """Text that ends at `x`."""
    return words(x - sum(WIDTHS[letter] for letter in text) / 100, y, text, 10)


@pytest.mark.parametrize("painting", ["by rows", "by columns", "labels first"])
@pytest.mark.parametrize("ends", [(193, 250), (220, 278), (300, 400)])
def test_cells_of_numbers_stay_apart(tmp_path: Path, painting: str, ends: tuple[int, int]) -> None:
    cells = [
        [words(70, y, label, 10), ending(ends[0], y, share), ending(ends[1], y, total)]
        for y, (label, share, total) in zip(range(700, 600, -14), ROWS, strict=False)
    ]
    if painting == "by rows":
        page = [cell for row in cells for cell in row]
    elif painting == "by columns":
        page = [row[column] for column in range(3) for row in cells]
    else:
        page = [row[0] for row in cells] + [cell for row in cells for cell in row[1:]]
    text = read_file(tmp_path, "table.pdf", painted([page])).text
    assert text.splitlines() == [" | ".join(row) for row in ROWS]


def test_lines_of_one_cell_stay_together(tmp_path: Path) -> None:
    page = [
        words(70, 700, "Repairs of the roof", 10), words(70, 688, "and of the walls", 10),
        words(220, 700, "1,200", 10), words(320, 700, "done in March", 10),
        words(320, 688, "by Salem & Co", 10),
        words(70, 670, "Painting of doors", 10), words(70, 658, "and windows", 10),
        words(220, 670, "350", 10), words(320, 670, "planned", 10),
        words(70, 640, "Garden", 10), words(220, 640, "90", 10), words(320, 640, "weekly", 10),
    ]  # fmt: skip
    assert read_file(tmp_path, "table.pdf", painted([page])).text.splitlines() == [
        "Repairs of the roof and of the walls | 1,200 | done in March by Salem & Co",
        "Painting of doors and windows | 350 | planned",
        "Garden | 90 | weekly",
    ]


def test_numbers_in_prose_and_lists_are_no_cells(tmp_path: Path) -> None:
    texts = [f"{n}. The {n}th of 14 35 390 384 boats came in 2024 and 2025." for n in range(1, 6)]
    page = [words(70, 760 - 14 * n, text, 10) for n, text in enumerate(texts)]
    assert "|" not in read_file(tmp_path, "list.pdf", painted([page])).text


def formulas(side: str, x: float) -> list[str]:
    """A column of lines and numbered formulas, each with its place in it."""
    operators = []
    y = 760.0
    for n in range(30):
        if n % 5 < 2:
            operators.append(words(x, y, f"{side}{n} some words of a line that goes on", 10))
            y -= 12
            continue
        at = x + 7 * (n % 5) + 11 * (side == "R")
        parts = [(at, 0, f"{side}{n}"), (at + 25, 0, "="), (at + 45, 6, "x + y"),
                 (at + 45, -6, "2 n"), (at + 90, 0, "+"), (x + 215, 0, f"({n})")]  # fmt: skip
        y -= 10 + n % 3 + (side == "R")
        operators += [words(left, y + up, text, 10) for left, up, text in parts]
        y -= 17
    return operators


def test_columns_full_of_formulas_are_read_one_after_the_other(tmp_path: Path) -> None:
    page = [words(200, 800, "A title over both", 14), *formulas("L", 60), *formulas("R", 302)]
    text = read_file(tmp_path, "columns.pdf", painted([page])).text
    assert text.startswith("A title over both")
    expected = [f"{side}{n}" for side in "LR" for n in range(30)]
    assert re.findall(r"\b[LR]\d+\b", text) == expected
