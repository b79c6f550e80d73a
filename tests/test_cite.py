"""Markers of a model vanish; sentences find their source, on its page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Hit, HitSentence, Language, Library
from rag import Answer, Assistant, Settings
from rag.cite import Citations, settled, supports, without_markers
from rag.cited_text import CitedText
from rag.compose import Said
from tests.conftest import MakeLibrary
from tests.scripted import ScriptedLLM, make_hit, weak_llm


def _sentence(number: int, text: str, start: int = 0, page: int | None = None) -> HitSentence:
    return HitSentence(number, start, start + len(text), text, 0.8, page)


def _hit(*sentences: HitSentence, document: str = "a.txt") -> Hit:
    return Hit(
        rank=1, score=1.0, passage_id=7, document=document, page=None,
        start=sentences[0].start, end=sentences[-1].end, text="", language="en", section=("Zoo",),
        sentences=sentences, sentence=sentences[0], similarity=0.8, coverage=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "marker",
    ["[1]", "[99]", "[٣]", "【2】", "[1, 2]", "[1،2]", "[1-3]", "[^1]", "(Passage 2)", "(المقطع 1)",
     "[ 4 ]", "[Passages 1, 2]", "【3†source】"],
)  # fmt: skip
def test_markers_of_the_model_vanish(marker: str) -> None:
    assert without_markers(f"The pond is deep {marker}. It is old {marker}") == (
        "The pond is deep. It is old"
    )


@pytest.mark.parametrize(
    "text", ["array[i] stays", "in (2024) it was", "[draft] stays", "a [1,000,000] figure", "x [y]"]
)
def test_other_brackets_stay(text: str) -> None:
    assert without_markers(text) == text


def test_unfinished_marker_is_held_back() -> None:
    assert settled("The pond is deep [1") == "The pond is deep"
    assert settled("The pond is deep ") == "The pond is deep"
    assert settled("The pond is deep.") == "The pond is deep."


def test_nearest_sentence_supports() -> None:
    sources = [
        _sentence(1, "The oven came from Lyon."),
        _sentence(2, "The pond was dug by pupils."),
    ]
    assert supports("Pupils dug it.", "Who dug the pond?", sources, [0.80, 0.86]) == [1]


def test_numbers_decide_between_neighbours() -> None:
    sources = [
        _sentence(1, "The pond is 2 metres deep."),
        _sentence(2, "The pond dates from 1998."),
    ]
    assert supports("It was dug in 1998.", "When was it dug?", sources, [0.85, 0.83]) == [1]
    assert supports("حُفرت سنة ١٩٩٨.", "متى حُفرت؟", sources, [0.85, 0.83]) == [1]


def test_sentence_with_numbers_from_two_sources_cites_both() -> None:
    sources = [
        _sentence(1, "A new hand has 24 days."),
        _sentence(2, "After five years it is 28 days."),
        _sentence(3, "The museum opens at nine."),
    ]
    said = "It is 24 days at first and 28 days later."
    assert sorted(supports(said, "How much leave?", sources, [0.85, 0.84, 0.83])) == [0, 1]


def test_without_sources_nothing_supports() -> None:
    assert supports("It is deep.", "How deep?", [], []) == []


def test_markers_count_by_first_use_and_a_source_keeps_its_marker() -> None:
    first, second = _sentence(1, "One."), _sentence(2, "Two.", 5)
    citations = Citations([_hit(first, second)])
    assert [citations.add(second), citations.add(first), citations.add(second)] == [1, 2, 1]
    assert [(c.marker, c.quote, c.start) for c in citations.all()] == [
        (1, "Two.", 5),
        (2, "One.", 0),
    ]


def test_citation_is_on_the_page_where_its_sentence_begins() -> None:
    hit = _hit(_sentence(1, "One.", page=4), _sentence(2, "Two.", 5, page=5))
    citations = Citations([hit])
    for sentence in hit.sentences:
        citations.add(sentence)
    assert [(c.page, c.section) for c in citations.all()] == [(4, ("Zoo",)), (5, ("Zoo",))]


def test_sentence_of_a_hit_knows_its_own_page(make_library: MakeLibrary, tmp_path: Path) -> None:
    pages = ["The mill was sold in May.", "Its new owner bakes rye bread.", "The river froze."]
    library = make_library(tmp_path, {"log.txt": "\f".join(pages)})
    for _ in range(2):
        (hit,) = library.search("What does the owner bake?", k=1)
        assert hit.page == 1
        assert hit.sentence.text == pages[1]
        assert [sentence.page for sentence in hit.sentences] == [1, 2, 3]
        library.rebuild()


def test_sentence_of_a_document_without_pages_has_none(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library(tmp_path, {"log.txt": "The mill was sold in May."})
    assert library.search("mill", k=1)[0].sentence.page is None


def test_number_in_brackets_of_a_quotation_is_not_taken_for_a_marker() -> None:
    hit = make_hit("The pond [3] was dug in 1998.[12]")
    written = CitedText([hit])
    new = written.add(Said("The document says: “The pond [3] was dug in 1998.[12]”", hit.sentences))
    assert re.findall(r"\[(\d+)\]", written.text) == ["1"]
    assert new == written.text
    assert written.citations()[0].quote == "The pond [3] was dug in 1998.[12]"


def test_growing_text_is_what_was_added() -> None:
    hit = make_hit("One.", "Two.")
    written = CitedText([hit])
    added = [
        written.add(Said("A.", hit.sentences[1:])),
        written.add(Said("B.", hit.sentences, before="\n")),
        written.add(Said("C.", ())),
    ]
    assert added == ["A. [1]", "\nB. [1][2]", " C."]
    assert "".join(added) == written.text
    assert [citation.quote for citation in written.citations()] == ["Two.", "One."]


# --- Whatever the document looks like ------------------------------------------------------------

_SPACES = st.sampled_from([" ", "  ", "\t", "\u00a0", "\u200f ", "\n", "\n\n"])
_WORDS: dict[Language, list[str]] = {
    "en": ["The", "keeper", "of", "naïve", "Orm", "lit", "1874", "boats,", "don’t", "e.g.", "3.5"],
    "ar": ["كان", "حارِسُ", "المَنارَةِ", "يُضيء", "سنة", "١٨٧٤،", "القوارب", "Orm", "أُورم", "الله"],
}


@st.composite
def _sentences(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(_WORDS[draw(st.sampled_from(["ar", "en"]))]), min_size=4))
    return "".join(word + draw(_SPACES) for word in words) + draw(st.sampled_from([".", "!", "؟"]))


def _exact(answer: Answer, library: Library) -> None:
    for citation in answer.citations:
        text = library.document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote
    markers = set(map(int, re.findall(r"\[(\d+)\]", answer.text)))
    assert markers == {citation.marker for citation in answer.citations}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(_sentences(), min_size=1, max_size=4), data=st.data())
def test_citations_are_exact_whatever_the_document_looks_like(
    make_library: MakeLibrary,
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    library = make_library(folder, {"odd.txt": " ".join(texts)})
    (folder / "none.json").write_text(json.dumps({}))
    anything = Settings(store=folder, calibration=folder / "none.json")  # nothing is refused
    sentence = " ".join(data.draw(st.sampled_from(texts)).split())
    pointing = json.dumps({"sentence": 1, "words": " ".join(sentence.split()[1:3])})
    for llm in (ScriptedLLM(sentence), weak_llm(pointing, sentence)):
        for question in ("When was the lighthouse lit?", "متى أُضيئت المنارة؟", "اذكر كل ما ورد"):
            answer = Assistant(library, llm, settings=anything).ask(question)
            assert answer.citations
            _exact(answer, library)
