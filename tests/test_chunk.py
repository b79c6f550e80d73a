"""Passages: whole sentences and rows, under the limit, never across a heading."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from index import Document, Heading, Page, Table
from index.readers import read_document
from index.text.chunk import cut, embedding_text, readable
from tests.conftest import MakeLibrary


def words(texts: Sequence[str]) -> list[int]:
    assert texts  # the real tokenizer does not take an empty list
    return [len(text.split()) for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    assert texts
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


def fees(rows: int, before: str = "", after: str = "") -> Document:
    """A document with a table of eight words a row between what stands before and after it."""
    lines = ["Course | Fee in dinars | Months"]
    lines += [f"Course number {n}. | {n * 10} | {n}" for n in range(rows)]
    table = "\n".join(lines)
    text = "\n\n".join(part for part in (before, table, after) if part)
    start = text.index("Course |")
    table_span = Table(start, start + len(lines[0]), start + len(table))
    return Document("a", text, "en", tables=(table_span,))


def texts_of(document: Document, limit: int) -> list[str]:
    return [document.text[p.start : p.end] for p in cut(document, words, limit)]


def test_rows_of_a_long_table_stay_whole_and_know_their_columns() -> None:
    document = fees(30)
    first, *others = cut(document, words, 60)
    assert len(others) > 2
    assert first.section == ()
    for passage in (first, *others):
        rows = document.text[passage.start : passage.end].split("\n")
        assert all(row.count(" | ") == 2 for row in rows)
        assert len(passage.sentences) == len(rows)
    for passage in others:
        assert passage.section == ("Course | Fee in dinars | Months",)
        text = document.text[passage.start : passage.end]
        assert embedding_text(passage, text).startswith("Course | Fee in dinars | Months\nCourse")


def test_names_of_columns_come_after_the_headings_and_are_cut_when_long() -> None:
    document = fees(30, before="Prices")
    header_end = document.tables[0].header_end
    names = " | ".join(["quarterly sum"] * 40)
    text = document.text[: document.tables[0].start] + names + document.text[header_end:]
    table = Table(document.tables[0].start, document.tables[0].start + len(names), len(text))
    made = Document("a", text, "en", headings=(Heading(1, 0, 6),), tables=(table,))
    title, columns = cut(made, words, 60)[-1].section
    assert title == "Prices"
    assert columns.startswith("quarterly sum | quarterly")
    assert 150 < len(columns) <= 200


def test_table_that_fits_is_not_cut_where_its_section_is() -> None:
    prose = " ".join(f"Sentence number {n} has exactly seven words." for n in range(12))
    document = fees(5, prose, prose)
    table = document.tables[0]
    whole = document.text[table.start : table.end]
    holding = [text for text in texts_of(document, 80) if "Course" in text]
    assert len(holding) == 1
    assert whole in holding[0]


def test_long_table_shares_no_passage_with_long_text_beside_it() -> None:
    prose = " ".join(f"Sentence number {n} has exactly seven words." for n in range(8))
    texts = texts_of(fees(30, prose, prose), 60)
    assert [text for text in texts if "Course" in text and "Sentence" in text] == []


def test_short_text_beside_a_long_table_goes_with_its_rows() -> None:
    texts = texts_of(fees(30, "The fees are these:", "Paid in advance."), 60)
    assert texts[0].startswith("The fees are these:\n\nCourse | Fee")
    assert texts[-1].endswith("\n\nPaid in advance.")
    assert min(len(text.split()) for text in texts) > 30


def test_row_over_the_limit_is_cut_between_its_cells() -> None:
    row = " | ".join(["seven words that say nothing at all"] * 8)
    text = f"A | B\n{row}"
    document = Document("a", text, "en", tables=(Table(0, 5, len(text)),))
    passages = cut(document, words, 20)
    assert all(len(text[p.start : p.end].split()) <= 20 for p in passages)
    assert all(text[p.start : p.end].startswith("seven words") for p in passages[1:])
    assert passages[-1].section == ("A | B",)


def test_every_table_of_many_keeps_its_own_columns() -> None:
    text, tables = "", []
    for n in range(3):
        start = len(text)
        header = f"Name {n} | Value {n}"
        rows = "".join(f"\nrow {m} of table {n} | {m}" for m in range(20))
        text += header + rows + "\n\n"
        tables.append(Table(start, start + len(header), start + len(header) + len(rows)))
    document = Document("a", text, "en", tables=tuple(tables))
    for passage in cut(document, words, 40):
        numbers = {
            line.split(" |")[0][-1] for line in text[passage.start : passage.end].split("\n")
        }
        assert len(numbers) == 1
        if not text[passage.start :].startswith("Name"):
            (number,) = numbers
            assert passage.section == (f"Name {number} | Value {number}",)


def test_table_that_is_outlived_by_its_section_or_broken_by_a_heading_is_still_covered() -> None:
    text = "A | B\n1 | 2\nTitle\n3 | 4\nThe end."
    headings = (Heading(1, 12, 17),)
    document = Document("a", text, "en", headings=headings, tables=(Table(0, 5, 23),))
    assert texts_of(document, 50) == ["A | B\n1 | 2", "3 | 4\nThe end."]


def test_names_of_columns_are_searched_and_survive_a_rebuild(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    rows = "".join(f"| sample {n} of the northern well | {n} |\n" for n in range(120))
    text = f"# Wells\n\n| sample | nitrate in milligrams |\n|---|---|\n{rows}"
    library = make_library(tmp_path, {"wells.md": text})
    for _ in range(2):
        (hit,) = library.search("nitrate of sample 117 of the northern well", k=1)
        assert hit.section == ("Wells", "sample | nitrate in milligrams")
        assert "sample 117 of the northern well | 117" in [s.text for s in hit.sentences]
        library.rebuild()


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any text with tables and headings anywhere in it, in order."""
    text = draw(st.text(st.sampled_from([*"aب1. |\n", "؟", "\u200f", "\ud800"]), max_size=300))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    tables = []
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        header_end = text.find("\n", start, end)
        tables.append(Table(start, end if header_end < 0 else header_end, end))
    marks = sorted(draw(st.sets(st.integers(0, max(0, len(text) - 1)), max_size=4)))
    headings = [Heading(n % 3 + 1, at, at + 1) for n, at in enumerate(marks) if at < len(text)]
    return Document("a", text, "en", headings=tuple(headings), tables=tuple(tables))


@settings(deadline=None, max_examples=300)
@given(documents(), st.integers(min_value=1, max_value=40))
def test_passages_of_tables_are_in_order_and_under_the_limit(
    document: Document, limit: int
) -> None:
    passages = cut(document, letters, limit)
    for before, after in pairwise(passages):
        assert before.end <= after.start
    covered: set[int] = set()
    for passage in passages:
        spans = [(s.start, s.end) for s in passage.sentences]
        assert sum(end - start for start, end in spans) <= limit
        covered.update(at for start, end in spans for at in range(start, end))
    titles = {at for h in document.headings for at in range(h.start, h.end)}
    shown = {at for at, character in enumerate(document.text) if not character.isspace()}
    assert shown - titles <= covered


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
        read = [readable(text[s.start : s.end]) for s in passage.sentences]  # by the model
        assert sum(letters(read)) <= limit


def test_a_letter_with_marks_without_end_is_cut_into_few_passages() -> None:
    text = "ب" + "\u0651\u064e" * 75_000
    document = Document(name="marks.txt", text=text, language="ar")

    passages = cut(document, lambda texts: [len(one) for one in texts], 320)

    assert len(passages) < 40
    assert "".join(text[p.start : p.end] for p in passages) == text
