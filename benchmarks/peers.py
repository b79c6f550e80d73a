"""Sanad beside three libraries: the same passages, the same weights, each in a process of its own.

`python -m benchmarks.peers --peers PYTHON [--passages FILE ... --questions FILE ...]`: PYTHON is an
interpreter that has what `benchmarks/peers.txt` names (`make bench-peers` makes one); the files are
in SQuAD format, several languages may be mixed. Without files, texts of our own are taken, in which
much is repeated: good for times, not for recall. Systems take turns, so that a slow minute hits
all; medians of three rounds.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peer_systems import NEAREST, SYSTEMS, measured
from benchmarks.texts import document
from index import Library, models
from ui.evaluation.squad import read_squad

_ROUNDS = 3
_QUESTIONS = 120
_PASSAGES = 480


class Sanad:
    """A library over files, one for each passage."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = Library.open(folder / "store")
        self.library.warm_up()
        self.count = 0

    def build(self, texts: Sequence[str]) -> None:
        """Write the files and add them."""
        documents = self.folder / "documents"
        documents.mkdir()
        for number, text in enumerate(texts):
            (documents / f"{number}.txt").write_text(text, "utf-8")
        self.count = len(texts)
        assert not self.library.add(documents).failed

    def add(self, text: str) -> None:
        """One more."""
        file = self.folder / f"{self.count}.txt"
        file.write_text(text, "utf-8")
        assert not self.library.add(file).failed

    def search(self, question: str) -> list[int]:
        """The documents of the nearest passages."""
        found = (hit.document for hit in self.library.search(question, 2 * NEAREST))
        return [int(Path(name).stem) for name in dict.fromkeys(found)][:NEAREST]

    def save(self, folder: str) -> None:
        """It is saved already: copied, to be weighed like the others."""
        self.library.close()
        for file in (self.folder / "store").iterdir():
            if file.is_file():
                (Path(folder) / file.name).write_bytes(file.read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", metavar="PYTHON", required=True)
    parser.add_argument("--passages", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--questions", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--one", metavar="FILE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        with tempfile.TemporaryDirectory() as folder:
            given = json.loads(Path(arguments.one).read_text("utf-8"))
            print(json.dumps(measured(Sanad(Path(folder)), given)))
        return
    given = _from_files(arguments) if arguments.passages else _our_own()
    given["model"] = str(models.find(models.DEFAULT_EMBEDDING))
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        _table(_runs(arguments.peers, file.name))


def _runs(peers: str, file: str) -> dict[str, list[dict[str, float]]]:
    commands = {name: [peers, "benchmarks/peer_systems.py", name, file] for name in SYSTEMS}
    here = [sys.executable, "-m", "benchmarks.peers", "--peers", peers, "--one", file]
    commands["Sanad"] = here
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for number in range(_ROUNDS):
        for name, command in commands.items():
            print(f"round {number + 1} of {_ROUNDS}: {name}", file=sys.stderr)
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{name} failed: {done.stderr.strip()[-2000:]}")
            runs[name].append(json.loads(done.stdout.strip().splitlines()[-1]))
    return runs


def _table(runs: dict[str, list[dict[str, float]]]) -> None:
    """Medians, and each as a multiple of the best peer's."""
    medians = {
        name: {key: statistics.median(run[key] for run in each) for key in each[0]}
        for name, each in runs.items()
    }
    keys = list(medians["Sanad"])
    print(f"| | {' | '.join(keys)} |")
    print("|---" * (len(keys) + 1) + "|")
    for name, row in medians.items():
        print(f"| {name} | {' | '.join(_shown(key, row[key]) for key in keys)} |")
    ratios = []
    for key in keys:
        others = [row[key] for name, row in medians.items() if name != "Sanad"]
        best = max(others) if key.startswith("recall") else min(others)
        ratios.append(f"{medians['Sanad'][key] / best:.2f}")
    print(f"| Sanad, of the best peer's | {' | '.join(ratios)} |")


def _shown(key: str, value: float) -> str:
    return (
        f"{value:.3f}"
        if key.startswith("recall")
        else f"{value:.2f}"
        if value < 10
        else f"{value:.0f}"
    )


def _from_files(arguments: argparse.Namespace) -> dict[str, Any]:
    passages: list[str] = []
    questions: list[tuple[str, int]] = []
    for place, file in enumerate(arguments.passages):
        contexts = read_squad(Path(file)).contexts
        if place < len(arguments.questions):
            asked = read_squad(Path(arguments.questions[place])).items
            questions += [(item.question, len(passages) + item.paragraph) for item in asked]
        passages += contexts
    chosen = random.Random(1).sample(questions, min(_QUESTIONS, len(questions)))  # noqa: S311
    return {"passages": passages, "questions": chosen}


def _our_own() -> dict[str, Any]:
    passages = [document(number, 110) for number in range(_PASSAGES)]
    chance = random.Random(1)  # noqa: S311
    asked = chance.sample(range(_PASSAGES), _QUESTIONS)
    return {
        "passages": passages,
        "questions": [(" ".join(passages[n].split()[1:13]), n) for n in asked],
    }


if __name__ == "__main__":
    main()
