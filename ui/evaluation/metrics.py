"""The figures of an evaluation, from ranks and texts to shares, and how sure each one is. Pure."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence

from index.text.keywords import normalise

_Z = statistics.NormalDist().inv_cdf(0.975)
"""Standard deviations to either side that hold 95 % of a normal distribution."""


def rank_of(gold: str, documents: Iterable[str]) -> int | None:
    """The place of the gold document among those found, each counted once; None: not found."""
    found = list(dict.fromkeys(documents))
    return found.index(gold) + 1 if gold in found else None


def recall_at(ranks: Sequence[int | None], k: int) -> float:
    """The share of questions whose gold document is among the first k. Ranks count from 1."""
    return mean([rank is not None and rank <= k for rank in ranks])


def mrr_at(ranks: Sequence[int | None], k: int) -> float:
    """The mean of 1 / rank, counting 0 beyond k."""
    return mean([1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks])


def contains(text: str, gold: Iterable[str]) -> bool:
    """Whether any gold answer stands in the text, as whole words, spelling normalised."""
    words = f" {_comparable(text)} "
    return any(f" {_comparable(answer)} " in words for answer in gold if _comparable(answer))


def f1(text: str, gold: Iterable[str]) -> float:
    """The best harmonic mean of word precision and recall over the gold answers (SQuAD's F1)."""
    return max((_f1(_comparable(text).split(), _comparable(g).split()) for g in gold), default=0.0)


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return statistics.fmean(values) if values else 0.0


def share_interval(share: float, count: int) -> list[float]:
    """Where the true share lies with 95 % confidence, seen `share` among `count` (Wilson 1927)."""
    if not count:
        return [0.0, 1.0]
    z2 = _Z**2 / count
    centre = (share + z2 / 2) / (1 + z2)
    reach = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count)) / (1 + z2)
    return [max(0.0, centre - reach), min(1.0, centre + reach)]


def mean_interval(values: Sequence[float]) -> list[float]:
    """Where the true mean of values from 0 to 1 lies with 95 % confidence (normal)."""
    if len(values) < 2:
        return [0.0, 1.0]
    centre = statistics.fmean(values)
    reach = _Z * statistics.stdev(values) / math.sqrt(len(values))
    return [max(0.0, centre - reach), min(1.0, centre + reach)]


def sign_test(better: int, worse: int) -> float:
    """How probable a split this uneven is by chance, both sides counted.

    McNemar's test in its exact form: each change is a fair coin.
    """
    changes = better + worse
    tail = sum(math.comb(changes, count) for count in range(min(better, worse) + 1))
    return float(min(1.0, tail * 2 / 2**changes))


def _comparable(text: str) -> str:
    return " ".join(normalise(text).split())


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    shared = (Counter(said) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(said), shared / len(gold)
    return 2 * precision * recall / (precision + recall)
