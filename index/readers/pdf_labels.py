"""Where the entries of a form belong: each is put beside the label that is printed for it.

A reader of the page sees a value in its box and the label beside or above it; in the text the
value follows its label, "Name: Huda", on the label's line.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.readers.bidi_lines import direction, line_text
from index.readers.glyphs import Glyph
from index.readers.pdf_forms import UNTICKED, Box, Entry

# In parts of the size of the letters.
_GAP = 1.2  # parts two labels on one line
_SAME_LINE = 0.35
_FARTHEST = 15.0  # sideways from a field to its label
_BESIDE = 2.0  # from a ticked box to the words it belongs to
_NEAR = 3.0  # a label so near sideways is believed before one above
_ABOVE, _BELOW = 1.7, 1.4  # from the edge of a field to the foot of a line over it, to one under it
_HIGHEST_HEAD = 500.0  # points from a box to the words that head its column
_TALL = 2.5  # a field of several lines: its label stands at the first

_USUAL_SIZE = 10.0
_FILLER = re.compile(r"[_.…·]{3,}|[_…]+")  # lines to write on
_ENDS_LABEL = re.compile(r"[:؛;?؟=：]$")


@dataclass(slots=True)
class _Piece:
    """Printed words on one line with no field and no wide gap within."""

    glyphs: list[Glyph]
    left: float
    right: float
    y: float
    size: float
    rtl: bool

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def read_last(self) -> str:
        return self.glyphs[0 if self.rtl else -1].text

    def gap(self, box: Box) -> float:
        """How far aside of a field this stands."""
        return max(box[0] - self.right, self.left - box[2], 0.0)


def with_entries(glyphs: Sequence[Glyph], entries: Sequence[Entry]) -> list[Glyph]:
    """The glyphs of a page with those of its entries, each next to its label.

    An entry that is part of the page already, as in a form that was printed to a file, is left.
    """
    if not any(entry.text for entry in entries):
        return list(glyphs)
    glyphs = _parted(glyphs)
    heights = _Heights(glyphs)
    entries = [
        replace(entry, text="") if _is_printed(entry, heights) else entry for entry in entries
    ]
    if not any(entry.text for entry in entries):
        return list(glyphs)
    lines = _Heights(filter(_is_filler, glyphs))
    covered = {id(g) for e in entries if e.text for g in lines.within(e.box) if _fills(g, e.box)}
    glyphs = [glyph for glyph in glyphs if id(glyph) not in covered]
    return _Form(glyphs, entries).glyphs()


def _parted(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs with words and the lines to write on behind them apart."""
    parted: list[Glyph] = []
    for glyph in glyphs:
        if len(glyph.text) < 2 or not _FILLER.search(glyph.text):
            parted.append(glyph)
            continue
        width = (glyph.x1 - glyph.x0) / len(glyph.text)
        edges = sorted(
            {0, len(glyph.text), *(e for f in _FILLER.finditer(glyph.text) for e in f.span())}
        )
        for start, end in pairwise(edges):
            x0 = glyph.x0 + start * width
            parted.append(replace(glyph, text=glyph.text[start:end], x0=x0,
                                  x1=x0 + (end - start) * width))  # fmt: skip
    return parted


def _is_filler(glyph: Glyph) -> bool:
    return not glyph.text.strip("_.…· ") and bool(glyph.text.strip())


def _fills(glyph: Glyph, box: Box) -> bool:
    """Whether a glyph is part of the line to write on that a field lies over."""
    common = min(glyph.x1, box[2]) - max(glyph.x0, box[0])
    return common > 0.3 * (glyph.x1 - glyph.x0)


class _Heights:
    """The glyphs of a page by height, so that each field is only compared with those near it."""

    def __init__(self, glyphs: Iterable[Glyph]) -> None:
        self._glyphs = sorted(glyphs, key=lambda glyph: glyph.y)
        self._feet = [glyph.y for glyph in self._glyphs]

    def within(self, box: Box) -> list[Glyph]:
        """Those whose feet stand in the height of a box or a little under it."""
        low = bisect_left(self._feet, box[1] - 5)
        return self._glyphs[low : bisect_right(self._feet, box[3])]


def _is_printed(entry: Entry, heights: _Heights) -> bool:
    """Whether the page itself has the letters of an entry where the entry stands."""
    x0, _, x1, _ = entry.box
    tick = entry.kind == "tick"
    inside = Counter(
        c
        for glyph in heights.within(entry.box)
        if x0 - 2 <= (glyph.x0 + glyph.x1) / 2 <= x1 + 2
        for c in glyph.text
        if c.isalnum() or (tick and not c.isspace())
    )
    if tick:
        return inside.total() == 1
    wanted = Counter(c for c in entry.text if c.isalnum())
    return bool(wanted) and wanted <= inside


class _Form:
    """The printed words of a page and the entries on it, the fields left empty among them."""

    def __init__(self, glyphs: Sequence[Glyph], entries: Sequence[Entry]) -> None:
        self._glyphs = glyphs
        self._entries = [_with_siblings(entry, entries) for entry in entries]
        self._boxes = [entry.box for entry in entries]
        self._pieces = sorted(_pieces(glyphs, self._boxes), key=lambda piece: piece.y)
        self._feet = [piece.y for piece in self._pieces]
        self._order = max((glyph.order for glyph in glyphs), default=0) + 1
        self._words_behind = self._ticks_precede()

    def glyphs(self) -> list[Glyph]:
        """Printed words and entries, an entry beside the words that it belongs to."""
        before: dict[int, list[Glyph]] = {}
        behind: dict[int, list[Glyph]] = {}
        others: list[Glyph] = []
        for entry in sorted(self._entries, key=lambda entry: (-entry.box[3], entry.box[0])):
            if not entry.text:
                continue
            piece, glyph = self._set(entry)
            if piece is None:
                others.append(glyph)
            elif entry.kind == "tick" and glyph.x1 <= piece.left:
                before.setdefault(id(piece.glyphs[0]), []).append(glyph)
            else:
                behind.setdefault(id(piece.glyphs[-1]), []).append(glyph)
        result: list[Glyph] = []
        for glyph in self._glyphs:
            result.extend((*before.get(id(glyph), ()), glyph, *behind.get(id(glyph), ())))
        return result + others

    def _set(self, entry: Entry) -> tuple[_Piece | None, Glyph]:
        """The words behind which an entry is read, and the entry as a glyph."""
        if entry.kind == "tick":
            return self._tick(entry)
        if entry.kind == "value" and not self._in_grid(entry.box):
            label = self._label(entry.box)
            if label is not None:
                return label, self._after(label, entry)
            entry = replace(entry, text=entry.named)
        return self._free(entry)

    # --- Values ------------------------------------------------------------------------------

    def _after(self, label: _Piece, entry: Entry) -> Glyph:
        """A value on its label's line, in the direction in which the label is written."""
        text, box, size = entry.text, entry.box, label.size
        inline = self._in_sentence(label, box)
        room = 0.4 * size
        if not (inline or _ENDS_LABEL.search(label.read_last)):
            text, room = f": {text}", 0.0
        on_line = box[1] - size < label.y < box[3]
        width = min(box[2] - box[0], 0.5 * size * len(text))
        after = self._between(label.y - 0.3 * size, label.y + 0.3 * size)
        if label.rtl:
            x1 = label.left - room
            x0 = min(box[0], x1 - 1) if on_line else x1 - width
            x0 = max([x0, *(p.right + 0.5 * size for p in after if p.right < label.left)])
            x0 = min(x0, x1 - 0.1)
        else:
            x0 = label.right + room
            x1 = max(box[2], x0 + 1) if on_line else x0 + width
            x1 = min([x1, *(p.left - 0.5 * size for p in after if p.left > label.right)])
            x1 = max(x1, x0 + 0.1)
        return Glyph(text, x0, x1, label.y, size, label.glyphs[-1].order, entry=not inline)

    def _in_sentence(self, label: _Piece, box: Box) -> bool:
        """Whether a field is a gap in a sentence, which goes on right behind it."""
        following = self._side(box, left=label.rtl)
        if following is None or max(following.gap(box), label.gap(box)) > _GAP * label.size:
            return False
        if not label.rtl:
            return following.glyphs[0].text[:1].islower()
        return following.rtl and not any(
            0 <= following.left - other[2] < _NEAR * following.size
            and other[1] - 3 <= following.y <= other[3]
            for other in self._boxes
        )

    def _free(self, entry: Entry) -> tuple[_Piece | None, Glyph]:
        """A text where it stands, on the line of the printed words beside it if there are any."""
        x0, y0, x1, y1 = box = entry.box
        line = self._between(y0 - 3, y1)
        width = 0.6 * _USUAL_SIZE * len(entry.text)
        if direction(entry.text) == "R":
            x0 = max(x0, x1 - width)
        else:
            x1 = min(x1, x0 + width)
        if line:
            # Behind what stands before it in the row, as a table is painted.
            before = [piece for piece in line if (piece.middle < x0) is not piece.rtl] or line
            beside = min(before, key=lambda piece: piece.gap(box))
            return beside, Glyph(entry.text, x0, x1, beside.y, beside.size, self._order, entry=True)
        y0 = max(y0, y1 - _TALL * _USUAL_SIZE)
        size = min(max(0.7 * (y1 - y0), 4.0), _USUAL_SIZE)
        y = (y0 + y1) / 2 - 0.35 * size
        return None, Glyph(entry.text, x0, x1, y, size, self._order, entry=True)

    def _label(self, box: Box) -> _Piece | None:
        """The printed words that a field stands for: beside it, else above it, else below it."""
        sides = [
            piece
            for left in (True, False)
            if (piece := self._side(box, left=left)) is not None and piece.rtl is not left
        ]
        beside = min(sides, key=lambda piece: piece.gap(box), default=None)
        if beside is not None and beside.gap(box) <= _NEAR * beside.size:
            return beside
        return self._stacked(box, above=True) or beside or self._stacked(box, above=False)

    def _side(self, box: Box, *, left: bool) -> _Piece | None:
        """The nearest words left or right of a field, with no other field between."""
        found = None
        for piece in self._between(box[1] - 3, box[3]):
            if ((piece.middle < box[0]) if left else (piece.middle > box[2])) and (
                found is None or piece.gap(box) < found.gap(box) - 1
            ):
                found = piece
        if found is None or found.gap(box) > _FARTHEST * found.size:
            return None
        low, high = (found.right, box[0]) if left else (box[2], found.left)
        y = (box[1] + box[3]) / 2
        between = (low - 1 <= (o[0] + o[2]) / 2 <= high + 1 and o[1] <= y <= o[3]
                   for o in self._boxes if o is not box)  # fmt: skip
        return None if any(between) else found

    def _stacked(self, box: Box, *, above: bool) -> _Piece | None:
        """The words right above or below a field."""
        edge, reach = (box[3], _ABOVE) if above else (box[1], _BELOW)
        most = reach * 3 * _USUAL_SIZE
        near = [
            piece
            for piece in self._between(edge - (2 if above else most), edge + (most if above else 2))
            if piece.left < box[2] and piece.right > box[0]
            and abs(piece.y - edge) <= max(reach * piece.size, 2)
        ]  # fmt: skip
        return min(near, key=lambda piece: abs(piece.y - edge), default=None)

    def _in_grid(self, box: Box) -> bool:
        """Whether a field has others both right beside it and right above or below it."""
        height = box[3] - box[1]
        others = [other for other in self._boxes if other is not box]
        beside = any(
            abs(other[1] - box[1]) < 0.3 * height
            and max(other[0] - box[2], box[0] - other[2]) < 1.5 * height
            for other in others
        )
        return beside and any(
            abs(other[0] - box[0]) < 3 and abs(other[2] - box[2]) < 3
            and max(other[1] - box[3], box[1] - other[3]) < 0.6 * height
            for other in others
        )  # fmt: skip

    def _between(self, low: float, high: float) -> list[_Piece]:
        return self._pieces[bisect_left(self._feet, low) : bisect_right(self._feet, high)]

    # --- Ticked boxes ------------------------------------------------------------------------

    def _ticks_precede(self) -> bool:
        """Whether the boxes of the page stand left of their words rather than right of them.

        Between words at equal distances a box does not tell; the first or last of a line does.
        """
        left = right = 0
        for entry in self._entries:
            if entry.kind == "tick":
                gaps = [
                    piece.gap(entry.box) if (piece := self._side(entry.box, left=side)) else 1e6
                    for side in (True, False)
                ]
                left += gaps[0] < 0.7 * gaps[1]
                right += gaps[1] < 0.7 * gaps[0]
        return right > left or (right == left and not any(piece.rtl for piece in self._pieces))

    def _tick(self, entry: Entry) -> tuple[_Piece | None, Glyph]:
        """The mark of a ticked box, beside the words it stands at.

        Where there are none so near, what the box stands for is added: the words above it, as in
        a table, or what the file calls it.
        """
        box = entry.box
        left, right = self._side(box, left=True), self._side(box, left=False)
        for piece in (right, left) if self._words_behind else (left, right):
            if piece is not None and piece.gap(box) <= _BESIDE * piece.size:
                return piece, _mark(entry.text, piece, at_left=piece is right)
        if entry.text == UNTICKED:
            return None, Glyph("", box[0], box[2], box[1], _USUAL_SIZE, self._order)
        head = self._head(box)
        if head is not None:
            return self._free(replace(entry, text=f"{entry.text} {head}"))
        if left is None and right is None:
            return self._free(replace(entry, text=entry.named))
        return self._free(replace(entry, text=replace(entry, name="").named))

    def _head(self, box: Box) -> str | None:
        """The words at the head of a column of boxes, for a box with others in its row."""
        y = (box[1] + box[3]) / 2
        row = [e.box for e in self._entries if e.kind == "tick" and e.box[1] <= y <= e.box[3]]
        if len(row) < 2:
            return None
        wide = 6 * (box[2] - box[0])
        heads = (
            piece
            for piece in self._between(box[3], box[3] + _HIGHEST_HEAD)
            if piece.left < box[2] and piece.right > box[0] and piece.right - piece.left < wide
        )
        head = next(heads, None)
        return line_text(head.glyphs, head.rtl) if head is not None else None


def _with_siblings(entry: Entry, entries: Sequence[Entry]) -> Entry:
    """The entry; a box left empty gets a mark where another on its line is ticked.

    "single ☑ married" alone would not tell on which side of its words a box stands.
    """
    if entry.kind != "tick" or entry.text:
        return entry
    y = (entry.box[1] + entry.box[3]) / 2
    ticked = any(other.text and other.kind == "tick" and other.box[1] <= y <= other.box[3]
                 for other in entries)  # fmt: skip
    return replace(entry, text=UNTICKED) if ticked else entry


def _mark(text: str, piece: _Piece, *, at_left: bool) -> Glyph:
    room = 0.3 * piece.size
    x0 = piece.left - room - piece.size if at_left else piece.right + room
    return Glyph(text, x0, x0 + piece.size, piece.y, piece.size, piece.glyphs[0].order,
                 entry=True)  # fmt: skip


def _pieces(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> Iterator[_Piece]:
    """The printed words of a page, line by line, parted at fields and wide gaps."""
    inked = [glyph for glyph in glyphs if glyph.text.strip() and not _is_filler(glyph)]
    inked.sort(key=lambda glyph: -glyph.y)
    line: list[Glyph] = []
    for glyph in inked:
        if line and line[0].y - glyph.y > _SAME_LINE * max(line[0].size, glyph.size):
            yield from _pieces_of(line, boxes)
            line = []
        line.append(glyph)
    if line:
        yield from _pieces_of(line, boxes)


def _pieces_of(line: list[Glyph], boxes: Sequence[Box]) -> Iterator[_Piece]:
    line.sort(key=lambda glyph: glyph.x0 + glyph.x1)
    y = line[0].y
    size = max(glyph.size for glyph in line)
    fields = sorted((b[0] + b[2]) / 2 for b in boxes if b[1] - 0.3 * size <= y <= b[3])
    part: list[Glyph] = []
    for glyph in line:
        if part and (
            glyph.x0 - part[-1].x1 > _GAP * glyph.size
            or bisect_left(fields, part[-1].x1 - 1) < bisect_right(fields, glyph.x0 + 1)
        ):
            yield _piece(part)
            part = []
        part.append(glyph)
    if part:
        yield _piece(part)


def _piece(glyphs: list[Glyph]) -> _Piece:
    kinds = Counter(direction(glyph.text) for glyph in glyphs)
    return _Piece(
        glyphs,
        min(glyph.x0 for glyph in glyphs),
        max(glyph.x1 for glyph in glyphs),
        glyphs[0].y,
        max(glyph.size for glyph in glyphs),
        kinds["R"] > kinds["L"],
    )
