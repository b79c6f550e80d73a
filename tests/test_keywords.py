"""Words as full text compares them, in both languages and both directions."""

from __future__ import annotations

import sqlite3
import threading

import pytest
import Stemmer
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer.arabic_stemmer import ArabicStemmer
from snowballstemmer.english_stemmer import EnglishStemmer

from index.text.keywords import content_tokens, normalise, tokens, without_invisible, word_forms


@pytest.mark.parametrize(
    "words",
    [
        "الوزير وزير والوزير بالوزير للوزير فالوزير كالوزير لوزير بوزير",
        "القهوة قهوة والقهوة بالقهوة قهوته",
        "الموظف موظف الموظفين الموظفون للموظفين بموظف",
        "مُحَمَّدٌ محمد محمّد مـحـمـد ﻣﺤﻤﺪ \u200fمحمد\u200f",
        "إدارة ادارة الإدارة الادارة أدارة",
        "مسؤول مسئول المسؤول",
        "أبناؤه أبنائه أبناءه",
        "على علی",
        "مكتبة مكتبه",
        "الحكومة لحكومة حكومة",
        "Managers manager manager's MANAGER",
        "café cafe CAFÉ",
        "Straße strasse",
        "1,600 ١٬٦٠٠ 1600 ۱۶۰۰ ١٦٠٠",
        "3.5 ٣٫٥ ٣.٥",
        "U.S. US U.S",
        "شركة شركات الشركات شركاتهم",
        "إجازة الإجازات إجازات إجازته",
    ],
)
def test_spellings_of_a_word_meet(words: str) -> None:
    assert len({tuple(tokens(word, "ar")) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("كتاب", "باب"), ("3.5", "35"), ("علم", "عالم"), ("1998", "199"), ("cat", "dog")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert tokens(one, "ar") != tokens(other, "ar")


def test_each_word_is_stemmed_by_its_own_letters() -> None:
    text = "قال Johnson إن companies الشركات"
    assert tokens(text, "ar") == tokens(text, "en") == ["قال", "johnson", "ان", "compani", "شرك"]


def test_numbers_stay_whole_where_they_are_one() -> None:
    found = " ".join(tokens("1,234,567.89 في 12.05.2020 و 1998,1999 ثم v1.2.3", "ar"))
    assert found == "1234567p89 في 12 05 2020 و 1998 1999 ثم v1 2 3"
    assert tokens("2020م 50kg mp3 covid-19", "ar") == [
        "2020",
        "م",
        "50",
        "kg",
        "mp3",
        "covid",
        "19",
    ]


def test_content_tokens_leave_out_function_and_question_words() -> None:
    assert content_tokens("كم يوماً إجازةُ الموظف الجديد في السنة؟", "ar") == tokens(
        "يوم إجازة موظف جديد سنة", "ar"
    )
    assert content_tokens("What's the parental leave, and who doesn't get it?", "en") == tokens(
        "parental leave get", "en"
    )
    assert content_tokens("من هو؟ ما هي؟ Who is it?", "ar") == []


def test_country_is_no_function_word() -> None:
    assert content_tokens("the U.S. president", "en") == ["us", "presid"]


def test_answers_compare_in_one_spelling() -> None:
    assert normalise("  «الإدارةُ»، العامّة! ") == normalise("الاداره العامه")
    assert normalise("١٬٦٠٠ متر (٣٫٥٪)") == normalise("1,600 متر 3.5%") == "1600 متر 3.5"
    assert normalise("في 2020م") == normalise("في ٢٠٢٠ م")
    assert normalise("The  King's—“Crown”.") == "the kings crown"
    assert normalise("ﻻ") == "لا"
    assert normalise("؟!") == ""


def test_word_forms_are_content_words_in_their_shortest_spelling() -> None:
    assert word_forms("The ministers met the Minister. Ministers!", "en") == {
        "minist": "Minister",
        "met": "met",
    }
    assert word_forms("والوزير قال إن وزير الصحة في الكتاب، كتاب", "ar") == {
        "زير": "وزير",
        "قال": "قال",
        "صحه": "الصحة",
        "كتاب": "كتاب",
    }


def test_word_forms_leave_out_numbers_and_single_letters() -> None:
    assert word_forms("In 1934, 3.5 x and ١٩٣٤ م: mp3", "en") == {"mp3": "mp3"}
    assert word_forms("Who is it? من هو؟ ...", "en") == {}
    assert word_forms("", "ar") == {}


@pytest.mark.parametrize("tokenizer", ["unicode61", "ascii"])
def test_tokens_pass_full_text_unchanged(tokenizer: str) -> None:
    text = 'الإدارةُ 3.5 café U.S. AND NOT don\'t ١٬٦٠٠ "quoted" x* ﷺ'
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE words USING fts5(word, tokenize='{tokenizer}')")
    database.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(words, row)")
    made = tokens(text, "ar")
    database.execute("INSERT INTO words VALUES (?)", (" ".join(made),))
    assert {row[0] for row in database.execute("SELECT term FROM terms")} == set(made)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_makes_tokens_of_letters_and_digits(text: str) -> None:
    for token in tokens(text, "en"):
        assert token.isalnum() and token.encode("utf-8")
    assert len(content_tokens(text, "ar")) <= len(tokens(text, "ar"))


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_forms_of_any_text_stand_in_it(text: str) -> None:
    for token, form in word_forms(text, "ar").items():
        assert form in without_invisible(text)
        assert content_tokens(form, "ar") == [token]


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_normalised_text_is_in_single_spaces(text: str) -> None:
    assert normalise(text) == " ".join(normalise(text).split())


@given(st.text(alphabet="ابتولكمنهية أإئؤىabc.,٫٬'١٢3 "))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_threads_do_not_disturb_each_other() -> None:
    texts = [
        " ".join(f"{word}{chr(0x628 + n)}ات" for n in range(12))
        for word in ("معلم", "كتاب", "وزار")
    ]
    alone = [tokens(text, "ar") for text in texts]
    found: list[bool] = []

    def work() -> None:
        found.extend(tokens(text, "ar") == right for text, right in zip(texts, alone, strict=True))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 24


def test_invisible_characters_inside_a_word_do_not_part_it() -> None:
    for sign in "\u00ad\u200b\u2060\ufeff":
        assert tokens(f"re{sign}liable", "en") == tokens("reliable", "en")
        assert list(word_forms(f"كت{sign}اب", "ar").values()) == ["كتاب"]


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئ", min_size=1, max_size=12))
def test_compiled_stemmers_give_the_stems_of_those_in_python_arabic(word: str) -> None:
    """Stores that were filled without PyStemmer hold the stems of the others."""
    assert Stemmer.Stemmer("arabic").stemWord(word) == ArabicStemmer().stemWord(word)


@given(st.text("abcdefghijklmnopqrstuvwxyz'éü", min_size=1, max_size=14))
def test_compiled_stemmers_give_the_stems_of_those_in_python_english(word: str) -> None:
    assert Stemmer.Stemmer("english").stemWord(word) == EnglishStemmer().stemWord(word)
