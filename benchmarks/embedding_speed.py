"""Embedding by OpenVINO and by PyTorch: tokens a second, and milliseconds for one question."""

from __future__ import annotations

import random
import statistics
import time

import torch
from sentence_transformers import SentenceTransformer

from benchmarks.texts import document
from index import models
from index.models import encoder
from index.models.embed import Embedder
from index.models.sentence_transformer import SentenceTransformerEmbedding, best_dtype

_ROUNDS = 5
_QUESTION = "How many days of leave does a new employee have in the first year?"
_MULTIPLICATIONS = 21.3e6
"""Weights of the matrices of multilingual-e5-small: a token is multiplied with each of them."""


def main() -> None:
    chance = random.Random(1)  # noqa: S311
    texts = [document(n, chance.randint(10, 150)) for n in range(96)]
    name, folder = models.DEFAULT_EMBEDDING, models.find(models.DEFAULT_EMBEDDING)
    ways = {"OpenVINO": encoder.load(folder)}
    for dtype in dict.fromkeys((best_dtype(), torch.float32)):
        ways[f"PyTorch, {dtype}"] = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": dtype}
        )
    embedders: dict[str, Embedder] = {}
    tokens = 0
    for way, model in ways.items():
        embedding = SentenceTransformerEmbedding(name, folder)
        embedding._model = model
        tokens = sum(embedding.count_tokens(texts))
        embedders[way] = Embedder(name, embedding)
        embedders[way].passages(texts)  # warm
        embedders[way].query(_QUESTION)
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    questions: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(_ROUNDS):  # in turn, so that a slow minute hits all alike
        for way, embedder in embedders.items():
            began = time.perf_counter()
            embedder.passages(texts)
            seconds[way].append(time.perf_counter() - began)
            for _ in range(10):
                began = time.perf_counter()
                embedder.query(_QUESTION)
                questions[way].append(time.perf_counter() - began)
    first = statistics.median(next(iter(seconds.values())))
    for way in ways:
        median = statistics.median(seconds[way])
        print(
            f"{way:24} {tokens / median:8.0f} tokens/s   {median / first:5.2f} x the time"
            f"   a question {1000 * statistics.median(questions[way]):6.1f} ms"
        )
    reckoned = _reckoned()
    print(
        f"this machine multiplies {reckoned / 1e9:.0f} GFLOP/s in {best_dtype()}: at most "
        f"{reckoned / (2 * _MULTIPLICATIONS):.0f} tokens/s so"
    )


def _reckoned() -> float:
    """Floating-point operations a second of large matrix products, in the best type."""
    one, other = (torch.ones(2048, 2048, dtype=best_dtype()) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        began = time.perf_counter()
        torch.mm(one, other)
        best = min(best, time.perf_counter() - began)
    return 2 * 2048**3 / best


if __name__ == "__main__":
    main()
