"""What programs send when they ask or search, and what they get: the bodies of the API, part one.

Requests are read strictly: a field that is not known is refused, and so is `1` for `true`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from index import Language
from rag.assistant import QUESTION_CHARACTERS
from rag.types import Outcome

TURNS = 20
"""How many earlier turns a question may bring along."""
TURN_CHARACTERS = 8_000
DOCUMENTS = 1_000
"""How many documents a question may be asked of by name; left out, it is asked of all."""
NAME_CHARACTERS = 4_096
ID_CHARACTERS = 64
HITS = 50
NEW = "new"
"""What a question names as its conversation to begin one."""

_QUESTION = "How many days of leave does a new employee have?"
_QUOTE = "Every new employee has thirty days of paid annual leave."

Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARACTERS)]
Names = Annotated[list[Name], Field(min_length=1, max_length=DOCUMENTS)]
Asked = Annotated[str, Field(min_length=1, max_length=QUESTION_CHARACTERS)]


class Sent(BaseModel):
    """The base of what is sent."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Reply(BaseModel):
    """The base of what is answered."""

    model_config = ConfigDict(extra="forbid")


class Error(Reply):
    """What is wrong: `code` is for programs and stays, `hint` says what to do."""

    code: str = Field(examples=["document_missing"])
    message: str = Field(examples=["There is no document named plan.md."])
    hint: str | None = Field(examples=["GET /api/v1/documents lists the names."])


class ErrorReply(Reply):
    """The answer to whatever cannot be done."""

    error: Error


class EarlierTurn(Sent):
    """One earlier exchange of the conversation, and what became of the question."""

    question: str = Field(max_length=QUESTION_CHARACTERS, examples=["Who approves leave?"])
    answer: str = Field(max_length=TURN_CHARACTERS, examples=["The head of department. [1]"])
    outcome: Outcome = "answered"


class AskRequest(Sent):
    """A question, with what was said before and where to look."""

    question: Asked = Field(examples=[_QUESTION])
    history: list[EarlierTurn] = Field(
        default=[], max_length=TURNS, description="Earlier turns, the oldest first."
    )
    conversation: str | None = Field(
        default=None,
        min_length=1,
        max_length=ID_CHARACTERS,
        description=(
            'A kept conversation, whose turns are the history; "new" begins one. The exchange is'
            " kept there."
        ),
        examples=[NEW],
    )
    documents: Names | None = Field(
        default=None, description="Names of the documents to look in; left out, all."
    )
    language: Language | None = Field(
        default=None, description="Of the answer; left out, that of the question."
    )
    stream: bool = Field(default=False, description="Answer as it is written, as events.")

    @model_validator(mode="after")
    def _one_history(self) -> Self:
        if self.conversation is not None and self.history:
            raise ValueError("give a conversation or a history, not both")
        return self


class Citation(Reply):
    """The exact words that a sentence of the answer rests on.

    `start` and `end` are character offsets (code points) into the document's text; `passage` is
    for GET /passages/{id}, `section` the chain of headings above.
    """

    marker: int = Field(examples=[1])
    document: str = Field(examples=["handbook.md"])
    page: int | None = Field(examples=[12])
    start: int = Field(examples=[120])
    end: int = Field(examples=[176])
    quote: str = Field(examples=[_QUOTE])
    passage: int = Field(examples=[31])
    section: list[str] = Field(examples=[["Leave", "Annual leave"]])


class Seconds(Reply):
    """How long it took, wall time: to the passages, to the first words, to the end."""

    retrieve: float = Field(examples=[0.04])
    first_token: float = Field(examples=[0.9])
    total: float = Field(examples=[1.4])


class AnswerReply(Reply):
    """An answer; its sentences end in markers `[n]`, which the citations explain.

    `abstained` when the documents do not hold the answer, `doubtful` when it may be wrong.
    `conversation` and `exchange` say where it is kept, if it is.
    """

    question: str = Field(examples=[_QUESTION])
    language: Language = Field(examples=["en"])
    text: str = Field(examples=["A new employee has thirty days of paid annual leave. [1]"])
    abstained: bool = Field(examples=[False])
    doubtful: bool = Field(examples=[False])
    citations: list[Citation]
    seconds: Seconds
    conversation: str | None = Field(default=None, examples=["5f2b7c0d9e8a4163"])
    exchange: str | None = Field(default=None, examples=["0c9d7e5b3a1f2468"])


class PieceReply(Reply):
    """The next words of an answer; all of them, joined, are its text."""

    text: str = Field(examples=["A new employee has "])


class Searched(Sent):
    """What to search for, as it stands in an address."""

    # An address holds text alone: "5" is a number there.
    model_config = ConfigDict(extra="forbid", strict=False)

    q: Asked = Field(examples=["annual leave"])
    k: int = Field(default=5, ge=1, le=HITS)
    documents: Names | None = None
    language: Language | None = None


class SearchRequest(Sent):
    """What to search for, and where."""

    query: Asked = Field(examples=["annual leave"])
    k: int = Field(default=5, ge=1, le=HITS, description="How many passages.")
    documents: Names | None = Field(
        default=None, description="Names of the documents to look in; left out, all."
    )
    language: Language | None = Field(
        default=None, description="Look only in documents of this language."
    )


class HitSentence(Reply):
    """The sentence of a passage that is nearest to the query."""

    start: int = Field(examples=[120])
    end: int = Field(examples=[176])
    text: str = Field(examples=[_QUOTE])


class Hit(Reply):
    """A passage; `score` has no unit and only orders."""

    rank: int = Field(examples=[1])
    score: float = Field(examples=[3.2])
    document: str = Field(examples=["handbook.md"])
    page: int | None = Field(examples=[12])
    start: int = Field(examples=[100])
    end: int = Field(examples=[230])
    text: str = Field(examples=[f"{_QUOTE} Leave is requested two weeks ahead."])
    sentence: HitSentence
    passage: int = Field(examples=[31])


class SearchReply(Reply):
    """The best passages, best first; `language` is the query's."""

    query: str = Field(examples=["annual leave"])
    language: Language = Field(examples=["en"])
    hits: list[Hit]
    seconds: float = Field(examples=[0.03])


class PassageReply(Reply):
    """A passage with what stands before and after it; `begins` and `ends`: nothing else does."""

    passage: int = Field(examples=[31])
    document: str = Field(examples=["handbook.md"])
    language: Language = Field(examples=["en"])
    page: int | None = Field(examples=[12])
    section: list[str] = Field(examples=[["Leave", "Annual leave"]])
    start: int = Field(examples=[100])
    end: int = Field(examples=[230])
    before: str = Field(examples=["Annual leave\n\n"])
    text: str = Field(examples=[_QUOTE])
    after: str = Field(examples=["\n\nUnpaid leave"])
    begins: bool = Field(examples=[True])
    ends: bool = Field(examples=[False])


class Health(Reply):
    """The server is up."""

    status: Literal["up"] = "up"


class Ready(Reply):
    """The models are loaded: a question is answered at once."""

    status: Literal["ready"] = "ready"
