"""Passages: whole sentences, under the limit, never across a heading."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from index import Document, Page
from index.chunk import cut, embedding_text
from index.readers import read_document


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def test_short_document_is_one_passage() -> None:
    text = "Cats sleep. Dogs bark. Owls hoot."
    (passage,) = cut(Document("a", text, "en"), words, 50)
    assert text[passage.start : passage.end] == text
    assert len(passage.sentences) == 3


def test_long_section_is_cut_into_passages_of_about_equal_size() -> None:
    text = " ".join(f"Sentence number {n} has exactly seven words." for n in range(30))
    passages = cut(Document("a", text, "en"), words, 80)
    sizes = words([text[p.start : p.end] for p in passages])
    assert max(sizes) <= 80
    assert min(sizes) > 55  # no mere remainder


def test_passages_never_cross_a_heading_and_carry_the_chain_of_headings(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# Zoo\n\nOpen daily.\n\n## Lions\n\nTwo lions.\n\n## Bears\n\nOne bear.\n")
    document = read_document(file, "a.md")
    passages = cut(document, words, 100)
    assert [p.section for p in passages] == [("Zoo",), ("Zoo", "Lions"), ("Zoo", "Bears")]
    lions = document.text[passages[1].start : passages[1].end]
    assert lions == "Two lions."
    assert embedding_text(passages[1], lions) == "Zoo › Lions\nTwo lions."


def test_document_of_headings_alone_is_still_found(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# Agenda\n\n## Budget of 2031\n\n## Election of the chair\n")
    document = read_document(file, "a.md")
    texts = [document.text[p.start : p.end] for p in cut(document, words, 100)]
    assert texts == ["Budget of 2031", "Election of the chair"]


def test_sentence_over_the_limit_is_cut_at_clauses() -> None:
    clause = "the river rises in the hills and runs past the old mill"
    text = ", ".join([clause] * 6) + "."
    passages = cut(Document("a", text, "en"), words, 30)
    assert len(passages) > 1
    for passage in passages:
        assert len(text[passage.start : passage.end].split()) <= 30
        assert text[passage.start : passage.end].startswith("the river")


def test_passage_knows_its_page_and_language() -> None:
    text = "الصفحة الأولى هنا.\fThe second page is here."
    pages = (Page(1, 0, 18), Page(2, 19, len(text)))
    passages = cut(Document("a", text, "ar", pages=pages), words, 4)
    first, last = passages[0], passages[-1]
    assert (first.page, first.language) == (1, "ar")
    assert (last.page, last.language) == (2, "en")


@settings(deadline=None)
@given(st.text(max_size=400), st.integers(min_value=1, max_value=40))
def test_passages_cover_any_text_in_order_under_the_limit(text: str, limit: int) -> None:
    passages = cut(Document("a", text, "en"), letters, limit)
    covered = "".join(
        text[sentence.start : sentence.end] for p in passages for sentence in p.sentences
    )
    assert "".join(covered.split()) == "".join(text.split())
    for before, after in pairwise(passages):
        assert before.end <= after.start
    for passage in passages:
        assert sum(letters([text[s.start : s.end] for s in passage.sentences])) <= limit
