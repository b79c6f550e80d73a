"""HTML and XHTML: bytes to a tree, in time and memory that grow with the file and nothing else.

Parsers that follow the standard to the letter take quadratic time for deep nesting, for many
attributes or options, and memory without bound for formatting that is never closed. Here inline
elements that mean nothing to a reader are no part of the tree, and it has a greatest depth.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from index.readers.encoding import decode_text

DEEPEST = 200
"""What is nested deeper is put into its ancestor at this depth."""

_STEP = 5000  # tags


def tags(names: str) -> frozenset[str]:
    """A set of names that are parted by spaces."""
    return frozenset(names.split())


_TAG = re.compile(
    r"<!--(?:-?>|(?s:.*?)(?:--!?>|\Z))"
    r"|<!\[CDATA\[(?P<literal>(?s:.*?))(?:\]\]>|\Z)"
    r"|<(?:[!?]|/[^A-Za-z])[^>]*(?:>|\Z)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*)"
    r"""(?P<rest>(?:[^>"'=]++|=\s*+"[^"]*+(?:"|\Z)|=\s*+'[^']*+(?:'|\Z)|["'=])*+)(?:>|\Z)"""
)
_ATTRIBUTE = re.compile(
    r"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?""",
)
_KEPT_ATTRIBUTES = tags(
    "alt aria-hidden checked class colspan epub:type hidden href id open role rowspan selected "
    "shadowrootmode start style type value"
)
_LONGEST_ATTRIBUTES = 20_000
_LONG_VALUE = re.compile(r"\"[^\"]{2000,}\"|'[^']{2000,}'")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{10,};?")
_NONE: Mapping[str, str] = MappingProxyType({})

_DISPLAY = re.compile(r"display\s*:\s*(inline-)?(block|flex|grid|table|list-item)|float\s*:\s*[lr]")
_ARRANGING = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid)")
_APART_CLASSES = tags("badge btn button chip pill tag")
_ARRANGING_CLASSES = tags(
    "flex inline-flex grid inline-grid d-flex d-inline-flex d-grid row hstack"
)
_ICON = re.compile(r"icon|symbol|glyph|katex", re.IGNORECASE)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all")

_VOID = tags(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source "
    "track wbr"
)
_RAW = tags("script style textarea title iframe noembed noframes xmp")
_PASSIVE = tags(  # inline elements without a meaning of their own, unless they are hidden
    "abbr acronym b bdi bdo big blink cite code data dfn em font i mark nobr output samp small "
    "span strong time tt u var"
)
SEAMED = tags("button kbd label")
"""Inline elements that browsers show apart from their neighbours, also without white space."""
_CELLS = frozenset({"td", "th"})
_GROUPS = frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"})
_TABLE_PARTS = _CELLS | _GROUPS | {"tr"}
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CLOSE_PARAGRAPH = HEADINGS | tags(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form header hgroup hr li main menu nav ol p pre search section summary table "
    "ul xmp"
)
_BOUNDARY = frozenset({"table", "td", "th", "caption"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})

# What an opening tag closes, and where looking for it ends.
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _LISTS | _BOUNDARY),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _BOUNDARY),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _BOUNDARY),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "rt": (frozenset({"rt", "rp"}), frozenset({"ruby"})),
    "rp": (frozenset({"rt", "rp"}), frozenset({"ruby"})),
    "td": (_CELLS | {"caption"}, frozenset({"tr", "table"})),
    "th": (_CELLS | {"caption"}, frozenset({"tr", "table"})),
    "tr": (frozenset({"tr", "caption", "colgroup"}), frozenset({"table"})),
    **dict.fromkeys(_GROUPS, (_GROUPS | {"tr"}, frozenset({"table"}))),
    **dict.fromkeys(_CLOSE_PARAGRAPH - {"li", "dt", "dd"}, (frozenset({"p"}), _BOUNDARY)),
}

_META = re.compile(rb"<meta\b[^<>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")
_HEAD = 4096  # bytes in which a page names its encoding


@dataclass(slots=True)
class Element:
    """An element of a page, with its text and elements in their order."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=lambda: _NONE)
    children: list[Element | str] = field(default_factory=list)

    @property
    def hidden(self) -> bool:
        """Whether a browser shows nothing of it."""
        return _hidden(self.tag, self.attributes)

    @property
    def text(self) -> str:
        """All text in it, hidden or not."""
        inner = (child for element in self.elements() for child in element.children)
        return "".join(child for child in (*self.children, *inner) if isinstance(child, str))

    def elements(self) -> Iterator[Element]:
        """All elements in it, in their order."""
        waiting = [iter(self.children)]
        while waiting:
            for child in waiting[-1]:
                if isinstance(child, Element):
                    yield child
                    waiting.append(iter(child.children))
                    break
            else:
                waiting.pop()


def decode_markup(content: bytes, path: Path) -> str:
    """The characters of a page: in the encoding it names, where its bytes do not say otherwise.

    Raises FileDisguised and EncodingUnknown as `decode_text` does.
    """
    return decode_text(content, path, named_encoding(content))


def named_encoding(content: bytes) -> str | None:
    """The encoding that a page names in its head; None where it names none."""
    named = _XML_ENCODING.match(content[:_HEAD]) or _META.search(content[:_HEAD])
    return named[1].decode("ascii") if named else None


def parse_markup(text: str, step: Callable[[], object], *, xml: bool = False) -> Element:
    """The tree of a page under an element without a name; `step` is called every now and then.

    Whatever is wrong in the page is taken as browsers take it, more or less. `xml` says that
    tags may close themselves.
    """
    tree = _Tree(xml)
    at = pending = 0
    seen = 0
    while (at := text.find("<", at)) >= 0:
        tag = _TAG.match(text, at)
        if tag is None:
            at += 1
            continue
        tree.text(text[pending:at])
        at = pending = tag.end()
        if (seen := seen + 1) % _STEP == 0:
            step()
        if xml and tag["literal"]:
            tree.literal(tag["literal"])
        if not tag["name"]:
            continue
        name = tag["name"].lower()
        if xml:
            name = name.rpartition(":")[2]
        if tag["end"]:
            tree.close(name)
        elif name in _RAW and not (xml and tag["rest"].endswith("/")):
            end = re.compile(rf"</{name}(?=[\s/>])|\Z", re.IGNORECASE).search(text, at)
            at = pending = end.start() if end else len(text)
            tree.open(name, tag["rest"])
            tree.text(text[tag.end() : at])
            tree.close(name)
        else:
            tree.open(name, tag["rest"])
    tree.text(text[pending:])
    return tree.root


class _Tree:
    """The tree as it grows: where the next text goes, and what a tag opens and closes."""

    def __init__(self, xml: bool) -> None:
        self.root = Element("")
        self._xml = xml
        self._open = [self.root]
        self._count: dict[str, int] = {}  # of the open elements by tag, of those that are there

    def text(self, text: str) -> None:
        if text:
            self.literal(_unescape(text))

    def literal(self, text: str) -> None:
        """Add text that has no entities."""
        self._open[-1].children.append(text)

    def open(self, name: str, rest: str) -> None:
        attributes = _attributes(rest)
        if name in _PASSIVE and not self._matters(name, attributes):
            return
        if name == "a" and "a" in self._count:  # a link within a link: the first was not closed
            if self._open[-1].tag != "a":
                return
            self._pop_top()
        if name in _CLOSES:
            self._pop(*_CLOSES[name])
        if name in HEADINGS and self._open[-1].tag in HEADINGS:
            self._pop_top()
        if name in _TABLE_PARTS and "table" not in self._count:
            name = "div"  # a cell without a table is still parted from the next
        if name in _CELLS and self._open[-1].tag != "tr":
            self._push(Element("tr"))
        element = Element(name, attributes)
        empty = name in _VOID or name == "form"  # forms are closed anywhere, tables cut in two
        foreign = self._xml or "svg" in self._count or "math" in self._count
        if empty or (foreign and rest.endswith("/")) or len(self._open) > DEEPEST:
            self._open[-1].children.append(element)
        else:
            self._push(element)

    def _matters(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Whether a passive element is shown in a way of its own, or lies in one of its name.

        In the latter case its end must not be taken for that of the other.
        """
        return bool(
            name in self._count
            or (attributes and (_hidden(name, attributes) or stands_apart(attributes)))
            or arranges_parts(self._open[-1].attributes)
        )

    def close(self, name: str) -> None:
        if name in ("br", "form", "p") and not (name in self._count or self._xml):
            self._open[-1].children.append(Element("div" if name == "p" else name))
        elif name in HEADINGS:
            self._pop(HEADINGS, _BOUNDARY)
        elif name == "table":
            self._pop(frozenset({"table"}), frozenset())
        elif name in _TABLE_PARTS:
            self._pop(frozenset({name}), frozenset({"table"}))
        else:
            self._pop(frozenset({name}), _BOUNDARY)

    def _pop(self, names: frozenset[str], boundary: frozenset[str]) -> None:
        """Close the innermost element of these names and all in it, if it is open here."""
        if names.isdisjoint(self._count):
            return
        for index in range(len(self._open) - 1, 0, -1):
            tag = self._open[index].tag
            if tag in names:
                while len(self._open) > index:
                    self._pop_top()
                return
            if tag in boundary:
                return

    def _push(self, element: Element) -> None:
        self._open[-1].children.append(element)
        self._open.append(element)
        self._count[element.tag] = self._count.get(element.tag, 0) + 1

    def _pop_top(self) -> None:
        tag = self._open.pop().tag
        self._count[tag] -= 1
        if not self._count[tag]:
            del self._count[tag]


def stands_apart(attributes: Mapping[str, str]) -> str:
    """How an inline element is shown if not in line: as a "block", or as a "box"; else ""."""
    if not attributes:
        return ""
    if attributes.get("aria-hidden") == "true":
        return "box"
    return _shown(attributes.get("style", ""), attributes.get("class", ""))


@lru_cache(maxsize=1024)
def _shown(style: str, classes: str) -> str:
    if style and (display := _DISPLAY.search(style)):
        return "box" if display[1] or not display[2] else "block"
    return "" if _APART_CLASSES.isdisjoint(classes.lower().split()) else "box"


def arranges_parts(attributes: Mapping[str, str]) -> bool:
    """Whether the parts of an element are shown as boxes, in rows or columns."""
    return bool(attributes) and _arranges(attributes.get("style", ""), attributes.get("class", ""))


@lru_cache(maxsize=1024)
def _arranges(style: str, classes: str) -> bool:
    return _ARRANGING.search(style) is not None or (
        not _ARRANGING_CLASSES.isdisjoint(classes.lower().split())
    )


def _hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    if not attributes:
        return False
    return (
        attributes.get("hidden", "until-found") != "until-found"
        or _HIDING.search(attributes.get("style", "")) is not None
        or (attributes.get("aria-hidden") == "true" and _is_sign(tag, attributes))
    )


def _is_sign(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether what is hidden from those who listen is only a sign for those who see."""
    return tag == "i" or _ICON.search(attributes.get("class", "")) is not None


def _attributes(rest: str) -> Mapping[str, str]:
    if not rest or rest.isspace():
        return _NONE
    if len(rest) > _LONGEST_ATTRIBUTES:  # a picture within the page, or one that is hostile
        rest = _LONG_VALUE.sub('""', rest)[:_LONGEST_ATTRIBUTES]
    found = {
        name.lower(): _unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(rest)
        if name.lower() in _KEPT_ATTRIBUTES
    }
    return found or _NONE


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    # Python turns no number into an integer that is longer than some thousand digits.
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text))
