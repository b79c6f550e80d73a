"""What a model's sentence may not do before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from index import Language, Library
from index.arrays import Vectors
from rag.check import (
    in_language,
    letters_held,
    names_held,
    numbers_held,
    says_something,
    supported,
    well_formed,
)
from rag.evidence import Evidence, gather
from tests.scripted import make_hit

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


class _Words:
    """For the library: words that stand in a text are near to it, and all others far from it."""

    def word_nearness(self, words: Sequence[str], texts: Sequence[str]) -> Vectors:
        near = [[float(word.lower() in text.lower()) for text in texts] for word in words]
        return np.array(near, dtype=np.float32)


def _supported(sentence: str, question: str, *sources: Evidence) -> bool:
    return supported(sentence, question, sources, "en", cast(Library, _Words()))


def test_own_words_of_a_sentence_are_near_to_those_of_its_sources() -> None:
    (source,) = gather([make_hit(EVIDENCE[0])])
    assert _supported("Farel led nine cities.", "Who?", source)
    assert not _supported("Bananas ripen slowly in darkness.", "Who?", source)
    assert not _supported("Farel led bananas ripening in darkness.", "Who?", source)


def test_headings_are_a_source_of_what_stands_under_them() -> None:
    (source,) = gather([make_hit("It is two metres deep.", section=("The pond",))])
    assert _supported("The pond is two metres deep.", "How deep?", source)
    assert _supported("The pond is two metres deep.", "How deep is the pond?", source)


def test_words_that_a_sentence_has_from_the_question_need_a_source_too() -> None:
    (source,) = gather([make_hit("It is two metres deep.", section=("The pond",))])
    assert not _supported("Bananas ripen at two metres.", "Do bananas ripen?", source)


def test_sentence_without_a_source_is_not_supported() -> None:
    assert not _supported("The pond is deep.", "How deep is the pond?")
    assert not _supported("The pond is deep.", "Why?")


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


@pytest.mark.parametrize(
    ("sentence", "evidence", "held"),
    [
        # signs
        ("It is 18 degrees.", "It is kept at -18 degrees.", False),
        ("It is -18 degrees.", "It is kept at 18 degrees.", False),
        ("It is -18 degrees.", "It is kept at \u221218 °C.", True),
        ("It is 18 degrees below zero.", "تحفظ عند \u200f-١٨ درجة.", True),
        ("درجة الحرارة ١٨.", "درجة الحرارة ١٨ تحت الصفر.", False),
        ("minus 18", "سالب ١٨", True),
        # dates
        ("It is due on 12/03.", "It is due on 03/12.", False),
        ("It is due on 03/12.", "يستحق في ٠٣/١٢.", True),
        ("On 03/12/2024.", "On 12/03/2024.", False),
        ("On 3 December 2024.", "On December 3, 2024.", True),
        ("On 3 December 2024.", "في ٣ ديسمبر ٢٠٢٤", True),
        ("On 3 December 2024.", "On 2024-12-03.", True),
        ("On 25 December 2024.", "On 25/12/2024.", True),
        ("On 3 December 2024.", "On 03/12/2024.", False),  # or the twelfth of March
        ("On 3 March.", "On 12 March and on 3 December.", False),
        ("On 1 December.", "From 1 to 3 December 2024.", True),
        ("On 3 December 2024.", "Programme 2024: 3 December, noon.", True),
        ("It was in 2024.", "On 03/12/2024.", True),
        ("Rule 3 may apply.", "Rule 3 applies.", True),
        ("At 9:30.", "At 9.", False),
        ("At 9.", "At 9:30.", False),
        ("At 9:00.", "At nine.", True),
        # negation
        ("It isn't 55.", "It is 55.", False),
        ("It is 55.", "It is not 55.", False),
        ("The fee is not 55 dinars.", "The fee is 55 dinars.", False),
        ("ليس الرسم ٥٥ دينارًا.", "الرسم ٥٥ دينارًا.", False),
        ("At most 55.", "Not more than 55.", True),
        ("Invoice 55.", "Invoice no 55.", True),
        ("Cancel within 14 days.", "It may not be cancelled within 14 days.", True),
        # separators
        ("It is 2.5 m.", "2 rooms and 5 m.", False),
        ("It has 2 and 5.", "It is 2.5 m.", False),
        ("٢٫٥", "2.5", True),
        ("2,5 kg", "2.5 kg", True),
        ("1,150", "1.150", True),
        ("1, 2, 3", "1,2,3", True),
        ("Version 3.2.1", "Version 3.1.2", False),
        # units
        ("5 kg", "5 g", False),
        ("5 kg", "٥ كيلوغرامات أو 5 kilograms", True),
        ("٣٥ درهمًا", "35 دينارًا", False),
        ("35 dirhams", "٣٥ دينارًا", False),
        ("35 dinars", "٣٥ دينارًا", True),
        ("35 dinars", "35", True),
        ("€5", "$5", False),
        ("5 dollars", "$5", True),
        ("5%", "٥ بالمئة", True),
        ("5%", "5 dinars", False),
        # ranges
        ("10-20 days", "10 to 20 days", True),
        ("10-20 days", "10-20 kg", False),
        ("120 members", "one hundred and twenty members", True),
        ("20 members", "one hundred and twenty members", False),
        ("2 months", "خلال شهرين", True),
        ("6,000,000 dinars", "6 ملايين دينار", True),
        ("10\u201320 days", "بين 10 و20 يومًا", True),
        ("20-10 days", "10 to 20 days", False),
        ("10-20 days", "10 days for adults, and for all the children 20 days", False),
    ],
)  # fmt: skip
def test_figures_are_compared_as_values(sentence: str, evidence: str, held: bool) -> None:
    assert numbers_held(sentence, "How?", [evidence]) is held


def test_evidence_decides_before_the_question() -> None:
    assert not numbers_held("Yes, it is 18 degrees.", "Is it 18 degrees?", ["It is -18 degrees."])
    assert numbers_held("It is not 60, it is 55.", "Is it 60?", ["It is 55."])


@pytest.mark.parametrize(
    "text", ["9" * 1_200_000 + " million", "1," * 50_000, "-" * 100_000, "1/1/" * 30_000]
)
def test_figures_of_hostile_texts_are_read(text: str) -> None:
    assert not numbers_held("It is 55.", "How?", [text])
