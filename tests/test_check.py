"""What a model's sentence may not do before it is shown."""

from __future__ import annotations

import pytest

from index import Language
from rag.check import (
    in_language,
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
