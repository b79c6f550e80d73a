"""What the README shows is run as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_files_and_targets_that_are_named_are_there() -> None:
    for name in re.findall(r"`((?:index|rag|ui)/[\w/.]+)`", README):
        assert (ROOT / name).exists(), name
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).exists(), picture
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
