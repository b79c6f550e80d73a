"""The metrics, files in SQuAD format, and an evaluation of retrieval from file to figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import OpenLibrary
from tests.squad_files import squad_file
from ui.evaluation.errors import EvaluationInvalid
from ui.evaluation.metrics import (
    contains,
    f1,
    mean_interval,
    mrr_at,
    recall_at,
    share_interval,
    sign_test,
)
from ui.evaluation.retrieval import evaluate_retrieval
from ui.evaluation.squad import read_squad


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


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [
        (0.8, 10, 0.4902, 0.9433),
        (0.0, 10, 0.0, 0.2775),
        (1.0, 10, 0.7225, 1.0),
        (0.5, 100, 0.4038, 0.5962),
        (0.0, 0, 0.0, 1.0),
    ],
)
def test_interval_of_a_share_is_wilsons(share: float, count: int, low: float, high: float) -> None:
    assert share_interval(share, count) == pytest.approx([low, high], abs=1e-4)


def test_interval_of_a_mean_is_normal_and_stays_between_0_and_1() -> None:
    assert mean_interval([0.2, 0.4, 0.6, 0.8]) == pytest.approx([0.2470, 0.7530], abs=1e-4)
    assert mean_interval([0.0, 1.0]) == [0.0, 1.0]
    assert mean_interval([0.5]) == [0.0, 1.0]


@pytest.mark.parametrize(
    ("better", "worse", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (1, 9, 0.0215), (3, 3, 1.0)]
)
def test_sign_test_is_mcnemars_exact_one(better: int, worse: int, p: float) -> None:
    assert sign_test(better, worse) == pytest.approx(p, abs=1e-4)


@pytest.mark.parametrize("text", ["", "[]", '{"data": []}', '{"data": [{"paragraphs": [{}]}]}'])
def test_file_in_another_format_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(EvaluationInvalid):
        read_squad(file)


def test_paragraphs_remember_their_article(tmp_path: Path) -> None:
    read = read_squad(squad_file(tmp_path, "en"))
    assert read.articles == (0, 0, 1, 1)
    assert [read.article_of(item) for item in read.items] == [0, 0, 1, 1]


@pytest.mark.parametrize(("passages", "questions"), [("en", "en"), ("ar", "en"), ("en", "ar")])
def test_retrieval_is_measured_in_every_direction(
    open_library: OpenLibrary, tmp_path: Path, passages: str, questions: str
) -> None:
    distractors = "ar" if passages == "en" else "en"
    result = evaluate_retrieval(
        open_library(tmp_path / "store"),
        tmp_path / "documents",
        squad_file(tmp_path, passages),
        squad_file(tmp_path, questions),
        squad_file(tmp_path, distractors) if passages == questions else None,
    )
    assert result["questions"] == 4
    assert result["passages"] == (8 if passages == questions else 4)
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
            open_library(tmp_path / "store"), tmp_path / "d", one, squad_file(tmp_path, "en")
        )
