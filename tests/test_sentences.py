"""Sentences of Arabic and English text, with exact offsets."""

from __future__ import annotations

import textwrap
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text.sentences import split_long, split_sentences, text_language
from index.types import Sentence
from tests.sentence_gold import GOLD

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
SIGNS = [
    *".!?؟۔…،؛:,;«»\"'()[]-\n\t\f\r\0",
    "\r\n",
    "\n\n",
    " ",
    " ",
    " ",
    "\u200f",
    "\ud800",
    " | ",
]
WORDS = (
    "د م هـ إلخ Dr U.S e.g No كلمة ودفن قال Word word 1 ٢٠ 1950 3.5 x@y.org https://a.b/c?d [12]"
)
LINE = "سطر طويل بلا نهاية " * 3
TELLING = st.lists(st.sampled_from([*SIGNS, *WORDS.split(), LINE])).map("".join)


def pieces(text: str, spans: list[Sentence]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def sentences(text: str) -> list[str]:
    return pieces(text, split_sentences(text))


def check_spans(text: str, spans: list[Sentence], start: int, end: int) -> None:
    """In order, apart, trimmed, inside the range, and nothing visible outside of them."""
    for span in spans:
        piece = text[span.start : span.end]
        assert piece and piece == piece.strip()
    edges = [start, *(edge for span in spans for edge in (span.start, span.end)), end]
    assert edges == sorted(edges)
    for left, right in pairwise([Sentence(start, start), *spans, Sentence(end, end)]):
        assert not text[left.end : right.start].strip()


@pytest.mark.parametrize("name", GOLD)
def test_sentences_end_where_a_reader_ends_them(name: str) -> None:
    lines = [line.strip() for line in GOLD[name].strip().splitlines()]
    assert sentences(" ".join(lines)) == lines


def test_missing_space_between_arabic_sentences_is_no_hindrance() -> None:
    assert sentences("ما هي القهوة؟أين نشأت؟وصلت السفينة.خرج الركاب!«نعم»") == [
        "ما هي القهوة؟",
        "أين نشأت؟",
        "وصلت السفينة.",
        "خرج الركاب!",
        "«نعم»",
    ]
    assert sentences("سنة 44 ق.م في https://موقع.عربي.مصر وكان...ثم") == [
        "سنة 44 ق.م في https://موقع.عربي.مصر وكان...ثم"
    ]


def test_missing_space_between_english_sentences_is_no_hindrance() -> None:
    assert sentences("Where is it?In the drawer.Then go!Thanks") == [
        "Where is it?",
        "In the drawer.",
        "Then go!",
        "Thanks",
    ]
    whole = "See index.Html and example.org/a?Id=5 or https://example.org/see?In.The"
    assert sentences(whole) == [whole]


def test_missing_space_after_a_year_or_a_bracket_is_no_hindrance() -> None:
    assert sentences("وقع ذلك سنة 1282.أشار إليه كثيرون (في كتبهم).ثم نُسي") == [
        "وقع ذلك سنة 1282.",
        "أشار إليه كثيرون (في كتبهم).",
        "ثم نُسي",
    ]


def test_row_of_a_table_is_one_sentence() -> None:
    rows = [
        "Name | Note | Paid?",
        "Hill | Came late. Left early. | Yes",
        "Adams | Is he ill? Ask! | No",
        "دفتر كبير. مسطّر | 4 | 7.25",
        "د. سامي | هل دفع؟ لا. | 1",
    ]
    assert sentences("\n".join(rows)) == rows


def test_row_that_holds_paragraphs_is_parted_into_their_sentences() -> None:
    told = "The keeper lit the lamp at dusk and slept beside it until the morning came. "
    found = sentences(f"Nights | {told * 8}")
    assert len(found) == 8
    assert found[1:] == [told.strip()] * 7


def test_numbers_of_a_list_stay_with_their_item() -> None:
    text = "1. First step. 2. Second step.\n٢. البند الثاني\nأ) بند فرعي. وشرحه\nب. بند\niv. Last"
    assert sentences(text) == [
        "1. First step.",
        "2. Second step.",
        "٢. البند الثاني",
        "أ) بند فرعي.",
        "وشرحه",
        "ب. بند",
        "iv. Last",
    ]


def test_invisible_marks_belong_to_the_sentence_before() -> None:
    assert sentences("انتهى.\u200f بدأ.\u200e\u2069 Next one.") == [
        "انتهى.\u200f",
        "بدأ.\u200e\u2069",
        "Next one.",
    ]


def test_lines_of_verse_and_lists_stay_apart() -> None:
    verse = "قفا نبك من ذكرى حبيب ومنزل\nبسقط اللوى بين الدخول فحومل\nفتوضح فالمقراة لم يعف رسمها"
    assert sentences(verse) == verse.split("\n")
    items = "Shopping list\n- bread and butter\n- milk\n* tea\n\nنهاية القائمة"
    assert sentences(items) == [
        "Shopping list",
        "- bread and butter",
        "- milk",
        "* tea",
        "نهاية القائمة",
    ]


ARABIC = (
    "دخلت القهوة إلى المدينة في أواخر القرن الخامس عشر، ثم انتقلت إلى القاهرة ودمشق خلال سنوات "
    "قليلة. وكان الصوفيون أول من شربها ليلاً لأنها تعينهم على السهر والعبادة، فانتشرت بين الناس "
    "انتشاراً واسعاً حتى صارت جزءاً من حياتهم اليومية في البيوت والأسواق."
)
ENGLISH = (
    "Before lighthouses were built, sailors followed fires that were lit on the hills along the "
    "coast by Dr. Hill and his men. The oldest tower that still stands was raised by the sea "
    "two thousand years ago, and its lamp is lit each night by a keeper who lives below it."
)


@pytest.mark.parametrize("width", [45, 60, 72])
@pytest.mark.parametrize("text", [ARABIC, ENGLISH])
def test_lines_filled_to_a_width_are_read_as_one_paragraph(text: str, width: int) -> None:
    filled = textwrap.fill(text, width)
    assert [" ".join(found.split()) for found in sentences(filled)] == sentences(text)
    two = f"Title of it\n\n{filled}\n\n- item\n- other\n\n{filled}"
    assert len(sentences(two)) == 2 * len(sentences(text)) + 3


def test_short_paragraph_is_measured_by_the_others() -> None:
    short = "فُتح أول مقهى في إسطنبول سنة 1554 على يد تاجرين جاءا من حلب ومن دمشق معاً"
    filled = [textwrap.fill(text, 60) for text in (ARABIC, short, ARABIC)]
    assert " ".join(sentences("\n\n".join(filled))[2].split()) == short
    assert len(sentences(filled[1])) == 2


def test_page_end_and_empty_line_end_a_sentence() -> None:
    assert sentences("نص بلا نهاية\fصفحة\n \nثالث\u2029رابع") == [
        "نص بلا نهاية",
        "صفحة",
        "ثالث",
        "رابع",
    ]


def test_range_gives_offsets_into_the_whole_text() -> None:
    text = "الأولى. الثانية هنا. الثالثة."
    found = split_sentences(text, 8, 20)
    assert pieces(text, found) == ["الثانية هنا."]
    assert split_sentences(text, 5, 5) == split_sentences("") == []


@settings(max_examples=400)
@given(text=st.one_of(ANY_TEXT, TELLING), share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_any_text_is_covered_by_its_sentences(text: str, share: tuple[float, float]) -> None:
    start, end = sorted(int(part * len(text)) for part in share)
    check_spans(text, split_sentences(text), 0, len(text))
    check_spans(text, split_sentences(text, start, end), start, end)


@settings(max_examples=300)
@given(text=st.one_of(ANY_TEXT, TELLING), most=st.integers(1, 40), words=st.booleans())
def test_any_text_is_cut_into_pieces_that_fit(text: str, most: int, words: bool) -> None:
    def fits(piece: str) -> bool:
        return (len(piece.split()) if words else len(piece)) <= most

    found = split_long(text, 0, len(text), fits)
    check_spans(text, found, 0, len(text))
    assert all(fits(piece) for piece in pieces(text, found))


def test_long_sentence_is_cut_at_its_best_places() -> None:
    text = "جاء القوم من بعيد، ومعهم أحمالهم؛ ثم نزلوا عند الماء، وأقاموا ثلاثة أيام"
    assert pieces(text, split_long(text, 0, len(text), lambda piece: len(piece) <= 45)) == [
        "جاء القوم من بعيد، ومعهم أحمالهم؛",
        "ثم نزلوا عند الماء، وأقاموا ثلاثة أيام",
    ]
    text = "one two three, four five, six seven 1,600 eight"
    assert pieces(text, split_long(text, 0, len(text), lambda piece: len(piece) <= 28)) == [
        "one two three, four five,",
        "six seven 1,600 eight",
    ]
    text = "lamp | burns from dusk to dawn | oil and wick"
    assert pieces(text, split_long(text, 0, len(text), lambda piece: len(piece) <= 40)) == [
        "lamp | burns from dusk to dawn |",
        "oil and wick",
    ]
    assert pieces("x" * 25, split_long("x" * 25, 0, 25, lambda piece: len(piece) <= 10)) == [
        "x" * 10,
        "x" * 10,
        "x" * 5,
    ]


def test_letter_that_does_not_fit_is_a_piece_all_the_same() -> None:
    assert pieces("ab c", split_long("ab c", 0, 4, lambda piece: False)) == ["a", "b", "c"]


def test_cutting_asks_seldom_whether_it_fits() -> None:
    text = " ".join(f"word{number}" for number in range(5000))
    asked = 0

    def fits(piece: str) -> bool:
        nonlocal asked
        asked += 1
        return len(piece.split()) <= 120

    found = split_long(text, 0, len(text), fits)
    assert asked < 14 * len(found)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("نص عربي فيه word", "ar"),
        ("English text with كلمة", "en"),
        ("123 ... ؟", "en"),
        ("", "en"),
        ("ﻧﺺ ﻋﺮﺑﻲ", "ar"),
        ("\ud800\0 مرحبا", "ar"),
    ],
)
def test_language_is_that_of_most_letters(text: str, language: str) -> None:
    assert text_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "a. ",
        ".",
        " ",
        "\n",
        ". ",
        "؟ ",
        "a\n",
        '".) ',
        "(a? ",
        "«",
        "1.",
        "نعم؟",
        "د. ",
        "\0",
        "x",
        "...a",
        "? .",
        "a | ",
        "it?In",
        "المادة 5. ",
    ],
)
def test_time_grows_with_length_only(text: str) -> None:
    whole = text * (300_000 // len(text))
    started = time.process_time()
    check = split_sentences(whole)
    assert time.process_time() - started < 3  # a tenth of this where nothing else runs
    assert len(check) <= len(whole)


@pytest.mark.parametrize(
    "text",
    [
        "قال د.\u200f أحمد إنه سيأتي.",
        "قال د\u200f. أحمد إنه سيأتي.",
        "زار د. \u200fأحمد المدينة.",
        "We met Dr.\u200e Smith today.",
        "Eat apples, etc. \u200etoday and more.",
    ],
)
def test_unseen_marks_around_an_abbreviation_end_no_sentence(text: str) -> None:
    assert [text[s.start : s.end] for s in split_sentences(text)] == [text]


def test_a_number_that_begins_a_line_of_running_text_is_no_list_number() -> None:
    text = (
        "The committee agreed that the total number of the members will be\n"
        "88. After that the members left the room and went to the garden in\n"
        "the yard where they had seen that the number of all trees was just\n"
        "high enough for the birds that lived there since the very last war\n"
        "began and the people left."
    )

    first, _ = (text[s.start : s.end] for s in split_sentences(text))

    assert first.endswith("will be\n88.")
