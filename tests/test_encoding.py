"""Text in the encodings that people's files are really in."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index.errors import EncodingUnknown, FileDisguised
from index.readers import read_document
from index.types import Document

ARABIC = (
    "وصل الساعي إلى القرية قبل الغروب، وكان يحمل ثلاث رسائل من أهل المدينة.\n"
    "قرأ الشيخ الأولى ثم سأل: هل عاد قاسم من السوق؟ قالوا: لم يعد بعد؛ طريقه طويل.\n"
)
FRENCH = (
    "Le château fut bâti près de la rivière, où les pêcheurs réparaient leurs filets.\n"
    "À Noël, le curé reçut une œuvre d'art ; ça coûta très cher à l'évêque.\n"
)
GERMAN = "Über den Dächern läuft die Straße, schön und groß, bis zum Öltank.\n"


def read(folder: Path, content: bytes, name: str = "a.txt") -> Document:
    (folder / name).write_bytes(content)
    return read_document(folder / name, name)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"]
)
def test_arabic_is_read(tmp_path: Path, encoding: str) -> None:
    document = read(tmp_path, ARABIC.encode(encoding))
    assert document.text == ARABIC
    assert document.language == "ar"
    assert document.warnings == ()


@pytest.mark.parametrize("encoding", ["cp1256", "iso8859-6"])
@pytest.mark.parametrize("start", range(0, 90, 15))
def test_a_line_of_arabic_is_enough(tmp_path: Path, encoding: str, start: int) -> None:
    line = ARABIC[start : start + 60]
    assert read(tmp_path, line.encode(encoding)).text == line


@pytest.mark.parametrize("encoding", ["cp1256", "iso8859-6"])
def test_a_little_arabic_in_much_english_is_read(tmp_path: Path, encoding: str) -> None:
    text = "The clerk wrote the name of the street on the door. " * 40 + "شارع القلعة القديمة\n"
    assert read(tmp_path, text.encode(encoding)).text == text


def test_french_within_arabic_keeps_its_accents(tmp_path: Path) -> None:
    text = ARABIC + "L'hôtel est fermé, même l'été.\n"
    assert read(tmp_path, text.encode("cp1256")).text == text


@pytest.mark.parametrize(
    "text", [FRENCH, FRENCH[:60], GERMAN, "naïve\n", "prix : 30 €, « cher »\n"]
)
def test_western_text_is_read(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text.encode("cp1252")).text == text


def test_english_with_curly_quotes_is_read(tmp_path: Path) -> None:
    text = "“It’s late” – he said… and left—quietly.\n"
    assert read(tmp_path, text.encode("cp1252")).text == text


def test_file_that_ends_within_a_letter_is_read(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        content = (
            ARABIC.strip().encode(encoding)
            + "ي".encode("utf-16-le" if "16" in encoding else "utf-8")[:1]
        )
        document = read(tmp_path, content)
        assert document.text == ARABIC.strip()
        assert document.warnings == ()


def test_a_broken_byte_in_utf8_is_marked_and_told(tmp_path: Path) -> None:
    content = ARABIC.encode()
    place = content.index(b"\n")
    document = read(tmp_path, content[:place] + b"\xff" + content[place:])
    assert document.text == ARABIC.replace("\n", "\ufffd\n", 1)
    assert [warning.kind for warning in document.warnings] == ["unmapped"]


OTHERS = [
    ("cp1251", "Почтальон пришёл в деревню вечером и принёс три письма."),
    ("koi8-r", "Почтальон пришёл в деревню вечером и принёс три письма."),
    ("cp866", "Почтальон пришёл в деревню вечером и принёс три письма от старых друзей."),
    ("cp1253", "Ο ταχυδρόμος έφτασε στο χωριό το βράδυ."),
    ("cp1255", "הדוור הגיע לכפר בערב והביא שלושה מכתבים."),
    ("cp1250", "Listonosz przyszedł wieczorem do wsi; żółta łódź płynęła wzdłuż cichych brzegów."),
    ("cp1256", "پستچي شب به روستا رسيد و سه نامه آورد. قرارداد در شهر تهران امضا شد."),
    ("cp874", "บุรุษไปรษณีย์มาถึงหมู่บ้านในตอนเย็นและนำจดหมายมาสามฉบับ"),
    ("gbk", "邮递员傍晚到达村庄，带来了三封信。"),
    ("big5", "郵差傍晚到達村莊，帶來了三封信。租房合約於三月一日在台北簽訂。"),
    ("shift_jis", "郵便配達員は夕方に村に着き、三通の手紙を届けました。"),
    ("euc_kr", "우체부가 저녁에 마을에 도착해서 편지 세 통을 가져왔습니다."),
    ("cp850", "Le château fut bâti près de la rivière où pêchait l'évêque."),
]


@pytest.mark.parametrize(("encoding", "text"), OTHERS)
def test_text_of_other_scripts_is_read(tmp_path: Path, encoding: str, text: str) -> None:
    assert read(tmp_path, text.encode(encoding)).text == text


@pytest.mark.parametrize(("encoding", "text"), OTHERS)
def test_a_long_text_of_another_script_is_read(tmp_path: Path, encoding: str, text: str) -> None:
    long = "A line in English comes first.\n" * 900 + f"{text}\n" * 900
    assert read(tmp_path, long.encode(encoding)).text == long


@pytest.mark.parametrize("seed", range(8))
def test_what_cannot_be_told_is_refused_with_advice(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible
    content = bytes(chance.choice(range(128, 256)) for _ in range(4000))
    with pytest.raises(EncodingUnknown, match="Save it as UTF-8"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04 and so on", "a ZIP archive or an Office document"),
        (b"\xff\xd8\xff\xe0 and so on", "a JPEG picture"),
        (b"{\\rtf1 text}", "rich text"),
        (b"text \0 and a zero", "binary data"),
        (bytes(range(256)) * 9, "binary data"),
        ("wide \0 text".encode("utf-16"), "binary data"),
    ],
)
def test_other_files_in_disguise_are_named(tmp_path: Path, content: bytes, found: str) -> None:
    with pytest.raises(FileDisguised, match=found):
        read(tmp_path, content)


def test_colour_codes_of_a_log_are_text(tmp_path: Path) -> None:
    text = "\x1b[31mERROR\x1b[0m disk full\n" * 5
    assert read(tmp_path, text.encode()).text == text


@pytest.mark.parametrize("encoding", ["cp1256", "utf-16-le"])
def test_markdown_is_decoded_too(tmp_path: Path, encoding: str) -> None:
    document = read(tmp_path, f"# العنوان الأول\n\n{ARABIC}".encode(encoding), "a.md")
    assert document.text.startswith("العنوان الأول\n\nوصل الساعي")
    assert document.headings[0].level == 1
