"""Excel workbooks: a page per sheet, cells as a person sees them, nothing that never ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import FileDisguised, FileUnsafe, TextTooLong
from index.readers.number_format import BUILT_IN, shown
from index.types import Document, ReadWarning
from tests.reading_files import headings, read_file
from tests.sheet_files import S, number, read, row, text
from tests.zipped import RELATIONS, column_names, page_texts, relations, zipped

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def test_sheets_are_pages_under_their_names(tmp_path: Path) -> None:
    names = row(*map(text, ("الاسم", "City", "من", "نسبة", "راتب")))
    styles = (
        f'<styleSheet xmlns="{S}"><numFmts><numFmt numFmtId="200" formatCode="0.0%"/>'
        '<numFmt numFmtId="201" formatCode="#,##0.00 &quot;د.ت&quot;"/></numFmts><cellXfs>'
        + "".join(f'<xf numFmtId="{form}"/>' for form in (0, 14, 22, 200, 201))
        + "</cellXfs></styleSheet>"
    )
    document = read(
        tmp_path,
        names
        + row(
            text("ليلى"), text("Tunis"), number("46349", 1), number("0.125", 3), number("1234.5", 4)
        )
        + row(text("عمر"), text("Fez"), number("46349.75", 2), number("1", 3), number("3.0")),
        row(text("secret")),
        row(text("a remark", "C7"), number=7),
        names=("الموظفون", 'unseen" state="veryHidden', "Notes"),
        styles=styles,
    )
    assert page_texts(document) == {
        1: "الموظفون\n\nالاسم | City | من | نسبة | راتب\n"
        "ليلى | Tunis | 2026-11-23 | 12.5% | 1,234.50 د.ت\n"
        "عمر | Fez | 2026-11-23 18:00 | 100.0% | 3",
        2: "Notes\n\na remark",
        3: "[Hidden sheet] unseen\n\nsecret",
    }
    assert headings(document) == [
        (1, "الموظفون"),
        (1, "Notes"),
        (1, "[Hidden sheet] unseen"),
    ]
    assert column_names(document) == ["الاسم | City | من | نسبة | راتب"]


def test_shared_strings_keep_their_runs_and_drop_their_readings(tmp_path: Path) -> None:
    strings = (
        f'<sst xmlns="{S}"><si><r><t>rich </t></r><r><t>text</t></r></si>'
        "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si><t>a_x000D_b_x0041_</t></si></sst>"
    )
    cells = "".join(f'<c t="s"><v>{index}</v></c>' for index in (0, 1, 2, 7))
    document = read(tmp_path, row(cells, cells), sharedStrings=strings)
    assert document.text == "A\n\nrich text | 東京 | abA | rich text | 東京 | abA"


def test_cells_of_every_kind_are_shown(tmp_path: Path) -> None:
    cells = (
        '<c t="b"><v>1</v></c><c t="str"><f>A1&amp;"x"</f><v>joined</v></c><c t="e"><v>#N/A</v></c>'
        '<c t="d"><v>2026-11-23T00:00:00</v></c><c><f>SUM(A1)</f></c><c s="9"><v>2.50</v></c>'
        '<c t="s"><v>0</v></c>'
    )
    document = read(tmp_path, row(cells))
    assert document.text == "A\n\nTRUE | joined | #N/A | 2026-11-23 | 0 | 2.5"


def test_hidden_rows_and_columns_are_read(tmp_path: Path) -> None:
    rows = f'<row hidden="1">{text("a")}{text("b")}</row>{row(text("c"))}'
    assert read(tmp_path, rows).text == "A\n\na | b\nc"


def test_comments_stand_below_the_cells(tmp_path: Path) -> None:
    written = (
        f'<comments xmlns="{S}"><authors><author>Salma</author></authors><commentList>'
        '<comment ref="B2" authorId="0"><text><r><t>Salma:</t></r><r><t>\ncheck this</t></r></text>'
        '</comment><comment ref="C3" authorId="9"><text><t>plain</t></text></comment>'
        '<comment ref="D4"><text><t>[Threaded comment] not for old programs</t></text></comment>'
        "</commentList></comments>"
    )
    names = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    threads = (
        f'<ThreadedComments xmlns="{names}"><threadedComment ref="D4" personId="p">'
        "<text>is it paid?</text></threadedComment></ThreadedComments>"
    )
    people = f'<personList xmlns="{names}"><person displayName="Omar" id="p"/></personList>'
    parts = {"comments": written, "threadedComment": threads}
    document = read(tmp_path, "", sheet_parts=parts, person=people)
    assert document.text == (
        "A\n\n[Comment] D4, Omar: is it paid?\n\n[Comment] B2, Salma: check this\n\n"
        "[Comment] C3, plain"
    )


def test_headers_and_footers_of_pages_are_read_once(tmp_path: Path) -> None:
    around = (
        '<headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"&amp;12عقد رقم ٤٤&amp;Rصفحة &amp;P من '
        "&amp;N</oddHeader><oddFooter>&amp;Cشركة السلام &amp;&amp; أبناؤها&amp;D</oddFooter>"
        "<evenFooter>&amp;P</evenFooter></headerFooter>"
    )
    words = row(text("متن"))
    document = read(tmp_path, words, words, names=("أ", "ب"), after_cells=around)
    assert document.text == (
        "أ\n\n[رأس الصفحة] عقد رقم ٤٤\n\nمتن\n\n[تذييل الصفحة] شركة السلام & أبناؤها\n\nب\n\nمتن"
    )


def test_tables_on_a_sheet_are_parted_and_lose_empty_columns(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        row(text("Stock of May", "B2"), number=2)
        + row(text("Item", "B3"), text("Count", "F3"), number=3)
        + row(text("rope", "B4"), '<c r="F4"><v>12</v></c>', number=4)
        + row(text("أداة", "C9"), text("عدد", "D9"), number=9)
        + row(text("فأس", "C10"), '<c r="D10"><v>3</v></c>', number=10),
    )
    assert document.text == ("A\n\nStock of May\n\nItem | Count\nrope | 12\n\nأداة | عدد\nفأس | 3")
    assert column_names(document) == ["Item | Count", "أداة | عدد"]


def test_the_farthest_cell_is_read_at_once(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        row(text("near", "A1"), number=1) + row(text("far", "XFD1048576"), number=1_048_576),
    )
    assert document.text == "A\n\nnear\n\nfar"


def test_a_long_workbook_is_cut_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.readers.xlsx._MOST_CELLS", 5)
    document = read(tmp_path, row(text("a"), text("b")) * 2, row(text("c"), text("d")))
    assert document.text == "A\n\na | b\na | b\n\nB\n\nc"
    assert document.warnings == (ReadWarning("partial", (2,)),)


def test_a_string_that_is_shared_without_end_does_not_fill_the_machine(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{S}"><si><t>{"word " * 200_000}</t></si></sst>'
    with pytest.raises(TextTooLong):
        read(tmp_path, row('<c t="s"><v>0</v></c>') * 2000, sharedStrings=strings)


def test_strict_workbooks_and_those_without_styles_are_read(tmp_path: Path) -> None:
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{STRICT}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="S" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(a="worksheet /xl/s.xml"),
        "xl/s.xml": f'<worksheet xmlns="{STRICT}"><sheetData>{row("<c><v>7</v></c>")}</sheetData>'
        "</worksheet>",
    }
    assert read_file(tmp_path, "a.xlsx", zipped(parts)).text == "S\n\n7"


def test_shapes_on_a_sheet_are_read_and_endless_ones_refused(tmp_path: Path) -> None:
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    words = f'<a:p xmlns:a="{a}"><a:r><a:t>in a shape</a:t></a:r></a:p>'

    def drawn(content: str) -> Document:
        parts = {
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="S" r:id="a"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(a="worksheet s.xml"),
            "xl/s.xml": f'<worksheet xmlns="{S}"/>',
            "xl/_rels/s.xml.rels": relations(d="drawing d.xml"),
            "xl/d.xml": f"<d>{content}</d>",
        }
        return read_file(tmp_path, "a.xlsx", zipped(parts))

    assert drawn(words).text == "S\n\nin a shape"
    with pytest.raises(FileUnsafe, match="nested without end"):
        drawn("<g>" * 50_000 + words + "</g>" * 50_000)


def test_binary_workbooks_are_told_apart(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(a="officeDocument xl/workbook.bin"),
        "xl/workbook.bin": bytes(50),
    }
    with pytest.raises(FileDisguised, match="xlsb"):
        read_file(tmp_path, "a.xlsx", zipped(parts))


@pytest.mark.parametrize(
    ("number", "code", "seen"),
    [
        ("3.0", "General", "3"),
        ("0.30000000000000004", "General", "0.3"),
        ("1E-05", "General", "0.00001"),
        ("123456789012", "General", "123456789012"),
        ("1.005", "0.00", "1.01"),
        ("-1234.5", "#,##0.00;(#,##0.00)", "(1,234.50)"),
        ("-1234.5", "#,##0.00", "-1,234.50"),
        ("-0.001", "0.00", "0.00"),
        ("0", '0;-0;"-"', "-"),
        ("0", "0;;;@", ""),
        ("0", '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', "$-"),
        ("-5", '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', "$(5.00)"),
        ("0", '_-* #,##0.00 "€"_-;\\-* #,##0.00 "€"_-;_-* "-"?? "€"_-;_-@_-', "- €"),
        ("-12", '_-* #,##0_-;\\-* #,##0_-;_-* "-"_-', "-12"),
        ("12", "0_;0", "12"),
        ("0", "#,###", ""),
        ("0", "??0", "0"),
        ("0.5", "#.##", ".5"),
        ("0", "#%", "%"),
        ("1234", BUILT_IN[44], "$1,234.00"),
        ("0", BUILT_IN[41], "-"),
        ("-7", BUILT_IN[37], "(7)"),
        ("42", "00000", "00042"),
        ("2.5", "#.##", "2.5"),
        ("0.07", "0%", "7%"),
        ("1500000", '0.0,,"M"', "1.5M"),
        ("12345", "0.00E+00", "1.23E+4"),
        ("0.5", "# ?/?", "0.5"),
        ("7", 'General" كغ"', "7 كغ"),
        ("1234.5", "[$€-407] #,##0.00", "€ 1,234.50"),
        ("5551234", "000-0000", "555-1234"),
        ("1500", '[>=1000]0.0,"K";0', "1.5K"),
        ("500", '[>=1000]0.0,"K";0', "500"),
        ("46349", "dd/mm/yyyy", "2026-11-23"),
        ("46349", "[$-401]d mmmm yyyy;@", "2026-11-23"),
        ("46349", "mmm-yy", "2026-11"),
        ("46349.75", "m/d/yy h:mm AM/PM", "2026-11-23 18:00"),
        ("0.5", "h:mm", "12:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("59", "y-m-d", "1900-02-28"),
        ("61", "y-m-d", "1900-03-01"),
        ("-5", "y-m-d", "-5"),
        ("1e300", "#,##0", "1E+300"),
        ("words", "0", "words"),
    ],
)
def test_numbers_are_shown_as_their_format_says(number: str, code: str, seen: str) -> None:
    assert shown(number, code) == seen


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    assert shown("0", "y-m-d", since_1904=True) == "1904-01-01"
