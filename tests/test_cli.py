"""The command line, run as a person runs it, and its contracts in JSON."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from index.models.machine import Machine
from tests.office_files import slides_file, word_file
from ui import cli
from ui.cli_strings import TEXTS
from ui.progress import Bars
from ui.tables import NAMES_SHOWN, aligned

REPORT = {
    "added", "changed", "renamed", "unchanged", "skipped", "failed", "warnings", "seconds",
}  # fmt: skip
SLIDES = slides_file(("Harvest", "The olives are picked in November."), None, None)


def sanad(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `sanad` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "SANAD_LANG": "en", **environ},
        check=False,
    )


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """Run a command in this process and read its one JSON object."""
    cli.main([*map(str, arguments), "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    value: dict[str, Any] = json.loads(out)
    return value


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("SANAD_LANG", "en")


def test_a_session_from_empty_store_to_removed_document(
    capsys: pytest.CaptureFixture[str], documents: Path
) -> None:
    added = run_json(capsys, "add", documents)
    assert sorted(added["added"]) == ["bakery.txt", "garden.md", "قطار.md"]
    assert added.keys() == REPORT
    again = run_json(capsys, "sync", documents)
    assert len(again["unchanged"]) == 3
    assert again.keys() == REPORT | {"removed"}

    listed = run_json(capsys, "list")["documents"]
    assert [set(document) for document in listed] == 3 * [
        {"name", "path", "language", "pages", "passages", "sha256", "added", "warnings"}
    ]

    found = run_json(capsys, "search", "How deep is the pond?", "-k", 2)
    assert found.keys() == {"query", "language", "hits", "seconds"}
    assert found["language"] == "en"
    assert len(found["hits"]) == 2
    hit = found["hits"][0]
    assert hit.keys() == {
        "rank", "score", "document", "page", "start", "end", "text", "sentence",
    }  # fmt: skip
    assert hit["document"] == "garden.md"
    assert hit["sentence"].keys() == {"start", "end", "text"}

    assert run_json(capsys, "verify") == {"ok": True, "problems": []}
    assert run_json(capsys, "rebuild")["changed"]
    run_json(capsys, "remove", "bakery.txt")
    assert len(run_json(capsys, "list")["documents"]) == 2


def test_transcript_for_people(capsys: pytest.CaptureFixture[str], documents: Path) -> None:
    assert cli.main(["add", str(documents / "bakery.txt")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "added  1  bakery.txt"
    assert re.fullmatch(r"in \d+\.\d s", lines[1])
    assert cli.main(["list"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "language", "pages", "passages", "added"]
    assert row.split()[:4] == ["bakery.txt", "en", "-", "1"]
    assert cli.main(["search", "rye bread"]) == 0
    assert "The bakery on Mill Street sells rye bread" in capsys.readouterr().out
    assert cli.main(["verify"]) == 0
    assert capsys.readouterr().out == "The store is sound.\n"
    assert cli.main(["remove", "bakery.txt"]) == 0
    assert capsys.readouterr().out == "removed: bakery.txt\n"
    assert cli.main(["list"]) == 0
    assert "sanad add FILE" in capsys.readouterr().out


def test_errors_are_one_line_on_standard_error(tmp_path: Path) -> None:
    run = sanad("remove", "nothing.txt")
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr == (
        "sanad: There is no document named nothing.txt. `sanad list` shows the names.\n"
    )
    arabic = sanad("remove", "nothing.txt", SANAD_LANG="ar")
    assert arabic.stderr.count("\n") == 1
    assert "لا يوجد" in arabic.stderr or "لا" in arabic.stderr
    debug = sanad("remove", "nothing.txt", "--debug")
    assert "Traceback" in debug.stderr


def test_file_that_fails_is_told_and_exits_with_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"")
    assert cli.main(["add", str(bad), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["failed"][0].keys() == {"path", "error"}


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["search"], ["search", "x", "-k", "0"], ["eval"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2


def test_store_option_may_stand_before_or_after_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = str(tmp_path / "other")
    cli.main(["--store", other, "list", "--json"])
    cli.main(["list", "--json", "--store", other])
    assert capsys.readouterr().out == 2 * '{"documents": []}\n'
    assert (tmp_path / "other" / "sanad.db").exists()


def test_models_are_listed_with_licence_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["name"]: row for row in run_json(capsys, "models")["models"]}
    assert rows["multilingual-e5-small"]["licence"] == "MIT"
    assert rows["multilingual-e5-small"]["path"]
    assert rows["embeddinggemma-300m"]["terms"].startswith("https://")
    assert rows["qwen3-4b-instruct-2507"]["bytes"] == 2_497_280_736


@pytest.mark.parametrize(
    ("cores", "advice"),
    [
        (4, "For better answers on it: qwen3-4b-instruct-2507"),
        (2, "For better answers on it: qwen3-1.7b"),
        (1, "Memory of this machine: 16 GB, cores: 1"),
    ],
)
def test_a_language_model_is_recommended_for_this_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cores: int, advice: str
) -> None:
    monkeypatch.setenv("SANAD_LANG", "en")
    monkeypatch.setattr("ui.commands.this_machine", lambda: Machine(16 << 30, cores))
    assert cli.main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert advice in lines[-2:]
    assert ("sanad models pull" in lines[-1]) == (cores > 1)
    rows = run_json(capsys, "models")["models"]
    recommended = [row["name"] for row in rows if row["recommended"]]
    assert recommended == ([advice.rpartition(" ")[2]] if cores > 1 else [])


def test_licence_must_be_accepted_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = sanad("models", "pull", "embeddinggemma-300m", SANAD_CACHE=str(tmp_path / "cache"))
    assert run.returncode == 1
    assert "--accept-licence" in run.stderr
    assert "https://" in run.stderr


def test_help_is_there_in_arabic(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "أدخِل ملفات ومجلدات" in sanad("--help", SANAD_LANG="ar").stdout


def test_every_text_has_both_languages() -> None:
    for key, texts in TEXTS.items():
        assert texts.keys() == {"en", "ar"}, key
        assert all(texts.values()), key
        fields = [{name for _, name, _, _ in Formatter().parse(text)} for text in texts.values()]
        assert fields[0] - {None} == fields[1] - {None}, key


def test_evaluation_of_retrieval_prints_its_figures(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "set.json"
    qas = [{"question": "Who kept the lighthouse?", "answers": [{"text": "Jonas Vik"}]}]
    paragraphs = [{"context": "Jonas Vik kept the lighthouse of Orm.", "qas": qas}]
    file.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    result = run_json(capsys, "eval", "retrieval", "--passages", file, "--questions", file)
    assert result["recall"]["1"] == 1.0
    assert result["mrr@10"] == 1.0


# -- folders, patterns, what is told -----------------------------------------------------------


def test_patterns_choose_among_the_files_of_a_folder(
    capsys: pytest.CaptureFixture[str], documents: Path
) -> None:
    drafts = documents / "drafts"
    drafts.mkdir()
    (drafts / "old.md").write_text("# Old\n\nAn old plan of the garden.", encoding="utf-8")
    only = run_json(
        capsys, "add", documents, "--include", "*.md", "--include", "*.pdf", "--exclude", "drafts/*"
    )
    assert sorted(only["added"]) == ["garden.md", "قطار.md"]
    rest = run_json(capsys, "sync", documents, "--exclude", "*.txt")
    assert rest["added"] == ["old.md"]
    assert sorted(rest["unchanged"]) == ["garden.md", "قطار.md"]


def test_table_tells_everything_that_happened(
    capsys: pytest.CaptureFixture[str], documents: Path
) -> None:
    assert cli.main(["sync", str(documents)]) == 0
    capsys.readouterr()
    (documents / "bakery.txt").rename(documents / "baker.txt")
    (documents / "garden.md").write_text("# Garden\n\nIt is closed now.", encoding="utf-8")
    (documents / "قطار.md").unlink()
    (documents / "harvest.pptx").write_bytes(SLIDES)
    (documents / "tool.exe").write_bytes(b"MZ")
    (documents / "cut.docx").write_bytes(b"PK")
    assert cli.main(["sync", str(documents)]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[:-1] == [
        "added     1  harvest.pptx",
        "changed   1  garden.md",
        "renamed   1  baker.txt",
        "removed   1  قطار.md",
        f"skipped   1  {documents / 'tool.exe'}",
        f"failed    1  {documents / 'cut.docx'}",
        "warnings  1  harvest.pptx",
        "               Slides 2-3: no text was found, only a picture.",
    ]
    assert told.err.startswith(f"sanad: {documents / 'cut.docx'} ")
    assert told.err.count("\n") == 1
    assert cli.main(["sync", str(documents), "--exclude", "cut.*"]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == [
        f"skipped    1  {documents / 'tool.exe'}",
        "unchanged  3",
    ]


def test_warnings_are_told_in_the_language_of_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "harvest.pptx").write_bytes(SLIDES)
    (tmp_path / "mill.txt").write_text("The mill grinds at night.", encoding="utf-8")
    monkeypatch.setenv("SANAD_LANG", "ar")
    assert cli.main(["add", str(tmp_path / "harvest.pptx")]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "أُضيف     1  \u2068harvest.pptx\u2069",
        "تنبيهات  1  \u2068harvest.pptx\u2069",
        "              الشرائح \u20682-3\u2069: لم يُعثر على نص، بل على صورة فقط.",
    ]
    monkeypatch.setenv("SANAD_LANG", "en")
    cli.main(["add", str(tmp_path / "mill.txt")])
    capsys.readouterr()
    assert cli.main(["list"]) == 0
    head, slides, mill, blank, _, told = capsys.readouterr().out.splitlines()
    assert head.split()[-1] == "warnings"
    assert slides.startswith("harvest.pptx ")
    assert slides.endswith("  ! 1")
    assert "!" not in mill
    assert blank == ""
    assert told == "harvest.pptx  Slides 2-3: no text was found, only a picture."


def test_names_beyond_the_first_are_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for number in range(NAMES_SHOWN + 3):
        (tmp_path / f"tool{number:02}.exe").write_bytes(b"MZ")
    assert cli.main(["add", str(tmp_path)]) == 0
    *names, more, _ = capsys.readouterr().out.splitlines()
    assert len(names) == NAMES_SHOWN
    assert names[0].startswith(f"skipped  {NAMES_SHOWN + 3}  ")
    assert more.strip() == "and 3 more"


def test_columns_stand_below_each_other_whatever_the_script() -> None:
    rows = [["مُدَّة", "x"], ["ab", "y"], ["文書", "z"]]
    assert aligned(rows) == ["مُدَّة   x", "ab    y", "文書  z"]


def test_long_cells_are_wrapped_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["failed", "one two three four five six seven eight"], ["added", "x"]]
    assert aligned(rows)[0].endswith("eight")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "38")
    assert aligned(rows) == [
        "failed  one two three four five six",
        "        seven eight",
        "added   x",
    ]


def test_strict_leaves_out_what_looks_wrong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("The ferry l\ufffdaves at n\ufffdon.", encoding="utf-8")
    assert cli.main(["add", "--strict", str(tmp_path)]) == 1
    assert "without --strict" in capsys.readouterr().err
    assert [w["kind"] for w in run_json(capsys, "add", tmp_path)["warnings"]] == ["unmapped"]


def test_single_file_in_an_unread_format_fails_and_says_what_is_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tool = tmp_path / "tool.exe"
    tool.write_bytes(b"MZ")
    assert cli.main(["add", str(tool)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Word (.docx)" in error


def test_slides_and_headings_are_told_as_what_they_are(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "harvest.pptx").write_bytes(SLIDES)
    (tmp_path / "staff.docx").write_bytes(
        word_file("# Leave", "## Part-time", "Part-time staff have twelve days of leave.")
    )
    warning = {
        "pages": [2, 3],
        "kind": "no_text",
        "warning": "Page 2-3: no text was found, only a picture.",
    }
    added = run_json(capsys, "add", tmp_path)
    assert added["warnings"] == [{"document": "harvest.pptx", **warning}]
    rows = {row["name"]: row for row in run_json(capsys, "list")["documents"]}
    assert [rows[name]["warnings"] for name in ("harvest.pptx", "staff.docx")] == [[warning], []]
    cli.main(["search", "When are the olives picked?", "-k", "1"])
    assert capsys.readouterr().out.startswith("1. harvest.pptx, slide 1 › Harvest\n")
    cli.main(["search", "How many days do part-time staff have?", "-k", "1"])
    assert capsys.readouterr().out.startswith("1. staff.docx › Leave › Part-time\n")
    monkeypatch.setenv("SANAD_LANG", "ar")
    cli.main(["search", "When are the olives picked?", "-k", "1"])
    assert capsys.readouterr().out.startswith(
        "1. \u2068harvest.pptx\u2069، شريحة 1 › \u2068Harvest\u2069\n"
    )


def test_watched_folder_is_told_batch_by_batch_until_interrupted(documents: Path) -> None:
    watching = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "sync", "--watch", "--json", str(documents)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SANAD_LANG": "en"},
    )
    try:
        assert watching.stdout is not None
        assert len(json.loads(watching.stdout.readline())["added"]) == 3
        (documents / "mill.txt").write_text("The mill grinds at night.", encoding="utf-8")
        assert json.loads(watching.stdout.readline())["added"] == ["mill.txt"]
        (documents / "mill.txt").unlink()
        assert json.loads(watching.stdout.readline())["removed"] == ["mill.txt"]
        watching.send_signal(signal.SIGINT)
        rest, errors = watching.communicate(timeout=60)
    finally:
        watching.kill()
    assert (watching.returncode, rest) == (130, "")
    assert errors.strip().splitlines()[-1].startswith("Stopped.")
    assert "Traceback" not in errors


class Terminal(io.StringIO):
    """Keeps what is written to a terminal."""

    def isatty(self) -> bool:
        return True


def test_two_bars_are_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Bars() as bars:
        bars("files", 0, 2, "files")
        for _ in ("first group", "second group"):
            bars("embedding", 10, 50, "texts")
            bars("embedding", 50, 50, "texts")
        files, *embedding = terminal.getvalue().split("\n")  # one below the other
        assert files.startswith("\rfiles:")
        assert embedding
        assert all(bar.startswith("\rembedding:") for bar in embedding)
        bars("files", 2, 2, "files")
        assert terminal.getvalue().endswith("\r")  # wiped
    monkeypatch.setenv("SANAD_LANG", "ar")
    with Bars() as bars:
        bars("files", 0, 2, "files")
        assert "ملفات:" in terminal.getvalue()
        assert "ملف/s" in terminal.getvalue()
    quiet = io.StringIO()
    monkeypatch.setattr(sys, "stderr", quiet)
    with Bars() as bars:
        bars("files", 0, 2, "files")
    assert quiet.getvalue() == ""
