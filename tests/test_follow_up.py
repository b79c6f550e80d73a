"""Questions that lean on the one before, and what is searched for them."""

from __future__ import annotations

import pytest

from rag import Turn
from rag.prompt import REFUSAL
from rag.question import leans_on_history, search_queries, turn_before

POND = Turn(
    "How deep is the pond in the garden?", "It is two metres deep [1]. It was dug in 1998 [2]."
)
BEFORE = [POND]


@pytest.mark.parametrize(
    "question",
    [
        "And when was it dug?", "Why?", "Who dug it?", "What about the goldfish?",
        "And part-timers?",
        "what about Fridays?", "Who runs it?", "How long?", "the second one?", "Since when?",
        "Is it open to visitors?", "Is it free?", "How do I get there?", "What happens then?",
        "Who wrote that?", "the same for women?", "in winter?", "For children under five?",
        "Tell me more", "What is his salary?", "Do they open on Sunday?", "Where can I find them?",
        "Does that include children?", "Which floor?", "How many days?", "What is the price?",
        "Is parking free too?", "Thanks, and on Fridays?", "in English please", "But why?",
        "Are these included?", "What was their reason?", "How often?", "until when", "Minsk?",
        "ومتى حُفرت؟", "وماذا عن الأسماك؟", "من حفرها؟", "متى؟", "كم عمره؟", "كم مدتها؟",
        "من كتبه؟", "ومن يديرها؟", "وماذا عن الثانية؟", "ومتى؟", "وهل يشمل ذلك الأطفال؟", "لماذا؟",
        "كم عددهم؟", "وفي الشتاء؟", "وللأطفال؟", "والأطفال؟", "كم السعر؟", "ما السبب؟",
        "هل هو مفتوح؟",
        "أين هو الآن؟", "ما هي مدتها؟", "متى يفتح؟", "ومواعيد الجمعة؟", "شكرا، ومتى يفتح المتحف؟",
        "من يعمل هناك؟", "ما الفرق بينهما؟", "هل يديره الوزير؟", "اشرح أكثر",
        "أين يقع مقرها الرئيسي؟",
        "من اخترعه ومتى؟", "هل تشمل هذه التغطية الأسنان؟", "كم نسبته؟", "w emta yeftah?", "؟",
        "وبالنسبة للموظفين الجدد؟", "كم يكلف؟", "كم طابقًا له؟", "كم طائرًا يعيش فيه؟",
        "هل لديهم فرع آخر؟", "ماذا حدث بعد ذلك؟", "الثاني؟",
    ],
)  # fmt: skip
def test_follow_up_leans_on_history(question: str) -> None:
    assert leans_on_history(question, BEFORE)
    assert search_queries(question, BEFORE)[-1].startswith(POND.question)


@pytest.mark.parametrize(
    "question",
    [
        "How much is it to rent the hall?", "Is it true that the museum opens on Fridays?",
        "What is the fare from Tal to Rif?", "Which bakery sells almond cake on Mill Street?",
        "When does the garden open in summer months?", "What is blockchain?", "Who is Lukashenko?",
        "Where is the museum?", "How long does it take to renew a passport?",
        "Are there discounts for students?", "When did the museum change its hours?",
        "What happens to a parcel if it is lost?", "Did the director get her job by lottery?",
        "How many leave days does the policy give this year?", "Who wrote \"It and They\"?",
        "What do those who arrive late pay?", "How many members are there in the council?",
        "Explain the leave policy", "What is the capital of Belarus?", "What is an exception?",
        "Is there a car park near the museum?", "What did Marx write after he left Paris?",
        "Is it allowed to bring dogs into the park?", "Who was the first president of Belarus?",
        "هل هناك موقف سيارات قرب المتحف؟", "من هو مدير العيادة؟", "وزارة الصحة أين تقع؟",
        "من هو وزير الصحة الذي زار مينسك؟", "كم ثمن تذكرة قطار الجبل للأطفال؟", "أين المتحف؟",
        "متى افتتح المتحف أبوابه؟", "ما الوثائق التي يحتاج إليها الموظف؟", "ما معنى كفالة؟",
        "كم عدد موظفي الشركة ومن يديرها؟", "وقت الدوام في العيادة متى يبدأ؟", "من هو لوكاشينكو؟",
        "كم مده الاجازه السنويه؟", "كم درهم سعر التذكرة؟", "ما اتجاه الريح في الصيف؟",
        "ما هي سياسة الإجازات هذا العام؟", "هل التدخين مسموح في الحديقة؟", "اشرح سياسة الإجازات",
        "هل يمكن للموظف نقل إجازته إلى السنة التالية؟", "ما عاصمة بيلاروسيا؟",
        "والد ابن سينا من هو؟",
        "واجبات الموظف ما هي بحسب الدليل؟", "ما إيرادات الربع الأول؟",
        "emta yeftah el ma7al fel matar?",
        "ما أهم شروط القبول في الجامعة؟", "كم يبعد المطار عن مدينة أبها؟",
        "هل من المهم تجديد العقد؟", "كم طائرًا وُضعت له حلقة في المحطة؟",
    ],
)  # fmt: skip
def test_whole_question_stands_alone(question: str) -> None:
    assert not leans_on_history(question, BEFORE)
    assert len(search_queries(question, BEFORE)) == 1


@pytest.mark.parametrize("question", ["Why?", "وماذا عن الثانية؟", "Who runs it?"])
def test_without_history_nothing_leans(question: str) -> None:
    assert not leans_on_history(question, [])
    assert search_queries(question, []) == (question,)


def test_follow_up_is_searched_alone_and_behind_question_and_answer() -> None:
    assert search_queries("Who dug it?", BEFORE) == (
        "Who dug it?",
        f"{POND.question} It is two metres deep. It was dug in 1998. Who dug it?",
    )


def test_only_the_first_sentences_of_a_long_answer_go_into_the_query() -> None:
    sentence = "The pond was dug by eleven men with spades in the cold spring of that year."
    answer = " ".join([sentence] * 40)
    (_, behind) = search_queries("Who were they?", [Turn("Pond?", answer)])
    assert behind == f"Pond? {sentence} {sentence} {sentence} Who were they?"
    (_, behind) = search_queries("Who were they?", [Turn("Pond?", "word " * 400)])
    assert len(behind) < 340


@pytest.mark.parametrize("answer", [REFUSAL["en"], REFUSAL["ar"], ""])
def test_answer_that_abstains_is_left_out_of_the_query(answer: str) -> None:
    history = [Turn(POND.question, answer)]
    assert search_queries("Who dug it?", history)[1] == f"{POND.question} Who dug it?"


def test_what_only_sounds_like_a_refusal_is_an_answer() -> None:
    history = [Turn("Which papers need a translation?", "French ones do not need one. [1]")]
    (_, behind) = search_queries("Who says so?", history)
    assert "French ones do not need one." in behind


def test_follow_up_of_a_follow_up_reaches_the_whole_question() -> None:
    history = [POND, Turn("Who dug it?", "Eleven men [1]."), Turn("When?", "In 1998 [1].")]
    assert search_queries("Why then?", history)[1] == (
        "How deep is the pond in the garden? Who dug it? When? In 1998. Why then?"
    )
    switched = [POND, Turn("What is the fare from Tal to Rif?", "Four dinars [1].")]
    assert POND.question not in search_queries("And back?", switched)[1]


def test_small_talk_between_is_passed_over() -> None:
    history = [POND, Turn("Thanks!", "You are welcome!")]
    assert turn_before(history) == POND
    assert search_queries("Who dug it?", history)[1].startswith(POND.question)
    assert not leans_on_history("Why?", [Turn("Hello", "Hello!")])


def test_request_for_a_language_asks_the_question_before_once_more() -> None:
    (query,) = search_queries("In Arabic, please", BEFORE)
    assert query.startswith(POND.question)
    assert "Arabic" not in query
    assert search_queries("answer in Arabic: what is blockchain?", []) == ("what is blockchain?",)


def test_arabic_in_latin_letters_is_searched_in_arabic_ones() -> None:
    assert search_queries("emta yeftah el mat7af?", []) == ("متى يفتح المتحف",)
