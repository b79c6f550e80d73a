"""The default embedding model as a graph: the vectors of PyTorch, and a way back to it."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from index import models
from index.models import encoder
from index.models.encoder import Encoder
from index.models.sentence_transformer import SentenceTransformerEmbedding

TEXTS = [
    "Loans of objects last at most twelve months.",
    "تُعرض اللوحات في القاعة الثالثة حتى نهاية مارس ٢٠٢٤، والدخول مجاني للطلاب.",
    "word",
    "كتاب",
    "HP-300 ¦ 890 kg ¦ −12 °C",
    " ".join(f"The clause {number} binds the tenant of the house." for number in range(300)),
    " ".join(f"البند {number} يُلزم مستأجر البيت بالدفع." for number in range(300)),
    "",
]


@pytest.fixture(scope="module")
def original() -> SentenceTransformer:
    """The model by PyTorch, in float32."""
    return SentenceTransformer(
        str(models.find(models.DEFAULT_EMBEDDING)), device="cpu", local_files_only=True
    )


def test_vectors_are_those_of_pytorch(
    embedding: SentenceTransformerEmbedding, original: SentenceTransformer
) -> None:
    assert isinstance(embedding._model[0], Encoder)
    for ours, theirs in (
        (embedding.get_text_embedding_batch(TEXTS), original.encode_document(TEXTS)),
        (embedding.get_query_embedding_batch(TEXTS), original.encode_query(TEXTS)),
    ):
        cosines = (np.array(ours) * theirs).sum(axis=1)
        assert cosines.min() > 0.9995


def test_a_vector_does_not_depend_on_what_it_is_made_with(
    embedding: SentenceTransformerEmbedding,
) -> None:
    together = np.array(embedding.get_text_embedding_batch(TEXTS))
    alone = np.array([embedding.get_text_embedding(text) for text in TEXTS])
    assert (together * alone).sum(axis=1).min() > 0.999


@pytest.mark.parametrize(
    "lengths",
    [[1], [3, 3], [40, 30, 2], [6] * 300, list(range(200, 2, -3)), [512, 512, 400, 90, 3, 3]],
)
def test_every_text_lies_in_rows_by_itself(lengths: list[int]) -> None:
    rows = encoder._rows(lengths)
    taken = np.zeros(rows.shape, dtype=int)
    for length, row, start in zip(lengths, rows.row, rows.start, strict=True):
        assert start + length <= rows.shape[1]  # whole
        taken[row, start : start + length] += 1
    assert taken.max() == 1
    assert taken.sum() == sum(lengths)


def test_rows_hold_little_padding() -> None:
    for lengths in ([6] * 300, list(range(60, 20, -1)), [300, 200, *[40] * 20]):
        count, width = encoder._rows(lengths).shape
        assert count * width < 1.1 * sum(lengths)


def test_tokens_are_counted_as_pytorch_counts_them(
    embedding: SentenceTransformerEmbedding, original: SentenceTransformer
) -> None:
    wanted = original.tokenizer(TEXTS, add_special_tokens=False, verbose=False)["input_ids"]
    assert embedding.count_tokens(TEXTS) == [len(ids) for ids in wanted]


def test_probe_is_the_vector_of_pytorch(original: SentenceTransformer) -> None:
    found = original.encode(encoder._probe()["text"], normalize_embeddings=True)
    assert float(found @ encoder.probe_vector()) > 0.9999


def test_pytorch_takes_over_where_the_graph_does_not_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("could not create a primitive")

    monkeypatch.setattr(encoder, "_graph", refuse)
    with caplog.at_level(logging.WARNING):
        model = SentenceTransformerEmbedding(
            models.DEFAULT_EMBEDDING, models.find(models.DEFAULT_EMBEDDING)
        )
    assert "could not create a primitive" in caplog.text
    assert not isinstance(model._model[0], Encoder)
    assert len(model.get_text_embedding("word")) == 384


def test_a_graph_that_reckons_wrongly_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Encoder, "forward", _wrong)
    with pytest.raises(encoder.EncoderUnfit, match="cosine"):
        encoder.load(models.find(models.DEFAULT_EMBEDDING))


def _wrong(self: Encoder, features: dict[str, torch.Tensor], **_: object) -> dict[str, object]:
    vectors = torch.ones(len(features["input_ids"]), self.get_embedding_dimension())
    return {**features, "sentence_embedding": vectors}


def test_what_reports_usage_is_never_loaded() -> None:
    program = (
        "import sys, index.models.sentence_transformer; print('openvino_telemetry' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert found.stdout == "False\n", found.stderr


def test_threads_share_an_encoder(embedding: SentenceTransformerEmbedding) -> None:
    alone = [embedding.get_text_embedding(text) for text in TEXTS[:4]]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(embedding.get_text_embedding, TEXTS[:4] * 8))
    assert np.allclose(np.array(together), np.array(alone * 8), atol=1e-5)
