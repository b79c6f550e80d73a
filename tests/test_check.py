"""What a model's sentence may not do before it is shown."""

from __future__ import annotations

import pytest

from index import Language
from rag.check import (
    in_language,
    letters_held,
    names_held,
    numbers_held,
    says_something,
    well_formed,
    words_held,
)

EVIDENCE = [
    "William Farel led the reform in Geneva in 1536, and nine cities followed him.",
    "كان ويليام فاريل طالبًا عند لوفيفر سنة ١٥٢٣.",
]


@pytest.mark.parametrize(
    ("sentence", "language", "fit"),
    [
        ("The pond is deep.", "en", True),
        ("البركة عميقة.", "ar", True),
        ("البركة عميقة في Geneva اليوم.", "ar", True),
        ("الsettlers البريطانيون وصلوا.", "ar", False),
        ("The بركة is deep indeed.", "en", True),
        ("The pond is deep.", "ar", False),
        ("and the pond and the pond and the pond and the pond", "en", False),
        ("1536", "ar", True),
    ],
)
def test_glued_scripts_loops_and_wrong_language_are_seen(
    sentence: str, language: Language, fit: bool
) -> None:
    assert well_formed(sentence, language) is fit


def test_number_alone_is_in_any_language() -> None:
    assert in_language("17", "ar")
    assert in_language("١٧", "en")
    assert not in_language("seventeen", "ar")


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("He led it in 1536.", True),
        ("كان ذلك سنة ١٥٣٦.", True),
        ("That was in 1523.", True),
        ("There were 9 cities.", True),
        ("It happened in 1999.", False),
        ("Asked about 1850, he said nothing.", True),
    ],
)
def test_numbers_stand_in_evidence_or_question(sentence: str, held: bool) -> None:
    assert numbers_held(sentence, "What happened by 1850?", EVIDENCE) is held


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("The student was William Farel.", True),
        ("He was led by Farell of Geneva.", True),
        ("The reformer was Tom Brady.", False),
        ("the pond is deep", True),
    ],
)
def test_names_stand_there_in_either_script(sentence: str, held: bool) -> None:
    assert names_held(sentence, "Who was it?", [*EVIDENCE[1:], "Geneva"]) is held


def test_sentence_says_more_than_the_question() -> None:
    assert says_something("He led the reform.", "Who led it?")
    assert not says_something("The reform was led.", "Who led the reform?")
    assert not says_something("...", "Who led the reform?")


def test_most_own_words_stand_in_the_evidence() -> None:
    assert words_held("Farel led nine cities.", "Who?", EVIDENCE)
    assert not words_held("Bananas ripen slowly in darkness.", "Who?", EVIDENCE)


@pytest.mark.parametrize(
    ("sentence", "evidence", "held"),
    [
        ("It is 3 metres deep.", "It is three metres deep.", True),
        ("It is 3 metres deep.", "عمقها ثلاثة أمتار.", True),
        ("عمقها ٣ أمتار.", "It is three metres deep.", True),
        ("عمقها ٣ أمتار.", "عمقها ثلاثَ أذرع.", True),
        ("He won 2 times.", "فاز مرتين.", True),
        ("The 4th class dug it.", "The fourth class dug it.", True),
        ("It is 3 metres deep.", "It is thirteen metres deep.", False),
        ("It is 13 metres deep.", "It is 3 metres deep.", False),
        ("It costs 1,150 euros.", "ثمنه ١٬١٥٠ يورو.", True),
        ("It costs 1150 euros.", "It costs 1,150 euros.", True),
        ("It costs 150 euros.", "It costs 1,150 euros.", False),
        ("Both 3 and 7.", "three", False),
        ("No number at all.", "", True),
    ],
)
def test_numbers_may_be_written_out_in_the_evidence_and_in_either_digits(
    sentence: str, evidence: str, held: bool
) -> None:
    assert numbers_held(sentence, "How?", [evidence]) is held


@pytest.mark.parametrize(
    ("sentence", "evidence", "held"),
    [
        ("It was built in Benghazi.", "بُني في بنغازي.", True),
        ("It was built in Benghazi.", "بُني في طرابلس.", False),
        ("The keeper was Jonas Vik.", "The keeper was jonas vik.", True),
        ("The mayor, Winston Churchill of Geneva, came.", "William Farel came to Geneva.", False),
        ("Churchill came.", "", True),  # a capital at the beginning is no name yet
        ("قال تشرشل ذلك.", "", True),  # no capitals in Arabic
    ],
)
def test_names_are_known_across_scripts(sentence: str, evidence: str, held: bool) -> None:
    assert names_held(sentence, "Who was it?", [evidence]) is held


def test_names_and_numbers_of_the_question_may_be_said() -> None:
    assert names_held("It was the keeper of Velda.", "Who kept Velda?", [""])
    assert numbers_held("In 1972 it was closed.", "Was it open in ١٩٧٢؟", [""])


@pytest.mark.parametrize(("rounds", "fit"), [(1, True), (2, True), (3, False), (9, False)])
def test_sentence_may_say_something_twice_but_not_three_times(rounds: int, fit: bool) -> None:
    assert well_formed("it is very deep " * rounds, "en") is fit
    assert well_formed("البركة عميقة جدا " * rounds, "ar") is fit


@pytest.mark.parametrize("slip", ["ثلاثة أسابيع فيперед", "three 星期", "три weeks"])
def test_letters_of_a_third_script_must_stand_in_the_evidence(slip: str) -> None:
    assert not letters_held(slip, "How long?", ["At least three weeks ahead."])
    assert letters_held(slip, "How long?", [f"It says: {slip}"])


@pytest.mark.parametrize("plain", ["café, naïve – 5 µm", "ثلاثةُ أسابيعَ، ٣ و٤٪", "1º, ª, ʼ, Łódź"])
def test_letters_of_both_languages_stand_by_themselves(plain: str) -> None:
    assert letters_held(plain, "", [])
