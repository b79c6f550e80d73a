"""Passages on a plane: what is alike stands together.

The vectors of passages are projected on their first two principal components (Pearson, 1901).
Before that the mean of each language is taken from its vectors: multilingual embeddings keep
languages apart, and without this the picture would show two heaps, one for each language,
instead of what the passages are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from index.arrays import Vectors
from index.store.store import Store
from index.store.survey import Owned, beginnings, owned
from index.types import Language

Plane = npt.NDArray[np.float64]
"""Positions [n, 2]."""


BEGINNING_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands on the plane: `x` and `y` lie from -1 to 1.

    `start` and `page` are where it stands in its document, `text` is how it begins.
    """

    passage_id: int
    document: str
    language: Language
    start: int
    page: int | None
    text: str
    x: float
    y: float


def places_of(store: Store, limit: int) -> list[Place]:
    """At most `limit` passages of the store with their positions, those of a document together."""
    chosen = {passage.id: passage for passage in fair_sample(store.look(owned), limit)}
    begun, vectors = store.look(
        lambda connection: beginnings(connection, list(chosen), BEGINNING_CHARACTERS)
    )
    positions = plane(vectors, [chosen[one.id].language for one in begun])
    placed = {
        one.id: Place(
            passage_id=one.id,
            document=chosen[one.id].document,
            language=chosen[one.id].language,
            start=one.start,
            page=one.page,
            text=one.text,
            x=float(x),
            y=float(y),
        )
        for one, (x, y) in zip(begun, positions, strict=True)
    }
    return [placed[id_] for id_ in chosen if id_ in placed]


def fair_sample(passages: Sequence[Owned], limit: int) -> list[Owned]:
    """At most `limit` of the passages: as many of each document as it has, or an equal share.

    What a small document does not need of its share is left to larger ones; within a document
    the passages are taken at even distances. `passages` has those of a document together.
    """
    shelves = [list(group) for _, group in groupby(passages, key=lambda passage: passage.document)]
    shares = [0] * len(shelves)
    left = limit
    by_size = sorted(range(len(shelves)), key=lambda place: len(shelves[place]))
    for turn, place in enumerate(by_size):
        shares[place] = min(len(shelves[place]), left // (len(shelves) - turn))
        left -= shares[place]
    return [
        shelf[(2 * turn + 1) * len(shelf) // (2 * share)]
        for shelf, share in zip(shelves, shares, strict=True)
        for turn in range(share)
    ]


def plane(vectors: Vectors, languages: Sequence[Language]) -> Plane:
    """Vectors [n, dimension] -> positions [n, 2] within -1 and 1, the same for the same vectors.

    Both axes have one scale, so that distances can be compared in all directions.
    """
    if len(vectors) < 2:
        return np.zeros((len(vectors), 2))
    centred = vectors.astype(np.float64)
    spoken = np.array(languages)
    for language in set(languages):
        centred[spoken == language] -= centred[spoken == language].mean(axis=0)
    # From the products of the dimensions, as there are fewer of them than of passages.
    _, components = np.linalg.eigh(centred.T @ centred)  # the largest last
    positions = np.zeros((len(vectors), 2))
    axes = components[:, :-3:-1]
    positions[:, : axes.shape[1]] = centred @ axes
    # A component and its mirror image are equally right: the largest value is made positive.
    furthest = np.abs(positions).argmax(axis=0)
    positions *= np.where(positions[furthest, [0, 1]] < 0, -1.0, 1.0)
    reach = np.abs(positions).max()
    return positions / reach if reach > 1e-9 else np.zeros_like(positions)
