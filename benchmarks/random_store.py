"""Stores filled without an embedding model: a passage per paragraph, with vectors by chance.

For measuring what does not depend on where vectors point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import get_args

import numpy as np

from index import Document, Library, Passage, Sentence
from index.arrays import Vectors
from index.store.records import Cut, Incoming, NewWords
from index.text.chunk import cut
from index.text.keywords import word_forms
from index.types import Language

_ROOM = 10_000
"""Words of a passage: more than any paragraph has."""
_AT_ONCE = 200


def fill(library: Library, documents: Iterable[tuple[str, Document]]) -> None:
    """Write documents, each with the path it is said to come from, to an empty store.

    Their words get vectors too.
    """
    library._engine.recipe()
    chance = np.random.default_rng(1)
    known: dict[Language, set[str]] = {language: set() for language in get_args(Language)}
    waiting = iter(documents)
    while group := list(islice(waiting, _AT_ONCE)):
        incoming: list[Incoming] = []
        words: list[NewWords] = []
        for path, made in group:
            parts = tuple(_quarters(part) for part in _paragraphs(made))
            sentences = sum(len(part.sentences) for part in parts)
            vectors = Cut(parts, _random(chance, len(parts)), _random(chance, sentences))
            incoming.append(Incoming(made, path, path, [vectors]))
            fresh = tuple(word_forms(made.text, made.language).keys() - known[made.language])
            known[made.language].update(fresh)
            words.append(NewWords(made.language, fresh, _random(chance, len(fresh))))
        library._store.write(incoming, words)


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
