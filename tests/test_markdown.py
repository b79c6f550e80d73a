"""Markdown: what a person sees in the file is in its text, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers import read_document
from index.types import Document
from tests.conftest import SHARED
from tests.reading_files import headings, read_file

CASES = SHARED / "cases" / "reading"


def tables(document: Document) -> list[str]:
    """The texts of a document's tables."""
    return [document.text[table.start : table.end] for table in document.tables]


@pytest.mark.parametrize(
    "line",
    [
        "The crate measures 10*20*30 cm and weighs 5_000_000 g.",
        "مساحة القطعة 12*30*4 متر و a_b_c.txt",
        "Use a * b * c, 2**3**4, x*y*z and *args, **kwargs in un*seen",
        "Read __init__.py and __name__ before _private and snake_case_name",
        "The price fell from ~~50~~40 in 1904~~5~~",
        "A <T> of List<String>, <name> and <T extends Foo>, 3 < 5 > 2",
        "The <script> tag and the <b> tag, </i> alone and <title> too",
        "See[^1] and [ ] a box, [x] another",
        "$$E = mc^2$$ and $a_1*b_2*c$",
    ],
)
def test_signs_and_names_stay_as_they_were_written(tmp_path: Path, line: str) -> None:
    assert read_file(tmp_path, "a.md", line).text == line


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("*cat* **word**s و**الكتاب الأول** ال*كتاب*", "cat words والكتاب الأول الكتاب"),
        ("![Red](a.png)![Blue](b.png)[one](c)[two](d)", "Red Blue one two"),
        ("![Map](a.png 'Rain in 1904') [form](b 'Form 12')", "Map (Rain in 1904) form (Form 12)"),
        ("see [](https://example.org/x)", "see https://example.org/x"),
        ("10<sup>6</sup> <kbd>Ctrl</kbd><kbd>C</kbd> <img alt='a map'>", "10⁶ Ctrl C a map"),
        ("in <b>bold</b> <a name=x>here <!-- never --> end", "in bold here  end"),
        ("a <script>never()</script> b <style>p {}</style> c", "a  b  c"),
    ],
)  # fmt: skip
def test_markup_goes_and_its_text_stays(tmp_path: Path, line: str, text: str) -> None:
    assert read_file(tmp_path, "a.md", line).text == text


def test_row_that_is_longer_than_its_table_keeps_its_cells(tmp_path: Path) -> None:
    rows = "| Pump | Bar |\n|---|---|\n| North | 4 | **rusted** | a\\|b |\n| صمام | 6 |\n"
    document = read_file(tmp_path, "a.md", rows)
    assert document.text == "Pump | Bar\nNorth | 4 | rusted | a|b\nصمام | 6"
    assert tables(document) == [document.text]
    quoted = "".join(f"> {line}\n" for line in rows.splitlines())
    assert read_file(tmp_path, "a.md", quoted).text == document.text
    item = "- a\n\n" + "".join(f"  {line}\n" for line in rows.splitlines())
    assert read_file(tmp_path, "a.md", item).text == f"- a\n\n{document.text}"


def test_cells_with_html_keep_their_parts_apart(tmp_path: Path) -> None:
    rows = "|a|b|\n|---|---|\n|<ul><li>x</li><li>y</li></ul>|l1<br>l2|\n|1|2|"
    assert read_file(tmp_path, "a.md", rows).text == "a | b\nx y | l1 l2\n1 | 2"


TABLE = "<table><tr><th>القطعة</th><th>Torque</th></tr><tr><td>Bolt</td><td>35 Nm</td></tr></table>"
ROWS = "القطعة | Torque\nBolt | 35 Nm"


@pytest.mark.parametrize(
    "source",
    [
        TABLE,
        TABLE.replace("><t", ">\n<t").replace("</tr>", "</tr>\n\n"),
        TABLE.replace("<td>", "\n\n    <td>\n\n").replace("</td>", "\n\n    </td>\n\n"),
        TABLE.replace("Bolt", "\n\n**Bolt**\n\n"),
        f"<div>\n{TABLE}\n</div>",
    ],
)
def test_table_of_html_is_a_table(tmp_path: Path, source: str) -> None:
    document = read_file(tmp_path, "a.md", f"Before\n\n{source}\n\nAfter")
    assert document.text == f"Before\n\n{ROWS}\n\nAfter"
    assert tables(document) == [ROWS]


def test_table_of_html_within_a_line_or_an_item_is_a_table(tmp_path: Path) -> None:
    assert read_file(tmp_path, "a.md", f"Seen: {TABLE}").text == f"Seen:\n\n{ROWS}"
    assert read_file(tmp_path, "a.md", f"- one\n  {TABLE}\n- two").text == (
        f"- one\n\n{ROWS}\n\n- two"
    )


def test_html_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    for opening in ("<script>", "<style> p", "<!-- note", "<table>", "<textarea>", "<title>"):
        text = read_file(tmp_path, "a.md", f"First\n\n{opening}\n\nالسطر الأخير").text
        assert text.startswith("First") and text.endswith("السطر الأخير")


def test_html_blocks_are_read_as_pages_are(tmp_path: Path) -> None:
    source = (
        '<h1 align="center">Title</h1>\n\n<p><img alt="Logo"><img alt="Build"></p>\n\n<Vector>\n\n'
        "<details><summary>More</summary>\n\ninside\n\n</details>\n\n<ul><li>a</li><li>b</li></ul>"
    )
    document = read_file(tmp_path, "a.md", source)
    assert document.text == "Title\n\nLogo Build\n\n<Vector>\n\nMore\n\ninside\n\n- a\n- b"
    assert headings(document) == [(1, "Title")]


def test_front_matter_gives_the_title_and_what_it_says(tmp_path: Path) -> None:
    source = (
        "---\ntitle: 'قواعد الوقوف'\nvalid_until: 2027-01-31\nlayout: post\ntags: [a]\nsummary: >\n"
        "  Folded text\n  goes on\n---\n"
    )
    document = read_file(tmp_path, "a.md", f"{source}Words.")
    assert document.text == (
        "قواعد الوقوف\n\nvalid_until: 2027-01-31\nsummary: Folded text goes on\n\nWords."
    )
    assert headings(document) == [(1, "قواعد الوقوف")]
    assert headings(read_file(tmp_path, "a.md", f"{source}# Own")) == [(1, "Own")]


def test_definitions_that_are_text_are_kept(tmp_path: Path) -> None:
    source = (
        "Begin [a] and[^1].\n\n[a]: https://example.org\n[Deadline]: tomorrow\n\nMiddle\n\n"
        "[^1]: Smith\n[b]: /nowhere\n[c]: x.pdf 'Form 12'"
    )
    assert read_file(tmp_path, "a.md", source).text == (
        "Begin a and[^1].\n\n[Deadline]: tomorrow\n\nMiddle\n\n[^1]: Smith\n\n[c]: x.pdf 'Form 12'"
    )


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("mixed.md", ["Part | Torque\nBolt HT2 | 35 Nm", "2*3*4", "BOX7", "FN9", "DET10"]),
        ("over.md", ["North | 4 bar | rusted KEEP1", "10*20*30", "<T> generic List<String> KEEP2"]),
    ],
)  # fmt: skip
def test_file_of_the_report_loses_nothing(name: str, texts: list[str]) -> None:
    if not (CASES / name).exists():
        pytest.skip("the example cases are not beside this checkout")
    found = read_document(CASES / name, name).text
    assert all(text in found for text in texts) and "COMM4" not in found
