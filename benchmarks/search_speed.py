"""Search in a warm process over 1,000 and 10,000 passages (40,000 sentences).

The vectors of the stored passages are random: what a search costs does not depend on where they
point. The question's vector, the words, SQLite, full text and FAISS are the real thing.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.texts import document
from index import Document, Library, Passage, Sentence
from index.chunk import cut
from index.schema import Cut, Incoming, Vectors
from index.sentences import text_language

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
    for passages in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            library = Library.open(Path(folder) / "store")
            _fill(library, passages)
            library.warm_up()
            for question in QUESTIONS:
                library.search(question, 5)
            whole: list[float] = []
            embedding: list[float] = []
            for question in QUESTIONS * 10:
                began = time.perf_counter()
                library._passages.query(question)
                embedding.append(time.perf_counter() - began)
                began = time.perf_counter()
                library.search(question, 5)
                whole.append(time.perf_counter() - began)
            print(
                f"{passages:6} passages: median {1000 * statistics.median(whole):5.1f} ms, "
                f"95 % under {1000 * sorted(whole)[int(len(whole) * 0.95)]:5.1f} ms; "
                f"of it the question's vector {1000 * statistics.median(embedding):5.1f} ms"
            )


def _fill(library: Library, passages: int) -> None:
    library._check_models()
    chance = np.random.default_rng(1)
    incoming: list[Incoming] = []
    for number in range(passages // PASSAGES_A_DOCUMENT):
        text = "\n\n".join(
            document(number * PASSAGES_A_DOCUMENT + part, 60) for part in range(PASSAGES_A_DOCUMENT)
        )
        made = Document(f"{number}.txt", text, text_language(text))
        parts = tuple(_quarters(part) for part in _paragraphs(made))
        sentences = sum(len(part.sentences) for part in parts)
        vectors = Cut(parts, _random(chance, len(parts)), _random(chance, sentences))
        incoming.append(Incoming(made, f"/{number}.txt", str(number), vectors))
    library._store.write(incoming)
    count = sum(record.passages for record in library.documents())
    assert count == passages, count


def _paragraphs(made: Document) -> list[Passage]:
    """One passage per paragraph of the document."""
    found: list[Passage] = []
    start = 0
    for paragraph in made.text.split("\n\n"):
        (passage,) = cut(Document("", paragraph, made.language), _no_tokens, 1)
        spans = tuple(Sentence(s.start + start, s.end + start) for s in passage.sentences)
        end = start + len(paragraph)
        found.append(Passage(start, end, passage.language, spans))
        start = end + 2
    return found


def _quarters(passage: Passage) -> Passage:
    """The same passage with at most four sentences, so that sizes are alike."""
    kept = passage.sentences[:3]
    rest = passage.sentences[3:]
    if rest:
        kept = (*kept, Sentence(rest[0].start, rest[-1].end))
    return Passage(passage.start, passage.end, passage.language, kept)


def _no_tokens(texts: Sequence[str]) -> list[int]:
    return [0 for _ in texts]


def _random(chance: np.random.Generator, count: int) -> Vectors:
    vectors = chance.standard_normal((count, 384)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


if __name__ == "__main__":
    main()
