"""Word documents: what a person sees on the page comes out, once and in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import FileUnsafe
from index.readers.asides import without_page_numbers
from index.types import Document
from tests.reading_files import headings, read_file
from tests.zipped import RELATIONS, column_names, page_texts, relations, zipped

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{RELATIONS}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="mine"><w:name w:val="عنوان مكتبي"/>
  <w:basedOn w:val="2"/></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="deep"><w:name w:val="Clause"/>
  <w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="toc"><w:name w:val="TOC Heading"/><w:basedOn w:val="1"/>
  <w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:type="character" w:styleId="unseen"><w:name w:val="Unseen"/>
  <w:rPr><w:vanish/></w:rPr></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering xmlns:w="{W}">
<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
    <w:lvlText w:val="المادة %1:"/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2">
  <w:lvl w:ilvl="0"><w:numFmt w:val="arabicAbjad"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>
<w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="6"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="7"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="0"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


_KINDS = {f"{kind[0]}{number}": kind for kind in ("header", "footer") for number in (1, 2, 3)}


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def styled(text: str, style: str) -> str:
    return paragraph(run(text), f'<w:pStyle w:val="{style}"/>')


def item(text: str, number: int, depth: int = 0) -> str:
    return paragraph(
        run(text), f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def cell(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(content)}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def read(folder: Path, *blocks: str, **parts: str) -> Document:
    """The document of a body; further parts by the kind of their relation."""
    body = f"<w:body>{''.join(blocks)}</w:body>"
    package = {
        "word/document.xml": f"<w:document {NAMESPACES}>{body}</w:document>",
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
        "word/_rels/document.xml.rels": relations(
            s="styles styles.xml",
            n="numbering numbering.xml",
            **{name: f"{_KINDS.get(name, name)} {name}.xml" for name in parts},
        ),
    }
    package |= {f"word/{kind}.xml": part for kind, part in parts.items()}
    return read_file(folder, "a.docx", zipped(package))


def test_runs_of_a_paragraph_are_one_line_with_tabs_and_breaks(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        paragraph(
            run("دخل ") + run("الر") + run("جل") + "<w:r><w:tab/><w:t>Jo\u00adhn</w:t><w:br/></w:r>"
            "<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>known</w:t><w:softHyphen/></w:r>"
        ),
        paragraph('<w:r><w:sym w:font="Symbol" w:char="F061"/><w:t> = 1</w:t></w:r>'),
    )
    assert document.text == "دخل الرجل\tJohn\nwell-known\n\nα = 1"


def test_headings_are_known_by_their_styles_in_any_language(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        styled("الكتاب", "t"),
        styled("الباب", "1"),
        styled("الفصل", "mine"),
        styled("البند", "deep"),
        styled("Contents", "toc"),
        paragraph(run("الملحق"), '<w:outlineLvl w:val="0"/>'),
        styled("متن", "a"),
    )
    assert headings(document) == [
        (1, "الكتاب"), (1, "الباب"), (2, "الفصل"), (3, "البند"), (1, "الملحق"),
    ]  # fmt: skip


def test_headings_are_known_without_a_part_for_styles(tmp_path: Path) -> None:
    body = styled("Chapter", "Heading2") + paragraph(run("Text."))
    content = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    document = read_file(tmp_path, "a.docx", zipped({"word/document.xml": content}))
    assert headings(document) == [(2, "Chapter")]
    assert document.text == "Chapter\n\nText."


def test_lists_have_the_marks_that_are_seen(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        item("التعريفات", 5),
        item("first", 5, 1),
        item("second", 5, 1),
        item("النطاق", 5),
        item("third", 5, 1),
        item("anew", 8),
        paragraph(run("between")),
        item("dot", 6),
        item("حرف", 7),
        item("حرف آخر", 7),
    )
    assert document.text == (
        "المادة 1: التعريفات\n  1.1 first\n  1.2 second\nالمادة 2: النطاق\n  2.1 third\n"
        "المادة 1: anew\n\nbetween\n\n- dot\nأ) حرف\nب) حرف آخر"
    )


def test_a_numbered_heading_is_its_text_behind_its_number(tmp_path: Path) -> None:
    heading = paragraph(
        run("Scope"), '<w:pStyle w:val="1"/><w:numPr><w:numId w:val="5"/></w:numPr>'
    )
    document = read(tmp_path, heading)
    assert document.text == "المادة 1: Scope"
    assert headings(document) == [(1, "Scope")]


def test_tracked_changes_are_read_as_if_accepted(tmp_path: Path) -> None:
    gone = "<w:r><w:delText>gone</w:delText></w:r>"
    document = read(
        tmp_path,
        paragraph(run("kept ") + f"<w:del>{gone}</w:del><w:ins>{run('new')}</w:ins>"),
        paragraph(
            f"<w:moveFrom>{run('was here')}</w:moveFrom><w:moveTo>{run('is here')}</w:moveTo>"
        ),
        paragraph(run("one "), "<w:rPr><w:del/></w:rPr>"),
        paragraph(run("line")),
        table(
            cell(paragraph(run("a"))) + cell(paragraph(run("b"))),
            f"<w:trPr><w:del/></w:trPr>{cell(paragraph(run('deleted row')))}",
        ),
    )
    assert document.text == "kept new\n\nis here\n\none line\n\na | b"


def test_hidden_text_is_left_out(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        paragraph(
            run("seen ")
            + run("hidden", "<w:vanish/>")
            + run("styled away", '<w:rStyle w:val="unseen"/>')
            + run("not hidden", '<w:vanish w:val="0"/>')
        ),
    )
    assert document.text == "seen not hidden"


def comments(*texts: str) -> str:
    listed = "".join(
        f'<w:comment w:id="{number}" w:author="ليلى">{paragraph(run(text))}</w:comment>'
        for number, text in enumerate(texts)
    )
    return f'<w:comments xmlns:w="{W}">{listed}</w:comments>'


def test_comments_follow_their_paragraph(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        paragraph(run("الرسم ٥٥") + '<w:r><w:commentReference w:id="1"/></w:r>'),
        paragraph(run("النهاية")),
        comments=comments("بلا موضع", "راجع المبلغ"),
    )
    assert document.text == (
        "الرسم ٥٥\n\n[تعليق] ليلى: راجع المبلغ\n\nالنهاية\n\n[تعليق] ليلى: بلا موضع"
    )


def test_file_of_comments_alone_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, paragraph(""), comments=comments("see annex")).text.endswith("see annex")


def number_field(instruction: str, result: str) -> str:
    marks = {kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in FIELD}
    told = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return marks["begin"] + told + marks["separate"] + run(result) + marks["end"]


FIELD = ("begin", "separate", "end")


def margin(tag: str, content: str) -> str:
    return f"<w:{tag} {NAMESPACES}>{content}</w:{tag}>"


def section(**margins: str) -> str:
    listed = "".join(
        f'<w:{kind}Reference w:type="{which}" r:id="{part}"/>'
        for part, (kind, which) in ((name, each.split()) for name, each in margins.items())
    )
    return f"<w:sectPr>{listed}</w:sectPr>"


def test_headers_and_footers_are_read_once_and_marked(tmp_path: Path) -> None:
    pages = f"{run('Page ')}{number_field(' PAGE ', '1')}{run(' of ')}"
    pages += f'<w:fldSimple w:instr=" NUMPAGES ">{run("9")}</w:fldSimple>'
    document = read(
        tmp_path,
        paragraph(run("First part."), section(h1="header default", h2="header first")),
        paragraph(run("Second part.")),
        section(h3="header even", f1="footer default", f2="footer even"),
        h1=margin("hdr", paragraph(run("Contract XK-44")) + paragraph(run("Confidential"))),
        h2=margin("hdr", table(cell(paragraph(run("Annex"))) + cell(paragraph(run("12"))))),
        h3=margin("hdr", paragraph(run("Contract XK-44")) + paragraph(run("Confidential"))),
        f1=margin("ftr", paragraph(f"{run('Depot 7')}<w:r><w:tab/></w:r>{pages}")),
        f2=margin("ftr", paragraph(pages)),
    )
    assert document.text == (
        "[Page header] Contract XK-44\nConfidential\n\n[Page header] Annex | 12\n\n"
        "First part.\n\nSecond part.\n\n[Page footer] Depot 7"
    )


def test_file_of_a_header_alone_is_read_in_its_language(tmp_path: Path) -> None:
    header = margin("hdr", paragraph(run("عقد رقم ٤٤")))
    document = read(tmp_path, paragraph(""), section(h1="header default"), h1=header)
    assert document.text == "[رأس الصفحة] عقد رقم ٤٤"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Page 3 of 9", ""),
        ("صفحة \x1a من \x1a", ""),
        ("- \x1a -", ""),
        ("4471", "4471"),
        ("رقم ٤٤٧١", "رقم ٤٤٧١"),
        ("2024/\x1a", "2024/"),
        ("Lease 7 | Page \x1a", "Lease 7"),
        ("Homepage of Nadia\n\x1a", "Homepage of Nadia"),
    ],
)
def test_only_numbers_of_pages_are_left_out_of_headers(text: str, left: str) -> None:
    assert without_page_numbers(text) == left


def test_content_controls_links_and_fields_keep_what_they_show(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    field = (
        mark("begin") + "<w:r><w:instrText>REF x</w:instrText></w:r>"
        + mark("begin") + mark("separate") + run("inner") + mark("end")
        + mark("separate") + run("page 7") + mark("end")
    )  # fmt: skip
    document = read(
        tmp_path,
        f"<w:sdt><w:sdtContent>{paragraph(run('whole'))}</w:sdtContent></w:sdt>",
        paragraph(f"<w:sdt><w:sdtContent>{run('inline ')}</w:sdtContent></w:sdt>" + field),
        paragraph(f"<w:hyperlink>{run('link')}</w:hyperlink>" + mark("begin")),
        paragraph(f"<w:fldSimple>{run('simple')}</w:fldSimple>"),
    )
    assert document.text == "whole\n\ninline page 7\n\nlink\n\nsimple"


def test_text_boxes_stand_once_behind_their_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph(run('boxed'))}</w:txbxContent>"
    document = read(
        tmp_path,
        paragraph(
            run("before")
            + f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            + run(" after")
        ),
        paragraph('<w:r><w:pict><v:textpath string="WordArt"/></w:pict></w:r>'),
        paragraph(run("next")),
    )
    assert document.text == "before after\n\nboxed\n\nWordArt\n\nnext"


def test_diagrams_give_their_text(tmp_path: Path) -> None:
    point = "<dgm:pt><dgm:t><a:p><a:r><a:t>%s</a:t></a:r></a:p></dgm:t></dgm:pt>"
    document = read(
        tmp_path,
        paragraph(
            run("see")
            + '<w:r><w:drawing><a:graphic><a:graphicData><dgm:relIds r:dm="diagramData"/>'
            "</a:graphicData></a:graphic></w:drawing></w:r>"
        ),
        diagramData=f"<dgm:dataModel {NAMESPACES}>{point % 'جمع'}{point % 'فرز'}</dgm:dataModel>",
    )
    assert document.text == "see\n\nجمع\n\nفرز"


def test_notes_follow_the_paragraph_that_refers_to_them(tmp_path: Path) -> None:
    def notes(kind: str, text: str) -> str:
        note = (
            f'<w:{kind} w:id="2">{paragraph("<w:r><w:footnoteRef/></w:r>" + run(text))}</w:{kind}>'
        )
        return f'<w:{kind}s xmlns:w="{W}">{note}</w:{kind}s>'

    document = read(
        tmp_path,
        paragraph(run("first") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + run(".")),
        table(
            cell(paragraph(run("a") + '<w:r><w:endnoteReference w:id="2"/></w:r>'))
            + cell(paragraph(run("b")))
        ),
        paragraph(run("last")),
        footnotes=notes("footnote", "حاشية"),
        endnotes=notes("endnote", "ختام"),
    )
    assert document.text == "first.\n\nحاشية\n\na | b\n\nختام\n\nlast"


def test_merged_and_nested_cells_stand_once(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        table(
            cell(paragraph(run("Region")))
            + cell(paragraph(run("Towns")))
            + cell(paragraph(run("Year"))),
            cell(paragraph(run("North")), properties='<w:vMerge w:val="restart"/>')
            + cell(paragraph(run("wide")), properties='<w:gridSpan w:val="2"/>'),
            cell(paragraph(""), properties="<w:vMerge/>")
            + cell(table(cell(paragraph(run("in"))) + cell(paragraph(run("side")))), paragraph(""))
            + cell(paragraph(run("2")), paragraph(run("3"))),
        ),
    )
    assert document.text == "Region | Towns | Year\nNorth | wide\n | in side | 2 3"
    assert column_names(document) == ["Region | Towns | Year"]


def test_a_table_that_only_places_text_is_paragraphs(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        table(cell(paragraph(run("one")), paragraph(run("two")))),
        table(cell(styled("العنوان", "1"), paragraph(run("متن"))) + cell(paragraph(run("جانب")))),
    )
    assert document.text == "one\n\ntwo\n\nالعنوان\n\nمتن\n\nجانب"
    assert headings(document) == [(1, "العنوان")]
    assert document.tables == ()


BREAK = "<w:r><w:lastRenderedPageBreak/></w:r>"
APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Pages>%d</Pages></Properties>'
)


def paged(folder: Path, counted: int, *blocks: str) -> Document:
    body = f"<w:document {NAMESPACES}><w:body>{''.join(blocks)}</w:body></w:document>"
    parts = {
        "_rels/.rels": relations(
            d="officeDocument word/document2.xml", p="extended-properties docProps/app.xml"
        ),
        "word/document2.xml": body,
        "docProps/app.xml": APP % counted,
    }
    return read_file(folder, "a.docx", zipped(parts))


def test_pages_are_those_that_word_noted(tmp_path: Path) -> None:
    blocks = (
        paragraph(run("first page ends") + BREAK + run("in a sentence.")),
        table(
            cell(paragraph(run("a"))) + cell(paragraph(run("b"))),
            cell(paragraph(BREAK + run("c"))) + cell(paragraph(BREAK + run("d"))),
        ),
        styled("Chapter", "Heading1").replace("<w:t", "<w:lastRenderedPageBreak/><w:t"),
        paragraph(run("last")),
    )
    document = paged(tmp_path, 4, *blocks)
    assert page_texts(document) == {
        1: "first page ends",
        2: "in a sentence.\n\na | b",
        3: "c | d",
        4: "Chapter\n\nlast",
    }
    assert document.text.startswith("first page ends in a sentence.")
    assert headings(document) == [(1, "Chapter")]


def test_pages_that_do_not_add_up_are_not_claimed(tmp_path: Path) -> None:
    document = paged(tmp_path, 9, paragraph(run("one") + BREAK + run(" two")))
    assert document.text == "one two"
    assert document.pages == ()


def test_strict_files_are_read_like_all_others(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml"
    body = styled("Heading", "Heading1") + paragraph(run(f"see {strict}/x/y"))
    parts = {
        "_rels/.rels": relations(d="officeDocument word/document.xml").replace(
            RELATIONS, f"{strict}/officeDocument/relationships"
        ),
        "word/document.xml": f'<w:document xmlns:w="{strict}/wordprocessingml/main"><w:body>{body}'
        "</w:body></w:document>",
    }
    document = read_file(tmp_path, "a.docx", zipped(parts))
    assert document.text == f"Heading\n\nsee {strict}/x/y"
    assert headings(document) == [(1, "Heading")]


def test_formulas_are_written_on_a_line(tmp_path: Path) -> None:
    def sign(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    fraction = f"<m:f><m:num>{sign('a')}</m:num><m:den>{sign('b')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{sign('x')}</m:e><m:sup>{sign('2')}</m:sup></m:sSup>"
    document = read(
        tmp_path, paragraph(run("where ") + f"<m:oMath>{power}{sign('=')}{fraction}</m:oMath>")
    )
    assert document.text == "where x^2=a/b"


@pytest.mark.parametrize("wrapper", ["sdt", "smartTag", "unknown"])
def test_endless_nesting_is_refused_or_passed_over(tmp_path: Path, wrapper: str) -> None:
    body = f"<w:{wrapper}>" * 50_000 + f"</w:{wrapper}>" * 50_000 + paragraph(run("x"))
    if wrapper == "unknown":
        assert read(tmp_path, body).text == "x"
    else:
        with pytest.raises(FileUnsafe, match="nested without end"):
            read(tmp_path, body)
