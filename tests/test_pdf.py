"""PDF files, printed from pages of original text by the system's Chromium."""

from __future__ import annotations

import base64
import io
import re
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from index.errors import FileDamaged, FileDisguised, FileEmpty, FileLocked, OcrMissing
from index.readers import ocr, read_document
from index.types import Document, ReadWarning

Print = Callable[..., Path]

HARBOUR = (
    "The harbour master keeps a ledger of every ship that enters the bay, with its flag, its "
    "cargo and the name of its captain. At noon a clerk copies the ledger and carries it to the "
    "town hall, where anybody may read it for an hour without paying."
)
MILL = (
    "The mill beside the river grinds barley from October until March. Its wheel was carved from "
    "one oak, and the miller oils it with linseed every second Sunday of the month before the "
    "farmers arrive with their carts."
)
BEES = (
    "يضع النحّال الخلايا قرب أزهار السدر في أول الربيع، ثم يتركها شهرين دون أن يفتحها. وحين تمتلئ "
    "الأقراص يجمع العسل صباحًا قبل أن يشتد الحر، ويترك للنحل ما يكفيه من الغذاء طوال الشتاء."
)
LOOM = (
    "تعمل النسّاجة على نولها الخشبي من الفجر حتى الظهر، وتصبغ الصوف بقشر الرمان والحناء. وتحتاج "
    "السجادة الواحدة إلى أربعة أشهر من العمل، ويشتريها التجار في سوق المدينة القديمة."
)


@pytest.fixture(scope="module")
def print_pdf(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Print:
    """A function that prints the body of a web page to a PDF."""
    folder = tmp_path_factory.mktemp("printed")
    page = browser.new_page()

    def printed(body: str, *, style: str = "", rtl: bool = False, **options: object) -> Path:
        page.set_content(
            f"<html dir={'rtl' if rtl else 'ltr'}><meta charset=utf-8>"
            f"<style>body {{ font: 14px serif; margin: 0 }} {style}</style>{body}"
        )
        path = folder / f"{time.monotonic_ns()}.pdf"
        margin = dict.fromkeys(("top", "bottom", "left", "right"), "2cm")
        page.pdf(path=str(path), **{"format": "A4", "margin": margin, **options})  # type: ignore[arg-type]
        return path

    return printed


def read(path: Path) -> Document:
    return read_document(path, path.name)


def blocks(document: Document) -> list[str]:
    return document.text.split("\n\n")


def test_every_fact_stands_on_the_page_it_was_printed_on(print_pdf: Print) -> None:
    names = ["amber", "basalt", "cobalt", "dolomite", "emerald", "flint", "garnet", "halite",
             "iolite", "jasper", "kyanite", "larimar", "marble", "nephrite", "onyx", "pumice",
             "quartz", "rhyolite", "slate", "topaz"]  # fmt: skip
    body = "".join(
        f"<section style='break-after: page'><p>{HARBOUR if number % 2 else MILL}</p>"
        f"<p>The drawer of {name} is opened with key {number * 37}.</p></section>"
        for number, name in enumerate(names, start=1)
    )
    document = read(print_pdf(body))
    assert [page.number for page in document.pages][:20] == list(range(1, 21))
    for number, name in enumerate(names, start=1):
        at = document.text.index(f"The drawer of {name} is opened with key {number * 37}.")
        assert document.page_at(at) == number


def test_empty_pages_are_counted(print_pdf: Print) -> None:
    document = read(
        print_pdf("<p>First words.</p><div style='break-before: page; height: 1px'></div>"
                  "<p style='break-before: page'>Last words.</p>")
    )  # fmt: skip
    assert len(document.pages) == 3
    assert document.page_at(document.text.index("Last words.")) == 3


def test_lines_of_a_paragraph_become_one_line(print_pdf: Print) -> None:
    document = read(print_pdf(f"<p>{HARBOUR}</p><p>{MILL}</p>"))
    assert blocks(document) == [HARBOUR, MILL]


def test_arabic_paragraphs_come_out_as_they_were_written(print_pdf: Print) -> None:
    document = read(print_pdf(f"<p>{BEES}</p><p>{LOOM}</p>", rtl=True))
    assert blocks(document) == [BEES, LOOM]
    assert document.language == "ar"
    assert document.warnings == ()


def test_vowels_stay_on_their_letters(print_pdf: Print) -> None:
    verse = "سَأَلْتُ البَحْرَ عَنْ لُؤْلُؤَةٍ فَقَالَ: لَا تُوجَدُ إِلَّا فِي الأَعْمَاقِ."
    assert read(print_pdf(f"<p>{verse}</p>", rtl=True)).text == verse


def test_digits_latin_and_signs_keep_their_order_in_arabic_lines(print_pdf: Print) -> None:
    lines = [
        "اشترت مكتبة Blue Heron Books نحو 1,480 كتابًا بخصم 12.5% في عام 2019 من المعرض.",
        "راسلوا قسم الإعارة على loans@example.org قبل الساعة 10:30 من صباح ١٤ أيار ٢٠٢٣.",
        "يقول الحارس: «لا تُفتح البوابة إلا صباحًا» (انظر الملحق) ثم يغلقها.",
        "بلغ الوزن ٣٬٢٠٠ كيلوغرام في سجل الميناء (HARBOUR) بعد التفريغ.",
    ]
    document = read(print_pdf("".join(f"<p>{line}</p>" for line in lines), rtl=True))
    assert blocks(document) == lines


def test_an_arabic_word_in_an_english_line_is_not_reversed(print_pdf: Print) -> None:
    line = "The weavers call the frame نول خشبي and the thread صوف in their songs."
    assert read(print_pdf(f"<p>{line}</p>")).text == line


def test_persian_is_read_letter_by_letter(print_pdf: Print) -> None:
    line = "پرنده‌ای کوچک روی شاخهٔ گیلاس نشسته بود و آواز می‌خواند."
    document = read(print_pdf(f"<p>{line}</p>" * 5, rtl=True))
    assert "پرنده" in document.text and "گیلاس" in document.text
    assert document.warnings == ()


@pytest.mark.parametrize(("first", "second", "rtl"), [(HARBOUR, MILL, False), (BEES, LOOM, True)])
def test_columns_are_read_one_after_the_other(
    print_pdf: Print, first: str, second: str, rtl: bool
) -> None:
    style = "div { column-count: 2; column-gap: 1cm }"
    body = "<div>" + "".join(
        f"<p>{text} {number}.</p>" for number in range(3) for text in (first, second)
    )
    document = read(print_pdf(body, style=style, rtl=rtl))
    text = " ".join(document.text.split())
    places = [text.index(f"{part} {number}.") for number in range(3) for part in (first, second)]
    assert places == sorted(places)


def test_running_heads_stand_once_and_page_numbers_nowhere(print_pdf: Print) -> None:
    body = "".join(
        f"<p style='break-after: page'>{text}</p>" for text in (HARBOUR, MILL, HARBOUR, MILL)
    )
    document = read(
        print_pdf(
            body,
            display_header_footer=True,
            header_template="<p style='font-size: 9px; width: 100%'>Annals of the Quay</p>",
            footer_template=(
                "<p style='font-size: 9px; width: 100%'>leaf <span class=pageNumber></span></p>"
            ),
        )
    )
    assert document.text.count("Annals") == 1
    assert "leaf" not in document.text
    assert document.text.count(HARBOUR) == document.text.count(MILL) == 2


@pytest.mark.parametrize(
    ("chapter", "fact"),
    [
        ("Chapter {}", "Locker {} opens with key {}."),
        ("الفصل {}", "تُفتح الخزانة {} بالمفتاح {}."),
        ("<h2>Chamber {}</h2>", "Its door, number {}, has {} bolts"),
    ],
)
def test_facts_that_differ_in_numbers_only_are_no_running_heads(
    print_pdf: Print, chapter: str, fact: str
) -> None:
    body = "".join(
        f"<section style='break-after: page'><p>{fact.format(n, n * 31)}</p>{chapter.format(n)}"
        f"<p>{HARBOUR}</p></section>"
        for n in range(3, 11)
    )
    document = read(print_pdf(body, rtl="الفصل" in chapter))
    for page, n in enumerate(range(3, 11), start=1):
        at = document.text.index(fact.format(n, n * 31))
        assert document.page_at(at) == page
        if "<h2>" in chapter:
            assert f"Chamber {n}" in document.text


def test_a_line_that_is_all_a_page_says_is_kept(print_pdf: Print) -> None:
    body = "<p style='break-after: page'>Sample print</p>" * 4
    assert read(print_pdf(body)).text.count("Sample print") == 4


def test_words_parted_at_line_ends_are_joined(print_pdf: Print) -> None:
    body = (
        "<p>The lighthouse keeper wrote a remark-<br>able letter about the well-known reef,"
        " and the well-<br>known storm that passed over it in the spring of that year.</p>"
    )
    text = read(print_pdf(body, style="p { width: 50ch; text-align-last: justify }")).text
    assert "a remarkable letter" in text
    assert "the well-known storm" in text


def test_a_paragraph_goes_on_behind_the_end_of_its_page(print_pdf: Print) -> None:
    words = " ".join(f"word{number}" for number in range(900))
    document = read(print_pdf(f"<p>{words}</p>", style="body { text-align: justify }"))
    assert len(document.pages) > 1
    assert document.text == words


def test_headings_are_found_by_their_size(print_pdf: Print) -> None:
    body = (
        f"<h1>دليل الحِرف</h1><p>{BEES}</p><h2>تربية النحل</h2><p>{LOOM}</p>"
        f"<h2>غزل الصوف</h2><p>{BEES}</p>"
    )
    document = read(print_pdf(body, rtl=True))
    found = [(h.level, document.text[h.start : h.end]) for h in document.headings]
    assert found == [(1, "دليل الحِرف"), (2, "تربية النحل"), (2, "غزل الصوف")]


def test_the_outline_names_headings_that_are_not_larger(print_pdf: Print) -> None:
    style = "h2, h3 { font-size: 14px; font-weight: normal }"
    body = f"<h2>Ships</h2><p>{HARBOUR}</p><h3>Grain</h3><p>{MILL}</p>"
    document = read(print_pdf(body, style=style, outline=True, tagged=True))
    found = [document.text[h.start : h.end] for h in document.headings]
    assert found == ["Ships", "Grain"]
    assert document.headings[0].level < document.headings[1].level


@pytest.mark.parametrize("rtl", [False, True])
def test_tables_are_read_row_by_row(print_pdf: Print, rtl: bool) -> None:
    rows = (
        [["القرية", "عدد الآبار", "العمق"], ["عين الوادي", "14", "32.5"], ["النخيل", "9", "41"],
         ["التل الأبيض", "21", "18"]]
        if rtl
        else [["Village", "Wells", "Depth"], ["Ainwadi", "14", "32.5"], ["Palmgrove", "9", "41"],
              ["Whitehill", "21", "18"]]
    )  # fmt: skip
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    document = read(
        print_pdf(f"<p>{BEES if rtl else MILL}</p><table>{cells}</table>",
                  style="td { padding: 4px 30px }", rtl=rtl)
    )  # fmt: skip
    assert blocks(document)[-1] == "\n".join(" | ".join(row) for row in rows)
    (table,) = document.tables
    assert document.text[table.start : table.header_end] == " | ".join(rows[0])


def scanned_page(words: str) -> str:
    """The body of a page that only shows a picture of `words`."""
    picture = Image.new("L", (1240, 500), "white")
    ImageDraw.Draw(picture).text((80, 120), words, fill="black", font_size=48)
    file = io.BytesIO()
    picture.save(file, "PNG")
    encoded = base64.b64encode(file.getvalue()).decode()
    return f"<img width=600 src='data:image/png;base64,{encoded}'>"


def test_a_page_that_is_a_picture_is_read_with_tesseract(print_pdf: Print) -> None:
    if not ocr.available():
        pytest.skip("Tesseract with Arabic and English is not installed")
    body = f"<p style='break-after: page'>{MILL}</p>{scanned_page('The lantern needs whale oil')}"
    document = read(print_pdf(body))
    at = document.text.index("lantern needs whale oil")
    assert document.page_at(at) == 2
    assert MILL in document.text


def test_without_tesseract_pictures_are_warned_about(
    print_pdf: Print, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    picture = scanned_page("The lantern needs whale oil")
    document = read(print_pdf(f"<p style='break-after: page'>{MILL}</p>{picture}"))
    assert document.warnings == (ReadWarning("ocr_missing", (2,)),)
    with pytest.raises(OcrMissing):
        read(print_pdf(picture))


_ARABIC_NAME = re.compile(rb"(?<=> <)06[2-4][0-9A-F](?=>)")


def _renamed(names: bytes, letters: list[bytes], shift: int) -> bytes:
    other = dict(zip(letters, letters[shift:] + letters[:shift], strict=True))
    return zlib.compress(_ARABIC_NAME.sub(lambda name: other[name[0]], names), 9)


def with_wrong_letters(path: Path) -> Path:
    """The PDF, its fonts naming each Arabic letter as another one; pages look as before."""
    content = path.read_bytes()
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            names = zlib.decompress(found[1])
        except zlib.error:
            continue
        letters = sorted(set(_ARABIC_NAME.findall(names)))
        if letters:
            # It has to fit into the place of the other, so that all else stays where it is.
            packed = next(
                packed
                for shift in range(4, len(letters))
                if len(packed := _renamed(names, letters, shift)) <= len(found[1])
            )
            content = content.replace(found[1], packed.ljust(len(found[1]), b"\n"))
    assert content != path.read_bytes()
    path = path.with_name(f"wrong-{path.name}")
    path.write_bytes(content)
    return path


def test_letters_that_the_file_names_wrongly_are_warned_about_on_every_page(
    print_pdf: Print, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    texts = [LOOM, BEES, f"{LOOM} {BEES}"]
    printed = print_pdf(
        "".join(f"<p style='break-after: page'>{text}</p>" for text in texts), rtl=True
    )
    assert read(printed).warnings == ()
    assert read(with_wrong_letters(printed)).warnings == (ReadWarning("letters", (1, 2, 3)),)


def test_letters_that_the_file_names_wrongly_are_read_with_tesseract(print_pdf: Print) -> None:
    if not ocr.available():
        pytest.skip("Tesseract with Arabic and English is not installed")
    style = "body { font-size: 22px; line-height: 1.8 }"
    printed = print_pdf(f"<p>{LOOM}</p><p>{BEES}</p>", rtl=True, style=style)
    document = read(with_wrong_letters(printed))
    assert document.warnings == ()
    # The wrong letters share next to no word with the page; one misread letter of Tesseract's
    # costs a whole word, and how many it misreads hangs on the machine's fonts.
    words = set(re.findall(r"\w+", f"{LOOM} {BEES}"))
    assert len(words & set(re.findall(r"\w+", document.text))) > 0.6 * len(words)


def test_a_page_that_is_printed_in_reverse_is_warned_about(print_pdf: Print) -> None:
    style = "p { unicode-bidi: bidi-override; direction: ltr }"
    document = read(print_pdf(f"<p>{LOOM}</p><p>{BEES}</p>", style=style))
    assert document.warnings
    assert document.warnings[0].pages == (1,)


def test_an_empty_document_is_refused(tmp_path: Path) -> None:
    pdf = pdfium.PdfDocument.new()
    pdf.new_page(300, 300)
    path = tmp_path / "blank.pdf"
    pdf.save(path)
    with pytest.raises(FileEmpty):
        read(path)


def test_a_file_that_is_cut_off_is_refused(print_pdf: Print, tmp_path: Path) -> None:
    content = print_pdf(f"<p>{HARBOUR}</p>").read_bytes()
    path = tmp_path / "cut.pdf"
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(FileDamaged):
        read(path)


def test_another_kind_of_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "photo.pdf"
    Image.new("RGB", (20, 20)).save(path, "PNG")
    with pytest.raises(FileDisguised, match="PNG"):
        read(path)


def test_a_file_with_a_password_is_refused(tmp_path: Path) -> None:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        b"<</Filter/Standard/V 1/R 2/P -44/O<" + b"4f" * 32 + b">/U<" + b"55" * 32 + b">>>",
    ]
    content = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(content)
    content += b"xref\n0 5\n0000000000 65535 f \n"
    content += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    content += b"trailer\n<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n"
    content += b"startxref\n%d\n%%%%EOF\n" % table
    path = tmp_path / "locked.pdf"
    path.write_bytes(content)
    with pytest.raises(FileLocked):
        read(path)
