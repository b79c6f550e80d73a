"""Pages whose text looks wrong, left out when that is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import FileDoubtful
from index.readers.doubtful import without_doubtful_pages
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document, ReadWarning

PATH = Path("report.pdf")


def document(*warnings: ReadWarning) -> Document:
    writer = TextWriter()
    for number, word in enumerate(("first", "second", "third"), start=1):
        writer.page(number)
        writer.block(f"The {word} heading", level=1)
        writer.table([("name", word), ("price", "20")])
    return writer.document(Source(b"", PATH, "report.pdf"), warnings)


def test_a_clean_document_stays_as_it_is() -> None:
    clean = document(ReadWarning("no_text", (2,)))
    assert without_doubtful_pages(clean, PATH) is clean


def test_a_doubtful_page_goes_and_the_others_keep_their_numbers() -> None:
    whole = document(ReadWarning("letters", (2,)), ReadWarning("no_text", (3,)))
    left = without_doubtful_pages(whole, PATH)
    assert "second" not in left.text
    assert [left.text[h.start : h.end] for h in left.headings] == [
        "The first heading",
        "The third heading",
    ]
    assert [left.text[t.start : t.header_end] for t in left.tables] == [
        "name | first",
        "name | third",
    ]
    assert left.page_at(left.text.index("first")) == 1
    assert left.page_at(left.text.index("third")) == 3
    assert left.warnings == (ReadWarning("no_text", (3,)), ReadWarning("left_out", (2,)))


def test_pages_side_by_side_go_together() -> None:
    whole = document(ReadWarning("letters", (1,)), ReadWarning("order", (2,)))
    left = without_doubtful_pages(whole, PATH)
    assert left.text == whole.text[whole.pages[2].start :]
    assert left.warnings == (ReadWarning("left_out", (1, 2)),)


@pytest.mark.parametrize("pages", [(), (1, 2, 3)])
def test_a_document_that_is_doubtful_throughout_is_refused(pages: tuple[int, ...]) -> None:
    with pytest.raises(FileDoubtful, match="without --strict"):
        without_doubtful_pages(document(ReadWarning("spacing", pages)), PATH)
