"""Documents -> their passages and sentences with vectors, ready to be written."""

from __future__ import annotations

from collections.abc import Sequence

from index.chunk import cut, embedding_text, readable
from index.embed import Embedder
from index.models import Progress
from index.schema import Cut
from index.types import Document

PASSAGE_TOKENS = 320
"""The most tokens of a passage (measured on XQuAD: benchmarks/passage_size.py)."""


def cut_and_embed(
    documents: Sequence[Document],
    for_passages: Embedder,
    for_sentences: Embedder,
    progress: Progress | None = None,
) -> list[Cut]:
    """Cut documents and embed their passages and sentences, all of the group together."""
    parts = [cut(document, for_passages.count_tokens, PASSAGE_TOKENS) for document in documents]
    passages: list[str] = []
    sentences: list[str] = []
    for document, its_passages in zip(documents, parts, strict=True):
        text = document.text
        for passage in its_passages:
            passages.append(embedding_text(passage, text[passage.start : passage.end]))
            sentences.extend(readable(text[s.start : s.end]) for s in passage.sentences)
    total = len(passages) + len(sentences)

    def tell(done: int) -> None:
        if progress is not None:
            progress("embedding", done, total, "texts")

    passage_vectors = for_passages.passages(passages, lambda done, _: tell(done))
    sentence_vectors = for_sentences.passages(sentences, lambda done, _: tell(len(passages) + done))
    cuts: list[Cut] = []
    row = sentence_row = 0
    for its_passages in parts:
        end = row + len(its_passages)
        sentence_end = sentence_row + sum(len(p.sentences) for p in its_passages)
        cuts.append(
            Cut(
                its_passages,
                passage_vectors[row:end],
                sentence_vectors[sentence_row:sentence_end],
            )
        )
        row, sentence_row = end, sentence_end
    return cuts
