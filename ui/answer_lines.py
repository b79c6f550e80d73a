"""What `sanad ask` prints under an answer: a doubt, the sources, or what came nearest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag import Answer
from rag.prompt import DOUBT
from ui.cli_strings import language, text, whole
from ui.formats import unit_of

NEAREST = 3
"""How many documents stand under an answer that is none."""


def lines_under(answer: Answer) -> Iterator[str]:
    """The lines below the text of an answer; none below one that has nothing to show."""
    if answer.doubtful:
        yield f"! {DOUBT[answer.language]}"
    if answer.citations:
        yield f"\n{text('sources')}"
    for citation in answer.citations:
        where = place(citation.document, citation.page, citation.section)
        yield f"[{citation.marker}] {where}\n{_quoted(citation.quote)}"
    if answer.abstained and answer.hits:
        yield f"\n{text('nearest')}"
        yield from _nearest(answer)


def place(document: str, page: int | None, section: Sequence[str]) -> str:
    """Where something stands: "handbook.docx, page 4 › Leave › Part-time"."""
    where = whole(document)
    if page is not None:
        separator = "، " if language() == "ar" else ", "
        where += separator + text(unit_of(document), number=page)
    return " › ".join((where, *(whole(heading) for heading in section)))


def _nearest(answer: Answer) -> Iterator[str]:
    """The best sentence of each of the nearest documents."""
    best = {hit.document: hit for hit in reversed(answer.hits)}
    for hit in sorted(best.values(), key=lambda hit: hit.rank)[:NEAREST]:
        where = place(hit.document, hit.sentence.page, hit.section)
        yield f"- {where}\n{_quoted(hit.sentence.text)}"


def _quoted(words: str) -> str:
    return f"    “{' '.join(words.split())}”"
