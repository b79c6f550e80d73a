"""Texts that are there in both languages: the one in the question's language goes before the other.

Either answers, but it is better quoted than translated. Two passages say the same when their
vectors come as near to each other as only translations do. Measured on XQuAD's 240 passages and
their translations: with the default model 95 % of the pairs come nearer than .81, and 99 % of
passages of one article stay below .815; with EmbeddingGemma .64 and .58.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from index.arrays import Vectors
from index.types import Language

SAME = {"multilingual-e5-small": 0.82, "embeddinggemma-300m": 0.62}
"""The cosine from which on two passages are translations, by embedding model."""


def own_language_first(
    languages: Sequence[Language],
    vectors: Vectors,
    language: Language,
    least: float,
    alone: Collection[int] = (),
) -> list[int]:
    """The places of passages, best first, in a new order: translations have changed places.

    `languages` and the unit `vectors` [n, dimension] are those of the passages, best first;
    `language` is the question's, `least` the cosine from which on two are translations. Those at
    the places `alone` hold a number or code of the question that nothing in its language holds:
    what is alike but for that is no translation.
    """
    order = list(range(len(languages)))
    free = {place for place in order if languages[place] == language}
    alike = vectors @ vectors.T
    for place in order[:]:
        if languages[place] != language and place not in alone:
            twins = [one for one in sorted(free) if one > place and alike[place, one] >= least]
            if twins:
                order[place], order[twins[0]] = twins[0], place
                free.remove(twins[0])
    return order
