"""Plain text files: the text as it stands, with pages where form feeds part it."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from index.errors import EncodingUnknown, FileEmpty, ReadError
from index.sentences import text_language
from index.types import Document, Page

_SAMPLE = 8192  # bytes that are enough to tell writing from anything else
_CONTROLS_ALLOWED = 0.01  # as a share of the sample; even a log with colour codes stays below

# What the first bytes say, in the words of the message.
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"%PDF-": "a PDF",
    b"\x89PNG\r\n\x1a\n": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office document",
    b"SQLite format 3\x00": "a database",
    b"\x7fELF": "a program",
}
_WIDE_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_VISIBLE = re.compile("[^\\s\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def read_text(content: bytes, path: Path, name: str) -> Document:
    """The document that a plain text file holds; `path` is only named in errors.

    Offsets match `Path.read_text(encoding="utf-8-sig")`. There are pages only where there is
    a form feed.
    """
    text = decode_text(content, path)
    return Document(
        name=name,
        text=require_text(text, path),
        language=text_language(text),
        pages=_pages(text),
    )


def decode_text(content: bytes, path: Path) -> str:
    """The characters of a text file, without byte order mark, every line end as a newline.

    Raises ReadError for what is no text at all and EncodingUnknown for text that is neither
    UTF-8 nor marked as UTF-16 or UTF-32.
    """
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise ReadError(path=path, detail=f"it is not text but {kind}")
    encoding, skipped = _encoding(content)
    if encoding == "utf-8" and b"\0" in content and _looks_wide(content[:_SAMPLE]):
        raise EncodingUnknown(path=path, byte=content.index(b"\0") + 1)
    try:
        text = content[skipped:].decode(encoding)
    except UnicodeDecodeError as error:
        if _looks_binary(content[:_SAMPLE]):
            raise ReadError(path=path, detail="it is not text but binary data") from error
        raise EncodingUnknown(path=path, byte=skipped + error.start + 1) from error
    if "\0" in text:
        raise ReadError(path=path, detail="it is not text but binary data")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def require_text(text: str, path: Path) -> str:
    """`text` itself; raises FileEmpty where nothing in it can be seen."""
    if _VISIBLE.search(text) is None:
        raise FileEmpty(path=path)
    return text


def _encoding(content: bytes) -> tuple[str, int]:
    """The encoding that the byte order mark names, and how many bytes to skip before decoding."""
    for mark, encoding in _WIDE_BOMS.items():
        if content.startswith(mark):
            return encoding, 0
    return "utf-8", len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0


def _looks_binary(sample: bytes) -> bool:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > len(sample) * _CONTROLS_ALLOWED


def _looks_wide(sample: bytes) -> bool:
    """Whether bytes with zeros among them are UTF-16 without its mark: writing, two bytes each."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = sample[: len(sample) // 2 * 2].decode(encoding)
        except UnicodeDecodeError:
            continue
        known = sum(
            (character.isalpha() and character < "\u0700") or character in " \r\n"
            for character in text
        )
        if known > len(text) * 0.7:
            return True
    return False


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
