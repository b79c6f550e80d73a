"""Two logs of answers, compared question by question."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ui import cli
from ui.evaluation.answer_log import AnswerLog, Row, header_of
from ui.evaluation.compare import compare_logs
from ui.evaluation.errors import EvaluationInvalid

ROW = Row(
    position=0,
    kind="answerable",
    question="Who kept the lighthouse?",
    gold=["Jonas Vik"],
    parallel_gold=[],
    text="It was Jonas Vik. [1]",
    abstained=False,
    doubtful=False,
    language="en",
    document="passages-00000.txt",
    rank=1,
    quotes=["Its keeper was Jonas Vik."],
    cited=["passages-00000.txt"],
    seconds={"retrieve": 0.1, "first_token": 0.2, "total": 0.3},
    at_once=1,
    contains_gold=True,
    contains_gold_any=True,
    f1=0.5,
    answered=True,
    language_ok=True,
    citation_precision=1.0,
    quote_has_gold=True,
)
WRONG = replace(
    ROW, text="It was noon.\nReally.", contains_gold=False, contains_gold_any=False, f1=0.0
)
SILENT = replace(
    WRONG, text="Not there.", abstained=True, answered=False,
    language_ok=None, citation_precision=None, quote_has_gold=None,
)  # fmt: skip
NONE = replace(
    ROW, kind="unanswerable", rank=None, contains_gold=None, contains_gold_any=None, f1=None,
    answered=None, language_ok=None, citation_precision=None, quote_has_gold=None,
)  # fmt: skip


def log_of(path: Path, *rows: Row) -> Path:
    """A log whose rows stand at the positions in which they are given."""
    log = AnswerLog.open(path, header_of(Path(__file__), Path(__file__), 1, "all", {}))
    for position, row in enumerate(rows):
        log.add(replace(row, position=position))
    log.close()
    return path


def test_each_metric_counts_what_became_better_and_what_worse(tmp_path: Path) -> None:
    a = log_of(tmp_path / "a", ROW, WRONG, WRONG, WRONG, ROW)
    b = log_of(tmp_path / "b", WRONG, ROW, ROW, WRONG)
    result = compare_logs(a, b)
    assert result["questions"] == 4
    assert result["metrics"]["contains_gold"] == {
        "n": 4, "a": 0.25, "b": 0.5, "better": 2, "worse": 1, "p": 1.0,
    }  # fmt: skip
    assert result["metrics"]["f1"]["better"] == 2
    assert "far_abstained" not in result["metrics"]
    assert [entry["position"] for entry in result["changed"]] == [0, 1, 2]
    assert result["changed"][0] == {
        "position": 0,
        "kind": "answerable",
        "question": ROW.question,
        "gold": ["Jonas Vik"],
        "better": [],
        "worse": ["contains_gold", "contains_gold_any"],
        "a": ROW.text,
        "b": WRONG.text,
    }


def test_metric_counts_only_where_both_say_something(tmp_path: Path) -> None:
    result = compare_logs(log_of(tmp_path / "a", ROW, ROW), log_of(tmp_path / "b", SILENT, ROW))
    assert result["metrics"]["language_ok"]["n"] == 1
    assert result["metrics"]["answered"]["n"] == 2
    assert result["metrics"]["answered"]["worse"] == 1


def test_doubt_is_worse_of_what_is_there_and_better_of_what_is_not(tmp_path: Path) -> None:
    a = log_of(tmp_path / "a", ROW, NONE)
    b = log_of(tmp_path / "b", replace(ROW, doubtful=True), replace(NONE, doubtful=True))
    metrics = compare_logs(a, b)["metrics"]
    assert (metrics["doubtful"]["better"], metrics["doubtful"]["worse"]) == (0, 1)
    careful = metrics["unanswerable_abstained_or_doubtful"]
    assert (careful["better"], careful["worse"]) == (1, 0)
    assert metrics["unanswerable_abstained"]["n"] == 1
    assert metrics["unanswerable_abstained"]["better"] == 0


def test_log_compared_with_itself_changes_nothing(tmp_path: Path) -> None:
    log = log_of(tmp_path / "a", ROW, NONE, SILENT)
    result = compare_logs(log, log)
    assert result["changed"] == []
    assert {metric["p"] for metric in result["metrics"].values()} == {1.0}


@pytest.mark.parametrize(
    ("language", "head"),
    [("en", "Questions in both logs: 2"), ("ar", "الأسئلة التي في السجلين: 2")],
)
def test_comparison_reads_as_a_table_and_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    language: str, head: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("SANAD_LANG", language)
    a, b = log_of(tmp_path / "a", ROW, ROW), log_of(tmp_path / "b", WRONG, ROW)
    assert cli.main(["eval", "compare", str(a), str(b)]) == 0
    told = capsys.readouterr().out.translate({0x2068: None, 0x2069: None}).splitlines()
    assert told[0] == head
    rows = [line.split() for line in told]
    assert ["contains_gold", "2", "100.0%", "50.0%", "0", "1", "1.000"] in rows
    assert f"0 (answerable) {ROW.question}" in told
    assert told[-2:] == [f"  A: {ROW.text}", "  B: It was noon. Really."]


def test_comparison_is_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = str(log_of(tmp_path / "a", ROW))
    assert cli.main(["eval", "compare", log, log, "--json"]) == 0
    assert json.loads(capsys.readouterr().out).keys() == {"questions", "metrics", "changed"}


def test_logs_without_a_common_question_are_refused(tmp_path: Path) -> None:
    a = log_of(tmp_path / "a", ROW)
    b = log_of(tmp_path / "b", replace(ROW, question="من كان حارس المنارة؟"))
    with pytest.raises(EvaluationInvalid, match="in common"):
        compare_logs(a, b)
    with pytest.raises(EvaluationInvalid):
        compare_logs(a, tmp_path / "nothing")
    with pytest.raises(EvaluationInvalid, match="no log"):
        compare_logs(a, Path(__file__))
