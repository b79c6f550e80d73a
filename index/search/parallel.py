"""Do two texts of two languages say the same? How near their sentences are, and their words.

Vectors are centred on the mean of their language first: sentences of one language are nearer to
each other than to any translation (see `index.search.baseline`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.arrays import Vectors
from index.models.embed import Embedder
from index.search.baseline import Baseline
from index.text.keywords import word_forms
from index.types import Language


@dataclass(frozen=True, slots=True)
class Parallel:
    """Cosines of two texts: of their vectors, and of each word with the nearest on the other side.

    `words` is the mean over both sides; 0 where one has no content words.
    """

    sentence: float
    words: float


def parallel(
    texts: tuple[str, str], languages: tuple[Language, Language], model: Embedder, usual: Baseline
) -> Parallel:
    """How near two texts are; each costs one pass of the model, and its words another."""
    means = np.stack([usual.question("sentences", language) for language in languages])
    one, other = _centred(model.queries(texts), means)
    forms = [
        list(word_forms(text, language).values())
        for text, language in zip(texts, languages, strict=True)
    ]
    words = 0.0
    if all(forms):
        vectors = model.passages([form for side in forms for form in side])
        size = len(forms[0])
        left = _centred(vectors[:size], usual.word(languages[0]))
        right = _centred(vectors[size:], usual.word(languages[1]))
        cosines = left @ right.T
        words = float(cosines.max(axis=0).mean() + cosines.max(axis=1).mean()) / 2
    return Parallel(float(one @ other), words)


def _centred(vectors: Vectors, mean: Vectors) -> Vectors:
    moved = vectors - mean
    unit: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    return unit
