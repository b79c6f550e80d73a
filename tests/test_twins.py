"""Texts that are there in both languages: the one in the question's language goes first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.search.translations import own_language_first
from index.types import Language
from tests.conftest import MakeLibrary

NEAR = [[1.0, 0.0, 0.0], [0.9, 0.436, 0.0], [0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("languages", "asked", "order"),
    [
        (["en", "ar", "ar"], "ar", [1, 0, 2]),
        (["en", "ar", "ar"], "en", [0, 1, 2]),  # the best is in the question's language already
        (["en", "en", "ar"], "ar", [0, 1, 2]),  # the third says something else
        (["ar", "ar", "en"], "ar", [0, 1, 2]),
    ],
)
def test_translations_change_places(
    languages: list[Language], asked: Language, order: list[int]
) -> None:
    vectors = np.array(NEAR, dtype=np.float32)
    assert own_language_first(languages, vectors, asked, 0.8) == order


def test_one_passage_is_the_translation_of_one_only() -> None:
    vectors = np.array([[1.0, 0.0]] * 3, dtype=np.float32)
    assert own_language_first(["en", "en", "ar"], vectors, "ar", 0.8) == [2, 1, 0]


def test_nothing_found_has_no_order() -> None:
    assert own_language_first([], np.zeros((0, 0), dtype=np.float32), "ar", 0.8) == []


TIDES = {
    "tides.txt": "The ferry to Karlo Island leaves at nine in the morning. In winter it leaves at "
    "eleven, because the ice is broken first. A return ticket costs fourteen crowns.",
    "المد.txt": "تغادر العبّارة إلى جزيرة كارلو في التاسعة صباحًا. وفي الشتاء تغادر في الحادية عشرة "
    "لأن الجليد يُكسر أولًا. وتبلغ تذكرة الذهاب والإياب أربع عشرة كرونة.",
    "bakery.txt": "The bakery at the harbour sells bread from six. On Sundays it stays closed.",
    "مخبز.txt": "يبيع مخبز الميناء الخبز من السادسة. ويُغلق أيام الأحد.",
}


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("When does the ferry leave in winter?", "tides.txt"),
        ("متى تغادر العبّارة في الشتاء؟", "المد.txt"),
        ("What does a return ticket to Karlo cost?", "tides.txt"),
        ("كم ثمن تذكرة الذهاب والإياب إلى Karlo؟", "المد.txt"),
    ],
)
def test_a_document_in_both_languages_is_found_in_the_question_s(
    make_library: MakeLibrary, tmp_path: Path, question: str, document: str
) -> None:
    hits = make_library(tmp_path, TIDES).search(question, 4)
    assert hits[0].document == document
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
