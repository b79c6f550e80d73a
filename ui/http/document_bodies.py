"""What programs send and get about documents: the bodies of the API, part two."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from index import Language
from index.types import WarningKind
from ui.http.bodies import NAME_CHARACTERS, Error, Reply, Sent

LISTED = 1_000
"""How many documents are listed at once."""
TEXT_CHARACTERS = 100_000
"""How much of a document's text is sent at once."""
ADDED_CHARACTERS = 10_000_000
FILES = 64
"""How many files one request may bring."""
PATTERNS = 100
PATTERN_CHARACTERS = 500

Patterns = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=PATTERN_CHARACTERS)]],
    Field(max_length=PATTERNS),
]


class Warned(Reply):
    """What may be wrong with a document's text, on which pages (none: anywhere in it)."""

    pages: list[int] = Field(examples=[[3, 4]])
    kind: WarningKind = Field(examples=["ocr_doubtful"])
    names: list[str] = Field(default=[], examples=[["annex.xyz"]])
    warning: str = Field(examples=["Page 3-4: read from a picture that is hard to read."])


class DocumentReply(Reply):
    """A document. Its `id` is never used again; a changed file is a new document, with a new id.

    `added` is ISO 8601, UTC; `path`, where its file lies on the server, is told to owners alone.
    """

    id: int = Field(examples=[7])
    name: str = Field(examples=["handbook.md"])
    path: str | None = Field(examples=["/srv/handbook/handbook.md"])
    language: Language = Field(examples=["en"])
    pages: int = Field(examples=[12])
    passages: int = Field(examples=[40])
    sha256: str = Field(
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    added: str = Field(examples=["2026-01-31T08:00:00+00:00"])
    warnings: list[Warned]


class DocumentsReply(Reply):
    """Documents by name; `total` is how many there are, `next` where to go on (null: the end)."""

    documents: list[DocumentReply]
    total: int = Field(examples=[1])
    next: int | None = Field(examples=[None])


class PageReply(Reply):
    """A page, slide or sheet and the characters it covers."""

    number: int = Field(examples=[1])
    start: int = Field(examples=[0])
    end: int = Field(examples=[1800])


class TextReply(Reply):
    """Characters `start` to `end` of a document's text, of `characters` in all.

    `pages` are those that this part touches; `next` is where to go on (null: the end).
    """

    id: int = Field(examples=[7])
    document: str = Field(examples=["handbook.md"])
    language: Language = Field(examples=["en"])
    start: int = Field(examples=[0])
    end: int = Field(examples=[56])
    characters: int = Field(examples=[56])
    text: str = Field(examples=["Every new employee has thirty days of paid annual leave."])
    pages: list[PageReply]
    next: int | None = Field(examples=[None])


class TextRequest(Sent):
    """A text to keep as a document: plain text, or what the ending of its name says."""

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS, examples=["meeting.md"])
    text: str = Field(
        min_length=1, max_length=ADDED_CHARACTERS, examples=["# Meeting\n\nThe budget is 4,000."]
    )


class Added(Reply):
    """What became of one file; `id` is null for one that failed, `error` says why.

    `status` is "beside" for a file that came in under a new name, because another one with
    other content has its own.
    """

    name: str = Field(examples=["handbook.md"])
    id: int | None = Field(examples=[7])
    status: Literal["added", "beside", "changed", "renamed", "unchanged", "reread", "failed"] = (
        Field(examples=["added"])
    )
    warnings: list[Warned]
    error: Error | None = Field(examples=[None])


class AddedReply(Reply):
    """What became of each file, in their order."""

    results: list[Added]


class RebuildRequest(Sent):
    """Index every document again from its kept text."""

    stream: bool = Field(default=False, description="Tell the progress, as events.")


class SyncRequest(Sent):
    """Follow a folder of the server: take in what is new, remove what is gone from it."""

    folder: str = Field(
        min_length=1,
        max_length=NAME_CHARACTERS,
        description="Its absolute path on the server.",
        examples=["/srv/handbook"],
    )
    include: Patterns = Field(default=[], examples=[["*.pdf"]])
    exclude: Patterns = Field(default=[], examples=[["drafts"]])
    stream: bool = Field(default=False, description="Tell the progress, as events.")


class Failed(Reply):
    """A file that could not be read."""

    path: str = Field(examples=["/srv/handbook/old.pdf"])
    error: str = Field(examples=["old.pdf is protected by a password. Save a copy without one."])


class WarnedDocument(Warned):
    """What may be wrong with the text of a document that came in."""

    document: str = Field(examples=["handbook.md"])


class ReportReply(Reply):
    """What happened, by document name; `skipped` are files in formats that are not read."""

    added: list[str] = Field(examples=[["handbook.md"]])
    changed: list[str] = Field(examples=[[]])
    renamed: list[str] = Field(examples=[[]])
    unchanged: list[str] = Field(examples=[["rules.pdf"]])
    removed: list[str] = Field(examples=[[]])
    skipped: list[str] = Field(examples=[[]])
    failed: list[Failed]
    warnings: list[WarnedDocument]
    seconds: float = Field(examples=[2.5])


class StageReply(Reply):
    """How far a stage of the work has come: `done` of `total` (0: unknown)."""

    stage: str = Field(examples=["rebuild"])
    done: int = Field(examples=[3])
    total: int = Field(examples=[12])


class ProgressReply(Reply):
    """How far all stages have come."""

    stages: list[StageReply]
