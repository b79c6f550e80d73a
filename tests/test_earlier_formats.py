"""Stores that earlier versions made, opened by this one: nothing of them is lost.

`stores/` holds one of each format as the version made it that had it last: two documents, with
vectors of eight dimensions by chance.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Library
from index.store.store import FORMAT

STORES = sorted((Path(__file__).parent / "stores").glob("format-*.db.gz"))
TEXTS = {
    "pond.md": "The pond is two metres deep. It was dug in 1998 by pupils.",
    "قطار.txt": "يغادر قطار الجبل المحطة أربع مرات في اليوم. ثمن التذكرة 35 دينارًا.",
}


@pytest.fixture(params=STORES, ids=lambda file: file.name.partition(".")[0])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    store = tmp_path / "store"
    store.mkdir()
    (store / "sanad.db").write_bytes(gzip.decompress(request.param.read_bytes()))
    mock = MockEmbedding(embed_dim=8, model_name="mock-eight")
    with_models = Library.open(store, embedding=mock, sentence_embedding=mock)
    yield with_models
    with_models.close()


def test_there_is_a_store_of_every_format() -> None:
    assert [file.name for file in STORES] == [f"format-{n}.db.gz" for n in range(1, FORMAT + 1)]


def test_it_is_carried_over_with_every_word(library: Library) -> None:
    assert {record.name for record in library.documents()} == set(TEXTS)
    for name, text in TEXTS.items():
        assert text in library.document(name).text
    assert library.verify() == []


def test_it_is_searched_added_to_and_rebuilt(library: Library, tmp_path: Path) -> None:
    assert {hit.document for hit in library.search("How deep is the pond?", 5)} == set(TEXTS)
    more = tmp_path / "more.txt"
    more.write_text("The mill is repaired in May.", encoding="utf-8")
    assert library.add(more).added == ["more.txt"]
    library.remove("pond.md")
    assert len(library.rebuild().changed) == 2
    assert library.verify() == []
    for hit in library.search("When is the mill repaired?", 5):
        assert library.document(hit.document).text[hit.start : hit.end] == hit.text
