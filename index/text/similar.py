"""Misspelt words: the words of the documents that are one slip away.

A slip is a letter too many, a letter missing, two neighbours exchanged, or a letter for one that is
taken for it (a vowel for a vowel, ض for ظ). Not any letter for any other: that leads to other
words, most of all in Arabic, where all words of three letters are near each other; so there only
weak letters and doubled ones may be missing. Compared are full-text tokens, in which the spellings
of one Arabic letter are the same already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from index.text.keywords import content_tokens
from index.types import Language


class Pattern(NamedTuple):
    """Words from `least` to `most` letters that begin with `first`, and with `head` or end with
    `tail`."""

    first: str
    least: int
    most: int
    head: str
    tail: str


Vocabulary = Callable[[Pattern], Iterable[str]]
"""The words of the documents that fit a pattern, and maybe others."""
Counts = Callable[[Iterable[str]], Mapping[str, int]]
"""In how many passages each of these words stands."""

_SHORT, _LONGEST = 4, 24
"""Letters. A shorter word is only Arabic, with a letter for another: its roots have three."""
_MOST_WORDS = 12
"""So many words of a query are looked at."""
_MOST_SIMILAR = 2
"""So many words stand for one: those that most passages hold."""
_GROUPS = "aeiouy ck cs sz gj mn dt bp fv ضظ سصث تطد ذزظد حهخ قكغ اوي"
_ALIKE = frozenset(one + other for group in _GROUPS.split() for one in group for other in group)
_WEAK = frozenset("اويء")


def similar_words(
    unknown: Sequence[str], language: Language, vocabulary: Vocabulary, counts: Counts
) -> dict[str, list[str]]:
    """For words that the documents do not hold those that may be meant, where there are any."""
    meant = {word: _similar(word, language, vocabulary, counts) for word in unknown[:_MOST_WORDS]}
    return {word: others for word, others in meant.items() if others}


def _similar(word: str, language: Language, vocabulary: Vocabulary, counts: Counts) -> list[str]:
    shortest = _SHORT if word.isascii() else _SHORT - 1
    if not shortest <= len(word) <= _LONGEST or not word.isalpha():
        return []
    # A slip leaves one half of the word as it is.
    half = len(word) // 2
    head, tail = word[:half], word[half + 1 :]
    found = [
        other
        # A first letter that is too much or was exchanged leaves the second one first.
        for first in dict.fromkeys(word[:2])
        for other in vocabulary(Pattern(first, len(word) - 1, len(word) + 1, head, tail))
        if is_slip(word, other) and content_tokens(other, language)
    ]
    passages = counts(found)
    held = [other for other in dict.fromkeys(found) if passages[other]]
    return sorted(held, key=lambda other: (-passages[other], other))[:_MOST_SIMILAR]


def is_slip(word: str, other: str) -> bool:
    """Whether one slip makes `word` of `other`."""
    at = sum(1 for _ in takewhile(bool, map(str.__eq__, word, other)))
    same = len(word) == len(other)
    if same and word[at + 1 :] == other[at + 1 :]:
        return word[at : at + 1] + other[at : at + 1] in _ALIKE
    if len(word) < _SHORT:
        return False
    if same:
        exchanged = word[at : at + 2] == other[at : at + 2][::-1]
        return exchanged and word[at + 2 :] == other[at + 2 :]
    shorter, longer = sorted((word, other), key=len)
    if shorter[at:] != longer[at + 1 :]:
        return False
    doubled = at > 0 and longer[at] == longer[at - 1]
    return longer.isascii() or longer[at] in _WEAK or doubled
