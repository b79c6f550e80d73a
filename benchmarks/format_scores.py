"""How much of a known text a reader has kept: words, their order, exact phrases. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from index.text.sentences import text_language

_UNWRITTEN = re.compile(
    "[\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_ARABIC = "\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_NUMBER = r"\d+(?:[.,:/٫٬]\d+)*"
_WORD = re.compile(rf"{_NUMBER}|[{_ARABIC}]+|[{_LATIN}]+|[^\W\d_{_ARABIC}{_LATIN}]+")

# What goes wrong between two directions of writing: names in the other script with the word on
# each side, numbers with their separators and units, what stands in brackets, addresses.
_NAMES = {
    "ar": rf"[{_LATIN}][{_LATIN}'’-]*(?: [{_LATIN}][{_LATIN}'’-]*)*",
    "en": rf"[{_ARABIC}]+(?: [{_ARABIC}]+)*",
}
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BRACKETED = re.compile(r"\([^()\n]+\)|«[^«»\n]+»|\[[^\[\]\n]+\]")
_SEPARATED = re.compile(r"(?<=[^\W\d_] )[$€£]?\d+(?:[.,:٫٬]\d+)+%?(?= [^\W\d_])")
_EDGES = "()[]«»\"'.,;:!?،؛؟"


@dataclass(frozen=True, slots=True)
class Scores:
    """How a text compares with the true one; `recall` and `pairs` are shares from 0 to 1."""

    recall: float
    pairs: float
    phrases: int
    phrases_asked: int


def scores(text: str, truth: str) -> Scores:
    """Compare a text that was read with the true one."""
    asked = phrases(truth)
    flat = _flat(text)
    return Scores(
        recall=_share(Counter(words(text)), Counter(words(truth))),
        pairs=_share(Counter(pairwise(words(text))), _pairs_in_lines(truth)),
        phrases=sum(phrase in flat for phrase in asked),
        phrases_asked=len(asked),
    )


def beginning(text: str, truth: str) -> str:
    """The first lines of a true text that `text` can be held to, where it shows only a part.

    They end where the words that are found outnumber those that are missing by most; a scan of
    the first page says nothing of the second.
    """
    left = Counter(words(text))
    balance = best = end = at = 0
    for line in truth.splitlines(keepends=True):
        at += len(line)
        for word in words(line):
            balance += 1 if left[word] > 0 else -1
            left[word] -= 1
        if balance >= best:
            best, end = balance, at
    return truth[:end]


def words(text: str) -> list[str]:
    """The words of a text in reading order, parted at white space, signs and script borders.

    Compatibility forms are unified; vowel marks, tatweel and invisible marks do not count.
    """
    plain = _UNWRITTEN.sub("", unicodedata.normalize("NFKC", text))
    return _WORD.findall(plain)


def phrases(truth: str) -> list[str]:
    """The phrases of a true text that must come out exactly, in its order, without repeats.

    Names in the other script than the text's with a word on each side, numbers in prose that
    hold a separator with their neighbours, bracketed phrases, e-mail addresses.
    """
    flat = "\n".join(_flat(line) for line in truth.splitlines())
    names = re.compile(rf"(?<![(\w@.-]){_NAMES[text_language(truth)]}(?![)\w@])")
    found: list[tuple[int, str]] = []
    taken: list[tuple[int, int]] = []
    ways: Sequence[tuple[re.Pattern[str], Callable[[str, int, int], str]]] = (
        (_ADDRESS, _itself),
        (_BRACKETED, _itself),
        (_SEPARATED, _with_neighbours),
        (names, _with_neighbours),
    )
    for pattern, widened in ways:
        for match in pattern.finditer(flat):
            start, end = match.span()
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                found.append((start, widened(flat, start, end)))
    return list(dict.fromkeys(phrase for _, phrase in sorted(found)))


def _itself(text: str, start: int, end: int) -> str:
    return text[start:end]


def _with_neighbours(text: str, start: int, end: int) -> str:
    """The span with the word before and the word behind it, as far as its line has them."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    before = text[first:start].split(" ")[-2:]
    after = text[end : len(text) if last < 0 else last].split(" ")[:2]
    return (" ".join(before) + text[start:end] + " ".join(after)).strip().strip(_EDGES)


def _pairs_in_lines(truth: str) -> Counter[tuple[str, str]]:
    """The neighbours within each line: in what order lines come is another question."""
    return Counter(pair for line in truth.splitlines() for pair in pairwise(words(line)))


def _share(found: Counter[Any], true: Counter[Any]) -> float:
    return (found & true).total() / max(1, true.total())


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
