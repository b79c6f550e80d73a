"""What people have put on the pages of a PDF: filled fields, ticked boxes, free text, comments.

None of it is part of a page's own content: it lies over the page, as annotations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral

from index.readers.glyphs import FOREIGN_ERRORS, GlyphReader, GlyphsUnreadable, text_string
from index.readers.layout import page_lines
from index.readers.marks import with_marks

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
Matrix = tuple[float, float, float, float, float, float]
Kind = Literal["value", "tick", "text", "comment"]

TICKED, UNTICKED = "\u2611", "\u2610"
_NOWHERE = (0.0, 0.0, 0.0, 0.0)

_MOST_ENTRIES = 1000  # on one page
_MOST_CHARACTERS = 1_000_000  # in one document: thousands of fields may share one long value
_DEEPEST_FIELD = 32
_LONGEST_NAME = 200

_HIDDEN = 1 << 1 | 1 << 5  # flags of an annotation: hidden, not to be viewed
_PASSWORD = 1 << 13  # flags of a field
_RADIO = 1 << 15
_PUSH_BUTTON = 1 << 16
_COMBO = 1 << 17

_NO_WRITING = frozenset((pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP))
_COMMENTS = frozenset(
    ["Text", "Highlight", "Underline", "Squiggly", "StrikeOut", "Caret", "Square", "Circle",
     "Line", "Polygon", "PolyLine", "Ink", "FileAttachment"]
)  # fmt: skip

_LANGUAGE_CODE = re.compile("\u001b[^\u001b]{1,9}\u001b")
_COUNTED = re.compile(r"\[\d{1,9}\]$")
_GENERATED_NAME = re.compile(
    r"(?:text|field|textfield|fill|untitled|undefined|check ?box|radio ?button|button|group|"
    r"combo ?box|list ?box|dropdown|page|form|date|signature|[a-z]{1,2})?[\W\d_]*[a-z]?",
    re.IGNORECASE,
)
_NO_OPTION = re.compile(r"(?:on|true|x|choice|option)?[\W\d_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something put on a page, and where.

    `text` is empty for a field that is not filled. `name` is the field's own name, for where no
    label stands beside it; `option` is what a ticked box stands for, as far as the file says so.
    """

    text: str
    box: Box
    kind: Kind
    name: str = ""
    option: str = ""

    @property
    def named(self) -> str:
        """The entry with its own name, as a line of its own."""
        text = f"{self.text} {self.option}" if self.option else self.text
        return f"{self.name}: {text}" if self.name else text


@dataclass(frozen=True, slots=True)
class Entries:
    """All that was put on a page; `matrix` leads from the page's own places to those in view."""

    placed: list[Entry] = field(default_factory=list)
    comments: list[Entry] = field(default_factory=list)
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    complete: bool = True

    @property
    def in_view(self) -> list[Entry]:
        """The placed entries where they stand on the page as it is looked at."""
        return [replace(entry, box=_moved(entry.box, self.matrix)) for entry in self.placed]

    def comments_on(self, text: str) -> list[str]:
        """The comments, but for those that only hold what they mark of the page's text."""
        letters = "".join(text.split())
        return [c.named for c in self.comments if "".join(c.text.split()) not in letters]

    @property
    def letters(self) -> int:
        """How many letters the text of a page has from them."""
        return sum(c.isalnum() for entry in self.placed if entry.text for c in entry.named)


NOTHING = Entries()


class FormReader:
    """Reads the entries of the pages of one document."""

    def __init__(self, pdf: pdfium.PdfDocument, glyphs: GlyphReader) -> None:
        self._form = pdfium_c.FPDF_GetFormType(pdf)
        self._glyphs = glyphs
        self._fields = False
        self._left = _MOST_CHARACTERS

    @property
    def unread(self) -> bool:
        """Whether the document is a form that only XFA describes, of which nothing was read."""
        return self._form == pdfium_c.FORMTYPE_XFA_FULL or (
            self._form == pdfium_c.FORMTYPE_XFA_FOREGROUND and not self._fields
        )

    def entries(self, page: pdfium.PdfPage, index: int) -> Entries:
        """What was put on `page`, the document's page `index` (from 0)."""
        if not self._written_on(page):
            return NOTHING
        try:
            found = _PageEntries(self._glyphs, index, self._left)
            entries = found.read()
        except (GlyphsUnreadable, *FOREIGN_ERRORS):
            return Entries(complete=False)
        self._left = found.left
        return entries

    def _written_on(self, page: pdfium.PdfPage) -> bool:
        """Whether a page has annotations that can hold text; most have none, or links alone."""
        found = False
        for number in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), 10 * _MOST_ENTRIES)):
            annotation = pdfium_c.FPDFPage_GetAnnot(page, number)
            subtype = pdfium_c.FPDFAnnot_GetSubtype(annotation)
            pdfium_c.FPDFPage_CloseAnnot(annotation)
            found = found or subtype not in _NO_WRITING
            if subtype == pdfium_c.FPDF_ANNOT_WIDGET:
                self._fields = True
                return True
        return found


class _PageEntries:
    """The annotations of one page, one after another."""

    def __init__(self, glyphs: GlyphReader, index: int, left: int) -> None:
        self._glyphs = glyphs
        self._page = glyphs.page_object(index)
        self._placed: dict[tuple[str, Box], Entry] = {}  # some files have a field twice
        self._comments: list[Entry] = []
        self.left = left  # characters that may still come

    def read(self) -> Entries:
        annotations = resolve1(self._page.annots)
        complete = True
        for number, reference in enumerate(annotations if isinstance(annotations, list) else ()):
            if number == _MOST_ENTRIES or self.left <= 0:
                complete = False
                break
            annotation = resolve1(reference)
            if isinstance(annotation, dict):
                try:
                    self._add(annotation)
                except (GlyphsUnreadable, *FOREIGN_ERRORS):
                    complete = False
        return Entries(
            list(self._placed.values()), self._comments, _page_matrix(self._page), complete
        )

    def _add(self, annotation: Mapping[str, object]) -> None:
        if _number(annotation.get("F")) & _HIDDEN:
            return
        subtype = _name(annotation.get("Subtype"))
        if subtype in _COMMENTS:
            self._comment(annotation)
            return
        box = _box(annotation.get("Rect"))
        if box is None or not _overlap(box, _box(self._page.cropbox)):
            return
        if subtype == "Widget":
            for entry in self._field(annotation, box):
                self._place(entry)
        elif subtype == "FreeText":
            text = _string(annotation.get("Contents")) or self._shown(annotation)
            self._place(Entry(text, box, "text"))
        elif subtype == "Stamp":
            text = self._shown(annotation) or _string(annotation.get("Contents"))
            self._place(Entry(text, box, "text"))

    def _place(self, entry: Entry) -> None:
        self.left -= len(entry.text) + len(entry.name)
        self._placed.setdefault((entry.text, entry.box), entry)

    def _comment(self, annotation: Mapping[str, object]) -> None:
        text = _string(annotation.get("Contents"))
        if text and "StateModel" not in annotation:  # that one only says what became of another
            author = _string(annotation.get("T"))[:_LONGEST_NAME]
            self.left -= len(text)
            self._comments.append(Entry(text, _NOWHERE, "comment", author))

    def _field(self, widget: Mapping[str, object], box: Box) -> Iterator[Entry]:
        chain = list(_ancestors(widget))
        flags = _number(_inherited(chain, "Ff"))
        name = _own_name(chain)
        match _name(_inherited(chain, "FT")):
            case "Btn" if not flags & _PUSH_BUTTON:
                state = _state(widget, _inherited(chain, "V"))
                option = _option(state, _inherited(chain, "Opt"), bool(flags & _RADIO))
                yield Entry(TICKED if state != "Off" else "", box, "tick", name, option)
            case "Tx" if not flags & _PASSWORD:
                text = _string(_inherited(chain, "V")) or self._shown(widget)
                yield Entry(text, box, "value", name)
            case "Ch":
                text = _chosen(chain)
                if not text and flags & _COMBO:
                    text = self._shown(widget)
                yield Entry(text, box, "value", name)
            case "Sig" if _inherited(chain, "V"):
                yield Entry(self._shown(widget), box, "value", name)

    def _shown(self, annotation: Mapping[str, object]) -> str:
        """The text that the annotation's appearance paints."""
        stream = resolve1(_dictionary(annotation.get("AP")).get("N"))
        if not isinstance(stream, PDFStream):
            return ""
        layers = self._glyphs.appearance(self._page, stream)
        lines = [line for layer in layers for line in page_lines(with_marks(layer))]
        return _clean(" ".join(line.text for line in lines))


# --- Values ------------------------------------------------------------------------------------


def _ancestors(widget: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """A widget and the fields that it belongs to, from the inside out."""
    node: object = widget
    for _ in range(_DEEPEST_FIELD):
        if not isinstance(node, dict):
            return
        yield node
        node = resolve1(node.get("Parent"))


def _inherited(chain: list[Mapping[str, object]], key: str) -> object:
    return next((resolve1(node[key]) for node in chain if key in node), None)


def _state(widget: Mapping[str, object], value: object) -> str:
    """Which of its states a box is in: "Off", or what its ticked state is called."""
    if shown := _name(widget.get("AS")):
        return shown
    states = resolve1(_dictionary(widget.get("AP")).get("N"))
    chosen = _name(value)
    known = isinstance(states, dict) and chosen in states
    return chosen if chosen and (known or not states) else "Off"


def _option(state: str, options: object, radio: bool) -> str:
    """What a ticked box stands for, where the name of its state says more than that it is on."""
    if isinstance(options, list) and state.isdecimal() and int(state[:6]) < len(options):
        return _string(options[int(state[:6])])
    if _NO_OPTION.fullmatch(state) or (state.lower() == "yes" and not radio):
        return ""
    return state


def _chosen(chain: list[Mapping[str, object]]) -> str:
    """The options that are chosen in a list, as the list shows them."""
    options = _inherited(chain, "Opt")
    labels: dict[str, str] = {}
    for option in options if isinstance(options, list) else ():
        pair = resolve1(option)
        if isinstance(pair, list) and len(pair) == 2:
            labels[_string(pair[0])] = _string(pair[1])
    value = _inherited(chain, "V")
    if value is None and isinstance(options, list):
        places = _inherited(chain, "I")
        numbers = [_number(place) for place in places] if isinstance(places, list) else []
        value = [resolve1(options[n]) for n in numbers if 0 <= n < len(options)]
        value = [each[0] if isinstance(each, list) and each else each for each in value]
    chosen = [_string(each) for each in (value if isinstance(value, list) else [value])]
    return ", ".join(labels.get(each, each) for each in chosen if each)


def _own_name(chain: list[Mapping[str, object]]) -> str:
    """What the field calls itself: the hint that viewers show, or a name that says something."""
    for node in chain:
        if hint := _string(node.get("TU")):
            return hint[:_LONGEST_NAME].rstrip(" :")
    for node in chain:
        name = _COUNTED.sub("", _string(node.get("T"))).replace("_", " ").strip()
        if name:
            return "" if _GENERATED_NAME.fullmatch(name) else name[:_LONGEST_NAME].rstrip(" :")
    return ""


# --- The types of a PDF ------------------------------------------------------------------------


def _string(value: object) -> str:
    """The text of a string, a name or a stream of text, on one line."""
    value = resolve1(value)
    if isinstance(value, PDFStream):
        value = value.get_data()
    if isinstance(value, bytes):
        return _clean(text_string(value[: 2 * _MOST_CHARACTERS]))
    return _clean(_name(value))


def _clean(text: str) -> str:
    text = _LANGUAGE_CODE.sub("", text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _name(value: object) -> str:
    value = resolve1(value)
    if not isinstance(value, PSLiteral):
        return ""
    return value.name if isinstance(value.name, str) else value.name.decode("utf-8", "replace")


def _number(value: object) -> int:
    value = resolve1(value)
    return int(value) if isinstance(value, int | float) and abs(value) < 1 << 40 else 0


def _dictionary(value: object) -> Mapping[str, object]:
    value = resolve1(value)
    return value if isinstance(value, dict) else {}


def _box(value: object) -> Box | None:
    """A rectangle that has an area; None for anything else."""
    value = resolve1(value)
    numbers = [resolve1(each) for each in value] if isinstance(value, list | tuple) else []
    if len(numbers) != 4 or not all(isinstance(each, int | float) for each in numbers):
        return None
    x0, y0, x1, y1 = (float(each) for each in numbers)
    x0, y0, x1, y1 = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    return (x0, y0, x1, y1) if 0 < x1 - x0 < 1e6 and 0 < y1 - y0 < 1e6 else None


def _overlap(box: Box, other: Box | None) -> bool:
    return other is not None and (
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
    )


def _page_matrix(page: PDFPage) -> Matrix:
    """The way from a page's own places to those that its glyphs are given with."""
    x0, y0, x1, y1 = page.mediabox
    match page.rotate:
        case 90:
            return (0, -1, 1, 0, -y0, x1)
        case 180:
            return (-1, 0, 0, -1, x1, y1)
        case 270:
            return (0, 1, -1, 0, y1, -x0)
        case _:
            return (1, 0, 0, 1, -x0, -y0)


def _moved(box: Box, matrix: Matrix) -> Box:
    a, b, c, d, e, f = matrix
    xs = sorted(a * x + c * y + e for x, y in ((box[0], box[1]), (box[2], box[3])))
    ys = sorted(b * x + d * y + f for x, y in ((box[0], box[1]), (box[2], box[3])))
    return (xs[0], ys[0], xs[1], ys[1])
