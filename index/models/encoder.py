"""BERT as an OpenVINO graph: the first module of a SentenceTransformer, fast on processors.

The graph is built from the weights of a model folder each time it is loaded, which takes a second.
It multiplies in bfloat16 where the processor does so natively, else in float32; vectors come out at
a cosine of 1.0000 to those of PyTorch in float32. Int8 (weights by output, activations by groups of
128) is a third faster yet and comes to .9995: recall@1 on XQuAD stays within .002, but of 145
everyday questions four were answered worse and one better. The time it takes beside PyTorch's:
`python -m benchmarks.embedding_speed`.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import torch
from safetensors import safe_open
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize
from tokenizers import Tokenizer

# Its converter, which is not used here, would load a package that reports usage to its makers.
sys.modules["openvino.tools.ovc"] = None  # type: ignore[assignment]
import openvino as ov  # noqa: E402
from openvino import opset13 as op  # noqa: E402

_MASKED = -1e9
_ALIKE = 0.999
"""The cosine that the probe's vector has at least with the one of PyTorch in float32."""

Array = npt.NDArray[Any]


class EncoderUnfit(Exception):
    """This processor does not run the graph, or runs it wrongly."""


def load(folder: Path) -> SentenceTransformer:
    """The model in `folder`, multilingual-e5-small, with its encoder as a graph.

    Raises EncoderUnfit.
    """
    settings = json.loads((folder / "config_sentence_transformers.json").read_text("utf-8"))
    try:
        model = SentenceTransformer(
            modules=[Encoder(folder), Normalize()], prompts=settings["prompts"], device="cpu"
        )
        likeness = float(model.encode(_probe()["text"]) @ probe_vector())
    except RuntimeError as error:  # all that OpenVINO raises
        raise EncoderUnfit(str(error)) from error
    if not likeness >= _ALIKE:
        raise EncoderUnfit(f"its probe has a cosine of {likeness}")
    return model


class Encoder(InputModule):
    """Texts -> the mean of their tokens' vectors, in the place of `Transformer` and `Pooling`.

    Pooled in the graph, so that a vector for each text is copied instead of one for each token.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self.max_seq_length: int = config["max_position_embeddings"]
        self._dimension: int = config["hidden_size"]
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._padding: int = config["pad_token_id"]
        # Looked up here: OpenVINO would keep a copy of the table, in float32.
        self._words = _mapped(folder / "model.safetensors", "embeddings.word_embeddings.weight")
        compiled = ov.Core().compile_model(_graph(folder / "model.safetensors", config), "CPU")
        self._request = compiled.create_infer_request()
        self._lock = threading.Lock()  # a request serves one at a time

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: object
    ) -> dict[str, torch.Tensor | Any]:
        """The token ids of the texts, padded to the longest, and which of them are no padding."""
        encoded = self.tokenizer.encode_batch([f"{prompt or ''}{text}" for text in inputs])
        lengths = [min(len(each.ids), self.max_seq_length) for each in encoded]
        ids = np.full((len(encoded), max(lengths)), self._padding, np.int64)
        for row, each, length in zip(ids, encoded, lengths, strict=True):
            row[: length - 1] = each.ids[: length - 1]
            row[length - 1] = each.ids[-1]  # the end of the text, also where it is cut
        mask = np.arange(ids.shape[1]) < np.array(lengths)[:, np.newaxis]
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy(mask.astype(np.int64)),
        }

    def forward(
        self, features: dict[str, torch.Tensor | Any], **_: object
    ) -> dict[str, torch.Tensor | Any]:
        """Adds "sentence_embedding" [batch, hidden] to the features."""
        mask = features["attention_mask"].numpy().astype(np.float32)
        words = self._words[features["input_ids"].numpy()].astype(np.float32)
        with self._lock:
            self._request.infer([words, mask])
            found = self._request.get_output_tensor(0).data.copy()
        return {**features, "sentence_embedding": torch.from_numpy(found)}

    def get_embedding_dimension(self) -> int:
        """The length of its vectors."""
        return self._dimension

    def save(self, *_: object, **__: object) -> NoReturn:
        """Not there: what is to be saved lies in the folder that it was made from."""
        raise NotImplementedError("save the model that the encoder was made from")


def probe_vector() -> npt.NDArray[np.float32]:
    """The unit vector of the probe's text by PyTorch in float32."""
    packed = base64.b64decode(_probe()["vector"])
    return np.frombuffer(packed, "<f2").astype(np.float32)


def _probe() -> dict[str, str]:
    file = resources.files("index.models") / "probe.json"
    probe: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return probe


# --- The graph -----------------------------------------------------------------------------------


def _graph(weights: Path, config: dict[str, Any]) -> ov.Model:
    """Words [batch, tokens, hidden], a mask (0 for padding) -> mean vectors [batch, hidden]."""
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    epsilon = config["layer_norm_eps"]
    words = op.parameter([-1, -1, hidden], np.float32, name="words")
    mask = op.parameter([-1, -1], np.float32, name="attention_mask")
    with safe_open(weights, "np") as file:

        def tensor(name: str) -> Array:
            found: Array = file.get_tensor(name)
            return found.astype(np.float32)

        def normal(x: ov.Node, name: str) -> ov.Node:
            scaled = op.mvn(x, _ints(-1), True, epsilon, "inside_sqrt")
            scaled = op.multiply(scaled, op.constant(tensor(f"{name}.weight")))
            return op.add(scaled, op.constant(tensor(f"{name}.bias")))

        def dense(x: ov.Node, *names: str) -> ov.Node:
            matrix = np.concatenate([tensor(f"{name}.weight") for name in names])
            bias = np.concatenate([tensor(f"{name}.bias") for name in names])
            return op.add(op.matmul(x, op.constant(matrix), False, True), op.constant(bias))

        def attention(x: ov.Node, name: str, padding: ov.Node) -> ov.Node:
            each = [f"{name}.self.{part}" for part in ("query", "key", "value")]
            query, key, value = (
                op.transpose(
                    op.reshape(part, _ints(0, 0, heads, hidden // heads), True), _ints(0, 2, 1, 3)
                )
                for part in op.split(dense(x, *each), op.constant(np.int64(2)), 3).outputs()
            )
            mixed = op.scaled_dot_product_attention(query, key, value, padding, causal=False)
            together = op.reshape(op.transpose(mixed, _ints(0, 2, 1, 3)), _ints(0, 0, hidden), True)
            return dense(together, f"{name}.output.dense")

        places = tensor("embeddings.position_embeddings.weight")
        places += tensor("embeddings.token_type_embeddings.weight")[0]
        count = op.gather(op.shape_of(mask), _ints(1), op.constant(np.int64(0)))
        standing = op.slice(op.constant(places), _ints(0), count, _ints(1), _ints(0))
        x = normal(op.add(words, standing), "embeddings.LayerNorm")
        absent = op.subtract(op.constant(np.float32(1)), mask)
        padding = op.unsqueeze(op.multiply(absent, op.constant(np.float32(_MASKED))), _ints(1, 2))
        for layer in range(config["num_hidden_layers"]):
            name = f"encoder.layer.{layer}"
            x = op.add(x, attention(x, f"{name}.attention", padding))
            x = normal(x, f"{name}.attention.output.LayerNorm")
            inner = op.gelu(dense(x, f"{name}.intermediate.dense"), "erf")
            x = normal(op.add(x, dense(inner, f"{name}.output.dense")), f"{name}.output.LayerNorm")
        kept = op.unsqueeze(mask, _ints(2))
        sums = op.reduce_sum(op.multiply(x, kept), _ints(1))
        mean = op.divide(sums, op.reduce_sum(kept, _ints(1)))
    return ov.Model([mean], [words, mask], "encoder")


def _ints(*numbers: int) -> ov.Node:
    return op.constant(np.array(numbers, np.int64))


def _mapped(weights: Path, name: str) -> Array:
    """A tensor of a safetensors file where it lies: 190 MB that are read as far as needed."""
    with weights.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(length))[name]
    types = {"F16": "<f2", "F32": "<f4"}
    begin = 8 + length + entry["data_offsets"][0]
    return np.memmap(weights, types[entry["dtype"]], "r", begin, tuple(entry["shape"]))
