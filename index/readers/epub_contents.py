"""The table of contents of a book as one of its pages: what in it only repeats the chapters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.readers.html_blocks import Block
from index.readers.markup import HEADINGS, Element, tags

Target = Callable[[str], str]
"""The part of the book that an address in the page points at."""

_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_ROW = 300  # characters
_BESIDE_LINKS = tags("a br img ol ul menu dir")
_FOR_PROGRAMS = tags("landmarks page-list")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a table of contents: its element, and what it consists of without its text."""

    element: Element
    words: frozenset[str]
    targets: tuple[str, ...]
    children: Sequence[Element | str]
    bare: Sequence[Element | str]


class Contents:
    """A page with a table of contents. At first all of its entries are left out of its tree.

    Such a page may be a chapter as well, and an entry may say more than the chapter's heading:
    only an entry whose words all stand in the chapters it points at can be spared.
    """

    def __init__(self, root: Element, target: Target) -> None:
        self._root = root
        _forget_lists_for_programs(root)
        self._entries = list(_entries(root, target))
        for entry in self._entries:
            entry.element.children = list(entry.bare)

    @property
    def targets(self) -> frozenset[str]:
        """The parts that its entries point at."""
        return frozenset(target for entry in self._entries for target in entry.targets)

    def restore(self, words: Mapping[str, frozenset[str]]) -> None:
        """Put back the entries that say what no chapter says; `words` are those of the parts."""
        for entry in self._entries:
            chapters = [words.get(target, frozenset()) for target in entry.targets]
            if not entry.words <= frozenset().union(*chapters):
                entry.element.children = list(entry.children)
        for element in self._root.elements():
            if element.tag == "nav" and not _says_anything(element):
                element.children.clear()

    def remaining(self, blocks: Sequence[Block]) -> Sequence[Block]:
        """The blocks of the page, without the name of a list that is gone."""
        return [] if self._entries and len(blocks) == 1 and blocks[0].level else blocks


def words_of(blocks: Sequence[Block]) -> frozenset[str]:
    """The words of a part of the book."""
    texts = (text for block in blocks for text in (block.text, *(c for r in block.rows for c in r)))
    return frozenset(word for text in texts for word in _words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _entries(root: Element, target: Target) -> Iterator[_Entry]:
    """What consists of links alone, beside numbers; rows of a table with a link in them."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        entry = _row(element, target) if element.tag == "tr" else _line(element, target)
        if entry:
            yield entry
        inner = element.children if entry is None else entry.bare
        waiting.extend(child for child in inner if isinstance(child, Element))


def _line(element: Element, target: Target) -> _Entry | None:
    parts = [child for child in element.children if isinstance(child, Element)]
    links = [part for part in parts if _is_link(part)]
    own = "".join(child for child in element.children if isinstance(child, str))
    if not links or _LETTER.search(own) or any(part.tag not in _BESIDE_LINKS for part in parts):
        return None
    words = frozenset(word for link in links for word in _words(_shown(link)))
    bare = [part for part in parts if not _is_link(part)]
    return _Entry(element, words, _targets(links, target), element.children, bare)


def _row(element: Element, target: Target) -> _Entry | None:
    links = [inner for inner in element.elements() if _is_link(inner)]
    text = _shown(element)
    if not links or len(text) > _LONGEST_ROW:
        return None
    words = frozenset(word for word in _words(text) if not word.isdecimal())
    return _Entry(element, words, _targets(links, target), element.children, ())


def _is_link(part: Element) -> bool:
    return part.tag == "a" and "href" in part.attributes


def _targets(links: Sequence[Element], target: Target) -> tuple[str, ...]:
    return tuple(dict.fromkeys(target(link.attributes["href"]) for link in links))


def _shown(element: Element) -> str:
    """The text of an element with that of its pictures, its parts parted by spaces."""
    parts = (element, *element.elements())
    texts = (child for part in parts for child in part.children if isinstance(child, str))
    return " ".join((*texts, *(part.attributes.get("alt", "") for part in parts)))


def _says_anything(element: Element) -> bool:
    """Whether there is text in an element beside headings."""
    heads = {
        id(inner)
        for head in element.elements()
        if head.tag in HEADINGS
        for inner in (head, *head.elements())
    }
    return any(
        isinstance(child, str) and not child.isspace()
        for part in (element, *element.elements())
        if id(part) not in heads
        for child in part.children
    )


def _forget_lists_for_programs(root: Element) -> None:
    """Empty the links of lists that only programs use: landmarks, and page numbers."""
    for element in root.elements():
        if element.tag == "nav" and _FOR_PROGRAMS & {
            *element.attributes.get("epub:type", "").split()
        }:
            for link in filter(_is_link, element.elements()):
                link.children.clear()
