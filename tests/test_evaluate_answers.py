"""The evaluation of answers: which questions, in which way, and what is kept of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index import Document, Library
from index.models import Progress
from rag import Answer, Assistant
from tests.conftest import OpenLibrary
from tests.scripted import ScriptedLLM
from tests.squad_files import squad_file
from ui import cli
from ui.evaluation.answers import Articles, Sample, chosen, evaluate_answers
from ui.evaluation.errors import EvaluationInvalid
from ui.evaluation.parallel import for_each
from ui.evaluation.squad import Item, SquadFile, read_squad

EVERYTHING = (
    "Its keeper was Jonas Vik. Blue clay is fired for nine hours. The ferry leaves at noon. "
    "They sell their bowls on Thursdays in the market of Tir."
)
METRICS = {
    "contains_gold", "contains_gold_any", "f1", "answered", "language_ok",
    "citation_precision", "quote_has_gold", "doubtful",
}  # fmt: skip

Evaluate = Callable[..., tuple[dict[str, Any], ScriptedLLM]]


@pytest.fixture
def evaluate(open_library: OpenLibrary, tmp_path: Path) -> Evaluate:
    """Evaluates a model that says `says` on the small set, in the same kept folder each time."""

    def run(
        sample: Sample,
        says: str = EVERYTHING,
        *,
        questions: str = "en",
        log: Path | None = None,
        at_once: int = 1,
        settings: Mapping[str, object] | None = None,
        progress: Progress | None = None,
    ) -> tuple[dict[str, Any], ScriptedLLM]:
        llm = ScriptedLLM(says)
        result = evaluate_answers(
            Assistant(open_library(tmp_path / "store"), llm),
            tmp_path / "documents",
            squad_file(tmp_path, "en"),
            squad_file(tmp_path, questions),
            sample,
            log=log,
            at_once=at_once,
            settings=settings,
            progress=progress,
        )
        return result, llm

    return run


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").split("\n")[:-1]]


def some_file(questions: int, articles: int) -> SquadFile:
    items = tuple(Item(f"q{n}", n, ("a",)) for n in range(questions))
    places = tuple(n * articles // questions for n in range(questions))
    return SquadFile(tuple(f"c{n}" for n in range(questions)), places, items)


# -- which questions ---------------------------------------------------------------------------


def test_sample_takes_turns_and_asks_no_question_twice() -> None:
    keys = chosen(some_file(40, 4), Sample(answerable=12, unanswerable=11, far=8))
    assert [kind for _, kind in keys[:4]] == ["answerable", "unanswerable", "far", "answerable"]
    assert len({position for position, _ in keys}) == len(keys) == 31
    assert Sample.halves(5) == Sample(answerable=3, unanswerable=2)


@pytest.mark.parametrize("large", [Sample(9, 3, 3), Sample(3, 9, 3), Sample(3, 3, 9)])
def test_larger_sample_keeps_the_questions_of_a_smaller_one(large: Sample) -> None:
    asked = some_file(40, 4)
    assert set(chosen(asked, Sample(3, 3, 3))) < set(chosen(asked, large))


def test_another_seed_takes_others() -> None:
    asked = some_file(40, 4)
    assert chosen(asked, Sample(seed=1)) == chosen(asked, Sample(seed=1))
    assert chosen(asked, Sample(seed=1)) != chosen(asked, Sample(seed=2))


@pytest.mark.parametrize(("articles", "remainder"), [("even", 0), ("odd", 1)])
def test_half_of_the_articles_is_kept_back(articles: Articles, remainder: int) -> None:
    asked = some_file(40, 4)
    keys = chosen(asked, Sample(answerable=40, unanswerable=40, articles=articles))
    positions = {position for position, _ in keys}
    assert len(positions) == 20
    assert {asked.articles[position] % 2 for position in positions} == {remainder}


def test_parallel_files_are_asked_the_same_questions(tmp_path: Path) -> None:
    files = [read_squad(squad_file(tmp_path, language)) for language in ("en", "ar")]
    sample = Sample(answerable=1, unanswerable=1, articles="odd")
    assert chosen(files[0], sample) == chosen(files[1], sample)


# -- figures -----------------------------------------------------------------------------------


def test_answers_are_measured_with_and_without_their_document(
    evaluate: Evaluate, open_library: OpenLibrary, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    result, _ = evaluate(Sample.halves(4), log=log)
    assert result.keys() == {"answerable", "unanswerable", "citations", "seconds"}
    assert result["answerable"].keys() == METRICS | {"n", "interval"}
    assert result["answerable"]["interval"].keys() == METRICS
    assert result["answerable"]["n"] == 2
    assert result["answerable"]["contains_gold"] == 1.0
    assert result["answerable"]["interval"]["contains_gold"] == pytest.approx([0.3424, 1], abs=1e-4)
    assert result["answerable"]["language_ok"] == 1.0
    assert result["unanswerable"].keys() == {"n", "abstained", "doubtful", "interval"}
    assert result["unanswerable"]["n"] == 2
    assert result["citations"]["n"] == result["citations"]["exact"] > 0
    assert result["seconds"]["total_median"] > 0
    rows = lines(log)[1:]
    assert [row["kind"] for row in rows] == 2 * ["answerable", "unanswerable"]
    for row in rows:
        assert (row["rank"] is None) == (row["kind"] == "unanswerable")
        assert (row["f1"] is None) == (row["kind"] == "unanswerable")
        assert len(row["quotes"]) == len(row["cited"])
    assert len(open_library(tmp_path / "store").documents()) == 4


def test_far_questions_are_asked_without_their_whole_article(
    evaluate: Evaluate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[set[str]] = []
    ask = Assistant.ask

    def watched(self: Assistant, question: str, *, documents: Collection[str]) -> Answer:
        searched.append(set(documents))
        return ask(self, question, documents=documents)

    monkeypatch.setattr(Assistant, "ask", watched)
    log = tmp_path / "log"
    result, _ = evaluate(Sample(answerable=0, unanswerable=0, far=2), log=log)
    assert result["far"]["n"] == 2
    assert result["far"].keys() == {"n", "abstained", "doubtful", "interval"}
    assert result["answerable"]["n"] == result["unanswerable"]["n"] == 0
    for row, documents in zip(lines(log)[1:], searched, strict=True):
        article = int(row["position"] >= 2)
        assert documents == {f"passages-{n:05}.txt" for n in range(4) if (n >= 2) != article}


def test_question_in_the_other_language_knows_both_golds(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    evaluate(Sample(answerable=4, unanswerable=0), questions="ar", log=log)
    first = min(lines(log)[1:], key=lambda row: int(row["position"]))
    assert first["gold"] == ["يوناس فيك"]
    assert first["parallel_gold"] == ["Jonas Vik"]


def test_quote_that_is_not_exact_ends_the_evaluation(
    evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Library.document

    def shifted(self: Library, name: str) -> Document:
        whole = document(self, name)
        return replace(whole, text=f" {whole.text}")

    evaluate(Sample(answerable=1, unanswerable=0))
    monkeypatch.setattr(Library, "document", shifted)
    with pytest.raises(EvaluationInvalid, match="not exact"):
        evaluate(Sample(answerable=4, unanswerable=0))


def test_store_with_other_documents_is_refused(
    evaluate: Evaluate, open_library: OpenLibrary, documents: Path, tmp_path: Path
) -> None:
    open_library(tmp_path / "store").add(documents / "bakery.txt")
    with pytest.raises(EvaluationInvalid, match="other documents"):
        evaluate(Sample())


def test_half_without_questions_is_refused(evaluate: Evaluate) -> None:
    with pytest.raises(EvaluationInvalid, match="no questions"):
        evaluate(Sample(answerable=0, unanswerable=0))


# -- the log -----------------------------------------------------------------------------------


def test_log_is_gone_on_with_and_nothing_is_asked_again(evaluate: Evaluate, tmp_path: Path) -> None:
    log = tmp_path / "log"
    small, _ = evaluate(Sample(answerable=2, unanswerable=0), log=log)
    again, llm = evaluate(Sample(answerable=2, unanswerable=0), "Something else.", log=log)
    assert again == small
    assert not llm.prompts
    larger, llm = evaluate(Sample(answerable=3, unanswerable=0), log=log)
    assert len(llm.prompts) == 1
    assert larger["answerable"]["n"] == 3
    fewer, _ = evaluate(Sample(answerable=1, unanswerable=0), log=log)
    assert fewer["answerable"]["n"] == 1
    assert len(lines(log)) == 4


def test_line_that_a_crash_cut_off_is_asked_again(evaluate: Evaluate, tmp_path: Path) -> None:
    log = tmp_path / "log"
    evaluate(Sample(answerable=2, unanswerable=0), log=log)
    log.write_bytes(log.read_bytes()[:-20])
    result, llm = evaluate(Sample(answerable=2, unanswerable=0), log=log)
    assert result["answerable"]["n"] == 2
    assert len(llm.prompts) == 1
    assert len(lines(log)) == 3


@pytest.mark.parametrize(
    ("sample", "options", "named"),
    [
        (Sample(seed=2), {}, "seed"),
        (Sample(articles="odd"), {}, "articles"),
        (Sample(), {"settings": {"llm": "b"}}, "settings"),
        (Sample(), {"questions": "ar"}, "questions"),
    ],
)
def test_log_of_another_evaluation_is_refused_and_left_as_it_is(
    evaluate: Evaluate, tmp_path: Path, sample: Sample, options: dict[str, Any], named: str
) -> None:
    log = tmp_path / "log"
    evaluate(Sample(answerable=1, unanswerable=0), log=log, settings={"llm": "a"})
    before = log.read_bytes()
    with pytest.raises(EvaluationInvalid, match=f"other {named}; name another file with --log"):
        evaluate(sample, log=log, **{"settings": {"llm": "a"}, **options})
    assert log.read_bytes() == before


def test_file_that_is_no_log_is_refused_and_left_as_it_is(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    log = tmp_path / "diary.txt"
    log.write_text("Dear diary,\n")
    with pytest.raises(EvaluationInvalid, match="no log"):
        evaluate(Sample(), log=log)
    assert log.read_text() == "Dear diary,\n"


@pytest.mark.parametrize("at_once", [1, 2])
def test_what_was_finished_before_ctrl_c_is_kept(
    evaluate: Evaluate, tmp_path: Path, at_once: int
) -> None:
    log = tmp_path / "log"

    def press(stage: str, done: int, total: int, unit: str) -> None:
        if stage == "evaluation" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(Sample(answerable=4, unanswerable=0), log=log, progress=press, at_once=at_once)
    kept = len(lines(log)) - 1
    assert 1 <= kept <= 2
    _, llm = evaluate(Sample(answerable=4, unanswerable=0), log=log)
    assert len(llm.prompts) == 4 - kept


# -- several at once ---------------------------------------------------------------------------


def test_several_at_once_give_the_same_figures_but_no_seconds(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    sample = Sample(answerable=4, unanswerable=4)
    one, _ = evaluate(sample)
    several, _ = evaluate(sample, at_once=3, log=tmp_path / "log")
    assert several.pop("seconds") is None
    assert one.pop("seconds")["total_median"] > 0
    assert several == one
    later, _ = evaluate(sample, log=tmp_path / "log")
    assert later["seconds"] == {"first_token_median": None, "total_median": None}


def test_error_of_a_thread_is_raised_and_nothing_more_begun() -> None:
    begun: list[int] = []
    finished: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise ValueError("three")
        return item

    with pytest.raises(ValueError, match="three"):
        for_each(work, range(100_000), finished.append, at_once=2)
    assert {0, 1, 2} <= set(finished)
    assert len(begun) < 100_000


# -- the command -------------------------------------------------------------------------------


def test_command_keeps_its_folder_and_uses_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = ScriptedLLM(EVERYTHING)
    monkeypatch.setattr("rag.assistant.open_llm", lambda settings: llm)
    english = str(squad_file(tmp_path, "en"))
    kept, log = tmp_path / "kept", tmp_path / "log"
    command = [
        "eval", "answers", "--passages", english, "--questions", english, "--answerable", "1",
        "--far", "1", "--articles", "odd", "--keep", str(kept), "--log", str(log), "--json",
    ]  # fmt: skip
    assert cli.main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["answerable"]["n"], first["unanswerable"]["n"], first["far"]["n"]) == (1, 0, 1)
    added = [record.added for record in Library.open(kept / "store").documents()]
    assert len(added) == 4
    assert cli.main([*command, "--parallel", "2", "--unanswerable", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["seconds"] is None
    assert [record.added for record in Library.open(kept / "store").documents()] == added
    assert [line["kind"] for line in lines(log)[1:]] == ["answerable", "far", "unanswerable"]
    assert lines(log)[0]["settings"].keys() == {
        "llm", "llm_url", "embedding", "sentence_embedding", "strictness", "passages",
    }  # fmt: skip


def test_ctrl_c_does_not_wait_for_questions_under_way(tmp_path: Path) -> None:
    """A process of its own, whose model never ends, and whose end would wait for it."""
    file, log = squad_file(tmp_path, "en"), tmp_path / "log"
    script = (
        "import atexit, os, sys, time\n"
        "import rag.assistant\n"
        "from tests.scripted import ScriptedLLM\n"
        "from ui import cli\n"
        "def opened(settings):\n"
        "    os.write(1, b'asking\\n')\n"  # whole: both threads say it at once
        "    return ScriptedLLM('Noon. ' * 9000, pause=0.01)\n"
        "rag.assistant.open_llm = opened\n"
        "atexit.register(time.sleep, 600)\n"
        "sys.exit(cli.main(sys.argv[1:]))\n"
    )
    command = [
        "eval", "answers", "--passages", str(file), "--questions", str(file), "--parallel", "2",
        "--log", str(log), "--answerable", "4",
    ]  # fmt: skip
    run = subprocess.Popen(
        [sys.executable, "-c", script, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SANAD_LANG": "en"},
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "asking\n"
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == cli.EXIT_INTERRUPTED
    assert "Stopped." in told
    assert len(lines(log)) == 1


@pytest.mark.parametrize(
    "wrong", [["--sample", "4", "--far", "-1"], ["--sample", "4", "--answerable", "2"]]
)
def test_wrong_samples_exit_with_2(tmp_path: Path, wrong: list[str]) -> None:
    file = str(squad_file(tmp_path, "en"))
    with pytest.raises(SystemExit) as caught:
        cli.main(["eval", "answers", "--passages", file, "--questions", file, *wrong])
    assert caught.value.code == 2
