"""Shapes without a name inside Arabic words: strokes that only lengthen, or letters lost.

Some producers draw the stroke that leads to a letter as a shape of its own and give it no name,
so that a word comes out with U+FFFD in it. It goes where the document or the pairs of letters
show that nothing is missing without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.letter_pairs import arabic

_UNNAMED = "\ufffd"
_TOKEN = re.compile("[\u0620-\u065f\u0670-\u06d3\ufffd]+")
_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]+")
_ARABIC = re.compile("[\u0620-\u064a]")
_BETWEEN = re.compile("([^\ufffd])\ufffd+([^\ufffd])")
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئ"
_LOST = re.compile("[\u0620-\u065f\u0670-\u06d3]\ufffd|\ufffd[\u0620-\u065f\u0670-\u06d3]")
_JOINING = "بتثجحخسشصضطظعغفقكلمنهيئ"  # a stroke leads on from these
_LEAST_LETTERS = 4  # of a word by which the document knows another
_CERTAIN = 3.0  # nats
_MOST_WORDS = 300  # with such shapes: more of them tell no more


def letters_lost(text: str) -> bool:
    """Whether a letter of an Arabic word has no name."""
    return _UNNAMED in text and _LOST.search(text) is not None


class Fillers:
    """Tells strokes from lost letters, with what the pages of a document have shown so far.

    On pages of news, .97 of the strokes on 400 characters and all on 1,500 are taken out, and of
    letters that are lost within words fewer than one in a hundred is taken for a stroke.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._seen: set[str] = set()  # words with unnamed shapes
        self._pairs: list[tuple[str, str]] = []
        self._nats = 0.0  # for strokes, from words that are known
        self._are_strokes = False

    def without(self, texts: Sequence[str]) -> list[str]:
        """The texts of a page without the shapes that are strokes."""
        if not self._seen and not any(_ARABIC.search(text) for text in texts):
            return list(texts)
        tokens = [_MARKS.sub("", token) for text in texts for token in _TOKEN.findall(text)]
        self._known.update(token for token in tokens if _UNNAMED not in token)
        unnamed = {token for token in tokens if _UNNAMED in token} - self._seen
        new = sorted(unnamed)[: _MOST_WORDS - len(self._seen)]
        for token in new:
            self._seen.add(token)
            self._weigh(token)
        if new:
            nats = arabic().nothing_lost(self._pairs, _JOINING) if self._pairs else 0.0
            self._are_strokes = nats + self._nats > _CERTAIN
        if not self._seen:
            return list(texts)
        return [_TOKEN.sub(lambda found: self._cleaned(found[0]), text) for text in texts]

    def _weigh(self, token: str) -> None:
        """Note what a word says of the unnamed shapes in it."""
        pairs = _BETWEEN.findall(token)
        if token.strip(_UNNAMED) != token or any(before not in _JOINING for before, _ in pairs):
            self._nats -= _CERTAIN  # no stroke stands there
        elif self._knows(token.replace(_UNNAMED, "")):
            self._nats += _CERTAIN
        elif token.count(_UNNAMED) == 1 and any(
            token.replace(_UNNAMED, letter) in self._known for letter in _LETTERS
        ):
            self._nats -= _CERTAIN
        self._pairs.extend(pairs[:4])

    def _knows(self, word: str) -> bool:
        """Whether the document has the word elsewhere; short ones may be others, less a letter."""
        return len(word) >= _LEAST_LETTERS and word in self._known

    def _cleaned(self, token: str) -> str:
        bare = _MARKS.sub("", token)
        rest = bare.replace(_UNNAMED, "")
        inside = bare.strip(_UNNAMED) == bare and all(
            before in _JOINING for before, _ in _BETWEEN.findall(bare)
        )
        if inside and (self._are_strokes or self._knows(rest)):
            return token.replace(_UNNAMED, "")
        return token
