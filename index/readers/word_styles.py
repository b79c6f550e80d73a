"""What a Word document says about the look of its paragraphs: headings, lists, hidden text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.readers.numerals import numeral, whole_number
from index.readers.opc import is_on

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"

_HEADING = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_DEEPEST_STYLE = 20  # styles rest on styles; more is a circle
_DEEPEST_LEVEL = 8
_PLACE = re.compile("%([1-9])")
_INDENT = "  "


def value(parent: Element | None, *path: str) -> str | None:
    """The `w:val` of the element at the end of a path of names, if it is there."""
    element = parent
    for name in path:
        if element is None:
            return None
        element = element.find(W + name)
    return None if element is None else element.get(VAL)


def switched(properties: Element | None, name: str) -> bool | None:
    """Whether a property is on or off; None where nothing is said of it."""
    element = None if properties is None else properties.find(W + name)
    return None if element is None else is_on(element, element.get(VAL))


@dataclass(slots=True)
class _Style:
    name: str
    based_on: str | None
    paragraph: Element | None
    run: Element | None


class Styles:
    """The styles of a document, by the ids that its paragraphs name."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._default: str | None = None
        for element in () if root is None else root.iter(f"{W}style"):
            style_id = element.get(f"{W}styleId", "")
            self._styles[style_id] = _Style(
                name=value(element, "name") or "",
                based_on=value(element, "basedOn"),
                paragraph=element.find(f"{W}pPr"),
                run=element.find(f"{W}rPr"),
            )
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in (
                "1", "true", "on",
            ):  # fmt: skip
                self._default = style_id
        self._levels: dict[str | None, int] = {}
        self._hidden: dict[str | None, bool] = {}

    def level(self, properties: Element | None) -> int:
        """The level of the heading that a paragraph with these properties is; 0 for none."""
        outline = value(properties, "outlineLvl")
        if outline is not None:
            return _outline_level(outline)
        style_id = value(properties, "pStyle")
        if style_id not in self._levels:
            self._levels[style_id] = self._style_level(style_id)
        return self._levels[style_id]

    def numbering(self, properties: Element | None) -> tuple[str, int] | None:
        """The id of the list that a paragraph belongs to and its depth in it, if any."""
        number, depth = value(properties, "numPr", "numId"), value(properties, "numPr", "ilvl")
        for style in self._chain(value(properties, "pStyle")):
            number = number or value(style.paragraph, "numPr", "numId")
            depth = depth or value(style.paragraph, "numPr", "ilvl")
        if number is None or number == "0":
            return None
        return number, min(whole_number(depth), _DEEPEST_LEVEL)

    def hides(self, style_id: str | None) -> bool:
        """Whether text in a style, of paragraphs or of characters, is hidden."""
        if style_id not in self._hidden:
            said = (switched(style.run, "vanish") for style in self._chain(style_id))
            self._hidden[style_id] = next((hidden for hidden in said if hidden is not None), False)
        return self._hidden[style_id]

    def _style_level(self, style_id: str | None) -> int:
        # Files without styles name the built-in ones all the same.
        unknown = _Style(name=style_id or "", based_on=None, paragraph=None, run=None)
        for style in self._chain(style_id) or [unknown]:
            heading = _HEADING.fullmatch(style.name)
            if heading:
                return int(heading[1])
            if style.name.lower() == "title":
                return 1
            outline = value(style.paragraph, "outlineLvl")
            if outline is not None:
                return _outline_level(outline)
        return 0

    def _chain(self, style_id: str | None) -> list[_Style]:
        """A style and those that it rests on, the nearest first."""
        chain: list[_Style] = []
        at = style_id if style_id is not None else self._default
        while at in self._styles and len(chain) < _DEEPEST_STYLE:
            chain.append(self._styles[at])
            at = chain[-1].based_on
        return chain


def _outline_level(outline: str) -> int:
    level = whole_number(outline, _DEEPEST_LEVEL + 1)
    return level + 1 if level <= _DEEPEST_LEVEL else 0


@dataclass(slots=True)
class _Level:
    """How the items of a list are numbered at one depth."""

    form: str
    text: str
    start: int


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document: gives each item its mark, in the order of the text."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._overrides: dict[str, dict[int, _Level | int]] = {}
        self._abstract: dict[str, str] = {}
        self._links: dict[str, str] = {}
        if root is not None:
            self._read(root)

    def mark(self, number: str, depth: int) -> str:
        """The mark of the next item of a list: "- ", "3. ", "المادة 4 "; its indent included."""
        numbered = self._lists.get(self._abstract.get(number, ""))
        if numbered is None:
            return _INDENT * depth + "- "
        self._override(number, numbered)
        level = numbered.levels.get(depth)
        if level is None or level.form == "bullet":
            return _INDENT * depth + "- "
        counts = numbered.counts
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        text = _PLACE.sub(lambda place: self._shown(numbered, int(place[1]) - 1), level.text)
        text = "" if level.form == "none" and not text.strip() else text.strip()
        return f"{_INDENT * depth}{text} " if text else ""

    def _shown(self, numbered: _List, depth: int) -> str:
        level = numbered.levels.get(depth)
        if level is None:
            return ""
        return numeral(numbered.counts.get(depth, level.start), level.form)

    def _override(self, number: str, numbered: _List) -> None:
        """Let a list that shares its look with another begin anew, once."""
        for depth, override in self._overrides.pop(number, {}).items():
            if isinstance(override, _Level):
                numbered.levels[depth] = override
            elif depth in numbered.levels:
                numbered.counts[depth] = override - 1

    def _read(self, root: Element) -> None:
        for element in root.iter(f"{W}abstractNum"):
            levels = (_level(level) for level in element.iter(f"{W}lvl"))
            self._lists[element.get(f"{W}abstractNumId", "")] = _List(dict(levels))
        for element in root.iter(f"{W}num"):
            number = element.get(f"{W}numId", "")
            self._abstract[number] = value(element, "abstractNumId") or ""
            overrides = self._overrides.setdefault(number, {})
            for override in element.iter(f"{W}lvlOverride"):
                depth = whole_number(override.get(f"{W}ilvl"))
                start = value(override, "startOverride")
                own = override.find(f"{W}lvl")
                if start is not None:
                    overrides[depth] = whole_number(start, 1)
                elif own is not None:
                    overrides.update([_level(own)])


def _level(element: Element) -> tuple[int, _Level]:
    level = _Level(
        form=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText") or "",
        start=whole_number(value(element, "start"), 1),
    )
    return whole_number(element.get(f"{W}ilvl")), level
