"""Queries -> hits: dense passages, dense sentences, and words, fused by score.

Candidates come from each list; each candidate then gets its exact cosine and the cosine of its
best sentence, as distances from the background of its language, and what its words say: BM25 where
it is in the query's language, names and words compared across languages where it is not. All are
standardised over the candidates and added. Scores, not ranks: full text knows nothing of
passages in the other language, and a rank for nothing would push them down, while a missing
score is simply neutral. Measured on XQuAD (DESIGN.md, section 3): recall@1 .94 instead of .86
for dense passages alone in Arabic, .97 instead of .93 in English; across languages see
`index.usual`, `index.names` and `index.words`.

Several queries (a follow-up alone, and behind the question before it) share their candidates, and
a candidate's score is the mean of its scores.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from index import names
from index.background import LanguagePart, Usually, language_parts, usually
from index.embed import Embedder
from index.errors import IndexUnsaved, QuestionInvalid
from index.identifiers import advantage, identifiers, weights
from index.keywords import word_forms
from index.lexical import Lexical
from index.nearness import kept_vectors, nearness
from index.recipe import check_recipe, kept_recipe
from index.schema import StoredPassage, Vectors
from index.sentences import text_language
from index.store import Ids, Store
from index.twins import SAME, own_language_first
from index.types import Hit, HitSentence, Language
from index.usual import Usual
from index.vectors import VectorIndex
from index.words import WORDS_BY, WordVectors, centred

CANDIDATES = 30
"""How many passages each list and language proposes at least (20 to 100 rank alike)."""
FULL_TEXT_WEIGHT = 0.5
NAMES_WEIGHT = 0.4
WORDS_WEIGHT = 0.35
IDENTIFIER_WEIGHT = 2.0
"""What it counts that a passage of the other language holds an identifier of the query and none of
the query's own language does. In a store of both languages 30 of 30 invoices that differ by their
number come first across languages with it, 0 without; on XQuAD questions with numbers or codes
recall@1 across languages is .90 and .89 with it, .88 and .88 without, and one question of 299 is
lost within one."""
USUAL_WEIGHT = 0.5
"""How much of a passage's nearness to usual questions is taken off, across languages."""
USUAL_DEVIATION = 2.5
"""Deviation of BM25 among usual candidates (measured median). Where no passage holds more than
a stray word of the question, full text must not decide between languages."""
COVERED = 0.6
"""In a store of both languages full text counts in full when a passage holds this share of the
query's words (by idf), else by the square of what it holds of it: a question about a document in
the other language always meets some passage that shares a stray word or two. On XQuAD with every
passage in one of the languages recall@1 across languages is .80 and .80 with it, .72 and .73
without, and within one .93 and .97 either way (Arabic .94 without)."""
WORDS_DEVIATION = 0.02
ACROSS = 1.1
"""What stands out among passages of the other language counts a little more: it does so less
readily than in the query's own. In a store of both languages on XQuAD recall@1 across languages
is .81 and .85 with it, .76 and .82 without, and .93 and .95 either way within one."""
_LEAST_DEVIATION = 1e-3
OTHER_MODEL_WEIGHT = 0.5
"""The weight of sentences when another model embeds them than the one that embeds passages."""
QUERY_LIMIT = 8_000
"""Characters of a query; far more than any model reads."""
_TWINS_WITHIN = 10
"""So far behind the hits a translation of one of them is looked for."""
_ATTEMPTS = 3
"""How often a search begins anew because the store is written meanwhile."""
_SCOPES_KEPT = 8
_QUERIES_KEPT = 32
_WORDS_KEPT = 2_000
"""Vectors of words that stand in no document: those of questions, compared again and again."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query with its vectors: for passages, for sentences, of its content words (centred).

    `misspelt` are the tokens of words that the model's tokenizer does not know whole.
    """

    text: str
    language: Language
    passage: Vectors
    sentence: Vectors
    words: Vectors
    identifiers: tuple[str, ...]
    misspelt: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one query says of each candidate, in the order of the candidates.

    `nearest` has the nearness of each sentence by its id; `margin` is that of the best one over
    the background; `words` how near the query's words come, over the background; `identified`
    is above 0 where only a passage of the other language holds a number or code of the query.
    """

    scores: Vectors
    cosines: Vectors
    nearest: list[dict[int, float]]
    margin: Vectors
    words: Vectors
    coverage: list[float | None]
    identified: Vectors


class Searcher:
    """Searches one store; keeps the two FAISS indexes and the words' vectors in step with it."""

    def __init__(self, store: Store, passages: Embedder, sentences: Embedder) -> None:
        self._store = store
        self._passage_embedder = passages
        self._sentence_embedder = sentences
        self._passages = VectorIndex(store, "passages")
        self._sentences = VectorIndex(store, "sentences")
        self._words = {language: WordVectors(store, language) for language in get_args(Language)}
        self.usual = Usual(store, passages, sentences)
        self._vectors_of = lru_cache(maxsize=_QUERIES_KEPT)(self._asked)
        self._scopes: dict[frozenset[int] | None, dict[Language, LanguagePart]] = {}
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
                self._passages.refresh()
                self._sentences.refresh()
                # A rebuild that was cut off may have left the words to another model.
                self._words_fit = self._store.meta(WORDS_BY) == self._sentence_embedder.name
                for words in self._words.values():
                    words.refresh()
                self._scopes.clear()
                self._kept = kept_recipe(self._store)
                self._generation = generation

    def save(self) -> None:
        """Catch up with the store and write the FAISS files; searching goes on meanwhile.

        Raises IndexUnsaved.
        """
        with self._saving:
            with self._lock:
                self.refresh()
                for index in (self._passages, self._sentences):
                    index.hold()
            unsaved: IndexUnsaved | None = None
            for index in (self._passages, self._sentences):
                try:
                    index.save()
                except IndexUnsaved as error:  # the other one may be written all the same
                    unsaved = unsaved or error
            if unsaved is not None:
                raise unsaved

    def problems(self) -> list[str]:
        """How FAISS and the store disagree; empty when they do not."""
        with self._lock:
            return self._passages.problems() + self._sentences.problems()

    def search(
        self, queries: Sequence[str], k: int, documents: Collection[str] | None = None
    ) -> list[Hit]:
        """The `k` best passages (of those documents) for all queries together, best first.

        Raises QuestionInvalid, and ModelMismatch where the store is made with other models.
        """
        for query in queries:
            if not query.strip():
                raise QuestionInvalid(detail="it is empty; type some words")
            if len(query) > QUERY_LIMIT:
                raise QuestionInvalid(
                    detail=f"it is longer than {QUERY_LIMIT} characters; shorten it"
                )
        every = [self._vectors_of(query) for query in dict.fromkeys(queries)]
        hits: list[Hit] = []
        for _ in range(_ATTEMPTS):
            hits, generation = self._found(every, k, documents)
            if generation == self._store.generation():
                break
            # Written meanwhile: a rebuild takes every passage that was found out of the store.
        return hits

    def _found(
        self, every: Sequence[_Asked], k: int, documents: Collection[str] | None
    ) -> tuple[list[Hit], int]:
        """The hits, less those that are taken out meanwhile, and the generation of the store."""
        with self._lock:
            self._fit()
            generation = self._generation
            parts = self._parts(documents)
            words = [
                Lexical(self._store, asked.text, asked.language, asked.misspelt) for asked in every
            ]
            count = max(CANDIDATES, 4 * k)
            ids = self._candidates(every, words, parts, count, documents is not None)
            if len(ids) == 0:
                return [], generation
            judged = [
                self._judge(asked, lexical, ids, parts)
                for asked, lexical in zip(every, words, strict=True)
            ]
            scores: Vectors = np.mean([each.scores for each in judged], axis=0)
            order = np.lexsort((ids, -scores)).tolist()
            # Only a hit in the other language, which has no coverage, may have a translation.
            across = any(judged[0].coverage[row] is None for row in order[:k])
            order = order[: k + _TWINS_WITHIN if across else k]
            vectors = self._passages.vectors(ids[order])
        stored = self._store.passages(int(ids[row]) for row in order)
        there = [place for place, row in enumerate(order) if int(ids[row]) in stored]
        ranked = [stored[int(ids[order[place]])] for place in there]
        best = [order[place] for place in there]
        alone = {at for at, row in enumerate(best) if any(each.identified[row] for each in judged)}
        places = self._in_own_language(ranked, vectors[there], every[0].language, alone)
        hits = [
            _hit(ranked[place], rank + 1, float(scores[best[rank]]), judged, best[place])
            for rank, place in enumerate(places[:k])
        ]
        return hits, generation

    def similarities(self, text: str, sentences: Sequence[int]) -> dict[int, float]:
        """The cosine of a text with stored sentences, by sentence id."""
        query = self._sentence_embedder.query(text)
        with self._lock:
            self._fit()
            ids = self._sentences.known(np.array(sentences, dtype=np.int64))
            cosines = self._sentences.cosines(query, ids)
        return dict(zip(ids.tolist(), cosines.tolist(), strict=True))

    def most_similar(self, question: str, texts: Sequence[str]) -> int:
        """The place of the text that is most similar to a question."""
        query = self._sentence_embedder.query(question)
        return int(np.argmax(self._sentence_embedder.passages(texts) @ query))

    def word_nearness(self, words: Sequence[str], texts: Sequence[str]) -> Vectors:
        """How near each word comes to the nearest word of each text; see `index.nearness`."""
        with self._lock:
            self._fit()
            known = self._words if self._words_fit else {}
            mean = {name: self._mean_word(name, known) for name in self._words}
            kept = {**self._met, **kept_vectors(words, texts, known)}
            self._met = {} if len(self._met) > _WORDS_KEPT else self._met
        return nearness(words, texts, kept, mean, self._sentence_embedder, self._met)

    def _mean_word(self, language: Language, known: Mapping[Language, WordVectors]) -> Vectors:
        usual = self.usual.word(language)
        return known[language].mean(usual) if language in known else usual

    def _fit(self) -> None:
        """Catch up with the store. Raises ModelMismatch where it is made with other models."""
        self.refresh()
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

    def _asked(self, query: str) -> _Asked:
        language = text_language(query)
        passage = self._passage_embedder.query(query)
        same = self._sentence_embedder is self._passage_embedder
        sentence = passage if same else self._sentence_embedder.query(query)
        forms = word_forms(query, language)
        words = self._sentence_embedder.passages(list(forms.values()))
        if forms:
            words = centred(words, self.usual.word(language))
        same_everywhere = tuple(identifiers(query, language))
        misspelt = self._misspelt(forms)
        return _Asked(query, language, passage, sentence, words, same_everywhere, misspelt)

    def _misspelt(self, forms: Mapping[str, str]) -> frozenset[str]:
        """The tokens of words that neither as written nor as stems are one piece to the tokenizer.

        Most words in use are, and must not be taken for another that the documents happen to hold.
        """
        counts = self._sentence_embedder.count_tokens(["a", *forms, *forms.values()])
        pieces = zip(forms, counts[1:], counts[1 + len(forms) :], strict=False)
        return frozenset(word for word, *pair in pieces if min(pair) > counts[0])

    def _parts(self, documents: Collection[str] | None) -> dict[Language, LanguagePart]:
        scope = None if documents is None else frozenset(self._store.document_ids(documents))
        if scope not in self._scopes:
            if len(self._scopes) >= _SCOPES_KEPT:
                self._scopes.pop(next(s for s in self._scopes if s is not None))
            self._scopes[scope] = language_parts(self._store, self._words, scope)
        return self._scopes[scope]

    def _candidates(
        self,
        every: Sequence[_Asked],
        words: Sequence[Lexical],
        parts: dict[Language, LanguagePart],
        count: int,
        scoped: bool,
    ) -> Ids:
        found: set[int] = set()
        for asked, lexical in zip(every, words, strict=True):
            for language, part in parts.items():
                sought = lexical.content if language == asked.language else asked.identifiers
                among = part.ids.tolist() if scoped else None
                found.update(self._store.best_by_words(sought, language, count, among))
                by_sentence = self._sentences.search(asked.sentence, 2 * count, part.sentences)
                found.update(self._store.passages_of_sentences(by_sentence.tolist()).values())
                found.update(self._passages.search(asked.passage, count, part.passages).tolist())
        # Only what FAISS holds: another process may have written since the refresh.
        return self._passages.known(np.array(sorted(found), dtype=np.int64))

    # -- what a query says of each candidate -------------------------------------------

    def _judge(
        self, asked: _Asked, lexical: Lexical, ids: Ids, parts: dict[Language, LanguagePart]
    ) -> _Judged:
        word_scores = lexical.scores(ids.tolist())
        same = np.array([score is not None for score in word_scores], dtype=bool)
        cosines, nearest = self._nearness(asked, ids, ~same)
        best = np.array([max(each.values(), default=0.0) for each in nearest], dtype=np.float32)
        far, far_best = self._background(asked, parts)
        margins, best_margins = (
            values - _by_language(same, asked, {name: u.mean for name, u in usual.items()})
            for values, usual in ((cosines, far), (best, far_best))
        )
        deviations = {name: u.deviation for name, u in far.items()}
        scale: Vectors = _by_language(same, asked, deviations).clip(min=_LEAST_DEVIATION)
        scale[~same] /= ACROSS
        meaning: Vectors = margins / scale
        if self._sentence_embedder is self._passage_embedder:
            meaning = _standardised(meaning + best_margins / scale)
        else:  # cosines of two models have two scales
            meaning = _standardised(meaning)
            meaning = meaning + OTHER_MODEL_WEIGHT * _standardised(best_margins)
        full_text = np.array([score or 0.0 for score in word_scores], dtype=np.float32)
        words = self._nearest_words(asked, ids, same, parts)
        coverage = [lexical.coverage(passage) for passage in ids.tolist()]
        trust = 1.0  # in full text
        if not same.all():
            covered = max((share for share in coverage if share is not None), default=0.0)
            trust = min(1.0, covered / COVERED) ** 2
        # A word in Latin letters may be a name that a translation has in its own.
        sure = [token for token in asked.identifiers if not (token.isascii() and token.isalpha())]
        identified = self._identified(sure, ids, same)
        scores = (
            _standardised(meaning)
            + trust * FULL_TEXT_WEIGHT * _standardised(full_text, same, USUAL_DEVIATION)
            + WORDS_WEIGHT * _standardised(words, ~same, WORDS_DEVIATION)
            + NAMES_WEIGHT * self._names(asked, ids, ~same)
            + IDENTIFIER_WEIGHT * self._identified(asked.identifiers, ids, same)
        )
        return _Judged(scores, cosines, nearest, best_margins, words, coverage, identified)

    def _nearness(
        self, asked: _Asked, ids: Ids, across: npt.NDArray[np.bool_]
    ) -> tuple[Vectors, list[dict[int, float]]]:
        """The nearness of each passage, and of each of its sentences by id.

        A cosine; across languages less what the text has in common with usual questions.
        """
        usual = USUAL_WEIGHT * self.usual.question("passages", asked.language)
        cosines = self._passages.cosines(asked.passage, ids)
        cosines[across] -= self._passages.cosines(usual, ids[across])
        members = self._store.sentences_of(ids.tolist())
        counts = [len(members[id_]) for id_ in ids.tolist()]
        every = np.array([s for id_ in ids.tolist() for s in members[id_]], dtype=np.int64)
        theirs = np.repeat(across, counts)
        there = np.isin(every, self._sentences.ids())
        every, theirs = every[there], theirs[there]
        usual = USUAL_WEIGHT * self.usual.question("sentences", asked.language)
        near = self._sentences.cosines(asked.sentence, every)
        near[theirs] -= self._sentences.cosines(usual, every[theirs])
        by_id = dict(zip(every.tolist(), near.tolist(), strict=True))
        return cosines, [
            {id_: by_id[id_] for id_ in members[passage] if id_ in by_id}
            for passage in ids.tolist()
        ]

    def _background(
        self, asked: _Asked, parts: dict[Language, LanguagePart]
    ) -> tuple[dict[Language, Usually], dict[Language, Usually]]:
        """Per language the usual nearness of passages, and of passages' best sentences."""
        every: list[dict[Language, Usually]] = []
        for kind, index, query in (
            ("passages", self._passages, asked.passage),
            ("sentences", self._sentences, asked.sentence),
        ):
            usual = USUAL_WEIGHT * self.usual.question(kind, asked.language)
            samples: dict[Language, Vectors] = {}
            taken: dict[Language, float] = {}
            for language, part in parts.items():
                ids = part.sample if kind == "passages" else part.sample_sentences
                near = index.cosines(query, ids)
                if language != asked.language:
                    common = index.cosines(usual, ids)
                    taken[language] = float(common.mean())
                    near = near - (common - taken[language])
                samples[language] = (
                    near if kind == "passages" else np.maximum.reduceat(near, part.first)
                )
            every.append(usually(samples, taken))
        return every[0], every[1]

    def _nearest_words(
        self,
        asked: _Asked,
        ids: Ids,
        same: npt.NDArray[np.bool_],
        parts: dict[Language, LanguagePart],
    ) -> Vectors:
        """How near the query's words come to those of each passage, over the background."""
        found = np.zeros(len(ids), dtype=np.float32)
        if not self._words_fit:
            return found
        for language, part in parts.items():
            mine = same if language == asked.language else ~same
            if not len(asked.words) or not mine.any():
                continue
            words, usual = self._words[language], self.usual.word(language)
            tokens_of = self._store.tokens_of(ids[mine].tolist(), language)
            held = [words.rows(tokens_of.get(id_, [])) for id_ in ids[mine].tolist()]
            usually = words.nearest(asked.words, usual, part.sample_words).mean(axis=1)
            near = words.nearest(asked.words, usual, held)
            found[mine] = (near - usually[:, np.newaxis]).mean(axis=0)
        return found

    def _names(self, asked: _Asked, ids: Ids, across: npt.NDArray[np.bool_]) -> Vectors:
        """What names and numbers say of passages in the other language, around a mean of 0."""
        scores = np.zeros(len(ids), dtype=np.float32)
        if across.any():
            texts = self._store.texts_of(ids[across].tolist())
            theirs = [texts.get(id_, "") for id_ in ids[across].tolist()]
            likeness = names.likeness(asked.text, asked.language, theirs)
            scores[across] = likeness - likeness.mean()
        return scores

    def _identified(
        self, identifiers: Sequence[str], ids: Ids, same: npt.NDArray[np.bool_]
    ) -> Vectors:
        """What these identifiers of the query say of passages in the other language."""
        if not identifiers or same.all():
            return np.zeros(len(ids), dtype=np.float32)
        counts: Counter[str] = Counter()
        total = 0
        held: dict[int, frozenset[str]] = {}
        for language in get_args(Language):
            counts.update(self._store.term_counts(identifiers, language))
            total += self._store.passage_count(language)
            there = self._store.tokens_of(ids.tolist(), language)
            held.update((id_, frozenset(words)) for id_, words in there.items())
        every = [held.get(id_, frozenset()) for id_ in ids.tolist()]
        return advantage(every, same, weights(counts, total))


def _by_language(
    same: npt.NDArray[np.bool_], asked: _Asked, values: dict[Language, float]
) -> Vectors:
    """For each candidate the value of its language: the query's where `same`, else the other."""
    other: Language = "en" if asked.language == "ar" else "ar"
    mine, theirs = (values.get(name, 0.0) for name in (asked.language, other))
    return np.where(same, mine, theirs).astype(np.float32)


def _standardised(
    scores: Vectors, among: npt.NDArray[np.bool_] | None = None, least: float = 1e-6
) -> Vectors:
    """Zero mean and unit deviation over `among`; neutral (0) for the others.

    A deviation below `least` counts as `least`, so that trifles stay trifles.
    """
    among = np.ones(len(scores), dtype=bool) if among is None else among
    result = np.zeros(len(scores), dtype=np.float32)
    if among.any():
        deviation = max(float(scores[among].std()), least)
        result[among] = (scores[among] - scores[among].mean()) / deviation
    return result


def _hit(
    stored: StoredPassage, rank: int, score: float, judged: Sequence[_Judged], row: int
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
        words=max(float(each.words[row]) for each in judged),
    )
