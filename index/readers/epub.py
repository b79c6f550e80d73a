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
from index.readers.html import Block, page_blocks, write_blocks
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
    """The document that an EPUB book holds: its chapters in order, without its table of contents.

    A chapter without a heading has the one that the table of contents gives it. Chapters that
    cannot be found or read are left out, with a warning. Raises FileLocked for a book that only
    its shop's program opens, FileDamaged for one without chapters, and as `open_archive` does.
    """
    archive = open_archive(source)
    if _CONTAINER not in archive:
        raise archive.wrong(_KIND)
    package = _package(archive)
    root = archive.xml(package, doctype=True)
    parts = _parts(root, posixpath.dirname(package))
    chapters = _chapters(root, parts, posixpath.dirname(package))
    names = _chapter_names(archive, parts)
    locked = _locked(archive)
    writer = TextWriter()

    def step() -> None:
        source.step("parse")

    lost = unmapped = False
    for chapter in chapters:
        step()
        if chapter in locked:
            raise FileLocked(path=source.path)
        try:
            text = decode_markup(archive.read(chapter), source.path)
        except ReadError:  # what is unsafe in an archive is refused before
            lost = True
            continue
        if _OWN_ENTITIES.search(text):
            raise FileUnsafe(path=source.path, detail=f"its part {chapter} has entities of its own")
        unmapped = unmapped or REPLACEMENT in text
        tree = parse_markup(text, step, xml=True)
        write_blocks(writer, _headed(page_blocks(tree, step), names.get(chapter, "")))
    if lost and writer.is_empty:
        raise FileDamaged(path=source.path, detail="its chapters are missing")
    warnings = [ReadWarning("partial")] if lost else []
    return writer.document(source, warnings + [ReadWarning("unmapped")] * unmapped)


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


def _chapters(package: Element, parts: dict[str, Element], folder: str) -> list[str]:
    """The names of the parts to read, those beside the reading order (notes) at the end."""
    by_id = {item.get("id"): name for name, item in parts.items()}
    contents = {name for name, item in parts.items() if _is_navigation(item)} | {
        _part(folder, reference.get("href", ""))
        for reference in _all(package, "reference")
        if reference.get("type") == "toc"
    }
    order = [
        (item.get("linear") == "no", by_id.get(item.get("idref"), ""))
        for item in _all(package, "itemref")
    ]
    order.sort(key=lambda entry: entry[0])
    names = list(dict.fromkeys(name for _, name in order if name))
    return [name for name in names if name not in contents] or names


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
        if any(value == "toc" for value in navigation.attrib.values()):
            for link in _all(navigation, "a"):
                yield link.get("href", ""), _line(link)
    for point in _all(contents, "navPoint"):
        label = next(_all(point, "navLabel"), None)
        target = next(_all(point, "content"), None)
        if label is not None and target is not None:
            yield target.get("src", ""), _line(label)


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


def _headed(blocks: list[Block], name: str) -> Sequence[Block]:
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
