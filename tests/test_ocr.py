"""Pictures of pages: what is read from them, what is only warned of, what is refused."""

from __future__ import annotations

import io
import re
import shutil
import struct
import zlib
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont, features

from index.errors import FileDamaged, FileDisguised, FileEmpty, FileUnsafe, OcrMissing
from index.readers import read_document
from index.readers.ocr import DOUBTFUL, available, recognise
from index.readers.source import Source
from tests.conftest import SHARED

ENGLISH = (
    "The ferry leaves the island every morning at seven. It carries milk, letters and a few "
    "passengers, and returns before the tide turns in the afternoon. On stormy days the captain "
    "waits in the harbour and plays chess with the keeper of the light."
)
ARABIC = (
    "تغادر العبارة الجزيرة كل صباح، وتحمل الحليب والرسائل وعددا قليلا من الركاب. "
    "وفي الأيام العاصفة ينتظر القبطان في الميناء، ويلعب الشطرنج مع حارس المنارة. "
    "ثم تعود السفينة إلى المدينة قبل غروب الشمس."
)
FONTS = Path("/usr/share/fonts/truetype")
LATIN_FONTS = ("noto/NotoSerif-Regular.ttf", "liberation/LiberationSerif-Regular.ttf",
               "dejavu/DejaVuSerif.ttf")  # fmt: skip
ARABIC_FONTS = ("noto/NotoNaskhArabic-Regular.ttf", "noto/NotoSansArabic-Regular.ttf",
                "dejavu/DejaVuSans.ttf")  # fmt: skip

needs_tesseract = pytest.mark.skipif(
    not available(), reason="Tesseract with Arabic and English is not installed"
)


def font(names: tuple[str, ...], size: int) -> ImageFont.FreeTypeFont:
    for name in names:
        if (FONTS / name).is_file():
            return ImageFont.truetype(str(FONTS / name), size)
    pytest.skip(f"none of the fonts is installed: {', '.join(names)}")


def english_page(text: str = ENGLISH, columns: int = 1) -> Image.Image:
    page = Image.new("L", (1654, 1200), 255)
    write(page, text, font(LATIN_FONTS, 34), 140, 1514 if columns == 1 else 780)
    return page


def arabic_page(text: str = ARABIC) -> Image.Image:
    if not features.check("raqm"):
        pytest.skip("Pillow cannot shape Arabic letters here")
    page = Image.new("L", (1654, 1200), 255)
    write(page, text, font(ARABIC_FONTS, 42), 140, 1514, direction="rtl")
    return page


def write(
    page: Image.Image,
    text: str,
    face: ImageFont.FreeTypeFont,
    left: int,
    right: int,
    *,
    direction: str = "ltr",
    top: int = 160,
) -> None:
    """Lines as long as fit, aligned where they begin."""
    draw = ImageDraw.Draw(page)
    line = ""
    for word in [*text.split(), ""]:
        longer = f"{line} {word}".strip()
        if word and draw.textlength(longer, font=face, direction=direction) <= right - left:
            line = longer
            continue
        x, anchor = (right, "ra") if direction == "rtl" else (left, "la")
        draw.text((x, top), line, font=face, fill=15, direction=direction, anchor=anchor)
        top += round(face.size * 1.7)
        line = word


def saved(folder: Path, image: Image.Image, name: str = "page.png", **options: object) -> Path:
    path = folder / name
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def recall(truth: str, text: str) -> float:
    """The share of the words that was read."""
    wanted, found = (Counter(re.findall(r"\w+", part)) for part in (truth, text))
    return (wanted & found).total() / wanted.total()


@needs_tesseract
def test_english_page_is_read_as_one_paragraph(tmp_path: Path) -> None:
    document = read_document(saved(tmp_path, english_page()), "page")
    assert recall(ENGLISH, document.text) > 0.95
    assert "\n" not in document.text
    assert (document.language, document.pages, document.warnings) == ("en", (), ())


@needs_tesseract
def test_arabic_page_is_read_from_right_to_left(tmp_path: Path) -> None:
    document = read_document(saved(tmp_path, arabic_page()), "page")
    assert recall(ARABIC, document.text) > 0.88
    assert document.language == "ar"
    assert "،" in document.text
    assert not re.search("[,\u200e\u200f\ufb50-\ufdff\ufe70-\ufeff]", document.text)


@needs_tesseract
def test_short_arabic_words_are_not_taken_for_english() -> None:
    text = "أول من شرب الماء ليلا لأن كل بلد لديه أهل، ثم قال لي أخي: بلى، هذا أمر لا يهم."
    found = recognise(arabic_page(text), Source(b"", Path("page.png"), "page"))
    assert len(re.findall("[A-Za-z]+", found.text)) <= 1
    assert recall(text, found.text) > 0.9


@needs_tesseract
@pytest.mark.parametrize("degrees", [-4.0, 1.5, 3.0, 90.0])
def test_crooked_scans_are_set_straight(degrees: float) -> None:
    crooked = english_page().rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=250)
    found = recognise(crooked, Source(b"", Path("page.png"), "page"))
    assert recall(ENGLISH, found.text) > 0.95
    assert found.confidence > DOUBTFUL


@needs_tesseract
def test_shadow_on_the_paper_does_not_hide_the_text() -> None:
    page = english_page()
    shadow = Image.linear_gradient("L").rotate(90).resize(page.size).point(lambda v: 60 + v // 2)
    dim = Image.composite(shadow, Image.new("L", page.size, 10), page)
    assert recall(ENGLISH, recognise(dim, Source(b"", Path("p.png"), "p")).text) > 0.95


@needs_tesseract
def test_small_pictures_are_enlarged() -> None:
    small = english_page().resize((560, 406), Image.Resampling.LANCZOS)
    assert recall(ENGLISH, recognise(small, Source(b"", Path("p.png"), "p")).text) > 0.9


@needs_tesseract
def test_columns_are_read_one_after_the_other() -> None:
    page = Image.new("L", (1654, 1200), 255)
    second = (
        "Behind the dunes stands a windmill whose owner bakes bread on Fridays. People queue in "
        "front of it from dawn, and by noon the shelves are empty. What is left over goes to the "
        "goats, which are said to give the sweetest cheese of the whole coast."
    )
    for text, left in ((ENGLISH, 120), (second, 900)):
        write(page, text, font(LATIN_FONTS, 32), left, left + 620)
    text = recognise(page, Source(b"", Path("page.png"), "page")).text
    order = [text.index(word) for word in ("ferry", "keeper", "windmill", "cheese")]
    assert order == sorted(order)


@needs_tesseract
def test_headings_and_paragraphs_are_parted() -> None:
    page = Image.new("L", (1654, 1200), 255)
    face = font(LATIN_FONTS, 34)
    write(page, "The island ferry", face, 140, 1514, top=100)
    write(page, ENGLISH, face, 140, 1514, top=200)
    write(page, "Tickets are sold on board.", face, 140, 1514, top=600)
    text = recognise(page, Source(b"", Path("page.png"), "page")).text
    assert [part.split()[0] for part in text.split("\n\n")] == ["The", "The", "Tickets"]


@needs_tesseract
def test_each_frame_is_a_page(tmp_path: Path) -> None:
    second = english_page("A second sheet tells of the winter and of the ice in the harbour.")
    path = saved(tmp_path, english_page(), "fax.tiff", save_all=True, append_images=[second])
    document = read_document(path, "fax")
    assert [page.number for page in document.pages] == [1, 2]
    assert document.page_at(document.text.index("winter")) == 2
    assert document.page_at(document.text.index("ferry")) == 1


@needs_tesseract
@pytest.mark.parametrize("name", ["page.jpg", "page.bmp", "page.webp", "page.tif"])
def test_every_kind_of_picture_is_read(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, english_page().convert("RGB"), name)
    assert recall(ENGLISH, read_document(path, "page").text) > 0.95


@needs_tesseract
@pytest.mark.parametrize("mode", ["1", "P", "I;16", "CMYK", "LA"])
def test_every_kind_of_colour_is_read(tmp_path: Path, mode: str) -> None:
    page = english_page()
    if mode == "I;16":
        page = page.convert("I").point(lambda value: value * 257).convert("I;16")
    elif mode == "LA":
        ink = page.point(lambda value: 255 - value)
        page = Image.merge("LA", (Image.new("L", page.size, 0), ink))
    else:
        page = page.convert(mode)
    path = saved(tmp_path, page, "page.tif" if mode == "CMYK" else "page.png")
    assert recall(ENGLISH, read_document(path, "page").text) > 0.95


@needs_tesseract
def test_cameras_note_on_how_it_was_held_is_heeded(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = english_page().transpose(Image.Transpose.ROTATE_90)
    path = saved(tmp_path, sideways, "photo.jpg", exif=exif)
    assert recall(ENGLISH, read_document(path, "photo").text) > 0.95


@needs_tesseract
def test_page_that_is_hard_to_read_is_warned_of(tmp_path: Path) -> None:
    face = font(LATIN_FONTS, 20)
    page = Image.new("L", (1654, 600), 255)
    write(page, ENGLISH, face, 140, 1514)
    path = saved(tmp_path, page.filter(ImageFilter.GaussianBlur(3.6)))
    try:
        warnings = read_document(path, "page").warnings
    except FileEmpty:
        return  # nothing was made of it at all, and that is said too
    assert [(warning.kind, warning.pages) for warning in warnings] == [("ocr_doubtful", ())]


@needs_tesseract
def test_eastern_digits_are_warned_of() -> None:
    text = "ولد الشاعر سنة ١٨٧٤ في القرية ومات سنة ١٩٣٢ في المدينة بعد ٥٨ عاما من الترحال."
    found = recognise(arabic_page(text), Source(b"", Path("page.png"), "page"))
    assert found.warnings == ("ocr_numbers",)
    western = text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))
    found = recognise(arabic_page(western), Source(b"", Path("page.png"), "page"))
    assert found.warnings == ()
    assert re.findall(r"\d+", found.text) == ["1874", "1932", "58"]


@needs_tesseract
def test_picture_without_text_is_empty(tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        read_document(saved(tmp_path, Image.new("RGB", (900, 700), "white")), "page")


@needs_tesseract
def test_every_reading_is_told_beforehand() -> None:
    told: list[str] = []
    recognise(english_page(), Source(b"", Path("page.png"), "page", told.append))
    assert told == ["ocr"]
    recognise(arabic_page(), Source(b"", Path("page.png"), "page", told.append))
    assert told == ["ocr"] * 3


def test_without_tesseract_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, Image.new("L", (300, 200), 255))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not available()
    with pytest.raises(OcrMissing):
        read_document(path, "page")
    with pytest.raises(OcrMissing):
        recognise(Image.new("L", (300, 200), 255), Source(b"", path, "page"))


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell to stand in for Tesseract")
def test_tesseract_without_arabic_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho eng\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not available()


def test_text_under_a_pictures_name_is_disguised(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_text("not a picture at all", encoding="utf-8")
    with pytest.raises(FileDisguised):
        read_document(path, "page")


@needs_tesseract
def test_picture_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    whole = io.BytesIO()
    english_page().save(whole, "PNG")
    path = tmp_path / "page.png"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    with pytest.raises(FileDamaged):
        read_document(path, "page")


@needs_tesseract
@pytest.mark.parametrize("side", [12_000, 60_000])
def test_picture_that_unpacks_to_too_much_is_not_opened(tmp_path: Path, side: int) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    with pytest.raises(FileUnsafe):
        read_document(path, "bomb")


@needs_tesseract
@pytest.mark.parametrize(("language", "least"), [("ar", 0.88), ("en", 0.98)])
def test_scanned_page_of_another_program(language: str, least: float) -> None:
    scan = SHARED / "documents" / "formats" / f"{language}_scan.png"
    if not scan.is_file():
        pytest.skip("the shared documents are not beside this checkout")
    truth = (scan.parent / f"truth_{language}.txt").read_text(encoding="utf-8")
    words = re.findall(r"\w+", read_document(scan, "scan").text)
    known = Counter(re.findall(r"\w+", truth))
    # The scan shows the first of two pages, so what counts is how much of it is true.
    assert (Counter(words) & known).total() / len(words) > least - 0.05
