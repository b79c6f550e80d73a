"""Reading files: how much of a known text each format gives back, how fast, against targets.

`python -m benchmarks.formats [FOLDER] [--speed]`: the folder holds files and their true texts,
`truth_X.txt` for every file whose name has all the parts of X (`ar_cp1256` for
`ar_cp1256.html`). A scan may show the beginning of its text only. With `--speed` it tells what
share of taking a file in goes to reading it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.format_scores import Scores, beginning, scores
from index import Document
from index.readers import known_extensions, read_document

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "documents" / "formats"

Family = Literal["Arabic PDF", "English PDF", "Arabic scan", "English scan", "other formats"]
_QUICK = 1.0  # seconds; what is read faster is read twice, so that imports do not count


@dataclass(frozen=True, slots=True)
class Target:
    """The least that a family of files must reach, as means; `least` holds for every file."""

    recall: float
    pairs: float = 0.0
    phrases: float = 0.0
    least: float = 0.0


TARGETS: dict[Family, Target] = {
    "Arabic PDF": Target(recall=0.97, pairs=0.95, phrases=148 / 154, least=0.86),
    "English PDF": Target(recall=0.99),
    "Arabic scan": Target(recall=0.88),
    "English scan": Target(recall=0.98),
    "other formats": Target(recall=0.99),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file: a document or, in `failure`, why there is none."""

    file: Path
    seconds: float
    document: Document | None = None
    failure: str = ""
    scores: Scores | None = None

    @property
    def units(self) -> int:
        """Pages, or the one file where the format has none."""
        return max(1, len(self.document.pages)) if self.document else 0


@dataclass(frozen=True, slots=True)
class Summary:
    """A family of files against its target; `misses` says in words what is not reached."""

    family: Family
    files: int
    recall: float
    least: float
    pairs: float
    phrases: int
    phrases_asked: int
    misses: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.formats", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--speed", action="store_true", help="share of reading in taking in")
    chosen = parser.parse_args(arguments)
    if not chosen.folder.is_dir():
        sys.exit(f"{chosen.folder} is not there: name a folder with files and truth_*.txt")
    readings = []
    print(f"{'file':36} {'recall':>7} {'pairs':>6} {'phrases':>8} {'warn':>5} {'per s':>7}")
    for file in files_of(chosen.folder):
        readings.append(read(file))
        print(_line(readings[-1]), flush=True)
    print()
    for summary in summaries(readings):
        print(_summary_line(summary))
    if chosen.speed:
        print()
        _print_speed(readings)


def files_of(folder: Path) -> list[Path]:
    """The files that can be read, by name; the true texts are none of them."""
    known = set(known_extensions())
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in known and not file.name.startswith("truth_")
    )


def truth_of(file: Path) -> Path | None:
    """The true text of a file: the one whose name says most of the parts of the file's name."""
    parts = set(file.stem.split("_"))
    fitting = [
        truth
        for truth in sorted(file.parent.glob("truth_*.txt"))
        if set(truth.stem.removeprefix("truth_").split("_")) <= parts
    ]
    return max(fitting, key=lambda truth: len(truth.stem), default=None)


def read(file: Path) -> Reading:
    """Read one file and compare it with its true text."""
    truth = truth_of(file)
    true_text = truth.read_text(encoding="utf-8") if truth else None
    document, seconds, failure = None, 0.0, ""
    try:
        document, seconds = _timed(file)
        if seconds < _QUICK:
            seconds = min(seconds, _timed(file)[1])
    except Exception as error:  # noqa: BLE001 - one bad reader must not hide what others do
        failure = f"{type(error).__name__}: {error}"
    text = document.text if document else ""
    if true_text is not None and document and "scan" in file.stem:
        true_text = beginning(text, true_text)
    compared = None if true_text is None else scores(text, true_text)
    return Reading(file, seconds, document, failure, compared)


def family_of(file: Path) -> Family | None:
    """Which target a file is held to; None for a file without a true text."""
    truth = truth_of(file)
    if truth is None:
        return None
    arabic = truth.stem.startswith("truth_ar")
    if "scan" in file.stem:
        return "Arabic scan" if arabic else "English scan"
    if file.suffix.lower() == ".pdf":
        return "Arabic PDF" if arabic else "English PDF"
    return "other formats"


def summaries(readings: Iterable[Reading]) -> list[Summary]:
    """Each family that is there against its target; a file that was not read kept nothing."""
    members: dict[Family, list[tuple[Reading, Scores]]] = {family: [] for family in TARGETS}
    for reading in readings:
        family = family_of(reading.file)
        if family is not None and reading.scores is not None:
            members[family].append((reading, reading.scores))
    return [_summary(family, group) for family, group in members.items() if group]


def _summary(family: Family, group: Sequence[tuple[Reading, Scores]]) -> Summary:
    target = TARGETS[family]
    recall = statistics.mean(got.recall for _, got in group)
    pairs = statistics.mean(got.pairs for _, got in group)
    phrases = sum(got.phrases for _, got in group)
    asked = sum(got.phrases_asked for _, got in group)
    misses = [
        f"{what} {value:.3f} is under {wanted:.3f}"
        for what, value, wanted in (
            ("recall", recall, target.recall),
            ("pairs", pairs, target.pairs),
            ("phrases", phrases / max(1, asked), target.phrases),
        )
        if value < wanted
    ]
    misses.extend(
        f"{reading.file.name} has recall {got.recall:.3f}"
        for reading, got in group
        if got.recall < target.least and not reading.failure
    )
    unread = [reading.file.name for reading, _ in group if reading.failure]
    if unread:
        misses.append(f"not read: {', '.join(unread)}")
    least = min(got.recall for _, got in group)
    return Summary(family, len(group), recall, least, pairs, phrases, asked, tuple(misses))


def _timed(file: Path) -> tuple[Document, float]:
    began = time.perf_counter()
    document = read_document(file, file.name)
    return document, time.perf_counter() - began


def _line(reading: Reading) -> str:
    name = f"{reading.file.name:36}"
    if reading.document is None:
        return f"{name} {' '.join(reading.failure.split())[:100]}"
    compared = f"{len(reading.document.text):7} characters, no truth"
    if got := reading.scores:
        phrases = f"{got.phrases}/{got.phrases_asked}"
        compared = f"{got.recall:7.3f} {got.pairs:6.3f} {phrases:>8}"
    rate = reading.units / reading.seconds
    return f"{name} {compared} {len(reading.document.warnings):5} {rate:7.1f}"


def _summary_line(summary: Summary) -> str:
    figures = (
        f"{summary.family:14} {summary.files:3} files   recall {summary.recall:.3f} "
        f"(least {summary.least:.3f})   pairs {summary.pairs:.3f}   "
        f"phrases {summary.phrases}/{summary.phrases_asked}"
    )
    return f"{figures}   {'MISSED: ' + '; '.join(summary.misses) if summary.misses else 'ok'}"


def _print_speed(readings: Iterable[Reading]) -> None:
    """By extension: pages a second, and how much of `Library.add` it is to read the file."""
    from index import Library  # brings the models' libraries, which reading does without

    read_seconds: dict[str, list[float]] = {}
    add_seconds: dict[str, list[float]] = {}
    units: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder) / "store")
        library.warm_up()
        for reading in readings:
            report = library.add(reading.file)
            if reading.document is None or not report.added:
                continue
            kind = reading.file.suffix.lower()
            read_seconds.setdefault(kind, []).append(reading.seconds)
            add_seconds.setdefault(kind, []).append(report.seconds)
            units[kind] = units.get(kind, 0) + reading.units
        library.close()
    print(f"{'format':8} {'files':>6} {'pages/s':>9} {'add, s/file':>12} {'of it reading':>14}")
    for kind, seconds in sorted(read_seconds.items()):
        share = sum(seconds) / sum(add_seconds[kind])
        print(
            f"{kind:8} {len(seconds):6} {units[kind] / sum(seconds):9.1f} "
            f"{statistics.mean(add_seconds[kind]):12.2f} {share:13.0%}"
        )


if __name__ == "__main__":
    main()
