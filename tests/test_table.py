"""Tables: their rows with the names of columns, and which cells a question means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index import Hit, HitSentence, Language, Library
from index.text.sentences import split_sentences
from rag.pick import Pick, pick
from rag.table import Row, rows_of, shown
from tests.conftest import MakeLibrary

PUMPS = """Model | HP-200 | HP-300
Weight | 640 kg | 890 kg
Flow | 12 litres | 30 litres
Noise, slow | 41 dB | –
"""
CODES = """Code | Meaning | What to do
E2 | Door open | Close the door
E6 | Drum blocked | Call the service
E7 | Water missing | Open the tap
"""
ROOMS = """الغرفة | الطابق | أجرة اليوم
قاعة النخيل | الأول | 45
قاعة الزيتون | الثالث | 60
قاعة السرو | الثاني | 75
"""
STOCK = """Code / الرمز | Item / الصنف | Arabic name / الاسم | Store / المخزن | Price (AED) / السعر
K-11 | Garden chair, 4 legs | كرسي حديقة 4 أرجل | South / الجنوبي | 35
K-12 | Garden table | طاولة حديقة | North / الشمالي | 120
K-13 | Parasol | مظلة | North / الشمالي | 80
"""


def hit(text: str, language: Language = "en", section: tuple[str, ...] = ()) -> Hit:
    """A hit of that text alone, as searching gives it."""
    text = text.strip()
    sentences = tuple(
        HitSentence(number, s.start, s.end, text[s.start : s.end], 0.8)
        for number, s in enumerate(split_sentences(text))
    )
    return Hit(
        1, 1.0, 1, "a.txt", None, 0, len(text), text, language, section, sentences, sentences[0],
        0.8, 1.0,
    )  # fmt: skip


def lines(found: Hit, language: Language = "en") -> list[str]:
    return [shown(row, (), language) for row in rows_of(found)]


def test_rows_have_the_names_of_their_columns() -> None:
    rows = rows_of(hit(PUMPS))
    assert [row.label for row in rows] == ["Weight", "Flow", "Noise, slow"]
    assert rows[0].head == "Model"
    assert rows[0].cells == (("HP-200", "640 kg"), ("HP-300", "890 kg"))
    assert rows[0].sentence.text == "Weight | 640 kg | 890 kg"


def test_shown_leaves_out_what_is_empty_and_every_separator() -> None:
    assert lines(hit(PUMPS)) == [
        "Weight: HP-200 640 kg, HP-300 890 kg",
        "Flow: HP-200 12 litres, HP-300 30 litres",
        "Noise, slow: HP-200 41 dB",
    ]
    assert shown(rows_of(hit(PUMPS))[0], (1,), "en") == "Weight: HP-300 890 kg"


def test_a_later_part_of_a_long_table_knows_its_columns() -> None:
    part = hit("K-12 | Garden table | 120\nK-13 | Parasol", section=("Prices", "Code | Item | AED"))
    assert lines(part) == ["K-12: Item Garden table, AED 120", "K-13: Item Parasol"]
    cut = hit("K-12 | Garden table | 120", section=("Code | Item | Pri …",))
    assert lines(cut) == ["K-12: Item Garden table, 120"]


def test_years_name_columns_and_text_around_is_no_row() -> None:
    found = hit("The budget:\n\nItem | 2024 | 2025\nParks | 42 | 55\n\nIt was passed.")
    assert lines(found) == ["Parks: 2024 42, 2025 55"]
    assert lines(hit("Nothing here. | is a table?")) in ([], ["Nothing here.: is a table?"])
    assert lines(hit("Plain text.\nAnd more.")) == []


def test_a_column_without_a_name_and_a_first_cell_without_text() -> None:
    assert lines(hit("| Lite | Pro\nTank | 1 l | 2 l")) == ["Tank: Lite 1 l, Pro 2 l"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "K-11: Item Garden chair, 4 legs; Store South; Price (AED) 35"),
        ("ar", "K-11: الاسم كرسي حديقة 4 أرجل، المخزن الجنوبي، السعر 35"),
    ],
)
def test_the_half_in_the_language_of_the_question_is_shown(language: Language, line: str) -> None:
    assert lines(hit(STOCK), language)[0] == line


def test_a_cell_of_nothing_but_signs_is_shown_at_once() -> None:
    cell = "x / " * 200_000  # each sign could part it: quadratic where all are tried
    (row,) = rows_of(hit("Name | Text\nodd | short"))
    assert shown(replace(row, cells=(("Text", cell),)), (), "ar").startswith("odd: Text x / x")


# -- which cells a question means -----------------------------------------------------


@pytest.fixture(scope="module")
def tables(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    texts = {
        f"{name}.md": markdown(table)
        for name, table in {"pumps": PUMPS, "codes": CODES, "rooms": ROOMS, "stock": STOCK}.items()
    }
    return make_library(tmp_path_factory.mktemp("tables"), texts)


def markdown(table: str) -> str:
    first, *rest = table.strip().splitlines()
    rule = "|".join("---" for _ in first.split(" | "))
    return "\n".join(f"| {line} |" for line in (first, rule, *rest)).replace(f"| {rule} |", rule)


def asked(library: Library, question: str, language: Language) -> Pick:
    rows: list[Row] = [row for found in library.search(question, 4) for row in rows_of(found)]
    found = pick(question, language, rows, library)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "language", "answers"),
    [
        ("How heavy is the HP-300, what is its weight?", "en", ["Weight: HP-300 890 kg"]),
        ("ما وزن HP-200؟", "ar", ["Weight: HP-200 640 kg"]),
        ("What does E6 mean?", "en", ["E6: Meaning Drum blocked"]),
        ("في أي طابق قاعة السرو؟", "ar", ["قاعة السرو: الطابق الثاني"]),
        ("price of K-13", "en", ["K-13: Price (AED) 80"]),
        ("سعر K-12", "ar", ["K-12: السعر 120"]),
        (
            "أيهما أجرته أعلى في اليوم، قاعة النخيل أم قاعة الزيتون؟",
            "ar",
            ["قاعة الزيتون: أجرة اليوم 60", "قاعة النخيل: أجرة اليوم 45"],
        ),
    ],
)
def test_a_question_picks_its_cells(
    tables: Library, question: str, language: Language, answers: list[str]
) -> None:
    found = asked(tables, question, language)
    assert sorted(shown(row, found.columns, language) for row in found.rows) == answers
    assert found.sure > 0.3


def test_a_follow_up_names_the_column_and_the_question_before_it_the_row(tables: Library) -> None:
    before = "What is the weight of K-13?"
    rows = [row for found in tables.search(f"{before} K-13 price", 4) for row in rows_of(found)]
    found = pick("And its price?", "en", rows, tables, before="Which item is K-13?")
    assert found is not None
    assert shown(found.rows[0], found.columns, "en") == "K-13: Price (AED) 80"


def test_both_entities_of_a_comparison_are_picked_as_columns(tables: Library) -> None:
    found = asked(tables, "Compare the flow of the HP-200 and the HP-300", "en")
    assert shown(found.rows[0], found.columns, "en") == "Flow: HP-200 12 litres, HP-300 30 litres"


def test_a_question_about_no_row_is_not_sure(tables: Library) -> None:
    rows = [row for found in tables.search("pump", 4) for row in rows_of(found)]
    found = pick("Who wrote the first history of glass?", "en", rows, tables)
    assert found is None or found.sure < 0.3
    assert pick("Which of them?", "en", rows, tables) is None
    assert pick("weight", "en", [], tables) is None


# -- words ----------------------------------------------------------------------------


def test_words_are_compared_within_a_language_and_across(tables: Library) -> None:
    near = tables.word_nearness(
        ["weight", "وزن", "E6", "7"], ["Weight, empty", "Room number 7", "E7", ""]
    )
    assert near.shape == (4, 4)
    assert near[0, 0] == 1.0  # the same stem
    assert near[1, 0] > near[1, 1] + 0.2  # a translation
    assert near[2, 2] < 1.0
    assert near[3].tolist() == [0.0, 1.0, 0.0, 0.0]
    assert not near[:, 3].any()


def test_words_without_vectors_are_embedded_once(
    tables: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = "zeppelin"
    first = tables.word_nearness([word], ["Flow"])
    embedder = type(tables._engine.embedders[1])
    monkeypatch.setattr(embedder, "passages", None)
    assert tables.word_nearness([word], ["Flow"]).tolist() == first.tolist()
