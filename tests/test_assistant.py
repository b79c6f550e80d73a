"""The question's way with the real index and a scripted language model."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import Library
from index.errors import QuestionInvalid
from rag import Assistant, Turn
from tests.conftest import OpenLibrary
from tests.scripted import ScriptedLLM


def test_each_sentence_gets_its_source(library: Library) -> None:
    llm = ScriptedLLM("The pond was dug in 1998. Forty goldfish live in it.")
    answer = Assistant(library, llm).ask("When was the pond dug, and what lives in it?")
    assert answer.text == "The pond was dug in 1998. [1] Forty goldfish live in it. [2]"
    assert [citation.marker for citation in answer.citations] == [1, 2]
    assert "dug in 1998" in answer.citations[0].quote
    assert "forty goldfish" in answer.citations[1].quote
    for citation in answer.citations:
        text = library.document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_pieces_joined_are_the_answer(library: Library, step: int) -> None:
    llm = ScriptedLLM(
        "Mrs. Ostrander [7] feeds them [1, 2]. The pond is 2.5 m deep【4】.", step=step
    )
    pieces = list(Assistant(library, llm).stream("Who feeds the goldfish in the pond?"))
    answer = pieces[-1].answer
    assert answer is not None
    assert "".join(piece.text for piece in pieces) == answer.text
    assert answer.text == "Mrs. Ostrander feeds them. [1] The pond is 2.5 m deep. [2]"
    assert all(piece.answer is None for piece in pieces[:-1])


def test_answer_streams_before_it_is_whole(library: Library) -> None:
    llm = ScriptedLLM("The garden opens at seven in the morning. " * 5)
    stream = Assistant(library, llm).stream("When does the garden open in the morning?")
    first = next(stream)
    assert first.text
    assert llm.given < 120
    stream.close()
    assert llm.given < 120  # closing stops the model


def test_question_about_something_else_is_refused_without_asking_the_model(
    library: Library,
) -> None:
    llm = ScriptedLLM("Paris.")
    for question, language in (
        ("Who won the chess championship of 1972?", "en"),
        ("ما هي عاصمة أستراليا وكم عدد سكانها؟", "ar"),
    ):
        answer = Assistant(library, llm).ask(question)
        assert answer.abstained
        assert answer.citations == ()
        assert answer.language == language
        assert answer.hits  # what was nearest
    assert llm.prompts == []


def test_model_that_says_it_is_not_there_makes_a_refusal(library: Library) -> None:
    llm = ScriptedLLM("The passages do not mention who dug the pond [1].")
    answer = Assistant(library, llm).ask("Who dug the pond in the school garden?")
    assert answer.abstained
    assert answer.citations == ()
    assert "[1]" not in answer.text


def test_answer_in_the_wrong_language_is_asked_for_again(library: Library) -> None:
    llm = ScriptedLLM("عمق البركة متران تقريبًا كما ورد.", "The pond is two metres deep.")
    answer = Assistant(library, llm).ask("How deep is the pond in the garden?")
    assert answer.text == "The pond is two metres deep. [1]"
    assert len(llm.prompts) == 2
    assert "in English only" in llm.prompts[1]


def test_citation_is_in_the_language_of_the_source(library: Library) -> None:
    llm = ScriptedLLM("ثمن تذكرة الأطفال 15 دينارًا.")
    answer = Assistant(library, llm).ask("كم ثمن تذكرة القطار للأطفال؟")
    assert answer.language == "ar"
    assert "15 دينارًا للأطفال" in answer.citations[0].quote
    assert answer.citations[0].document == "قطار.md"


def test_follow_up_keeps_its_subject(library: Library) -> None:
    llm = ScriptedLLM("It was dug in 1998.")
    history = [Turn("How deep is the pond in the school garden?", "Two metres. [1]")]
    answer = Assistant(library, llm).ask("And when was it dug?", history)
    assert answer.citations[0].document == "garden.md"
    assert "How deep is the pond" in llm.prompts[0]


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 3_000])
def test_question_that_cannot_be_asked_is_refused(library: Library, question: str) -> None:
    with pytest.raises(QuestionInvalid):
        Assistant(library, ScriptedLLM("no")).ask(question)


def test_empty_store_says_so(open_library: OpenLibrary, tmp_path: Path) -> None:
    empty = open_library(tmp_path / "empty")
    answer = Assistant(empty, ScriptedLLM("no")).ask("Is anybody there?")
    assert answer.abstained
    assert "no documents" in answer.text


def test_gibberish_streams_to_an_end(library: Library) -> None:
    for text in ("", "   ", "[1][2][3]", "...", "\n\n\n", "[", "؟", "[1"):
        pieces = list(Assistant(library, ScriptedLLM(text)).stream("How deep is the pond?"))
        answer = pieces[-1].answer
        assert answer is not None
        assert "".join(piece.text for piece in pieces) == answer.text
