"""Web pages: what comes out of them, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import FileDisguised, FileEmpty, ReadError
from index.readers import read_document
from tests.conftest import SHARED
from tests.reading_files import ANY, check_read_or_refused, headings, read_file

FORMATS = SHARED / "documents" / "formats"
HOSTILE = SHARED / "documents" / "hostile"

WORDS = "The mill by the river grinds barley from May until the first frost of autumn. " * 5


def page(folder: Path, body: str, head: str = "") -> str:
    """The text of a page with this body."""
    html = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return read_file(folder, "a.html", html).text


# --- HTML ------------------------------------------------------------------------------------


def test_html_is_read_as_a_browser_shows_it(tmp_path: Path) -> None:
    body = (
        "<h1>دليل <em>السوق</em></h1>\n<p>سطر أول\n  يتبعه   ثان<br>وثالث</p>"
        "<p>caf&eacute; &amp;&nbsp;tea<b>s</b> co&shy;op &#x645;&#1606;</p>"
        "<ul><li>قمح</li><li>شعير<ol start=3><li>أبيض<li>أسود</ol></li></ul>"
        "<pre>a\n   b</pre><hr><blockquote>قول</blockquote>"
    )
    document = read_file(tmp_path, "a.html", f"<title>صفحة</title>{body}")
    assert document.text == (
        "دليل السوق\n\nسطر أول يتبعه ثان\nوثالث\n\ncafé & teas coop من\n\n"
        "- قمح\n- شعير\n  3. أبيض\n  4. أسود\n\na\n   b\n\nقول"
    )
    assert headings(document) == [(1, "دليل السوق")]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("cp1256", '<meta charset="windows-1256">'),
        ("cp1256", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'),
        ("cp1256", ""),
        ("cp1256", '<meta charset="iso-8859-1">'),
        ("iso8859-6", '<meta charset="iso-8859-6">'),
        ("utf-8", '<meta charset="windows-1256">'),
        ("utf-16", ""),
        ("cp1251", '<meta charset="windows-1251">'),
    ],
)
def test_html_encoding_is_the_one_named_or_found(tmp_path: Path, encoding: str, head: str) -> None:
    text = "Мельница стоит у реки." if encoding == "cp1251" else "الطاحونة قريبة من النهر القديم."
    html = f"<html><head>{head}</head><body><p>{text}</p></body></html>"
    assert read_file(tmp_path, "a.html", html.encode(encoding)).text == text


def test_html_menus_and_side_matter_are_left_out(tmp_path: Path) -> None:
    body = (
        "<header><a href=/>Logo</a></header><nav><ul><li><a>Menu</a></ul></nav>"
        '<div class="breadcrumbs"><a>Start</a> <a>Mills</a></div><div role=navigation>More</div>'
        f"<div><h1>The mill</h1><p>{WORDS}</p><blockquote>Well said<footer>A miller</footer>"
        '</blockquote><aside class="note">Mind the step.</aside></div>'
        "<aside>Related</aside><footer>Imprint</footer><script>let a = '<p>code</p>'</script>"
        "<style>p {}</style><noscript>Enable it</noscript><template><p>Row</p></template>"
        "<div hidden>Away</div><p style='color: red; display: none'>Gone</p>"
        "<select><option>One</select><svg><text>Chart</text></svg><dialog>Closed</dialog>"
    )
    assert page(tmp_path, body) == (
        f"The mill\n\n{WORDS.strip()}\n\nWell said\n\nA miller\n\nMind the step."
    )


def test_html_main_part_is_preferred_where_it_is_most_of_the_page(tmp_path: Path) -> None:
    cookies = "<div>We use cookies.</div>"
    assert page(tmp_path, f"{cookies}<main><h1>Mill</h1><p>{WORDS}</main>").startswith(
        "Mill\n\nThe"
    )
    kept = page(tmp_path, f"<div><p>{WORDS}</div><main><p>Short.</main>")
    assert "frost" in kept and "Short." in kept
    titled = page(tmp_path, f"{cookies}<h1>Mill</h1><main><p>{WORDS}</main>")
    assert titled == f"Mill\n\n{WORDS.strip()}"


def test_html_page_of_nothing_but_a_menu_is_kept(tmp_path: Path) -> None:
    assert page(tmp_path, "<nav><p>The only words</p></nav>") == "The only words"
    assert (
        page(tmp_path, "<div class=menu><p>Soup 4</p><p>Bread 2</p></div>") == "Soup 4\n\nBread 2"
    )


def test_html_title_stands_above_a_page_without_a_heading(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.html", "<title>The\n mill</title><p>Words.</p>")
    assert document.text == "The mill\n\nWords." and headings(document) == [(1, "The mill")]


def test_html_tables_are_rows_with_their_header(tmp_path: Path) -> None:
    body = (
        "<table><caption>Harvest</caption><thead><tr><th>Town<th>Tons<th>Note</thead>"
        "<tr><td rowspan=2>Salt<td>3<td><p>dry</p><p>year</p><tr><td>4<td><ul><li>a<li>b</ul>"
        "<tr><td colspan=2>All<td>7</table>"
    )
    document = read_file(tmp_path, "a.html", body)
    assert document.text == (
        "Harvest\n\nTown | Tons | Note\nSalt | 3 | dry year\nSalt | 4 | a, b\nAll |  | 7"
    )
    table = document.tables[0]
    assert document.text[table.start : table.header_end] == "Town | Tons | Note"


def test_html_table_that_arranges_a_page_is_no_table(tmp_path: Path) -> None:
    body = (
        "<table><tr><td>Left<td><h2>News</h2><p>First.<p>Second."
        "<table><tr><th>A<th>B<tr><td>1<td>2</table></table>"
    )
    document = read_file(tmp_path, "a.html", body)
    assert document.text == "Left\n\nNews\n\nFirst.\n\nSecond.\n\nA | B\n1 | 2"
    assert len(document.tables) == 1


def test_html_that_is_badly_nested_loses_nothing(tmp_path: Path) -> None:
    body = (
        "<p>One<p>Two <b>bold <i>both</b> slanted</i><div>Three</span></p>"
        "<table><tr>stray<td>cell<td>next</table><td>alone<li>item<dt>term<dd>meaning"
    )
    assert page(tmp_path, body) == (
        "One\n\nTwo bold both slanted\n\nThree\n\nstray\n\ncell | next\n\nalone\n\n"
        "- item\n\nterm\n  meaning"
    )


def test_html_definitions_and_ruby_and_quotes(tmp_path: Path) -> None:
    body = "<dl><dt>نبأ<dd>خبر<dt>B<dd>beta</dl><p><q>yes</q> <ruby>漢<rp>(<rt>kan<rp>)</ruby>"
    assert page(tmp_path, body) == "نبأ\n  خبر\n\nB\n  beta\n\n“yes” 漢(kan)"


def test_html_picture_is_read_by_its_description(tmp_path: Path) -> None:
    assert page(tmp_path, "<p>See <img src=x alt='خريطة الوادي'> here<img alt=''></p>") == (
        "See خريطة الوادي here"
    )


def test_html_less_than_signs_are_text(tmp_path: Path) -> None:
    assert page(tmp_path, "<p>if a < b and 3<4 <!-- <p>no --> it's</p>") == "if a < b and 3<4 it's"


def test_xhtml_tags_may_close_themselves(tmp_path: Path) -> None:
    html = (
        '<?xml version="1.0"?><html><head><title/><script src="x"/><script>if (a<b) c();</script>'
        "</head><body><p>One<br></br>two <a id='x'/>three</p><div/><p><![CDATA[4 < 5]]></p></body>"
    )
    for name in ("a.xhtml", "a.html"):
        assert read_file(tmp_path, name, html).text == "One\ntwo three\n\n4 < 5"


def test_html_entities_of_any_length_do_no_harm(tmp_path: Path) -> None:
    assert page(tmp_path, f"<p>a&#{'9' * 6000};b &#0; &#xD800; &unknown;</p>").endswith("&unknown;")


HOSTILE_PAGES = {
    "deep": "<div>" * 100_000,
    "formatting": "".join(f"<p><font color={number}>x" for number in range(20_000)),
    "options": "<select>" + "<option>x" * 50_000,
    "attributes": f"<p {' '.join(f'a{number}=1' for number in range(60_000))}>x",
    "unclosed": '<a href="' * 50_001,
    "comments": "<!--" * 100_000,
    "lists": "<ul><li>" * 20_000,
    "tables": "<table><tr><td>" * 20_000,
    "spans": "<table><tr><td rowspan=99999 colspan=99999>x" + "<tr><td>y" * 1000 + "</table>",
}


@pytest.mark.parametrize("kind", HOSTILE_PAGES)
def test_html_made_to_exhaust_a_parser_is_read(tmp_path: Path, kind: str) -> None:
    html = f"<h1>Begin</h1><p>start</p>{HOSTILE_PAGES[kind]}"
    document = read_file(tmp_path, "a.html", html)
    assert document.text.startswith("Begin\n\nstart")
    assert len(document.text) < 5 * len(html) + 10_000


def test_html_in_disguise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileDisguised):
        read_file(tmp_path, "a.html", b"%PDF-1.7\n")
    with pytest.raises(FileEmpty):
        read_file(tmp_path, "a.html", "<html><script>x</script></html>")


# --- Anything --------------------------------------------------------------------------------

PIECES = [
    *(
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "<th>",
        "</table>",
        "<ul>",
        "<li>",
        "<h2>",
        "</h2>",
    ),
    *(
        "<pre>",
        "<br>",
        "<nav>",
        "<main>",
        "<a href=x>",
        "<dl><dt>",
        "<dd>",
        "<!--",
        "-->",
        "<script>",
    ),
    *(
        "<td rowspan=3>",
        "<td colspan=2>",
        "&amp;",
        "&#",
        "كلمة",
        "word ",
        "\n",
        "<",
        "</div>",
        "<div>",
    ),
    *(
        "<b hidden>",
        "</b>",
        "<form>",
        "<select>",
        "<q>",
        "<title>",
        "</title>",
        "<svg>",
        "<![CDATA[",
    ),
]


@settings(max_examples=250, **ANY)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_page_is_read_or_refused(tmp_path: Path, pieces: list[str]) -> None:
    check_read_or_refused(tmp_path / "any.html", "".join(pieces).encode())


@settings(max_examples=200, **ANY)
@given(content=st.binary(max_size=200), name=st.sampled_from(["a.html", "a.eml", "a.epub"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    check_read_or_refused(tmp_path / name, content)


@pytest.mark.parametrize(
    "name", ["ar.html", "ar_page.html", "ar_cp1256.html", "en_page.html", "ar.epub", "en.epub"]
)
def test_example_file_is_read(name: str) -> None:
    if not (FORMATS / name).exists():
        pytest.skip("the example documents are not beside this checkout")
    document = read_document(FORMATS / name, name)
    assert len(document.headings) == (7 if name.startswith("ar") else 5)
    assert len(document.tables) == 1
    assert "JUNK" not in document.text and "\ufffd" not in document.text


@pytest.mark.parametrize(
    "name", ["bomb.epub", "lol.epub", "trav.epub", "trunc.epub", "xxe.epub", "empty.html"]
)
def test_hostile_file_is_refused(name: str) -> None:
    if not (HOSTILE / name).exists():
        pytest.skip("the hostile example files are not beside this checkout")
    with pytest.raises(ReadError) as caught:
        read_document(HOSTILE / name, name)
    assert "\n" not in str(caught.value)
