"""Which letters stand beside which in Arabic and in the languages of the Latin script.

Texts of one script differ in their words, hardly in their pairs of letters; so a page whose
pairs look better after two letters change places, or when read backwards, was not extracted as
it was written. Every distinct word counts once, or the names on a list would outweigh the rest.

The counts in letter_pairs.json are made by `python -m benchmarks.letter_pairs`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations
from math import exp, fsum, log
from operator import mul
from pathlib import Path

Counts = list[list[int]]
"""How often each letter (row) is followed by each (column); the last of both is a word's edge."""

_TABLE = Path(__file__).with_name("letter_pairs.json")
_UNSEEN = 0.005  # what pairs that the counts do not hold get, of all together
_LEAST_SEEN = 8  # times that two letters have to occur before their exchange says something


class LetterPairs:
    """The letter pairs of one script, and what they say about the words of a page."""

    def __init__(self, letters: str, common: str, counts: Counts) -> None:
        self._index = {letter: number for number, letter in enumerate(letters)}
        self._edge = len(letters)
        self._common = [self._index[letter] for letter in common]
        size = len(counts)
        total = sum(map(sum, counts))
        shares = [[n / total + _UNSEEN / size**2 for n in row] for row in counts]
        self._log: list[list[float]] = [[log(share / sum(row)) for share in row] for row in shares]
        self._columns = [list(column) for column in zip(*self._log, strict=True)]
        self._around = [
            [*row, *column] for row, column in zip(self._log, self._columns, strict=True)
        ]
        rows = [sum(row) for row in shares[: self._edge]]
        self._share = [row / sum(rows) for row in rows]

    def count(self, words: Iterable[str]) -> Counts:
        """The pairs of letters in `words`; characters that are no letters here are skipped."""
        edge = self._edge
        counts = [[0] * (edge + 1) for _ in range(edge + 1)]
        index = self._index
        for word in words:
            before = edge
            for letter in word:
                number = index.get(letter)
                if number is not None:
                    counts[before][number] += 1
                    before = number
            if before != edge:
                counts[before][edge] += 1
        return counts

    def surprise(self, counts: Counts) -> float:
        """How unlikely the pairs are, in nats per pair: about 2.8 for sound text."""
        total = sum(map(sum, counts))
        said = fsum(sum(map(mul, row, logs)) for row, logs in zip(counts, self._log, strict=True))
        return -said / total if total else 0.0

    def gain_reversed(self, counts: Counts) -> float:
        """By how many nats the words are likelier when read from their last letter."""
        pairs = zip(counts, self._log, self._columns, strict=True)
        return fsum(
            sum(map(mul, row, columns)) - sum(map(mul, row, logs)) for row, logs, columns in pairs
        )

    def nothing_lost(self, pairs: Sequence[tuple[str, str]], joining: str) -> float:
        """By how many nats `pairs` are rather letters side by side than around a lost one.

        Each pair is the letters before and behind a shape without a name, the former one of
        `joining`. If the shape is nothing, letters stand before it as they do before the one
        behind it; if a letter is lost, it is the same in all, or any.
        """
        known = [
            (self._index[before], self._index[after])
            for before, after in pairs
            if before in joining and before in self._index and after in self._index
        ]
        rows = [self._index[letter] for letter in joining if letter in self._index]
        behind = Counter(after for _, after in known)
        whole = len(known)
        # What stands behind shapes that are nothing may be any few letters: they cost their choice.
        free = sum(n * log(n / whole) for n in behind.values()) - len(behind) * log(self._edge)
        nothing = free + sum(self._before(p, c, rows) for p, c in known)
        any_letter = [sum(self._share[x] * exp(self._log[x][c]) for x in range(self._edge))
                      for c in range(self._edge)]  # fmt: skip
        share = sum(self._share[p] for p in rows)
        lost = [sum(log(self._share[p] / share * any_letter[c]) for p, c in known)]
        for x in range(self._edge):
            after = log(fsum(exp(self._log[x][c]) for c in range(self._edge)))
            lost.append(sum(self._before(p, x, rows) + self._log[x][c] - after for p, c in known))
        return nothing - max(lost)

    def _before(self, letter: int, following: int, letters: Sequence[int]) -> float:
        """The log of how often one of `letters` is the one before another."""
        return log(self._joint(letter, following)) - log(
            fsum(self._joint(other, following) for other in letters)
        )

    def _joint(self, letter: int, following: int) -> float:
        return self._share[letter] * exp(self._log[letter][following])

    def missing(self, counts: Counts) -> float:
        """How many letters are lacking, over all common letters that are far too rare."""
        seen = [sum(row) for row in counts[: self._edge]]
        total = sum(seen)
        return sum(max(0.0, self._share[n] * total - 3 * seen[n] - 3) for n in self._common)

    def gain_exchanged(self, counts: Counts) -> float:
        """By how many nats the words are likelier when the best two letters change places."""
        common, around = self._common, self._around
        # Each letter's neighbours, before and behind it, and what they say of each letter.
        seen = [
            [*row, *column] for row, column in zip(counts, zip(*counts, strict=True), strict=True)
        ]
        said = {a: {b: sum(map(mul, seen[a], around[b])) for b in common} for a in common}
        best = 0.0
        for a, b in combinations(common, 2):
            gain = said[a][b] + said[b][a] - said[a][a] - said[b][b]
            if gain > best and sum(seen[a]) + sum(seen[b]) >= _LEAST_SEEN:
                best = max(best, gain - self._counted_twice(counts, a, b))
        return best

    def _counted_twice(self, counts: Counts, a: int, b: int) -> float:
        """What the gain holds too much, for the pairs that the two letters make together."""
        logs = self._log
        other = {a: b, b: a}
        return sum(
            counts[x][y]
            * (logs[other[x]][y] + logs[x][other[y]] - logs[x][y] - logs[other[x]][other[y]])
            for x in other
            for y in other
        )


@cache
def arabic() -> LetterPairs:
    """The pairs of Arabic, marks left out."""
    return _load("arabic")


@cache
def latin() -> LetterPairs:
    """The pairs of the Latin script over many languages, accents left out, in lower case."""
    return _load("latin")


def _load(script: str) -> LetterPairs:
    table = json.loads(_TABLE.read_text(encoding="utf-8"))[script]
    return LetterPairs(table["letters"], table["common"], table["counts"])
