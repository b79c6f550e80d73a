"""Web pages: nothing that a reader sees is lost, and what is seen apart is not run together."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers import read_document
from tests.conftest import SHARED
from tests.reading_files import read_file

CASES = SHARED / "cases" / "reading"


def shown(folder: Path, body: str) -> str:
    """The text of a page with this body."""
    return read_file(folder, "a.html", f"<html><body>{body}</body></html>").text


@pytest.mark.parametrize(
    "body",
    [
        "<header><p>{}</p><nav><a href=/>Home</a></nav></header><main><h1>A</h1><p>B c.</main>",
        "<header>{}</header><article><h1>A</h1><p>B c.</article>",
        "<div role=banner><h1>A</h1>{}</div><p>B c.",
        "<p>B c.</p><footer><p>{}</p><a href=/imprint>Imprint</a></footer>",
        "<main><p>B c.</main><div>{}</div>",
        "<p>B c.</p><aside>{}</aside>",
        "<main><p>B c.</p><aside>{}</aside></main>",
        "<nav><p>{}</p><a href=/>Home</a></nav><p>B c.",
        "<div class=sidebar>{}</div><p>B c.",
        "<div class=newsletter>{}</div><p>B c.",
        "<details><summary>B c.</summary>{}</details>",
        "<div><template shadowrootmode=open><p>{}</p></template></div><p>B c.",
        "<figure><img src=x><figcaption>{}</figcaption></figure><p>B c.",
        "<p aria-hidden=true>{}</p><span aria-hidden=true>{}</span>",
        "<form><label>{}</label><input value='B c'></form>",
        "<div hidden=until-found>{}</div><dl><dt>B<dd>c</dl>",
    ],
)
@pytest.mark.parametrize("text", ["Circular 14 of 2026, in force at once.", "رسوم الطلب ٤٥ دينارًا"])
def test_text_that_stands_nowhere_else_is_kept(tmp_path: Path, body: str, text: str) -> None:
    assert text in shown(tmp_path, body.replace("{}", text))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<a href=1><img alt='Red One'></a><a href=2><img alt='Blue'></a>", "Red One Blue"),
        ("<img alt=خريطة><img alt=صورة>", "خريطة صورة"),
        ("seen<img alt='a map'>, then", "seen a map, then"),
        ("<img alt=T>he mill", "The mill"),
        ("<a href=1>one</a><a href=2>two</a>", "one two"),
        ("the <a href=1>cat</a>s و<a href=2>ليبيا</a>", "the cats وليبيا"),
        ("<button>Save</button><button>Cancel</button>", "Save Cancel"),
        ("<kbd>Ctrl</kbd><kbd>C</kbd>", "Ctrl C"),
        ("<div style='display: flex'><span>Price</span><span>12</span></div>", "Price 12"),
        ("<div class='row x'><b>Name</b><span>Omar</span></div>", "Name Omar"),
        ("<span class=badge>New</span><span class=badge>Hot</span>", "New Hot"),
        ("<span style='display:inline-block'>A</span><i>B</i>", "A B"),
        ("<span style='display:block'>A</span><span style='display:block'>B</span>", "A\n\nB"),
        ("<x-card>One</x-card><x-card>Two</x-card>", "One Two"),
        ("Home<svg><path/></svg>Next", "Home Next"),
        ("<span>$</span><span>5</span> <b>wo</b>rd", "$5 word"),
        ("<b aria-hidden=true>$9</b><b class=sr>$9</b><i aria-hidden=true>home</i>", "$9 $9"),
        ("<del>50</del>40 colo<ins>u</ins>r", "50 40 colour"),
        ("10<sup>6</sup> in 1904<sup><a href=1>3</a></sup> ٥<sup>٢</sup>", "10⁶ in 1904³ ٥^٢"),
        ("1<sup>st</sup> H<sub>2</sub>O log 2<sub>10</sub>", "1st H2O log 2₁₀"),
        ("<label>Age</label><input value=41><input type=hidden value=x>", "Age 41"),
        ("<input type=checkbox checked>Yes<input type=radio>No", "[x] Yes [ ] No"),
        ("<select><option>One<option selected>Two</select>", "Two"),
        ("<span hidden>a<span>b</span>c</span>seen", "seen"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
    ],
)  # fmt: skip
def test_what_is_seen_apart_is_kept_apart(tmp_path: Path, body: str, text: str) -> None:
    assert shown(tmp_path, f"<div>{body}</div>") == text


def test_cells_and_headings_keep_the_same_things_apart(tmp_path: Path) -> None:
    flags = "<img alt='Red Flag'><img alt='Blue Flag'>"
    body = f"<h2>{flags}</h2><table><tr><th>A<th>B<tr><td>{flags}<td>10<sup>6</sup></table>"
    assert shown(tmp_path, body) == "Red Flag Blue Flag\n\nA | B\nRed Flag Blue Flag | 10⁶"


def test_menus_labels_and_notices_are_no_matter(tmp_path: Path) -> None:
    body = (
        "<header><a href=/>Harbour Trust</a></header><nav><a href=1>Home</a><a href=2>About us"
        "</a></nav><main><p>The mill is open.</p></main><div>We use cookies, all right?</div>"
        "<aside>Related</aside><footer><p>© 2026 Harbour Trust</p>Imprint</footer>"
    )
    assert shown(tmp_path, body) == "The mill is open."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("header-with-text.html", "Circular 14 of 2026, in force from 1 June."),
        ("alts-glued.html", "Bahrain Flag Great Britain Flag"),
    ],
)
def test_page_of_the_report_loses_nothing(name: str, text: str) -> None:
    if not (CASES / name).exists():
        pytest.skip("the example cases are not beside this checkout")
    assert text in read_document(CASES / name, name).text
