"""Stores filled without an embedding model: a passage per paragraph, with vectors by chance.

For measuring what does not depend on where vectors point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from index import Document, Library, Passage, Sentence
from index.arrays import Vectors
from index.store.records import Cut, Incoming
from index.text.chunk import cut

_ROOM = 10_000
"""Words of a passage: more than any paragraph has."""


def fill(library: Library, documents: Iterable[tuple[str, Document]]) -> None:
    """Write documents, each with the path it is said to come from, to an empty store."""
    library._engine.recipe()
    chance = np.random.default_rng(1)
    incoming: list[Incoming] = []
    for path, made in documents:
        parts = tuple(_quarters(part) for part in _paragraphs(made))
        sentences = sum(len(part.sentences) for part in parts)
        vectors = Cut(parts, _random(chance, len(parts)), _random(chance, sentences))
        incoming.append(Incoming(made, path, path, [vectors]))
    library._store.write(incoming)


def _paragraphs(made: Document) -> list[Passage]:
    """One passage per paragraph of the document."""
    found: list[Passage] = []
    start = 0
    for paragraph in made.text.split("\n\n"):
        (passage,) = cut(Document("", paragraph, made.language), _words, _ROOM)
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


def _words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def _random(chance: np.random.Generator, count: int) -> Vectors:
    vectors = chance.standard_normal((count, 384)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
