"""The words of a source sentence that answer a question: asked for, found, and cut to a clause.

A small model copies far better than it writes, above all where question and passage are in two
languages: asked for the number of a sentence and its exact words, as JSON, it gives the right
words to twice as many Arabic questions about English passages as when it is asked for an answer.
What it gives is looked up in the evidence: only words that stand there count, and they are taken
as they stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index import Language
from index.text.keywords import normalise
from rag.evidence import Evidence

_SIGN = r"[\w\u064b-\u065f\u0670]"  # a letter, a digit, or a mark over a letter
_WORD = re.compile(rf"{_SIGN}+(?:[.,:/’'–-]{_SIGN}+)*%?")
_LIKE = 0.85
"""Share of letters in common from which on a misspelt copy is taken for the original."""
_AND = ("و", "ف")
"""Written as one with the word behind them, of which they are no part."""
_NUMBER = re.compile(r'"?sentence"?\s*:\s*"?(\d{1,4})(?!\d)')
_WORDS = re.compile(r'"?words"?\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)
_WHOLE = re.compile(r"\S+")
_BREAK = re.compile(r"[,،;؛:.!?؟–—)](?!\w)|\s(?=\()|\s(?=و[^\W\d]{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a piece of evidence: `text[start:end]` of its sentence."""

    evidence: Evidence
    start: int
    end: int

    @property
    def words(self) -> str:
        """The words as the source writes them, on one line."""
        return " ".join(self.evidence.sentence.text[self.start : self.end].split())

    @property
    def language(self) -> Language:
        """The language of the source."""
        return self.evidence.hit.language

    def clause(self, limit: int) -> str:
        """The words with what stands around them, up to `limit` characters, cut at clauses."""
        return _clause(self.evidence.sentence.text, self.start, self.end, limit)

    def stretches(self, room: int) -> list[str]:
        """The parts of the sentence, as long as `room` letters allow, that hold the words.

        Where the words are too long themselves, parts of them. Whole words; each begins or ends
        with a clause where one does. Empty when there is not even room for one word.
        """
        return _stretches(self.evidence.sentence.text, self.start, self.end, room)


def read_reply(reply: str) -> tuple[int, str]:
    """The number and the words of a reply; 0 and "" where it holds none. Never raises."""
    try:
        value = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])
        return int(value.get("sentence", 0)), str(value["words"] or "")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        number, words = _NUMBER.search(reply), _WORDS.search(reply)
        return int(number[1]) if number else 0, words[1] if words else ""


def locate(words: str, number: int, evidence: Sequence[Evidence]) -> Span | None:
    """Where the words stand in the evidence, in sentence `number` (from 1) before all others.

    Spelling, case and digits do not count, and a letter or two may be wrong. None where they do
    not stand.
    """
    wanted = [normalise(found[0]) for found in _WORD.finditer(words)]
    wanted = [word for word in wanted if word]
    if not wanted:
        return None
    order = sorted(range(len(evidence)), key=lambda place: place != number - 1)
    for alike in (1.0, _LIKE):
        for place in order:
            found = _find(wanted, evidence[place].sentence.text, alike)
            if found is not None:
                return Span(evidence[place], *found)
    return None


def whole(piece: Evidence) -> Span:
    """All of a sentence."""
    return Span(piece, 0, len(piece.sentence.text))


def _find(wanted: Sequence[str], text: str, alike: float) -> tuple[int, int] | None:
    spans = [(found.start(), found.end()) for found in _WORD.finditer(text)]
    held = [normalise(text[start:end]) for start, end in spans]
    size = len(wanted)
    joined = " ".join(wanted)
    best: tuple[float, int] | None = None
    for first in range(len(held) - size + 1):
        window = held[first : first + size]
        if window == list(wanted):
            return spans[first][0], spans[first + size - 1][1]
        if alike == 1.0:
            continue
        if window[0][:1] in _AND and [window[0][1:], *window[1:]] == list(wanted):
            return spans[first][0] + 1, spans[first + size - 1][1]
        ratio = SequenceMatcher(None, joined, " ".join(window), autojunk=False).ratio()
        if ratio >= alike and (best is None or ratio > best[0]):
            best = ratio, first
    if best is None:
        return None
    return spans[best[1]][0], spans[best[1] + size - 1][1]


def letters(text: str) -> int:
    """How many letters a text has: what its language is told by."""
    return sum(map(str.isalpha, text))


def _stretches(text: str, start: int, end: int, room: int) -> list[str]:
    if letters(text) <= room:
        return [" ".join(text.split())]
    words = [found.span() for found in _WHOLE.finditer(text)]
    if letters(text[start:end]) > room:  # what answers is somewhere in them
        words = [(low, high) for low, high in words if low < end and high > start]
        start = end = -1
    cuts = {found.end() for found in _BREAK.finditer(text)}
    begins = [
        place == 0 or any(cut in cuts for cut in range(words[place - 1][1], low + 1))
        for place, (low, _) in enumerate(words)
    ]
    found: list[tuple[bool, str]] = []
    last = -1
    for first, (low, _) in enumerate(words):
        until = max(last, first)
        while until < len(words) and letters(text[low : words[until][1]]) <= room:
            until += 1
        if until - 1 < first or until - 1 == last:  # no room, or a part of the one before
            continue
        last, high = until - 1, words[until - 1][1]
        if start < 0 or (low <= start and end <= high):
            clean = begins[first] or until == len(words) or begins[until]
            found.append((clean, _marked(text, low, high)))
    return [part for clean, part in found if clean] or [part for _, part in found]


def _marked(text: str, low: int, high: int) -> str:
    """`text[low:high]` on one line, with "…" where something was cut off."""
    inner = " ".join(text[low:high].split()).strip(" ,،;؛:–—")
    return ("… " if text[:low].strip() else "") + inner + (" …" if text[high:].strip() else "")


def _clause(text: str, start: int, end: int, limit: int) -> str:
    """`text[start:end]` with as many whole clauses around it as there is room for.

    "…" stands where something was cut off. When not even the words fit, they stand alone.
    """
    if len(text) <= limit:
        return " ".join(text.split())
    cuts = [0, *(found.end() for found in _BREAK.finditer(text)), len(text)]
    low = max((cut for cut in cuts if cut <= start), default=0)
    high = min((cut for cut in cuts if cut >= end), default=len(text))
    if high - low > limit:
        low, high = _words_around(text, start, end, limit)
    return _marked(text, *_grown(low, high, cuts, limit))


def _grown(low: int, high: int, cuts: Sequence[int], limit: int) -> tuple[int, int]:
    """The range with as many pieces between cuts behind it, then before it, as fit."""
    while True:
        before = max((cut for cut in cuts if cut < low), default=None)
        after = min((cut for cut in cuts if cut > high), default=None)
        if after is not None and after - low <= limit:
            high = after
        elif before is not None and high - before <= limit:
            low = before
        else:
            return low, high


def _words_around(text: str, start: int, end: int, limit: int) -> tuple[int, int]:
    """Whole words on both sides of the span, up to the limit."""
    room = max(0, limit - (end - start)) // 2
    low = text.find(" ", max(0, start - room), start) + 1 if start > room else 0
    high = text.rfind(" ", end, min(len(text), end + room)) if end + room < len(text) else len(text)
    return (low if 0 < low <= start or start <= room else start), (high if high > 0 else end)
