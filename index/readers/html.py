"""Web pages: what a reader of the page sees, without its menus, as text with its headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.readers.encoding import decoding_warnings
from index.readers.grid import names_columns
from index.readers.html_tables import has_header, is_layout, misplaced, number, placed, table_rows
from index.readers.markup import Element, decode_markup, parse_markup, tags
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document

_MAIN_SHARE = 0.5  # of a page's text: a main part with less is not what the page is about
_LINK_SHARE = 0.7  # of a menu's text
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

_FURNITURE_ROLES = tags("navigation banner contentinfo search complementary menu menubar toolbar")
_NOTE_ROLES = re.compile(r"note|doc-", re.IGNORECASE)
_NOTE_CLASSES = re.compile(
    r"\b(?:foot|end|side)?notes?\b|\badmonition|\bwarning|\bcallout|\btip\b|\bimportant\b|\binfo\b",
    re.IGNORECASE,
)
_MENU_CLASSES = re.compile(
    r"\b(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|footer|pager|pagination|toc-?nav)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or item of a page, or a table of it, in the terms of TextWriter."""

    text: str = ""
    level: int = 0
    separator: str = "\n\n"
    lead: str = ""
    rows: Sequence[Sequence[str]] = ()
    header: bool = False
    in_main: bool = False

    @property
    def length(self) -> int:
        """How many characters it has."""
        return len(self.text) + sum(len(cell) for row in self.rows for cell in row)


def read_html(source: Source) -> Document:
    """The document that a web page shows, without menus, side matter and the page's foot.

    Raises FileDisguised, EncodingUnknown and FileEmpty.
    """
    text = decode_markup(source.content, source.path)
    tree = parse_markup(text, lambda: source.step("parse"), xml=text.startswith("<?xml"))
    writer = TextWriter()
    write_blocks(writer, _page(tree, lambda: source.step("parse")))
    return writer.document(source, decoding_warnings(text))


def page_blocks(
    root: Element, step: Callable[[], object], *, furniture: bool = True
) -> list[Block]:
    """The blocks that a page shows, in their order; `step` is called every now and then.

    Without `furniture` its menus, its head and foot and what stands beside the text are left
    out, where pages say what is what.
    """
    walk = _Walk(furniture, step)
    walk.children(root)
    walk.end_block()
    return walk.blocks


def page_title(root: Element) -> str:
    """The title in the head of a page, "" where there is none."""
    for element in root.elements():
        if element.tag == "title":
            return " ".join(element.text.split())
        if element.tag in ("body", "svg"):
            break
    return ""


def write_blocks(writer: TextWriter, blocks: Sequence[Block]) -> None:
    """Add the blocks of a page to a text."""
    for block in blocks:
        if block.rows:
            writer.table(block.rows, header=block.header)
        else:
            writer.block(block.text, level=block.level, separator=block.separator, lead=block.lead)


def _page(root: Element, step: Callable[[], object]) -> list[Block]:
    """The blocks of a web page: its main part where it has one, and its title above them."""
    blocks = page_blocks(root, step, furniture=False)
    main = [block for block in blocks if block.in_main]
    if sum(block.length for block in main) > _MAIN_SHARE * sum(block.length for block in blocks):
        title = [block for block in blocks if block.level == 1][:1]
        blocks = main if any(block.level == 1 for block in main) else title + main
    blocks = blocks or page_blocks(root, step)
    title_text = page_title(root)
    if title_text and not any(block.level == 1 for block in blocks):
        blocks.insert(0, Block(title_text, level=1))
    return blocks


class _Walk:
    """The blocks of a tree, gathered in one walk over it."""

    def __init__(self, furniture: bool, step: Callable[[], object]) -> None:
        self.blocks: list[Block] = []
        self._step = step
        self._walked = 0  # elements
        self._furniture = furniture
        self._inline: list[str] = []  # of the block that is open
        self._level = 0  # of the heading that is open
        self._pre = 0
        self._main = 0
        self._quoted = 0  # in quotations and articles, where a foot or head is no page's
        self._lists: list[int | None] = []  # of each open list the next number; None for bullets
        self._marker = ""  # of an item that has no text yet
        self._defining = False
        self._close = False  # whether the next block follows without an empty line

    def children(self, element: Element) -> None:
        for child in element.children:
            if isinstance(child, str):
                self._inline.append(child if self._pre else _SPACE.sub(" ", child))
            elif not (child.hidden or child.tag in _UNSHOWN or self._is_furniture(child)):
                self._element(child)

    def end_block(self) -> None:
        """Whatever was read since the last block is one block."""
        if self._level:
            self._inline.append(" ")
            return
        text = "".join(self._inline).replace("\xad", "")
        self._inline.clear()
        if not self._pre:
            text = _AROUND_BREAK.sub("\n", _SPACES.sub(" ", text)).strip()
        if text.strip():
            self._add(Block(text.strip("\n")))

    def _element(self, element: Element) -> None:
        self._walked += 1
        if self._walked % _STEP == 0:
            self._step()
        match element.tag:
            case "br":
                self._inline.append("\n")
            case "img":
                self._inline.append(_SPACE.sub(" ", element.attributes.get("alt", "")))
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
            case tag if tag in _BLOCKS:
                self._block(element)
            case _:
                self.children(element)

    def _around(self, before: str, element: Element, after: str) -> None:
        self._inline.append(before)
        self.children(element)
        self._inline.append(after)

    def _block(self, element: Element) -> None:
        main = element.tag == "main" or element.attributes.get("role") == "main"
        quoted = element.tag in ("blockquote", "article", "section", "main", "figure")
        self.end_block()
        self._main += main
        self._quoted += quoted
        self.children(element)
        self.end_block()
        self._main -= main
        self._quoted -= quoted

    def _heading(self, element: Element) -> None:
        self.end_block()
        outer, self._level = self._level, _HEADINGS[element.tag]
        self.children(element)
        text = " ".join("".join(self._inline).replace("\xad", "").split()) if not outer else ""
        level, self._level = self._level, outer
        if not outer:
            self._inline.clear()
            self._add(Block(text.removesuffix("¶").rstrip(), level=level))

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

    def _add(self, block: Block) -> None:
        if not block.text:
            return
        depth = max(len(self._lists) - 1, 0) + self._defining
        lead = _INDENT * min(depth, _DEEPEST_INDENT)
        if self._lists or self._marker:
            lead += self._marker or _INDENT
        separator = "\n" if self._close else "\n\n"
        self.blocks.append(replace(block, separator=separator, lead=lead, in_main=bool(self._main)))
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
            self.blocks.append(Block(rows=cells, header=header, in_main=bool(self._main)))
        self._close = False

    def _cell_text(self, cell: Element) -> str:
        self._step()
        text = ""
        for block in page_blocks(cell, self._step, furniture=self._furniture):
            between = ", " if block.lead and text else " "
            inner = " ".join(part for row in block.rows for part in row) or block.text
            text = f"{text}{between}{inner}"
        return text.strip()

    def _is_furniture(self, element: Element) -> bool:
        """Whether an element is a menu, the head or foot of the page, or beside the matter."""
        if self._furniture:
            return False
        role = element.attributes.get("role", "")
        names = f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}"
        if role in _FURNITURE_ROLES or element.tag in ("nav", "search"):
            return role not in ("banner",) or not _has_heading(element)
        match element.tag:
            case "footer":
                return not self._quoted or role == "contentinfo"
            case "aside":
                return not (_NOTE_ROLES.search(role) or _NOTE_CLASSES.search(names))
            case "header":
                return not self._quoted and not _has_heading(element)
            case "div" | "ul" | "ol" | "section" | "table":
                return _MENU_CLASSES.search(names) is not None and _is_links(element)
        return False


def _has_heading(root: Element) -> bool:
    return any(element.tag == "h1" for element in root.elements())


def _is_links(root: Element) -> bool:
    """Whether an element is made up of links, as menus are."""
    links = [element.text for element in root.elements() if element.tag == "a"]
    written = len("".join(root.text.split()))
    return len(links) > 1 and len("".join("".join(links).split())) >= _LINK_SHARE * written
