"""Plain text files: the text as it stands, with pages where form feeds part it."""

from __future__ import annotations

from index.readers.encoding import decode_text, decoding_warnings
from index.readers.source import Source
from index.readers.writer import require_text
from index.text.sentences import text_language
from index.types import Document, Page


def read_text(source: Source) -> Document:
    """The document that a plain text file holds.

    Offsets match `Path.read_text(encoding="utf-8-sig")` where the file is UTF-8. There are pages
    only where there is a form feed. Raises FileDisguised, EncodingUnknown and FileEmpty.
    """
    text = decode_text(source.content, source.path)
    return Document(
        name=source.name,
        text=require_text(text, source.path),
        language=text_language(text),
        pages=_pages(text),
        warnings=decoding_warnings(text),
    )


def _pages(text: str) -> tuple[Page, ...]:
    pages: list[Page] = []
    start = 0
    parts = text.split("\f")
    if len(parts) == 1:
        return ()
    if not parts[-1].strip():
        parts.pop()  # a form feed at the very end closes the last page and opens none
    for number, part in enumerate(parts, start=1):
        pages.append(Page(number, start, start + len(part)))
        start += len(part) + 1
    return tuple(pages)
