"""Pages whose text looks wrong, and documents without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from index.errors import FileDoubtful
from index.types import Document, Heading, Page, ReadWarning, Table, WarningKind

DOUBTFUL: frozenset[WarningKind] = frozenset(
    ("letters", "order", "spacing", "unmapped", "ocr_doubtful")
)
"""The warnings that are about text which may be wrong, not about text which is missing."""


def without_doubtful_pages(document: Document, path: Path) -> Document:
    """The document without the text of the pages that such a warning names.

    The pages themselves stay, empty, so that the others keep their numbers. Raises FileDoubtful
    when nothing is left, or when a warning is about the whole of a document.
    """
    warnings = [warning for warning in document.warnings if warning.kind in DOUBTFUL]
    if not warnings:
        return document
    dropped = {number for warning in warnings for number in warning.pages}
    kept = [page for page in document.pages if page.number not in dropped]
    if not all(warning.pages for warning in warnings) or not any(
        document.text[page.start : page.end].strip() for page in kept
    ):
        raise FileDoubtful(path=path)
    gaps = [page for page in document.pages if page.number in dropped]
    at = _shift(gaps)
    return replace(
        document,
        text="".join(document.text[start:end] for start, end in _between(gaps, document.text)),
        pages=tuple(Page(p.number, at(p.start), at(p.end)) for p in document.pages),
        headings=tuple(
            Heading(h.level, at(h.start), at(h.end))
            for h in document.headings
            if at(h.start) < at(h.end)
        ),
        tables=tuple(
            Table(at(t.start), at(t.header_end), at(t.end))
            for t in document.tables
            if at(t.start) < at(t.header_end)
        ),
        warnings=(
            *(warning for warning in document.warnings if warning.kind not in DOUBTFUL),
            ReadWarning("left_out", tuple(sorted(dropped))),
        ),
    )


def _between(gaps: list[Page], text: str) -> list[tuple[int, int]]:
    """The spans that are kept."""
    edges = [0, *(edge for gap in gaps for edge in (gap.start, gap.end)), len(text)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _shift(gaps: list[Page]) -> Callable[[int], int]:
    """Where an offset comes to stand when the gaps are closed."""

    def at(offset: int) -> int:
        return offset - sum(min(gap.end, offset) - gap.start for gap in gaps if gap.start < offset)

    return at
