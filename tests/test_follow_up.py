"""Questions that lean on the one before, and what is searched for them."""

from __future__ import annotations

import pytest

from rag import Turn
from rag.question import parse

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
        "Thanks, and on Fridays?", "But why?",
        "Are these included?", "What was their reason?", "How often?", "until when", "Minsk?",
        "ومتى حُفرت؟", "وماذا عن الأسماك؟", "من حفرها؟", "متى؟", "كم عمره؟", "كم مدتها؟",
        "من كتبه؟", "ومن يديرها؟", "وماذا عن الثانية؟", "ومتى؟", "وهل يشمل ذلك الأطفال؟", "لماذا؟",
        "كم عددهم؟", "وفي الشتاء؟", "وللأطفال؟", "والأطفال؟", "كم السعر؟", "ما السبب؟",
        "هل هو مفتوح؟",
        "أين هو الآن؟", "ما هي مدتها؟", "متى يفتح؟", "ومواعيد الجمعة؟", "شكرا، ومتى يفتح المتحف؟",
        "من يعمل هناك؟", "ما الفرق بينهما؟", "اشرح أكثر", "أين يقع مقرها الرئيسي؟",
        "من اخترعه ومتى؟", "هل تشمل هذه التغطية الأسنان؟", "كم نسبته؟", "w emta yeftah?", "؟",
        "وبالنسبة للموظفين الجدد؟", "كم يكلف؟", "كم طابقًا له؟", "كم طائرًا يعيش فيه؟",
        "هل لديهم فرع آخر؟", "ماذا حدث بعد ذلك؟", "الثاني؟", "وين؟", "قديش سعرو؟",
    ],
)  # fmt: skip
def test_follow_up_leans_on_history(question: str) -> None:
    asked = parse(question, BEFORE)
    assert asked.before == POND
    assert asked.queries[-1].startswith(POND.question)


@pytest.mark.parametrize(
    "question",
    [
        "Which bakery sells almond cake on Mill Street?",
        "When does the garden open in summer months?", "Who is Lukashenko?",
        "Are there discounts for students?", "Who wrote \"It and They\"?",
        "How many members are there in the council?", "What is the capital of Belarus?",
        "Is there a car park near the museum?", "Where does the director of the museum live?",
        "Is it allowed to bring dogs into the park?", "Who was the first president of Belarus?",
        "How much is it to rent the hall?", "weight of the D12", "How long does a D20 last?",
        "هل هناك موقف سيارات قرب المتحف؟", "من هو مدير العيادة؟", "وزارة الصحة أين تقع؟",
        "كم ثمن تذكرة قطار الجبل للأطفال؟", "وزن جهاز D12", "واجبات الموظف ما هي بحسب الدليل؟",
        "كم مده الاجازه السنويه؟", "كم درهم سعر التذكرة؟", "ما اتجاه الريح في الصيف؟",
        "ما هي سياسة الإجازات هذا العام؟", "هل التدخين مسموح في الحديقة؟", "ما عاصمة بيلاروسيا؟",
        "والد ابن سينا من هو؟", "ما الوثائق التي يحتاج إليها الموظف؟",
        "كم يبعد المطار عن مدينة أبها؟", "هل من المهم تجديد العقد؟",
    ],
)  # fmt: skip
def test_whole_question_stands_alone(question: str) -> None:
    asked = parse(question, BEFORE)
    assert asked.before is None
    assert asked.queries[0] == question


def test_question_of_many_words_is_searched_alone() -> None:
    question = "Which bakery sells almond cake on Mill Street?"
    assert parse(question, BEFORE).queries == (question,)


def test_question_of_few_words_is_searched_both_ways_though_it_stands_alone() -> None:
    asked = parse("What is the capital of Belarus?", BEFORE)
    assert asked.before is None
    assert len(asked.queries) == 2


@pytest.mark.parametrize("question", ["Why?", "وماذا عن الثانية؟", "Who runs it?"])
def test_without_history_nothing_leans(question: str) -> None:
    asked = parse(question)
    assert asked.before is None
    assert asked.queries == (question,)


def test_follow_up_is_searched_alone_and_behind_question_and_answer() -> None:
    assert parse("Who dug it?", BEFORE).queries == (
        "Who dug it?",
        f"{POND.question} It is two metres deep. It was dug in 1998. Who dug it?",
    )


def test_only_the_first_sentences_of_a_long_answer_go_into_the_query() -> None:
    sentence = "The pond was dug by eleven men with spades in the cold spring of that year."
    answer = " ".join([sentence] * 40)
    (_, behind) = parse("Who were they?", [Turn("Pond?", answer)]).queries
    assert behind == f"Pond? {sentence} {sentence} {sentence} Who were they?"
    (_, behind) = parse("Who were they?", [Turn("Pond?", "word " * 400)]).queries
    assert len(behind) < 340


def test_answer_that_refuses_is_left_out_of_the_query() -> None:
    history = [Turn(POND.question, "Nothing was found.", "refused")]
    asked = parse("Who dug it?", history)
    assert asked.queries[1] == f"{POND.question} Who dug it?"
    assert asked.before == history[0]


def test_follow_up_of_a_follow_up_reaches_the_whole_question() -> None:
    history = [POND, Turn("Who dug it?", "Eleven men [1]."), Turn("When?", "In 1998 [1].")]
    assert parse("Why then?", history).queries[1] == (
        "How deep is the pond in the garden? Who dug it? When? In 1998. Why then?"
    )
    switched = [POND, Turn("What is the fare of the bus from Tal to Rif?", "Four dinars [1].")]
    assert POND.question not in parse("And back?", switched).queries[1]


@pytest.mark.parametrize(
    "between", [Turn("Thanks!", "You are welcome!"), Turn("Bravo!", "Thank you.", "small_talk")]
)
def test_small_talk_between_is_passed_over(between: Turn) -> None:
    asked = parse("Who dug it?", [POND, between])
    assert asked.before == POND
    assert asked.queries[1].startswith(POND.question)
    assert parse("Why?", [between]).before is None


def test_request_for_a_language_asks_the_question_before_once_more() -> None:
    asked = parse("In Arabic, please", BEFORE)
    assert asked.language == "ar"
    assert asked.text == "In Arabic, please"
    assert asked.asked == POND.question
    assert asked.queries == (POND.question,)
    assert parse("answer in Arabic: what is blockchain?").queries == ("what is blockchain?",)


def test_arabic_in_latin_letters_is_searched_in_arabic_ones() -> None:
    assert parse("emta yeftah el mat7af?").queries == ("متى يفته المتحف",)


def test_of_a_question_for_a_topic_the_topic_is_searched() -> None:
    asked = parse("What do the documents say about the old pond?")
    assert (asked.topic, asked.shape, asked.long) == ("the old pond", "summary", True)
    assert asked.queries == ("the old pond",)


def test_small_talk_has_its_reply_in_the_language_wanted() -> None:
    assert parse("hello").reply == "Hello! What would you like to know from your documents?"
    assert "أهلاً" in (parse("hello", language="ar").reply or "")
    assert parse("hello, how deep is the pond?").reply is None
