"""What the first bytes of a file say that it is."""

from __future__ import annotations

# In the words of the message; the longest first where one begins another.
_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"%PDF-": "a PDF",
    b"{\\rtf": "rich text (RTF)",
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


def signature(content: bytes) -> str | None:
    """The kind of file that begins like this, as "a PDF"; None for text and for what is unknown."""
    for first, kind in _SIGNATURES.items():
        if content.startswith(first):
            return kind
    return None
