"""What any question looks like: the mean vectors of usual questions, and of their words.

Some passages are near to every question, whatever it asks: in high dimensions a few vectors are
neighbours of most others ("hubs"), above all when question and passage are in different
languages. How near a passage is to the *usual* question says how much of its nearness means
nothing. Half of that is taken off its cosine across languages. Measured on XQuAD with the
questions of this file (which know nothing of XQuAD): recall@1 from .736 to .767 (Arabic
questions, English passages) and from .807 to .817 (the other way), recall@5 from .885 to .920.

Radovanovic et al., "Hubs in Space" (2010); Conneau et al., "Word Translation Without Parallel
Data" (2018), section 2.3, correct for hubs in retrieval across languages.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from importlib import resources

from index.arrays import Vectors, packed, unpacked
from index.models.embed import Embedder
from index.store.store import Store
from index.text.keywords import word_forms
from index.types import Language


@cache
def baseline_questions() -> dict[Language, list[str]]:
    """Questions about anything, in both languages."""
    file = resources.files("index.search") / "baseline_questions.json"
    questions: dict[Language, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return questions


@cache
def _shipped() -> dict[str, dict[str, str]]:
    """The means of the default model, by its name and their keys; computing them takes seconds."""
    file = resources.files("index.search") / "baseline_means.json"
    means: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return means


class Baseline:
    """The means of one store's models.

    Those of the default model come with Sanad (`python -m benchmarks.baseline_means` makes them);
    those of others are computed, and `remember` keeps them in the store for the next process.
    """

    def __init__(self, store: Store, passages: Embedder, sentences: Embedder) -> None:
        self._store = store
        self._embedders = {"passages": passages, "sentences": sentences, "words": sentences}
        self._means: dict[str, Vectors] = {}
        self._lock = threading.Lock()

    def question(self, kind: str, language: Language) -> Vectors:
        """The mean vector [dimension] of questions, by the model for passages or sentences."""
        return self._mean(kind, language)

    def word(self, language: Language) -> Vectors:
        """The mean vector [dimension] of the content words of questions."""
        return self._mean("words", language)

    def load(self) -> None:
        """Work all of them out now instead of with the first question."""
        for language in baseline_questions():
            for kind in self._embedders:
                self._mean(kind, language)

    def remember(self) -> None:
        """Keep the means of the models in force in the store."""
        facts = {}
        for language in baseline_questions():
            for kind, embedder in self._embedders.items():
                if embedder.name not in _shipped():
                    facts[_key(kind, language)] = self._entry(kind, self._mean(kind, language))
        if facts:
            self._store.remember(facts)

    def _mean(self, kind: str, language: Language) -> Vectors:
        key = _key(kind, language)
        with self._lock:
            if key not in self._means:
                embedder = self._embedders[kind]
                kept = self._store.fact(key, _parsed)
                if embedder.name in _shipped():
                    self._means[key] = unpacked(_shipped()[embedder.name][key])
                elif kept is not None and kept[0] == embedder.name:
                    self._means[key] = kept[1]
                else:
                    self._means[key] = computed(embedder, kind, language)
            return self._means[key]

    def _entry(self, kind: str, mean: Vectors) -> str:
        return f"{self._embedders[kind].name}\n{packed(mean)}"


def computed(embedder: Embedder, kind: str, language: Language) -> Vectors:
    """The mean vector [dimension] of usual questions, or for "words" of their content words."""
    questions = baseline_questions()[language]
    if kind == "words":
        forms = [form for q in questions for form in word_forms(q, language).values()]
        vectors = embedder.passages(forms)
    else:
        vectors = embedder.queries(questions)
    mean: Vectors = vectors.mean(axis=0)
    return mean


def _parsed(kept: str) -> tuple[str, Vectors]:
    name, _, vector = kept.partition("\n")
    return name, unpacked(vector)


def _key(kind: str, language: Language) -> str:
    return f"baseline {kind} {language}"
