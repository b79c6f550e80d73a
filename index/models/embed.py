"""Texts -> unit vectors, by any LlamaIndex embedding; the model is loaded when first needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index import models
from index.arrays import Vectors
from index.turns import TURNS

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_BATCH_TOKENS = 2_048
"""Of a batch with all its texts padded to the longest: a question waits for one batch at most."""
_BATCH_TEXTS = 256
_FEW_TEXTS = 24
"""Less than `sentence_transformers` takes at once."""
_TEXT_OVERHEAD = 6
"""Tokens that a text costs beside its own: the prompt and the model's special tokens."""
_TEXT_CHARACTERS = 8_192
"""What goes to a model of one text. Models read some hundred tokens, but would tokenise all of
it; 512 tokens are a quarter of this in either language."""
_COUNTED_CHARACTERS = 20_000
"""Of texts whose tokens are counted at once; a longer one is counted in pieces."""


class EmbeddingProgress(Protocol):
    """Told how many of the texts are embedded."""

    def __call__(self, done: int, total: int) -> None: ...


class Embedder:
    """One embedding model: its name, and vectors on demand.

    `name` is a name of the catalogue, a folder, or a hub name that was pulled. Pass `embedding`
    to bring any LlamaIndex embedding of your own instead.
    """

    def __init__(self, name: str, embedding: BaseEmbedding | None = None) -> None:
        self.name = name
        self._given = embedding
        self._loaded: BaseEmbedding | None = None
        self._loading = threading.Lock()
        self._lock = threading.Lock()  # the tokenizer is not safe for two threads

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._loaded is not None

    def load(self) -> BaseEmbedding:
        """The LlamaIndex embedding. Raises ModelMissing or ModelUnknown."""
        with self._loading:
            if self._loaded is None:
                self._loaded = self._given or _open(self.name)
            return self._loaded

    def recipe(self) -> dict[str, object]:
        """What makes its vectors what they are: the name, the dimension, the prompts."""
        embedding = self.load()
        return {
            "name": self.name,
            "dimension": getattr(embedding, "dimension", None) or len(self.query("dimension")),
            "prompts": getattr(embedding, "prompts", {}),
        }

    def query(self, text: str) -> Vectors:
        """The unit vector [dimension] of a question."""
        unit: Vectors = self.queries([text])[0]
        return unit

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [n, dimension] of questions, together where the embedding can."""
        embedding = self.load()
        together = getattr(embedding, "get_query_embedding_batch", None)
        embed = together or (lambda batch: [embedding.get_query_embedding(t) for t in batch])
        with TURNS.asking():
            return self._embedded(texts, embed)

    def query_and_passages(self, query: str, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """The unit vector [dimension] of a question, and those of short texts [n, dimension].

        In one pass where the embedding can, and where they are as few as a question has words.
        """
        together = getattr(self.load(), "get_mixed_embedding_batch", None)
        if together is None or not 0 < len(texts) <= _FEW_TEXTS:
            return self.query(query), self.passages(texts)
        with TURNS.asking(), self._turn():
            vectors = together(query[:_TEXT_CHARACTERS], list(texts))
        unit = _unit(np.asarray(vectors, dtype=np.float32))
        return unit[0], unit[1:]

    def passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Unit vectors [n, dimension] of passages or sentences, in the order given.

        What is there several times is embedded once.
        """
        rows: dict[str, int] = {}
        for text in texts:
            rows.setdefault(text, len(rows))

        def tell(done: int, total: int) -> None:
            if progress is not None:
                progress(done * len(texts) // total, len(texts))

        vectors = self._embedded(list(rows), self.load().get_text_embedding_batch, tell)
        return vectors if len(rows) == len(texts) else vectors[[rows[text] for text in texts]]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, by the model's own tokenizer where it has one."""
        count = getattr(self.load(), "count_tokens", None)
        if count is None:
            # An embedding from elsewhere hides its tokenizer: four characters a token is the
            # usual rule for English, Arabic runs to about three; the smaller is the safer.
            return [-(-len(text) // 3) for text in texts]
        counts = [0] * len(texts)
        for batch in _slices(texts):
            with self._turn():
                found: list[int] = count([piece for _, piece in batch])
            for (number, _), tokens in zip(batch, found, strict=True):
                counts[number] += tokens
        return counts

    def _embedded(
        self,
        texts: Sequence[str],
        embed: Callable[[list[str]], Sequence[Sequence[float]]],
        progress: EmbeddingProgress | None = None,
    ) -> Vectors:
        """The unit vectors that `embed` gives, batch by batch."""
        in_order: Vectors = np.zeros((0, 0), dtype=np.float32)
        done = 0
        read = [text[:_TEXT_CHARACTERS] for text in texts]
        # Texts of like length go together: a batch is padded to its longest.
        lengths = self.count_tokens(read) if len(read) > 1 else [0]
        order = sorted(range(len(read)), key=lambda i: -lengths[i])
        for batch in _batches(order, lengths):
            with self._turn():
                vectors = embed([read[i] for i in batch])
            # At once into an array: as lists of numbers they would take eight times the room.
            unit = _unit(np.asarray(vectors, dtype=np.float32))
            if not done:
                in_order = np.empty((len(texts), unit.shape[1]), dtype=np.float32)
            in_order[batch] = unit
            done += len(batch)
            if progress is not None:
                progress(done, len(texts))
        return in_order

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The model, for one batch."""
        with TURNS.turn(), self._lock:
            yield


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """The texts of these tokens in batches, in an order from the longest to the shortest."""
    batch: list[int] = []
    most = 0
    for i in order:
        if len(batch) == most:
            if batch:
                yield batch
            batch = []
            most = max(1, min(_BATCH_TEXTS, _BATCH_TOKENS // (lengths[i] + _TEXT_OVERHEAD)))
        batch.append(i)
    if batch:
        yield batch


def _slices(texts: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """The texts with their numbers, in batches of so many characters; longer ones in pieces."""
    batch: list[tuple[int, str]] = []
    room = _COUNTED_CHARACTERS
    for number, text in enumerate(texts):
        for start in range(0, len(text), _COUNTED_CHARACTERS):
            piece = text[start : start + _COUNTED_CHARACTERS]
            if batch and len(piece) > room:
                yield batch
                batch, room = [], _COUNTED_CHARACTERS
            batch.append((number, piece))
            room -= len(piece)
    if batch:
        yield batch


def _unit(vectors: Vectors) -> Vectors:
    """Scale rows to length 1, so that inner products are cosines."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, 1e-12)
    return unit


def _open(name: str) -> BaseEmbedding:
    folder = models.find(name)
    # Before the first import of the hub client: offline means offline.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from index.models.sentence_transformer import SentenceTransformerEmbedding

    return SentenceTransformerEmbedding(name, folder)
