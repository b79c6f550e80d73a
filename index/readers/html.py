"""Web pages: what a reader of the page sees, without its menus, as text with its headings."""

from __future__ import annotations

import re

from index.readers.encoding import decoding_warnings
from index.readers.html_blocks import Block, page_blocks, write_blocks, zoned_blocks
from index.readers.html_zones import Kind, kinds_of
from index.readers.markup import Element, decode_markup, parse_markup
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document

__all__ = ["Block", "page_blocks", "read_html", "write_blocks"]

_MOSTLY = 0.7  # of the text of a block: with so many links it is an item of a menu
_FEWEST_WORDS = 3  # of what says something without a figure or the end of a sentence
_LONGEST_NOTICE = 80  # characters

_FIGURE = re.compile(r"\d")
_SENTENCE_END = (".", "!", "?", "؟", "…", ":", "۔")
_NOTICE = re.compile(r"©|\bcopyright\b|rights reserved|حقوق النشر|الحقوق محفوظة", re.IGNORECASE)
_COOKIES = re.compile(r"\bcookies?\b|ملفات تعريف الارتباط|الكوكيز|كوكيز", re.IGNORECASE)


def read_html(source: Source) -> Document:
    """The document that a web page shows, without what only leads through the page.

    Raises FileDisguised, EncodingUnknown and FileEmpty.
    """
    text = decode_markup(source.content, source.path)

    def step() -> None:
        source.step("parse")

    tree = parse_markup(text, step, xml=text.startswith("<?xml"))
    everything, zones = zoned_blocks(tree, step)
    has_main = any(block.in_main for block in everything)
    kinds = kinds_of(zones)
    blocks = [b for b in everything if _says_something(b, kinds[b.zone], has_main=has_main)]
    writer = TextWriter()
    write_blocks(writer, _titled(blocks or everything, page_title(tree)))
    return writer.document(source, decoding_warnings(text))


def page_title(root: Element) -> str:
    """The title in the head of a page, "" where there is none."""
    for element in root.elements():
        if element.tag == "title":
            return " ".join(element.text.split())
        if element.tag in ("body", "svg"):
            break
    return ""


def _titled(blocks: list[Block], title: str) -> list[Block]:
    """The blocks of a page, under its title where it has no heading of the first level."""
    if title and not any(block.level == 1 for block in blocks):
        return [Block(title, level=1), *blocks]
    return blocks


def _says_something(block: Block, kinds: frozenset[Kind], *, has_main: bool) -> bool:
    """Whether a block says anything: no item of a menu, and no label or notice beside the matter.

    A sentence or a figure may stand nowhere else, wherever on the page it stands.
    """
    if not kinds and (block.in_main or not has_main):
        return True
    if _COOKIES.search(block.text) and not block.in_main:
        return False
    if kinds.isdisjoint((Kind.MENU, Kind.BESIDE)) or block.level == 1:
        return True
    if block.linked >= _MOSTLY * block.length:
        return False
    text = block.text
    if len(text) <= _LONGEST_NOTICE and _NOTICE.search(text):
        return False
    return bool(
        block.rows
        or len(text.split()) >= _FEWEST_WORDS
        or _FIGURE.search(text)
        or text.endswith(_SENTENCE_END)
    )
