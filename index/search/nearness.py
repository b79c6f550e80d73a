"""How near single words come to the words of texts, within a language and across.

Two words with the same stem are the same; others are compared by their vectors, each less the
mean word of its language (`index.search.words` says why). Most vectors lie in the store already;
the few that do not, a question's words above all, are embedded on the way, all together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from index.arrays import Vectors
from index.models.embed import Embedder
from index.search.words import WordVectors, centred
from index.text.keywords import tokens, word_forms
from index.text.sentences import text_language
from index.types import Language

Kept = dict[str, Vectors]
"""Vectors by the tokens of their words."""


def kept_vectors(
    words: Sequence[str], texts: Sequence[str], known: Mapping[Language, WordVectors]
) -> Kept:
    """The vectors that a store has of all these words."""
    wanted = set(_forms([*words, *texts]))
    kept: Kept = {}
    for vectors in known.values():
        kept.update(vectors.known(wanted))
    return kept


def nearness(
    words: Sequence[str],
    texts: Sequence[str],
    kept: Kept,
    mean: Mapping[Language, Vectors],
    embedder: Embedder,
    met: Kept,
) -> Vectors:
    """The nearness of each word to the nearest word of each text: [words, texts].

    1.0 for equal stems, 0.0 where there is nothing to compare. `kept` are the vectors that the
    store has; those that have to be made go into `met`, by how the words are written.
    """
    asked = [_forms([word]) for word in words]
    held = [_forms([text]) for text in texts]
    forms = {token: form for each in (*asked, *held) for token, form in each.items()}
    rows = {token: row for row, token in enumerate(forms)}
    others = {token: form for token, form in forms.items() if token not in kept}
    if missing := [form for form in dict.fromkeys(others.values()) if form not in met]:
        met.update(zip(missing, embedder.passages(missing), strict=True))
    kept = {**kept, **{token: met[form] for token, form in others.items()}}
    units = _units(forms, kept, mean)
    found = np.zeros((len(words), len(texts)), dtype=np.float32)
    stems = [frozenset(_tokens(text)) for text in texts]
    for number, word in enumerate(words):
        own = [rows[token] for token in asked[number]]
        near = units[own] @ units.T if own else None
        parts = _tokens(word)
        for place, theirs in enumerate(held):
            if parts and stems[place].issuperset(parts):
                found[number, place] = 1.0
            elif near is not None and theirs:
                columns = [rows[token] for token in theirs]
                # A word of several parts ("e-mail") is as near as its parts are on the whole.
                found[number, place] = near[:, columns].max(axis=1).mean()
    return found


def _units(forms: Mapping[str, str], kept: Kept, mean: Mapping[Language, Vectors]) -> Vectors:
    """The centred vector of each word, in the order of `forms`: [words, dimension]."""
    if not forms:
        return np.zeros((0, 0), dtype=np.float32)
    means = np.array([mean[text_language(form)] for form in forms.values()], dtype=np.float32)
    return centred(np.array([kept[token] for token in forms], dtype=np.float32), means)


def _forms(texts: Iterable[str]) -> dict[str, str]:
    """The content words of texts by their tokens; those of one letter and of digits are left."""
    found: dict[str, str] = {}
    for text in texts:
        found.update(word_forms(text, text_language(text)))
    return found


def _tokens(text: str) -> list[str]:
    return tokens(text, text_language(text))
