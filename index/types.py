"""What flows through the index: `Document -> Passage -> Hit`, each a frozen value.

Every `start` and `end` is a character offset (Unicode code points) into `Document.text`,
end exclusive, so that `document.text[start:end]` is exactly what a citation quotes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.text.document_names import has_file

Language = Literal["ar", "en"]
Signal = Literal["passages", "sentences", "baseline", "fulltext", "words", "names", "identifiers"]
"""What search ranks by (`index.search.signals`)."""


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
class Table:
    """A table in the text, a line per row; the first, to `header_end`, names the columns."""

    start: int
    header_end: int
    end: int


def page_at(pages: Sequence[Page], offset: int) -> int | None:
    """The number of the last of `pages` that begins at `offset` or before it; None before all."""
    before = bisect_right(pages, offset, key=lambda page: page.start)
    return pages[before - 1].number if before else None


WarningKind = Literal[
    "letters", "order", "spacing", "unmapped", "no_text", "ocr_missing", "ocr_doubtful",
    "ocr_numbers", "left_out", "partial", "formula", "attachment", "form_unread",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """What may be wrong with the text of a document, on which pages (none: anywhere in it).

    `names` are those of the parts that it is about, where it is about some by their names.
    `str(warning)` is one line in English that says what to do.
    """

    kind: WarningKind
    pages: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """What may be wrong and what to do, in English, without the pages."""
        return _WARNINGS[self.kind].format(names=", ".join(self.names))

    def __str__(self) -> str:
        where = f"Page {page_ranges(self.pages)}" if self.pages else "The document"
        return f"{where}: {self.advice}"


_WARNINGS: dict[WarningKind, str] = {
    "letters": (
        "the letters look wrong, as if the file names them wrongly. "
        "Compare with the original, or add a scan of it."
    ),
    "order": (
        "the letters or words look reversed. Compare with the original, or add a scan of it."
    ),
    "spacing": (
        "words look torn apart or run together. Compare with the original, or add a scan of it."
    ),
    "unmapped": (
        "some characters have no meaning in the file. "
        "Compare with the original, or add a scan of it."
    ),
    "no_text": "no text was found, only a picture.",
    "ocr_missing": (
        "there is only a picture, and reading it needs Tesseract with Arabic and English. "
        "Install tesseract-ocr and tesseract-ocr-ara, and add the file again."
    ),
    "ocr_doubtful": (
        "read from a picture that is hard to read. Compare with the original, or scan it again "
        "at 300 dots per inch."
    ),
    "ocr_numbers": (
        "read from a picture, and its numbers may be wrong: Arabic-Indic digits are often "
        "misread. Compare them with the original."
    ),
    "left_out": "left out because the text looks wrong. Add the file without --strict to keep it.",
    "partial": (
        "not everything could be read: a part is broken, or longer than the limit. "
        "Compare with the original, or split the file."
    ),
    "formula": (
        "some formulas have no saved result and stand as they are written. "
        "Open the file in a spreadsheet program, save it there, and add it again."
    ),
    "attachment": (
        "attachments that could not be read: {names}. Save them as files and check them."
    ),
    "form_unread": (
        "it is an XFA form, whose fields only a few programs can show; they were not read. "
        "Open it in Adobe Reader, print it to a new PDF, and add that."
    ),
}


def page_ranges(pages: Sequence[int]) -> str:
    """Page numbers as people write them: "3-5, 9"."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a file: the text that is indexed and quoted, and its landmarks.

    `pages` is empty for formats without pages, slides or sheets.
    """

    name: str
    text: str
    language: Language
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The number of the page that holds `offset`; None for a document without pages."""
        return page_at(self.pages, offset)


RecordKey = Literal["id", "name", "path", "sha256"]
"""By what documents are looked up."""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the store lists it; counts instead of contents. `added` is ISO 8601, UTC.

    `path` is where its file lies, or `text:NAME` for a text that was handed in.
    """

    id: int
    name: str
    path: str
    language: Language
    pages: int
    passages: int
    sha256: str
    added: str
    warnings: tuple[ReadWarning, ...] = ()

    @property
    def file(self) -> Path | None:
        """Where its file lay when it was read; None for a text that was handed in."""
        return Path(self.path) if has_file(self.path) else None


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
    """A sentence of a hit: its span in the document, its text, its nearness to the query.

    `similarity` is the cosine, less what the sentence has in common with any question where it is
    in another language than the query (`index.search.baseline`); the mean over several queries.
    `page` is where the sentence begins, which may be later than its passage does.
    """

    id: int
    start: int
    end: int
    text: str
    similarity: float
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. `rank` counts from 1; `score` has no unit and only orders.

    `similarity` is the nearness of query and passage (as `HitSentence.similarity`); `sentence` the
    sentence of the passage that is nearest to the query; `coverage` the idf-weighted share (0 to
    1) of the query's words that stand in the passage (None where the two are in different
    languages). `margin` is how much nearer that sentence is than the best ones of usual passages
    in its language, and `words` how much nearer the query's words come to words of the passage.
    `page` is where the passage begins; each sentence knows its own.
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
    margin: float = 0.0
    words: float = 0.0
