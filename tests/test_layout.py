"""The house: what imports what, what is public, what lies on the top level."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import index
import index.errors
import rag
import rag.errors
import ui.evaluation.errors
from index import SanadError

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {"index": {"index"}, "rag": {"rag", "index"}, "ui": {"ui", "rag", "index"}}
ERRORS = (index.errors, rag.errors, ui.evaluation.errors)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_climb_one_way(package: str) -> None:
    ours = set(MAY_IMPORT)
    for file in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file} imports relatively"
                names = [node.module or ""]
            tops = {name.split(".")[0] for name in names} & ours
            assert tops <= MAY_IMPORT[package], f"{file} imports {tops}"


def test_no_answer_needs_an_evaluator() -> None:
    room = ROOT / "ui" / "evaluation"
    for file in (ROOT / "ui").rglob("*.py"):
        if file.is_relative_to(room):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            entered = [name for name in names if name.startswith("ui.evaluation")]
            # What went wrong is told in both languages in one place, whoever raised it.
            assert all(name.startswith("ui.evaluation.errors.") for name in entered), file


def test_public_names_of_index() -> None:
    assert sorted(index.__all__) == [
        "Document",
        "DocumentRecord",
        "Failure",
        "Heading",
        "Hit",
        "HitSentence",
        "Language",
        "Library",
        "Page",
        "Passage",
        "ReadWarning",
        "Report",
        "SanadError",
        "Sentence",
        "Table",
    ]


def test_public_names_of_rag() -> None:
    assert sorted(rag.__all__) == [
        "Answer",
        "AnswerFailed",
        "Assistant",
        "Citation",
        "Piece",
        "Seconds",
        "SettingInvalid",
        "Settings",
        "Turn",
        "load_settings",
    ]


@pytest.mark.parametrize("module", ERRORS)
def test_tree_of_errors_is_drawn_whole(module: object) -> None:
    drawing = inspect.getdoc(module) or ""
    for name, error in vars(module).items():
        if inspect.isclass(error) and issubclass(error, SanadError):
            assert name in drawing


def test_every_error_speaks_in_one_line() -> None:
    for module in ERRORS:
        for error in vars(module).values():
            if inspect.isclass(error) and issubclass(error, SanadError):
                assert "\n" not in error.template


def test_packages_are_listed_whole() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for package in MAY_IMPORT
        for file in (ROOT / package).rglob("__init__.py")
    }
    assert listed == found


def test_top_level_is_the_fixed_one() -> None:
    listing = subprocess.run(
        ["git", "-c", "core.quotePath=false", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout: what belongs to the project cannot be told")
    tops = {line.split("/")[0] for line in listing.stdout.splitlines()}
    assert tops <= {
        "pyproject.toml", "README.md", "rag", "index", "ui", "tests", "benchmarks",
        "Makefile", ".ci", "LICENSE", ".gitignore",
    }  # fmt: skip


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, json; from ui.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stderr))
    assert not loaded & {"torch", "numpy", "faiss", "gradio", "llama_index", "transformers"}
