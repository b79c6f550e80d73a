"""Reading text and Markdown: what comes out, with pages and headings, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import (
    FileDisguised,
    FileEmpty,
    FileMissing,
    FileTooLarge,
    FormatUnknown,
    ReadError,
)
from index.readers import LIMIT_MB, known_extensions, read_document
from tests.reading_files import read_file

HOSTILE = Path(__file__).resolve().parents[2] / "shared" / "documents" / "hostile"
FORMATS = HOSTILE.parent / "formats"

MARKDOWN = """---
title: Front matter
tags: [a, b]
---
# دليل *الموظف* الجديد

الإجازة السنوية ثلاثون يوماً،
وتُطلب قبل أسبوع.\\
تُدفع مقدماً. انظر [الملحق](https://example.org/annex) و<b>الشروط</b>.

Working hours
-------------

- Morning shift
- Evening shift
  1. From 14:00
  2. Until 22:00

> Quoted by
> the manual.

```python
def hours():

    return 8  # *kept*
```

| Grade | Days |
|-------|------|
| **A** | 30   |
| B     | ٢٥   |

![مخطط المكتب](plan.png)

<div class="note"><p>Ask &amp; wait.</p><style>p { color: red }</style></div>
"""

PLAIN = """دليل الموظف الجديد

الإجازة السنوية ثلاثون يوماً، وتُطلب قبل أسبوع.
تُدفع مقدماً. انظر الملحق والشروط.

Working hours

- Morning shift
- Evening shift
  1. From 14:00
  2. Until 22:00

Quoted by the manual.

def hours():

    return 8  # *kept*

Grade | Days
A | 30
B | ٢٥

مخطط المكتب

Ask & wait."""


def test_text_is_what_the_file_shows(tmp_path: Path) -> None:
    content = "\ufeffالسطر الأول\r\nالسطر الثاني\rالثالث\n".encode()
    document = read_file(tmp_path, "a.txt", content)
    assert document.text == (tmp_path / "a.txt").read_text(encoding="utf-8-sig")
    assert document.text == "السطر الأول\nالسطر الثاني\nالثالث\n"
    assert (document.name, document.language) == ("a.txt", "ar")
    assert document.pages == () and document.headings == () and document.warnings == ()


def test_name_comes_from_the_caller(tmp_path: Path) -> None:
    (tmp_path / "A.TXT").write_text("Some words.")
    assert read_document(tmp_path / "A.TXT", "handbook/a").name == "handbook/a"


def test_form_feeds_part_pages(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.txt", "First page.\fالصفحة الثانية\f\fFourth.\f\n")
    pages = [(page.number, document.text[page.start : page.end]) for page in document.pages]
    assert pages == [(1, "First page."), (2, "الصفحة الثانية"), (3, ""), (4, "Fourth.")]
    assert document.page_at(document.text.index("Fourth")) == 4


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_text_with_its_mark_is_read(tmp_path: Path, encoding: str) -> None:
    document = read_file(tmp_path, "a.txt", "نص عربي\r\nقصير".encode(encoding))
    assert document.text == "نص عربي\nقصير"


def test_markdown_becomes_clean_text(tmp_path: Path) -> None:
    assert read_file(tmp_path, "a.md", MARKDOWN).text == PLAIN


def test_markdown_headings_point_at_their_text(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.md", MARKDOWN)
    found = [
        (heading.level, document.text[heading.start : heading.end]) for heading in document.headings
    ]
    assert found == [(1, "دليل الموظف الجديد"), (2, "Working hours")]


def test_markdown_items_keep_their_place(tmp_path: Path) -> None:
    source = "Before\n\n5. five\n\n   more of it\n6. six\n   - deep\n     # heading\n7.\n\nAfter"
    document = read_file(tmp_path, "a.md", source)
    assert document.text == (
        "Before\n\n5. five\n  more of it\n6. six\n  - deep\n    heading\n\nAfter"
    )
    heading = document.headings[0]
    assert document.text[heading.start : heading.end] == "heading"


def test_markdown_drops_markup_not_text(tmp_path: Path) -> None:
    source = (
        "A ~~struck~~ `x < y` &copy; \\*plain\\* <https://example.org> end<br>line\n\n"
        "<!-- hidden > comment --> \n\n<script>\nlet a = 1\n\nlet b\n</script>\n\n"
        "in <script>never()</script> here\n\n* * *\n\n[ref]: /nowhere"
    )
    assert read_file(tmp_path, "a.md", source).text == (
        "A struck x < y © *plain* https://example.org end\nline\n\nin  here"
    )


def test_markdown_rule_at_the_top_is_no_front_matter(tmp_path: Path) -> None:
    assert (
        read_file(tmp_path, "a.md", "---\n\nKept words\n\n---\n\nMore").text == "Kept words\n\nMore"
    )


@pytest.mark.parametrize("source", ["", "\ufeff", " \n\t\n", "\u200f\u200b"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_file_without_text_is_refused(tmp_path: Path, name: str, source: str) -> None:
    with pytest.raises(FileEmpty):
        read_file(tmp_path, name, source)


def test_markdown_of_markup_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        read_file(tmp_path, "a.md", "---\ntitle: x\n---\n\n***\n\n<br>\n\n[a]: b\n")


def test_missing_file_is_told(tmp_path: Path) -> None:
    for name in ("none.txt", "none.xyz", "nul\0.txt"):
        with pytest.raises(FileMissing):
            read_document(tmp_path / name, "none")
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(FileMissing):
        read_document(tmp_path / "a.txt" / "b.txt", "b")


def test_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(FormatUnknown) as caught:
        read_file(tmp_path, "a.xyz", "words")
    assert all(extension in str(caught.value) for extension in known_extensions())
    assert {".txt", ".text", ".md", ".markdown"} <= set(known_extensions())


def test_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(ReadError, match="it is a folder"):
        read_document(tmp_path / "b.txt", "b")


def test_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("words")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ReadError, match="permission denied"):
        read_document(tmp_path / "a.txt", "a")


def test_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(LIMIT_MB * 1_000_000 + 1)
    with pytest.raises(FileTooLarge, match=f"the limit is {LIMIT_MB} MB"):
        read_document(path, "a")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"PK\x03\x04 words that follow",
        b"words \x00 and a zero",
        "\ufeffwide \0 words".encode("utf-16-le"),
        bytes(range(256)) * 8,
    ],
)
def test_binary_called_text_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileDisguised) as caught:
        read_file(tmp_path, "a.txt", content)
    assert "\n" not in str(caught.value)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), extension=st.sampled_from([".txt", ".md"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, extension: str) -> None:
    try:
        document = read_file(tmp_path, f"any{extension}", content)
    except ReadError as error:
        assert "\n" not in str(error)
    else:
        assert document.text.strip()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([*"#->*`|[]()<!\n\n  1.", "كلمة", "word", "---\n", "```\n", "| a |"]))
)
def test_any_markdown_has_headings_inside_its_text(tmp_path: Path, pieces: list[str]) -> None:
    try:
        document = read_file(tmp_path, "any.md", "".join(pieces))
    except FileEmpty:
        return
    for heading in document.headings:
        assert 1 <= heading.level <= 6
        assert document.text[heading.start : heading.end].strip()
        assert document.text[heading.start - 1] in "\n " if heading.start else True


@pytest.mark.parametrize("name", ["binary.txt", "png.txt", "zip.txt", "empty.txt"])
def test_hostile_file_is_refused(name: str) -> None:
    if not (HOSTILE / name).exists():
        pytest.skip("the hostile example files are not beside this checkout")
    with pytest.raises(ReadError) as caught:
        read_document(HOSTILE / name, name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "ar_utf8.txt",
        "ar_utf8bom.txt",
        "ar_utf16.txt",
        "ar_utf16le_nobom.txt",
        "ar_cp1256.txt",
        "ar_iso88596.txt",
        "ar.md",
        "en.md",
    ],
)
def test_example_file_is_read(name: str) -> None:
    if not (FORMATS / name).exists():
        pytest.skip("the example documents are not beside this checkout")
    document = read_document(FORMATS / name, name)
    assert document.language == name[:2]
    assert "\r" not in document.text and "\ufeff" not in document.text
    assert len(document.headings) == {"ar.md": 7, "en.md": 5}.get(name, 0)
