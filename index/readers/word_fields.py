"""Fields of Word that number pages: their results in a header are those of a single page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.readers.asides import PAGE_NUMBER
from index.readers.word_styles import W

_NUMBERING = frozenset(("PAGE", "NUMPAGES", "SECTIONPAGES"))
_BLANK = f"{W}t"


def numbers_pages(instruction: str) -> bool:
    """Whether a field with this instruction shows the number of a page, or how many there are."""
    words = instruction.split(maxsplit=1)
    return bool(words) and words[0].upper() in _NUMBERING


def blank_page_numbers(root: Element) -> None:
    """Put PAGE_NUMBER for each number of a page in a header or footer."""
    for element in root.iter(f"{W}pgNum"):
        _say(element, PAGE_NUMBER)
    for simple in root.iter(f"{W}fldSimple"):
        if numbers_pages(simple.get(f"{W}instr", "")):
            _put_into(simple.iter(f"{W}t"))
    open_fields: list[_Field] = []
    for element in root.iter():
        kind = element.get(f"{W}fldCharType") if element.tag == f"{W}fldChar" else None
        if kind == "begin":
            open_fields.append(_Field())
        elif not open_fields:
            continue
        elif element.tag == f"{W}instrText":
            open_fields[-1].instruction.append(element)
        elif element.tag == f"{W}t":
            open_fields[-1].result.append(element)
        if kind is not None:
            open_fields[-1].marks.append(element)
        if kind == "end":
            open_fields.pop().close()


@dataclass(slots=True)
class _Field:
    """The elements of a field between its beginning and its end."""

    marks: list[Element] = field(default_factory=list)
    instruction: list[Element] = field(default_factory=list)
    result: list[Element] = field(default_factory=list)

    def close(self) -> None:
        """Make the field the text that stands for its number, if it numbers pages."""
        if numbers_pages("".join(element.text or "" for element in self.instruction)):
            for mark in self.marks:
                _say(mark, "")
            _put_into(iter([*self.instruction, *self.result]))


def _put_into(elements: Iterator[Element]) -> None:
    """Let the first of some elements say that a number stands here, the others nothing."""
    said = PAGE_NUMBER
    for element in elements:
        _say(element, said)
        said = ""


def _say(element: Element, text: str) -> None:
    element.tag, element.text = _BLANK, text
