"""Questions that only name a topic: what they are about is searched for, and its section told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Library
from rag import Assistant
from rag.topic import is_headed, topic_of
from tests.scripted import ScriptedLLM, weak_llm


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What does the document say about “Opening hours”?", "Opening hours"),
        ("And what do my documents say about parental leave?", "parental leave"),
        ("What does the staff handbook say about sick leave?", "sick leave"),
        ("What is said about the pond?", "the pond"),
        ("Tell me everything about the pond, please.", "the pond"),
        ("Summarize the rules of the garden", "the rules of the garden"),
        ("Can you give me an overview of the bakery?", "the bakery"),
        ("Describe the bridge in detail", "the bridge"),
        ("ماذا يقول المستند عن «الرحلات»؟", "الرحلات"),
        ("وماذا ورد في الدليل عن الإجازة المرضية؟", "الإجازة المرضية"),
        ("مَاذا تقول الوثائقُ عن الجِسر؟", "الجسر"),
        ("لخّص ما ورد عن قطار الجبل", "قطار الجبل"),
        ("حدّثني عن المتحف من فضلك", "المتحف"),
        ("اذكر كل ما ورد عن الرسوم بالتفصيل.", "الرسوم"),
    ],
)
def test_topic_is_what_is_asked_about(question: str, topic: str) -> None:
    assert topic_of(question) == topic


@pytest.mark.parametrize(
    "question",
    [
        "How deep is the pond?",
        "What does the director say about the budget?",
        "What did Tesla write about the wave?",
        "tell me about it",
        "ماذا يقول المدير عن الميزانية؟",
        "ماذا قال عنه؟",
        "كم عمق البركة؟",
        "What does the document say?",
        "",
        "?",
    ],
)
def test_other_questions_have_none(question: str) -> None:
    assert topic_of(question) == ""


@given(st.text(max_size=200))
def test_no_question_breaks_it(question: str) -> None:
    for asked in (question, f"What does the document say about {question}?"):
        assert len(topic_of(asked)) <= len(asked)


def test_a_heading_says_the_topic_in_whatever_spelling() -> None:
    assert is_headed(("الدليل", "الإجازاتُ"), "الاجازات")
    assert is_headed(("The Pond",), "the pond")
    assert not is_headed(("The pond", "Fish of the pond"), "fish")
    assert not is_headed((), "fish")
    assert not is_headed(("...",), "")


@pytest.mark.parametrize(
    ("question", "document", "quote"),
    [
        ("What does the document say about “Opening hours”?", "garden.md", "opens at seven"),
        ("What does the document say about “The pond”?", "garden.md", "dug in 1998"),
        ("ماذا يقول المستند عن «التاريخ»؟", "قطار.md", "1934"),
        ("ماذا يقول المستند عن «الرحلات»؟", "قطار.md", "أربع مرات"),
    ],
)
def test_a_section_is_told_when_its_heading_is_asked_for(
    library: Library, question: str, document: str, quote: str
) -> None:
    answer = Assistant(library, weak_llm("It says a lot.")).ask(question)
    assert not answer.abstained
    assert not (answer.doubtful and answer.language == "ar")
    assert {citation.document for citation in answer.citations} == {document}
    assert any(quote in citation.quote for citation in answer.citations)


def test_a_topic_that_no_document_has_is_refused(library: Library) -> None:
    llm = ScriptedLLM("NO_ANSWER")
    assert Assistant(library, llm).ask("What do the documents say about volcanoes?").abstained
