"""The metrics, and an evaluation from file to figures on a small set of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag import Assistant, EvaluationInvalid
from rag.evaluate import (
    contains,
    evaluate_answers,
    evaluate_retrieval,
    f1,
    mrr_at,
    read_squad,
    recall_at,
)
from tests.conftest import OpenLibrary
from tests.scripted import ScriptedLLM

SET = [
    ("The lighthouse of Orm was lit in 1874. Its keeper was Jonas Vik.",
     "أُضيئت منارة أورم سنة 1874. وكان حارسها يوناس فيك.",
     [("Who kept the lighthouse of Orm?", "Jonas Vik", "من كان حارس منارة أورم؟", "يوناس فيك")]),
    ("Blue clay is dug near the village of Senna and fired for nine hours.",
     "يُستخرج الطين الأزرق قرب قرية سنّا ويُحرق تسع ساعات.",
     [("How long is blue clay fired?", "nine hours", "كم يُحرق الطين الأزرق؟", "تسع ساعات")]),
    ("The ferry to Last Island leaves at noon. It carries forty people.",
     "تغادر العبّارة إلى جزيرة الأخيرة ظهرًا. وهي تتسع لأربعين راكبًا.",
     [("When does the ferry to Last Island leave?", "noon", "متى تغادر العبارة؟", "ظهرًا")]),
]  # fmt: skip


def _squad(folder: Path, language: str) -> Path:
    arabic = language == "ar"
    paragraphs: list[dict[str, Any]] = []
    for english, translated, questions in SET:
        qas = [
            {"id": "x", "question": q[2 if arabic else 0],
             "answers": [{"text": q[3 if arabic else 1], "answer_start": 0}]}
            for q in questions
        ]  # fmt: skip
        paragraphs.append({"context": translated if arabic else english, "qas": qas})
    file = folder / f"set.{language}.json"
    file.write_text(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}))
    return file


def test_recall_and_mrr() -> None:
    ranks = [1, 2, None, 11]
    assert recall_at(ranks, 1) == 0.25
    assert recall_at(ranks, 10) == 0.5
    assert mrr_at(ranks, 10) == pytest.approx((1 + 0.5) / 4)


def test_containing_ignores_spelling_but_keeps_words_whole() -> None:
    assert contains("إنّه في سنة ١٩٣٤.", ["1934"])
    assert contains("قال أحمدُ ذلك", ["احمد"])
    assert not contains("It was 19345 metres", ["1934"])
    assert not contains("anything", [""])


def test_f1_is_squads() -> None:
    assert f1("the red house", ["red house"]) == pytest.approx(0.8)
    assert f1("nothing alike", ["red house"]) == 0.0


@pytest.mark.parametrize("text", ["", "[]", '{"data": []}', '{"data": [{"paragraphs": [{}]}]}'])
def test_file_in_another_format_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(EvaluationInvalid):
        read_squad(file)


@pytest.mark.parametrize(("passages", "questions"), [("en", "en"), ("ar", "en"), ("en", "ar")])
def test_retrieval_is_measured_in_every_direction(
    open_library: OpenLibrary, tmp_path: Path, passages: str, questions: str
) -> None:
    distractors = "ar" if passages == "en" else "en"
    result = evaluate_retrieval(
        open_library(tmp_path / "store"),
        tmp_path / "documents",
        _squad(tmp_path, passages),
        _squad(tmp_path, questions),
        _squad(tmp_path, distractors) if passages == questions else None,
    )
    assert result["questions"] == 3
    assert result["passages"] == (6 if passages == questions else 3)
    assert result["recall"].keys() == {"1", "3", "5", "10"}
    assert result["recall"]["10"] == 1.0
    assert result["seconds"].keys() == {"index", "query_median"}


def test_files_that_do_not_run_in_parallel_are_refused(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    one = tmp_path / "one.json"
    paragraph = {"context": "x", "qas": [{"question": "y", "answers": []}]}
    one.write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    with pytest.raises(EvaluationInvalid, match="parallel"):
        evaluate_retrieval(
            open_library(tmp_path / "store"), tmp_path / "d", one, _squad(tmp_path, "en")
        )


def test_answers_are_measured_with_and_without_their_document(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    library = open_library(tmp_path / "store")
    assistant = Assistant(library, ScriptedLLM("Jonas Vik, for nine hours at noon."))
    rows: list[dict[str, Any]] = []
    result = evaluate_answers(
        assistant,
        tmp_path / "documents",
        _squad(tmp_path, "en"),
        _squad(tmp_path, "en"),
        sample=3,
        seed=1,
        log=rows.append,
    )
    assert result["answerable"]["n"] == 2
    assert result["answerable"]["contains_gold"] == 1.0
    assert result["answerable"]["language_ok"] == 1.0
    assert result["unanswerable"]["n"] == 1
    assert len(library.documents()) == 3  # what was taken out came back
    assert [row["answerable"] for row in rows] == [True, False, True]
