"""ZIP archives that hold a document: checked as a whole before any part of them is parsed."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers.expat import ExpatError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from index.errors import (
    FileDamaged,
    FileDisguised,
    FileLocked,
    FileUnsafe,
    ReadError,
    ReadingTooLarge,
)
from index.readers.signatures import signature
from index.readers.source import Source

_MB = 1_000_000
_MOST_PARTS = 20_000
_LARGEST_TOTAL = 2000 * _MB  # of what the parts say they unpack to
_RATIO = 200  # text packs to a fifth or a thirtieth, repeated rows to a hundredth
_RATIO_FROM = 30 * _MB  # what is smaller may be packed as tightly as it likes

# A tree takes about ten times the memory of its text, and about 230 bytes per element.
_MEMORY = 500  # MB that a tree may take, roughly
_LARGEST_TREE = 40 * _MB
_MOST_TAGS = 2_500_000
_CHUNK = 1 << 16
_FEED = 2 * _MB  # parsed in well under a second

_ENCRYPTED = 0x1 | 0x40 | 0x2000  # an entry, strongly, or the directory itself
_ZIP = b"PK"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Everything that zipfile and zlib raise for archives that are broken in one way or another.
_BROKEN = (
    BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)

_OLD_OFFICE = {
    "WordDocument": "an old Word document (.doc)",
    "PowerPoint Document": "an old PowerPoint presentation (.ppt)",
    "Workbook": "an old Excel workbook (.xls)",
    "Book": "an old Excel workbook (.xls)",
    "__properties_version1.0": "an Outlook message (.msg)",
}
_KINDS = {
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "xl/": "an Excel workbook",
}
_MIMETYPES = {
    "application/epub+zip": "an EPUB book",
    "application/vnd.oasis.opendocument.text": "an OpenDocument text",
    "application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet",
    "application/vnd.oasis.opendocument.presentation": "an OpenDocument presentation",
}
_DRIVE = re.compile("[A-Za-z]:")
_MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|\?xml)", re.IGNORECASE)
# LookupError: an encoding nobody knows; ValueError: one that cannot be parsed.
_BROKEN_XML = (ParseError, ExpatError, LookupError, ValueError)


class XMLTarget(Protocol):
    """Whoever wants to be told of the elements of a part, in their order.

    Tags come as "namespace}name", attributes without a namespace by their names.
    """

    def start(self, tag: str, attrs: dict[str, str], /) -> object: ...

    def end(self, tag: str, /) -> object: ...

    def data(self, data: str, /) -> object: ...


class Archive:
    """The parts of an archive that passed the checks of `open_archive`, by their names."""

    def __init__(self, source: Source, file: ZipFile) -> None:
        self._source = source
        self._file = file
        self._entries = {_part_name(entry): entry for entry in file.infolist()}
        # Names in Office archives do not tell capitals from small letters.
        self._folded = {name.casefold(): name for name in self._entries}

    @property
    def path(self) -> Path:
        """The path of the file, only named in errors."""
        return self._source.path

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the archive, parted by "/"."""
        return tuple(self._entries)

    @property
    def kind(self) -> str:
        """What the archive is, in the words of a message: "an EPUB book", "a ZIP archive"."""
        if "mimetype" in self:
            mimetype = self.read("mimetype")[:100].decode("latin-1").strip()
            if mimetype in _MIMETYPES:
                return _MIMETYPES[mimetype]
        for folder, kind in _KINDS.items():
            if any(name.startswith(folder) for name in self._entries):
                return kind
        return "a ZIP archive"

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._folded

    def read(self, name: str) -> bytes:
        """The bytes of a part.

        Raises FileDamaged where it is missing or broken, ReadingTooLarge over 40 MB.
        """
        entry = self._entry(name)
        if entry.file_size > _LARGEST_TREE:
            raise ReadingTooLarge(path=self.path, limit=_MEMORY)
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part of any size, piece by piece. Raises FileDamaged."""
        try:
            with self._open(name) as part:
                # Read whole, a part would be unpacked before its size is looked at.
                while chunk := part.read(_CHUNK):
                    yield chunk
        except _BROKEN as error:
            raise FileDamaged(path=self.path, detail=f"its part {name} cannot be read") from error

    def xml(self, name: str, *, doctype: bool = False) -> Element:
        """The tree of a part that is XML.

        `doctype` allows a document type that is only named, as old EPUB and OpenDocument files
        do; what it names is never read. Raises FileUnsafe for one with declarations in it and
        for entities, FileDamaged for XML that is broken, ReadingTooLarge over 40 MB.
        """
        return self.parse(name, self.read(name), doctype=doctype)

    def parse(self, name: str, content: bytes, *, doctype: bool = False) -> Element:
        """As `xml`, of the bytes of part `name`."""
        if content.count(b"<") > _MOST_TAGS:
            raise ReadingTooLarge(path=self.path, limit=_MEMORY)
        tree = TreeBuilder()
        parser = _SafeParser(tree, doctype=doctype)
        pieces = (content[start : start + _FEED] for start in range(0, len(content), _FEED))
        for _ in self._fed(name, parser, pieces):
            pass
        return tree.close()

    def stream(self, name: str, target: XMLTarget) -> Iterator[None]:
        """Parse a part of any size, telling `target` of its elements, and pause every 64 KB.

        Whoever has seen enough leaves off. Raises FileUnsafe and FileDamaged as `xml` does.
        """
        parser = _SafeParser(TreeBuilder(), doctype=False)
        parser.tell(target)
        return self._fed(name, parser, self.chunks(name))

    def _fed(self, name: str, parser: _SafeParser, pieces: Iterable[bytes]) -> Iterator[None]:
        try:
            for piece in pieces:
                self._source.step("parse")
                parser.feed(piece)
                yield
            parser.finish()
        except DefusedXmlException as error:
            raise FileUnsafe(
                path=self.path, detail=f"its part {name} has a document type or entities of its own"
            ) from error
        except _BROKEN_XML as error:
            raise FileDamaged(path=self.path, detail=f"its part {name} is not whole") from error

    def wrong(self, expected: str) -> ReadError:
        """The error for an archive without the main part of what it is `expected` to be."""
        if self.kind == expected:
            return FileDamaged(path=self.path, detail="its main part is missing")
        return FileDisguised(path=self.path, found=self.kind)

    def _open(self, name: str) -> IO[bytes]:
        return self._file.open(self._entry(name))

    def _entry(self, name: str) -> ZipInfo:
        stored = self._folded.get(name.casefold())
        if stored is None:
            raise FileDamaged(path=self.path, detail=f"its part {name} is missing")
        return self._entries[name if name in self._entries else stored]


class _SafeParser(DefusedXMLParser):  # type: ignore[misc]
    """A parser of XML that refuses entities and document types with declarations in them."""

    def __init__(self, target: TreeBuilder, *, doctype: bool) -> None:
        super().__init__(target=target, forbid_dtd=True)
        self._named_doctype = doctype

    def tell(self, target: XMLTarget) -> None:
        """Build nothing, and tell `target` of elements without the detour over a tree."""
        self.parser.ordered_attributes = False
        self.parser.StartElementHandler = target.start
        self.parser.EndElementHandler = target.end
        self.parser.CharacterDataHandler = target.data

    def finish(self) -> None:
        """Raises ExpatError where the part ends too early."""
        self.parser.Parse(b"", True)

    def defused_start_doctype_decl(
        self, name: str, sysid: str | None, pubid: str | None, has_internal_subset: bool
    ) -> None:
        """Called by the parser where a document type begins."""
        if has_internal_subset or not self._named_doctype:
            super().defused_start_doctype_decl(name, sysid, pubid, has_internal_subset)


def open_archive(source: Source) -> Archive:
    """The archive that a file is, after looking at everything in it without parsing any of it.

    Raises FileDisguised for what is no archive, FileLocked for one with a password, FileUnsafe
    for one made to fill the machine or to write outside its folder, FileDamaged for a broken one.
    """
    if not source.content.startswith(_ZIP):
        raise _not_an_archive(source)
    try:
        file = ZipFile(BytesIO(source.content))
    except _BROKEN as error:
        raise FileDamaged(path=source.path, detail="it is cut off or broken") from error
    entries = file.infolist()
    _check_names(source, entries)
    _check_sizes(source, entries)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileLocked(path=source.path)
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        # The other methods unpack without any bound.
        raise ReadError(path=source.path, detail="it is packed in an unusual way")
    return Archive(source, file)


def _check_names(source: Source, entries: list[ZipInfo]) -> None:
    for entry in entries:
        name = _part_name(entry)
        if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
            raise FileUnsafe(path=source.path, detail="a part of it wants to be written elsewhere")


def _check_sizes(source: Source, entries: list[ZipInfo]) -> None:
    """Refuse what unpacks to far more than it is.

    The sizes are the archive's own words, but nothing unpacks further than to them: a part that
    has more in it is broken to zipfile.
    """
    if len(entries) > _MOST_PARTS:
        raise FileUnsafe(path=source.path, detail=f"it has over {_MOST_PARTS} parts")
    if sum(entry.file_size for entry in entries) > _LARGEST_TOTAL or any(
        entry.file_size > _RATIO_FROM and entry.file_size > _RATIO * entry.compress_size
        for entry in entries
    ):
        raise FileUnsafe(path=source.path, detail="unpacked, it would fill the machine")


def _part_name(entry: ZipInfo) -> str:
    return entry.filename.replace("\\", "/")


def _not_an_archive(source: Source) -> ReadError:
    content = source.content
    if content.startswith(_COMPOUND):
        for stream, kind in _OLD_OFFICE.items():
            # Streams are named in UTF-16, each name closed by a zero.
            if f"{stream}\0".encode("utf-16-le") in content:
                return FileDisguised(path=source.path, found=kind)
        return FileLocked(path=source.path)
    if other := signature(content):
        return FileDisguised(path=source.path, found=other)
    if _MARKUP.match(content):
        return FileDisguised(path=source.path, found="a web page or XML")
    if _is_text(content):
        return FileDisguised(path=source.path, found="plain text")
    return FileDamaged(path=source.path, detail="it does not begin as a file of its kind does")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character.isspace() for character in text[:4096])
