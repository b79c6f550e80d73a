"""A question as search takes it: its vectors, its words, and what is the same in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

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


def parse(
    text: str,
    passages: Embedder,
    sentences: Embedder,
    baseline: Baseline,
    met: dict[str, Vectors],
) -> Query:
    """The query of a text. Raises ModelMissing.

    `met` has the vectors of words by how they are written, and is added to. A word is embedded as
    the question has it: with the vector that the store keeps for its stem, of another form of it,
    recall@1 on XQuAD is .814 instead of .820 for Arabic questions of English passages.
    """
    language = text_language(text)
    forms = word_forms(text, language)
    vectors = {form: met[form] for form in forms.values() if form in met}
    missing = list(dict.fromkeys(form for form in forms.values() if form not in vectors))
    sentence, made = sentences.query_and_passages(text, missing)
    vectors.update(zip(missing, made, strict=True))
    met.update(vectors)
    words = np.array([vectors[form] for form in forms.values()], dtype=np.float32)
    return Query(
        text=text,
        language=language,
        passage=sentence if sentences is passages else passages.query(text),
        sentence=sentence,
        words=centred(words, baseline.word(language)),
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
