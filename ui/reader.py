"""A document as it is read in the page: a section at a time, with the way through all of it.

Sections lie side by side: each begins where the one before it ends, so that whoever goes on
from one to the next reads the whole document, once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from index import Document, Library
from index.store.survey import Span
from index.types import Heading
from ui.formats import unit_of

LONGEST = 12_000
"""About as many characters are shown at once; a longer section is divided."""
_USUAL = LONGEST * 9 // 10
"""How long its parts become, so that there is room to look for where a passage begins."""
SHORTEST = 200
"""What is shorter is shown together with what follows: nobody opens a document for a title."""
CONTENTS = 500
TITLE_CHARACTERS = 200


def section_json(library: Library, name: str, at: int) -> dict[str, Any]:
    """The section around the character at the offset `at`; all offsets count code points.

    `title` is the chain of headings above it, `previous` and `next` are where its neighbours
    begin, `breaks` are the pages that begin within it, and `contents` leads to every heading
    (in a document without headings: to every page, without a title). An offset behind the end
    means the end. Raises DocumentMissing.
    """
    document = library.document(name)
    spans = library.spans(name)
    starts = section_starts(document, spans)
    at = max(0, min(at, len(document.text) - 1))
    place = max(0, bisect_right(starts, at) - 1)
    start = starts[place]
    end = starts[place + 1] if place + 1 < len(starts) else len(document.text)
    return {
        "document": name,
        "language": document.language,
        "unit": unit_of(name),
        "at": at,
        "start": start,
        "end": end,
        "title": _title(document, start, end),
        "page": document.page_at(start),
        "pages": len(document.pages),
        "breaks": [
            {"number": page.number, "start": page.start}
            for page in document.pages
            if start < page.start < end
        ],
        "headings": [
            [heading.start, heading.end]
            for heading in document.headings
            if start <= heading.start < end
        ],
        "text": document.text[start:end],
        "passages": [
            {"id": span.id, "number": number, "start": span.start, "end": span.end}
            for number, span in enumerate(spans, start=1)
            if span.start < end and span.end > start
        ],
        "previous": starts[place - 1] if place else None,
        "next": end if place + 1 < len(starts) else None,
        "contents": _contents(document),
    }


def section_starts(document: Document, spans: Sequence[Span]) -> list[int]:
    """Where each section of a document begins, ascending; the first at 0.

    A section runs from one heading to the next, and in a document without headings from one page
    to the next. Short ones are joined to what follows, long ones divided where passages begin.
    """
    marks = document.headings or document.pages
    starts = sorted({0, *(mark.start for mark in marks if mark.start < len(document.text))})
    joined = _without_short(document.text, starts)
    borders = [span.start for span in spans]
    return [
        piece
        for start, end in zip(joined, [*joined[1:], len(document.text)], strict=True)
        for piece in _divided(document.text, start, end, borders)
    ]


def _without_short(text: str, starts: Sequence[int]) -> list[int]:
    kept = [0]
    for start in starts[1:]:
        if len(text[kept[-1] : start].strip()) >= SHORTEST:
            kept.append(start)
    if len(kept) > 1 and len(text[kept[-1] :].strip()) < SHORTEST:
        kept.pop()  # nothing follows that it could be joined to
    return kept


def _divided(text: str, start: int, end: int, borders: Sequence[int]) -> list[int]:
    """Where the parts of a section begin, the first at its start; they are about equally long."""
    parts = [start]
    while end - start > LONGEST:
        count = -(-(end - start) // _USUAL)
        wanted = start + (end - start) // count
        start = _border(text, start, wanted, end, borders)
        parts.append(start)
    return parts


def _border(text: str, start: int, wanted: int, end: int, borders: Sequence[int]) -> int:
    """The place next to `wanted` where a passage begins; else a line; else just there."""
    # Not so near to either end that a crumb would be left there.
    least, most = start + SHORTEST, min(start + LONGEST, end - SHORTEST)
    after = bisect_right(borders, wanted)
    near = [border for border in borders[max(0, after - 1) : after + 1] if least <= border <= most]
    if near:
        return min(near, key=lambda border: abs(border - wanted))
    line = text.rfind("\n", least, wanted) + 1
    return line or wanted


def _title(document: Document, start: int, end: int) -> list[str]:
    """The chain of headings above the first words of a section that are not headings."""
    chain: list[Heading] = []
    body = _first_words(document, start, end)
    for heading in document.headings:
        if heading.start > body:
            break
        chain = [above for above in chain if above.level < heading.level]
        chain.append(heading)
    return [_words(document, heading) for heading in chain]


def _first_words(document: Document, start: int, end: int) -> int:
    place = bisect_left(document.headings, start, key=lambda heading: heading.start)
    at = start
    for heading in document.headings[place:]:
        if heading.start >= end or document.text[at : heading.start].strip():
            break
        at = heading.end
    return min(at, end - 1)


def _contents(document: Document) -> list[dict[str, Any]]:
    """Where a reader can jump to; of too many headings the highest, of too many pages some."""
    if not document.headings:
        step = -(-len(document.pages) // CONTENTS) or 1
        return [
            {"title": "", "level": 1, "start": page.start, "page": page.number}
            for page in document.pages[::step]
        ]
    levels = sorted({heading.level for heading in document.headings})
    shown: Sequence[Heading] = ()
    for level in levels:
        wider = [heading for heading in document.headings if heading.level <= level]
        if shown and len(wider) > CONTENTS:
            break
        shown = wider
    return [
        {
            "title": _words(document, heading),
            "level": heading.level,
            "start": heading.start,
            "page": document.page_at(heading.start),
        }
        for heading in shown[:CONTENTS]
    ]


def _words(document: Document, heading: Heading) -> str:
    return " ".join(document.text[heading.start : heading.end].split())[:TITLE_CHARACTERS]
