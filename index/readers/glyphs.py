"""The glyphs of a PDF page and where they stand, from pdfminer.six, as Arabic needs them.

A PDF paints shapes: what a reader wants, the letters in the order in which they are read, has to
be made again from where each shape stands, and from the letters that the file names for it.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from math import atan2, cos, degrees, hypot, radians, sin

from pdfminer.cmapdb import CMapParser, FileCMap
from pdfminer.pdfdevice import PDFTextDevice, PDFTextSeq
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdffont import PDFCIDFont, PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager, PDFTextState
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psexceptions import PSException
from pdfminer.utils import MATRIX_IDENTITY, PDFDocEncoding, mult_matrix

from index.readers.source import Source

_MOST_GLYPHS = 60_000  # on one page; a page of a newspaper holds 20,000
_MOST_PATHS = 300_000
_UNMAPPED = "\ufffd"

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of what it gets over itself

# Everything pdfminer.six is known to raise for files that break the rules: besides its own
# exceptions, what Python raises where it trusts a value in the file.
FOREIGN_ERRORS = (
    PDFException,
    PSException,
    PDFEncryptionError,
    PDFPasswordIncorrect,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


class GlyphsUnreadable(Exception):
    """The glyphs of a page cannot be had this way."""


@dataclass(slots=True)
class Glyph:
    """What one shape, or a few that belong together, says, and where it stands.

    `x0` and `x1` are along the line of writing, `y` is that line, all in points; `order` counts
    as the file paints. Text of several letters is in the order in which it is read. `entry` marks
    what was filled into a form: its line is one of its own.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    order: int
    entry: bool = False


class GlyphReader:
    """Reads glyphs from the pages of one PDF, each page only when it is asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._pages: list[PDFPage] | None = None
        self._fonts = _Fonts()

    def page(self, index: int) -> list[list[Glyph]]:
        """The glyphs of page `index` (from 0), a list per direction of writing, the main first.

        Raises GlyphsUnreadable where the page breaks the rules of the format or is too large.
        """
        page = self.page_object(index)
        device = _GlyphDevice(self._fonts)
        try:
            PDFPageInterpreter(self._fonts, device).process_page(page)
        except FOREIGN_ERRORS as error:
            raise GlyphsUnreadable(str(error)) from error
        return sorted(device.glyphs.values(), key=len, reverse=True)

    def page_object(self, index: int) -> PDFPage:
        """Page `index` (from 0) as pdfminer.six has it. Raises GlyphsUnreadable."""
        try:
            return self._document_pages()[index]
        except FOREIGN_ERRORS as error:
            raise GlyphsUnreadable(str(error)) from error

    def appearance(self, page: PDFPage, stream: PDFStream) -> list[list[Glyph]]:
        """The glyphs of what an annotation paints, as `page` gives them; places are its own.

        Raises GlyphsUnreadable.
        """
        device = _GlyphDevice(self._fonts)
        try:
            resources = resolve1(stream.get("Resources")) or page.resources
            PDFPageInterpreter(self._fonts, device).render_contents(resources, [stream])
        except FOREIGN_ERRORS as error:
            raise GlyphsUnreadable(str(error)) from error
        return sorted(device.glyphs.values(), key=len, reverse=True)

    def _document_pages(self) -> list[PDFPage]:
        if self._pages is None:
            document = PDFDocument(PDFParser(BytesIO(self._source.content)))
            self._pages = list(islice(PDFPage.create_pages(document), 100_000))
        return self._pages


class _Fonts(PDFResourceManager):
    """Fonts with the letters of their codes; also those whose codes the file itself explains."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, dict[int, tuple[str, float]]] = {}

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        font = super().get_font(objid, spec)
        encoding = resolve1(spec.get("Encoding"))
        descendants = resolve1(spec.get("DescendantFonts"))
        if isinstance(font, PDFCIDFont) and isinstance(encoding, PDFStream) and descendants:
            codes = FileCMap()
            CMapParser(codes, BytesIO(encoding.get_data())).run()
            if codes.code2cid:
                font.cmap = codes
        return font

    def glyph(self, font: PDFFont, code: int) -> tuple[str, float]:
        """The letters of a code and its width at size 1."""
        codes = self.known.setdefault(id(font), {})
        found = codes.get(code)
        if found is None:
            try:
                letters = font.to_unichr(code)
            except PDFUnicodeNotDefined:
                letters = _UNMAPPED
            found = codes[code] = (_ligature(base_letters(letters)), font.char_width(code))
        return found


class _GlyphDevice(PDFTextDevice):
    """Notes every glyph that a page paints, and the text that the file says a group stands for."""

    def __init__(self, fonts: _Fonts) -> None:
        super().__init__(fonts)
        self.glyphs: dict[int, list[Glyph]] = {}
        self._fonts = fonts
        self._count = self._paths = 0
        self._tags: list[bool] = []  # of the open ones: whether it is the one that replaces
        self._replacement: str | None = None
        self._replaced: list[tuple[int, Glyph]] = []

    def begin_tag(self, tag: object, props: object = None) -> None:
        text = _actual_text(props) if self._replacement is None else None
        self._tags.append(text is not None)
        if text is not None:
            self._replacement, self._replaced = text, []

    def end_tag(self) -> None:
        if self._tags and self._tags.pop():
            self._replace()

    def paint_path(self, *_: object) -> None:
        self._paths += 1
        if self._paths > _MOST_PATHS:
            raise GlyphsUnreadable("too many lines are drawn")

    def render_string(self, textstate: PDFTextState, seq: PDFTextSeq, *_: object) -> None:
        a, b, c, d, e, f = mult_matrix(textstate.matrix, self.ctm or MATRIX_IDENTITY)
        font, fontsize = textstate.font, textstate.fontsize
        if font is None:
            return
        scaling = textstate.scaling * 0.01
        charspace = textstate.charspace * scaling
        wordspace = 0 if font.is_multibyte() else textstate.wordspace * scaling
        angle = degrees(atan2(b, a)) + (180 if a * d - b * c < 0 else 0)
        turn = round(angle / 5) * 5 % 360
        ux, uy = (1.0, 0.0) if turn == 0 else (cos(radians(turn)), sin(radians(turn)))
        size = abs(fontsize) * hypot(c, d)
        x, y = textstate.linematrix
        for item in seq:
            if isinstance(item, int | float):
                x -= item * 0.001 * fontsize * scaling
                continue
            if not isinstance(item, bytes):
                continue
            for code in font.decode(item):
                letters, width = self._fonts.glyph(font, code)
                advance = width * fontsize * scaling
                rise = y + textstate.rise
                px, py = a * x + c * rise + e, b * x + d * rise + f
                qx, qy = px + a * advance, py + b * advance
                self._add(
                    turn,
                    letters,
                    px * ux + py * uy,
                    qx * ux + qy * uy,
                    py * ux - px * uy,
                    size,
                )
                x += advance + charspace + (wordspace if code == 32 else 0)
        textstate.linematrix = (x, y)

    def _add(self, turn: int, text: str, x0: float, x1: float, y: float, size: float) -> None:
        self._count += 1
        if self._count > _MOST_GLYPHS:
            raise GlyphsUnreadable("too many letters on a page")
        if not (size > 0 and hypot(x0, y) < 1e6):
            return
        glyph = Glyph(text, min(x0, x1), max(x0, x1), y, size, self._count)
        if self._replacement is None:
            if text:
                self.glyphs.setdefault(turn, []).append(glyph)
        else:
            self._replaced.append((turn, glyph))

    def _replace(self) -> None:
        """Put the text that a group of glyphs stands for in its place, as one glyph."""
        text, group = self._replacement or "", self._replaced
        self._replacement = None
        self._replaced = []
        if not group:
            return
        turn, first = max(group, key=lambda entry: entry[1].x1 - entry[1].x0)
        height = max(glyph.size for _, glyph in group)
        if any(other != turn or abs(g.y - first.y) > height for other, g in group):
            # A text over several lines: no shape is where it stands.
            for other, glyph in group:
                if glyph.text:
                    self.glyphs.setdefault(other, []).append(glyph)
            return
        text = base_letters(text)
        if text:
            left = min(glyph.x0 for _, glyph in group)
            right = max(glyph.x1 for _, glyph in group)
            self.glyphs.setdefault(turn, []).append(
                Glyph(text, left, right, first.y, first.size, group[0][1].order)
            )


def base_letters(text: str) -> str:
    """`text` with the shapes that letters take in words turned back into the letters."""
    kept: list[str] = []
    for character in text:
        if "\ufb00" <= character <= "\ufdff" or "\ufe70" <= character <= "\ufefc":
            plain = unicodedata.normalize("NFKC", character)
            # A mark's own shape comes with the space or the stroke that it is shown on.
            bare = plain.strip(" \u0640")
            kept.append(bare if bare and is_mark(bare) else plain)
        elif character >= " " and character not in _UNSHOWN:
            kept.append(character)
    return "".join(kept)


_UNSHOWN = frozenset("\x7f\u061c\u200b\u200d\u200e\u200f\u2060\ufeff") | frozenset(
    chr(code) for code in (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x2070))
)


def is_mark(text: str) -> bool:
    """Whether `text` is nothing but marks that stand on a letter."""
    return all(unicodedata.category(character) == "Mn" for character in text)


def _ligature(letters: str) -> str:
    """One shape for alef and lam is always lam-alef; some files name its halves as painted."""
    if len(letters) == 2 and letters[0] in "اأإآٱ" and letters[1] == "ل":
        return letters[::-1]
    return letters


def _actual_text(props: object) -> str | None:
    if not isinstance(props, dict):
        return None
    value = resolve1(props.get("ActualText"))
    return text_string(value) if isinstance(value, bytes) else None


def text_string(value: bytes) -> str:
    """The characters of a text string of a PDF (ISO 32000-2, 7.9.2.2)."""
    for mark, encoding in (
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if value.startswith(mark):
            return value[len(mark) :].decode(encoding, "replace")
    return "".join(PDFDocEncoding[code] for code in value)


def letter_count(lists: Sequence[Sequence[Glyph]]) -> int:
    """How many letters and digits the glyphs name."""
    return sum(character.isalnum() for row in lists for glyph in row for character in glyph.text)
