"""What readers keep of files whose text is known; and that the measures measure."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.format_scores import beginning, phrases, scores, words
from benchmarks.formats import (
    TARGETS,
    Family,
    Reading,
    family_of,
    files_of,
    main,
    read,
    summaries,
    truth_of,
)
from index.readers import ocr
from tests.conftest import SHARED, write_documents

FORMATS = SHARED / "documents" / "formats"
TRUTH = (
    "اشترى التاجر Jan de Vries سفينة (brig) بمبلغ 7,300 دينار.\n"
    "كتب إلى harbour@example.net عند الساعة 6:45 مساءً: «لن أبيعها أبدًا».\n"
)


# Their Arabic-Indic digits are misread, and that is said.
DOUBTFUL_NUMBERS = {"ar_scan.png", "ar_scanned.pdf"}
# Its font has no name for the alef with hamza at the head of three words.
LETTERS_LOST = {"ar_fpdf2.pdf"}


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    if not FORMATS.is_dir():
        pytest.skip("there are no documents of known text beside the checkout")
    return [read(file) for file in files_of(FORMATS)]


@pytest.mark.parametrize("family", TARGETS)
def test_formats_keep_what_they_must(readings: list[Reading], family: Family) -> None:
    if "scan" in family and not ocr.available():
        pytest.skip("Tesseract with Arabic and English is not installed")
    (summary,) = (summary for summary in summaries(readings) if summary.family == family)
    assert summary.misses == ()


def test_no_clean_file_is_warned_about(readings: list[Reading]) -> None:
    warned = {
        reading.file.name: reading.document.warnings
        for reading in readings
        if reading.document and reading.document.warnings
    }
    kinds = {name: {warning.kind for warning in kept} for name, kept in warned.items()}
    assert kinds == {
        name: {"ocr_numbers"} if name in DOUBTFUL_NUMBERS else {"unmapped"}
        for name in kinds.keys() & (DOUBTFUL_NUMBERS | LETTERS_LOST)
    }


def test_the_true_text_itself_is_kept_whole() -> None:
    same = scores(TRUTH, TRUTH)
    assert (same.recall, same.pairs, same.phrases) == (1.0, 1.0, same.phrases_asked)


def test_phrases_are_names_numbers_brackets_and_addresses() -> None:
    assert phrases(TRUTH) == [
        "التاجر Jan de Vries سفينة",
        "(brig)",
        "بمبلغ 7,300 دينار",
        "harbour@example.net",
        "الساعة 6:45 مساءً",
        "«لن أبيعها أبدًا»",
    ]
    assert phrases("The word for lamp is مصباح here, and 3.5 oil (cheap).\nLine 7 | 3.5 | 4") == [
        "is مصباح here",
        "and 3.5 oil",
        "(cheap)",
    ]


def test_line_breaks_inside_a_phrase_do_not_break_it() -> None:
    assert scores(TRUTH.replace("de Vries", "de\nVries"), TRUTH).phrases == 6


def test_words_part_at_script_borders_and_forget_marks_and_forms() -> None:
    assert words("وَصَـلَ\u200f إلىLyon سنة1921، \ufed7هوة 3.5%") == [
        "وصل", "إلى", "Lyon", "سنة", "1921", "قهوة", "3.5",
    ]  # fmt: skip


def test_recall_counts_each_word_as_often_as_it_stands() -> None:
    assert scores("tea tea", "tea tea tea milk").recall == pytest.approx(0.5)
    assert scores("tea milk tea tea tea", "tea tea tea milk").recall == 1.0


def test_order_within_lines_counts_and_order_of_lines_does_not() -> None:
    true = "one two three\nfour five"
    assert scores("four five one two three", true).pairs == 1.0
    assert scores("two one three four five", true).pairs == pytest.approx(1 / 3)


def test_scan_of_the_first_page_is_held_to_the_beginning() -> None:
    first = "The lamp was lit at dusk by the keeper.\nThe ships came home.\n"
    second = "Nobody saw the second of the towers at noon.\n"
    assert (
        beginning("The lamp was lit at dask by the keeper. The ships came home.", first + second)
        == first
    )
    assert beginning(first + second, first + second) == first + second
    assert beginning("x", first) == ""


def test_reversed_letters_and_swapped_numbers_are_noticed() -> None:
    reversed_words = " ".join(word[::-1] for word in TRUTH.split())
    assert scores(reversed_words, TRUTH).recall < 0.2
    swapped = TRUTH.replace("7,300", "300,7").replace("(brig)", ")brig(")
    assert scores(swapped, TRUTH).phrases == 4


def test_file_is_held_to_the_truth_that_its_name_tells(tmp_path: Path) -> None:
    names = ("truth_ar.txt", "truth_ar_cp1256.txt", "truth_en.txt")
    write_documents(tmp_path, dict.fromkeys(names, "x"))
    told = {
        name: (
            truth.name if (truth := truth_of(tmp_path / name)) else None,
            family_of(tmp_path / name),
        )
        for name in ("ar_word.pdf", "ar_cp1256.html", "en_scan.png", "table_cp1256.csv")
    }
    assert told == {
        "ar_word.pdf": ("truth_ar.txt", "Arabic PDF"),
        "ar_cp1256.html": ("truth_ar_cp1256.txt", "other formats"),
        "en_scan.png": ("truth_en.txt", "English scan"),
        "table_cp1256.csv": (None, None),
    }


def test_report_tells_what_is_missed_and_goes_on_after_a_bad_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_documents(
        tmp_path,
        {
            "truth_ar.txt": TRUTH,
            "truth_en.txt": "The lamp was lit.",
            "ar_whole.txt": TRUTH,
            "en_half.txt": "The lamp",
            "en_none.txt": "",
            "notes.txt": "Nothing is known of this.",
        },
    )
    main([str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    table = {line.split()[0]: line for line in lines if ".txt " in line}
    assert table["ar_whole.txt"].split()[1:5] == ["1.000", "1.000", "6/6", "0"]
    assert table["en_half.txt"].split()[1] == "0.500"
    assert "FileEmpty" in table["en_none.txt"]
    assert "25 characters, no truth" in table["notes.txt"]
    assert "not read: en_none.txt" in lines[-1]
    assert "MISSED: recall 0.500 is under 0.990" in lines[-1]
