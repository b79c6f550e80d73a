"""A question as search takes it: its vectors, its words, and what is the same in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from index.arrays import Vectors
from index.models.embed import Embedder
from index.search.baseline import Baseline
from index.search.words import centred
from index.text.identifiers import identifiers
from index.text.keywords import word_forms
from index.text.sentences import text_language
from index.types import Language


@dataclass(frozen=True, slots=True)
class Query:
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


Words = Callable[[Language, Mapping[str, str]], Vectors]
"""The vectors [n, dimension] of words of a language: their tokens, and how each is written."""


def parse(
    text: str, passages: Embedder, sentences: Embedder, baseline: Baseline, words: Words
) -> Query:
    """The query of a text. Raises ModelMissing."""
    language = text_language(text)
    forms = word_forms(text, language)
    passage = passages.query(text)
    return Query(
        text=text,
        language=language,
        passage=passage,
        sentence=passage if sentences is passages else sentences.query(text),
        words=centred(words(language, forms), baseline.word(language)),
        identifiers=tuple(identifiers(text, language)),
        misspelt=_misspelt(forms, sentences),
    )


def _misspelt(forms: Mapping[str, str], embedder: Embedder) -> frozenset[str]:
    """The tokens of words that neither as written nor as stems are one piece to the tokenizer.

    Most words in use are, and must not be taken for another that the documents happen to hold.
    """
    counts = embedder.count_tokens(["a", *forms, *forms.values()])
    pieces = zip(forms, counts[1:], counts[1 + len(forms) :], strict=False)
    return frozenset(word for word, *pair in pieces if min(pair) > counts[0])
