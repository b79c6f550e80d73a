"""What an OpenDocument text says about its look: titles, hidden text, the marks of lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from index.readers.numerals import numeral, whole_number

_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
OFFICE = f"{{{_NAMES}:office:1.0}}"
TEXT = f"{{{_NAMES}:text:1.0}}"
TABLE = f"{{{_NAMES}:table:1.0}}"
DRAW = f"{{{_NAMES}:drawing:1.0}}"
STYLE = f"{{{_NAMES}:style:1.0}}"

_NAME = f"{STYLE}name"
_INDENT = "  "
_DEEPEST = 20  # styles rest on styles; more is a circle


def count(element: Element, attribute: str) -> int:
    """A number that an element gives, 1 where it gives none."""
    return max(whole_number(element.get(attribute), 1), 1)


def title_styles(roots: Iterable[Element]) -> frozenset[str]:
    """The names of the styles of a document's title."""
    parents = {
        style.get(_NAME, ""): style.get(f"{STYLE}parent-style-name", "")
        for style in _all(roots, f"{STYLE}style")
        if style.get(f"{STYLE}family") == "paragraph"
    }
    found = {"Title"}
    for style in parents:
        at, steps = style, 0
        while at in parents and at != "Title" and steps < _DEEPEST:
            at, steps = parents[at], steps + 1
        if at == "Title":
            found.add(style)
    return frozenset(found)


def hidden_styles(roots: Iterable[Element]) -> frozenset[str]:
    """The names of the styles whose text is not shown."""
    return frozenset(
        style.get(_NAME, "")
        for style in _all(roots, f"{STYLE}style")
        for properties in style.iter(f"{STYLE}text-properties")
        if properties.get(f"{TEXT}display") == "none"
    )


class Lists:
    """The lists of a text: gives each item its mark, in the order of the text."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._levels: dict[str, dict[int, Element]] = {
            style.get(_NAME, ""): {
                count(level, f"{TEXT}level") - 1: level
                for level in style
                if level.get(f"{TEXT}level")
            }
            for style in _all(roots, f"{TEXT}list-style")
        }
        self._counts: dict[str, dict[int, int]] = {}

    def open(self, element: Element, depth: int, outer: str) -> str:
        """Begin a list, within one of style `outer` where it is deeper; returns its style."""
        style = element.get(f"{TEXT}style-name", outer)
        counts = self._counts.setdefault(style, {})
        goes_on = (
            element.get(f"{TEXT}continue-numbering") == "true"
            or element.get(f"{TEXT}continue-list") is not None
        )
        if not goes_on:
            for deeper in [other for other in counts if other >= depth]:
                del counts[deeper]
        return style

    def mark(self, item: Element, style: str, depth: int) -> str:
        """The mark of the next item, with its indent: "- ", "3. "."""
        level = self._levels.get(style, {}).get(depth)
        if level is None or level.tag != f"{TEXT}list-level-style-number":
            return _INDENT * depth + "- "
        counts = self._counts.setdefault(style, {})
        first = count(level, f"{TEXT}start-value")
        counts[depth] = counts.get(depth, first - 1) + 1
        if item.get(f"{TEXT}start-value"):
            counts[depth] = count(item, f"{TEXT}start-value")
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return f"{_INDENT * depth}{self._number(level, style, depth)} "

    def _number(self, level: Element, style: str, depth: int) -> str:
        """The number of an item with those of the items that it stands in, as its list shows."""
        shown = min(count(level, f"{TEXT}display-levels"), depth + 1)
        levels, counts = self._levels[style], self._counts[style]
        numbers = [
            numeral(counts.get(at, 1), _FORMS.get(form, "decimal"))
            for at in range(depth + 1 - shown, depth + 1)
            if (form := levels.get(at, level).get(f"{STYLE}num-format", "1"))
        ]
        prefix, suffix = level.get(f"{STYLE}num-prefix", ""), level.get(f"{STYLE}num-suffix", "")
        return f"{prefix}{'.'.join(numbers)}{suffix}".strip()


# The forms of numbers by the names that Word has for them.
_FORMS = {
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "أ, ب, ت, ...": "arabicAlpha",
    "أ, ب, ج, ...": "arabicAbjad",
}


def _all(roots: Iterable[Element], tag: str) -> Iterator[Element]:
    for root in roots:
        yield from root.iter(tag)
