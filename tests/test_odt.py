"""OpenDocument texts: what a person sees on the page comes out, once and in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import FileDisguised, FileLocked, FileUnsafe
from index.types import Document
from tests.reading_files import headings, read_file
from tests.zipped import column_names, zipped

NAMES = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{NAMES}:{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style",
        "manifest": "manifest",
    }.items()
)  # fmt: skip
NAMESPACES += (
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
MIMETYPE = "application/vnd.oasis.opendocument.text"


def read(folder: Path, body: str, styles: str = "", **parts: str) -> Document:
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    return read_file(
        folder, "a.odt", zipped({"mimetype": MIMETYPE, "content.xml": content} | parts)
    )


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def test_headings_and_the_title_are_known(tmp_path: Path) -> None:
    styles = (
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    )
    document = read(
        tmp_path,
        p("دليل", "P1")
        + '<text:h text:outline-level="1">الباب</text:h>'
        + '<text:h text:outline-level="3">Part</text:h>'
        + p("متن"),
        styles,
    )
    assert headings(document) == [(1, "دليل"), (1, "الباب"), (3, "Part")]
    assert document.text == "دليل\n\nالباب\n\nPart\n\nمتن"


def test_white_space_is_that_of_the_page(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        p(
            "\n  two <text:span> words</text:span>\n  here<text:s text:c='3'/>x<text:tab/>y"
            "<text:line-break/>z<text:soft-page-break/> <text:a>link</text:a>"
        ),
    )
    assert document.text == "two words here   x\ty\nz link"


def test_lists_have_the_marks_that_are_seen(tmp_path: Path) -> None:
    styles = (
        '<text:list-style style:name="L">'
        '<text:list-level-style-number text:level="1" style:num-suffix=")" style:num-format="1"/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" '
        'text:display-levels="2"/>'
        '</text:list-style><text:list-style style:name="B">'
        '<text:list-level-style-bullet text:level="1"/></text:list-style>'
    )

    def item(*content: str) -> str:
        return f"<text:list-item>{''.join(content)}</text:list-item>"

    inner = f"<text:list>{item(p('in'))}{item(p('side'))}</text:list>"
    document = read(
        tmp_path,
        f'<text:list text:style-name="L">{item(p("one"), inner)}'
        f"{item(p('two'), p('more'))}</text:list>"
        + p("between")
        + f'<text:list text:style-name="L" text:continue-numbering="true">{item(p("three"))}'
        f'</text:list><text:list text:style-name="B">{item(p("نقطة"))}</text:list>',
        styles,
    )
    assert document.text == (
        "1) one\n  1.a in\n  1.b side\n2) two\n  more\n\nbetween\n\n3) three\n- نقطة"
    )


def test_deleted_and_hidden_text_is_left_out(tmp_path: Path) -> None:
    styles = (
        '<style:style style:name="T1" style:family="text">'
        '<style:text-properties text:display="none"/></style:style>'
    )
    document = read(
        tmp_path,
        f"<text:tracked-changes><text:changed-region><text:deletion>{p('deleted')}</text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        + p("kept<text:change/> <text:span text:style-name='T1'>hidden</text:span>words")
        + f'<text:section text:display="none">{p("unseen")}</text:section>'
        + f"<text:section>{p('seen')}</text:section>"
        + p("<text:hidden-paragraph text:is-hidden='true'/>not this"),
        styles,
    )
    assert document.text == "kept words\n\nseen"


def test_comments_follow_their_paragraph(tmp_path: Path) -> None:
    comment = (
        "<office:annotation><dc:creator>Salma</dc:creator><dc:date>2024-01-01</dc:date>"
        f"{p('check this')}</office:annotation>"
    )
    document = read(tmp_path, p(f"The fee{comment} is 5.") + p("End"))
    assert document.text == "The fee is 5.\n\n[Comment] Salma: check this\n\nEnd"
    assert read(tmp_path, p(comment)).text == "[Comment] Salma: check this"


def page_style(content: str) -> str:
    return (
        f"<office:document-styles {NAMESPACES}><office:master-styles>"
        f'<style:master-page style:name="Standard">{content}</style:master-page>'
        "</office:master-styles></office:document-styles>"
    )


def test_page_headers_and_footers_are_read_once_and_marked(tmp_path: Path) -> None:
    number = "صفحة <text:page-number>1</text:page-number> من <text:page-count>9</text:page-count>"
    styles = page_style(
        f"<style:header>{p('عقد رقم ٤٤')}</style:header>"
        f"<style:header-left>{p('عقد رقم ٤٤')}</style:header-left>"
        f'<style:header-first style:display="false">{p("off")}</style:header-first>'
        f"<style:footer>{p('سري<text:tab/>' + number)}</style:footer>"
        f"<style:footer-left>{p(number)}</style:footer-left>"
    )
    document = read(tmp_path, p("متن"), **{"styles.xml": styles})
    assert document.text == "[رأس الصفحة] عقد رقم ٤٤\n\nمتن\n\n[تذييل الصفحة] سري"


def test_file_of_a_header_alone_is_read(tmp_path: Path) -> None:
    styles = page_style(f"<style:header>{p('Contract 12')}</style:header>")
    assert read(tmp_path, p(""), **{"styles.xml": styles}).text == "[Page header] Contract 12"


def test_notes_and_boxes_follow_their_paragraph(tmp_path: Path) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        f"{p('حاشية')}</text:note-body></text:note>"
    )
    box = f"<draw:frame><draw:text-box>{p('boxed')}</draw:text-box></draw:frame>"
    group = f"<draw:g><draw:custom-shape>{p('shaped')}</draw:custom-shape></draw:g>"
    document = read(tmp_path, p(f"one{note} line{box}") + group + p("last"))
    assert document.text == "one line\n\nحاشية\n\nboxed\n\nshaped\n\nlast"


def test_tables_have_their_head_first_and_covered_cells_empty(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}>{p(text)}</table:table-cell>"

    empty = '<table:covered-table-cell/><table:table-cell table:number-columns-repeated="16000"/>'
    document = read(
        tmp_path,
        "<table:table><table:table-header-rows>"
        + row(cell("1999"), cell("2000"), cell("2001"))
        + "</table:table-header-rows><table:table-rows>"
        + row(cell("wide", 'table:number-columns-spanned="2"'), empty)
        + row(cell("a"), '<table:table-cell table:number-columns-repeated="1"/>', cell("c"))
        + '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/>'
        + "</table:table-row>"
        + "</table:table-rows></table:table>",
    )
    assert document.text == "1999 | 2000 | 2001\nwide\na |  | c"
    assert column_names(document) == ["1999 | 2000 | 2001"]


def test_contents_are_read_but_not_their_pattern(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<text:table-of-content><text:table-of-content-source><text:index-title-template>pattern"
        f"</text:index-title-template></text:table-of-content-source><text:index-body>{p('Part 1')}"
        "</text:index-body></text:table-of-content>",
    )
    assert document.text == "Part 1"


def test_formulas_in_parts_of_their_own_are_read(tmp_path: Path) -> None:
    formula = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>y</mi><mo>=</mo>'
        "<mn>2</mn></mrow><annotation>y = 2</annotation></semantics></math>"
    )
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    document = read(tmp_path, p(f"where {frame}."), **{"Object 1/content.xml": formula})
    assert document.text == "where y=2."


def test_an_encrypted_text_is_locked(tmp_path: Path) -> None:
    manifest = (
        '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" '
        '"Manifest.dtd">'
        f"<manifest:manifest {NAMESPACES}><manifest:file-entry><manifest:encryption-data/>"
        "</manifest:file-entry></manifest:manifest>"
    )
    with pytest.raises(FileLocked):
        read(tmp_path, p("x"), **{"META-INF/manifest.xml": manifest})


def test_a_spreadsheet_under_the_name_of_a_text_is_told_apart(tmp_path: Path) -> None:
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {NAMESPACES}/>",
    }
    with pytest.raises(FileDisguised, match="OpenDocument spreadsheet"):
        read_file(tmp_path, "a.odt", zipped(parts))


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnsafe, match="nested without end"):
        read(tmp_path, "<text:section>" * 50_000 + p("x") + "</text:section>" * 50_000)
