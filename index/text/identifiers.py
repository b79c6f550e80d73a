"""Identifiers: what is written alike in every language, and so finds its passage in any of them.

Numbers, codes with digits in them, and words in the other language's letters. Within a language
BM25 knows how rare they are; across languages everything else speaks for the passages in the
query's own, so an Arabic question with the number of an English invoice found fifteen Arabic
invoices with other numbers before it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from index.arrays import Vectors
from index.text.keywords import content_tokens
from index.types import Language

_ARABIC, _LATIN = re.compile("[\u0621-\u064a]"), re.compile("[a-z]")
_FULL = 4
"""Characters from which on an identifier counts in full: "3" stands in half of all texts."""
BACKGROUND_PASSAGES = 240
"""As many passages without them are added, so that in a small store one is not all."""


def identifiers(query: str, language: Language) -> list[str]:
    """The full-text tokens of a query that are the same in every language."""
    other = _ARABIC if language == "en" else _LATIN
    return [
        token
        for token in dict.fromkeys(content_tokens(query, language))
        if any(map(str.isdigit, token)) or other.match(token)
    ]


def weights(counts: Mapping[str, int], total: int) -> dict[str, float]:
    """What each identifier says, from 0 for nothing: more the rarer and the longer it is.

    `counts` has the number of passages that hold it, of `total` in all languages.
    """
    total += BACKGROUND_PASSAGES
    rarest = math.log(1 + (total - 0.5) / 1.5)
    return {
        token: math.log(1 + (total - count + 0.5) / (count + 0.5))
        / rarest
        * min(1.0, (len(token) - 1) / (_FULL - 1))
        for token, count in counts.items()
    }


def advantage(
    held: Sequence[Collection[str]], same: npt.NDArray[np.bool_], weight: Mapping[str, float]
) -> Vectors:
    """How much more each passage of the other language holds than any of the query's own.

    `held` are the tokens of each passage, `same` says which are in the query's language. From 0,
    also for all passages of the query's own language, to 1 for all that is asked for.
    """
    whole = sum(weight.values())
    sums = np.array(
        [sum(w for token, w in weight.items() if token in tokens) for tokens in held],
        dtype=np.float32,
    )
    best = float(sums[same].max(initial=0.0))
    more: Vectors = np.where(same, 0.0, (sums - best).clip(min=0.0)).astype(np.float32)
    return more / max(whole, 1.0)
