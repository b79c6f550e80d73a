"""What repeats from page to page of a PDF: left out where it stands already, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.types import Document
from tests.painted import lines, painted, words
from tests.reading_files import read_file

PROSE = [
    "The harbour master keeps a ledger of every ship that enters the bay, with its flag,",
    "its cargo and the name of its captain. At noon a clerk copies the ledger and carries",
    "it to the town hall, where anybody may read it for an hour without paying, except on",
    "the days of the market, when the hall is closed and the ledger stays in the tower, as",
    "it has done since the great storm that carried the old harbour office into the sea, of",
]


def read(folder: Path, pages: list[list[str]]) -> Document:
    return read_file(folder, "painted.pdf", painted(pages))


def prose(number: int) -> list[str]:
    """The lines of a page of prose, unlike those of other pages."""
    return lines([f"{word} {number}{line[3:]}" for word, line in zip("abcde", PROSE, strict=True)])


def test_a_header_and_a_footer_stand_once(tmp_path: Path) -> None:
    pages = [
        [words(70, 810, "Annals of the Quay", 9), *prose(n), words(70, 40, "Second printing", 9)]
        for n in range(6)
    ]
    text = read(tmp_path, pages).text
    assert text.count("Annals of the Quay") == text.count("Second printing") == 1
    # Not even the footer that stays parts a sentence that goes on behind it.
    assert "harbour office into the sea, of a 1" in text


@pytest.mark.parametrize(
    "page", ["{}", "- {} -", "Page {}", "page {} of 6", "{} / 6", "p. {}", "leaf {}"]
)
def test_page_numbers_go_everywhere(tmp_path: Path, page: str) -> None:
    pages = [[*prose(n), words(280, 40, page.format(n + 1), 9)] for n in range(6)]
    text = read(tmp_path, pages).text
    for n in range(6):
        assert page.format(n + 1) not in [line.strip() for line in text.splitlines()]
        assert f"a {n}" in text


@pytest.mark.parametrize("page", ["The ledger | {}", "Page {} of the ledger"])
def test_a_title_with_the_page_number_stands_once(tmp_path: Path, page: str) -> None:
    def header(n: int) -> list[str]:
        parts = page.format(n).split(" | ")
        return [words(70 + 400 * at, 810, part, 9) for at, part in enumerate(parts)]

    text = read(tmp_path, [[*header(n + 1), *prose(n)] for n in range(6)]).text
    assert text.count("ledger") == 1 + 6 * " ".join(PROSE).count("ledger")
    assert text.startswith(page.format(1))


@pytest.mark.parametrize(
    "line",
    [
        "Invoice {}",
        "Payslip {}",
        "Report of {} March 2026",
        "0{}/03/2026",
        "{}.03.2026",
        "Balance: {}.50",
        "Row {}, seat 14",
    ],
)
@pytest.mark.parametrize("top", [True, False])
def test_lines_that_differ_in_a_number_are_text(tmp_path: Path, line: str, top: bool) -> None:
    y = 810 if top else 40
    pages = [[words(70, y, line.format(n + 1), 9), *prose(n)] for n in range(6)]
    text = read(tmp_path, pages).text
    for n in range(6):
        assert line.format(n + 1) in text


def test_the_lines_of_short_pages_stay(tmp_path: Path) -> None:
    pages = [
        lines(
            ["Payslip", "Acme Milling Ltd", "Anna Holm, clerk", f"Gross {n}17", "Net 400.000",
             "Paid to the account in Tripoli", "Signed by B. Salem"]
        )
        for n in (3, 3, 5, 5)
    ]  # fmt: skip
    text = read(tmp_path, pages).text
    for line in ("Payslip", "Acme Milling", "Anna Holm", "Net 400", "Tripoli", "B. Salem"):
        assert text.count(line) == 4
    assert text.count("Gross 317") == text.count("Gross 517") == 2


def test_the_same_clauses_of_several_contracts_stay(tmp_path: Path) -> None:
    clauses = [
        "The tenant pays the rent on the first day of each month without any deduction.",
        "The rent is 450 dinars a month, and the deposit is twice the rent of one month.",
        "The lease ends on 31 December 2027.",
    ]
    halls = ("North", "South", "East", "West")
    pages = [lines([f"Lease of the {hall} Hall", *clauses], pitch=30) for hall in halls]
    text = read(tmp_path, pages).text
    for clause in clauses:
        assert text.count(clause) == 4


def test_a_title_that_returns_as_a_header_stays_where_it_stands_first(tmp_path: Path) -> None:
    title = [words(70, 810, "The Quay and its Ledgers", 9), words(70, 40, "A. Holm", 9)]
    text = read(tmp_path, [title, *([*title, *prose(n)] for n in range(5))]).text
    assert text.startswith("The Quay and its Ledgers")
    assert text.count("A. Holm") >= 1


def test_a_name_that_returns_after_other_pages_is_no_header(tmp_path: Path) -> None:
    names = ["Anna Holm", "Badr Salem", "Clara Voss", "Dina Omar"] * 3
    pages = [[words(70, 810, name, 9), *prose(n)] for n, name in enumerate(names)]
    text = read(tmp_path, pages).text
    assert text.count("Anna Holm") == text.count("Dina Omar") == 3


def test_numbers_of_tickets_stay(tmp_path: Path) -> None:
    pages = [[*lines(["Ticket of the fair"]), words(280, 40, str(n))] for n in range(301, 306)]
    text = read(tmp_path, pages).text
    for n in range(301, 306):
        assert str(n) in text
