"""Search in four directions over small documents, with the real embedding model."""

from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode

from index import Library
from rag import Assistant
from tests.conftest import OpenLibrary


@pytest.mark.parametrize(
    ("query", "document", "words"),
    [
        ("How deep is the pond?", "garden.md", "two metres deep"),
        ("كم سمكة ذهبية تعيش في البركة؟", "garden.md", "forty goldfish"),
        ("كم ثمن تذكرة القطار للأطفال؟", "قطار.md", "35 دينارًا"),
        ("Who designed the stone bridge?", "قطار.md", "سليم الحداد"),
        ("When does the owner of the bakery start working?", "bakery.txt", "three in the morning"),
    ],
)
def test_best_sentence_is_found_in_either_language(
    library: Library, query: str, document: str, words: str
) -> None:
    hit = library.search(query, k=3)[0]
    assert hit.document == document
    assert words in hit.sentence.text


@pytest.mark.parametrize(
    "spelling", ["افتتح الخط", "إفتتح الخط", "اُفْتُتِحَ الخَطُّ", "افتتـــح الخط", "إفتتح الخطّ"]
)
def test_spelling_variants_find_the_same_sentence(library: Library, spelling: str) -> None:
    hit = library.search(spelling, k=1)[0]
    assert "1934" in hit.sentence.text
    assert hit.sentence.text.startswith("افتُتح")  # quoted as the source wrote it


def test_eastern_digits_find_western_ones(library: Library) -> None:
    assert "1934" in library.search("ماذا حدث سنة ١٩٣٤؟", k=1)[0].text


def test_searching_changes_nothing(library: Library) -> None:
    first = library.search("the pond", k=5)
    library.search("something else entirely", k=5)
    assert library.search("the pond", k=5) == first


def test_full_text_does_not_push_down_the_other_language(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "right.txt").write_text("تأسس المتحف البحري في مدينة طرسا سنة 1951.")
    for number in range(8):  # share words with the question, and say nothing
        (folder / f"wrong{number}.txt").write_text(f"When was chair {number} of the hall founded?")
    library = open_library(tmp_path / "store")
    library.add(folder)
    best = library.search("When was the maritime museum of Tarsa founded?", k=3)
    assert "right.txt" in [hit.document for hit in best]
    assert all(hit.coverage is None for hit in best if hit.document == "right.txt")


def test_answer_in_the_other_language_is_not_buried_under_the_question_s_own(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    texts = [
        "يزرع أهل الوادي القمح والشعير في الخريف.",
        "تُباع السجاجيد اليدوية في سوق الجمعة.",
        "يبدأ العام الدراسي في منتصف سبتمبر.",
        "أُغلق الجسر القديم للصيانة شهرين.",
    ]
    for number in range(24):
        text = f"{texts[number % 4]} رقم الخبر {number}."
        (folder / f"news-{number}.txt").write_text(text, encoding="utf-8")
        english = f"Committee {number} met on Tuesday and spoke about road number {number}."
        (folder / f"minutes-{number}.txt").write_text(english, encoding="utf-8")
    (folder / "clinic.txt").write_text("The dentist of the clinic works on Thursdays only.")
    library = open_library(tmp_path / "store")
    library.add(folder)
    hits = library.search("في أي يوم يعمل طبيب الأسنان في العيادة؟", k=2)
    assert "clinic.txt" in [hit.document for hit in hits]


def test_ranks_count_from_one_and_scores_fall(library: Library) -> None:
    hits = library.search("bread", k=5)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


def test_coverage_is_the_share_of_the_words_that_are_there(library: Library) -> None:
    hit = library.search("goldfish live in the pond", k=1)[0]
    assert hit.coverage == pytest.approx(1.0)
    other = library.search("goldfish zeppelin", k=1)[0]
    assert other.coverage is not None
    assert 0.2 < other.coverage < 0.8


def test_retriever_drops_into_a_llama_index_query_engine(library: Library) -> None:
    retriever = Assistant(library, MockLLM()).retriever(k=2)
    nodes = retriever.retrieve("How deep is the pond?")
    assert len(nodes) == 2
    metadata = nodes[0].node.metadata
    text = library.document(metadata["document"]).text
    assert text[metadata["start"] : metadata["end"]] == nodes[0].get_content()
    engine = RetrieverQueryEngine.from_args(
        retriever, llm=MockLLM(), response_mode=ResponseMode.COMPACT
    )
    response = engine.query("How deep is the pond?")
    assert response.source_nodes[0].node.metadata["document"] == "garden.md"
