"""Misspelt words find the words of the documents, and no right word is taken for another."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Language, Library
from index.search.lexical import Lexical
from index.text.keywords import content_tokens
from index.text.similar import Pattern, is_slip, similar_words

WORDS = {"road": 3, "water": 9, "first": 2, "frost": 1, "project": 1, "with": 5, "موظف": 2,
         "موقف": 3, "عضو": 1, "قرار": 2, "مكتب": 4}  # fmt: skip


def vocabulary(pattern: Pattern) -> list[str]:
    first, least, most, head, tail = pattern
    return [
        word
        for word in WORDS
        if word[0] == first
        and least <= len(word) <= most
        and (word.startswith(head) or word.endswith(tail))
    ]


def counts(words: Iterable[str]) -> dict[str, int]:
    return {word: WORDS[word] for word in words}


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("watter", "en", ["water"]), ("frist", "en", ["first", "frost"]), ("wter", "en", ["water"]),
        ("progect", "en", ["project"]), ("raod", "en", ["road"]), ("موضف", "ar", ["موظف"]),
        ("عظو", "ar", ["عضو"]), ("مكتتب", "ar", ["مكتب"]),
    ],
)  # fmt: skip
def test_one_slip_is_forgiven(typed: str, language: Language, meant: list[str]) -> None:
    assert similar_words([typed], language, vocabulary, counts) == {typed: meant}


@pytest.mark.parametrize(
    ("typed", "language"),
    [("roof", "en"), ("wiht", "en"), ("wat", "en"), ("w4ter", "en"), ("قطار", "ar"), ("مرتب", "ar"),
     ("كتب", "ar"), ("", "en"), ("x" * 5_000, "en")],
)  # fmt: skip
def test_other_words_stay(typed: str, language: Language) -> None:
    assert similar_words([typed], language, vocabulary, counts) == {}


@given(st.text("abe", min_size=4, max_size=7), st.text("abe", min_size=3, max_size=8))
def test_every_slip_fits_the_pattern(typed: str, other: str) -> None:
    looked: list[Pattern] = []

    def watched(pattern: Pattern) -> list[str]:
        looked.append(pattern)
        return []

    similar_words([typed], "en", watched, counts)
    if is_slip(typed, other) and other[0] in typed[:2]:
        assert any(
            other[0] == one.first
            and one.least <= len(other) <= one.most
            and (other.startswith(one.head) or other.endswith(one.tail))
            for one in looked
        )


def test_a_store_knows_the_words_that_fit(library: Library) -> None:
    fit = library._store.words_like("en", Pattern("g", 7, 9, "gold", "fish"))
    assert fit == ["goldfish"]
    assert library._store.words_like("en", Pattern("g", 7, 9, "gild", "fist")) == []
    assert library._store.words_like("ar", Pattern("g", 7, 9, "gold", "fish")) == []


def test_only_so_many_words_are_looked_at() -> None:
    looked: list[Pattern] = []

    def watched(pattern: Pattern) -> list[str]:
        looked.append(pattern)
        return vocabulary(pattern)

    similar_words(["abcdef"] * 1_000, "en", watched, counts)
    assert len(looked) < 50


def test_a_word_is_no_slip_of_itself() -> None:
    assert not is_slip("water", "water")


def test_a_misspelt_word_is_found_and_covered(library: Library) -> None:
    right = library.search("How many goldfish are there?", 3)
    typed = library.search("How many goldfihs are there?", 3)
    assert typed[0].document == right[0].document == "garden.md"
    assert typed[0].coverage == right[0].coverage


def test_a_right_word_is_not_corrected(library: Library) -> None:
    lexical = Lexical(library._store, library._engine.searcher._counts_of, "goldfihs", "en", 3)
    assert lexical.content == content_tokens("goldfihs", "en")


def test_a_word_in_use_is_taken_at_its_word(tmp_path: Path) -> None:
    (tmp_path / "oats.txt").write_text("A bowl of oat porridge feeds two.", encoding="utf-8")
    with_oats = Library.open(tmp_path / "store")
    with_oats.add(tmp_path / "oats.txt")
    assert with_oats.search("boat", 1)[0].coverage == 0
    with_oats.close()
