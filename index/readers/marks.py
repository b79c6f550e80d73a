"""Arabic vowels and other marks: each is put onto the letter that it stands on.

A PDF paints marks as shapes of their own, before or after their letters and moved about, and
some files name them wrongly.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from index.readers.bidi_lines import direction
from index.readers.glyphs import Glyph, is_mark

# In parts of the size of the letters.
_REACH = 0.6  # how far sideways from its letter a mark may stand
_HEIGHT = 1.2  # how far above or below
_NO_WIDTH = 0.02
_BEFORE, _BEHIND = 0.4, 0.15  # how far left and right of its letter a mark without width stands

_NEAR = 8  # how many glyphs before or after its letter a mark is painted
_HABIT = 0.9  # of the marks of a page
_FARTHEST = 400
_FAR = 99.0
_GOOD, _BEARABLE = 1.8, 2.4


def with_marks(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs without marks of their own: each mark is put onto the letter it stands on."""
    marks: list[Glyph] = []
    letters: list[Glyph] = []
    for glyph in glyphs:
        mark = _mark(glyph)
        if mark is not None:
            marks.append(mark)
        elif not _misnamed_mark(glyph):
            letters.append(glyph)
    letters = _without_misnamed(letters)
    if not marks:
        return letters
    orders = [letter.order for letter in letters]
    stacks: dict[int, list[Glyph]] = {}
    places = [(bisect_left(orders, mark.order), mark) for mark in marks]
    to_the_right = _stand_to_the_right(places, letters)
    for at, mark in places:
        best = _right_neighbour(at, mark, letters) if to_the_right else None
        if best is None:
            best = _nearest(at, mark, letters)
        if best is not None:
            stacks.setdefault(best, []).append(mark)
    for i, stack in stacks.items():
        letters[i] = _marked(letters[i], stack)
    return letters


def _mark(glyph: Glyph) -> Glyph | None:
    """The mark that a glyph is; None for a letter.

    Some files name a mark together with a letter that it stood on: it is without width then.
    """
    bare = glyph.text.strip()
    if bare and is_mark(bare):
        return glyph
    if _widthless(glyph) and direction(bare) == "R":
        bare = "".join(character for character in bare if is_mark(character))
        if bare:
            return Glyph(bare, glyph.x0, glyph.x1, glyph.y, glyph.size, glyph.order)
    return None


def _widthless(glyph: Glyph) -> bool:
    return glyph.x1 - glyph.x0 < _NO_WIDTH * glyph.size


def _misnamed_mark(glyph: Glyph) -> bool:
    """Whether this is a mark that the file calls a Latin letter: no such letter has no width."""
    return _widthless(glyph) and len(glyph.text) == 1 and direction(glyph.text) in ("L", "E")


def _without_misnamed(letters: list[Glyph]) -> list[Glyph]:
    """Without Latin letters that stand on an Arabic one: they are misnamed marks."""
    return [
        glyph
        for i, glyph in enumerate(letters)
        if not (
            len(glyph.text) == 1
            and glyph.text.isalpha()
            and direction(glyph.text) == "L"
            and any(
                _covers(other, glyph) and direction(other.text) == "R"
                for other in letters[max(0, i - 3) : i + 4]
            )
        )
    ]


def _covers(other: Glyph, glyph: Glyph) -> bool:
    width = max(glyph.x1 - glyph.x0, 0.01)
    return (
        min(glyph.x1, other.x1) - max(glyph.x0, other.x0) > 0.6 * width
        and abs(other.y - glyph.y) < other.size
        and other is not glyph
    )


def _stand_to_the_right(places: Sequence[tuple[int, Glyph]], letters: Sequence[Glyph]) -> bool:
    """Whether each mark stands on the right one of the letters painted before and after it.

    Programs that shape text well paint a mark next to its letter, on its left side or its own;
    where on the letter it is drawn depends on the font, and tells less.
    """
    found = sum(_right_neighbour(at, mark, letters) is not None for at, mark in places)
    return found >= _HABIT * len(places)


def _right_neighbour(at: int, mark: Glyph, letters: Sequence[Glyph]) -> int | None:
    """Of the letters painted just before and after a mark the right one, if it may carry it."""
    beside = [
        i
        for i in (at - 1, at)
        if 0 <= i < len(letters)
        and abs(letters[i].y - mark.y) < _HEIGHT * letters[i].size
        and not letters[i].text.isspace()
        and letters[i].x0 - _REACH * mark.size < mark.x0 < letters[i].x1 + _REACH * mark.size
    ]
    if not beside:
        return None
    right = max(beside, key=lambda i: letters[i].x0 + letters[i].x1)
    letter = letters[right]
    carries = direction(letter.text) == "R" and (
        letter.x0 - _BEFORE * letter.size <= mark.x0 <= letter.x1 + _BEHIND * letter.size
    )
    return right if carries else None


def _nearest(at: int, mark: Glyph, letters: Sequence[Glyph]) -> int | None:
    """The letter that a mark suits best by its place."""
    for steps, worst in ((_NEAR, _GOOD), (_FARTHEST, _BEARABLE)):
        ranked = [
            (_distance(mark, letters[i]), i)
            for i in range(max(0, at - steps), min(len(letters), at + steps))
            if not letters[i].text.isspace()
        ]
        if ranked and min(ranked)[0] < worst:
            return min(ranked)[1]
    return None


def _distance(mark: Glyph, letter: Glyph) -> float:
    """How ill a mark suits a letter, in parts of the letter's size."""
    size = letter.size or 1
    middle = (mark.x0 + mark.x1) / 2
    aside = max(letter.x0 - middle, middle - letter.x1, 0) / size
    above = abs(mark.y - letter.y) / size
    if aside > _REACH or above > _HEIGHT:
        return _FAR
    return aside * 3 + above * 0.3 + (0 if direction(letter.text) == "R" else 2.0)


def _marked(letter: Glyph, stack: Sequence[Glyph]) -> Glyph:
    text = letter.text
    width = (letter.x1 - letter.x0) or 1
    # Shadda is written before the vowel that stands on it.
    for mark in sorted(stack, key=lambda mark: "\u0651" not in mark.text, reverse=True):
        letters = [i for i, character in enumerate(text) if not is_mark(character)]
        share = (letter.x1 - (mark.x0 + mark.x1) / 2) / width
        place = min(max(int(share * len(letters)), 0), len(letters) - 1) if letters else 0
        at = letters[place] + 1 if letters else 0
        new = "".join(character for character in mark.text.strip() if character not in text)
        text = text[:at] + new + text[at:]
    return Glyph(text, letter.x0, letter.x1, letter.y, letter.size, letter.order)
