"""Texts -> unit vectors, by any LlamaIndex embedding; the model is loaded when first needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index import models
from index.schema import Vectors

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

# A batch is bounded in characters, so that a waiting question never waits long, and in texts.
_BATCH_CHARACTERS = 12_000
_BATCH_TEXTS = 64


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
        self._lock = threading.RLock()

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._loaded is not None

    def load(self) -> BaseEmbedding:
        """The LlamaIndex embedding. Raises ModelMissing or ModelUnknown."""
        with self._lock:
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
        with self._lock:
            if together is not None:
                vectors = together(list(texts))
            else:
                vectors = [embedding.get_query_embedding(text) for text in texts]
        return _unit(np.asarray(vectors, dtype=np.float32))

    def passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Unit vectors [n, dimension] of passages or sentences, in the order given."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        embedding = self.load()
        # Texts of like length go together: a batch is padded to its longest.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors: list[list[float]] = []
        for batch in _batches(order, texts):
            with self._lock:  # the tokenizer is not safe for two threads
                vectors.extend(embedding.get_text_embedding_batch([texts[i] for i in batch]))
            if progress is not None:
                progress(len(vectors), len(texts))
        sorted_vectors = _unit(np.asarray(vectors, dtype=np.float32))
        in_order = np.empty_like(sorted_vectors)
        in_order[order] = sorted_vectors
        return in_order

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, by the model's own tokenizer where it has one."""
        count = getattr(self.load(), "count_tokens", None)
        if count is None:
            # An embedding from elsewhere hides its tokenizer: four characters a token is the
            # usual rule for English, Arabic runs to about three; the smaller is the safer.
            return [-(-len(text) // 3) for text in texts]
        with self._lock:
            counts: list[int] = count(texts)
        return counts


def _batches(order: Sequence[int], texts: Sequence[str]) -> list[list[int]]:
    batches: list[list[int]] = []
    room = 0
    for i in order:
        if not batches or room < len(texts[i]) or len(batches[-1]) == _BATCH_TEXTS:
            batches.append([])
            room = _BATCH_CHARACTERS
        batches[-1].append(i)
        room -= len(texts[i])
    return batches


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
    from index.sentence_transformer import SentenceTransformerEmbedding

    return SentenceTransformerEmbedding(name, folder)
