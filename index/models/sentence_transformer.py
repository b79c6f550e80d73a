"""A sentence-transformers model behind LlamaIndex's embedding interface.

Heavy to import (PyTorch, transformers, LlamaIndex): only `index.models.embed` does, when vectors
are first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from logging import getLogger
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding
from llama_index.core.bridge.pydantic import PrivateAttr
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils import logging

from index.models import encoder
from index.models.catalogue import DEFAULT_EMBEDDING

_LOG = getLogger(__name__)

# Standard error is the person's, not the loader's.
logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def best_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (about twice as fast), else float32."""
    capabilities = torch.cpu.get_capabilities()
    native = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    return torch.bfloat16 if native else torch.float32


class SentenceTransformerEmbedding(BaseEmbedding):
    """Unit vectors from a sentence-transformers folder, each kind of text with its own prompt."""

    _model: SentenceTransformer = PrivateAttr()

    def __init__(self, model_name: str, folder: Path, embed_batch_size: int = 256) -> None:
        super().__init__(model_name=model_name, embed_batch_size=embed_batch_size)
        self._model = _load(model_name, folder)

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex serialises it."""
        return "SanadSentenceTransformerEmbedding"

    @property
    def dimension(self) -> int:
        """The length of its vectors."""
        dimension = self._model.get_embedding_dimension()
        assert dimension is not None  # noqa: S101 - every model that pools has one
        return dimension

    @property
    def prompts(self) -> dict[str, str]:
        """The prompts that go before queries and documents."""
        return {kind: prompt or "" for kind, prompt in self._model.prompts.items()}

    @property
    def token_limit(self) -> int:
        """The most tokens the model reads of one text."""
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, without special tokens and prompt."""
        if not texts:  # for which the tokenizer raises
            return []
        tokenizer = self._model.tokenizer
        if isinstance(tokenizer, Tokenizer):
            encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
            return [len(encoding.ids) for encoding in encodings]
        encoded = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def get_query_embedding_batch(self, queries: list[str]) -> list[Embedding]:
        """The vectors of several questions at once."""
        vectors = self._model.encode_query(
            queries, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return _lists(vectors)

    def get_mixed_embedding_batch(self, query: str, texts: list[str]) -> list[Embedding]:
        """The vectors of a question and of a few short texts, the question's first.

        In one pass by the encoder, in which short texts share a row; another model would pad each
        to the length of the question.
        """
        if not isinstance(self._model[0], encoder.Encoder):
            return self.get_query_embedding_batch([query]) + self._get_text_embeddings(texts)
        prompts = self.prompts
        every = [prompts["query"] + query, *(prompts["document"] + text for text in texts)]
        vectors = self._model.encode(
            every, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return _lists(vectors)

    def _get_query_embedding(self, query: str) -> Embedding:
        return self.get_query_embedding_batch([query])[0]

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> Embedding:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        vectors = self._model.encode_document(
            texts,
            batch_size=len(texts),
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return _lists(vectors)


def _load(name: str, folder: Path) -> SentenceTransformer:
    """The model, with its encoder as a graph where that is known and this processor runs it."""
    accelerated = torch.cuda.is_available()
    if name == DEFAULT_EMBEDDING and not accelerated:
        try:
            return encoder.load(folder)
        except encoder.EncoderUnfit as error:
            _LOG.warning("OpenVINO does not run here, PyTorch takes its place: %s", error)
    return SentenceTransformer(
        str(folder),
        device="cuda" if accelerated else "cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"dtype": best_dtype()},
    )


def _lists(vectors: npt.NDArray[np.float32]) -> list[Embedding]:
    lists: list[Embedding] = vectors.tolist()
    return lists
