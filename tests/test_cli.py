"""The command line, run as a person runs it, and its contracts in JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ui import cli
from ui.cli_strings import TEXTS


def sanad(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `sanad` in a process of its own."""
    import os

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
    assert added.keys() == {"added", "changed", "unchanged", "failed", "seconds"}
    again = run_json(capsys, "sync", documents)
    assert len(again["unchanged"]) == 3
    assert again.keys() == {"added", "changed", "unchanged", "failed", "seconds", "removed"}

    listed = run_json(capsys, "list")["documents"]
    assert [set(document) for document in listed] == 3 * [
        {"name", "path", "language", "pages", "passages", "sha256", "added"}
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
    assert lines[0] == "added: bakery.txt"
    assert lines[1].startswith("1 added, 0 changed, 0 unchanged, 0 failed in ")
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
    bad.write_bytes(b"\x00\x01\x02")
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
        fields = {name: name.upper() for name in ("seconds", "page", "url", "path", "size", "name")}
        shown = [sum(value in text.format(**fields) for value in fields.values())
                 for text in texts.values()]  # fmt: skip
        assert shown[0] == shown[1], key


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
