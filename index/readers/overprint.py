"""Letters that are painted twice, slightly apart, to look bold or to cast a shadow: read once."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from math import floor

from index.readers.glyphs import Glyph, is_mark

# In parts of the size of the letters.
_REACH = 0.35  # how far a shadow falls at most
_SQUARE = 2 * _REACH
_ASIDE = 0.2  # the most along the line, where nothing else tells a second letter from a shadow
_DIAGONAL = 0.3  # the same for one that stands higher or lower
_MARK = 0.05  # the same for marks, which stand close
_NO_WIDTH = 0.08  # the same for letters that are given no width
_SAME_HEIGHT = 0.02
_SAME_SHIFT = 0.01  # how far two shadows of one word may differ

_WIDTH = 0.6  # of a letter's width: where the next one stands farther on than this, it is another
_NEAR = 4  # how many letters before or behind belong to the same shadow
_MOST_BESIDE = 8  # letters alike in one place that are compared; with more, it is no text

_Shift = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Like:
    """An earlier glyph that says the same near by: its place in the list, and how far away it is.

    `repeats` says that it stands too near for the later one to be another letter.
    """

    place: int
    shift: _Shift
    repeats: bool


def painted_once(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs without those that repeat one almost where it stands.

    Where a letter could be a shadow as well as the second of two, the letters painted beside it
    tell: the shadows of a word all fall the same way.
    """
    likes = _likes(glyphs)
    # The shadows, and how they fall.
    shadows = {
        at: found[0].shift for at, found in likes.items() if len(found) == 1 and found[0].repeats
    }
    for order, step in ((list(likes), 1), (list(reversed(likes)), -1)):
        for at in order:
            if at not in shadows:
                before = _nearest(shadows, range(at - step, at - step * (_NEAR + 1), -step))
                if before and _falls(likes[at], before, shadows):
                    shadows[at] = before
    for at, found in likes.items():
        if at not in shadows and not _nearest(shadows, range(at - _NEAR, at + _NEAR + 1)):
            repeated = next((like.shift for like in found if like.repeats), None)
            if repeated:
                shadows[at] = repeated
    return [glyph for at, glyph in enumerate(glyphs) if at not in shadows]


def _falls(likes: Sequence[_Like], shift: _Shift, shadows: Container[int]) -> bool:
    """Whether a glyph falls from one of its likes by `shift`, and what it repeats is a letter."""
    alike = [like for like in likes if _alike(like.shift, shift)]
    letters = [like for like in likes if like.place not in shadows]
    return bool(alike) and any(like.repeats or like in alike for like in letters)


def _nearest(shadows: dict[int, _Shift], places: range) -> _Shift | None:
    return next((shadows[place] for place in places if place in shadows), None)


def _likes(glyphs: Sequence[Glyph]) -> dict[int, list[_Like]]:
    """The earlier glyphs within reach that say the same, by the place of the later one.

    Each is looked for in the nearest four squares of the page.
    """
    found: dict[int, list[_Like]] = {}
    earlier: dict[tuple[str, int, int], list[int]] = {}
    for at, glyph in enumerate(glyphs):
        text, size = glyph.text, glyph.size
        x, y = glyph.x0 / size / _SQUARE, glyph.y / size / _SQUARE
        column, row = floor(x), floor(y)
        beside = column + (1 if x - column >= 0.5 else -1)
        above = row + (1 if y - row >= 0.5 else -1)
        own = earlier.get((text, column, row))
        near = [
            *(own or ()),
            *earlier.get((text, beside, row), ()),
            *earlier.get((text, column, above), ()),
            *earlier.get((text, beside, above), ()),
        ]
        if near and (likes := list(_within_reach(glyph, near, glyphs))):
            found[at] = likes
        if own is None:
            earlier[text, column, row] = [at]
        elif len(own) < _MOST_BESIDE:
            own.append(at)
    return found


def _within_reach(glyph: Glyph, places: Sequence[int], glyphs: Sequence[Glyph]) -> Iterator[_Like]:
    for place in places:
        other = glyphs[place]
        aside, above = (glyph.x0 - other.x0) / glyph.size, (glyph.y - other.y) / glyph.size
        if other.size == glyph.size and abs(aside) <= _REACH and abs(above) <= _REACH:
            yield _Like(place, (aside, above), _repeats(glyph, abs(aside), abs(above)))


def _repeats(glyph: Glyph, aside: float, above: float) -> bool:
    # Some files name a letter's mark, which stands on it, by both of them.
    if any(map(is_mark, glyph.text)):
        return max(aside, above) <= _MARK
    most = _ASIDE if above <= _SAME_HEIGHT else _DIAGONAL
    width = (glyph.x1 - glyph.x0) / glyph.size
    return above <= _DIAGONAL and aside <= min(most, max(_WIDTH * width, _NO_WIDTH))


def _alike(one: _Shift, other: _Shift) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= _SAME_SHIFT
