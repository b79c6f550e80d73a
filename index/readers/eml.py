"""E-mails: who wrote what to whom and when; the files sent along only by their names."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from typing import TypeAlias

from index.errors import FileLocked, FileUnsafe
from index.readers.encoding import REPLACEMENT, decode_part, decode_text, refuse_disguised
from index.readers.html import Block, page_blocks, write_blocks
from index.readers.markup import named_encoding, parse_markup
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document, ReadWarning

_FIELDS = ("From", "To", "Cc", "Date")
_DEEPEST = 30  # parts within parts
_LONGEST_FIELD = 20_000  # characters
_POINTER = 5  # times: plain text so much shorter than the HTML beside it only points to it
_ENCRYPTED = frozenset(
    {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)

Mail: TypeAlias = "Message[str, str]"


def read_eml(source: Source) -> Document:
    """The document that an e-mail is: its subject as heading, its sender and receivers, its text.

    Where it says the same in several ways the plain text is read, else the HTML. Mails sent
    along stand at the end. Raises FileLocked for an encrypted mail, FileUnsafe for one nested
    too deep, FileDisguised, EncodingUnknown and FileEmpty.
    """
    refuse_disguised(source.content, source.path)
    try:
        # The parser of headers in the newer policy fails on some that are malformed.
        content = source.content.removeprefix(codecs.BOM_UTF8)
        mail = BytesParser(policy=policy.compat32).parsebytes(content)
    except RecursionError as error:
        raise _too_deep(source) from error
    if not mail.keys():
        decode_text(source.content, source.path)  # refuses what is no text at all
    letter = _Letter(source)
    letter.write(mail, 1)
    if letter.encrypted and not letter.has_text:
        raise FileLocked(path=source.path)
    return letter.writer.document(source, [ReadWarning("unmapped")] * letter.unmapped)


def _too_deep(source: Source) -> FileUnsafe:
    return FileUnsafe(path=source.path, detail="it is nested too deep")


class _Letter:
    """A mail and those sent along with it, part by part."""

    def __init__(self, source: Source) -> None:
        self.writer = TextWriter()
        self.encrypted = self.has_text = self.unmapped = False
        self._source = source
        self._depth = 0
        self._files: list[str] = []

    def write(self, mail: Mail, level: int) -> None:
        """Add a mail: its heading at `level`, its fields, its text, the names of its files."""
        outer, self._files = self._files, []
        self.writer.block(_field(mail, "Subject"), level=level)
        fields = [(name, " ".join(_field(mail, name).split())) for name in _FIELDS]
        self.writer.block("\n".join(f"{name}: {text}" for name, text in fields if text))
        self._part(mail, level)
        if self._files:
            self.writer.block("Attachments: " + ", ".join(self._files))
        self._files = outer

    def _step(self) -> None:
        self._source.step("parse")

    def _part(self, part: Mail, level: int) -> None:
        self._step()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _too_deep(self._source)
        kind = part.get_content_type()
        payload = part.get_payload()
        self.encrypted = self.encrypted or kind in _ENCRYPTED
        if kind == "multipart/alternative" and isinstance(payload, list):
            self._alternative(_mails(payload), level)
        elif kind.startswith("message/") and isinstance(payload, list):
            for mail in _mails(payload) if kind in ("message/rfc822", "message/global") else ():
                self.write(mail, min(level + 1, 6))
        elif isinstance(payload, list):
            for inner in _mails(payload):
                self._part(inner, level)
        elif kind in ("text/plain", "text/html") and not _is_file(part):
            self._text(_blocks(part, self._step))
        elif name := _file_name(part):
            self._files.append(name)
        self._depth -= 1

    def _alternative(self, parts: list[Mail], level: int) -> None:
        """Add the one of several parts that says most plainly what all of them say."""
        plain = [part for part in parts if part.get_content_type() == "text/plain"]
        rich = [part for part in parts if part not in plain]
        texts = [blocks for part in plain if _length(blocks := _blocks(part, self._step))]
        pages = [page for part in rich for page in part.walk() if _is_page(page)]
        page = _blocks(pages[-1], self._step) if pages else []
        if texts and _length(page) <= _POINTER * _length(texts[0]):
            self._text(texts[0])
        else:
            self._text(page)
        for part in rich:
            # Its text is known by now, but files may lie beside it.
            self._files.extend(name for inner in part.walk() if (name := _file_name(inner)))

    def _text(self, blocks: list[Block]) -> None:
        self.has_text = self.has_text or bool(blocks)
        self.unmapped = self.unmapped or any(REPLACEMENT in block.text for block in blocks)
        write_blocks(self.writer, blocks)


def _mails(payload: Sequence[object]) -> list[Mail]:
    return [part for part in payload if isinstance(part, Message)]


def _is_page(part: Mail) -> bool:
    return part.get_content_type() == "text/html" and not _is_file(part)


def _is_file(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment"


def _file_name(part: Mail) -> str:
    """The name of a file that was sent along, "" for what is no file."""
    name = part.get_filename()
    return " ".join(_words(name).split()) if name else ""


def _length(blocks: list[Block]) -> int:
    return sum(block.length for block in blocks)


def _blocks(part: Mail, step: Callable[[], object]) -> list[Block]:
    """The text of a part that is text, in blocks; none where it cannot be decoded."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return []
    is_page = part.get_content_type() == "text/html"
    named = part.get_content_charset() or (named_encoding(content) if is_page else None)
    text = decode_part(content, named)
    if text is None:
        return []
    if is_page:
        return page_blocks(parse_markup(text, step), step)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _reflowed(text, joined=str(part.get_param("delsp", "")).lower() == "yes")
    return [Block(text.strip())] if text.strip() else []


def _reflowed(text: str, *, joined: bool) -> str:
    """Text whose paragraphs were broken into lines that end in a space (RFC 3676).

    `joined` says that the space was added with the break.
    """
    lines: list[str] = []
    flows, depth = False, 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        quoted = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if flows and quoted == depth and bare != "-- ":
            lines[-1] = (lines[-1][:-1] if joined else lines[-1]) + bare
        else:
            lines.append(">" * quoted + " " * bool(quoted) + bare)
        flows, depth = bare.endswith(" ") and bare != "-- ", quoted
    return "\n".join(lines)


def _field(mail: Mail, name: str) -> str:
    """A field of the head of a mail, decoded; "" where it is missing."""
    for key, value in mail.raw_items():
        if key.lower() == name.lower():
            return _words(str(value))
    return ""


def _words(value: str) -> str:
    """The text of a field, in which encoded words and bytes beyond ASCII may stand."""
    value = value[:_LONGEST_FIELD]
    raw = value.encode("utf-8", errors="surrogateescape")
    value = decode_part(raw) or raw.decode("utf-8", errors="replace")
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except HeaderParseError:
        return value
    return "".join(
        text if isinstance(text, str) else _word(text, charset) for text, charset in parts
    )


def _word(content: bytes, charset: str | None) -> str:
    if charset is None:  # what stands between encoded words
        return content.decode("raw-unicode-escape", errors="replace")
    return decode_part(content, charset) or content.decode("latin-1")
