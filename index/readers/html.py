"""Web pages: what a reader of the page sees, without its menus, as text with its headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.encoding import decoding_warnings
from index.readers.html_article import article
from index.readers.html_blocks import Block, page_blocks, write_blocks, zoned_blocks
from index.readers.html_zones import COOKIES, NOTICE, Kind, Zone, kinds_of
from index.readers.markup import Element, decode_markup, parse_markup
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document

__all__ = ["Block", "page_blocks", "read_html", "write_blocks"]

_MOSTLY = 0.7  # of the text of a block: with so many links it is an item of a menu
_FEWEST_WORDS = 3  # of what says something without a figure or the end of a sentence
_LONGEST_NOTICE = 80  # characters
_SAYING = re.compile(r"\d|[.!?؟…:۔]$")


def read_html(source: Source) -> Document:
    """The document that a web page shows, without what only leads through the page.

    Raises FileDisguised, EncodingUnknown and FileEmpty.
    """
    text = decode_markup(source.content, source.path)

    def step() -> None:
        source.step("parse")

    tree = parse_markup(text, step, xml=text.startswith("<?xml"))
    everything, zones = zoned_blocks(tree, step)
    step()
    everything = article(everything, zones, text)
    blocks = _without_labels(everything, zones) or everything
    writer = TextWriter()
    write_blocks(writer, _titled(blocks, page_title(tree)))
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


def _without_labels(blocks: Sequence[Block], zones: Sequence[Zone]) -> list[Block]:
    """The blocks without items of menus, and without labels and notices beside the matter.

    What says more than that may stand nowhere else, wherever on the page it stands.
    """
    kinds = kinds_of(zones)
    in_menu = [_is_item(block) for block in blocks]
    count = [0] * len(kinds)  # the words of each zone outside its menus
    length, linked = [0] * len(kinds), [0] * len(kinds)
    for block, is_item in zip(blocks, in_menu, strict=True):
        count[block.zone] += 0 if is_item else len(block.text.split())
        length[block.zone] += block.length
        linked[block.zone] += block.linked
    has_main = any(block.in_main for block in blocks)

    def is_label(block: Block, is_item: bool) -> bool:
        around = kinds[block.zone]
        if COOKIES.search(block.text) and not block.in_main and (around or has_main):
            return True
        if Kind.LINKS in around and linked[block.zone] >= _MOSTLY * length[block.zone]:
            return True
        if around.isdisjoint((Kind.MENU, Kind.BESIDE)) or block.level == 1 or block.rows:
            return False
        return is_item or (count[block.zone] < _FEWEST_WORDS and not _SAYING.search(block.text))

    pairs = zip(blocks, in_menu, strict=True)
    return [block for block, is_item in pairs if not is_label(block, is_item)]


def _is_item(block: Block) -> bool:
    """Whether a block is an item of a menu or a notice of rights."""
    is_notice = len(block.text) <= _LONGEST_NOTICE and NOTICE.search(block.text) is not None
    return is_notice or block.linked >= _MOSTLY * block.length
