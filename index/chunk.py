"""Document -> passages of whole sentences, counted with the embedding model's own tokenizer.

A passage never crosses a heading; a section that is longer than the limit is cut into
passages of about equal size, so that no passage is a mere remainder. A sentence that alone
exceeds the limit is cut at clauses, else at spaces. Headings are not repeated in the passage:
they travel with it as `section`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, zip_longest

from index.sentences import split_long, split_sentences, text_language
from index.types import Document, Heading, Passage, Sentence

CountTokens = Callable[[Sequence[str]], list[int]]
"""Texts -> the number of tokens of each, without the model's special tokens."""


def cut(document: Document, count_tokens: CountTokens, limit: int) -> tuple[Passage, ...]:
    """The passages of a document, in reading order, each of at most `limit` tokens."""
    passages: list[Passage] = []
    for section, start, end in _sections(document):
        sentences = split_sentences(document.text, start, end)
        titles = tuple(document.text[h.start : h.end] for h in section)
        for group in _groups(document.text, sentences, count_tokens, limit):
            first, last = group[0].start, group[-1].end
            passages.append(
                Passage(
                    start=first,
                    end=last,
                    language=text_language(document.text[first:last]),
                    sentences=tuple(group),
                    page=document.page_at(first),
                    section=titles,
                )
            )
    return tuple(passages)


def embedding_text(passage: Passage, text: str) -> str:
    """What is embedded for a passage: its headings on a line of their own, then its text."""
    return "\n".join((" › ".join(passage.section), text)) if passage.section else text


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
    text: str, sentences: Sequence[Sentence], count_tokens: CountTokens, limit: int
) -> Iterator[list[Sentence]]:
    if not sentences:
        return
    counts = count_tokens([text[s.start : s.end] for s in sentences])
    pieces: list[tuple[Sentence, int]] = []
    for sentence, count in zip(sentences, counts, strict=True):
        if count <= limit:
            pieces.append((sentence, count))
            continue
        parts = split_long(
            text, sentence.start, sentence.end, lambda part: count_tokens([part])[0] <= limit
        )
        sizes = count_tokens([text[part.start : part.end] for part in parts])
        pieces.extend(zip(parts, sizes, strict=True))
    yield from _balanced(pieces, limit)


def _balanced(pieces: Sequence[tuple[Sentence, int]], limit: int) -> Iterator[list[Sentence]]:
    """Runs of at most `limit` tokens: as few as possible, and then as even as possible."""
    total = sum(count for _, count in pieces)
    target = total / max(1, -(-total // limit))
    group: list[Sentence] = []
    size = 0
    for (sentence, count), (_, following) in pairwise([*pieces, (pieces[-1][0], 0)]):
        group.append(sentence)
        size += count
        # Close where stopping is nearer to the target than going on would be.
        if size + following > limit or (size + following / 2 >= target and following):
            yield group
            group, size = [], 0
    if group:
        yield group
