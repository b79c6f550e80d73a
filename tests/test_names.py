"""Names and numbers across scripts."""

from __future__ import annotations

import numpy as np
import pytest

from index.arrays import Vectors
from index.text import names
from index.text.keywords import tokens
from index.text.names import skeletons, stem_skeletons
from index.types import Language


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Churchill", "تشرشل"), ("Napoleon", "نابليون"), ("Lukashenko", "لوكاشينكو"),
        ("Shakespeare", "شكسبير"), ("Schwarzenegger", "شوارزنيغر"), ("Chopin", "شوبان"),
        ("Michael", "ميخائيل"), ("Alexander", "ألكسندر"), ("Luxembourg", "لوكسمبورغ"),
        ("Benghazi", "بنغازي"), ("Minsk", "مينسك"), ("Khartoum", "الخرطوم"),
        ("Mozart", "موزارت"), ("Philadelphia", "فيلادلفيا"), ("Quebec", "كيبك"),
        ("Victoria", "وفيكتوريا"), ("Norman", "للنورمان"), ("Luther", "بلوثر"),
        ("Jacksonville", "جاكسونفيل"), ("TESLA", "تسلا"), ("Rousseff", "روسّيف"),
    ],
)  # fmt: skip
def test_a_name_meets_itself_in_the_other_script(latin: str, arabic: str) -> None:
    assert skeletons(latin) & skeletons(arabic)


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Napoleon", "نيوتن"), ("Minsk", "موسكو"), ("Victoria", "فيينا"), ("Benghazi", "طرابلس"),
        ("Alexander", "ألكسي"), ("Churchill", "شارل"), ("Tesla", "تسلسل"), ("Mozart", "مصر"),
    ],
)  # fmt: skip
def test_other_names_stay_apart(latin: str, arabic: str) -> None:
    assert not skeletons(latin) & skeletons(arabic)


def test_two_consonants_are_no_name() -> None:
    assert skeletons("Rome Hanoi روما هانوي") == frozenset()


def test_numbers_are_the_same_in_any_digits() -> None:
    assert skeletons("1934") == skeletons("١٩٣٤") == skeletons("۱۹۳۴") == {"1934"}
    assert skeletons("1,600") == skeletons("١٬٦٠٠")
    assert not skeletons("1934") & skeletons("1943")


def likeness(query: str, language: Language, passages: list[str]) -> Vectors:
    other: Language = "en" if language == "ar" else "ar"
    return names.likeness(
        query, language, [stem_skeletons(tokens(passage, other)) for passage in passages]
    )


def test_passages_with_the_name_or_the_number_are_like_the_query() -> None:
    passages = [
        "Winston Churchill spoke to the parliament.",
        "The parliament met in 1940.",
        "Nothing of the kind stands here.",
    ]
    named = likeness("متى تحدث نابليون أمام البرلمان؟", "ar", ["Napoleon spoke.", *passages])
    assert named[0] > 0
    assert not named[1:].any()
    dated = likeness("ماذا حدث سنة ١٩٤٠؟", "ar", passages)
    assert dated[1] > 0
    assert dated[0] == dated[2] == 0


def test_what_all_passages_share_says_less_than_what_one_has() -> None:
    passages = [f"Napoleon and the year {year}." for year in range(1800, 1810)]
    scores = likeness("نابليون سنة 1805", "ar", passages)
    assert scores.argmax() == 5
    assert np.ptp(scores) > float(scores.min())


def test_function_words_and_nothing_at_all_say_nothing() -> None:
    assert not likeness("من هو الذي كان عندهم؟", "ar", ["Mn khan and hm"]).any()
    assert likeness("نابليون", "ar", []).shape == (0,)
    assert not likeness("؟", "ar", ["Napoleon"]).any()


def test_a_name_is_found_that_a_stemmer_has_shortened() -> None:
    passages = ["سافر الوفد إلى برلين.", "سافر الوفد إلى روما."]
    assert tokens("برلين", "ar") == ["رلين"]
    near = likeness("When did they travel to Berlin?", "en", passages)
    assert near[0] > near[1] == 0
