"""Queries -> candidates -> signals -> hits.

Each list proposes candidates: the nearest passages of each language, and those that full text finds
for the words. `index.search.signals` says what each query says of every candidate. Several queries
(a follow-up alone, and behind the question before it) share their candidates, and a candidate's
score is the mean of its scores.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache, partial
from statistics import fmean
from typing import Any, get_args

import numpy as np

from index.arrays import Ids, Vectors
from index.errors import QuestionInvalid
from index.models.embed import Embedder
from index.recipe import check_recipe, kept_recipe
from index.search.background import LanguagePart, language_parts
from index.search.baseline import Baseline
from index.search.features import FeatureCache
from index.search.lexical import Lexical
from index.search.nearness import kept_vectors, nearness
from index.search.query import Query, parse
from index.search.signals import Judge, Judged
from index.search.threads import one_thread
from index.search.translations import SAME, own_language_first
from index.search.vectors import vector_indexes
from index.search.words import WORDS_BY, WordVectors
from index.store.records import StoredPassage
from index.store.store import Store
from index.types import Hit, HitSentence, Language, Signal

CANDIDATES = 40
"""How many passages each list and language proposes at least; with 60 recall@1 on XQuAD is the
same within .002 in all directions, and a search takes a third longer. Nearest sentences as a list
of their own, with 30 of each, found no more: recall@1 on XQuAD .807, .968, .940, .852 with them,
.807, .973, .943, .852 without (Arabic questions of English passages, English of English, ...)."""
QUERY_LIMIT = 8_000
"""Characters of a query; far more than any model reads."""
_TRANSLATIONS_WITHIN = 10
"""So far behind the hits a translation of one of them is looked for."""
_THREADS = ThreadPoolExecutor(len(get_args(Language)), "codes")
_SCOPES_KEPT = 8
_QUERIES_KEPT = 32
_TERMS_KEPT = 5_000
_WORDS_KEPT = 2_000
"""Vectors of words as questions, and what is compared with them, write them."""


class Searcher:
    """Searches one store; keeps the FAISS index and the words' vectors in step with it."""

    def __init__(self, store: Store, passages: Embedder, sentences: Embedder) -> None:
        self._store = store
        self._passage_embedder = passages
        self._sentence_embedder = sentences
        self.baseline = Baseline(store, passages, sentences)
        self._passages = vector_indexes(store)
        self._words = {
            name: WordVectors(store, name, partial(self.baseline.word, name))
            for name in self._passages
        }
        self._features = FeatureCache(store, self._words)
        self._vectors_of = lru_cache(maxsize=_QUERIES_KEPT)(self._parse)
        self._scopes: dict[frozenset[int] | None, dict[Language, LanguagePart]] = {}
        self._counts: dict[Language, int] = {}
        # A word that stands in many passages takes a millisecond.
        self._count_of = lru_cache(maxsize=_TERMS_KEPT)(store.term_count)
        self._words_fit = False
        self._met: dict[str, Vectors] = {}
        self._kept: dict[str, Any] = {}
        self._generation = -1
        self._lock = threading.RLock()
        self._saving = threading.Lock()

    @property
    def embedders(self) -> tuple[Embedder, Embedder]:
        """Those of passages and of sentences."""
        return self._passage_embedder, self._sentence_embedder

    def refresh(self) -> None:
        """Catch up with the store."""
        with self._lock:
            generation = self._store.generation()
            if generation != self._generation:
                for index in self._passages.values():
                    index.refresh()
                # A rebuild that was cut off may have left the words to another model.
                self._words_fit = self._store.meta(WORDS_BY) == self._sentence_embedder.name
                self._counts = {name: len(index.ids()) for name, index in self._passages.items()}
                self._scopes.clear()
                self._forget_words()
                self._count_of.cache_clear()
                self._kept = kept_recipe(self._store)
                self._generation = generation

    def _forget_words(self) -> None:
        for words in self._words.values():
            words.refresh()
        self._features.clear()

    def save(self) -> None:
        """Catch up with the store and write the FAISS files; searching goes on meanwhile.

        Raises IndexUnsaved.
        """
        with self._saving:
            with self._lock:
                self.refresh()
                for index in self._passages.values():
                    index.snapshot()
            for index in self._passages.values():
                index.save()

    def problems(self) -> list[str]:
        """How FAISS and the store disagree; empty when they do not."""
        with self._lock:
            return [found for index in self._passages.values() for found in index.problems()]

    def search(
        self,
        queries: Sequence[str],
        k: int,
        documents: Collection[str] | None = None,
        without: Collection[Signal] = (),
    ) -> list[Hit]:
        """The `k` best passages (of those documents) for all queries together, best first.

        Signals in `without` do not count. Raises QuestionInvalid, and ModelMismatch where the
        store is made with other models.
        """
        for query in queries:
            if not query.strip():
                raise QuestionInvalid(detail="it is empty; type some words")
            if len(query) > QUERY_LIMIT:
                raise QuestionInvalid(
                    detail=f"it is longer than {QUERY_LIMIT} characters; shorten it"
                )
        every = [self._vectors_of(query) for query in dict.fromkeys(queries)]
        # What another process writes meanwhile is not seen: passages and vectors go together.
        with self._lock, self._store.snapshot(), one_thread():
            self._fit()
            return self._found(every, k, documents, frozenset(without))

    def _found(
        self,
        every: Sequence[Query],
        k: int,
        documents: Collection[str] | None,
        without: frozenset[Signal],
    ) -> list[Hit]:
        parts = self._parts(documents)
        lexicals = [
            Lexical(
                self._store,
                self._counts_of,
                query.text,
                query.language,
                self._counts[query.language],
                query.misspelt,
            )
            for query in every
        ]
        count = max(CANDIDATES, 2 * k)
        candidates = self._features.candidates(self._candidates(every, lexicals, parts, count))
        ids = candidates.ids
        if len(ids) == 0:
            return []
        judge = Judge(
            self._counts_of,
            self._features,
            self.baseline,
            self._words if self._words_fit else {},
            sum(self._counts.values()),
            self._sentence_embedder is self._passage_embedder,
            without,
        )
        judged = [
            judge.judge(query, lexical, candidates, parts)
            for query, lexical in zip(every, lexicals, strict=True)
        ]
        scores: Vectors = np.mean([each.scores for each in judged], axis=0)
        order = np.lexsort((ids, -scores)).tolist()
        # Only a hit in the other language, which has no coverage, may have a translation.
        across = any(judged[0].coverage[row] is None for row in order[:k])
        order = order[: k + _TRANSLATIONS_WITHIN if across else k]
        stored = self._store.passages(ids[order].tolist())
        ranked = [stored[id_] for id_ in ids[order].tolist()]
        alone = {at for at, row in enumerate(order) if any(each.identified[row] for each in judged)}
        places = self._in_own_language(ranked, candidates.vectors[order], every[0].language, alone)
        places = places[:k]
        rows = np.array([order[place] for place in places], dtype=np.int64)
        near = [
            judge.words_of(query, candidates, rows, each.usual_words)
            for query, each in zip(every, judged, strict=True)
        ]
        words = np.max(near, axis=0).tolist()
        return [
            _hit(
                ranked[place],
                rank + 1,
                float(scores[order[rank]]),
                judged,
                order[place],
                words[rank],
            )
            for rank, place in enumerate(places)
        ]

    def similarities(self, text: str, sentences: Sequence[int]) -> dict[int, float]:
        """The cosine of a text with stored sentences, by sentence id."""
        query = self._sentence_embedder.query(text)
        with self._lock, self._store.snapshot():
            self._fit()
            ids, vectors = self._store.vectors_of_sentences(np.array(sentences, dtype=np.int64))
        return dict(zip(ids.tolist(), (vectors @ query).tolist() if len(ids) else [], strict=True))

    def most_similar(self, question: str, texts: Sequence[str]) -> int:
        """The place of the text that is most similar to a question."""
        query = self._sentence_embedder.query(question)
        return int(np.argmax(self._sentence_embedder.passages(texts) @ query))

    def word_nearness(self, words: Sequence[str], texts: Sequence[str]) -> Vectors:
        """How near each word comes to the nearest one of each text; see `index.search.nearness`."""
        with self._lock, self._store.snapshot():
            self._fit()
            known = self._words if self._words_fit else {}
            mean = {
                name: known[name].mean() if name in known else self.baseline.word(name)
                for name in self._words
            }
            kept = kept_vectors(words, texts, known)
        with one_thread():
            return nearness(words, texts, kept, mean, self._sentence_embedder, self._words_met())

    def _fit(self) -> None:
        """Catch up with the store. Raises ModelMismatch where it is made with other models."""
        self.refresh()
        if any(words.too_many for words in self._words.values()):
            self._scopes.clear()
            self._forget_words()
        if self._kept:
            check_recipe(self._kept, self._store, *self.embedders)

    def _in_own_language(
        self,
        ranked: Sequence[StoredPassage],
        vectors: Vectors,
        language: Language,
        alone: Collection[int],
    ) -> list[int]:
        """The places in their order, where of a text in both languages the question's is first."""
        least = SAME.get(self._passage_embedder.name)
        if least is None:
            return list(range(len(ranked)))
        languages = [each.passage.language for each in ranked]
        return own_language_first(languages, vectors, language, least, alone)

    # -- a query and its candidates ----------------------------------------------------

    def _parse(self, query: str) -> Query:
        passages, sentences = self.embedders
        return parse(query, passages, sentences, self.baseline, self._words_met())

    def _words_met(self) -> dict[str, Vectors]:
        """The vectors of single words as questions write them."""
        if len(self._met) > _WORDS_KEPT:
            self._met = {}
        return self._met

    def _counts_of(self, language: Language, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages of a language each token stands."""
        return {term: self._count_of(language, term) for term in terms}

    def _parts(self, documents: Collection[str] | None) -> dict[Language, LanguagePart]:
        scope = None if documents is None else frozenset(self._store.document_ids(documents))
        if scope not in self._scopes:
            if len(self._scopes) >= _SCOPES_KEPT:
                self._scopes.pop(next(s for s in self._scopes if s is not None))
            known = self._words if self._words_fit else {}
            ids = {
                name: index.ids() if scope is None else self._store.ids_of_language(name, scope)
                for name, index in self._passages.items()
            }
            self._scopes[scope] = language_parts(self._store, known, ids, scope is not None)
        return self._scopes[scope]

    def _candidates(
        self,
        every: Sequence[Query],
        lexicals: Sequence[Lexical],
        parts: dict[Language, LanguagePart],
        count: int,
    ) -> Ids:
        """What each list proposes; FAISS goes through codes while SQLite goes through words."""
        found: set[int] = set()
        for query, lexical in zip(every, lexicals, strict=True):
            likely = {
                name: _THREADS.submit(
                    self._passages[name].likely, query.passage, count, part.selection
                )
                for name, part in parts.items()
            }
            try:
                for name, part in parts.items():
                    sought = lexical.sought if name == query.language else query.identifiers
                    among = part.ids.tolist() if part.selection is not None else None
                    found.update(self._store.best_by_words(sought, name, count, among))
            finally:
                wait(likely.values())  # nobody may change the codes before
            for name, ids in likely.items():
                near = self._passages[name].nearest(query.passage, ids.result(), count)
                found.update(near.tolist())
        return np.array(sorted(found), dtype=np.int64)


def _hit(
    stored: StoredPassage,
    rank: int,
    score: float,
    judged: Sequence[Judged],
    row: int,
    words: float,
) -> Hit:
    passage = stored.passage
    sentences = tuple(
        HitSentence(
            id=id_,
            start=sentence.start,
            end=sentence.end,
            text=stored.text[sentence.start - passage.start : sentence.end - passage.start],
            similarity=fmean(each.nearest[row].get(id_, 0.0) for each in judged),
            page=page,
        )
        for id_, sentence, page in zip(
            stored.sentence_ids, passage.sentences, stored.sentence_pages, strict=True
        )
    )
    covered = [each.coverage[row] for each in judged]
    return Hit(
        rank=rank,
        score=score,
        passage_id=stored.id,
        document=stored.document,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        text=stored.text,
        language=passage.language,
        section=passage.section,
        sentences=sentences,
        sentence=max(sentences, key=lambda sentence: sentence.similarity),
        similarity=fmean(float(each.cosines[row]) for each in judged),
        coverage=max((c for c in covered if c is not None), default=None),
        margin=max(float(each.margin[row]) for each in judged),
        words=words,
    )
