"""EPUB books: their chapters in reading order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from index.errors import FileDamaged, FileLocked, FileUnsafe, ReadError
from index.readers.archive import Archive, open_archive
from index.readers.encoding import REPLACEMENT
from index.readers.epub_contents import Contents, words_of
from index.readers.html_blocks import Block, page_blocks, write_blocks
from index.readers.markup import Element as Markup
from index.readers.markup import decode_markup, parse_markup
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document, ReadWarning

_KIND = "an EPUB book"
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_OBFUSCATIONS = frozenset(
    {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
)
_OWN_ENTITIES = re.compile(r"<!ENTITY\b")


def read_epub(source: Source) -> Document:
    """The document that an EPUB book holds: its chapters in order.

    Of a table of contents that stands among them only what no chapter says is kept. A chapter
    without a heading has the one that the table of contents gives it. Chapters that
    cannot be found or read are left out, with a warning. Raises FileLocked for a book that only
    its shop's program opens, FileDamaged for one without chapters, and as `open_archive` does.
    """
    archive = open_archive(source)
    if _CONTAINER not in archive:
        raise archive.wrong(_KIND)
    package = _package(archive)
    root = archive.xml(package, doctype=True)
    parts = _parts(root, posixpath.dirname(package))
    reading = _Reading(archive, source, _chapter_names(archive, parts), _locked(archive))
    contents = _contents(root, parts, posixpath.dirname(package))
    for chapter in _chapters(root, parts, archive):
        reading.read(chapter, is_contents=chapter in contents)
    writer = TextWriter()
    for blocks in reading.chapters():
        write_blocks(writer, blocks)
    if reading.lost and writer.is_empty:
        raise FileDamaged(path=source.path, detail="its chapters are missing")
    warnings = [ReadWarning("partial")] if reading.lost else []
    return writer.document(source, warnings + [ReadWarning("unmapped")] * reading.unmapped)


class _Reading:
    """The chapters that were read so far."""

    def __init__(
        self, archive: Archive, source: Source, names: dict[str, str], locked: frozenset[str]
    ) -> None:
        self.lost = self.unmapped = False
        self._archive = archive
        self._source = source
        self._names = names
        self._locked = locked
        self._blocks: dict[str, Sequence[Block]] = {}
        self._contents: dict[str, tuple[Markup, Contents]] = {}

    def read(self, chapter: str, *, is_contents: bool) -> None:
        """Read a part of the book. Raises FileLocked and FileUnsafe."""
        self._step()
        if chapter in self._locked:
            raise FileLocked(path=self._source.path)
        try:
            text = decode_markup(self._archive.read(chapter), self._source.path)
        except ReadError:  # what is unsafe in an archive is refused before
            self.lost = True
            return
        if _OWN_ENTITIES.search(text):
            detail = f"its part {chapter} has entities of its own"
            raise FileUnsafe(path=self._source.path, detail=detail)
        self.unmapped = self.unmapped or REPLACEMENT in text
        tree = parse_markup(text, self._step, xml=True)
        if is_contents:
            folder = posixpath.dirname(chapter)
            contents = Contents(tree, lambda href: _part(folder, href) or chapter)
            self._contents[chapter] = tree, contents
        self._blocks[chapter] = _headed(page_blocks(tree, self._step), self._names.get(chapter, ""))

    def chapters(self) -> Iterator[Sequence[Block]]:
        """The blocks of each chapter, of the table of contents what the others do not say."""
        named = {target for _, contents in self._contents.values() for target in contents.targets}
        words = {name: words_of(blocks) for name, blocks in self._blocks.items() if name in named}
        for name, blocks in self._blocks.items():
            if name in self._contents:
                tree, contents = self._contents[name]
                contents.restore(words)
                blocks = contents.remaining(page_blocks(tree, self._step))
                blocks = _headed(blocks, self._names.get(name, ""))
            yield blocks

    def _step(self) -> None:
        self._source.step("parse")


def _package(archive: Archive) -> str:
    """The name of the part that lists all others."""
    for rootfile in _all(archive.xml(_CONTAINER, doctype=True), "rootfile"):
        name = _part("", rootfile.get("full-path", ""))
        if name in archive:
            return name
    for name in archive.names:
        if name.lower().endswith(".opf"):
            return name
    raise archive.wrong(_KIND)


def _parts(package: Element, folder: str) -> dict[str, Element]:
    """What the package says about each of its parts, by their names in the archive."""
    return {_part(folder, item.get("href", "")): item for item in _all(package, "item")}


def _chapters(package: Element, parts: dict[str, Element], archive: Archive) -> list[str]:
    """The names of the parts to read: in reading order, then the notes and whatever is beside it.

    A page that the reading order leaves out is still reached by the links to it.
    """
    by_id = {item.get("id"): name for name, item in parts.items()}
    order = [
        (item.get("linear") == "no", by_id.get(item.get("idref"), ""))
        for item in _all(package, "itemref")
    ]
    order.sort(key=lambda entry: entry[0])
    names = [name for _, name in order if name]
    beside = [
        name
        for name, item in parts.items()
        if item.get("media-type") == "application/xhtml+xml" and name in archive
    ]
    return list(dict.fromkeys(names + beside))


def _contents(package: Element, parts: dict[str, Element], folder: str) -> frozenset[str]:
    """The parts in which a table of contents stands, beside whatever else is there."""
    return frozenset(name for name, item in parts.items() if _is_navigation(item)) | {
        _part(folder, reference.get("href", ""))
        for reference in _all(package, "reference")
        if reference.get("type") == "toc"
    }


def _is_navigation(item: Element) -> bool:
    return "nav" in item.get("properties", "").split()


def _chapter_names(archive: Archive, parts: dict[str, Element]) -> dict[str, str]:
    """What the table of contents calls the parts; the first name of each that it has."""
    names: dict[str, str] = {}
    for name, item in parts.items():
        if item.get("media-type") != "application/x-dtbncx+xml" and not _is_navigation(item):
            continue
        folder = posixpath.dirname(name)
        try:
            contents = archive.xml(name, doctype=True)
        except ReadError:
            continue
        for href, title in _entries(contents):
            if title:
                names.setdefault(_part(folder, href), title)
    return names


def _entries(contents: Element) -> Iterator[tuple[str, str]]:
    """Targets and names in a table of contents, of EPUB 3 or 2."""
    for navigation in _all(contents, "nav"):
        if _lists_chapters(navigation):
            for link in _all(navigation, "a"):
                yield link.get("href", ""), _line(link)
    for point in _all(contents, "navPoint"):
        label = next(_all(point, "navLabel"), None)
        target = next(_all(point, "content"), None)
        if label is not None and target is not None:
            yield target.get("src", ""), _line(label)


def _lists_chapters(navigation: Element) -> bool:
    """Whether a navigation element is the table of contents, not landmarks or page numbers."""
    named = {_local(key): value.split() for key, value in navigation.attrib.items()}
    kinds = named.get("type") or [kind for kinds in named.values() for kind in kinds]
    return "toc" in kinds or "doc-toc" in kinds


def _locked(archive: Archive) -> frozenset[str]:
    """The parts that are encrypted; fonts may be, in ways that everyone can undo."""
    if _ENCRYPTION not in archive:
        return frozenset()
    return frozenset(
        _part("", reference.get("URI", ""))
        for entry in _all(archive.xml(_ENCRYPTION), "EncryptedData")
        if not any(
            method.get("Algorithm") in _FONT_OBFUSCATIONS
            for method in _all(entry, "EncryptionMethod")
        )
        for reference in _all(entry, "CipherReference")
    )


def _headed(blocks: Sequence[Block], name: str) -> Sequence[Block]:
    """The blocks of a chapter, under its name where it has no heading of its own."""
    if not name or not blocks or any(block.level for block in blocks):
        return blocks
    if " ".join(blocks[0].text.split()) == name:
        return [replace(blocks[0], level=1, lead=""), *blocks[1:]]
    return [Block(name, level=1), *blocks]


def _part(folder: str, href: str) -> str:
    """The name in the archive of what `href` points at, seen from `folder`."""
    target = unquote(href.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") if target else ""


def _all(root: Element, name: str) -> Iterator[Element]:
    """The elements of a name, whatever namespace they are in."""
    return (element for element in root.iter() if _local(element.tag) == name)


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _line(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
