"""What flows through answering: `Turn`s and a question in, `Piece`s and an `Answer` out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index import Hit, Language

Outcome = Literal["answered", "refused", "small_talk"]
"""What became of a question."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation: what was asked, the text of the answer, its kind."""

    question: str
    answer: str
    outcome: Outcome = "answered"


@dataclass(frozen=True, slots=True)
class Citation:
    """The source sentence that an answer's sentence rests on.

    `marker` is the number in the answer's text (`[1]`); `start` and `end` are character offsets
    into the document, and `library.document(document).text[start:end] == quote`, exactly.
    `page` is where the sentence begins, `section` the chain of headings above it, the outermost
    first, and last the names of a table's columns where the sentence is a row that stands apart
    from them. `passage_id` is the hit the sentence was found in.
    """

    marker: int
    document: str
    page: int | None
    start: int
    end: int
    quote: str
    passage_id: int
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall time from the question on: passages found, first piece of text, everything."""

    retrieve: float
    first_token: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the question's language, its citations, and the hits it was made from.

    When `abstained`, the documents do not hold the answer: `text` says so, `citations` is
    empty, and `hits` shows what came nearest. A `doubtful` answer may be wrong: the passages
    hardly answer the question, or no sentence of the model's could be shown to rest on them.
    `unsupported` are the character spans of `text` that rest on no source.
    """

    question: str
    language: Language
    text: str
    abstained: bool
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    seconds: Seconds
    doubtful: bool = False
    unsupported: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What streaming yields: the next bit of text; the last piece carries the whole answer.

    The texts of all pieces, joined, are `answer.text`. `citations` are those that the text is
    the first to use, and `hits` the ones they were found in.
    """

    text: str
    answer: Answer | None = None
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()

    def __str__(self) -> str:
        return self.text
