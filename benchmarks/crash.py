"""Crash safety: `sanad add` of 200 documents, killed ten times at random moments."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.texts import write_documents
from index import Library

KILLS = 10
DOCUMENTS = 200


def main() -> None:
    chance = random.Random()  # noqa: S311 - other moments each time
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        files = write_documents(work / "files", DOCUMENTS, 120)
        store = work / "store"
        command = [sys.executable, "-m", "ui.cli", "add", str(files), "--store", str(store)]
        committed: dict[str, str] = {}
        for kill in range(1, KILLS + 1):
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            # Starting takes a while: the random moment counts from the first new commit on, but
            # for two kills that come while nothing is committed yet.
            while kill > 2 and process.poll() is None and _documents(store) == len(committed):
                time.sleep(0.05)
            time.sleep(chance.uniform(0.0, 1.5))
            process.kill()
            process.wait()
            library = Library.open(store)
            problems = library.verify()
            kept = {record.name: record.added for record in library.documents()}
            assert problems == [], problems
            # What was committed before is as it was: nothing was embedded again.
            assert committed.items() <= kept.items()
            committed = kept
            print(f"kill {kill:2}: {len(kept):3} documents committed, verify says ok", flush=True)
            library.close()
        library = Library.open(store)
        report = library.add(files)
        assert len(report.unchanged) == len(committed)
        assert len(report.added) == DOCUMENTS - len(committed)
        assert library.verify() == []
        print(f"a last add: {len(report.unchanged)} unchanged, {len(report.added)} added")


def _documents(store: Path) -> int:
    """How many documents are committed, by a look from outside."""
    try:
        connection = sqlite3.connect(store / "sanad.db", timeout=30)
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:  # the tables are not there yet
        return 0


if __name__ == "__main__":
    main()
