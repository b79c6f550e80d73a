"""Files made from their contents and read at once, for the tests of readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck

from index.errors import ReadError
from index.readers import read_document
from index.types import Document

ANY: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}
"""Settings of property tests that write files."""


def read_file(folder: Path, name: str, content: bytes | str) -> Document:
    """The document in a file of this name with these contents."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path, name)


def headings(document: Document) -> list[tuple[int, str]]:
    """The levels and texts of a document's headings."""
    return [(each.level, document.text[each.start : each.end]) for each in document.headings]


def check_read_or_refused(path: Path, content: bytes) -> None:
    """Whatever the bytes are, they are read with spans inside the text, or refused in a line."""
    try:
        document = read_file(path.parent, path.name, content)
    except ReadError as error:
        assert "\n" not in str(error)
        return
    for heading in document.headings:
        assert document.text[heading.start : heading.end].strip()
    for table in document.tables:
        assert 0 <= table.start < table.header_end < table.end <= len(document.text)
