"""PowerPoint presentations: a page per slide, read in the order in which people read it."""

from __future__ import annotations

from pathlib import Path

from index.types import Document, ReadWarning
from tests.reading_files import headings, read_file
from tests.zipped import RELATIONS, column_names, page_texts, relations, zipped

NAMESPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    f'xmlns:r="{RELATIONS}"'
)

GRAPHIC = (
    "<p:graphicFrame><a:graphic><a:graphicData>%s</a:graphicData></a:graphic></p:graphicFrame>"
)


def line(text: str, properties: str = "<a:pPr/>") -> str:
    return f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>"


def shape(
    *lines: str,
    kind: str = "",
    at: tuple[int, int, int, int] | None = None,
    index: int = 0,
) -> str:
    named = f'type="{kind}"' if kind else ""
    holder = f'<p:ph {named} idx="{index}"/>' if kind or index else ""
    place = ""
    if at:
        x, y, width, height = at
        place = f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    body = "".join(each if each.startswith("<") else line(each) for each in lines)
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr/><p:cNvSpPr/><p:nvPr>{holder}</p:nvPr></p:nvSpPr>"
        f"<p:spPr>{place}</p:spPr><p:txBody><a:lstStyle/>{body}</p:txBody></p:sp>"
    )


def tree(*shapes: str) -> str:
    return f"<p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld>"


def read(
    folder: Path, *slides: str, parts: dict[str, str] | None = None, order: list[int] | None = None
) -> Document:
    """The document of slides; the relations of slide 1 are in `parts`, if any."""
    names = order or list(range(1, len(slides) + 1))
    listed = "".join(f'<p:sldId r:id="r{name}"/>' for name in names)
    package = {
        "ppt/presentation.xml": f"<p:presentation {NAMESPACES}><p:sldIdLst>{listed}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"r{name}": f"slide slides/slide{name}.xml" for name in names}
        ),
    }
    for number, slide in enumerate(slides, start=1):
        package[f"ppt/slides/slide{number}.xml"] = (
            slide if slide.startswith("<p:sld") else f"<p:sld {NAMESPACES}>{slide}</p:sld>"
        )
    return read_file(folder, "a.pptx", zipped(package | (parts or {})))


def test_slides_are_pages_in_the_order_of_the_show(tmp_path: Path) -> None:
    slides = [tree(shape(f"عنوان {n}", kind="title"), shape(f"body {n}")) for n in (1, 2, 3)]
    document = read(tmp_path, *slides, order=[3, 1, 2])
    assert page_texts(document) == {
        1: "عنوان 3\n\nbody 3",
        2: "عنوان 1\n\nbody 1",
        3: "عنوان 2\n\nbody 2",
    }
    assert headings(document) == [(1, "عنوان 3"), (1, "عنوان 1"), (1, "عنوان 2")]


def test_hidden_slides_are_read_and_marked(tmp_path: Path) -> None:
    contents = (
        tree(shape("Prices", kind="title"), shape("5 dinars")),
        tree(GRAPHIC % f"<a:tbl><a:tr><a:tc>{line('الرسم')}</a:tc></a:tr></a:tbl>"),
    )
    slides = [f'<p:sld show="0" {NAMESPACES}>{slide}</p:sld>' for slide in contents]
    document = read(tmp_path, *slides)
    assert page_texts(document) == {
        1: "[Hidden slide] Prices\n\n5 dinars",
        2: "[شريحة مخفية]\n\nالرسم",
    }
    assert headings(document) == [(1, "[Hidden slide] Prices")]


def field(kind: str, text: str) -> str:
    return f'<a:p><a:fld type="{kind}"><a:t>{text}</a:t></a:fld></a:p>'


def test_footers_and_fixed_text_are_read_once(tmp_path: Path) -> None:
    around = (
        shape("Contract 44", kind="ftr"),
        shape(field("datetime1", "1 May"), kind="dt"),
        shape(field("slidenum", "1"), kind="sldNum"),
    )
    slides = [tree(shape(f"body {n}"), *around) for n in (1, 2)]
    fixed = shape("Cedar Workshop") + shape("Click to edit", kind="title") + shape(
        f"{line('Slide ')}{field('slidenum', '‹#›')}"
    )  # fmt: skip
    parts = {
        "ppt/slides/_rels/slide1.xml.rels": relations(l="slideLayout ../layout.xml"),
        "ppt/layout.xml": f"<p:sldLayout {NAMESPACES}>{tree(fixed)}</p:sldLayout>",
    }
    assert page_texts(read(tmp_path, *slides, parts=parts)) == {
        1: "body 1\n\n[Page header] Cedar Workshop\n\n[Page footer] Contract 44",
        2: "body 2",
    }


def test_comments_stand_behind_their_slide(tmp_path: Path) -> None:
    newer = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
    parts = {
        "ppt/_rels/presentation.xml.rels": relations(
            r1="slide slides/slide1.xml", r2="slide slides/slide2.xml",
            a="commentAuthors old.xml", b="authors new.xml",
        ),
        "ppt/old.xml": f'<p:cmAuthorLst {NAMESPACES}><p:cmAuthor id="0" name="ليلى"/>'
        "</p:cmAuthorLst>",
        "ppt/new.xml": f'<x:authorLst xmlns:x="{newer}"><x:author id="{{1}}" name="Omar"/>'
        "</x:authorLst>",
        "ppt/slides/_rels/slide1.xml.rels": relations(c="comments ../c1.xml"),
        "ppt/slides/_rels/slide2.xml.rels": relations(c="comments ../c2.xml"),
        "ppt/c1.xml": f'<p:cmLst {NAMESPACES}><p:cm authorId="0"><p:text>راجع الرقم</p:text></p:cm>'
        "</p:cmLst>",
        "ppt/c2.xml": f'<x:cmLst xmlns:x="{newer}" {NAMESPACES}><x:cm authorId="{{1}}"><x:replyLst>'
        f'<x:reply authorId="?"><x:txBody>{line("done")}</x:txBody></x:reply></x:replyLst>'
        f'<x:txBody>{line("is it paid?")}</x:txBody></x:cm></x:cmLst>',
    }  # fmt: skip
    assert page_texts(read(tmp_path, tree(shape("متن")), tree(), parts=parts)) == {
        1: "متن\n\n[تعليق] ليلى: راجع الرقم",
        2: "[Comment] Omar: is it paid?\n\n[Comment] done",
    }


def test_titles_come_first_and_footers_last(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        tree(
            shape("17", kind="sldNum"),
            shape("1 May", kind="dt"),
            shape("Company", kind="ftr"),
            shape("text", at=(0, 0, 9, 1)),
            shape("Title", "goes on", kind="ctrTitle", at=(0, 5, 9, 1)),
        ),
    )
    assert document.text == (
        "Title\n\ngoes on\n\ntext\n\n[Page footer] 1 May\n\n[Page footer] Company"
    )


def test_what_stands_side_by_side_is_read_in_the_direction_of_its_language(tmp_path: Path) -> None:
    left, right = (0, 10, 40, 50), (50, 12, 40, 50)
    english = tree(
        shape("right", at=right), shape("below", at=(0, 70, 90, 9)), shape("left", at=left)
    )
    arabic = tree(shape("اليسار", at=left), shape("اليمين", at=right))
    document = read(tmp_path, english, arabic)
    assert page_texts(document) == {1: "left\n\nright\n\nbelow", 2: "اليمين\n\nاليسار"}


def test_each_head_of_a_column_is_followed_by_its_text(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        tree(
            shape("For", at=(0, 0, 40, 10)),
            shape("Against", at=(50, 0, 40, 10)),
            shape("it is cheap", at=(0, 15, 40, 60)),
            shape("it is slow", at=(50, 15, 40, 60)),
        ),
    )
    assert document.text == "For\n\nit is cheap\n\nAgainst\n\nit is slow"


def test_placeholders_stand_where_their_layout_puts_them(tmp_path: Path) -> None:
    layout = tree(
        shape(kind="body", index=1, at=(50, 0, 40, 40)),
        shape(kind="body", index=2, at=(0, 0, 40, 40)),
    )
    document = read(
        tmp_path,
        tree(shape("second", index=1), shape("first", index=2)),
        parts={
            "ppt/slides/_rels/slide1.xml.rels": relations(l="slideLayout ../slideLayouts/l.xml"),
            "ppt/slideLayouts/l.xml": f"<p:sldLayout {NAMESPACES}>{layout}</p:sldLayout>",
        },
    )
    assert document.text == "first\n\nsecond"


def test_lists_have_the_marks_that_are_seen(tmp_path: Path) -> None:
    bullet, number = '<a:buChar char="•"/>', '<a:buAutoNum type="arabicPeriod"/>'
    document = read(
        tmp_path,
        tree(
            shape(
                line("dot", f"<a:pPr>{bullet}</a:pPr>"),
                line("deeper", f'<a:pPr lvl="1">{bullet}</a:pPr>'),
                line("one", f"<a:pPr>{number}</a:pPr>"),
                line("two", f"<a:pPr>{number}</a:pPr>"),
                line("plain", "<a:pPr><a:buNone/></a:pPr>"),
            )
        ),
        tree(shape(line("alone", f"<a:pPr>{bullet}</a:pPr>"))),
    )
    assert document.text == "- dot\n  - deeper\n1. one\n2. two\n\nplain\n\nalone"


def test_tables_groups_and_alternatives_are_read_once(tmp_path: Path) -> None:
    cells = "".join(
        f"<a:tr>{''.join(f'<a:tc><a:txBody>{line(text)}</a:txBody></a:tc>' for text in row)}</a:tr>"
        for row in (("Town", "Bridges"), ("Venice", "435"))
    )
    document = read(
        tmp_path,
        tree(
            f"<p:grpSp><p:grpSp>{shape('in a group')}</p:grpSp></p:grpSp>",
            f"<mc:AlternateContent><mc:Choice>{shape('new')}</mc:Choice>"
            f"<mc:Fallback>{shape('old')}</mc:Fallback></mc:AlternateContent>",
            GRAPHIC % f"<a:tbl>{cells}</a:tbl>",
        ),
    )
    assert document.text == "in a group\n\nnew\n\nTown | Bridges\nVenice | 435"
    assert column_names(document) == ["Town | Bridges"]


def test_diagrams_charts_and_notes_are_read(tmp_path: Path) -> None:
    point = f"<dgm:pt><dgm:t>{line('Plan')}</dgm:t></dgm:pt>"
    title = f"<c:title><c:tx><c:rich>{line('Rain by month')}</c:rich></c:tx></c:title>"
    series = (
        "<c:ser><c:tx><c:strRef><c:strCache><c:pt><c:v>Haifa</c:v></c:pt></c:strCache></c:strRef>"
        "</c:tx><c:cat><c:strRef><c:strCache><c:pt><c:v>May</c:v></c:pt></c:strCache></c:strRef>"
        "</c:cat><c:val><c:numRef><c:numCache><c:pt><c:v>3.14159</c:v></c:pt></c:numCache>"
        "</c:numRef></c:val></c:ser>"
    )
    document = read(
        tmp_path,
        tree(GRAPHIC % '<dgm:relIds r:dm="d"/>', GRAPHIC % '<c:chart r:id="c"/>'),
        parts={
            "ppt/slides/_rels/slide1.xml.rels": relations(
                d="diagramData ../data.xml", c="chart ../chart.xml", n="notesSlide ../notes.xml"
            ),
            "ppt/data.xml": f"<dgm:dataModel {NAMESPACES}>{point}</dgm:dataModel>",
            "ppt/chart.xml": f"<c:chartSpace {NAMESPACES}>{title}{series}</c:chartSpace>",
            "ppt/notes.xml": f"<p:notes {NAMESPACES}>"
            + tree(shape("12", kind="sldNum"), shape("قل هذا أولًا", kind="body"))
            + "</p:notes>",
        },
    )
    assert document.text == "Plan\n\nRain by month\n\nHaifa, May\n\nقل هذا أولًا"


def test_a_slide_with_only_a_picture_is_told(tmp_path: Path) -> None:
    document = read(tmp_path, tree(shape("words")), tree("<p:pic/>"), tree())
    assert document.warnings == (ReadWarning("no_text", (2,)),)
    assert [page.number for page in document.pages] == [1, 2, 3]
