"""Embedding: batches sorted by length against batches as they come; bfloat16 against float32."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import torch

from benchmarks.texts import document
from index import models
from index.embed import Embedder
from index.sentence_transformer import SentenceTransformerEmbedding, best_dtype


def main() -> None:
    chance = random.Random(1)  # noqa: S311
    texts = [document(n, chance.randint(10, 150)) for n in range(96)]
    folder = models.find(models.DEFAULT_EMBEDDING)
    native = SentenceTransformerEmbedding(models.DEFAULT_EMBEDDING, folder)
    tokens = sum(native.count_tokens(texts))
    embedder = Embedder(models.DEFAULT_EMBEDDING, native)

    def in_order() -> None:
        for start in range(0, len(texts), 32):
            native.get_text_embedding_batch(texts[start : start + 32])

    ways: dict[str, Callable[[], object]] = {
        f"{best_dtype()}, sorted by length": lambda: embedder.passages(texts),
        f"{best_dtype()}, as they come": in_order,
    }
    if best_dtype() != torch.float32:
        wide = SentenceTransformerEmbedding(models.DEFAULT_EMBEDDING, folder)
        wide._model.float()
        wide_embedder = Embedder(models.DEFAULT_EMBEDDING, wide)
        ways["torch.float32, sorted by length"] = lambda: wide_embedder.passages(texts)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()  # warm
    for _ in range(3):  # in turn, so that a slow minute hits all alike
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - began)
    best = min(min(runs) for runs in times.values())
    for name, runs in times.items():
        median = sorted(runs)[1]
        print(f"{name:40} {tokens / median:8.0f} tokens/s   {median / best:5.2f} x the best")


if __name__ == "__main__":
    main()
