"""Documents as they are read in the page: sections, the way through them, and the route."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core.embeddings import MockEmbedding

from index import Document, Heading, Library, Page
from index.store.survey import Span
from index.text.chunk import cut
from ui.reader import CONTENTS, LONGEST, SHORTEST, section_json, section_starts
from ui.reader_routes import add_reader_routes

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

LONG = "".join(f"The keeper of lamp {n} walks to the pier at eight. " for n in range(500))
GUIDE = f"""# Guide to the lighthouse

## Opening hours

The lighthouse opens at nine. 𝄞 The keeper sells tickets at the door, and children pay nothing at
all; groups announce themselves two days before, by telephone, and meet at the iron gate of the
southern pier.

### Winter

Closed.

## المواعيد

{"يفتح برج المنارة أبوابه في التاسعة صباحًا كل يوم عدا الجمعة. " * 6}

## Lamps

{LONG}
"""
PAGES = "\f".join(
    f"Page {n} of the log. " + "The sea was calm and the wind stood. " * 8 for n in "123"
)


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    texts = {"guide.md": GUIDE, "log.txt": PAGES, "crumb.txt": "A crumb of bread."}
    return make_library(tmp_path_factory.mktemp("reader"), texts)


def walk(library: Library, name: str) -> list[dict[str, Any]]:
    """Every section of a document, as somebody reads who presses "next" to the end."""
    sections = [section_json(library, name, 0)]
    while (following := sections[-1]["next"]) is not None:
        sections.append(section_json(library, name, following))
    return sections


def test_next_leads_through_the_whole_document_and_previous_back(library: Library) -> None:
    for name in ("guide.md", "log.txt", "crumb.txt"):
        sections = walk(library, name)
        assert "".join(section["text"] for section in sections) == library.document(name).text
        for before, after in pairwise(sections):
            assert after["previous"] == before["start"]
            assert after["start"] == before["end"] == before["next"]
        assert sections[0]["previous"] is None


def test_section_is_the_same_wherever_one_comes_into_it(library: Library) -> None:
    for section in walk(library, "guide.md"):
        for at in (section["start"], (section["start"] + section["end"]) // 2, section["end"] - 1):
            assert section_json(library, "guide.md", at) == {**section, "at": at}


def test_nobody_is_shown_a_title_alone(library: Library) -> None:
    first = section_json(library, "guide.md", 0)
    assert "Guide to the lighthouse" in first["text"]
    assert "opens at nine" in first["text"]
    assert first["title"] == ["Guide to the lighthouse", "Opening hours"]
    winter = library.document("guide.md").text.index("Closed.")
    assert "المواعيد" in section_json(library, "guide.md", winter)["text"]


def test_long_section_is_divided_where_passages_begin(library: Library) -> None:
    begins = {span.start for span in library.spans("guide.md")}
    parts = [part for part in walk(library, "guide.md") if part["title"][-1] == "Lamps"]
    assert len(parts) > len(LONG) / LONGEST
    assert all(part["start"] in begins for part in parts[1:])
    lengths = [len(part["text"]) for part in parts]
    assert max(lengths) <= LONGEST
    assert min(lengths) > 0.8 * max(lengths)


def test_offsets_count_code_points_and_passages_are_those_of_the_index(library: Library) -> None:
    text = library.document("guide.md").text
    told: list[tuple[int, int]] = []
    for section in walk(library, "guide.md"):
        assert section["text"] == text[section["start"] : section["end"]]
        for passage in section["passages"]:
            stored = library.passage(passage["id"])
            assert stored is not None
            assert (passage["start"], passage["end"]) == (stored[1].start, stored[1].end)
            told.append((passage["number"], passage["id"]))
    assert told == list(enumerate((span.id for span in library.spans("guide.md")), start=1))


def test_document_of_pages_is_read_page_by_page(library: Library) -> None:
    sections = walk(library, "log.txt")
    assert [section["page"] for section in sections] == [1, 2, 3]
    assert {section["pages"] for section in sections} == {3}
    contents = sections[0]["contents"]
    assert [(entry["title"], entry["page"]) for entry in contents] == [("", 1), ("", 2), ("", 3)]
    assert [entry["start"] for entry in contents] == [section["start"] for section in sections]


def test_contents_lead_to_their_headings(library: Library) -> None:
    text = library.document("guide.md").text
    contents = section_json(library, "guide.md", 0)["contents"]
    assert [(entry["level"], entry["title"]) for entry in contents] == [
        (1, "Guide to the lighthouse"), (2, "Opening hours"), (3, "Winter"), (2, "المواعيد"),
        (2, "Lamps"),
    ]  # fmt: skip
    for entry in contents:
        assert text.startswith(entry["title"], entry["start"])


def test_of_too_many_headings_the_highest_are_listed(tmp_path: Path) -> None:
    chapters = [
        f"# Chapter {chapter}\n\n" + "".join(f"## Verse {chapter}.{n}\n\nA.\n\n" for n in range(8))
        for chapter in range(CONTENTS // 8)
    ]
    (tmp_path / "long.md").write_text("".join(chapters))
    library = Library.open(tmp_path / "store", embedding=MockEmbedding(embed_dim=8))
    library.add(tmp_path / "long.md")
    contents = section_json(library, "long.md", 0)["contents"]
    assert {entry["level"] for entry in contents} == {1}
    assert len(contents) == len(chapters)
    library.close()


# -- any document ----------------------------------------------------------------------------


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents with headings, or pages, or neither; with crumbs, and with endless lines."""
    lines = st.one_of(
        st.sampled_from(["", "  ", "A line.", "سطر عربي قصير.", "𝄞 " * 30]),
        st.integers(1, 4).map(lambda n: "One sentence follows another. " * 130 * n),
        st.integers(1, 3).map(lambda n: "x" * 9_000 * n),
    )
    parts = draw(st.lists(lines, min_size=1, max_size=14))
    text = "\n".join(parts)
    starts = [0]
    for part in parts[:-1]:
        starts.append(starts[-1] + len(part) + 1)
    chosen = sorted(draw(st.sets(st.sampled_from(starts))))
    marked = {start: start + len(part) for start, part in zip(starts, parts, strict=True)}
    kind = draw(st.sampled_from(["headings", "pages", "neither"]))
    headings = tuple(
        Heading(draw(st.integers(1, 4)), start, marked[start])
        for start in chosen
        if kind == "headings" and text[start : marked[start]].strip()
    )
    pages = tuple(
        Page(number, start, end)
        for number, (start, end) in enumerate(pairwise([*chosen, len(text)]), start=1)
        if kind == "pages"
    )
    return Document("any.md", text, "en", pages=pages, headings=headings)


@settings(deadline=None)
@given(documents())
def test_sections_lie_side_by_side_and_are_neither_crumbs_nor_endless(document: Document) -> None:
    passages = cut(document, lambda texts: [len(text.split()) for text in texts], 60)
    spans = [Span(n, passage.start, passage.end) for n, passage in enumerate(passages)]
    starts = section_starts(document, spans)
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    ends = [*starts[1:], len(document.text)]
    lengths = [end - start for start, end in zip(starts, ends, strict=True)]
    assert max(lengths) <= LONGEST
    assert len(lengths) == 1 or min(lengths) >= SHORTEST


# -- the route -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    app = FastAPI()
    add_reader_routes(app, library)
    with TestClient(app) as client:
        yield client


def test_section_comes_over_the_route(client: TestClient, library: Library) -> None:
    answer = client.get("/page/section", params={"document": "guide.md", "at": 700})
    assert answer.status_code == 200
    assert answer.json() == section_json(library, "guide.md", 700)


def test_offset_behind_the_end_means_the_end(client: TestClient) -> None:
    answer = client.get("/page/section", params={"document": "log.txt", "at": 2**31}).json()
    assert answer["next"] is None
    assert answer["page"] == 3


def test_document_that_has_gone_is_not_found(client: TestClient) -> None:
    answer = client.get("/page/section", params={"document": "../../etc/hostname"})
    assert answer.status_code == 404
    assert answer.json() == {"error": None}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"document": ""}, {"document": "x" * 5000}, {"document": "log.txt", "at": "-1"},
     {"document": "log.txt", "at": "x"}, {"document": "log.txt", "at": str(2**40)}],
    ids=str,
)  # fmt: skip
def test_wrong_places_are_refused(client: TestClient, wrong: dict[str, str]) -> None:
    assert client.get("/page/section", params=wrong).status_code == 422
