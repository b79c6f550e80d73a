"""What reading in child processes costs: `python -m benchmarks.reading_speed [FILES]`.

The same small files are read in this very process, by a pool of children that is used again,
and with a new child for each file; in turns, so that a busy machine slows all three alike.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.texts import SAMPLES
from index.readers import read_document
from index.readers.reading import ReaderPool

ROUNDS = 5


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.md") for number in range(count)]
        sample = min(SAMPLES.glob("*.md")).read_bytes()
        for path in paths:
            path.write_bytes(sample)
        ways: dict[str, Callable[[Sequence[Path]], None]] = {
            "in this process": _here,
            "in a pool of children": _pool,
            "in a child for each": _children,
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, read in ways.items():
                started = time.perf_counter()
                read(paths)
                seconds[name].append((time.perf_counter() - started) / count)
    for name, taken in seconds.items():
        print(f"{name:24} {statistics.median(taken) * 1000:7.2f} ms a file")


def _here(paths: Sequence[Path]) -> None:
    for path in paths:
        read_document(path, path.name)


def _pool(paths: Sequence[Path]) -> None:
    with ReaderPool() as pool:
        for _, reading in pool.read_all(paths):
            reading.result()


def _children(paths: Sequence[Path]) -> None:
    for path in paths:
        with ReaderPool(1) as pool:
            pool.read(path)


if __name__ == "__main__":
    main()
