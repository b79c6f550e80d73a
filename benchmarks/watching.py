"""Watched folders: how long a new file takes until it is found, and what watching costs idle."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from llama_index.core.embeddings import MockEmbedding

from benchmarks.texts import document, write_documents
from benchmarks.upkeep_speed import PAGES_OF_WORDS
from index import Library
from index.watching import WatchedFolders

FILES = 10
"""New files of two pages, one after the other."""
IDLE_FILES = 2_000
IDLE_SECONDS = 30.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        library = Library.open(work / "store")
        library.warm_up()
        papers = work / "papers"
        papers.mkdir()
        watched = WatchedFolders(library)
        watched.add(papers)
        watched.start()
        time.sleep(3)
        seconds = sorted(found_after(library, papers, number) for number in range(FILES))
        watched.close()
        library.close()
        print(f"two new pages are found    p50 {statistics.median(seconds):5.2f} s", end="")
        print(f"   p95 {seconds[round(0.95 * (FILES - 1))]:5.2f} s   ({FILES} files)", flush=True)

        # What watching costs does not hang on the model; this one is quick.
        quick = MockEmbedding(embed_dim=8)
        library = Library.open(work / "idle", embedding=quick, sentence_embedding=quick)
        write_documents(work / "many", IDLE_FILES, 8)
        watched = WatchedFolders(library)
        watched.add(work / "many")
        watched.start()
        while watched.folders()[-1].documents < IDLE_FILES:
            time.sleep(1)
        time.sleep(5)
        began, used = time.monotonic(), time.process_time()
        time.sleep(IDLE_SECONDS)
        used = time.process_time() - used
        share = used / (time.monotonic() - began)
        watched.close()
        print(
            f"idle, {IDLE_FILES:,} files           {share:6.2%} of one core ({IDLE_SECONDS:.0f} s)"
        )
        library.close()


def found_after(library: Library, folder: Path, number: int) -> float:
    """Seconds from a file's being whole until a search finds a passage of it."""
    file = folder / f"new-{number}.txt"
    file.write_text(document(number, PAGES_OF_WORDS), encoding="utf-8")
    began = time.monotonic()
    while not library.search("What is written there?", 1, documents=[file.name]):
        time.sleep(0.1)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
