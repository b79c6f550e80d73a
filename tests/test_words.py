"""Vectors of single words: what a store keeps of them, and how they are compared."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Library
from index.arrays import Vectors
from index.search.words import WordVectors, centred
from index.store.records import NewWords
from index.store.store import Store
from tests.conftest import MakeLibrary, OpenLibrary


def no_mean() -> Vectors:
    """What is usual where nothing is."""
    return np.zeros(4, dtype=np.float32)


def vectors(*rows: int) -> Vectors:
    """Unit vectors along the axes of those numbers."""
    return np.eye(4, dtype=np.float32)[list(rows)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def words(store: Store) -> WordVectors:
    store.write([], [NewWords("en", ("pond", "bread"), vectors(0, 1))])
    made = WordVectors(store, "en", no_mean)
    made.refresh()
    return made


def test_a_passage_is_as_near_as_its_nearest_word(words: WordVectors) -> None:
    bags = words.bags(words.rows([["bread"], ["pond", "bread"], ["stone"]]))
    assert bags.vectors.shape == (2, 4)  # each word once
    near = bags.nearest(vectors(0))
    assert near.shape == (1, 3)
    assert near[0, 1] > near[0, 0]
    assert near[0, 2] == 0.0  # neutral


def test_nothing_known_is_neutral(store: Store, words: WordVectors) -> None:
    empty = WordVectors(store, "ar", no_mean)
    empty.refresh()
    assert not empty.bags(empty.rows([["بركة"], []])).nearest(vectors(0)).any()
    assert words.bags(words.rows([["pond"]])).nearest(vectors(0)[:0]).shape == (0, 1)


def test_cosines_are_those_of_the_differences_from_the_mean(store: Store) -> None:
    rng = np.random.default_rng(7)
    made = rng.standard_normal((6, 4)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    store.write_words([NewWords("en", tuple("abcdef"), made)], {})
    usual, asked = made.mean(axis=0), centred(made[:2], made.mean(axis=0))
    words = WordVectors(store, "en", lambda: usual)
    near = words.bags(words.rows([[letter] for letter in "abcdef"])).nearest(asked)
    expected = asked @ centred(made, words.mean()).T
    assert np.allclose(near, expected, atol=0.02)  # kept in one byte a number


def test_words_that_come_are_caught_up_with(store: Store, words: WordVectors) -> None:
    store.write([], [NewWords("en", ("stone", "pond"), vectors(2, 3))])
    words.refresh()
    assert np.allclose(words.known(["stone"])["stone"], vectors(2)[0], atol=1e-3)
    assert np.allclose(
        words.known(["pond"])["pond"], vectors(0)[0], atol=1e-3
    )  # the first one stays


def test_words_that_go_are_forgotten(store: Store, words: WordVectors) -> None:
    with store.transaction() as connection:
        connection.execute("DELETE FROM words WHERE token = 'pond'")
    store.write([], [NewWords("en", ("stone",), vectors(2))])
    words.refresh()
    assert words.known(["pond", "bread", "stone"]).keys() == {"bread", "stone"}


def test_words_of_another_model_take_the_place_of_the_old(store: Store, words: WordVectors) -> None:
    other = np.eye(2, dtype=np.float32)
    store.write_words([NewWords("en", ("pond", "bread"), other)], {"words by": "other"})
    words = WordVectors(store, "en", lambda: np.zeros(2, dtype=np.float32))
    bags = words.bags(words.rows([["pond"]]))
    assert bags.nearest(other[:1]).shape == (1, 1)


def test_languages_are_kept_apart(store: Store, words: WordVectors) -> None:
    store.write([], [NewWords("ar", ("pond",), vectors(3))])
    words.refresh()
    assert words.known(["pond", "bread"]).keys() == {"pond", "bread"}
    assert WordVectors(store, "ar", no_mean).known(["pond", "bread"]).keys() == {"pond"}
    assert store.known_words("ar", ["pond", "bread"]) == {"pond"}


def test_centred_vectors_are_unit_differences() -> None:
    moved = centred(vectors(0, 1), vectors(2)[0])
    assert np.allclose(np.linalg.norm(moved, axis=1), 1)
    assert moved[0, 2] < 0
    assert not centred(vectors(0), vectors(0)[0]).any()  # and no division by nothing


# -- in a library ------------------------------------------------------------------------------


def kept(library: Library) -> set[str]:
    """The words that lie in the store's file, in both languages."""
    with sqlite3.connect(library.folder / "sanad.db") as connection:
        rows = connection.execute("SELECT token FROM words").fetchall()
    return {row[0] for row in rows}


def make_format_2(library: Library) -> None:
    """Turn the store into one of before there were words."""
    library.close()
    with sqlite3.connect(library.folder / "sanad.db") as connection:
        connection.execute("DROP TABLE words")
        connection.execute("DELETE FROM meta WHERE key = 'words by' OR key LIKE 'baseline %'")
        connection.execute("PRAGMA user_version = 2")


def test_words_of_documents_in_both_languages_are_kept(library: Library) -> None:
    assert {"pond", "goldfish", "verhagen", "جبل"} <= kept(library)
    assert "the" not in kept(library)
    assert "1998" not in kept(library)  # a number is compared as it is


def test_words_of_a_removed_document_leave_nothing(library: Library) -> None:
    shared = kept(library)
    library.remove("bakery.txt")
    assert kept(library) < shared
    assert not kept(library) & {"verhagen", "bakeri", "lyon", "almond"}
    assert {"pond", "جبل"} <= kept(library)
    library.remove(["garden.md", "قطار.md"])
    assert kept(library) == set()


def test_words_of_a_changed_document_are_those_it_has_now(
    library: Library, documents: Path
) -> None:
    (documents / "bakery.txt").write_text("The bakery was sold to Umberto.", encoding="utf-8")
    library.add(documents)
    assert {"bakeri", "umberto"} <= kept(library)
    assert not kept(library) & {"verhagen", "lyon", "almond"}


def test_a_word_that_another_document_holds_stays(library: Library, documents: Path) -> None:
    (documents / "mill.txt").write_text("Verhagen sold the mill.", encoding="utf-8")
    library.add(documents)
    library.remove("bakery.txt")
    assert "verhagen" in kept(library)
    assert "lyon" not in kept(library)


def test_store_of_the_second_format_is_carried_over_and_learns_its_words_with_the_next_document(
    library: Library, open_library: OpenLibrary, documents: Path, tmp_path: Path
) -> None:
    every = kept(library)
    make_format_2(library)
    carried = open_library(tmp_path / "store")
    assert kept(carried) == set()
    assert carried.verify() == []
    assert carried.search("كم سمكة ذهبية تعيش في البركة؟", k=1)[0].document == "garden.md"
    (documents / "lake.txt").write_text("Seven swans swim on the lake.", encoding="utf-8")
    assert carried.add(documents).added == ["lake.txt"]
    assert kept(carried) == every | {"seven", "swan", "swim", "lake"}


def test_store_of_the_second_format_learns_its_words_when_it_is_rebuilt(
    library: Library, open_library: OpenLibrary, tmp_path: Path
) -> None:
    every = kept(library)
    make_format_2(library)
    carried = open_library(tmp_path / "store")
    carried.rebuild()
    assert kept(carried) == every


def test_rebuild_with_another_model_that_is_cut_off_before_the_words_leaves_a_store_that_answers(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    other = MockEmbedding(embed_dim=8, model_name="mock-eight")
    changed = Library.open(tmp_path / "store", embedding=other, sentence_embedding=other)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("index.rebuilding.learn_words", cut_off)
        changed.rebuild()
    again = Library.open(tmp_path / "store", embedding=other, sentence_embedding=other)
    assert again.search("How deep is the pond?")
    again.rebuild()
    assert "pond" in kept(again)
    again.close()
    changed.close()


def test_words_are_compared_in_a_store_of_one_language(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library(tmp_path, {"pond.txt": "Forty goldfish live in the pond."})
    near = library.word_nearness(["goldfish", "سمكة"], ["Forty goldfish live in it."])
    assert near.shape == (2, 1)
    assert near[0, 0] == 1.0
    assert near[1, 0] < 1.0


def test_a_search_forgets_words_when_it_has_met_too_many(
    make_library: MakeLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make_library(tmp_path, {"pond.txt": "Forty goldfish live in the pond."})
    before = library.search("كم سمكة في البركة؟")
    monkeypatch.setattr("index.search.words._KEPT", 1)
    words = library._engine.searcher._words["en"]
    assert words.too_many
    assert library.search("كم سمكة في البركة؟") == before
    assert words._held <= 4  # of this search alone
