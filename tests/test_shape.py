"""What kind of answer a question asks for, and the single questions of a two-part one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question import parse
from rag.shape import Shape, parts_of, shape_of

QUESTIONS: dict[Shape, list[str]] = {
    "summary": [
        "Summarise the rules of the library.", "Give me a summary of chapter two",
        "Give an overview of the project", "Explain how the oven works.", "Sum up the report",
        "Describe the garden in winter", "What is the leaflet about?",
        "لخّص قواعد المكتبة", "أعطني ملخصًا عن الفصل الثاني", "اشرح طريقة عمل الفرن",
        "نبذة عن المتحف", "صِف لي الحديقة", "اشرحـ بالتفصيل ما ورد في التقرير", "لـخـص الفصل",
    ],
    "list": [
        "List the duties of the keeper.", "  LIST   the\nrules",
        "What are the opening hours of all the museums?",
        "Which documents are the applicants asked for?", "What equipment is needed?",
        "What are the advantages and disadvantages of the new oven?", "What comes in the parcel?",
        "Which keepers work at night?", "What must a visitor bring?",
        "اذكر واجبات الحارس", "أُذْكُر القواعد", "عدّد غرف المبنى", "ما أنواع الخبز في المخبز؟",
        "ما شروط الالتحاق بالدورة؟", "في أي أيام يفتح المسبح؟",
    ],
    "compare": [
        "Compare the two plans.", "What is the difference between a day pass and a year pass?",
        "Which oven is cheaper, the old or the new one?", "Is the hall bigger than the library?",
        "قارن بين الخطتين", "ما الفرق بين التذكرة اليومية والسنوية؟",
        "أيهما أرخص: التذكرة اليومية أم السنوية؟", "أي الغرفتين أوسع؟",
    ],
    "how": [
        "How do I apply for leave?", "How should visitors behave?",
        "What happens when a book is lost?", "What should I do after the alarm?",
        "كيف يقدَّم طلب الإجازة؟", "ما هي خطوات التقديم؟",
        "ماذا يحدث إذا ضاع الكتاب؟", "شو بعمل إذا ضاع المفتاح؟",
    ],
    "yesno": [
        "Is the pool open on Friday?", "Does the fee include lunch?", "And can children swim?",
        "My card is lost. Do I have to pay?", "Isn't the garden closed?",
        "هل يفتح المسبح يوم الجمعة؟", "أيجوز إدخال الطعام؟", "ممكن أدخل بدون بطاقة؟",
        "عندي بطاقة قديمة، بقدر أدخل فيها ولا لا؟",
    ],
    "fact": [
        "When was the pond dug?", "How deep is the pond?", "Who feeds the goldfish?",
        "What is the fee for children?", "Where does the train stop?",
        "How much does a ticket cost?", "How long does the trip take?",
        "How many steps lead to the tower?", "How much are the differences in price?",
        "Which centre will be built in Benghazi?", "Which keeper comes in the morning?",
        "In which year was the line opened?", "", "?", "1998", "What does the bakery sell?",
        "Can you tell me when the pool opens?",
        "متى حُفرت البركة؟", "كم عمق البركة؟", "من يطعم الأسماك؟", "كم عدد خطوات التقديم؟",
        "أين يقف القطار؟", "ما عاصمة الإقليم؟", "ما هو ارتفاع الجسر؟", "في أي سنة افتُتح الخط؟",
        "ما مدتها؟", "ما هي مدتها؟", "أيام العطلة؟", "ما العنوان؟",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "shape"), [(q, shape) for shape, every in QUESTIONS.items() for q in every]
)
def test_shape_is_told_by_the_wording(question: str, shape: Shape) -> None:
    assert parse(question).shape == shape
    assert parse(question).long == (shape not in ("fact", "yesno"))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who pays water and who pays electricity?", ("Who pays water", "who pays electricity?")),
        ("When was it built, and how much did it cost?",
         ("When was it built", "how much did it cost?")),
        ("What does the chair cost? And where is it made?",
         ("What does the chair cost", "And where is it made?")),
        ("متى بُني الجسر، وكم كلّف؟", ("متى بُني الجسر", "وكم كلّف؟")),
        ("من يدفع الماء ومن يدفع الكهرباء؟", ("من يدفع الماء", "ومن يدفع الكهرباء؟")),
    ],
)  # fmt: skip
def test_question_of_two_parts_is_taken_apart(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts
    assert parse(question).long


@pytest.mark.parametrize(
    "question",
    [
        "When and where are the lectures?", "Who pays for water and electricity?",
        "متى وأين تُعقد المحاضرات؟", "كم تبعد المدينة من مسقط ومن دبي؟",
        "What are the fees, the hours and the rules?", "", "?", "and why?",
    ],
)  # fmt: skip
def test_one_question_stays_whole(question: str) -> None:
    assert parts_of(question) == (question.strip(),)


@given(st.text(alphabet="abو ما من and what is,?؟ \n", max_size=300))
def test_no_question_breaks_it(question: str) -> None:
    shape_of(question)
    assert 1 <= len(parts_of(question)) <= 4
