"""`sanad ask` and `sanad calibrate`: what is chosen, and what people and programs are shown."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from index import Library
from index.models import Progress
from rag import Assistant, gate
from rag.ask import Model
from rag.prompt import DOUBT, REFUSAL
from tests.scripted import ScriptedLLM
from tests.squad_files import squad_file
from ui import cli, commands
from ui.terminal import settings_of

DEPTH = "The pond is two metres deep."
POND = "How deep is the pond in the garden?"
MONGOLIA = "What is the capital of Mongolia?"
Ask = Callable[..., str]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SANAD_LANG", "en")
    monkeypatch.setenv("SANAD_STORE", str(tmp_path / "store"))


@pytest.fixture
def verdict(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets what the gate says from now on."""

    def set_(said: str) -> None:
        monkeypatch.setattr(gate, "judge", lambda *_, polar: said)

    set_("answer")
    return set_


@pytest.fixture
def ask(
    library: Library,
    verdict: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Ask:
    """Asks with a scripted model; returns what stands on standard output."""
    llm = ScriptedLLM(DEPTH)
    monkeypatch.setattr(commands, "_assistant", lambda _: Assistant(library, llm))

    def ask_(*arguments: object) -> str:
        assert cli.main(["ask", *map(str, arguments)]) == 0
        return capsys.readouterr().out

    return ask_


def test_answer_stands_above_its_sources(ask: Ask) -> None:
    lines = ask(POND).splitlines()
    assert lines[0] == f"{DEPTH} [1]"
    assert lines[1:3] == ["", "Sources"]
    assert lines[3] == "[1] garden.md › The school garden › The pond"
    assert lines[4].strip().startswith("“It is two metres deep")
    assert DOUBT["en"] not in lines


def test_doubt_is_told_below_the_answer(ask: Ask, verdict: Callable[[str], None]) -> None:
    verdict("doubt")
    lines = ask(POND).splitlines()
    assert lines[0] == f"{DEPTH} [1]"
    assert lines[1] == f"! {DOUBT['en']}"
    assert "Sources" in lines
    assert f"! {DOUBT['ar']}" in ask(POND, "--language", "ar").splitlines()


def test_doubt_is_told_to_programs(ask: Ask, verdict: Callable[[str], None]) -> None:
    sure = json.loads(ask(POND, "--json"))
    assert sure.keys() == {
        "question", "language", "text", "abstained", "doubtful", "citations", "seconds",
    }  # fmt: skip
    assert sure["doubtful"] is False
    verdict("doubt")
    doubtful = json.loads(ask(POND, "--json"))
    assert doubtful["doubtful"] is True
    assert DOUBT["en"] not in doubtful["text"]


@pytest.mark.parametrize(("spoken", "head"), [("en", "Nearest:"), ("ar", "أقرب ما وُجد:")])
def test_refusal_shows_what_came_nearest(
    ask: Ask,
    verdict: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    spoken: str,
    head: str,
) -> None:
    verdict("refuse")
    monkeypatch.setenv("SANAD_LANG", spoken)
    lines = ask(MONGOLIA).splitlines()
    assert lines[:3] == [REFUSAL["en"], "", head]
    documents = [line.strip("- \u2068\u2069").split(".")[0] for line in lines[3::2]]
    assert sorted(documents) == ["bakery", "garden", "قطار"]
    assert all(line.startswith("    “") for line in lines[4::2])


def test_small_talk_has_nothing_below_it(ask: Ask) -> None:
    assert ask("Thank you!").count("\n") == 1


def test_only_named_documents_are_asked(ask: Ask) -> None:
    asked = (POND, "--document", "bakery.txt", "--document", "قطار.md", "--json")
    citations = json.loads(ask(*asked))["citations"]
    assert {citation["document"] for citation in citations} <= {"bakery.txt", "قطار.md"}


def test_unknown_document_is_one_line(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["ask", POND, "--document", "garden.md", "--document", "gone.md"]
    assert cli.main(arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "sanad: There is no document named gone.md. `sanad list` shows the names.\n"


@pytest.mark.parametrize("spoken", ["ar", "en"])
def test_answer_is_in_the_language_that_is_wished(ask: Ask, spoken: str) -> None:
    assert json.loads(ask(POND, "--language", spoken, "--json"))["language"] == spoken


@pytest.mark.parametrize(
    "arguments", [["--language", "fr"], ["--strictness", "lax"], ["--document"]]
)
def test_wrong_choices_exit_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["ask", POND, *arguments])
    assert caught.value.code == 2


@pytest.mark.parametrize("command", [["ask", POND], ["serve"]])
def test_strictness_reaches_the_assistant(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def stop(arguments: Namespace) -> Assistant:
        seen.append(settings_of(arguments).strictness)
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_assistant", stop)
    assert cli.main([*command, "--strictness", "strict"]) == cli.EXIT_INTERRUPTED
    assert cli.main(command) == cli.EXIT_INTERRUPTED
    assert seen == ["strict", "balanced"]
    assert cli.STRICTNESS == gate.STRICTNESS


# -- calibrating -------------------------------------------------------------------------------

RULE = {"weights": {"similarity": 1.0}, "intercept": 0.0, "kept": {"0.97": 0.1}}
CAUGHT = {"kept": 0.973, "near": 0.25, "far": None}
RESULT = {
    "calibration": {"multilingual-e5-small": {"rules": {"ar->en few": RULE}, "shares": {}}},
    "checked": {"ar->en few": dict.fromkeys(("0.99", "0.97", "0.95", "0.90"), CAUGHT)},
}


@pytest.fixture
def calibrate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The command with two parallel files; the fitting itself is not run."""

    def fitted(
        library: Library,
        folder: Path,
        files: Mapping[str, Path],
        sample: int,
        *,
        model: Model | None,
        read: int,
        people: Path | None,
        progress: Progress,
    ) -> dict[str, Any]:
        assert library.documents() == []
        assert list(files) == ["ar", "en"]
        assert (sample, read, people) == (7, 3, Path("everyday"))
        assert model is None
        return RESULT

    monkeypatch.setattr("ui.evaluation.calibrate.calibrate", fitted)
    monkeypatch.setattr("ui.evaluation.commands.open_llm", lambda _: ScriptedLLM("Yes"))
    files = [str(squad_file(tmp_path, language)) for language in ("ar", "en")]
    return ["calibrate", "--arabic", files[0], "--english", files[1], "--sample", "7",
            "--read", "3", "--people", "everyday"]  # fmt: skip


def test_calibration_is_printed_and_its_figures_beside_it(
    calibrate: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(calibrate) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == RESULT["calibration"]
    first, *_, head = told.err.splitlines()[:4]
    assert "scripted does not tell how sure it is" in first
    rows = told.err.splitlines()[4:]
    assert head.split("  ")[0] == "rule"
    assert [row.split() for row in rows] == [
        ["ar->en", "few", share, "97.3%", "25.0%", "-"] for share in ("97%", "95%", "90%")
    ]


def test_calibration_is_written(
    calibrate: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "calibration.json"
    assert cli.main([*calibrate, "--out", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8")) == RESULT["calibration"]
    told = capsys.readouterr()
    assert "97.3%" in told.out
    assert str(out) in told.err
    assert cli.main([*calibrate, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == RESULT


@pytest.mark.parametrize("spoken", ["en", "ar"])
def test_calibration_that_cannot_be_made_is_one_line(
    calibrate: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    spoken: str,
) -> None:
    monkeypatch.setenv("SANAD_LANG", spoken)
    for wrong in (["--out", str(tmp_path / "no" / "x.json")], ["--english", str(tmp_path / "no")]):
        assert cli.main([*calibrate, *wrong]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
