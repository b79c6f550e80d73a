"""What could be asked: of the documents in the store, and after an answer.

No language model is asked: the questions are about headings that stand in the documents, so each
has an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest
from pathlib import PurePath
from typing import TypedDict

from index import DocumentRecord, Language, Library
from index.errors import DocumentMissing
from rag import Answer
from ui.examples import examples_for
from ui.strings import text

FOLLOW_UPS = 3
EXAMPLES = 6
_DOCUMENTS = 4
"""Of how many documents, the latest, there are examples."""
_TITLE = range(3, 61)
"""How many characters a heading has that can be asked about."""
_LETTERS = 3
_NUMBERED = re.compile(r"^[\s\d.)(٠-٩:–-]+")


class Suggestion(TypedDict):
    """A question, its language, and the documents to ask it of; none means all."""

    question: str
    language: Language
    documents: list[str]


def examples(library: Library, records: Sequence[DocumentRecord]) -> list[Suggestion]:
    """Questions that the documents in the store answer: those of the samples, then others."""
    samples = examples_for(records)
    shown = [
        Suggestion(question=one["question"], language=one["language"], documents=[])
        for one in samples
    ]
    sampled = {one["document"] for one in samples}
    latest = sorted(records, key=lambda record: record.added, reverse=True)
    others = (record for record in latest if PurePath(record.path).name not in sampled)
    of_each = [_about(library, record) for record in islice(others, _DOCUMENTS)]
    in_turn = [one for one in chain.from_iterable(zip_longest(*of_each)) if one is not None]
    return [*in_turn[:EXAMPLES], *shown]


def follow_ups(library: Library, answer: Answer, asked: Collection[str]) -> list[str]:
    """What else the cited document tells: its headings near the citation, not asked yet."""
    if answer.abstained or not answer.citations:
        return []
    first = answer.citations[0]
    titles = _titles(library, first.document)
    behind = [title for start, title in titles if start > first.end]
    before = [title for start, title in reversed(titles) if start < first.start]
    questions = [
        _question(title, answer.language)
        for title in [*behind, *before]
        if title not in first.section
    ]
    return [question for question in questions if question not in asked][:FOLLOW_UPS]


def _about(library: Library, record: DocumentRecord) -> list[Suggestion]:
    return [
        Suggestion(
            question=_question(title, record.language),
            language=record.language,
            documents=[record.name],
        )
        for title in _headings_of(library, record.name, record.id)
    ]


@lru_cache(maxsize=64)
def _headings_of(library: Library, name: str, id_: int) -> tuple[str, ...]:
    """The headings to ask about; a document that was read again has another id."""
    titles = [title for _, title in _titles(library, name)]
    return tuple(dict.fromkeys(titles[1:] or titles))[:FOLLOW_UPS]  # the first is mostly a title


def _titles(library: Library, name: str) -> list[tuple[int, str]]:
    """Where the headings of a document stand, and those that can be asked about."""
    try:
        document = library.document(name)
    except DocumentMissing:  # removed meanwhile
        return []
    found = []
    for heading in document.headings:
        title = " ".join(document.text[heading.start : heading.end].split())
        title = _NUMBERED.sub("", title).strip(" #:؟?.")
        if len(title) in _TITLE and sum(map(str.isalpha, title)) >= _LETTERS:
            found.append((heading.start, title))
    return found


def _question(title: str, language: Language) -> str:
    return text("ask_about", language, title=title)
