"""Search in four directions over small documents, with the real embedding model."""

from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode

from index import Library
from rag import Assistant
from tests.conftest import MakeLibrary, OpenLibrary


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


# Texts that say the same but for a name, a number or a word, and what asks for just that.
ALIKE = {
    "name": [
        ("Petrosyan", "بتروسيان"), ("Lombardo", "لومباردو"), ("Karlsen", "كارلسن"),
        ("Mendoza", "ميندوزا"), ("Vandermeer", "فاندرمير"), ("Okonkwo", "أوكونكو"),
    ],
    "year": [("1871", "١٨٧١"), ("1902", "١٩٠٢"), ("1938", "١٩٣٨"), ("1977", "١٩٧٧")],
    "word": [("bicycles", "الدراجات"), ("clocks", "الساعات"), ("shoes", "الأحذية")],
}  # fmt: skip
SAID = {
    "en": {
        "name": "{} was elected mayor of the town.",
        "year": "The flood of {} destroyed the bridge and many houses.",
        "word": "This workshop in the old town repairs {}.",
    },
    "ar": {
        "name": "انتُخب {} عمدة للبلدة.",
        "year": "دمّر فيضان سنة {} الجسر وبيوتًا كثيرة.",
        "word": "تُصلح هذه الورشة في البلدة القديمة {}.",
    },
}
ASKED = {
    "en": {
        "name": "What do we know about mayor {}?",
        "year": "What did the flood of {} do?",
        "word": "Where are {} repaired?",
    },
    "ar": {
        "name": "ماذا نعرف عن العمدة {}؟",
        "year": "ماذا فعل فيضان سنة {}؟",
        "word": "أين تُصلح {}؟",
    },
}


def alike(language: str) -> dict[str, str]:
    """The texts in one language by file name."""
    return {
        f"{kind}-{row}.txt": SAID[language][kind].format(pair[language == "ar"])
        for kind, pairs in ALIKE.items()
        for row, pair in enumerate(pairs)
    }


@pytest.fixture(scope="module")
def by_language(
    make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Library]:
    return {
        language: make_library(tmp_path_factory.mktemp("alike"), alike(language))
        for language in ("en", "ar")
    }


@pytest.mark.parametrize(("asked", "held"), [("ar", "en"), ("en", "ar")])
@pytest.mark.parametrize(
    ("kind", "row"), [(kind, row) for kind, pairs in ALIKE.items() for row in range(len(pairs))]
)
def test_a_name_number_or_word_finds_the_passage_in_the_other_language(
    by_language: dict[str, Library], asked: str, held: str, kind: str, row: int
) -> None:
    query = ASKED[asked][kind].format(ALIKE[kind][row][asked == "ar"])
    assert by_language[held].search(query, k=1)[0].document == f"{kind}-{row}.txt"


def test_a_store_without_words_is_searched_as_if_they_said_nothing(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library(tmp_path, alike("en"))
    library._store.write_words([], {})
    hits = library.search("ماذا نعرف عن العمدة ميندوزا؟", k=6)
    assert hits[0].document == "name-3.txt"
    assert {hit.words for hit in hits} == {0.0}
    assert {hit.words for hit in library.search("Where are clocks repaired?", k=6)} == {0.0}


def test_searching_changes_nothing(library: Library) -> None:
    """The same hits whatever was asked before, in whatever language and scope."""
    queries = ["the pond", "كم عمق البركة؟", "1934"]
    first = [library.search(query, k=5) for query in queries]
    for other in ("something else entirely", "القطار", "سليم", "the pond"):
        library.search(other, k=50)
        library.search([other, "bread"], k=1, documents=["bakery.txt"])
    assert [library.search(query, k=5) for query in queries] == first


def test_another_process_finds_the_same(
    library: Library, open_library: OpenLibrary, tmp_path: Path
) -> None:
    again = open_library(tmp_path / "store")
    for query in ("How deep is the pond?", "كم سمكة ذهبية تعيش في البركة؟"):
        assert again.search(query, k=5) == library.search(query, k=5)


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
    retriever = Assistant(library, MockLLM()).as_retriever(k=2)
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


def test_a_signal_can_be_left_out(library: Library) -> None:
    question = "When was the pond dug?"
    every = library.search(question, 3)
    without = library.search(question, 3, without=["fulltext"])
    assert every[0].document == without[0].document == "garden.md"
    assert every[0].score != without[0].score
