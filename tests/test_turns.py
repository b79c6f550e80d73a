"""Those who ask go before those who add, and adding is not starved."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Library
from index.models import embed
from index.models.embed import Embedder
from index.search import vectors
from index.search.searcher import Searcher
from index.turns import TURNS, Turns

WAIT = 20
"""Seconds after which something that should have happened never will."""


class Watched(MockEmbedding):
    """Says how it was called, and computes only when it is let."""

    def __init__(self) -> None:
        super().__init__(embed_dim=8)
        self._batches: list[list[str]] = []
        self._began = threading.Event()
        self._go_on = threading.Event()

    def _get_query_embedding(self, query: str) -> list[float]:
        self._batches.append([query])
        return [1.0] * 8

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        self._batches.append(texts)
        self._began.set()
        assert self._go_on.wait(WAIT)
        return [[1.0] * 8 for _ in texts]


def test_a_question_goes_before_the_next_batch() -> None:
    model = Watched()
    embedder = Embedder("watched", model)
    texts = [f"{number} " + "x" * 6_000 for number in range(3)]
    adding = threading.Thread(target=embedder.passages, args=(texts,))
    adding.start()
    assert model._began.wait(WAIT)

    def ask() -> None:
        with TURNS.asking():
            asks.set()
            embedder.query("first")
            embedder.query("second")

    asks = threading.Event()
    asking = threading.Thread(target=ask)
    asking.start()
    assert asks.wait(WAIT)
    model._go_on.set()
    asking.join(WAIT)
    adding.join(WAIT)
    assert [batch[0][:6] for batch in model._batches][1:3] == ["first", "second"]
    assert len(model._batches) == 5


def test_adding_goes_on_where_questions_never_end() -> None:
    turns = Turns(patience=0.05)
    came = threading.Event()

    def add() -> None:
        for _ in range(3):
            with turns.turn():
                pass
        came.set()

    with turns.asking():
        threading.Thread(target=add, daemon=True).start()
        assert came.wait(WAIT)


def test_a_thread_that_asks_does_not_wait_for_itself() -> None:
    turns = Turns(patience=WAIT)
    began = time.monotonic()
    with turns.asking():
        with turns.asking():
            pass
        with turns.turn():
            pass
    with turns.turn():
        pass
    assert time.monotonic() - began < WAIT


def test_those_who_add_wait_for_each_other_not_in_front_of_a_question() -> None:
    turns = Turns(patience=WAIT)
    log: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def add(name: str) -> None:
        with turns.turn():
            inside.set()
            assert go_on.wait(WAIT)
            log.append(name)

    first = threading.Thread(target=add, args=("first",))
    first.start()
    assert inside.wait(WAIT)
    second = threading.Thread(target=add, args=("second",))
    second.start()
    with turns.asking():
        go_on.set()
        first.join(WAIT)
        time.sleep(0.05)
        log.append("question")
    second.join(WAIT)
    assert log == ["first", "question", "second"]


def test_a_batch_is_bounded_with_what_its_texts_are_padded_to() -> None:
    model = Watched()
    model._go_on.set()
    lengths = [50_000, 3_000, 900, 900, *[40] * 200]
    texts = [chr(97 + number) * length for number, length in enumerate(lengths)]
    Embedder("watched", model).passages(texts)
    for batch in model._batches:
        longest = max(map(len, batch))
        assert len(batch) == 1 or longest // 3 * len(batch) <= embed._BATCH_TOKENS
        assert longest <= embed._TEXT_CHARACTERS
        assert len(batch) <= embed._BATCH_TEXTS
    assert sum(map(len, model._batches)) == len(texts)


def test_tokens_are_counted_in_short_turns() -> None:
    sizes: list[int] = []

    class Counting(MockEmbedding):
        def count_tokens(self, texts: list[str]) -> list[int]:
            sizes.append(sum(map(len, texts)))
            return [len(text) for text in texts]

    texts = ["x" * 150_000, "", "y" * 10, *["z" * 900] * 100]
    counts = Embedder("counting", Counting(embed_dim=8)).count_tokens(texts)
    assert counts == [len(text) for text in texts]
    assert max(sizes) <= embed._COUNTED_CHARACTERS


def test_tokens_of_the_real_tokenizer_are_counted_as_before(embedding: object) -> None:
    embedder = Embedder("real", embedding)  # type: ignore[arg-type]
    texts = ["The pond was dug in 1998.", "", "ثمن التذكرة 35 دينارًا."]
    assert embedder.count_tokens(texts) == embedding.count_tokens(texts)  # type: ignore[attr-defined]


def test_searching_goes_on_while_the_vectors_are_saved(
    library: Library, monkeypatch: pytest.MonkeyPatch, documents: Path
) -> None:
    (documents / "more.txt").write_text("The gate is painted green every spring.")
    library.add(documents)
    (documents / "last.txt").write_text("The roof was mended by Karim Nasser in March.")
    writing, go_on = threading.Event(), threading.Event()
    write = vectors.VectorIndex._write

    def slow(*arguments: object) -> None:
        writing.set()
        assert go_on.wait(WAIT)
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(vectors.VectorIndex, "_write", slow)
    saving = threading.Thread(target=library.add, args=(documents,))
    saving.start()
    assert writing.wait(WAIT)
    assert library.search("Who mended the roof?")[0].document == "last.txt"
    # What is taken out meanwhile is out for questions, and what is saved was whole.
    library._store.delete(["garden.md"])
    assert all(hit.document != "garden.md" for hit in library.search("goldfish in the pond"))
    go_on.set()
    saving.join(WAIT)
    assert library.verify() == []
    reopened = Searcher(library._store, *library._engine.embedders)
    reopened.refresh()
    assert reopened.problems() == []
    assert np.array_equal(reopened._passages["en"].ids(), library._store.ids_of_language("en"))
