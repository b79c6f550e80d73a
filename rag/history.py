"""Messages of a chat, as other programs keep them, as the turns of a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from rag import prompt
from rag.language import question_language
from rag.small_talk import small_talk
from rag.types import Outcome, Turn

_REFUSALS = {*prompt.REFUSAL.values(), *prompt.NO_DOCUMENTS.values()}


def turns_of(messages: Iterable[tuple[str, str]]) -> list[Turn]:
    """The turns among messages, each a role and a text: a "user" followed by an "assistant".

    Messages of other roles, and questions that were never answered, are left out.
    """
    turns: list[Turn] = []
    asked = ""
    for role, text in messages:
        if role == "user":
            asked = text.strip()
        elif role == "assistant" and asked:
            turns.append(Turn(asked, text.strip(), outcome_of(asked, text.strip())))
            asked = ""
    return turns


def outcome_of(question: str, answer: str) -> Outcome:
    """What became of an earlier question, of which only the words were kept."""
    if answer in _REFUSALS:
        return "refused"
    talk = small_talk(question, question_language(question))
    return "small_talk" if talk is not None and talk == answer else "answered"
