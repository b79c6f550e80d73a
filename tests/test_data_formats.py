"""CSV, JSON and RTF: what comes out of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import FileDamaged, FileDisguised, FileUnsafe, ReadError
from index.readers import read_document
from index.types import Document
from tests.conftest import SHARED
from tests.reading_files import ANY, read_file

FORMATS = SHARED / "documents" / "formats"
HOSTILE = SHARED / "documents" / "hostile"


def headers(document: Document) -> list[str]:
    return [document.text[table.start : table.header_end] for table in document.tables]


def headings(document: Document) -> list[tuple[int, str]]:
    return [(found.level, document.text[found.start : found.end]) for found in document.headings]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1256", "utf-16"])
def test_csv_is_a_table_whatever_parts_its_fields(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = [["الصنف", "Item", "الكمية"], ["قمح", "wheat", "40"], ["شعير", "barley", "12"]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    document = read_file(tmp_path, "a.csv", content)
    assert document.text == "الصنف | Item | الكمية\nقمح | wheat | 40\nشعير | barley | 12"
    assert headers(document) == ["الصنف | Item | الكمية"]


def test_csv_quoted_fields_keep_delimiters_and_lines(tmp_path: Path) -> None:
    content = 'name,note\n"Haddad, Salim","first line\nsecond ""quoted"" line"\nZeina, short\n'
    document = read_file(tmp_path, "a.csv", content)
    assert document.text == (
        'name | note\nHaddad, Salim | first line second "quoted" line\nZeina | short'
    )


def test_csv_with_decimal_commas_is_parted_at_semicolons(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.csv", "ville;prix;poids\nLyon;1,50;2,25\nNice;3,10;4,75\n")
    assert document.text.splitlines()[1] == "Lyon | 1,50 | 2,25"


def test_csv_says_itself_what_parts_it(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.csv", "sep=;\na,x;b\nc,y;d\n")
    assert document.text == "a,x | b\nc,y | d"


def test_csv_of_one_column_is_read(tmp_path: Path) -> None:
    lines = ["a plain note", "another, with a comma", "and one more"]
    assert read_file(tmp_path, "a.csv", "\n".join(lines)).text.splitlines() == lines


def test_csv_without_names_has_no_header(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.csv", "Amman,2021-04-01,17.5\nAqaba,2021-04-02,24.1\n")
    assert document.tables == ()
    assert read_file(tmp_path, "b.csv", "Town,2021,2022\nAmman,17,18\nAqaba,24,25\n").tables


def test_csv_title_above_the_table_is_a_paragraph(tmp_path: Path) -> None:
    document = read_file(
        tmp_path, "a.csv", "Harvest report,,\n,,\nTown,Tons,Year\nSalt,3,2020\nZarqa,4,2021\n"
    )
    assert document.text.startswith("Harvest report\n\nTown | Tons | Year\n")
    assert headers(document) == ["Town | Tons | Year"]


def test_csv_rows_may_be_ragged(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.csv", "a,b,c\n1,2\n1,2,3,4\n\n5\n7,8,9\n6,6,6\n")
    assert document.text == "a | b | c\n1 | 2\n1 | 2 | 3 | 4\n5\n7 | 8 | 9\n6 | 6 | 6"


def test_csv_quotation_mark_that_is_never_closed_loses_nothing(tmp_path: Path) -> None:
    content = "part,size\nbolt,3\n" + '"nut,4\n' + "screw,5\nwasher,6\n" * 200
    text = read_file(tmp_path, "a.csv", content).text
    assert text.startswith('part | size\nbolt | 3\n"nut | 4\nscrew | 5\n')
    assert text.count("\n") == 2 + 400


def test_csv_field_of_any_length_is_kept(tmp_path: Path) -> None:
    long = "word " * 60_000
    assert read_file(tmp_path, "a.csv", f'a,b\n1,"{long}"\n2,x\n').text.count("word") == 60_000


def test_tsv_is_parted_at_tabs_only(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.tsv", "a, b, c\td, e, f\ng, h, i\tj, k, l\n")
    assert document.text.splitlines()[0] == "a, b, c | d, e, f"


def test_json_records_stand_by_themselves(tmp_path: Path) -> None:
    records = [
        {"اسم": "سعاد", "age": 41, "address": {"city": "Jerash", "zip": None}, "tags": ["a", "b"]},
        {"اسم": "ماجد", "age": 7.10, "address": {"city": "Salt"}, "active": True},
    ]
    document = read_file(tmp_path, "a.json", json.dumps(records))
    assert document.text == (
        "اسم: سعاد\nage: 41\naddress.city: Jerash\ntags: a, b\n\n"
        "اسم: ماجد\nage: 7.1\naddress.city: Salt\nactive: true"
    )
    assert document.headings == ()


def test_json_keys_above_records_are_headings(tmp_path: Path) -> None:
    content = {
        "title": "Orchard",
        "trees": {"olive": [{"row": 1, "age": 30}, {"row": 2, "age": 5}], "fig": "none"},
        "rules": ["Nobody climbs the old tree." * 5, "Water at dawn."],
    }
    document = read_file(tmp_path, "a.json", json.dumps(content))
    assert headings(document) == [(1, "trees"), (2, "olive"), (1, "rules")]
    assert "title: Orchard\n\ntrees\n\nolive\n\nrow: 1\nage: 30\n\nrow: 2" in document.text
    assert document.text.endswith("\n\nWater at dawn.")


def test_json_records_within_records_keep_their_keys(tmp_path: Path) -> None:
    content = [{"name": "Hall", "rooms": [{"no": 1}, {"no": 2, "beds": [{"size": "big"}]}]}]
    document = read_file(tmp_path, "a.json", json.dumps(content))
    assert document.text == "name: Hall\n\nrooms.no: 1\n\nrooms.no: 2\n\nrooms.beds.size: big"


def test_json_values_stay_as_they_are_written(tmp_path: Path) -> None:
    big = "9" * 5000
    content = f'[{{"a": 1.10, "b": NaN, "c": {big}, "a": "\\u0646\\u0639\\u0645\\nx"}}]'
    document = read_file(tmp_path, "a.json", content)
    assert document.text == f"a: 1.10\nb: NaN\nc: {big}\na: نعم\nx"


def test_json_half_characters_do_no_harm(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.json", '["\\ud800 x \\u0000 \\ud83d\\ude00"]')
    assert document.text.encode() and "😀" in document.text


def test_json_lines_are_records(tmp_path: Path) -> None:
    content = '{"id": 1, "say": "yes"}\n\n{"id": 2, "say": "no"}\n'
    for name in ("a.jsonl", "a.json"):
        assert read_file(tmp_path, name, content).text == "id: 1\nsay: yes\n\nid: 2\nsay: no"
    assert read_file(tmp_path, "b.jsonl", '[\n {"id": 1},\n {"id": 2}\n]').text == "id: 1\n\nid: 2"


def test_json_line_that_is_broken_is_left_out_and_told(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.jsonl", '{"id": 1}\n{"id": \n{"id": 3}\n')
    assert document.text == "id: 1\n\nid: 3"
    assert [warning.kind for warning in document.warnings] == ["partial"]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_that_is_none_is_refused_with_the_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileDamaged, match="line 1 is not JSON" if name[-1] == "l" else "line 3"):
        read_file(tmp_path, name, '{"a": 1,\n "b": 2,\n "c": oh}\n')


@pytest.mark.parametrize("depth", [150, 100_000])
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_json_nested_without_end_is_refused(tmp_path: Path, opening: str, depth: int) -> None:
    closing = "".join({"[": "]", "{": "}"}.get(sign, "") for sign in reversed(opening))
    with pytest.raises(FileUnsafe):
        read_file(tmp_path, "a.json", opening * depth + '"x"' + closing * depth)


def test_json_keys_do_not_multiply_the_text(tmp_path: Path) -> None:
    content = [{"k" * 50_000: {str(number): "v" for number in range(500)}}]
    assert len(read_file(tmp_path, "a.json", json.dumps(content)).text) < 200_000


RTF = (
    r"{\rtf1\ansi\ansicpg1256\deff0"
    r"{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset178 Arial;}"
    r"{\f2\fnil\fcharset2 Symbol;}{\f3\fnil\fcharset0 Arial;}}"
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s7 heading 2;}{\*\cs3 heading 1;}}"
    r"{\info{\title Hidden title}{\author Nobody}}"
)


def rtf(body: str) -> bytes:
    """A file with `body`, whose Arabic is written as bytes of Windows-1256."""
    letters = (
        sign if sign.isascii() else "".join(rf"\'{byte:02x}" for byte in sign.encode("cp1256"))
        for sign in body
    )
    return (RTF + "".join(letters) + "}").encode("ascii")


def test_rtf_arabic_is_read_in_the_encoding_of_its_font(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.rtf", rtf(r"\pard\f1\rtlch نص قصير\f0\ltrch  with Latin\par"))
    assert document.text == "نص قصير with Latin"


def test_rtf_writing_from_the_right_has_its_own_font(tmp_path: Path) -> None:
    body = RTF.replace("ansicpg1256", "ansicpg1252") + (
        r"\pard\plain {\ltrch\fcs0 \f0 \rtlch\fcs1 \af1 \'e3\'e4}"
        r"{\rtlch\fcs1 \af1 \ltrch\fcs0 \f0 caf\'e9}\par}"
    )
    assert read_file(tmp_path, "a.rtf", body).text == "منcafé"


def test_rtf_unicode_passes_over_what_older_programs_show(tmp_path: Path) -> None:
    body = (
        r"\uc1\u1606?\u1593\'3f\u1605 ?{\uc0\u33 } "
        r"\uc2\u8364 EU5 \u-10179\'3f\'3f\u-8704\'3f\'3f\par"
    )
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == "نعم! €5 😀"


def test_rtf_headings_come_from_levels_and_styles(tmp_path: Path) -> None:
    body = r"\pard\s1 First\par\pard\s7 Second\par\pard\outlinelevel2 Third\par\pard plain\par"
    document = read_file(tmp_path, "a.rtf", rtf(body))
    assert headings(document) == [(1, "First"), (2, "Second"), (3, "Third")]
    assert document.text == "First\n\nSecond\n\nThird\n\nplain"


def test_rtf_tables_are_rows(tmp_path: Path) -> None:
    row = r"\trowd\cellx100\cellx200\pard\intbl {}\cell {}\cell\row "
    body = (
        r"Before\par "
        + row.format("Tool", "Price")
        + row.format("saw\\par blade", "12")
        + r"\pard After\par"
    )
    document = read_file(tmp_path, "a.rtf", rtf(body))
    assert document.text == "Before\n\nTool | Price\nsaw blade | 12\n\nAfter"
    assert headers(document) == ["Tool | Price"]


def test_rtf_table_within_a_cell_is_kept(tmp_path: Path) -> None:
    body = (
        r"\trowd\cellx9\cellx19\pard\intbl\itap2 a\nestcell b\nestcell"
        r"{\*\nesttableprops\trowd\nestrow}"
        r"{\nonesttables\par}\pard\intbl outer\cell last\cell\row\pard End\par"
    )
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == "a, b outer | last\n\nEnd"


def test_rtf_lists_keep_their_marks(tmp_path: Path) -> None:
    body = (
        r"Intro\par{\listtext\f2\'b7\tab}\pard one\par{\listtext\f2\'b7\tab}two\par"
        r"{\pntext 1.\tab}\ilvl1 deep\par\pard Out\par"
    )
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == "Intro\n\n- one\n- two\n  1. deep\n\nOut"


def test_rtf_leaves_out_what_no_page_shows(tmp_path: Path) -> None:
    body = (
        r"Seen{\v unseen} words{\deleted gone}"
        r"{\*\unknown secret}{\pict\wmetafile8 0102ff}{\xe index} here"
        r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}"
        r"{\listoverride\listid1{\lfolevel junk}}{\leveltext\'02\'00.;}{\listname junk;}.\par"
    )
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == "Seen words herelink."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"{\header Contract 12\par}", "[Page header] Contract 12"),
        (
            r"{\headerf First}{\headerr Ref 9}{\headerl Ref 9}{\footer\qc\chpgn\par}Body\par",
            "[Page header] First\n\n[Page header] Ref 9\n\nBody",
        ),
        (
            r"{\footer Lease 7\tab Page {\field{\*\fldinst { PAGE }}{\fldrslt {1}}} of "
            r"{\field{\*\fldinst NUMPAGES}{\fldrslt 4}}\par}Body\par",
            "Body\n\n[Page footer] Lease 7",
        ),
        (
            r"{\header\trowd\cellx9\cellx19\pard\intbl Ref\cell 77\cell\row}B",
            "[Page header] Ref | 77\n\nB",
        ),
        (r"{\header{\shp{\*\shpinst{\shptxt Draft \chpgn}}}\par}B", "[Page header] Draft\n\nB"),
    ],
)  # fmt: skip
def test_rtf_page_headers_and_footers_are_read_once(
    tmp_path: Path, body: str, expected: str
) -> None:
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == expected


def test_rtf_comments_follow_their_paragraph(tmp_path: Path) -> None:
    comment = r"{\*\atnid S}{\*\atnauthor Salma}{\*\annotation{\*\atnref 1}{\*\atndate 1}check}"
    document = read_file(tmp_path, "a.rtf", rtf(rf"The fee{comment} is 5.\par End\par"))
    assert document.text == "The fee is 5.\n\n[Comment] Salma: check\n\nEnd"
    assert read_file(tmp_path, "a.rtf", rtf(comment)).text == "[Comment] Salma: check"


def test_rtf_boxes_of_old_programs_are_read(tmp_path: Path) -> None:
    body = r"Text{\*\do\dobxpage\dptxbx{\dptxbxtext\pard boxed\par}}\par"
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == "Text\n\nboxed"


def test_rtf_binary_data_is_passed_over(tmp_path: Path) -> None:
    content = rtf(r"Start {\pict\bin7 XXX} end\par").replace(b"XXX", b"}{\\}{{\\")
    assert read_file(tmp_path, "a.rtf", content).text == "Start end"


def test_rtf_notes_and_boxes_follow_their_paragraph(tmp_path: Path) -> None:
    body = (
        r"\pard Claim{\super\chftn}{\footnote\pard\plain {\super\chftn} The proof.\par}"
        r" goes on.\par"
        r"\pard Box{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt\pard Inside\par}}"
        r"{\shprslt twice}} side.\par"
    )
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == (
        "Claim goes on.\n\nThe proof.\n\nBox side.\n\nInside"
    )


def test_rtf_signs_are_characters(tmp_path: Path) -> None:
    body = (
        r"a\~b\_c \{x\} \ldblquote q\rdblquote\emdash \bullet  co\-op\line next\tab "
        r"end \u-3913?\par"
    )
    assert read_file(tmp_path, "a.rtf", rtf(body)).text == "a b-c {x} “q”—• coop\nnext\tend •"


def test_rtf_with_utf8_in_it_is_read(tmp_path: Path) -> None:
    assert read_file(tmp_path, "a.rtf", r"{\rtf1\ansi مرحبا بكم\par}".encode()).text == "مرحبا بكم"


def test_rtf_text_twice_is_read_once(tmp_path: Path) -> None:
    assert read_file(tmp_path, "a.rtf", rtf(r"{\upr{??}{\*\ud\u1606?\u1602?}}\par")).text == "نق"


def test_rtf_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    assert read_file(tmp_path, "a.rtf", rtf(r"One\par{\b Two")[:-1]).text == "One\n\nTwo"


def test_rtf_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileDamaged):
        read_file(tmp_path, "a.rtf", "just words")
    with pytest.raises(FileDisguised, match="ZIP"):
        read_file(tmp_path, "a.rtf", b"PK\x03\x04")
    with pytest.raises(FileUnsafe):
        read_file(tmp_path, "a.rtf", rb"{\rtf1 " + b"{" * 100_000)


SEEDS = [
    *(r"{\rtf1", r"\f1", r"\'e9", r"\u1600", r"\uc9", r"\cell", r"\row", r"\trowd", r"\intbl"),
    *(r"{\header ", r"{\*\annotation", r"{\fldinst PAGE}", r"{\fldrslt", r"{\*\atnauthor"),
    *(r"\par", "{", "}", r"{\footnote", r"{\*", r"{\stylesheet", r"\s1", r"\outlinelevel0", "text"),
    *(
        r"\bin3 ",
        r"{\listtext",
        r"\nestcell",
        r"\nestrow",
        "\\",
        "\n",
        "كلمة",
        r"\u-10179",
        r"\pard",
    ),
]


@settings(max_examples=150, **ANY)
@given(st.lists(st.sampled_from(SEEDS), max_size=60))
def test_any_rtf_is_read_or_refused(tmp_path: Path, pieces: list[str]) -> None:
    check_read_or_refused(tmp_path / "any.rtf", ("{\\rtf1 " + "".join(pieces)).encode())


@settings(max_examples=200, **ANY)
@given(
    content=st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode())
    ),
    name=st.sampled_from(["any.csv", "any.tsv", "any.json", "any.jsonl", "any.rtf", "any.txt"]),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    check_read_or_refused(tmp_path / name, content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=30,
)


@settings(max_examples=150, **ANY)
@given(VALUES)
def test_any_json_is_read_or_empty(tmp_path: Path, value: object) -> None:
    check_read_or_refused(tmp_path / "any.json", json.dumps(value).encode())


@settings(max_examples=150, **ANY)
@given(st.lists(st.sampled_from(['"', ",", ";", "\n", "\t", "a", "1", "كلمة", " ", "sep=|\n"])))
def test_any_csv_keeps_its_words(tmp_path: Path, pieces: list[str]) -> None:
    document = check_read_or_refused(tmp_path / "any.csv", "".join(pieces).encode())
    if document:
        assert document.text.count("كلمة") == pieces.count("كلمة")


def check_read_or_refused(path: Path, content: bytes) -> Document | None:
    path.write_bytes(content)
    try:
        document = read_document(path, path.name)
    except ReadError as error:
        assert "\n" not in str(error)
        return None
    for heading in document.headings:
        assert document.text[heading.start : heading.end].strip()
    for table in document.tables:
        assert 0 <= table.start < table.header_end < table.end <= len(document.text)
    assert document.text.encode()
    return document


@pytest.mark.parametrize(
    "name",
    ["ar.rtf", "en.rtf", "data.json", "data.jsonl", "table_cp1256.csv", "table_semicolon.csv"],
)
def test_example_file_is_read(name: str) -> None:
    if not (FORMATS / name).exists():
        pytest.skip("the example documents are not beside this checkout")
    document = read_document(FORMATS / name, name)
    assert "\ufffd" not in document.text and "\r" not in document.text
    assert len(document.headings) == {"ar.rtf": 7, "en.rtf": 5}.get(name, 0)
    assert len(document.tables) == (not name.startswith("data"))


@pytest.mark.parametrize("name", ["deep.json", "deep.rtf", "empty.rtf"])
def test_hostile_file_is_refused(name: str) -> None:
    if not (HOSTILE / name).exists():
        pytest.skip("the hostile example files are not beside this checkout")
    with pytest.raises(ReadError) as caught:
        read_document(HOSTILE / name, name)
    assert "\n" not in str(caught.value)
