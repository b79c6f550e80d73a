"""Documents -> their passages and sentences with vectors, ready to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from index.models import Progress
from index.models.embed import Embedder
from index.store.records import Cut
from index.text.chunk import cut, embedding_text, readable
from index.types import Document, Passage

PASSAGE_TOKENS = 320
"""The most tokens of a passage (measured on XQuAD: benchmarks/passage_size.py)."""


LARGE_CHARACTERS = 200_000
"""A document of more is embedded piece by piece: all of its vectors might not fit in memory."""
_PASSAGES_AT_ONCE = 200

Tell = Callable[[int], None]


def cut_and_embed(
    documents: Sequence[Document],
    for_passages: Embedder,
    for_sentences: Embedder,
    progress: Progress | None = None,
) -> list[Cut]:
    """Cut documents and embed their passages and sentences, all of the group together."""
    parts = [_cut(document, for_passages) for document in documents]
    total = sum(map(_texts, parts))

    def tell(done: int) -> None:
        if progress is not None:
            progress("embedding", done, total, "texts")

    return _embedded(list(zip(documents, parts, strict=True)), for_passages, for_sentences, tell)


def cut_and_embed_in_pieces(
    document: Document,
    for_passages: Embedder,
    for_sentences: Embedder,
    progress: Progress | None = None,
) -> Iterator[Cut]:
    """Cut a document and embed its passages and sentences, so many passages at a time."""
    parts = _cut(document, for_passages)
    total, before = _texts(parts), 0

    def tell(done: int) -> None:
        if progress is not None:
            progress("embedding", before + done, total, "texts")

    for start in range(0, max(1, len(parts)), _PASSAGES_AT_ONCE):
        piece = parts[start : start + _PASSAGES_AT_ONCE]
        yield from _embedded([(document, piece)], for_passages, for_sentences, tell)
        before += _texts(piece)


def _cut(document: Document, for_passages: Embedder) -> tuple[Passage, ...]:
    return cut(document, for_passages.count_tokens, PASSAGE_TOKENS)


def _texts(parts: Sequence[Passage]) -> int:
    """How many texts are embedded for these passages."""
    return len(parts) + sum(len(passage.sentences) for passage in parts)


def _embedded(
    group: Sequence[tuple[Document, Sequence[Passage]]],
    for_passages: Embedder,
    for_sentences: Embedder,
    tell: Tell,
) -> list[Cut]:
    """The passages of each document with the vectors of their texts."""
    passages: list[str] = []
    sentences: list[str] = []
    for document, parts in group:
        text = document.text
        for passage in parts:
            passages.append(embedding_text(passage, text[passage.start : passage.end]))
            sentences.extend(readable(text[s.start : s.end]) for s in passage.sentences)
    if for_passages is for_sentences:  # a sentence that is its whole passage is embedded once
        vectors = for_passages.passages(passages + sentences, lambda done, _: tell(done))
        passage_vectors, sentence_vectors = vectors[: len(passages)], vectors[len(passages) :]
    else:
        passage_vectors = for_passages.passages(passages, lambda done, _: tell(done))
        sentence_vectors = for_sentences.passages(
            sentences, lambda done, _: tell(len(passages) + done)
        )
    cuts: list[Cut] = []
    row = sentence_row = 0
    for _, parts in group:
        end = row + len(parts)
        sentence_end = sentence_row + sum(len(passage.sentences) for passage in parts)
        cuts.append(
            Cut(
                tuple(parts),
                passage_vectors[row:end],
                sentence_vectors[sentence_row:sentence_end],
            )
        )
        row, sentence_row = end, sentence_end
    return cuts
