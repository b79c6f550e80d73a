"""The files for running Sanad elsewhere fit the program, and promise what they hold."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import ui
from ui.cli import _parser

DEPLOY = Path(ui.__file__).parent / "deploy"
UNIT = (DEPLOY / "sanad.service").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def command_of_unit() -> list[str]:
    (line,) = re.findall(r"^ExecStart=\S*/sanad (.*)$", UNIT, re.MULTILINE)
    return str(line).split()


def command_of_container() -> list[str]:
    (line,) = re.findall(r"^CMD (\[.*\])$", CONTAINER, re.MULTILINE)
    command: list[str] = json.loads(line)
    return command


@pytest.mark.parametrize("command", [command_of_unit(), command_of_container()])
def test_what_is_started_is_a_command_of_sanad(command: list[str]) -> None:
    assert _parser().parse_args(command).run == "serve"


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda file: file.name)
def test_every_variable_is_one_that_is_read(file: Path) -> None:
    known = {"SANAD_STORE", "SANAD_CACHE", "SANAD_LLM_KEY"}
    assert set(re.findall(r"SANAD_[A-Z_]+", file.read_text(encoding="utf-8"))) <= known


def test_every_command_that_is_shown_exists() -> None:
    (commands,) = (
        action.choices
        for action in _parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    shown = re.findall(r"^#.* sanad (\w+) ", CONTAINER, re.MULTILINE)
    shown += re.findall(r"/bin/sanad (\w+)", UNIT)
    assert {"models", "serve"} <= set(shown)
    # People come with another part of the command line.
    assert set(shown) <= set(commands)


def test_the_container_runs_without_rights_and_holds_no_secret() -> None:
    last = CONTAINER[CONTAINER.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert last.index("\nUSER ") < last.index("\nENTRYPOINT ")
    assert re.search(r"^VOLUME /data$", last, re.MULTILINE)
    assert "/api/v1/health" in last[last.index("\nHEALTHCHECK ") :]
    assert not re.search(r"^(ENV|ARG) .*(KEY|TOKEN|PASSWORD|SECRET)", CONTAINER, re.MULTILINE)
    assert re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINER, re.MULTILINE) == [
        "pyproject.toml README.md LICENSE", "index", "rag", "ui",
    ]  # fmt: skip


@pytest.mark.parametrize("file", ["nginx.conf", "Caddyfile"])
def test_a_proxy_leads_to_where_the_service_listens(file: str) -> None:
    arguments = _parser().parse_args(command_of_unit())
    text = (DEPLOY / file).read_text(encoding="utf-8")
    assert re.findall(r"\d+\.\d+\.\d+\.\d+:\d+", text) == [f"{arguments.host}:{arguments.port}"]


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here"
)
def test_systemd_takes_the_unit_and_finds_it_closed(tmp_path: Path) -> None:
    for engine in ("podman", "docker"):  # nothing is built in the tests
        (tmp_path / engine).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (tmp_path / engine).chmod(0o755)
    check = _checked(f"{tmp_path}:{os.environ['PATH']}")
    assert "unit: sound" in check.stdout
    (exposure,) = re.findall(r"exposure level for sanad.service: (\d+\.\d)", check.stdout)
    assert float(exposure) < 2.5


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    """With a docker whose daemon is not there, and no systemd."""
    for tool in ("sh", "dirname", "mktemp", "rm", "sed", "tail", "seq", "sleep"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    (tmp_path / "docker").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "docker").chmod(0o755)
    check = _checked(str(tmp_path))
    assert check.returncode == 0
    assert check.stdout.splitlines() == [
        "unit: not looked at, as there is no systemd-analyze here",
        "container: not built, as neither podman nor docker works here",
    ]


def test_a_container_that_does_not_become_well_is_told_of_and_removed(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    (tmp_path / "podman").write_text(
        f'#!/bin/sh\necho "$1" >>{calls}\n[ "$1" != exec ]\n', encoding="utf-8"
    )
    (tmp_path / "sleep").write_text("#!/bin/sh\n", encoding="utf-8")
    for tool in ("podman", "sleep"):
        (tmp_path / tool).chmod(0o755)
    check = _checked(f"{tmp_path}:{os.environ['PATH']}")
    assert check.returncode == 1
    assert "did not become well" in check.stderr
    done = calls.read_text().split()
    assert done[:3] == ["info", "build", "run"]
    assert done[-2:] == ["logs", "rm"]


def _checked(path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(DEPLOY / "check")],
        env={"PATH": path, "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
