"""What programs send and get about conversations: the bodies of the API, part three."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from index import Language
from ui.chats import NAME_CHARACTERS
from ui.conversation import State
from ui.http.bodies import Citation, Reply, Sent


class ConversationReply(Reply):
    """A conversation as it is listed; `updated` is when it was last asked in (ISO 8601, UTC)."""

    id: str = Field(examples=["5f2b7c0d9e8a4163"])
    name: str = Field(examples=["How many days of leave"])
    updated: str = Field(examples=["2026-01-31T08:00:00+00:00"])
    questions: int = Field(examples=[2])


class ConversationsReply(Reply):
    """Conversations, the newest first."""

    conversations: list[ConversationReply]


class ExchangeReply(Reply):
    """A question and its answer.

    `state` says what became of it ("waiting" and "working": it is being answered); `rating` is
    1 for an answer that was liked, -1 for one that was not.
    """

    id: str = Field(examples=["0c9d7e5b3a1f2468"])
    question: str = Field(examples=["How many days of leave does a new employee have?"])
    asked: str = Field(examples=["2026-01-31T08:00:00+00:00"])
    text: str = Field(examples=["A new employee has thirty days of paid annual leave. [1]"])
    state: State = Field(examples=["answered"])
    language: Language | None = Field(examples=["en"])
    citations: list[Citation]
    rating: int = Field(examples=[0])


class ConversationText(Reply):
    """A conversation with all that was said."""

    id: str = Field(examples=["5f2b7c0d9e8a4163"])
    name: str = Field(examples=["How many days of leave"])
    exchanges: list[ExchangeReply]


class NewName(Sent):
    """Another name for a conversation."""

    name: str = Field(
        min_length=1, max_length=NAME_CHARACTERS, pattern=r"\S", examples=["About leave"]
    )


class NewRating(Sent):
    """What is thought of an answer: 1 liked, -1 not, 0 no opinion any more."""

    rating: Literal[-1, 0, 1] = Field(examples=[1])
