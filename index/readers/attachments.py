"""Files that were sent along with a mail: what they are called, and what document is in them."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

from index.errors import ReadError
from index.readers import known_extensions, parse
from index.readers.encoding import decode_part
from index.readers.source import Source, Step
from index.types import Document

MAIL = ".eml"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_TYPE = {
    "application/pdf": ".pdf",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "application/json": ".json",
    "application/xhtml+xml": ".html",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "message/rfc822": MAIL,
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
}
_BINARY = frozenset((".rtf", MAIL))  # of those that may be sent as text
_SIGNATURES = frozenset(
    (
        "application/pkcs7-signature", "application/x-pkcs7-signature",
        "application/pgp-signature", "application/pgp-keys",
    )
)  # fmt: skip


class Unread(Exception):
    """A file is not read: its mail names it, and what comes of it is told by a warning."""


def extension_of(part: Message[str, str], name: str) -> str:
    """The extension of the format that a file is read in, by its name or else by its type.

    "" where it is in none that is read.
    """
    extension = Path(name).suffix.lower()
    if extension in known_extensions():
        return extension
    kind = part.get_content_type()
    return _BY_TYPE.get(kind) or (".txt" if kind.startswith("text/") else "")


def is_signature(part: Message[str, str]) -> bool:
    """Whether a file only proves who wrote the mail."""
    return part.get_content_type() in _SIGNATURES


def content_of(part: Message[str, str], extension: str) -> bytes:
    """The bytes of a file; those of text in UTF-8, whatever its part says that they are in."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return b""
    if part.get_content_maintype() == "text" and extension not in _BINARY:
        text = decode_part(content, part.get_content_charset())
        return content if text is None else text.encode("utf-8", errors="replace")
    return content


def attached_document(content: bytes, name: str, extension: str, step: Step) -> Document:
    """The document in a file, in the process that reads the mail. Raises ReadError and Unread."""
    try:
        return parse(Source(content, Path(f"attachment{extension}"), name, step))
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # whatever a parser of others raises: the mail is read all the same
        raise Unread from error
