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

from index import Language
from index.keywords import content_tokens, normalise
from index.names import skeletons
from index.sentences import text_language
from rag.figures import figures_held

_GLUED = re.compile(r"[A-Za-z][\u0621-\u064a]|[\u0621-\u064a][A-Za-z]")
_NAME = re.compile(r"(?<![.!?\n] )(?<!^)\b[A-Z][\w’'-]{2,}")
_WORD = re.compile(r"\w[\w’'-]*")
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
"""The share of a sentence's own words, or of its names, that must stand in the evidence."""


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


def names_kept(original: str, translation: str) -> bool:
    """Whether a translation keeps half of the names of the original, in either script.

    Names are words with a capital behind the first one, and the first one too where all have it;
    those with too few consonants to be compared do not count.
    """
    words = [word for word in _WORD.findall(original) if not word[0].isdigit()]
    named = [word for word in words if word[0].isupper()]
    if words and len(named) < len(words) and words[0][0].isupper():
        named = named[1:]
    keys = [found for word in named if (found := skeletons(word))]
    there = skeletons(translation)
    return not keys or 2 * sum(bool(key & there) for key in keys) >= len(keys)


def words_held(sentence: str, question: str, evidence: Sequence[str]) -> bool:
    """Whether most of its own words stand in evidence of the same language."""
    own = _own_words(sentence, question)
    there = {word for text in evidence for word in _words(text)}
    return not own or sum(word in there for word in own) >= _HELD * len(own)


def _own_words(sentence: str, question: str) -> list[str]:
    asked = set(_words(question))
    return [word for word in dict.fromkeys(_words(sentence)) if word not in asked]


def _words(text: str) -> list[str]:
    return content_tokens(text, text_language(text))
