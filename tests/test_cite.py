"""Markers of a model vanish; sentences find their source. Pure functions, no model."""

from __future__ import annotations

import pytest

from index import Hit, HitSentence
from rag.cite import Citations, settled, supports, without_markers


def _sentence(number: int, text: str, start: int = 0) -> HitSentence:
    return HitSentence(number, start, start + len(text), text, 0.8)


def _hit(*sentences: HitSentence, document: str = "a.txt") -> Hit:
    return Hit(
        rank=1, score=1.0, passage_id=7, document=document, page=None,
        start=sentences[0].start, end=sentences[-1].end, text="", language="en", section=(),
        sentences=sentences, sentence=sentences[0], similarity=0.8, coverage=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "marker",
    ["[1]", "[99]", "[٣]", "【2】", "[1, 2]", "[1،2]", "[1-3]", "[^1]", "(Passage 2)", "(المقطع 1)",
     "[ 4 ]", "[Passages 1, 2]", "【3†source】"],
)  # fmt: skip
def test_markers_of_the_model_vanish(marker: str) -> None:
    assert without_markers(f"The pond is deep {marker}. It is old {marker}") == (
        "The pond is deep. It is old"
    )


@pytest.mark.parametrize(
    "text", ["array[i] stays", "in (2024) it was", "[draft] stays", "a [1,000,000] figure", "x [y]"]
)
def test_other_brackets_stay(text: str) -> None:
    assert without_markers(text) == text


def test_unfinished_marker_is_held_back() -> None:
    assert settled("The pond is deep [1") == "The pond is deep"
    assert settled("The pond is deep ") == "The pond is deep"
    assert settled("The pond is deep.") == "The pond is deep."


def test_nearest_sentence_supports() -> None:
    sources = [
        _sentence(1, "The oven came from Lyon."),
        _sentence(2, "The pond was dug by pupils."),
    ]
    assert supports("Pupils dug it.", "Who dug the pond?", sources, [0.80, 0.86]) == [1]


def test_numbers_decide_between_neighbours() -> None:
    sources = [
        _sentence(1, "The pond is 2 metres deep."),
        _sentence(2, "The pond dates from 1998."),
    ]
    assert supports("It was dug in 1998.", "When was it dug?", sources, [0.85, 0.83]) == [1]
    assert supports("حُفرت سنة ١٩٩٨.", "متى حُفرت؟", sources, [0.85, 0.83]) == [1]


def test_sentence_with_numbers_from_two_sources_cites_both() -> None:
    sources = [
        _sentence(1, "A new hand has 24 days."),
        _sentence(2, "After five years it is 28 days."),
        _sentence(3, "The museum opens at nine."),
    ]
    said = "It is 24 days at first and 28 days later."
    assert sorted(supports(said, "How much leave?", sources, [0.85, 0.84, 0.83])) == [0, 1]


def test_without_sources_nothing_supports() -> None:
    assert supports("It is deep.", "How deep?", [], []) == []


def test_markers_count_by_first_use_and_a_source_keeps_its_marker() -> None:
    first, second = _sentence(1, "One."), _sentence(2, "Two.", 5)
    citations = Citations([_hit(first, second)], lambda hit, offset: offset + 1)
    assert [citations.add(second), citations.add(first), citations.add(second)] == [1, 2, 1]
    assert [(c.marker, c.quote, c.start, c.page) for c in citations.all()] == [
        (1, "Two.", 5, 6),
        (2, "One.", 0, 1),
    ]
