"""The tree of a web page as blocks: its paragraphs, headings, items and tables in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.readers.grid import names_columns
from index.readers.html_tables import has_header, is_layout, misplaced, number, placed, table_rows
from index.readers.html_zones import Zone, zone_kind
from index.readers.markup import SEAMED, Element, arranges_parts, stands_apart, tags
from index.readers.seams import LINK, LINK_END, SEAM, joined, unmarked
from index.readers.writer import TextWriter

_STEP = 5000  # elements
_INDENT = "  "
_DEEPEST_INDENT = 12  # lists within lists

_SPACE = re.compile("[ \t\n\f\r\xa0]+")  # what a browser shows as one space
_SPACES = re.compile("  +")
_AROUND_BREAK = re.compile(" ?\n ?")

_UNSHOWN = tags(
    "script style template iframe noembed noframes svg object applet video audio canvas select "
    "datalist title rp annotation annotation-xml head noscript map"
)
_BLOCKS = tags(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li main menu nav ol optgroup "
    "option p search section summary ul table caption tbody thead tfoot tr td th"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_PRE = frozenset({"pre", "listing", "xmp", "textarea"})

_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()n", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ₙ")
_UNFILLED = tags("hidden password file color range image")  # kinds of fields without a text


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or item of a page, or a table of it, in the terms of TextWriter.

    `zone` numbers the innermost part of the page around it that seems to stand beside the matter
    (0: none); `linked` counts the characters that are links.
    """

    text: str = ""
    level: int = 0
    separator: str = "\n\n"
    lead: str = ""
    rows: Sequence[Sequence[str]] = ()
    header: bool = False
    in_main: bool = False
    in_article: bool = False
    zone: int = 0
    linked: int = 0

    @property
    def length(self) -> int:
        """How many characters it has."""
        return len(self.text) + sum(len(cell) for row in self.rows for cell in row)


def page_blocks(root: Element, step: Callable[[], object]) -> list[Block]:
    """The blocks that a page shows, in their order; `step` is called every now and then."""
    return zoned_blocks(root, step)[0]


def zoned_blocks(root: Element, step: Callable[[], object]) -> tuple[list[Block], list[Zone]]:
    """The blocks that a page shows, and the zones that they name, counted from 1."""
    walk = _Walk(step)
    walk.children(root)
    walk.end_block()
    return walk.blocks, walk.zones


def write_blocks(writer: TextWriter, blocks: Sequence[Block]) -> None:
    """Add the blocks of a page to a text."""
    for block in blocks:
        if block.rows:
            writer.table(block.rows, header=block.header)
        else:
            writer.block(block.text, level=block.level, separator=block.separator, lead=block.lead)


class _Walk:
    """The blocks of a tree, gathered in one walk over it."""

    def __init__(self, step: Callable[[], object]) -> None:
        self.blocks: list[Block] = []
        self.zones: list[Zone] = []
        self._zone = 0
        self._step = step
        self._walked = 0  # elements
        self._links = 0
        self._linked = 0  # characters of the open block
        self._inline: list[str] = []  # of the block that is open
        self._level = 0  # of the heading that is open
        self._pre = 0
        self._main = 0
        self._article = 0
        self._quoted = 0  # in quotations and articles, where a foot or head is no page's
        self._lists: list[int | None] = []  # of each open list the next number; None for bullets
        self._marker = ""  # of an item that has no text yet
        self._defining = False
        self._close = False  # whether the next block follows without an empty line

    def children(self, element: Element) -> None:
        apart = bool(element.attributes) and arranges_parts(element.attributes)
        for child in element.children:
            if isinstance(child, str):
                text = child if self._pre else _SPACE.sub(" ", child)
                self._inline.append(text)
                if self._links:
                    self._linked += len(text)
            elif child.hidden:
                pass
            elif child.tag in _UNSHOWN:
                self._unshown(child)
            else:
                self._element(child)
            if apart:
                self._inline.append(SEAM)

    def _text(self, text: str) -> None:
        self._inline.append(text)
        if self._links:
            self._linked += len(text)

    def _unshown(self, element: Element) -> None:
        """Whatever a browser shows of an element whose contents it does not show as they are."""
        if element.tag == "template" and "shadowrootmode" in element.attributes:
            self.children(element)
        elif element.tag == "select":
            options = [option for option in element.elements() if option.tag == "option"]
            chosen = [option for option in options if "selected" in option.attributes]
            self._apart(", ".join(" ".join(option.text.split()) for option in chosen))
        elif element.tag not in ("script", "style", "template", "rp", "noscript"):
            self._inline.append(SEAM)

    def _apart(self, text: str) -> None:
        self._inline.append(SEAM)
        self._text(text)
        self._inline.append(SEAM)

    def end_block(self) -> None:
        """Whatever was read since the last block is one block."""
        if self._level:
            self._inline.append(" ")
            return
        text = self._taken()
        if not self._pre:
            text = _SPACES.sub(" ", text) if "  " in text else text
            text = (_AROUND_BREAK.sub("\n", text) if "\n" in text else text).strip()
        linked, self._linked = self._linked, 0
        if text.strip():
            self._add(text.strip("\n"), linked=linked)

    def _taken(self) -> str:
        """The text of the block that is open; it is none from now on."""
        text = "".join(self._inline).replace("\xad", "")
        self._inline.clear()
        return joined(text)

    def _element(self, element: Element) -> None:
        self._walked += 1
        if self._walked % _STEP == 0:
            self._step()
        match element.tag:
            case "br":
                self._inline.append("\n")
            case "img":
                self._picture(element.attributes.get("alt", ""))
            case "input":
                self._field(element)
            case "a":
                self._link(element)
            case "sup":
                self._raised(element, _RAISED, "^")
            case "sub":
                self._raised(element, _LOWERED, "_")
            case "del" | "ins" | "s" | "strike":
                self._around(LINK, element, LINK_END)
            case "q":
                self._around("“", element, "”")
            case "rt":
                self._around("(", element, ")")
            case "li":
                self._item(element)
            case "dt" | "dd":
                self._definition(element)
            case "table":
                self._table(element)
            case "dialog" if "open" not in element.attributes:
                pass
            case tag if tag in _HEADINGS:
                self._heading(element)
            case tag if tag in _LISTS:
                self._list(element)
            case tag if tag in _PRE:
                self._preformatted(element)
            case tag if tag in _BLOCKS or stands_apart(element.attributes) == "block":
                self._block(element)
            case tag if tag in SEAMED or "-" in tag or stands_apart(element.attributes):
                self._around(SEAM, element, SEAM)
            case _:
                self.children(element)

    def _around(self, before: str, element: Element, after: str) -> None:
        self._inline.append(before)
        self.children(element)
        self._inline.append(after)

    def _link(self, element: Element) -> None:
        self._links += 1
        if stands_apart(element.attributes) == "block":
            self._block(element)
        else:
            apart = bool(stands_apart(element.attributes))
            self._around(SEAM if apart else LINK, element, SEAM if apart else LINK_END)
        self._links -= 1

    def _picture(self, description: str) -> None:
        description = _SPACE.sub(" ", description)
        if len(description.strip()) == 1:  # a letter that is painted
            self._text(description)
        else:
            self._apart(description)

    def _field(self, element: Element) -> None:
        """What a field of a form shows: the text in it, or whether it is ticked."""
        kind = element.attributes.get("type", "text").strip().lower()
        if kind in ("checkbox", "radio"):
            self._apart("[x]" if "checked" in element.attributes else "[ ]")
        elif kind == "image":
            self._picture(element.attributes.get("alt", ""))
        elif kind not in _UNFILLED:
            self._apart(_SPACE.sub(" ", element.attributes.get("value", "")))

    def _raised(self, element: Element, signs: dict[int, int], otherwise: str) -> None:
        """A figure above or below the line: 10 to the 6th is not 106."""
        before = self._inline[-1][-1:] if self._inline else ""
        begun = len(self._inline)
        self.children(element)
        if not before.isdigit() or len(self._inline) <= begun:
            return
        text = unmarked("".join(self._inline[begun:])).strip()
        if text.lstrip("+-−(")[:1].isdigit():
            small = text.translate(signs)
            is_small = not any(character.isdecimal() for character in small)
            self._inline[begun:] = [small if is_small else otherwise + text]

    def _block(self, element: Element) -> None:
        main = element.tag == "main" or element.attributes.get("role") == "main"
        quoted = element.tag in ("blockquote", "article", "section", "main", "figure")
        self.end_block()
        outer = self._zone
        kind = zone_kind(element, quoted=bool(self._quoted))
        if kind:
            self.zones.append(Zone(kind, outer))
            self._zone = len(self.zones)
        self._main += main
        self._article += element.tag == "article"
        self._quoted += quoted
        self.children(element)
        self.end_block()
        self._main -= main
        self._article -= element.tag == "article"
        self._quoted -= quoted
        self._zone = outer

    def _heading(self, element: Element) -> None:
        self.end_block()
        outer, self._level = self._level, _HEADINGS[element.tag]
        self.children(element)
        text = " ".join(self._taken().split()) if not outer else ""
        level, self._level = self._level, outer
        if not outer:
            linked, self._linked = self._linked, 0
            self._add(text.removesuffix("¶").rstrip(), level, linked)

    def _preformatted(self, element: Element) -> None:
        self.end_block()
        self._pre += 1
        self.children(element)
        self.end_block()
        self._pre -= 1

    def _list(self, element: Element) -> None:
        self.end_block()
        start = element.attributes.get("start", "1")
        self._close = bool(self._lists)
        self._lists.append((number(start) or 1) if element.tag == "ol" else None)
        self.children(element)
        self.end_block()
        self._lists.pop()
        self._close = bool(self._lists)

    def _item(self, element: Element) -> None:
        self.end_block()
        following = self._lists[-1] if self._lists else None
        if following is None:
            self._marker = "- "
        else:
            following = number(element.attributes.get("value", "")) or following
            self._marker = f"{following}. "
            self._lists[-1] = following + 1
        self.children(element)
        self.end_block()
        self._marker = ""

    def _definition(self, element: Element) -> None:
        self.end_block()
        outer = self._defining
        self._defining = element.tag == "dd"
        self._close = self._close or self._defining
        self.children(element)
        self.end_block()
        self._defining = outer
        self._close = bool(self._lists)

    def _add(self, text: str, level: int = 0, linked: int = 0) -> None:
        if not text:
            return
        depth = max(len(self._lists) - 1, 0) + self._defining
        lead = _INDENT * min(depth, _DEEPEST_INDENT)
        if self._lists or self._marker:
            lead += self._marker or _INDENT
        separator = "\n" if self._close else "\n\n"
        place = (bool(self._main), bool(self._article), self._zone, linked)
        self.blocks.append(Block(text, level, separator, lead, (), False, *place))
        self._marker = ""
        self._close = bool(self._lists) or self._defining

    def _table(self, element: Element) -> None:
        self.end_block()
        rows = list(table_rows(element))
        if self._level or is_layout(element, rows):
            self.children(element)
            self.end_block()
            return
        for part in misplaced(element):
            self._block(Element("div", children=[part]))
        cells = placed(rows, self._cell_text)
        if cells:
            header = has_header(element, rows) or (
                not any(cell.tag == "th" for row in rows for cell in row) and names_columns(cells)
            )
            place = (bool(self._main), bool(self._article), self._zone, self._linked)
            self.blocks.append(Block("", 0, "\n\n", "", cells, header, *place))
        self._linked = 0
        self._close = False

    def _cell_text(self, cell: Element) -> str:
        self._step()
        text = ""
        for block in page_blocks(cell, self._step):
            self._linked += block.linked
            between = ", " if block.lead and text else " "
            inner = " ".join(part for row in block.rows for part in row) or block.text
            text = f"{text}{between}{inner}"
        return text.strip()
