"""What flows through the index: `Document -> Passage -> Hit`, each a frozen value.

Every `start` and `end` is a character offset (Unicode code points) into `Document.text`,
end exclusive, so that `document.text[start:end]` is exactly what a citation quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ar", "en"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, slide or sheet of a document: its number (from 1) and the span it covers."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it stands in the text: level 1 is the highest; the span is the heading line."""

    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a file: the text that is indexed and quoted, and its landmarks.

    `pages` is empty for formats without pages. `warnings` are sentences for the person, in English.
    """

    name: str
    text: str
    language: Language
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    warnings: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The number of the page that holds `offset`; None for a document without pages."""
        found = None
        for page in self.pages:
            if page.start > offset:
                break
            found = page.number
        return found


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the store lists it; counts instead of contents. `added` is ISO 8601, UTC."""

    id: int
    name: str
    path: str
    language: Language
    pages: int
    passages: int
    sha256: str
    added: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The span of one sentence."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What is cut, embedded, stored and cited: a run of whole sentences of one document.

    `section` is the chain of headings above the passage, the outermost first.
    """

    start: int
    end: int
    language: Language
    sentences: tuple[Sentence, ...]
    page: int | None = None
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HitSentence:
    """A sentence of a hit: its span in the document, its text, its cosine with the query."""

    id: int
    start: int
    end: int
    text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. `rank` counts from 1; `score` has no unit and only orders.

    `similarity` is the cosine of query and passage; `sentence` the sentence of the passage
    that is nearest to the query; `coverage` the idf-weighted share (0 to 1) of the query's
    words that stand in the passage (None where the two are in different languages).
    """

    rank: int
    score: float
    passage_id: int
    document: str
    page: int | None
    start: int
    end: int
    text: str
    language: Language
    section: tuple[str, ...]
    sentences: tuple[HitSentence, ...]
    sentence: HitSentence
    similarity: float
    coverage: float | None
