"""A translation is shown when it keeps what the sentence says; else the original in a frame."""

from __future__ import annotations

from typing import cast

import pytest

from index import Language, Library
from index.search.parallel import Parallel
from rag.ask import Model
from rag.check import in_language
from rag.language import denies
from rag.span import letters
from rag.translate import Translation, keeps, marked, original, room_beside, translated
from tests.scripted import ScriptedLLM

ARABIC = "تفتح المكتبة من التاسعة صباحًا حتى السادسة مساءً ما عدا يوم الجمعة."
ENGLISH = "The library is open from 9 am to 6 pm except Friday."


class Near:
    """A library in which every two texts are so near."""

    def __init__(self, near: Parallel) -> None:
        self._near = near

    def parallel(self, texts: tuple[str, str], languages: tuple[Language, Language]) -> Parallel:
        return self._near


def near(sentence: float = 0.9, words: float = 0.6) -> Library:
    return cast(Library, Near(Parallel(sentence, words)))


def test_a_faithful_translation_is_taken_at_once() -> None:
    llm = ScriptedLLM(ENGLISH)
    found = translated(ARABIC, "ar", "en", Model(llm), near())
    assert found is not None
    assert found.text == ENGLISH
    assert not found.exact
    assert len(llm.prompts) == 1


def test_another_wording_is_tried_when_one_fails() -> None:
    llm = ScriptedLLM(ENGLISH.replace("Friday", "Sunday"), ENGLISH)
    found = translated(ARABIC, "ar", "en", Model(llm), near())
    assert found is not None
    assert found.text == ENGLISH
    assert "from 9 am until 6 pm except Friday" in llm.prompts[1]


def test_no_translation_is_better_than_a_wrong_one() -> None:
    llm = ScriptedLLM(ENGLISH.replace("6 pm", "7 pm"))
    assert translated(ARABIC, "ar", "en", Model(llm), near()) is None


def test_a_translation_whose_meaning_is_far_is_not_taken() -> None:
    assert translated(ARABIC, "ar", "en", Model(ScriptedLLM(ENGLISH)), near(0.1)) is None
    assert translated(ARABIC, "ar", "en", Model(ScriptedLLM(ENGLISH)), near(words=0.1)) is None


def test_into_arabic_only_a_model_that_translates_is_asked() -> None:
    llm = ScriptedLLM(ARABIC)
    assert translated(ENGLISH, "en", "ar", Model(llm), near()) is None
    assert not llm.prompts
    found = translated(ENGLISH, "en", "ar", Model(llm), near(), trusted=True)
    assert found is not None
    assert found.text == ARABIC


def test_texts_that_say_the_same_are_nearer(library: Library) -> None:
    arabic = "البركة عمقها متران."
    same = library.parallel((arabic, "The pond is two metres deep."), ("ar", "en"))
    other = library.parallel((arabic, "The baker begins work at night."), ("ar", "en"))
    assert same.sentence > other.sentence
    assert same.words > other.words
    assert library.parallel((arabic, "42"), ("ar", "en")).words == 0


def test_values_are_put_over_without_the_model() -> None:
    llm = ScriptedLLM("never asked")
    found = translated("خلال 90 يومًا", "ar", "en", Model(llm), near())
    assert found == Translation("within 90 days", 1.0)
    assert not llm.prompts


def test_names_go_to_the_model_in_the_letters_of_its_language() -> None:
    llm = ScriptedLLM("gibberish ж", "The chair of the committee is Dr Reem al-Shami.")
    found = translated("رئيسة اللجنة هي الدكتورة ريم الشامي.", "ar", "en", Model(llm), near())
    assert found is not None
    assert "Dr Reem al-Shami" in llm.prompts[1]


@pytest.mark.parametrize(
    ("translation", "sentence", "source"),
    [
        ("The pool is open to guests.", "المسبح غير مفتوح للضيوف.", "ar"),
        ("The repair costs 57 dinars.", "يكلف الإصلاح 75 دينارًا.", "ar"),
        ("The repair costs 75 pounds.", "يكلف الإصلاح 75 دينارًا.", "ar"),
        ("The trip lasts five weeks.", "تستغرق الرحلة ستة أسابيع.", "ar"),
        ("The lamp shows E4.", "يعرض المصباح الرمز E04.", "ar"),
        ("The manager is Sami Haddad.", "المدير هو ماهر الدجاني.", "ar"),
        ("The doorاب is closed.", "الباب مغلق.", "ar"),
        ("The door сегодня is closed.", "الباب مغلق.", "ar"),
        ("الباب door مغلق.", "The door is closed.", "en"),
        ("الحرارة 18 درجة مئوية.", "It is -18 °C.", "en"),
        ("هل الباب مغلق؟", "The door is closed.", "en"),
        ("نعم.", "The door of the main building is closed in the evening.", "en"),
    ],
)
def test_what_a_translation_must_keep(translation: str, sentence: str, source: Language) -> None:
    assert not keeps(translation, sentence, source, "en" if source == "ar" else "ar")


@pytest.mark.parametrize(
    ("arabic", "english"),
    [
        (ARABIC, ENGLISH),
        ("على المستأجر أن يدفع قبل اليوم العاشر.", "The tenant must pay before the tenth day."),
        ("المدير هو السيد ماهر الدجاني.", "The manager is Mr Maher Dajani."),
        ("رفض ستة أعضاء الاقتراح.", "Six members voted against the proposal."),
        ("الضمان سنتان ولا يشمل سوء الاستعمال.", "The guarantee is two years, not for misuse."),
    ],
)
def test_faithful_pairs_are_kept_both_ways(arabic: str, english: str) -> None:
    assert keeps(english, arabic, "ar", "en")
    assert keeps(arabic, english, "en", "ar")


def test_denials_of_both_languages() -> None:
    assert denies("You don’t need a ticket.", "en")
    assert denies("ولا تُباع التذاكر داخل الترام.", "ar")
    assert not denies("Tickets are sold at the stops.", "en")
    assert not denies("تُباع التذاكر في المحطات.", "ar")


def test_a_mark_and_a_frame() -> None:
    assert marked(Translation("It is closed.", 0.9), "en") == "It is closed (machine translation)."
    assert marked(Translation("مغلق.", 0.9), "ar") == "مغلق (ترجمة آلية)."
    assert marked(Translation("within 90 days", 1.0), "en") == "within 90 days"
    assert original("مغلق", "en").startswith("What the document says is in Arabic")
    assert original("مغلق", "en").endswith(": “مغلق”")
    assert original("closed", "ar").startswith("ما يقوله المستند هنا بالإنجليزية")
    assert original("closed", "ar").endswith(": «closed»")


@pytest.mark.parametrize("to", ["ar", "en"])
def test_a_framed_original_leaves_the_answer_in_its_language(to: Language) -> None:
    foreign = "x" if to == "ar" else "س"
    room = room_beside("", to)
    assert room > 15
    framed = original(foreign * room, to)
    assert in_language(framed, to)
    assert letters(framed) < 2 * letters(original("", to))


def test_long_sentences_are_not_translated() -> None:
    llm = ScriptedLLM("never asked")
    assert translated("كلمة " * 200, "ar", "en", Model(llm), near()) is None
    assert not llm.prompts
