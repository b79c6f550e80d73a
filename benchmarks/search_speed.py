"""Search in a warm process over 1,000, 10,000 and 100,000 passages (400,000 sentences).

The vectors of the stored passages are random: what a search costs does not depend on where they
point. The question's vector, the words, SQLite, full text and FAISS are the real thing.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.random_store import fill
from benchmarks.texts import document
from index import Document, Library
from index.text.sentences import text_language

PASSAGES_A_DOCUMENT = 20
QUESTIONS = [
    "How many days of leave does a new employee have?",
    "من هو وزير الصحة الذي زار مينسك؟",
    "Where is the assembly point in case of fire?",
    "ما المشروع الذي سيُبنى في بنغازي؟",
    "How long do loans of objects last at most?",
    "متى بدأت العقوبات على بيلاروسيا؟",
]


def main() -> None:
    for passages in (1_000, 10_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            library = Library.open(Path(folder) / "store")
            fill(library, _documents(passages))
            count = sum(record.passages for record in library.documents())
            assert count == passages, count
            library.save_index()
            library.close()
            library = Library.open(Path(folder) / "store")
            for embedder in library._engine.embedders:
                embedder.load()
            began = time.perf_counter()
            library.search(QUESTIONS[0], 5)
            first = time.perf_counter() - began
            disk = sum(file.stat().st_size for file in (Path(folder) / "store").iterdir())
            for question in QUESTIONS:
                library.search(question, 5)
            whole: list[float] = []
            embedding: list[float] = []
            for question in QUESTIONS * 10:
                began = time.perf_counter()
                library._engine.embedders[0].query(question)
                embedding.append(time.perf_counter() - began)
                began = time.perf_counter()
                library.search(question, 5)
                whole.append(time.perf_counter() - began)
            print(
                f"{passages:6} passages: first search {first:4.2f} s, "
                f"{disk / passages / 1000:3.1f} kB a passage on disk, "
                f"median {1000 * statistics.median(whole):5.1f} ms, "
                f"95 % under {1000 * sorted(whole)[int(len(whole) * 0.95)]:5.1f} ms; "
                f"of it the question's vector {1000 * statistics.median(embedding):5.1f} ms"
            )


def _documents(passages: int) -> Iterator[tuple[str, Document]]:
    for number in range(passages // PASSAGES_A_DOCUMENT):
        text = "\n\n".join(
            document(number * PASSAGES_A_DOCUMENT + part, 60) for part in range(PASSAGES_A_DOCUMENT)
        )
        yield f"/{number}.txt", Document(f"{number}.txt", text, text_language(text))


if __name__ == "__main__":
    main()
