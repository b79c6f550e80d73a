"""The words of a PDF page and where they stand, from PDFium: fast, and right without Arabic."""

from __future__ import annotations

import ctypes
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from index.readers.glyphs import Glyph, base_letters

_BROKEN_WORD = "\x02\ufffe"  # PDFium's signs for a hyphen at the end of a line
_TURNED = 0.1  # radians
_TWO_ALIKE = re.compile(r"([^\s._=*·…•-])(?=\1)")  # but for lines of dots and strokes
_APART = 0.85  # of a letter's width: the next one begins farther on
_SHADOW = 0.35  # in sizes of the letters: how far apart a word and its shadow may stand
_OVERLAP = 0.1  # the same for how far a word may reach into the next one
_LOOK_BACK = 4  # places of a word


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a page as PDFium gives it, and its words with the spaces between them.

    `turned` says that some of it is not written along the page, `doubled` that some of it seems
    to be painted twice.
    """

    text: str
    words: list[Glyph]
    turned: bool
    doubled: bool


def page_words(page: pdfium.PdfPage) -> Words:
    """The text of a page. Raises PdfiumError where there is none to be had."""
    textpage = page.get_textpage()
    try:
        text = textpage.get_text_range()
        measure = _Measure(textpage, text)
        words = list(measure.lines())
        turned = measure.turned or page.get_rotation() != 0
        return Words(text, words, turned, _repeat(words) or measure.has_double_letters())
    finally:
        textpage.close()


def _repeat(words: Sequence[Glyph]) -> bool:
    """Whether a word stands over another one like it, or begins within the one before it."""
    places: dict[str, deque[Glyph]] = {}
    before: Glyph | None = None
    for word in words:
        if word.text == " ":
            continue
        reach = _SHADOW * word.size
        if (
            before is not None
            and abs(word.y - before.y) < reach
            and before.x0 < word.x0 < before.x1 - _OVERLAP * word.size
        ):
            return True
        before = word
        earlier = places.setdefault(word.text, deque(maxlen=_LOOK_BACK))
        for other in earlier:
            if abs(word.x0 - other.x0) < reach and abs(word.y - other.y) < reach:
                return True
        earlier.append(word)
    return False


class _Measure:
    """Where the words of a text page stand."""

    def __init__(self, textpage: pdfium.PdfTextPage, text: str) -> None:
        self._textpage = textpage
        self._text = text
        self._even = len(text) == textpage.count_chars()
        self._box = pdfium_c.FS_RECTF()
        self._x = ctypes.c_double()
        self._y = ctypes.c_double()
        self.turned = False

    def lines(self) -> Iterator[Glyph]:
        start = 0
        for line in self._text.splitlines(keepends=True):
            yield from self._line(start, line)
            start += len(line)

    def has_double_letters(self) -> bool:
        """Whether two letters alike stand nearly in one place anywhere."""
        for found in _TWO_ALIKE.finditer(self._text):
            first = self._character(found.start())
            pdfium_c.FPDFText_GetLooseCharBox(self._textpage, first, self._box)
            left, right = self._box.left, self._box.right
            pdfium_c.FPDFText_GetLooseCharBox(self._textpage, first + 1, self._box)
            if abs(self._box.left - left) < _APART * (right - left):
                return True
        return False

    def _line(self, start: int, line: str) -> Iterator[Glyph]:
        size = 0.0
        at = 0
        previous: Glyph | None = None
        while at < len(line):
            if line[at].isspace():
                at += 1
                continue
            end = at
            while end < len(line) and not line[end].isspace():
                end += 1
                if line[end - 1] in _BROKEN_WORD:
                    break
            if not size:
                size = self._size(start + at)
            word = self._word(start + at, line[at:end], size)
            if word is not None:
                if previous is not None and line[at - 1].isspace():
                    yield Glyph(" ", previous.x1, max(previous.x1, word.x0), word.y, size, at)
                yield word
            previous = word
            if line[end - 1] in _BROKEN_WORD:
                previous, size = None, 0.0
            at = end

    def _word(self, start: int, text: str, size: float) -> Glyph | None:
        first = self._character(start)
        last = self._character(start + len(text) - 1 - (text[-1] in _BROKEN_WORD and len(text) > 1))
        pdfium_c.FPDFText_GetCharOrigin(self._textpage, first, self._x, self._y)
        pdfium_c.FPDFText_GetLooseCharBox(self._textpage, first, self._box)
        left, right = self._box.left, self._box.right
        pdfium_c.FPDFText_GetLooseCharBox(self._textpage, last, self._box)
        left, right = min(left, self._box.left), max(right, self._box.right)
        if text[-1] in _BROKEN_WORD:
            text = text[:-1] + "-"
        text = base_letters(text)
        return Glyph(text, left, right, self._y.value, size, start) if text else None

    def _size(self, start: int) -> float:
        character = self._character(start)
        matrix = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFText_GetMatrix(self._textpage, character, matrix)
        angle = pdfium_c.FPDFText_GetCharAngle(self._textpage, character)
        self.turned = self.turned or _TURNED < angle < 6.283 - _TURNED
        size = float(pdfium_c.FPDFText_GetFontSize(self._textpage, character))
        return max(abs(size) * hypot(matrix.c, matrix.d), 1.0)

    def _character(self, at: int) -> int:
        if self._even:
            return at
        found: int = pdfium_c.FPDFText_GetCharIndexFromTextIndex(self._textpage, at)
        return max(found, 0)
