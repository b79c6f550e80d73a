"""What the signals are made of, passage by passage; what one query read serves the next ones.

Reading the vectors and tokens of some 200 candidates out of SQLite and counting their words takes
longer than judging them. The passages of an everyday store, and those that are asked about in a
large one, come up again and again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, get_args

import numpy as np

from index.arrays import Ids, Vectors
from index.search.words import WordVectors
from index.store.store import Store
from index.text.names import stem_skeletons
from index.types import Language

_KEPT = 1_000
"""Passages; about 25 kB each."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Features:
    """One passage: its vector [dimension], those of its sentences [m, dimension], its words.

    `counts` tells how often each full-text token stands in it.
    """

    language: Language
    vector: Vectors
    sentences: Ids
    sentence_vectors: Vectors
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer: [n] of each, and their sentences [m].

    `owners` are the places of the sentences' passages among the n.
    """

    ids: Ids
    languages: tuple[Language, ...]
    vectors: Vectors
    counts: tuple[Counter[str], ...]
    sentences: Ids
    owners: Ids
    sentence_vectors: Vectors


class FeatureCache:
    """The features of the passages of one store; of those asked for last they are kept.

    A passage never changes under its id, yet nothing of a removed one is to stay and the rows of
    words may move: call `clear` after every write. `words` are the words' vectors by language.
    """

    def __init__(self, store: Store, words: Mapping[Language, WordVectors]) -> None:
        self._store = store
        self._vocabularies = words
        self._features = _Memo(self._read)
        self._skeletons = _Memo(self._read_skeletons)
        self._rows = _Memo(self._look_up_rows)

    def clear(self) -> None:
        """Forget everything."""
        for memo in (self._features, self._skeletons, self._rows):
            memo.clear()

    def candidates(self, ids: Ids) -> Candidates:
        """Those of the passages (ascending) that the store still has."""
        found = self._features.of(ids.tolist())
        features = list(found.values())
        sizes = [len(each.sentences) for each in features]
        return Candidates(
            ids=np.array(list(found), dtype=np.int64),
            languages=tuple(each.language for each in features),
            vectors=_stacked([each.vector[np.newaxis] for each in features]),
            counts=tuple(each.counts for each in features),
            sentences=np.concatenate([np.zeros(0, np.int64), *(e.sentences for e in features)]),
            owners=np.repeat(np.arange(len(features)), sizes),
            sentence_vectors=_stacked([each.sentence_vectors for each in features]),
        )

    def skeletons(self, ids: Ids) -> list[frozenset[str]]:
        """The names and numbers of passages that are there, as `index.text.names` compares them."""
        return list(self._skeletons.of(ids.tolist()).values())

    def words(self, ids: Ids) -> list[Ids]:
        """The rows of their words among the words' vectors of their language."""
        return list(self._rows.of(ids.tolist()).values())

    def _read(self, ids: list[int]) -> dict[int, Features]:
        there, vectors = self._store.passage_vectors(np.array(ids, dtype=np.int64))
        owners, sentences, sentence_vectors = self._store.sentence_vectors(there)
        first, last = (np.searchsorted(owners, there, side) for side in ("left", "right"))
        place = {id_: at for at, id_ in enumerate(there.tolist())}
        found: dict[int, Features] = {}
        # A passage that full text lacks is damage, which `sanad verify` tells of.
        for language in get_args(Language):
            for id_, tokens in self._store.tokens_of(there.tolist(), language).items():
                at = place[id_]
                own = slice(first[at], last[at])
                found[id_] = Features(
                    language=language,
                    vector=vectors[at],
                    sentences=sentences[own],
                    sentence_vectors=sentence_vectors[own],
                    counts=Counter(map(sys.intern, tokens)),
                )
        return found

    def _read_skeletons(self, ids: list[int]) -> dict[int, frozenset[str]]:
        return {id_: stem_skeletons(each.counts) for id_, each in self._features.of(ids).items()}

    def _look_up_rows(self, ids: list[int]) -> dict[int, Ids]:
        features = self._features.of(ids)
        rows: dict[int, Ids] = {}
        for language, words in self._vocabularies.items():
            own = {id_: each.counts for id_, each in features.items() if each.language == language}
            rows |= zip(own, words.rows(list(own.values())), strict=True)
        return rows


class _Memo(Generic[T]):
    """What was worked out of passages, by their ids; the oldest of `_KEPT` make room."""

    def __init__(self, work_out: Callable[[list[int]], Mapping[int, T]]) -> None:
        self._work_out = work_out
        self._kept: dict[int, T] = {}

    def of(self, ids: Iterable[int]) -> dict[int, T]:
        """In the order of the ids, without those of passages that are gone."""
        ids = list(ids)
        missing = [id_ for id_ in ids if id_ not in self._kept]
        made = self._work_out(missing) if missing else {}
        found = {
            id_: made[id_] if id_ in made else self._kept.pop(id_)
            for id_ in ids
            if id_ in made or id_ in self._kept
        }
        self._kept.update(found)  # those of this query are the newest now
        for id_ in list(self._kept)[: max(0, len(self._kept) - _KEPT)]:
            del self._kept[id_]
        return found

    def clear(self) -> None:
        self._kept.clear()


def _stacked(blocks: list[Vectors]) -> Vectors:
    """Blocks of vectors, one above the other."""
    return np.concatenate(blocks) if blocks else np.zeros((0, 0), dtype=np.float32)
