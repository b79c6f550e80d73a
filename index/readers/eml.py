"""E-mails: who wrote what to whom and when, with the documents that were sent along."""

from __future__ import annotations

import codecs
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from dataclasses import replace
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from typing import TypeAlias

from index.errors import FileEmpty, FileLocked, FileUnsafe, OcrMissing, ReadError
from index.readers.attachments import (
    MAIL,
    Unread,
    attached_document,
    content_of,
    extension_of,
    is_signature,
)
from index.readers.encoding import REPLACEMENT, decode_part, decode_text, refuse_disguised
from index.readers.html import Block, page_blocks, write_blocks
from index.readers.markup import named_encoding, parse_markup
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document, ReadWarning, WarningKind

_FIELDS = ("From", "To", "Cc", "Date")
_DEEPEST = 30  # parts within parts
_DEEPEST_MAIL = 5  # mails that are files of mails
_MOST_FILES = 200  # that are read
_MOST_CHARACTERS = 20_000_000  # in all files together
_MOST_NAMES = 20  # of files that were not read
_LONGEST_NAME = 200  # characters
_DEEPEST_HEADING = 6
_HEAD = 64  # bytes, among which there is a zero in UTF-16 alone
_LONGEST_FIELD = 20_000  # characters
_POINTER = 5  # times: plain text so much shorter than the HTML beside it only points to it
_ENCRYPTED = frozenset(
    {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)

Mail: TypeAlias = "Message[str, str]"


def read_eml(source: Source) -> Document:
    """The document that an e-mail is: its subject as heading, its sender and receivers, its text.

    Where it says the same in several ways the plain text is read, else the HTML. Files that were
    sent along stand at the end, each under its name; those that are not read are told by a
    warning. There are pages where a file has some: the mail is the first. Raises FileLocked for
    an encrypted mail, FileUnsafe for one nested too deep, FileDisguised, EncodingUnknown and
    FileEmpty.
    """
    refuse_disguised(source.content, source.path)
    try:
        mail = _parsed(source.content)
    except RecursionError as error:
        raise _too_deep(source) from error
    if not mail.keys():
        decode_text(source.content, source.path)  # refuses what is no text at all
    letter = _Letter(source)
    letter.write(mail, 1)
    if letter.encrypted and not letter.has_text:
        raise FileLocked(path=source.path)
    return letter.document()


def _parsed(content: bytes) -> Mail:
    """A mail out of its bytes, be they UTF-16 as some programs save them."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:_HEAD]:
        text = decode_part(content)
        content = content if text is None else text.encode("utf-8", errors="replace")
    # The parser of headers in the newer policy fails on some that are malformed.
    return BytesParser(policy=policy.compat32).parsebytes(content.removeprefix(codecs.BOM_UTF8))


def _too_deep(source: Source) -> FileUnsafe:
    return FileUnsafe(path=source.path, detail="it is nested too deep")


class _Letter:
    """A mail and those sent along with it, part by part."""

    def __init__(self, source: Source) -> None:
        self.encrypted = self.has_text = False
        self._writer = TextWriter()
        self._source = source
        self._depth = 0
        self._mails_open = 0  # each a file of the one around it
        self._files: list[Mail] = []
        self._files_left = _MOST_FILES
        self._characters_left = _MOST_CHARACTERS
        self._unread: dict[str, None] = {}
        self._warned: dict[WarningKind, set[int]] = {}
        self._page = 1
        self._paged = self._turned = False
        self._writer.page(1)

    def document(self) -> Document:
        """The document of what was written."""
        warnings = [
            ReadWarning(kind, tuple(sorted(pages)) if self._paged else ())
            for kind, pages in self._warned.items()
        ]
        if self._unread:
            names = list(self._unread)
            more = ["…"] if len(names) > _MOST_NAMES else []
            warnings.append(ReadWarning("attachment", names=(*names[:_MOST_NAMES], *more)))
        document = self._writer.document(self._source, warnings)
        return document if self._paged else replace(document, pages=())

    def write(self, mail: Mail, level: int) -> None:
        """Add a mail: its heading at `level`, its fields, its text, the files sent along."""
        outer, self._files = self._files, []
        self._block(_field(mail, "Subject"), level=level)
        fields = [(name, " ".join(_field(mail, name).split())) for name in _FIELDS]
        self._block("\n".join(f"{name}: {text}" for name, text in fields if text))
        self._part(mail, level)
        files, self._files = self._files, outer
        if files:
            self._block("Attachments: " + ", ".join(map(_file_name, files)))
        for file in files:
            self._file(file, min(level + 1, _DEEPEST_HEADING))

    def _file(self, part: Mail, level: int) -> None:
        """Add the document in a file under its name; what is not read is taken note of."""
        self._step()
        name = _file_name(part)
        extension = extension_of(part, name)
        self._files_left -= 1
        try:
            if not extension or self._files_left < 0:
                raise Unread
            content = content_of(part, extension)
            if extension == MAIL:
                self._attached_mail(_mail_file(content), name, level)
            else:
                document = attached_document(content, name, extension, self._source.step)
                self._attached(document, name, level)
        except FileEmpty:
            pass  # a picture without text, as a rule
        except (ReadError, Unread) as error:
            if isinstance(error, OcrMissing):
                self._warned.setdefault("ocr_missing", set()).add(self._page)
            if not is_signature(part):
                self._unread[name] = None

    def _attached(self, document: Document, name: str, level: int) -> None:
        self._characters_left -= len(document.text)
        if self._characters_left < 0:
            raise Unread
        self.has_text = True
        self._paged = self._paged or bool(document.pages or document.warnings)
        before = self._page
        self._turn()
        self._writer.block(name, level=level)
        self._writer.document_within(document, level=level, pages=before)
        self._page = before + max((page.number for page in document.pages), default=1)
        for warning in document.warnings:
            pages = warning.pages or range(1, self._page - before + 1)
            self._warned.setdefault(warning.kind, set()).update(before + page for page in pages)
        self._turned = True

    def _attached_mail(self, mail: Mail, name: str, level: int) -> None:
        if self._mails_open >= _DEEPEST_MAIL or not mail.keys():
            raise Unread
        depth, files = self._depth, self._files
        self._mails_open += 1
        self._turn()
        self._writer.block(name, level=level)
        try:
            self.write(mail, min(level + 1, _DEEPEST_HEADING))
        finally:
            self._depth, self._files = depth, files
            self._mails_open -= 1
            self._turned = True

    def _turn(self) -> None:
        self._turned = False
        self._page += 1
        self._writer.page(self._page)

    def _block(self, text: str, level: int = 0) -> None:
        if self._turned and text.strip():
            self._turn()
        self._writer.block(text, level=level)

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
                self.write(_unpacked(part, mail), min(level + 1, _DEEPEST_HEADING))
        elif isinstance(payload, list):
            for inner in _mails(payload):
                self._part(inner, level)
        elif kind in ("text/plain", "text/html") and not _is_file(part):
            self._text(_blocks(part, self._step))
        elif _is_attached(part):
            self._files.append(part)
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
            self._files.extend(
                inner
                for inner in part.walk()
                if _is_attached(inner)
                and (_is_named(inner) or inner.get_content_maintype() != "text")
            )

    def _text(self, blocks: list[Block]) -> None:
        self.has_text = self.has_text or bool(blocks)
        if blocks and self._turned:
            self._turn()
        if any(REPLACEMENT in block.text for block in blocks):
            self._warned.setdefault("unmapped", set()).add(self._page)
        write_blocks(self._writer, blocks)


def _mails(payload: Sequence[object]) -> list[Mail]:
    return [part for part in payload if isinstance(part, Message)]


def _is_page(part: Mail) -> bool:
    return part.get_content_type() == "text/html" and not _is_file(part)


def _is_file(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment"


def _is_attached(part: Mail) -> bool:
    """Whether a part is a file that was sent along, not a part of the mail itself."""
    if part.is_multipart():
        return False
    if part.get_content_type() in ("text/plain", "text/html"):
        return _is_file(part)
    return _is_named(part) or bool(extension_of(part, ""))


def _is_named(part: Mail) -> bool:
    return _is_file(part) or bool(part.get_filename())


def _file_name(part: Mail) -> str:
    """The name of a file that was sent along, by what it is where it has none."""
    name = " ".join(_words(part.get_filename() or "").split())[:_LONGEST_NAME]
    return name or f"attachment{extension_of(part, '')}"


def _mail_file(content: bytes) -> Mail:
    """A mail that is a file of another. Raises Unread."""
    try:
        return _parsed(content)
    except RecursionError as error:
        raise Unread from error


def _unpacked(part: Mail, mail: Mail) -> Mail:
    """A mail in a part, also where it was packed as files are, which the parser passes over."""
    payload = mail.get_payload()
    packed = str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64"
    if not packed or mail.keys() or not isinstance(payload, str):
        return mail
    try:
        return _parsed(b64decode(payload))
    except (Base64Error, ValueError):
        return mail


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
