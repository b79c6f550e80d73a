"""What goes into a store and comes out of it: each station of the way has its own type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.arrays import Vectors
from index.types import Document, Language, Passage


@dataclass(frozen=True, slots=True)
class Cut:
    """Passages of a document (all, or a piece of a large one) with their vectors, row by row.

    `sentence_vectors` has one row per sentence, in the order of the passages.
    """

    passages: tuple[Passage, ...]
    passage_vectors: Vectors
    sentence_vectors: Vectors


@dataclass(frozen=True, slots=True)
class NewWords:
    """Words of one language that the store has no vectors of yet: tokens, and a row for each."""

    language: Language
    tokens: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document that is ready to be written: where it was, its hash, its passages piece by piece.

    `cuts` may be gone through more than once.
    """

    document: Document
    path: str
    sha256: str
    cuts: Iterable[Cut]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it is kept, with the name of its document and the page of each sentence."""

    id: int
    document: str
    passage: Passage
    text: str
    sentence_ids: tuple[int, ...]
    sentence_pages: tuple[int | None, ...]
