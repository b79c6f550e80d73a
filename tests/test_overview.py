"""The library as a whole: the map of the passages, figures, and their routes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import dist
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.embeddings import MockEmbedding

from index import Language, Library
from index.search.atlas import fair_sample, plane
from index.store.survey import Owned
from tests.conftest import write_documents
from ui.overview import BARS, map_json, overview_json
from ui.reader_routes import add_reader_routes

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary, OpenLibrary

# The same two subjects in both languages.
SUBJECTS = {
    "bread-en.md": "# Bread\n\nThe baker kneads dough of flour, yeast and water.\n\n"
    "# Oven\n\nThe loaves are baked in a hot oven until the crust is brown.\n",
    "bread-ar.md": "# الخبز\n\nيعجن الخباز الطحين والخميرة والماء.\n\n"
    "# الفرن\n\nتُخبز الأرغفة في فرن حار حتى تصير قشرتها بنية.\n",
    "stars-en.md": "# Stars\n\nThe telescope shows distant galaxies and the moons of Jupiter.\n\n"
    "# Planets\n\nAstronomers measure the orbit of each planet around the sun.\n",
    "stars-ar.md": "# النجوم\n\nيُظهر التلسكوب المجرات البعيدة وأقمار المشتري.\n\n"
    "# الكواكب\n\nيقيس علماء الفلك مدار كل كوكب حول الشمس.\n",
}


@pytest.fixture(scope="module")
def subjects(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_library(tmp_path_factory.mktemp("overview"), SUBJECTS)


# -- the map ---------------------------------------------------------------------------------


def test_map_shows_subjects_and_not_languages(subjects: Library) -> None:
    places = subjects.atlas()
    assert len(places) == 8

    def centre(part: str) -> tuple[float, float]:
        chosen = [place for place in places if part in place.document]
        return mean(place.x for place in chosen), mean(place.y for place in chosen)

    assert dist(centre("bread"), centre("stars")) > 1
    assert dist(centre("-ar"), centre("-en")) < 1e-6


def test_positions_stay_within_bounds_and_are_the_same_each_time(subjects: Library) -> None:
    places = subjects.atlas()
    assert places == subjects.atlas()
    reach = max(max(abs(place.x), abs(place.y)) for place in places)
    assert reach == pytest.approx(1)


def test_points_say_how_their_passage_begins(subjects: Library) -> None:
    for place in subjects.atlas():
        stored = subjects.passage(place.passage_id)
        assert stored is not None
        name, passage = stored
        assert (place.document, place.start, place.page) == (name, passage.start, passage.page)
        text = subjects.document(name).text[passage.start : passage.end]
        assert text.startswith(place.text)
        assert place.text


def test_map_of_more_passages_is_a_fair_sample(subjects: Library) -> None:
    places = subjects.atlas(limit=4)
    assert Counter(place.document for place in places) == dict.fromkeys(SUBJECTS, 1)
    assert subjects.atlas(limit=4) == places


def test_map_of_an_empty_library_is_empty(open_library: OpenLibrary, tmp_path: Path) -> None:
    assert open_library(tmp_path / "store").atlas() == []


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(0, 120))
def test_small_documents_are_shown_whole_and_large_ones_alike(sizes: list[int], limit: int) -> None:
    passages = [
        Owned(1000 * document + n, str(document), "en")
        for document, size in enumerate(sizes)
        for n in range(size)
    ]
    sample = fair_sample(passages, limit)
    assert len(sample) == min(limit, len(passages))
    assert len(set(sample)) == len(sample)
    assert sample == sorted(sample, key=lambda passage: passage.id)
    counts = Counter(passage.document for passage in sample)
    cut_short = [counts[str(n)] for n, size in enumerate(sizes) if counts[str(n)] < size]
    if cut_short:
        assert max(counts.values(), default=0) - min(cut_short) <= 1


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_or_equal_vectors_have_places_too(count: int) -> None:
    vectors = np.ones((count, 8), dtype=np.float32)
    languages: list[Language] = ["ar"] * count
    assert np.array_equal(plane(vectors, languages), np.zeros((count, 2)))


def test_two_vectors_lie_on_a_line() -> None:
    vectors = np.eye(2, 8, dtype=np.float32)
    positions = plane(vectors, ["en", "en"])
    assert sorted(positions[:, 0]) == pytest.approx([-1, 1])
    assert positions[:, 1] == pytest.approx([0, 0], abs=1e-9)


# -- figures ---------------------------------------------------------------------------------


def test_figures_are_those_of_the_library(library: Library) -> None:
    told = overview_json(library)
    records = library.documents()
    assert told["documents"] == 3
    assert told["passages"] == sum(record.passages for record in records)
    assert told["sentences"] == sum(
        len(stored[1].sentences)
        for record in records
        for span in library.spans(record.name)
        if (stored := library.passage(span.id)) is not None
    )
    assert {one["language"]: one["documents"] for one in told["languages"]} == {"ar": 1, "en": 2}
    assert sum(one["passages"] for one in told["languages"]) == told["passages"]
    assert told["formats"] == [
        {"format": "md", "documents": 2}, {"format": "txt", "documents": 1},
    ]  # fmt: skip
    assert told["models"] == {
        "passages": library.passage_model, "sentences": library.sentence_model,
    }  # fmt: skip
    assert told["changed"] == max(record.added for record in records)
    assert told["warnings"] == 0
    assert told["bytes"] >= (library.folder / "sanad.db").stat().st_size
    assert told["words"]["ar"] > 10
    assert told["words"]["en"] > 10


def test_figures_follow_the_documents(library: Library) -> None:
    before = overview_json(library)
    library.remove("قطار.md")
    after = overview_json(library)
    assert after["documents"] == 2
    assert after["words"]["ar"] == 0
    assert after["words"]["en"] == before["words"]["en"]
    assert {bar["document"] for bar in after["bars"]} == {"garden.md", "bakery.txt"}


def test_largest_documents_have_bars_and_the_rest_shares_one(tmp_path: Path) -> None:
    texts = {
        f"{n:02}.md": "\n\n".join(f"# Part {part}\n\nLine {part} of {n}." for part in range(n))
        for n in range(1, BARS + 3)
    }
    library = Library.open(tmp_path / "store", embedding=MockEmbedding(embed_dim=8))
    library.add(write_documents(tmp_path / "documents", texts))
    told = overview_json(library)
    library.close()
    bars = told["bars"]
    assert [bar["document"] for bar in bars] == [f"{n:02}.md" for n in range(BARS + 2, 2, -1)]
    assert bars[0]["passages"] == {"en": BARS + 2, "ar": 0}
    assert told["others"] == {"documents": 2, "passages": {"en": 3, "ar": 0}}


def test_empty_library_has_figures(open_library: OpenLibrary, tmp_path: Path) -> None:
    told = overview_json(open_library(tmp_path / "store"))
    assert (told["documents"], told["passages"], told["bars"]) == (0, 0, [])
    assert told["changed"] is None
    assert told["others"] is None


# -- the routes ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(subjects: Library) -> Iterator[TestClient]:
    app = FastAPI()
    add_reader_routes(app, subjects)
    with TestClient(app) as client:
        yield client


def test_figures_and_map_come_over_the_routes(client: TestClient, subjects: Library) -> None:
    assert client.get("/page/overview").json()["documents"] == len(SUBJECTS)
    told = client.get("/page/map").json()
    assert told == map_json(subjects)
    assert told["passages"] == len(told["points"]) == 8
    point = told["points"][0]
    text = subjects.document(point["document"]).text
    assert " ".join(text[point["start"] :].split()).startswith(point["text"])
