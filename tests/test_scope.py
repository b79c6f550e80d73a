"""Searching in some documents only, and with several queries at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import Hit, Library

POND = "How deep is the pond?"
BRIDGE = "من صمّم الجسر الحجري؟"


def documents_of(hits: list[Hit]) -> set[str]:
    return {hit.document for hit in hits}


@pytest.mark.parametrize("query", [POND, BRIDGE])
@pytest.mark.parametrize("name", ["garden.md", "قطار.md", "bakery.txt"])
def test_only_named_documents_are_searched(library: Library, query: str, name: str) -> None:
    assert documents_of(library.search(query, k=10, documents=[name])) == {name}


def test_best_of_the_named_documents_comes_first(library: Library) -> None:
    hits = library.search(BRIDGE, k=10, documents=["bakery.txt", "قطار.md"])
    assert documents_of(hits) == {"bakery.txt", "قطار.md"}
    assert hits[0].document == "قطار.md"
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_every_name_is_the_same_as_none(library: Library) -> None:
    names = [record.name for record in library.documents()]
    hits = library.search(POND, k=10, documents=names)
    assert [hit.passage_id for hit in hits] == [
        hit.passage_id for hit in library.search(POND, k=10)
    ]


@pytest.mark.parametrize("names", [[], ["nothing.txt"], ["garden"], [""]])
def test_names_of_no_document_find_nothing(library: Library, names: list[str]) -> None:
    assert library.search(POND, documents=names) == []


def test_unknown_names_beside_known_ones_do_no_harm(library: Library) -> None:
    hits = library.search(POND, k=10, documents=["garden.md", "nothing.txt"])
    assert documents_of(hits) == {"garden.md"}


def test_scope_follows_what_comes_and_goes(library: Library, documents: Path) -> None:
    names = ["garden.md", "pool.txt"]
    assert documents_of(library.search(POND, k=10, documents=names)) == {"garden.md"}
    (documents / "pool.txt").write_text("The pool of the hotel is six metres deep.")
    library.add(documents)
    assert documents_of(library.search(POND, k=10, documents=names)) == set(names)
    library.remove("garden.md")
    assert documents_of(library.search(POND, k=10, documents=names)) == {"pool.txt"}


def test_scope_follows_a_renamed_document(library: Library, documents: Path) -> None:
    for name in ("garden.md", "park.md"):
        library.search(POND, documents=[name])
    (documents / "garden.md").rename(documents / "park.md")
    assert library.add(documents).renamed == ["park.md"]
    assert documents_of(library.search(POND, documents=["park.md"])) == {"park.md"}
    assert library.search(POND, documents=["garden.md"]) == []


def test_many_scopes_one_after_another_change_nothing(library: Library) -> None:
    before = library.search(POND, k=10)
    for number in range(20):
        names = ["garden.md", f"nothing-{number}.txt"]
        assert documents_of(library.search(POND, k=10, documents=names)) == {"garden.md"}
    assert library.search(POND, k=10) == before


def test_several_queries_share_their_scores(library: Library) -> None:
    alone = {hit.passage_id: hit for hit in library.search(POND, k=50)}
    other = {hit.passage_id: hit for hit in library.search(BRIDGE, k=50)}
    both = library.search([POND, BRIDGE], k=50)
    assert {hit.document for hit in both[:2]} == {"garden.md", "قطار.md"}
    for hit in both:  # the same few candidates, so the scores are comparable
        mean = (alone[hit.passage_id].score + other[hit.passage_id].score) / 2
        assert hit.score == pytest.approx(mean, abs=1e-4)


def test_a_query_asked_twice_counts_once(library: Library) -> None:
    assert library.search([POND, POND], k=5) == library.search(POND, k=5)
    assert library.search([POND], k=5) == library.search(POND, k=5)


def test_no_query_finds_nothing(library: Library) -> None:
    assert library.search([], k=5) == []
