"""What stands beside the text of a document, and the marks that it is told apart by.

A mark is in the language of the document: "[Page header] Contract 12", "[رأس الصفحة] عقد 12".
"""

from __future__ import annotations

import re
from typing import Literal

from index.types import Language

Aside = Literal["header", "footer", "comment", "hidden_sheet", "hidden_slide"]

PAGE_NUMBER = "\x1a"
"""Stands in a header or footer for a number that each page has its own of."""

_MARKS: dict[Aside, dict[Language, str]] = {
    "header": {"en": "Page header", "ar": "رأس الصفحة"},
    "footer": {"en": "Page footer", "ar": "تذييل الصفحة"},
    "comment": {"en": "Comment", "ar": "تعليق"},
    "hidden_sheet": {"en": "Hidden sheet", "ar": "ورقة مخفية"},
    "hidden_slide": {"en": "Hidden slide", "ar": "شريحة مخفية"},
}
_PAGE = frozenset(
    ("page", "pages", "slide", "صفحة", "الصفحة", "صفحات", "الصفحات", "شريحة", "الشريحة")
)
_BESIDE_NUMBERS = _PAGE | frozenset(
    ("pg", "p", "ص", "of", "from", "no", "number", "من", "أصل", "رقم")
)
_PARTED = re.compile(r"\t+| [|•·–—-] ")  # the left, middle and right of a header
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")


def marked(aside: Aside, text: str, language: Language) -> str:
    """The text behind the mark that says what it is."""
    return f"[{_MARKS[aside][language]}] {text}".rstrip()


def comment_text(author: str, text: str) -> str:
    """What a comment says, and who says it where that is known."""
    author = " ".join(author.split())
    return f"{author}: {text}" if author and text else text


def without_page_numbers(text: str) -> str:
    """A header or footer without the parts of its lines that only number the pages.

    Numbers that the program fills in come as PAGE_NUMBER.
    """
    lines = (_unnumbered(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _unnumbered(line: str) -> str:
    pieces = _PARTED.split(line)
    kept = [piece for piece in pieces if not _numbers_pages(piece)]
    if len(kept) < len(pieces):
        line = " | ".join(piece.strip() for piece in kept if piece.strip())
    return line.replace(PAGE_NUMBER, "").strip()


def _numbers_pages(piece: str) -> bool:
    words = {word.lower() for word in _WORD.findall(piece)}
    if not words <= _BESIDE_NUMBERS:
        return False
    if PAGE_NUMBER in piece and not _DIGIT.search(piece):
        return True
    return bool(words & _PAGE)
