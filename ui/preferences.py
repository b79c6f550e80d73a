"""How one person wants to be answered: what the page sends along with each question."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from index import Language
from rag import Settings
from rag.assistant import LENGTHS, Length
from rag.gate import STRICTNESS, Strictness

AnswerLanguage = Literal["question", "ar", "en"]
ANSWER_LANGUAGES: tuple[AnswerLanguage, ...] = get_args(AnswerLanguage)
PASSAGES = (1, 12)
"""The fewest and the most passages that a person may choose."""
_CHARACTERS = 2_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's choices, over what the server was started with.

    `passages`, `strictness` and `length` are what `Assistant` calls by these names;
    `answer_language` is "question" for that of the question.
    """

    passages: int
    strictness: Strictness
    length: Length = "automatic"
    answer_language: AnswerLanguage = "question"

    @property
    def language(self) -> Language | None:
        """The language to answer in; None for that of the question."""
        return None if self.answer_language == "question" else self.answer_language


def read_preferences(value: object, settings: Settings) -> Preferences:
    """The preferences in a JSON text or an object from the page. Never raises.

    Whatever is missing, unknown or out of range is as `settings` have it. Their `passages` hold
    even where a person could not choose as many.
    """
    told = _object(value)
    return Preferences(
        passages=_passages(told.get("passages"), settings.passages),
        strictness=_one_of(STRICTNESS, told.get("strictness"), settings.strictness),
        length=_one_of(LENGTHS, told.get("length"), "automatic"),
        answer_language=_one_of(ANSWER_LANGUAGES, told.get("answer_language"), "question"),
    )


def _passages(value: object, default: int) -> int:
    # Not isinstance: True is a whole number to Python.
    if type(value) is int and PASSAGES[0] <= value <= PASSAGES[1]:
        return value
    return default


def _object(value: object) -> Mapping[str, Any]:
    if isinstance(value, str) and len(value) <= _CHARACTERS:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _one_of(known: Collection[T], value: object, default: T) -> T:
    # Compared one by one: what a stranger sends need not be hashable.
    return next((name for name in known if name == value), default)
