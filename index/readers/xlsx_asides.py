"""What stands beside the cells of an Excel sheet: comments, headers and footers of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element

from index.readers.archive import Archive
from index.readers.asides import PAGE_NUMBER, Aside, comment_text, without_page_numbers
from index.readers.numerals import whole_number
from index.readers.opc import Relation, of_kind, office_xml

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_THREADS = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"

# A sign with & in a header (ISO/IEC 29500-1, 18.3.1.46): a font, its size or colour, a field.
_CODE = re.compile(r'&(?:"[^"]*"?|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]{1,3}|.)', re.DOTALL)
_PARTS = frozenset("LCR")
_NUMBERS = frozenset("PN")


def comments(archive: Archive, sheet: Mapping[str, Relation], people: str | None) -> list[str]:
    """The comments on a sheet, each behind the cell that it is about: "B4, Salma: check this".

    `sheet` are the relations of the sheet, `people` the part that names who wrote the newer ones,
    which hang together as talks.
    """
    found: list[tuple[str, str]] = []
    if threads := of_kind(archive, sheet, "threadedComment"):
        found += _threaded(office_xml(archive, threads), _people(archive, people))
    placed = {place for place, _ in found}
    if part := of_kind(archive, sheet, "comments"):
        # For older programs each of the newer comments stands among the old ones too.
        found += (each for each in _plain(office_xml(archive, part)) if each[0] not in placed)
    return [f"{place}, {text}" if place else text for place, text in found]


def _threaded(root: Element, people: dict[str, str]) -> Iterator[tuple[str, str]]:
    for comment in root.iter(f"{_THREADS}threadedComment"):
        text = (comment.findtext(f"{_THREADS}text") or "").strip()
        if text:
            author = people.get(comment.get("personId", ""), "")
            yield comment.get("ref", ""), comment_text(author, text)


def _people(archive: Archive, part: str | None) -> dict[str, str]:
    root = office_xml(archive, part) if part else Element("none")
    return {
        person.get("id", ""): person.get("displayName", "")
        for person in root.iter(f"{_THREADS}person")
    }


def _plain(root: Element) -> Iterator[tuple[str, str]]:
    authors = [author.text or "" for author in root.iterfind(f"{S}authors/{S}author")]
    for comment in root.iter(f"{S}comment"):
        runs = [*comment.iterfind(f"{S}text/{S}t"), *comment.iterfind(f"{S}text/{S}r/{S}t")]
        text = "".join(run.text or "" for run in runs).strip()
        at = whole_number(comment.get("authorId"), len(authors))
        author = authors[at] if at < len(authors) else ""
        # Excel begins a comment with its author's name.
        text = text.removeprefix(f"{author}:").strip() if author else text
        if text:
            yield comment.get("ref", ""), comment_text(author, text)


def margins(written: Iterable[tuple[str, str]]) -> Iterator[tuple[Aside, str]]:
    """The headers and footers of a sheet's pages that say more than a number."""
    for name, codes in written:
        if text := without_page_numbers(_CODE.sub(_shown, codes)):
            yield "header" if name.endswith("Header") else "footer", text


def _shown(code: re.Match[str]) -> str:
    letter = code[0][1:]
    if letter in _PARTS:
        return "\t"
    if letter in _NUMBERS:
        return PAGE_NUMBER
    return "&" if letter == "&" else ""
