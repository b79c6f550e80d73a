"""EPUB books: what comes out of them, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from index.errors import FileDamaged, FileDisguised, FileLocked, FileUnsafe
from index.readers import read_document
from index.types import Document
from tests.conftest import SHARED
from tests.reading_files import headings

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)
XHTML = (
    '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
    "<head><title/></head><body>{}</body></html>"
)


def book(
    folder: Path,
    chapters: Mapping[str, str | None],
    extra: Mapping[str, str] | None = None,
    *,
    manifest: str = "",
    spine: str | None = None,
    guide: str = "",
) -> Document:
    """A book of chapters by file name (None: listed, but not there)."""
    items = "".join(
        f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    order = spine or "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
        f"{items}{manifest}</manifest><spine>{order}</spine><guide>{guide}</guide></package>"
    )
    path = folder / "a.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", package)
        for name, body in chapters.items():
            if body is not None:
                archive.writestr(f"OPS/{name.replace('%20', ' ')}", XHTML.format(body))
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return read_document(path, "a.epub")


def test_epub_chapters_come_in_reading_order(tmp_path: Path) -> None:
    document = book(
        tmp_path,
        {
            "notes.xhtml": "<p>ملاحظة</p>",
            "two%20b.xhtml": "<h1>الفصل الثاني</h1><p>نص<a id='x'/> آخر</p><aside>A box</aside>",
            "text/one.xhtml": "<h1>الفصل الأول</h1><p>بداية &amp; more</p>",
        },
        spine='<itemref idref="c0" linear="no"/><itemref idref="c2"/><itemref idref="c1"/>',
    )
    assert document.text == (
        "الفصل الأول\n\nبداية & more\n\nالفصل الثاني\n\nنص آخر\n\nA box\n\nملاحظة"
    )
    assert headings(document) == [(1, "الفصل الأول"), (1, "الفصل الثاني")]
    assert document.pages == () and document.warnings == ()


def test_epub_contents_are_left_out_and_name_the_chapters(tmp_path: Path) -> None:
    contents = XHTML.format(
        '<nav xmlns:e="http://www.idpf.org/2007/ops" e:type="toc"><ol>'
        '<li><a href="one.xhtml#start">Arrival</a></li><li><a href="two.xhtml">Return</a></li>'
        "</ol></nav>"
    )
    document = book(
        tmp_path,
        {"one.xhtml": "<p>Rain fell.</p>", "two.xhtml": "<p>Return</p><p>It was dry.</p>"},
        {"OPS/nav.xhtml": contents},
        manifest='<item id="nav" href="nav.xhtml" properties="nav" media-type="x"/>',
        spine='<itemref idref="nav"/><itemref idref="c0"/><itemref idref="c1"/>',
    )
    assert document.text == "Arrival\n\nRain fell.\n\nReturn\n\nIt was dry."
    assert headings(document) == [(1, "Arrival"), (1, "Return")]


TOC = '<reference type="toc" title="Contents" href="{}"/>'
NAV = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'


def nav(body: str, kind: str = "toc") -> str:
    """A navigation element of EPUB 3 around a list."""
    return f'<nav xmlns:epub="http://www.idpf.org/2007/ops" epub:type="{kind}">{body}</nav>'


def test_epub_chapter_that_the_contents_stand_in_is_kept(tmp_path: Path) -> None:
    chapters = {
        "one.xhtml": '<h1>المنارة</h1><h2 id="toc">المحتويات</h2><p><a href="#c1">الفصل الأول</a>'
        '</p><p><a href="two.xhtml">Return</a> .... 12</p><h2 id="c1">الفصل الأول</h2>'
        "<p>وُلد الحارس عام 1871.</p>",
        "two.xhtml": "<h2>Return</h2><p>He left in 1904.</p>",
    }
    for href in ("one.xhtml#toc", "one.xhtml"):
        document = book(tmp_path, chapters, guide=TOC.format(href))
        assert document.text == (
            "المنارة\n\nالمحتويات\n\nالفصل الأول\n\nوُلد الحارس عام 1871.\n\n"
            "Return\n\nHe left in 1904."
        )


def test_epub_contents_keep_what_no_chapter_says(tmp_path: Path) -> None:
    body = (
        "<h1>Contents</h1><p>Printed in Tripoli in 1931.</p><ol>"
        '<li><a href="one.xhtml">Arrival</a></li><li><a href="one.xhtml#b">The flood of 1904</a>'
        '<ol><li><a href="gone.xhtml">The lost pages</a></li></ol></li>'
        '<li>See also <a href="one.xhtml">Arrival</a>, told twice</li></ol>'
        '<table><tr><td>I.</td><td><a href="one.xhtml">Arrival</a></td><td>5</td></tr>'
        '<tr><td>II.</td><td>Departure</td><td><a href="one.xhtml">9</a></td></tr></table>'
    )
    one = "<h1>I. Arrival</h1><p>Rain fell.</p>"
    document = book(tmp_path, {"toc.xhtml": body, "one.xhtml": one}, guide=TOC.format("toc.xhtml"))
    assert document.text == (
        "Contents\n\nPrinted in Tripoli in 1931.\n\n2. The flood of 1904\n  1. The lost pages\n"
        "3. See also Arrival, told twice\n\nII. | Departure | 9\n\nI. Arrival\n\nRain fell."
    )


def test_epub_page_of_navigation_keeps_its_text(tmp_path: Path) -> None:
    lists = (
        nav('<h1>Contents</h1><ol><li><a href="one.xhtml">Arrival</a></li></ol>')
        + nav('<h2>Guide</h2><ol><li><a href="one.xhtml">Start</a></li></ol>', "landmarks")
        + nav('<ol><li><a href="one.xhtml#p5">5</a></li></ol>', "page-list")
    )
    one = {"one.xhtml": "<p>Rain fell.</p>"}
    inside = '<itemref idref="nav"/><itemref idref="c0"/>'
    for spine in (inside, None):
        told = {"OPS/nav.xhtml": XHTML.format(f"{lists}<p>Dedicated to the keeper.</p>")}
        document = book(tmp_path, one, told, manifest=NAV, spine=spine)
        assert sorted(document.text.split("\n\n")) == [
            "Arrival", "Dedicated to the keeper.", "Rain fell.",
        ]  # fmt: skip
        bare = book(
            tmp_path, one, {"OPS/nav.xhtml": XHTML.format(lists)}, manifest=NAV, spine=spine
        )
        assert bare.text == "Arrival\n\nRain fell."


def test_epub_landmark_that_points_into_a_chapter_neither_drops_nor_names_it(
    tmp_path: Path,
) -> None:
    lists = nav(
        '<ol><li><a epub:type="toc" href="one.xhtml#toc">Contents</a></li></ol>', "landmarks"
    )
    document = book(
        tmp_path, {"one.xhtml": "<p>Rain fell.</p>"}, {"OPS/nav.xhtml": XHTML.format(lists)},
        manifest=NAV,
    )  # fmt: skip
    assert document.text == "Rain fell." and document.headings == ()


def test_epub_pages_beside_the_reading_order_come_last(tmp_path: Path) -> None:
    document = book(
        tmp_path,
        {"cover.xhtml": "<h1>Cover</h1>", "one.xhtml": "<h1>One</h1>", "note.xhtml": "<p>Note</p>"},
        spine='<itemref idref="c0" linear="no"/><itemref idref="c1"/>',
    )
    assert document.text == "One\n\nCover\n\nNote"


def test_epub_of_the_report_keeps_its_first_chapter() -> None:
    path = SHARED / "cases" / "reading" / "guide-toc-in-chapter.epub"
    if not path.exists():
        pytest.skip("the example cases are not beside this checkout")
    assert "The keeper was born in 1871 in Tripoli." in read_document(path, "a.epub").text


def test_epub_names_of_chapters_come_from_older_contents_too(tmp_path: Path) -> None:
    contents = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel>'
        '<text>Arrival</text></navLabel><content src="one.xhtml"/></navPoint></navMap></ncx>'
    )
    document = book(
        tmp_path,
        {"one.xhtml": "<p>Rain fell.</p>"},
        {"OPS/toc.ncx": contents},
        manifest='<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
    )
    assert headings(document) == [(1, "Arrival")]


def test_epub_chapter_that_is_missing_is_told(tmp_path: Path) -> None:
    document = book(tmp_path, {"one.xhtml": "<p>Here.</p>", "two.xhtml": None})
    assert document.text == "Here."
    assert [warning.kind for warning in document.warnings] == ["partial"]
    with pytest.raises(FileDamaged):
        book(tmp_path, {"one.xhtml": None})


def test_epub_never_looks_outside_its_archive(tmp_path: Path) -> None:
    (tmp_path / "outside.xhtml").write_text("secret")
    document = book(tmp_path, {"in.xhtml": "<p>in</p>", "../../outside.xhtml": None})
    assert document.text == "in"


ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData>'
    '<EncryptionMethod Algorithm="{}"/><CipherData><CipherReference URI="OPS/{}"/></CipherData>'
    "</EncryptedData></encryption>"
)


def test_epub_that_is_locked_is_told_from_one_with_hidden_fonts(tmp_path: Path) -> None:
    name = "META-INF/encryption.xml"
    locked = ENCRYPTION.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "one.xhtml")
    fonts = ENCRYPTION.format("http://www.idpf.org/2008/embedding", "font.otf")
    assert book(tmp_path, {"one.xhtml": "<p>Here.</p>"}, {name: fonts}).text == "Here."
    with pytest.raises(FileLocked):
        book(tmp_path, {"one.xhtml": "<p>Here.</p>"}, {name: locked})


def test_epub_with_entities_of_its_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnsafe):
        book(tmp_path, {"one.xhtml": '<!DOCTYPE html [<!ENTITY a "b">]><p>&a;</p>'})


def test_archive_that_is_no_book_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as archive:
        archive.writestr("readme.txt", "words")
    with pytest.raises(FileDisguised, match="ZIP"):
        read_document(tmp_path / "a.epub", "a")
