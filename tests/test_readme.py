"""What the README shows is run as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from tests.conftest import MakeLibrary
from tests.live import live
from tests.scripted import ScriptedLLM
from ui.cli import _parser

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """An empty folder with the handbook that the README speaks of."""
    (tmp_path / "handbook").mkdir()
    shutil.copy(ROOT / "ui" / "samples" / "harbour-museum-handbook.md", tmp_path / "handbook")
    return tmp_path


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "SANAD_STORE": str(folder / "store"), "SANAD_LANG": "en"}
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


PROGRAMS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_python_programs(workplace: Path, number: int) -> None:
    run = _run([sys.executable, "-c", PROGRAMS[number]], workplace)
    assert run.returncode == 0, run.stderr
    assert "24 days of paid leave" in run.stdout
    assert "[1]" in run.stdout


def test_session_on_the_command_line(workplace: Path) -> None:
    commands = re.findall(r"^\$ sanad (.*)$", README, re.MULTILINE)
    assert len(commands) == 6
    for command in commands:
        run = _run([sys.executable, "-m", "ui.cli", *shlex.split(command)], workplace)
        assert run.returncode == 0, f"{command}: {run.stderr}"
        assert run.stdout
    assert "removed: harbour-museum-handbook.md" in run.stdout


def test_other_commands_are_as_they_are_written() -> None:
    commands = [line.partition("#")[0] for line in re.findall(r"^    sanad (.*)$", README, re.M)]
    assert len(commands) >= 11
    for command in commands:
        assert _parser().parse_args(shlex.split(command)).run, command


def test_calls_from_the_shell(workplace: Path, make_library: MakeLibrary) -> None:
    calls = re.findall(r"^curl (.*?[^\\])$", README, re.DOTALL | re.MULTILINE)
    assert len(calls) == 3
    handbook = (workplace / "handbook" / "harbour-museum-handbook.md").read_text(encoding="utf-8")
    library = make_library(workplace, {"notes.md": handbook})
    with live(library, ScriptedLLM("New employees have 24 days of paid leave.")) as url:
        for call in calls:
            parts = shlex.split(call.replace("\\\n", " "))
            files = [part for option, part in pairwise(parts) if option == "-F"]
            form = [("files", (file.partition("@")[2], handbook)) for file in files]
            body = parts[parts.index("-d") + 1] if "-d" in parts else None
            headers = {"content-type": "application/json"} if body else None
            address = url + parts[0].removeprefix("http://127.0.0.1:7860")
            reply = httpx.post(address, content=body, files=form, headers=headers, timeout=60)
            assert reply.status_code == 200, call
            assert "24 days" in reply.text or "handbook.md" in reply.text


def test_files_and_targets_that_are_named_are_there() -> None:
    for name in re.findall(r"`((?:index|rag|ui)/[\w/.]+)`", README):
        assert (ROOT / name).exists(), name
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).exists(), picture
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([\w-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
