"""What a store costs as it grows: 1,000, 10,000 and 100,000 passages, or other sizes.

`python -m benchmarks.growth [--sizes N ...] [--picture FILE]`. Texts are sentences of the samples
with rare words among them, four sentences a passage; vectors are by chance, which no index finds
easy. The questions' vectors, the words, SQLite, full text and FAISS are the real thing. Each size
has a process of its own. `--sizes 1000000` takes half an hour and 7 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

import numpy as np

from benchmarks.random_store import fill
from benchmarks.texts import QUESTIONS, document
from index import Document, Library
from index.intake import prepared
from index.search.searcher import CANDIDATES
from index.text.sentences import text_language

SIZES = (1_000, 10_000, 100_000)
_PASSAGES_A_DOCUMENT = 20
_RARE = 200_000
"""Distinct rare words; each passage has three."""
_ROUNDS = 5
_EXACT = 20
"""So many vectors by chance are searched for exactly too."""
MEASURES = {
    "search": "search, ms (median)",
    "slow": "search, ms (95 % under)",
    "judging": "search without the question's vector, ms",
    "recall": "the ten nearest, of the exact ones",
    "first": "open and search first, s beyond the model",
    "write": "write and index, s (without embedding)",
    "add": "add one document of ten passages, s",
    "embed": "of it embedding, s",
    "memory": "memory beyond the model, MB",
    "disk": "disk, kB a passage",
}


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--picture", type=Path, metavar="FILE", help="an SVG of the curves")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one:
        print(json.dumps(_measured(chosen.one)))
        return
    found: dict[int, dict[str, float]] = {}
    for size in chosen.sizes:
        print(f"{size:,} passages ...", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmarks.growth", "--one", str(size)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found[size] = json.loads(done.stdout.splitlines()[-1])
    print(f"| passages | {' | '.join(f'{size:,}' for size in found)} |")
    print("|---" * (len(found) + 1) + "|")
    for key, name in MEASURES.items():
        print(f"| {name} | {' | '.join(f'{row[key]:.3g}' for row in found.values())} |")
    if chosen.picture:
        chosen.picture.write_text(_picture(found), encoding="utf-8")


def _measured(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        library = Library.open(store)
        write = _seconds(fill, library, _documents(size)) + _seconds(library.save_index)
        count = sum(record.passages for record in library.documents())
        assert count == size, count
        library.close()
        disk = sum(file.stat().st_size for file in store.iterdir())

        library = Library.open(store)
        for embedder in library._engine.embedders:
            embedder.load()
            embedder.query("What is it?")
        resident = _resident()
        first = _seconds(library.search, QUESTIONS[0], 5)
        for question in QUESTIONS:
            library.search(question, 5)
        whole: list[float] = []
        judging: list[float] = []
        for number in range(_ROUNDS):
            for question in QUESTIONS:
                asked = f"{question} ({number})"
                whole.append(_seconds(library.search, asked, 5))
                judging.append(_seconds(library.search, asked, 5))  # its vector is kept
        memory = _resident() - resident
        texts = ["\n\n".join(document(-10 * n - m, 60) for m in range(10)) for n in (1, 2)]
        embed = _seconds(_embedded, library, texts[0])
        file = Path(folder) / "new.txt"
        file.write_text(texts[1], encoding="utf-8")
        add = _seconds(library.add, file)
        recall = _recall(library)
        library.close()
    return {
        "search": 1000 * statistics.median(whole),
        "slow": 1000 * sorted(whole)[int(len(whole) * 0.95)],
        "judging": 1000 * statistics.median(judging),
        "recall": recall,
        "first": first,
        "write": write,
        "add": add,
        "embed": embed,
        "memory": memory / 1e6,
        "disk": disk / size / 1000,
    }


def _documents(passages: int) -> Iterator[tuple[str, Document]]:
    chance = random.Random(1)  # noqa: S311 - reproducible
    for number in range(passages // _PASSAGES_A_DOCUMENT):
        paragraphs = []
        for part in range(_PASSAGES_A_DOCUMENT):
            text = document(number * _PASSAGES_A_DOCUMENT + part, 60)
            letters = "abdefiklmnorstu" if text_language(text) == "en" else "ابتدرسعفقلمنوي"
            rare = [_word(chance.randrange(_RARE), letters) for _ in range(3)]
            paragraphs.append(f"{text} {' '.join(rare)}")
        text = "\n\n".join(paragraphs)
        yield f"/{number}.txt", Document(f"{number}.txt", text, text_language(text))


def _word(number: int, letters: str) -> str:
    word = ""
    while number or len(word) < 4:
        number, at = divmod(number, len(letters))
        word += letters[at]
    return word


def _embedded(library: Library, text: str) -> None:
    """Cut and embed a document, as adding it does, and write nothing."""
    read = (Document("", text, text_language(text)), "", "")
    with prepared([read], library._store, library._engine.embedders, None) as (_, words):
        list(words)


def _recall(library: Library) -> float:
    """How many of the ten passages of a language nearest to a vector are found, of all."""
    chance = np.random.default_rng(2)
    queries = chance.standard_normal((_EXACT, 384)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    found = wanted = 0
    for language, index in library._engine.searcher._passages.items():
        batches = list(library._store.vectors_in_batches(language))
        every = np.concatenate([ids for ids, _ in batches])
        near = np.concatenate([queries @ vectors.T for _, vectors in batches], axis=1)
        for query, row in zip(queries, near, strict=True):
            nearest = every[np.argsort(-row)[:10]]
            found += len(np.intersect1d(nearest, index.search(query, CANDIDATES)[:10]))
            wanted += len(nearest)
    return found / wanted


def _seconds(work: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def _resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


_WIDE, _HIGH, _ROOM = 300, 190, 40
_DRAWN = ("search", "judging", "first", "add", "memory", "disk")


def _picture(found: dict[int, dict[str, float]]) -> str:
    """One small chart for each measure; sizes run to the right in powers of ten."""
    charts = []
    sizes = list(found)
    for number, key in enumerate(_DRAWN):
        values = [found[size][key] for size in sizes]
        left = (number % 3) * _WIDE
        top = (number // 3) * _HIGH
        wide, high = _WIDE - 2 * _ROOM, _HIGH - 2 * _ROOM
        step = wide / max(1, len(sizes) - 1)
        points = [
            (left + _ROOM + at * step, top + _HIGH - _ROOM - high * value / max(values))
            for at, value in enumerate(values)
        ]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        charts.append(f'<text x="{left + _ROOM}" y="{top + 20}">{escape(MEASURES[key])}</text>')
        charts.append(f'<polyline points="{line}" fill="none" stroke="#2a6f5b"/>')
        for (x, y), size, value in zip(points, sizes, values, strict=True):
            charts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="#2a6f5b"/>')
            told = f'text-anchor="middle">{value:.3g}</text>'
            charts.append(f'<text x="{x:.0f}" y="{y - 7:.0f}" {told}')
            bottom = top + _HIGH - _ROOM + 16
            told = f'text-anchor="middle" fill="#666">{size:,}</text>'
            charts.append(f'<text x="{x:.0f}" y="{bottom}" {told}')
    wide, high = 3 * _WIDE, 2 * _HIGH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-size="11" '
        f'font-family="sans-serif"><rect width="{wide}" height="{high}" fill="#fff"/>'
        + "".join(charts)
        + "</svg>\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
