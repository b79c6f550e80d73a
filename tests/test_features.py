"""What is kept of passages between queries."""

from __future__ import annotations

import numpy as np
import pytest

from index import Library
from index.arrays import Ids
from index.search import features
from index.search.features import FeatureCache


def every_id(library: Library) -> Ids:
    """The ids of all passages, ascending."""
    store = library._store
    return np.union1d(store.ids_of_language("ar"), store.ids_of_language("en"))


@pytest.fixture
def cache(library: Library) -> FeatureCache:
    return FeatureCache(library._store, library._engine.searcher._words)


def test_candidates_come_as_the_store_holds_them(library: Library, cache: FeatureCache) -> None:
    ids = every_id(library)
    for _ in range(2):  # read, and kept
        found = cache.candidates(ids)
        assert np.array_equal(found.ids, ids)
        assert np.array_equal(found.vectors, library._store.passage_vectors(ids)[1])
        owners, sentences, vectors = library._store.sentence_vectors(ids)
        assert np.array_equal(found.ids[found.owners], owners)
        assert np.array_equal(found.sentences, sentences)
        assert np.array_equal(found.sentence_vectors, vectors)
        spoken = [library._store.passages([id_])[id_].passage.language for id_ in ids.tolist()]
        assert list(found.languages) == spoken


def test_passages_that_are_not_there_are_left_out(library: Library, cache: FeatureCache) -> None:
    ids = every_id(library)
    asked = np.append(ids[:1], ids[-1] + 7)
    assert cache.candidates(asked).ids.tolist() == ids[:1].tolist()
    assert cache.candidates(ids[:0]).ids.tolist() == []


def test_what_was_kept_is_not_read_again(
    library: Library, cache: FeatureCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = every_id(library)
    first = cache.candidates(ids), cache.skeletons(ids), cache.words(ids)
    monkeypatch.setattr(cache, "_store", None)
    assert cache.candidates(ids).counts == first[0].counts
    assert cache.skeletons(ids) == first[1]
    assert all(map(np.array_equal, cache.words(ids), first[2]))


def test_the_oldest_make_room(
    library: Library, cache: FeatureCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "_KEPT", 2)
    ids = every_id(library)
    assert len(ids) >= 3
    assert np.array_equal(cache.candidates(ids).ids, ids)  # more than are kept, and all of them
    assert list(cache._features._kept) == ids[-2:].tolist()
    cache.candidates(ids[-2:-1])
    assert list(cache._features._kept) == ids[[-1, -2]].tolist()  # the last asked is the newest


def test_a_removed_document_leaves_nothing(library: Library) -> None:
    library.search("كم سمكة ذهبية تعيش في البركة؟", k=3)
    searcher = library._engine.searcher
    assert searcher._features._features._kept
    library.remove("garden.md")
    library.search("bread", k=1)
    kept = searcher._features._features._kept.values()
    assert not any("goldfish" in each.counts for each in kept)
