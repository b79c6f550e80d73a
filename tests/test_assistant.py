"""The question's way with the real index and a scripted language model."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llama_index.core.base.llms.types import ChatMessage

from index import Language, Library
from index.errors import QuestionInvalid
from rag import Answer, AnswerFailed, Assistant, Settings, Turn, gate
from rag.ask import Model
from rag.gate import FEATURES
from rag.prompt import NO_DOCUMENTS, REFUSAL
from rag.small_talk import small_talk
from tests.conftest import DOCUMENTS, MakeLibrary, OpenLibrary
from tests.scripted import ScriptedLLM, weak_llm
from ui.evaluation.calibrate import SHARES

DEEP = "How deep is the pond in the garden?"


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The three small documents; answering changes nothing in them."""
    return make_library(tmp_path_factory.mktemp("library"), DOCUMENTS)


def _settings(folder: Path, library: Library, **scores: float) -> Settings:
    """A calibration that scores everything 0: "doubt" between these thresholds, or none at all."""
    rules = {}
    if scores:
        kept = {f"{s:.2f}": scores["refuse"] if s > 0.7 else scores["answer"] for s in SHARES}
        for asked in ("ar", "en"):
            for found in ("ar", "en"):
                for size, names in FEATURES.items():
                    rules[f"{asked}->{found} {size}"] = {
                        "weights": dict.fromkeys(names, 0.0), "intercept": 0.0, "kept": kept,
                    }  # fmt: skip
    file = folder / "calibration.json"
    file.write_text(json.dumps({library.passage_model: rules} if rules else {}))
    return Settings(store=folder, calibration=file)


def _check(answer: Answer, library: Library) -> None:
    """Citations are exact, and the markers in the text are theirs."""
    for citation in answer.citations:
        text = library.document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote
    markers = {int(marker) for marker in re.findall(r"\[(\d+)\]", answer.text)}
    assert markers == {citation.marker for citation in answer.citations}


# --- Sentence by sentence ------------------------------------------------------------------------


def test_each_sentence_gets_its_source(library: Library) -> None:
    llm = ScriptedLLM("The pond was dug in 1998. Forty goldfish live in it.")
    answer = Assistant(library, llm).ask("When was the pond dug, and what lives in it?")
    assert answer.text == "The pond was dug in 1998. [1] Forty goldfish live in it. [2]"
    assert [citation.marker for citation in answer.citations] == [1, 2]
    assert "dug in 1998" in answer.citations[0].quote
    assert "forty goldfish" in answer.citations[1].quote
    assert not answer.doubtful
    _check(answer, library)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_pieces_joined_are_the_answer(library: Library, step: int) -> None:
    llm = ScriptedLLM(
        "Mrs. Ostrander [7] feeds them [1, 2]. The pond is two metres deep【4】.", step=step
    )
    pieces = list(Assistant(library, llm).stream("Who feeds the goldfish in the pond?"))
    answer = pieces[-1].answer
    assert answer is not None
    assert "".join(piece.text for piece in pieces) == answer.text
    assert answer.text == "Mrs. Ostrander feeds them. [1] The pond is two metres deep. [2]"
    assert [piece.text for piece in pieces] == [
        "Mrs. Ostrander feeds them. [1]", " The pond is two metres deep. [2]", "",
    ]  # fmt: skip
    assert all(piece.answer is None for piece in pieces[:-1])


@pytest.mark.parametrize(
    "unfit",
    [
        "The pond is 2.5 metres deep.",
        "It was dug in ١٨٥٠.",
        "It was dug by Winston Churchill.",
        "The pond in the garden is deep.",
        "Sharks hunt dolphins under thick ice.",
        "The pondبركة is two metres deep.",
        "The very deep pond the very deep pond the very deep pond.",
        "عمق البركة متران.",
    ],
    ids=["number", "digits", "name", "nothing new", "words", "glued", "loop", "language"],
)
def test_sentence_that_may_not_be_shown_is_left_out(library: Library, unfit: str) -> None:
    llm = ScriptedLLM(f"The pond is two metres deep. {unfit} Forty goldfish live in it.")
    answer = Assistant(library, llm).ask(DEEP)
    assert answer.text == "The pond is two metres deep. [1] Forty goldfish live in it. [1]"
    assert not answer.doubtful
    assert len(llm.prompts) == 1


@pytest.mark.parametrize(
    "text",
    ["The pond is 2.5 metres deep.", "It was dug by Winston Churchill.", "", "   ", "[1][2][3]",
     "...", "\n\n\n", "[", "؟", "[1", "عمق البركة متران."],
)  # fmt: skip
def test_when_nothing_can_be_shown_the_nearest_sentence_is_quoted_in_doubt(
    library: Library, text: str
) -> None:
    pieces = list(Assistant(library, ScriptedLLM(text)).stream(DEEP))
    answer = pieces[-1].answer
    assert answer is not None
    assert "".join(piece.text for piece in pieces) == answer.text
    assert answer.text == "It is two metres deep, and forty goldfish live in it. [1]"
    assert answer.doubtful
    assert not answer.abstained
    _check(answer, library)


def test_first_sentence_is_shown_before_the_second_is_written(library: Library) -> None:
    llm = ScriptedLLM("The garden opens at seven in the morning. " * 5)
    stream = Assistant(library, llm).stream("When does the garden open in the morning?")
    first = next(stream)
    assert first.text.startswith("The garden opens at seven")
    assert llm.given < 120
    stream.close()
    assert llm.closed
    assert llm.given < 120  # closing stops the model


def test_times_are_in_their_order(library: Library) -> None:
    seconds = Assistant(library, ScriptedLLM("It is two metres deep.")).ask(DEEP).seconds
    assert 0 < seconds.retrieve <= seconds.first_token <= seconds.total


def test_many_threads_get_their_own_answers(library: Library) -> None:
    assistant = Assistant(library, ScriptedLLM("The pond was dug in 1998. It cost 77 euros."))
    questions = ["When was the pond dug?", "In which year was the pond dug?"] * 4
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(assistant.ask, questions))
    assert [answer.question for answer in answers] == questions
    assert {answer.text for answer in answers} == {"The pond was dug in 1998. [1]"}


# --- Refusing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who won the chess championship of 1972?", "en"),
        ("ما هي عاصمة أستراليا وكم عدد سكانها؟", "ar"),
    ],
)
def test_question_about_something_else_is_refused_without_asking_the_model(
    library: Library, question: str, language: Language
) -> None:
    llm = ScriptedLLM("Paris.")
    answer = Assistant(library, llm, strictness="strict").ask(question)
    assert answer.abstained
    assert answer.text == REFUSAL[language]
    assert answer.citations == ()
    assert answer.language == language
    assert answer.hits  # what was nearest
    assert llm.prompts == []


@pytest.mark.parametrize(
    "text",
    [
        "NO_ANSWER",
        "NO_ANSWER [1].",
        "NO_ANSWER. The sentences do not contain that.",
    ],
)
def test_model_that_says_it_is_not_there_makes_a_refusal(library: Library, text: str) -> None:
    llm = ScriptedLLM(text)
    answer = Assistant(library, llm).ask("Who dug the pond in the school garden?")
    assert answer.abstained
    assert answer.text == REFUSAL["en"]
    assert answer.citations == ()
    assert len(llm.prompts) == 1


def test_sentence_about_documents_that_are_not_needed_is_no_refusal(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    said = "Documents in French do not need a translation."
    library = make_library(tmp_path, {"visa.txt": f"Visa desk handbook.\n\n{said}"})
    llm = ScriptedLLM(said)
    answer = Assistant(library, llm, strictness="open").ask("Do documents in French need one?")
    assert answer.text == f"{said} [1]"


@pytest.mark.parametrize(
    ("verdict", "abstained", "doubtful", "asked"),
    [("refuse", True, False, 0), ("doubt", False, True, 1), ("answer", False, False, 1)],
)
def test_gate_decides_on_what_the_model_says_of_the_evidence(
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    verdict: str,
    abstained: bool,
    doubtful: bool,
    asked: int,
) -> None:
    looked: list[str] = []

    def yes(model: Model, messages: Sequence[ChatMessage]) -> float:
        looked.append(str(messages[-1].content))
        return 1.5

    odds: list[object] = []

    def judge(*told: object, polar: bool) -> str:
        odds.append(told[2])
        return verdict

    monkeypatch.setattr(Model, "yes", yes)
    monkeypatch.setattr(gate, "judge", judge)
    llm = weak_llm("The pond is two metres deep.")
    answer = Assistant(library, llm).ask(DEEP)
    assert (answer.abstained, answer.doubtful) == (abstained, doubtful)
    assert answer.text == (REFUSAL["en"] if abstained else "The pond is two metres deep. [1]")
    assert len(llm.prompts) == asked
    assert odds == [1.5]
    assert len(looked) == 1
    assert DEEP in looked[0]
    assert "two metres deep" in looked[0]


def test_parts_of_a_question_are_judged_one_by_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def yes(model: Model, messages: Sequence[ChatMessage]) -> float:
        return 5.0 if "pond" in str(messages[-1].content).rpartition("Question:")[2] else -5.0

    def judge(hits: object, language: object, odds: float, *rest: object, polar: bool) -> str:
        return "answer" if odds > 0 else "refuse"

    monkeypatch.setattr(Model, "yes", yes)
    monkeypatch.setattr(gate, "judge", judge)
    llm = weak_llm("The pond is two metres deep.")
    answer = Assistant(library, llm).ask("How deep is the pond and who was the first king of Peru?")
    assert answer.text == "The pond is two metres deep. [1]"
    assert answer.doubtful  # half of what was asked is not there
    assert not answer.abstained
    assert len(llm.prompts) == 1


def test_what_is_reckoned_is_in_no_doubt(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its numbers stand in the documents, or it is not shown."""
    monkeypatch.setattr(gate, "judge", lambda *_, polar: "doubt")
    llm = weak_llm("4 * 15")
    question = "كم يدفع 4 أطفال ثمنًا لتذاكر قطار الجبل؟"
    answer = Assistant(library, llm).ask(question)
    assert answer.text.startswith("60 دينارًا: ")
    assert not answer.doubtful
    assert {citation.document for citation in answer.citations} == {"قطار.md"}
    _check(answer, library)


def test_models_without_a_calibration_refuse_nothing(library: Library, tmp_path: Path) -> None:
    assistant = Assistant(library, ScriptedLLM("Bobby."), settings=_settings(tmp_path, library))
    answer = assistant.ask("Who won the chess championship of 1972?")
    assert not answer.abstained
    assert answer.doubtful  # but a sentence that rests on nothing is not shown
    assert "Bobby" not in answer.text


def test_empty_store_says_so(open_library: OpenLibrary, tmp_path: Path) -> None:
    empty = open_library(tmp_path / "empty")
    llm = ScriptedLLM("no")
    for question, language in (("Is anybody there?", "en"), ("هل من أحد هنا؟", "ar")):
        answer = Assistant(empty, llm).ask(question)
        assert answer.abstained
        assert answer.text == NO_DOCUMENTS[language]  # type: ignore[index]
    assert llm.prompts == []


# --- Small talk, bad questions, broken models ----------------------------------------------------


@pytest.mark.parametrize(
    ("message", "language"), [("Hello!", "en"), ("Who are you?", "en"), ("السلام عليكم", "ar")]
)
def test_small_talk_is_answered_without_citations_and_without_the_model(
    library: Library, message: str, language: Language
) -> None:
    llm = ScriptedLLM("no")
    (piece,) = Assistant(library, llm).stream(message)
    answer = piece.answer
    assert answer is not None
    assert piece.text == answer.text == small_talk(message, language)
    assert (answer.language, answer.abstained, answer.doubtful) == (language, False, False)
    assert answer.citations == ()
    assert answer.hits == ()
    assert llm.prompts == []


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 3_000])
def test_question_that_cannot_be_asked_is_refused(library: Library, question: str) -> None:
    llm = ScriptedLLM("no")
    with pytest.raises(QuestionInvalid):
        Assistant(library, llm).ask(question)
    assert llm.prompts == []


def test_model_that_breaks_off_is_told_in_one_line(library: Library) -> None:
    error = ConnectionResetError("the other side\nhas gone")
    llm = ScriptedLLM("The pond is two metres deep. It was", error=error)
    stream = Assistant(library, llm).stream(DEEP)
    assert next(stream).text == "The pond is two metres deep. [1]"
    with pytest.raises(AnswerFailed, match="scripted") as caught:
        list(stream)
    assert "\n" not in str(caught.value)


# --- Languages, scope, history -------------------------------------------------------------------


def test_answer_in_the_wrong_language_is_asked_for_again(library: Library) -> None:
    llm = ScriptedLLM("عمق البركة متران تقريبًا كما ورد.", "The pond is two metres deep.")
    answer = Assistant(library, llm).ask(DEEP)
    assert answer.text == "The pond is two metres deep. [1]"
    assert len(llm.prompts) == 2
    assert "in English only" in llm.prompts[1]
    assert "in English only" not in llm.prompts[0]


def test_model_that_keeps_to_the_wrong_language_is_asked_twice_only(library: Library) -> None:
    llm = ScriptedLLM("عمق البركة متران تقريبًا كما ورد.")
    answer = Assistant(library, llm).ask(DEEP)
    assert answer.doubtful
    assert "عمق" not in answer.text
    assert len(llm.prompts) == 3  # the last time it is asked to point


def test_citation_is_in_the_language_of_the_source(library: Library) -> None:
    llm = ScriptedLLM("ثمن تذكرة الأطفال 15 دينارًا.")
    answer = Assistant(library, llm).ask("كم ثمن تذكرة القطار للأطفال؟")
    assert answer.language == "ar"
    assert "15 دينارًا للأطفال" in answer.citations[0].quote
    assert answer.citations[0].document == "قطار.md"
    _check(answer, library)


def test_language_that_is_asked_for_overrides_that_of_the_question(library: Library) -> None:
    llm = ScriptedLLM("The pond is two metres deep.", "عمق البركة متران، وفيها أربعون سمكة.")
    answer = Assistant(library, llm, strictness="open").ask(DEEP, language="ar")
    assert answer.language == "ar"
    assert answer.text == "عمق البركة متران، وفيها أربعون سمكة. [1]"
    assert "two metres deep" in answer.citations[0].quote
    refused = Assistant(library, llm).ask("Who won the chess cup?", language="ar", documents=[])
    assert refused.text == REFUSAL["ar"]


def test_only_the_named_documents_are_looked_in(library: Library) -> None:
    llm = ScriptedLLM("The oven was brought from Lyon in 1921.")
    assistant = Assistant(library, llm)
    question = "Where was the oven of the bakery brought from?"
    answer = assistant.ask(question, documents=["bakery.txt", "قطار.md"])
    assert answer.text == "The oven was brought from Lyon in 1921. [1]"
    assert {hit.document for hit in answer.hits} <= {"bakery.txt", "قطار.md"}
    elsewhere = assistant.ask(question, documents=["garden.md"])
    assert "Lyon" not in elsewhere.text
    assert {hit.document for hit in elsewhere.hits} == {"garden.md"}


@pytest.mark.parametrize("documents", [[], ["nothing.txt"]])
def test_scope_without_documents_is_refused_but_the_store_is_not_called_empty(
    library: Library, documents: list[str]
) -> None:
    llm = ScriptedLLM("It is two metres deep.")
    answer = Assistant(library, llm).ask(DEEP, documents=documents)
    assert answer.abstained
    assert answer.text == REFUSAL["en"]
    assert llm.prompts == []


@pytest.mark.parametrize("passages", [1, 2, 4])
def test_answer_shows_as_many_passages_as_were_asked_for(library: Library, passages: int) -> None:
    llm = ScriptedLLM("It is two metres deep.")
    answer = Assistant(library, llm, passages=passages).ask(DEEP)
    assert len(answer.hits) == passages
    assert answer.text == "It is two metres deep. [1]"
    assert len(Assistant(library, llm, passages=passages).search(DEEP)) == passages


def test_follow_up_keeps_its_subject(library: Library) -> None:
    llm = ScriptedLLM("It was dug in 1998.")
    history = [Turn("How deep is the pond in the school garden?", "Two metres. [1]")]
    answer = Assistant(library, llm).ask("And when was it dug?", history)
    assert answer.citations[0].document == "garden.md"
    assert "How deep is the pond" in llm.prompts[0]


def test_question_that_stands_by_itself_is_asked_without_history(library: Library) -> None:
    llm = ScriptedLLM("The oven was brought from Lyon in 1921.")
    history = [Turn("How deep is the pond in the school garden?", "Two metres. [1]")]
    question = "From which city was the oven of the bakery brought?"
    answer = Assistant(library, llm).ask(question, history)
    assert answer.citations[0].document == "bakery.txt"
    assert "pond in the school" not in llm.prompts[0]


@pytest.mark.parametrize(
    ("verdict", "text"), [("refuse", REFUSAL["en"]), ("doubt", "36 euros: 3 × 12 = 36. [1]")]
)
def test_what_is_refused_is_not_reckoned(
    make_library: MakeLibrary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    verdict: str,
    text: str,
) -> None:
    """Any two numbers have a sum, also those of a question that the documents know nothing of."""
    monkeypatch.setattr(gate, "judge", lambda *_, polar: verdict)
    library = make_library(tmp_path, {"rules.txt": "A card for adults costs 12 euros a year."})
    llm = ScriptedLLM("3 * 12")
    answer = Assistant(library, llm).ask("What do 3 cards for adults cost together?")
    assert answer.text == text
    assert not answer.doubtful
    assert len(llm.prompts) == (verdict != "refuse")
