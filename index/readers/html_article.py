"""Pages that are articles: which blocks are the article, and which lead elsewhere.

Trafilatura (Barbaresi, ACL 2021) says what the article is; the text, its order, headings and
tables stay those of the page. Nothing goes on its word alone: only what the page itself marks
as standing beside its matter, or what is made of links or scraps before and after the article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.html_blocks import Block
from index.readers.html_zones import COOKIES, NOTICE, Kind, Zone

_LEAST = 1000  # characters of a page: a shorter one is kept as it is
_LARGEST = 1_000_000  # characters of source, and
_MOST_TAGS = 30_000  # beyond which a page costs too much, and is kept as it is
_LONG = 80  # characters: a paragraph
_FEWEST_LONG = 3  # paragraphs of an article
_ARTICLE_SHARE = 0.5  # of the text outside menus: else the page is not about its article
_LINKED_SHARE = 0.5  # of a block that leads elsewhere
_ALIVE_SHARE = 0.2  # of the words of a zone: with so many of the article it holds the article
_SAME_SHARE = 0.6  # of the runs of words of a block
_RUN = 3  # words
_SCRAP = 3  # words at most, without a figure or the end of a sentence
_STATEMENT = 6  # words at least, with the end of a sentence

_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d")
_END = (".", "!", "?", "؟", "…", ":", "۔", ".”", ".»", '."')


def article(blocks: Sequence[Block], zones: Sequence[Zone], source: str) -> list[Block]:
    """The blocks of a page without what is no part of its article.

    All of them where the page is short, huge, nothing in it could go, or where it is not plainly
    an article: a form, a list, a table, or what Trafilatura finds little in.
    """
    everything = list(blocks)
    if not _is_worth_it(blocks, source):
        return everything
    found = _Extract(source)
    matched = [found.has(block) for block in blocks]
    if not _is_article(blocks, matched):
        return everything
    return _Choice(blocks, zones, matched).kept()


def _is_worth_it(blocks: Sequence[Block], source: str) -> bool:
    return (
        sum(block.length for block in blocks) >= _LEAST
        and any(block.zone or _is_linked(block) for block in blocks)
        and len(source) <= _LARGEST
        and source.count("<") <= _MOST_TAGS
        and sum(_is_paragraph(block) for block in blocks) >= _FEWEST_LONG
    )


def _is_linked(block: Block) -> bool:
    return block.linked >= _LINKED_SHARE * block.length


def _is_paragraph(block: Block) -> bool:
    return len(block.text) >= _LONG and block.text.endswith(_END) and not _is_linked(block)


def _is_article(blocks: Sequence[Block], matched: Sequence[bool]) -> bool:
    """Whether most of what a page says, menus apart, is the paragraphs that were found."""
    pairs = list(zip(blocks, matched, strict=True))
    paragraphs = sum(_is_paragraph(block) for block, is_found in pairs if is_found)
    length = sum(block.length for block, is_found in pairs if is_found)
    free = sum(b.length for b, is_found in pairs if is_found or not (b.zone or _is_linked(b)))
    return paragraphs >= _FEWEST_LONG and length >= _ARTICLE_SHARE * free


class _Extract:
    """What Trafilatura takes for the text of a page."""

    def __init__(self, source: str) -> None:
        lines = _extracted(source).split("\n")
        self._lines = {tuple(_words(line)) for line in lines}
        self._runs = {run for line in lines for run in _runs(_words(line))}

    def has(self, block: Block) -> bool:
        """Whether a block is part of it."""
        words = _words(block.text or " ".join(cell for row in block.rows for cell in row))
        runs = _runs(words)
        if not runs:
            return bool(words) and tuple(words) in self._lines
        return sum(run in self._runs for run in runs) >= _SAME_SHARE * len(runs)


def _extracted(source: str) -> str:
    import trafilatura  # only pages that may be articles pay for loading it

    # Fast: the second opinion that it asks otherwise (jusText) takes quadratic time.
    found = trafilatura.bare_extraction(source, fast=True, favor_recall=True)
    if found is None or isinstance(found, dict):
        return ""
    return f"{found.text or ''}\n{found.comments or ''}"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[offset:] for offset in range(_RUN)), strict=False))


class _Choice:
    """What of a page is kept when its article is known."""

    def __init__(
        self, blocks: Sequence[Block], zones: Sequence[Zone], matched: Sequence[bool]
    ) -> None:
        self._blocks = blocks
        self._matched = matched
        self._dead = _dead_kinds(blocks, zones, matched)
        places = [number for number, is_found in enumerate(matched) if is_found]
        self._first, self._last = places[0], places[-1]
        found = [blocks[number] for number in places]
        self._in_article = 2 * sum(block.in_article for block in found) > len(found)
        self._in_main = 2 * sum(block.in_main for block in found) > len(found)

    def kept(self) -> list[Block]:
        """The blocks of the article and whatever may belong to it, with their headings."""
        keeps = [self._keeps(number) for number in range(len(self._blocks))]
        following = 0  # the level of what was kept last, going up; of a text 7
        for number in range(len(keeps) - 1, -1, -1):
            block = self._blocks[number]
            if block.level and following > block.level and not self._dead[block.zone]:
                keeps[number] = True  # a heading of what is kept
            if keeps[number]:
                following = block.level or 7
        return [block for block, keep in zip(self._blocks, keeps, strict=True) if keep]

    def _keeps(self, number: int) -> bool:
        block, kinds = self._blocks[number], self._dead[self._blocks[number].zone]
        between = self._first < number < self._last
        if self._matched[number] or (block.level == 1 and not kinds):
            return True
        if block.level or not kinds.isdisjoint((Kind.MENU, Kind.LINKS, Kind.NAMED)):
            return False
        notice = COOKIES.search(block.text) or NOTICE.search(block.text)
        if notice and (kinds or not between):
            return False
        if kinds or not self._is_inside(block):
            return not _is_linked(block) and (bool(block.rows) or _states_something(block.text))
        if between or self._in_article or self._in_main:
            return True
        return not (_is_linked(block) or _is_scrap(block.text))

    def _is_inside(self, block: Block) -> bool:
        """Whether a block lies in what the page marks as its article or main part, if it does."""
        if self._in_article:
            return block.in_article
        return block.in_main or not self._in_main


def _states_something(text: str) -> bool:
    count = len(text.split())
    return (count >= _SCRAP and _FIGURE.search(text) is not None) or (
        count >= _STATEMENT and text.endswith(_END)
    )


def _is_scrap(text: str) -> bool:
    return len(text.split()) <= _SCRAP and not _FIGURE.search(text) and not text.endswith(_END)


def _dead_kinds(
    blocks: Sequence[Block], zones: Sequence[Zone], matched: Sequence[bool]
) -> list[frozenset[Kind]]:
    """For each zone by its number (0: none) the kinds of those around that hold no article."""
    lengths, found = [0] * (len(zones) + 1), [0] * (len(zones) + 1)
    for block, is_found in zip(blocks, matched, strict=True):
        lengths[block.zone] += block.length
        found[block.zone] += block.length * is_found
    for number in range(len(zones), 0, -1):  # what lies in a zone comes after it
        outer = zones[number - 1].outer
        lengths[outer] += lengths[number]
        found[outer] += found[number]
    kinds: list[frozenset[Kind]] = [frozenset()]
    for number, zone in enumerate(zones, start=1):
        is_dead = found[number] < _ALIVE_SHARE * lengths[number]
        kinds.append(kinds[zone.outer] | ({zone.kind} if is_dead else frozenset()))
    return kinds
