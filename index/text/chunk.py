"""Document -> passages of whole sentences, counted with the embedding model's own tokenizer.

A passage never crosses a heading; a section that is longer than the limit is cut into
passages of about equal size, so that no passage is a mere remainder. A table that fits stays in
one passage, a longer one is cut between its rows. A sentence that alone exceeds the limit is cut
at clauses, else at spaces. Neither headings nor the names of a table's columns are repeated in
the passage: they travel with it as `section`.
"""

from __future__ import annotations

import re
import textwrap
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from index.text.keywords import without_invisible
from index.text.sentences import split_long, split_sentences, text_language
from index.types import Document, Heading, Passage, Sentence, Table

CountTokens = Callable[[Sequence[str]], list[int]]
"""Texts -> the number of tokens of each, without the model's special tokens."""

_CHARACTERS_PER_TOKEN = 25
"""What has more of them than this counts as more tokens: invisible marks and long runs of white
space or of one sign are few tokens or none, but not for free. Plain text has three to six."""
# A hundred marks in a row, or a thousand letters (but for scripts that write no spaces).
_NO_WORD = re.compile(r"[^\w\s!-~]{100,}|(?<!\S)[^\s\u2e80-\ud7ff\uff00-\uffdc]{1000,}")
_READ = 30
"""Characters of those that a model reads, so that they cost no more than a word."""
_COLUMN_NAMES = 200
"""The most characters of a table's first row that travel with its other rows."""
_SMALL = 0.25
"""As a share of the limit: what is shorter and stands beside a long table shares a passage with
some of its rows. "The fees, in dinars:" says little alone."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut: a sentence, a row, or a whole table that is not long; and its tokens.

    `table` is the long table that a row belongs to.
    """

    sentences: tuple[Sentence, ...]
    tokens: int
    table: Table | None = None


def cut(document: Document, count_tokens: CountTokens, limit: int) -> tuple[Passage, ...]:
    """The passages of a document, in reading order, each of at most `limit` tokens."""
    text = document.text
    count_tokens = _bounded(count_tokens)
    passages: list[Passage] = []
    for headings, start, end in _sections(document):
        titles = [text[heading.start : heading.end] for heading in headings]
        for group in _groups(document, start, end, count_tokens, limit):
            sentences = tuple(sentence for unit in group for sentence in unit.sentences)
            first, last = sentences[0].start, sentences[-1].end
            passages.append(
                Passage(
                    start=first,
                    end=last,
                    language=text_language(text[first:last]),
                    sentences=sentences,
                    page=document.page_at(first),
                    section=(*titles, *_column_names(text, group[0])),
                )
            )
    return tuple(passages)


def embedding_text(passage: Passage, text: str) -> str:
    """What is embedded for a passage: its headings on a line of their own, then its text."""
    text = "\n".join((" › ".join(passage.section), text)) if passage.section else text
    return readable(text)


def readable(text: str) -> str:
    """What a model reads of a text: nothing unseen inside words, and little of what is no word."""
    return _NO_WORD.sub(lambda run: run[0][:_READ], without_invisible(text))


def _bounded(count_tokens: CountTokens) -> CountTokens:
    """Counts tokens, but by length alone in what no language writes: it is not read for meaning."""

    def counted(texts: Sequence[str]) -> list[int]:
        sizes = zip(count_tokens([readable(text) for text in texts]), texts, strict=True)
        return [max(tokens, len(text) // _CHARACTERS_PER_TOKEN) for tokens, text in sizes]

    return counted


def _sections(document: Document) -> Iterator[tuple[tuple[Heading, ...], int, int]]:
    """Each stretch of text between headings, with the chain of headings above it.

    A heading with nothing at all below it (before one of its own level or higher) is text itself,
    so that a document of headings alone is still found.
    """
    yield (), 0, document.headings[0].start if document.headings else len(document.text)
    chain: tuple[Heading, ...] = ()
    for heading, following in zip_longest(document.headings, document.headings[1:]):
        end = len(document.text) if following is None else following.start
        above = tuple(h for h in chain if h.level < heading.level)
        chain = (*above, heading)
        body = document.text[heading.end : end].strip()
        leaf = following is None or following.level <= heading.level
        if body:
            yield chain, heading.end, end
        elif leaf:
            yield above, heading.start, end


def _groups(
    document: Document, start: int, end: int, count_tokens: CountTokens, limit: int
) -> Iterator[list[_Unit]]:
    """The section `document.text[start:end]` in groups, one for each passage."""
    units = list(_units(document, start, end, count_tokens, limit))
    if sum(unit.tokens for unit in units) <= limit:
        yield from [units] if units else []
        return
    for stretch in _stretches(units, limit):
        yield from _balanced(stretch, limit)


def _units(
    document: Document, start: int, end: int, count_tokens: CountTokens, limit: int
) -> Iterator[_Unit]:
    text = document.text
    most = limit * _CHARACTERS_PER_TOKEN
    lines = [
        (table, [piece for sentence in line for piece in _short(text, sentence, most)])
        for table, line in _lines(document, start, end)
    ]
    if not lines:
        return
    counts = iter(count_tokens([text[s.start : s.end] for _, line in lines for s in line]))
    for table, group in groupby(lines, key=lambda line: line[0]):
        rows = [[(s, next(counts)) for s in sentences] for _, sentences in group]
        whole = _Unit(
            tuple(s for row in rows for s, _ in row), sum(n for row in rows for _, n in row)
        )
        if table is not None and whole.tokens <= limit * (1 - _SMALL):
            yield whole
            continue
        for row in rows:
            size = sum(count for _, count in row)
            if size <= limit:
                yield _Unit(tuple(sentence for sentence, _ in row), size, table)
                continue
            for sentence, count in row:
                for piece, tokens in _pieces(text, sentence, count, count_tokens, limit):
                    yield _Unit((piece,), tokens, table)


def _lines(
    document: Document, start: int, end: int
) -> Iterator[tuple[Table | None, list[Sentence]]]:
    """The sentences of each row of a table, with the table; other sentences each by itself."""
    text = document.text
    first = bisect_right(document.tables, start, key=lambda table: table.end)
    for position in range(first, len(document.tables)):
        table = document.tables[position]
        if table.start >= end:
            break
        for sentence in split_sentences(text, start, table.start):
            yield None, [sentence]
        start = max(start, table.start)
        while start < min(table.end, end):
            line_end = text.find("\n", start, min(table.end, end)) + 1 or min(table.end, end)
            if sentences := split_sentences(text, start, line_end):
                yield table, sentences
            start = line_end
    for sentence in split_sentences(text, start, end):
        yield None, [sentence]


def _short(text: str, sentence: Sentence, most: int) -> list[Sentence]:
    """Pieces of at most `most` characters, so that no tokenizer is handed what has no end."""
    if sentence.end - sentence.start <= most:
        return [sentence]
    return split_long(text, sentence.start, sentence.end, lambda piece: len(piece) <= most)


def _pieces(
    text: str, sentence: Sentence, count: int, count_tokens: CountTokens, limit: int
) -> Iterator[tuple[Sentence, int]]:
    """The sentence with its tokens; pieces of it where it is longer than the limit."""
    if count <= limit:
        yield sentence, count
        return
    pieces = split_long(
        text, sentence.start, sentence.end, lambda piece: count_tokens([piece])[0] <= limit
    )
    sizes = count_tokens([text[piece.start : piece.end] for piece in pieces])
    yield from zip(pieces, sizes, strict=True)


def _stretches(units: Sequence[_Unit], limit: int) -> list[list[_Unit]]:
    """The units in stretches that share no passage: long tables stand apart.

    What is small beside a long table goes with it, rather with the one it may introduce.
    """
    stretches: list[list[_Unit]] = []
    small: list[_Unit] = []
    for table, group in groupby(units, key=lambda unit: unit.table):
        stretch = list(group)
        if table is None and sum(unit.tokens for unit in stretch) < limit * _SMALL:
            small = stretch
        else:
            stretches.append(small + stretch)
            small = []
    if small:
        stretches[-1:] = [[*(stretches[-1] if stretches else ()), *small]]
    return stretches


def _balanced(units: Sequence[_Unit], limit: int) -> Iterator[list[_Unit]]:
    """Runs of at most `limit` tokens: as few as possible, and then as even as possible."""
    left = sum(unit.tokens for unit in units)
    group: list[_Unit] = []
    size = 0
    for unit, following in zip_longest(units, units[1:]):
        group.append(unit)
        size += unit.tokens
        if following is None:
            break
        target = left / max(1, -(-left // limit))
        # Close where stopping is nearer to the target than going on would be.
        if size + following.tokens > limit or size + following.tokens / 2 >= target:
            yield group
            left -= size
            group, size = [], 0
    if group:
        yield group


def _column_names(text: str, first: _Unit) -> list[str]:
    """The first row of the long table that a passage beginning with this unit continues."""
    table = first.table
    if table is None or first.sentences[0].start < table.header_end:
        return []
    return [textwrap.shorten(text[table.start : table.header_end], _COLUMN_NAMES, placeholder=" …")]
