"""Values are put into the other language exactly, or not at all; names by table and rule."""

from __future__ import annotations

import pytest

from rag.values import facts, is_name, latin_name, rendered, values_in, with_values

TO_ARABIC = {
    "4.5 litres": "4.5 لتر",
    "6 months": "6 أشهر",
    "one month": "شهر واحد",
    "2 months": "شهران",
    "within two months": "خلال شهرين",
    "11 days": "11 يومًا",
    "100 days": "100 يوم",
    "103 days": "103 أيام",
    "£18": "18 جنيهًا",
    "1,080 dinars": "1,080 دينارًا",
    "2,400 dirhams a year": "2,400 درهم في السنة",
    "6 million dinars": "6 ملايين دينار",
    "twenty-five people": "25 شخصًا",
    "one hundred and twenty members": "120 عضوًا",
    "two and a half hours": "2.5 ساعة",
    "25 percent": "25%",
    "28 October 2025": "28 أكتوبر 2025",
    "October 28, 2025": "28 أكتوبر 2025",
    "between 5 and 7 October 2027": "بين 5 و7 أكتوبر 2027",
    "14:00-16:50": "14:00–16:50",
    "8 am to 2 pm, Sunday to Thursday": "8 صباحًا إلى 2 بعد الظهر، الأحد إلى الخميس",
    "at least 4 hours": "4 ساعات على الأقل",
    "not more than 5 working days": "5 أيام عمل على الأكثر",
    "every 6 months": "كل 6 أشهر",
    "third floor": "الطابق الثالث",
    "room 114": "الغرفة 114",
    "PL-131": "PL-131",
    "Monday 11:00–12:00, Birch 1.02": "الاثنين 11:00–12:00، Birch 1.02",
    "help@example.org": "help@example.org",
    "free": "مجانًا",
    "-18 °C": "-18 درجة مئوية",
}
TO_ENGLISH = {
    "90 يومًا": "90 days",
    "٩٠ يومًا": "90 days",
    "تسعة أعضاء": "9 members",
    "9 من 11 عضوًا": "9 of 11 members",
    "مئة وخمسة وعشرون دينارًا": "125 dinars",
    "ثلاثة آلاف ومئتا دينار": "3200 dinars",
    "ألفا دينار": "2000 dinars",
    "415,000 كيلومترًا مربعًا": "415,000 km²",
    "عشرون ألفًا": "20,000",
    "مليون وألفان": "1,002,000",
    "خمس عشرة دقيقة": "15 minutes",
    "60 مليونًا": "60 million",
    "شهران": "2 months",
    "يومان في الأسبوع": "2 days per week",
    "أربعة لترات ونصف": "4.5 litres",
    "نصف ساعة": "half an hour",
    "30 في المئة": "30%",
    "28 أكتوبر 2025": "28 October 2025",
    "2 يونيو 2026م": "2 June 2026",
    "ابتداءً من 1 يونيو 2026": "from 1 June 2026",
    "الثامنة صباحًا": "8 am",
    "التاسعة والنصف": "9:30",
    "الثانية عشرة ظهرًا": "12 noon",
    "من الثامنة والنصف صباحًا إلى الرابعة والنصف عصرًا": "from 8:30 am to 4:30 pm",
    "يوما الأحد والثلاثاء من التاسعة صباحًا": "Sunday and Tuesday from 9 am",
    "بعد العاشرة ليلًا أو قبل السادسة صباحًا": "after 10 pm or before 6 am",
    "ستة أيام على الأكثر": "at most 6 days",
    "حتى ثلاثة كتب": "up to 3 books",
    "حتى 31 مارس": "until 31 March",
    "الطابق الأرضي": "ground floor",
    "بـ45 دينارًا": "for 45 dinars",
    "مجانًا": "free",
}


@pytest.mark.parametrize(("english", "arabic"), TO_ARABIC.items())
def test_english_values_in_arabic(english: str, arabic: str) -> None:
    assert rendered(english, "ar") == arabic


@pytest.mark.parametrize(("arabic", "english"), TO_ENGLISH.items())
def test_arabic_values_in_english(arabic: str, english: str) -> None:
    assert rendered(arabic, "en") == english


@pytest.mark.parametrize(
    "words",
    [
        "", "the red door", "5 G", "£6 lemons",
        "they may 5", "a flat 35 per night", "30 days after", "at 50",
        "4 lemons", "by PL-150", "x" * 400, "90 يومًا", "and",
    ],
)  # fmt: skip
def test_other_words_are_left_alone(words: str) -> None:
    assert rendered(words, "ar") is None


@pytest.mark.parametrize(
    "words",
    [
        "سوسن الطرابيشي",
        "بخمسة أصوات",
        "10.3 لا",
        "90 days",
        "من",
        "الساعة الثالثة إلا ربعًا",
        "5 م",
        "2أ",
    ],
)
def test_other_arabic_words_are_left_alone(words: str) -> None:
    assert rendered(words, "en") is None


def test_a_value_goes_there_and_back() -> None:
    for value in ("3 weeks", "12 March 2026", "45%", "from 9 am to 5 pm", "11 pages", "room 7"):
        arabic = rendered(value, "ar")
        assert arabic is not None
        assert rendered(arabic, "en") == value


def test_number_that_counts_an_unknown_word_is_left_out() -> None:
    lent = "Members may borrow eight books for three weeks and up to two zithers for one week."
    assert values_in(lent, "ar") == ["8 كتب لمدة 3 أسابيع"]
    assert values_in("Room 3 has 90 zithers.", "ar") == ["الغرفة 3"]


def test_values_inside_a_sentence() -> None:
    sentence = "يُغلق المتجر من الثانية ظهرًا إلى الرابعة عصرًا خلال شهر رمضان."
    assert with_values(sentence, "en") == "يُغلق المتجر from 2 pm to 4 pm within Ramadan."


def test_facts_are_the_same_in_both_languages() -> None:
    english = "Nine members paid £18 before 12 June 2026, on Friday at 9 am."
    arabic = "دفع تسعة أعضاء 18 جنيهًا قبل 12 يونيو 2026 يوم الجمعة الساعة التاسعة صباحًا."
    assert facts(english, "en") == facts(arabic, "ar")
    assert facts(english.replace("Friday", "Sunday"), "en") != facts(arabic, "ar")


def test_facts_of_hostile_text_take_linear_work() -> None:
    assert not facts("و" * 5_000 + " " + "a-" * 5_000 + "@" * 500, "ar")


def test_names_in_latin_letters() -> None:
    assert latin_name("سوسن الطرابيشي") == "Sawsan al-Tarabishi"
    assert latin_name("د. هيفاء القصّار") == "Dr Haifa al-Qassar"
    assert latin_name("عبد الرحمن منصور") == "Abdul Rahman Mansour"
    assert latin_name("نوال بن يحيى") == "Nawal bin Yahya"
    assert latin_name("جبران عوّاد") == "Gibran Awwad"


def test_what_is_a_name() -> None:
    assert is_name("المهندسة ريم الشامي")
    assert not is_name("على المستأجر")
    assert not is_name("الطابق الثاني")


def test_values_of_a_sentence_are_those_with_figures() -> None:
    sentence = "اشتراك الشقة 25 دينارًا في الشهر، ويُدفع قبل العاشر من كل شهر"
    found = values_in(sentence, "en")
    assert found[0] == "25 dinars per month"
    assert all(any(map(str.isdigit, value)) for value in found)
