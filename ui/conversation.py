"""One visitor's conversation as the server keeps it, and what the page draws from it.

The page never tells the server what was said before: what a browser sends back as its chat may
have been changed on the way.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from index import Hit, Language, ReadWarning
from index.readers.doubtful import DOUBTFUL
from rag import Answer, Citation, Turn
from rag.types import Outcome
from ui.formats import unit_of
from ui.problems import warning_in_all_languages

SHOWN_TURNS = 100
NAME_CHARACTERS = 60
REMEMBERED_TURNS = 10
EXCERPT_CHARACTERS = 320
"""How much of a passage a card shows on each side of the supporting sentence."""

Warnings = Mapping[str, Sequence[ReadWarning]]
"""What may be wrong with the text of documents, by their names."""

State = Literal[
    "waiting", "working", "answered", "doubtful", "abstained", "small_talk", "stopped", "failed"
]
UNFINISHED: tuple[State, ...] = ("waiting", "working")
_FINISHED: tuple[State, ...] = ("answered", "doubtful", "abstained", "small_talk")
_OUTCOMES: dict[State, Outcome] = {"abstained": "refused", "small_talk": "small_talk"}


def _new_id() -> str:
    return secrets.token_hex(8)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(slots=True)
class Exchange:
    """A question, what has been written of the answer, and the cards that go with it.

    `language` is that of the answer, once it is there; `asked` is ISO 8601, UTC; `unsupported`
    are the spans of `text`, in code points, that rest on no source; `only` names the
    documents to ask where the question brings them along, `searched` says which were searched,
    `suggestions` what could be asked next; `rating` is 1 for an answer
    that was liked, -1 for one that was disliked; `place` how many questions are answered before
    this one; `seconds` how long its first words and all of it took.
    """

    question: str
    id: str = field(default_factory=_new_id)
    asked: str = field(default_factory=_now)
    text: str = ""
    state: State = "waiting"
    language: Language | None = None
    cards: list[dict[str, Any]] = field(default_factory=list)
    unsupported: list[list[int]] = field(default_factory=list)
    searched: dict[str, Any] | None = None
    suggestions: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    rating: int = 0
    place: int = 0
    seconds: dict[str, float] | None = None


@dataclass(slots=True, weakref_slot=True)
class Conversation:
    """The exchanges of one visitor, the oldest first.

    `id` and `name` are empty until the first question: Gradio begins the conversation of each
    page as a copy of one and the same object. `taken_back` are the ids of exchanges that were
    asked again.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    id: str = ""
    name: str = ""
    taken_back: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.exchanges:
            self.id = self.id or _new_id()

    @property
    def busy(self) -> bool:
        """Whether the last question is still being answered."""
        return self.last is not None and self.last.state in UNFINISHED

    @property
    def last(self) -> Exchange | None:
        """The newest exchange; None before the first question."""
        return self.exchanges[-1] if self.exchanges else None

    def ask(self, question: str) -> Exchange:
        """Begin an exchange."""
        exchange = Exchange(question)
        self.exchanges.append(exchange)
        self.id = self.id or _new_id()
        if not self.name:
            self.name = shortened(question)
        return exchange

    def find(self, exchange_id: object) -> Exchange | None:
        """The exchange of that id; None when it is not there."""
        return next((each for each in self.exchanges if each.id == exchange_id), None)

    def take_back(self, exchange: Exchange) -> None:
        """Take out that exchange and all after it, to ask it again."""
        place = self.exchanges.index(exchange)
        self.taken_back += [each.id for each in self.exchanges[place:]]
        del self.exchanges[place:]

    def take_over(self, kept: Conversation) -> None:
        """Become a conversation that was kept: whoever holds this one holds that one then."""
        self.id, self.name = kept.id, kept.name
        self.exchanges, self.taken_back = kept.exchanges, kept.taken_back

    def history(self) -> list[Turn]:
        """The finished turns before the question that is being answered."""
        finished = [e for e in self.exchanges if e.state in _FINISHED]
        return [
            Turn(e.question, e.text, _OUTCOMES.get(e.state, "answered"))
            for e in finished[-REMEMBERED_TURNS:]
        ]

    def drawn(self) -> dict[str, Any]:
        """What the page draws, the last turns of it: JSON values."""
        shown = [asdict(each) for each in self.exchanges[-SHOWN_TURNS:]]
        return {"id": self.id, "name": self.name, "exchanges": shown}


def shortened(question: str) -> str:
    """The first words of a question, on one line: the name of a conversation."""
    words = " ".join(question.split())
    if len(words) <= NAME_CHARACTERS:
        return words
    return words[:NAME_CHARACTERS].rpartition(" ")[0] + " …"


def finish(exchange: Exchange, answer: Answer, warnings: Warnings) -> None:
    """Put the whole answer, with its cards, in place of what was streamed."""
    exchange.text = answer.text
    exchange.state = _state_of(answer)
    exchange.language = answer.language
    exchange.cards = cards_of(answer.citations, answer.hits, warnings)
    if answer.abstained:
        exchange.cards = [_card(hit, None, warnings) for hit in answer.hits]
    exchange.unsupported = [list(span) for span in answer.unsupported]
    exchange.seconds = {
        "first_token": round(answer.seconds.first_token, 1),
        "total": round(answer.seconds.total, 1),
    }


def _state_of(answer: Answer) -> State:
    if answer.abstained:
        return "abstained"
    if not answer.hits:  # nothing was looked for
        return "small_talk"
    return "doubtful" if answer.doubtful else "answered"


def cards_of(
    citations: Sequence[Citation], hits: Sequence[Hit], warnings: Warnings
) -> list[dict[str, Any]]:
    """One card per citation, from the hit that it was found in."""
    found = {hit.passage_id: hit for hit in hits}
    return [_card(found[citation.passage_id], citation, warnings) for citation in citations]


def _card(hit: Hit, citation: Citation | None, warnings: Warnings) -> dict[str, Any]:
    # Without a citation the nearest sentence says where to look, but it is not marked.
    start, end = (
        (hit.sentence.start, hit.sentence.end)
        if citation is None
        else (citation.start, citation.end)
    )
    first = _first_word(hit.text, max(0, start - hit.start - EXCERPT_CHARACTERS))
    last = _last_word(hit.text, min(len(hit.text), end - hit.start + EXCERPT_CHARACTERS))
    page, section = (
        (hit.page, hit.section) if citation is None else (citation.page, citation.section)
    )
    return {
        "marker": None if citation is None else citation.marker,
        "document": hit.document,
        "unit": unit_of(hit.document),
        "page": page,
        "section": list(section),
        "warnings": [
            warning_in_all_languages(warning, hit.document)
            for warning in _about(page, warnings.get(hit.document, ()))
        ],
        "language": hit.language,
        "passage": hit.passage_id,
        # In the document, and relative to the passage (null where nothing is to be marked), both
        # in code points.
        "at": [start, end],
        "span": None if citation is None else [start - hit.start, end - hit.start],
        "before": ("… " if first else "") + hit.text[first : start - hit.start],
        "sentence": hit.text[start - hit.start : end - hit.start],
        "after": hit.text[end - hit.start : last] + (" …" if last < len(hit.text) else ""),
    }


def _about(page: int | None, warnings: Sequence[ReadWarning]) -> list[ReadWarning]:
    """What may be wrong with the text of that page, said of that page alone."""
    return [
        ReadWarning(warning.kind, (page,) if warning.pages and page is not None else ())
        for warning in warnings
        if warning.kind in DOUBTFUL and (not warning.pages or page in warning.pages)
    ]


def _first_word(text: str, at: int) -> int:
    """The beginning of the first whole word from `at` on."""
    space = text.find(" ", at) if at else -1
    return space + 1 if 0 <= space < at + 40 else at


def _last_word(text: str, at: int) -> int:
    """The end of the last whole word up to `at`."""
    space = text.rfind(" ", 0, at) if at < len(text) else -1
    return space if space > at - 40 and space > 0 else at
