"""Is a sentence that a model wrote fit to be shown? What it may not do, whatever the evidence.

Looked for: words glued from two scripts, letters of a third, going round in circles, the wrong
language, numbers and names that stand neither in the evidence nor in the question, and saying
nothing that the question did not say. A sentence that fails is not shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from index import Language, Library
from index.text.keywords import content_tokens, normalise, word_forms
from index.text.names import skeletons
from index.text.sentences import text_language
from rag.evidence import Evidence
from rag.values import facts, figures_held

_GLUED = re.compile(r"[A-Za-z][\u0621-\u064a]|[\u0621-\u064a][A-Za-z]")
_NAME = re.compile(r"(?<![.!?\n] )(?<!^)\b[A-Z][\w’'-]{2,}")
_CODE = re.compile(r"\b(?:[B-HJ-Z]|(?=[A-Za-z]{1,9}\d|\d{1,9}[A-Za-z])[A-Za-z\d]{2,20})\b")
"""A single capital ("group D"), or letters and digits in one word ("A5")."""
_SCRIPTS = (
    "ARABIC ",
    "LATIN ",
    "MODIFIER LETTER ",
    "FEMININE ORDINAL",
    "MASCULINE ORDINAL",
    "MICRO ",
)
_ROUNDS = 3
_SHINGLE = 3
_HELD = 0.5
"""The share of a sentence's names that must stand in the evidence."""
_SUPPORTED: dict[bool, float] = {True: 0.6, False: 0.25}
"""How near a sentence's own words must come to those of its sources, on average: within one
language, where most are the same words, and across, where translations are between 0.3 and 0.6 and
unrelated words between 0 and 0.2."""

_TAKEN = 0.4
"""The same for the words that it has from the question: what is told has them at .5 and more, what
is made up at .3 and less."""


def fit(sentence: str, question: str, language: Language, evidence: Sequence[str]) -> bool:
    """Whether nothing in it forbids to show it; it still needs a source that supports it."""
    return (
        well_formed(sentence, language)
        and says_something(sentence, question)
        and letters_held(sentence, question, evidence)
        and numbers_held(sentence, question, evidence)
        and names_held(sentence, question, evidence)
    )


def values_held(
    sentence: str, language: Language, question: str, sources: Sequence[Evidence]
) -> bool:
    """Whether each of its values, in words too, stands in its sources or in the question."""
    said = facts(sentence, language)
    there = facts(question, text_language(question))
    for piece in sources:
        there |= facts(f"{piece.place} {piece.text}", piece.hit.language)
    numbers = {value.split(" ", 1)[0] for value in there}
    return all(value.split(" ", 1)[0] in numbers for value in said)


def premises_held(sentence: str, sources: Sequence[Evidence]) -> bool:
    """Whether its numbers and codes stand where its sources do, also those of the question.

    "The limit in group D is 42" is not told by a source that knows no group D.
    """
    texts = [f"{' '.join(p.hit.section)} {p.place} {p.text} {p.hit.document}" for p in sources]
    held = set(normalise(" ".join(texts)).split())
    codes = {normalise(found[0]) for found in _CODE.finditer(sentence)}
    return codes <= held and figures_held(sentence, "", texts)


def supported(
    sentence: str,
    question: str,
    sources: Sequence[Evidence],
    language: Language,
    library: Library,
) -> bool:
    """Whether the words of a sentence come near to those of its sources.

    Those that it adds to the question, and within one language those that it has from the question
    too: "Interns may drive a company car" is not told by a source about something else.
    """
    asked = set(_words(question))
    own: list[str] = []
    taken: list[str] = []
    for token, form in word_forms(sentence, language).items():
        (taken if token in asked else own).append(form)
    if not own or not sources:
        return bool(sources)
    told = " ".join(f"{piece.place} {piece.text}" for piece in sources)
    above = " ".join(f"{' '.join(piece.hit.section)} {piece.hit.document}" for piece in sources)
    near = library.word_nearness([*own, *taken], [told, f"{above} {told}"])
    alike = all(piece.hit.language == language for piece in sources)
    if alike and taken and float(near[len(own) :, 1].mean()) < _TAKEN:
        return False
    return float(near[: len(own), 0].mean()) >= _SUPPORTED[alike]


def closer(
    question: str, language: Language, one: Evidence, other: Evidence, library: Library
) -> bool:
    """Whether the words of a question come as near to those of one piece as of the other."""
    words = list(word_forms(question, language).values())
    held = [f"{p.hit.document} {' '.join(p.hit.section)} {p.text}" for p in (one, other)]
    near = library.word_nearness(words, held).mean(axis=0) if words else (0.0, 0.0)
    return bool(near[0] >= near[1])


def in_language(sentence: str, language: Language) -> bool:
    """Whether most of its letters are of that language; a number is of any."""
    return not any(map(str.isalpha, sentence)) or text_language(sentence) == language


def well_formed(sentence: str, language: Language) -> bool:
    """Whether it is in that language, in whole words, and comes to an end."""
    if _GLUED.search(sentence) or not in_language(sentence, language):
        return False
    words = normalise(sentence).split()
    shingles = Counter(zip(*(words[n:] for n in range(_SHINGLE)), strict=False))
    return max(shingles.values(), default=0) < _ROUNDS


def says_something(sentence: str, question: str) -> bool:
    """Whether it holds a word or a number that the question does not."""
    return bool(_own_words(sentence, question))


def letters_held(sentence: str, question: str, evidence: Sequence[str]) -> bool:
    """Whether letters that are neither Arabic nor Latin stand in the evidence or the question.

    Small models slip into Cyrillic or Chinese in the middle of a word.
    """
    there = {letter for text in (*evidence, question) for letter in text}
    return all(
        letter in there or unicodedata.name(letter, "").startswith(_SCRIPTS)
        for letter in set(sentence)
        if letter.isalpha()
    )


def numbers_held(sentence: str, question: str, evidence: Sequence[str]) -> bool:
    """Whether each of its figures stands in the evidence or the question, in any digits."""
    return figures_held(sentence, question, evidence)


def names_held(sentence: str, question: str, evidence: Sequence[str], share: float = _HELD) -> bool:
    """Whether a `share` of its names (capitals within English) stand there, in either script."""
    names = [normalise(found[0]) for found in _NAME.finditer(sentence)]
    if not names:
        return True
    said = " ".join((*evidence, question))
    words, keys = set(normalise(said).split()), skeletons(said)
    held = [set(name.split()) <= words or bool(skeletons(name) & keys) for name in names]
    return sum(held) >= share * len(held)


def _own_words(sentence: str, question: str) -> list[str]:
    asked = set(_words(question))
    return [word for word in dict.fromkeys(_words(sentence)) if word not in asked]


def _words(text: str) -> list[str]:
    return content_tokens(text, text_language(text))
