"""Misspelt words find the words of the documents, and no right word is taken for another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Language, Library
from index.search.lexical import Lexical
from index.text.keywords import content_tokens
from index.text.similar import is_slip, similar_words

WORDS = {"road": 3, "water": 9, "first": 2, "frost": 1, "project": 1, "with": 5, "موظف": 2,
         "موقف": 3, "عضو": 1, "قرار": 2, "مكتب": 4}  # fmt: skip


def vocabulary(first: str, least: int, most: int) -> Iterator[tuple[str, int]]:
    for word, passages in WORDS.items():
        if word[0] == first and least <= len(word) <= most:
            yield word, passages


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("watter", "en", ["water"]), ("frist", "en", ["first", "frost"]), ("wter", "en", ["water"]),
        ("progect", "en", ["project"]), ("raod", "en", ["road"]), ("موضف", "ar", ["موظف"]),
        ("عظو", "ar", ["عضو"]), ("مكتتب", "ar", ["مكتب"]),
    ],
)  # fmt: skip
def test_one_slip_is_forgiven(typed: str, language: Language, meant: list[str]) -> None:
    assert similar_words([typed], language, vocabulary) == {typed: meant}


@pytest.mark.parametrize(
    ("typed", "language"),
    [("roof", "en"), ("wiht", "en"), ("wat", "en"), ("w4ter", "en"), ("قطار", "ar"), ("مرتب", "ar"),
     ("كتب", "ar"), ("", "en"), ("x" * 5_000, "en")],
)  # fmt: skip
def test_other_words_stay(typed: str, language: Language) -> None:
    assert similar_words([typed], language, vocabulary) == {}


def test_only_so_many_words_are_looked_at() -> None:
    looked: list[str] = []

    def watched(first: str, least: int, most: int) -> Iterator[tuple[str, int]]:
        looked.append(first)
        return vocabulary(first, least, most)

    similar_words(["abcdef"] * 1_000, "en", watched)
    assert len(looked) < 50


def test_a_word_is_no_slip_of_itself() -> None:
    assert not is_slip("water", "water")


def test_a_misspelt_word_is_found_and_covered(library: Library) -> None:
    right = library.search("How many goldfish are there?", 3)
    typed = library.search("How many goldfihs are there?", 3)
    assert typed[0].document == right[0].document == "garden.md"
    assert typed[0].coverage == right[0].coverage


def test_a_right_word_is_not_corrected(library: Library) -> None:
    lexical = Lexical(library._store, "goldfihs", "en", 3)
    assert lexical.content == content_tokens("goldfihs", "en")


def test_a_word_in_use_is_taken_at_its_word(tmp_path: Path) -> None:
    (tmp_path / "oats.txt").write_text("A bowl of oat porridge feeds two.", encoding="utf-8")
    with_oats = Library.open(tmp_path / "store")
    with_oats.add(tmp_path / "oats.txt")
    assert with_oats.search("boat", 1)[0].coverage == 0
    with_oats.close()
