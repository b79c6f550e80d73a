"""Unnamed shapes in Arabic words: strokes go, lost letters are kept and told of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from index.readers import read_document
from index.readers.fillers import Fillers, letters_lost
from index.types import Document
from tests.form_files import FormFile
from tests.test_suspicion import ARABIC

STROKE = re.compile("(?<=[بتثجحخسشصضطظعغفقكلمنهيئ])(?=[سشصضأإ])")
WORDS = ARABIC.split()
LINES = [" ".join(WORDS[at : at + 8]) for at in range(0, len(WORDS), 8)]


def test_strokes_are_taken_out() -> None:
    shown = [STROKE.sub("\ufffd", line) for line in LINES]
    assert sum(line.count("\ufffd") for line in shown) > 20
    assert Fillers().without(shown) == LINES


def test_a_word_that_the_document_knows_is_enough() -> None:
    assert Fillers().without(["فتح السجل مسجلا", "م\ufffdسجلاً"]) == ["فتح السجل مسجلا", "مسجلاً"]


@pytest.mark.parametrize("letter", list("لمنيهعق"))
def test_lost_letters_are_kept(letter: str) -> None:
    shown = [line.replace(letter, "\ufffd") for line in LINES]
    kept = "\n".join(Fillers().without(shown))
    assert kept.count("\ufffd") > 0.98 * "\n".join(shown).count("\ufffd")
    assert letters_lost(kept)


def test_one_word_alone_is_not_judged() -> None:
    assert Fillers().without(["وجد القب\ufffdان هناك"]) == ["وجد القب\ufffdان هناك"]


def test_later_pages_and_many_shapes_cost_no_more() -> None:
    fillers = Fillers()
    line = " ".join("م" + "\ufffd" * 500 + "س" for _ in range(300))
    for _ in range(20):
        fillers.without([line])
    assert fillers.without(["\ufffd" * 100_000]) == ["\ufffd" * 100_000]


def read(folder: Path, lines: list[str]) -> Document:
    """A page with the lines, painted from left to right."""
    words = [(20.0, 780.0 - 16 * number, line[::-1]) for number, line in enumerate(lines)]
    (folder / "a.pdf").write_bytes(FormFile(words).content())
    return read_document(folder / "a.pdf", "a.pdf")


def test_a_page_with_strokes_is_read_without_warning(tmp_path: Path) -> None:
    document = read(tmp_path, [STROKE.sub("\ufffd", line) for line in LINES])
    assert "\ufffd" not in document.text
    assert document.warnings == ()


def test_a_page_with_a_lost_letter_is_told_of(tmp_path: Path) -> None:
    document = read(tmp_path, [line.replace("القبطان", "القب\ufffdان") for line in LINES])
    assert "القب\ufffdان" in document.text
    assert [(warning.kind, warning.pages) for warning in document.warnings] == [("unmapped", (1,))]
