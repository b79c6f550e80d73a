"""Which questions want more than one fact, and which only sound like it."""

from __future__ import annotations

import pytest

from rag.question import wants_long_answer


@pytest.mark.parametrize(
    "question",
    [
        "Summarise the rules of the library.", "Give me a summary of chapter two",
        "Give an overview of the project", "List the duties of the keeper.",
        "Compare the two plans.", "What is the difference between a day pass and a year pass?",
        "Explain how the oven works.", "Describe the garden in winter",
        "What are the opening hours of all the museums?", "What are the steps to apply?",
        "Which documents are the applicants asked for in the steps?",
        "How do I apply for leave?", "How should visitors behave?",
        "What happens when a book is lost?", "What equipment is needed?",
        "Tell me about the pond", "What are the advantages and disadvantages of the new oven?",
        "When was it built and who paid for it?",
        "How many steps lead to the tower, and when was it built?", "What must a visitor bring?",
        "لخّص قواعد المكتبة", "أعطني ملخصًا عن الفصل الثاني", "اذكر واجبات الحارس",
        "قارن بين الخطتين", "ما الفرق بين التذكرة اليومية والسنوية؟", "اشرح طريقة عمل الفرن",
        "ما هي خطوات التقديم؟", "ما شروط الالتحاق بالدورة؟", "كيف يقدَّم طلب الإجازة؟",
        "ماذا يحدث إذا ضاع الكتاب؟", "ما أنواع الخبز في المخبز؟", "حدّثني عن البركة",
        "نبذة عن المتحف", "صِف لي الحديقة", "متى بُني الجسر، وكم كلّف؟",
        "ما مزايا الخطة وعيوبها؟", "اشرحـ بالتفصيل ما ورد في التقرير",
    ],
)  # fmt: skip
def test_question_for_several_facts_wants_a_long_answer(question: str) -> None:
    assert wants_long_answer(question)


@pytest.mark.parametrize(
    "question",
    [
        "When was the pond dug?", "How deep is the pond?", "Who feeds the goldfish?",
        "What is the fee for children?", "Where does the train stop?", "Is dogs' entry free?",
        "How much does a ticket cost?", "How does the ticket cost so much?",
        "How long does the trip take?", "How many steps lead to the tower?",
        "How much are the differences in price?", "كم عدد خطوات التقديم؟",
        "Which centre will be built in Benghazi?",
        "What is the capital of the province?", "In which year was the line opened?", "", "?",
        "1998", "What does the bakery sell?",
        "متى حُفرت البركة؟", "كم عمق البركة؟", "من يطعم الأسماك؟", "كم ثمن التذكرة للأطفال؟",
        "أين يقف القطار؟", "من صمّم الجسر الحجري؟", "ما عاصمة الإقليم؟", "هل يفتح يوم الجمعة؟",
        "كم عدد الركاب؟", "ما هو ارتفاع الجسر؟", "في أي سنة افتُتح الخط؟",
    ],
)  # fmt: skip
def test_question_for_one_fact_does_not(question: str) -> None:
    assert not wants_long_answer(question)


@pytest.mark.parametrize(
    ("question", "spelt_otherwise"),
    [
        ("اذكر القواعد", "أُذْكُر القواعد"),
        ("ما شروط الالتحاق؟", "ما شُروط الالتحاق؟"),
        ("حدثني عن البركة", "حدّثني عن البركه"),
        ("لخص الفصل", "لـخـص الفصل"),
        ("List the rules", "  LIST   the\nrules"),
    ],
)
def test_spelling_changes_nothing(question: str, spelt_otherwise: str) -> None:
    assert wants_long_answer(question)
    assert wants_long_answer(spelt_otherwise)
