"""The codes of passages: near enough to exact search, in step with the store, small."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.arrays import Vectors
from index.search.vectors import Selection, VectorIndex, vector_indexes
from index.store.records import Cut, Incoming
from index.store.store import Store
from index.types import Document, Language, Passage, Sentence

DIMENSION = 384


def made(count: int, seed: int = 0) -> Vectors:
    """Unit vectors around a few centres, all leaning the same way, as those of texts do."""
    chance = np.random.default_rng(seed)
    centres = chance.standard_normal((40, DIMENSION))
    vectors = (
        1.5 + centres[chance.integers(0, 40, count)] + chance.standard_normal((count, DIMENSION))
    )
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def put(store: Store, name: str, vectors: Vectors, languages: Sequence[Language] = ("en",)) -> None:
    """A document of one passage of one sentence for each vector."""
    text = "A word. " * len(vectors)
    passages = tuple(
        Passage(8 * n, 8 * n + 7, languages[n % len(languages)], (Sentence(8 * n, 8 * n + 7),))
        for n in range(len(vectors))
    )
    document = Document(name, text, "en")
    store.write([Incoming(document, f"/{name}", name, [Cut(passages, vectors, vectors)])])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_nearest_passages_are_those_of_exact_search(store: Store) -> None:
    put(store, "a.txt", vectors := made(2_000))
    index = VectorIndex(store, "en")
    index.refresh()
    found = exact = 0
    for query in made(50, seed=1):
        ids = index.search(query, 10)
        cosines = vectors[ids - 1] @ query
        assert (np.diff(cosines) <= 1e-3).all()  # the best first, as float16 tells them apart
        exact += 10
        found += len(set(ids.tolist()) & set((np.argsort(-(vectors @ query))[:10] + 1).tolist()))
    assert found >= 0.99 * exact


def test_search_keeps_to_its_language_and_to_a_selection(store: Store) -> None:
    put(store, "a.txt", made(100), ("en", "ar"))
    for language, index in vector_indexes(store).items():
        index.refresh()
        own = store.ids_of_language(language)
        assert set(index.search(made(1)[0], 100).tolist()) == set(own.tolist())
        some = own[::3]
        assert set(index.search(made(1)[0], 100, Selection(some)).tolist()) == set(some.tolist())


def test_a_file_is_written_again_only_when_its_language_has_changed(store: Store) -> None:
    put(store, "a.txt", made(40), ("en", "ar"))
    indexes = vector_indexes(store)
    for index in indexes.values():
        index.refresh()
        index.snapshot()
        index.save()
    before = {name: index.file.stat().st_ino for name, index in indexes.items()}
    put(store, "b.txt", made(10), ("ar",))
    for index in indexes.values():
        index.refresh()
        index.snapshot()
        index.save()
    after = {name: index.file.stat().st_ino for name, index in indexes.items()}
    assert after["en"] == before["en"]
    assert after["ar"] != before["ar"]
    for language, index in vector_indexes(store).items():
        index.refresh()
        assert index.ids().tolist() == store.ids_of_language(language).tolist()
        assert index.problems() == []


def test_empty_and_tiny_stores_are_searched(store: Store) -> None:
    index = VectorIndex(store, "en")
    index.refresh()
    assert len(index.search(made(1)[0], 5)) == 0
    put(store, "a.txt", made(1))
    index.refresh()
    assert index.search(made(1)[0], 5).tolist() == [1]
    assert index.problems() == []


def test_what_comes_and_goes_is_followed(store: Store) -> None:
    put(store, "a.txt", made(60))
    index = VectorIndex(store, "en")
    index.refresh()
    put(store, "b.txt", made(20, seed=2))
    index.refresh()
    assert len(index.ids()) == 80
    store.delete(["a.txt"])
    index.refresh()
    assert index.ids().tolist() == list(range(61, 81))
    assert index.problems() == []
    put(store, "c.txt", made(500, seed=3))  # so many that the mean is taken again
    index.refresh()
    assert index.problems() == []
    assert index._mean_of == 520


def test_saved_codes_are_taken_as_they_are(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "a.txt", made(300))
    index = VectorIndex(store, "en")
    index.refresh()
    index.snapshot()
    index.save()
    assert index.file.stat().st_size < 300 * 150 + 8_000
    monkeypatch.setattr(Store, "vectors_in_batches", _never)
    again = VectorIndex(store, "en")
    again.refresh()
    assert again.ids().tolist() == index.ids().tolist()
    assert again.search(made(1)[0], 5).tolist() == index.search(made(1)[0], 5).tolist()


def _never(*_: object) -> None:
    raise AssertionError("the vectors were read again")
