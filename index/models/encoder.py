"""BERT as an OpenVINO graph: the first module of a SentenceTransformer, fast on processors.

The graph is built from the weights of a model folder each time it is loaded, which takes a second.
It multiplies in bfloat16 where the processor does so natively, else in float32; vectors come out at
a cosine of 1.0000 to those of PyTorch in float32. Int8 (weights by output, activations by groups of
128) is a third faster yet and comes to .9995: recall@1 on XQuAD stays within .002, but of 145
everyday questions four were answered worse and one better. The time it takes beside PyTorch's:
`python -m benchmarks.embedding_speed`.

Short texts share a row, one behind the other, and see nothing of each other. With a row for each,
all as long as the longest, a quarter of what is computed for a document of one passage and its
sentences is padding: adding one took 264 ms instead of 170.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

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
_NOBODY = -1
"""The owner of padding."""
_SHORT_ROW, _LONG_ROW, _STEP = 96, 384, 16
"""Tokens: texts that have no more together lie in one row; else a row may be so long where no text
is longer, and lengths in these steps are tried."""
_FULL = 1.02
"""Rows with no more tokens than so many times those of the texts are not bettered."""
_ATTENTION = 2_000
"""Tokens of a row that double what one token takes."""
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
        """The token ids of the texts in rows, whose each is, and where it stands in its text."""
        encoded = self.tokenizer.encode_batch([f"{prompt or ''}{text}" for text in inputs])
        most = self.max_seq_length
        # Of a text that is cut the end of the text stays.
        texts = [e.ids if len(e.ids) <= most else [*e.ids[: most - 1], e.ids[-1]] for e in encoded]
        rows = _rows([len(ids) for ids in texts])
        ids = np.full(rows.shape, self._padding, np.int64)
        owners = np.full(rows.shape, _NOBODY, np.int64)
        places = np.zeros(rows.shape, np.int64)
        for number, (text, row, start) in enumerate(zip(texts, rows.row, rows.start, strict=True)):
            here = (row, slice(start, start + len(text)))
            ids[here], owners[here], places[here] = text, number, np.arange(len(text))
        return {
            "input_ids": torch.from_numpy(ids),
            "owners": torch.from_numpy(owners),
            "position_ids": torch.from_numpy(places),
            "texts": torch.arange(len(texts)),
        }

    def forward(
        self, features: dict[str, torch.Tensor | Any], **_: object
    ) -> dict[str, torch.Tensor | Any]:
        """Adds "sentence_embedding" [texts, hidden] to the features."""
        ids, owners, places, texts = (
            features[name].numpy() for name in ("input_ids", "owners", "position_ids", "texts")
        )
        words = self._words[ids].astype(np.float32)
        with self._lock:
            self._request.infer([words, owners, places, texts])
            found = self._request.get_output_tensor(0).data.copy()
        return {**features, "sentence_embedding": torch.from_numpy(found)}

    def get_embedding_dimension(self) -> int:
        """The length of its vectors."""
        return self._dimension

    def save(self, *_: object, **__: object) -> NoReturn:
        """Not there: what is to be saved lies in the folder that it was made from."""
        raise RuntimeError("save the model that the encoder was made from")


def probe_vector() -> npt.NDArray[np.float32]:
    """The unit vector of the probe's text by PyTorch in float32."""
    packed = base64.b64decode(_probe()["vector"])
    return np.frombuffer(packed, "<f2").astype(np.float32)


def _probe() -> dict[str, str]:
    file = resources.files("index.models") / "probe.json"
    probe: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return probe


# --- Rows ----------------------------------------------------------------------------------------


class _Rows(NamedTuple):
    """How texts lie in rows: how many there are and how long, and where each text begins."""

    shape: tuple[int, int]
    row: list[int]
    start: list[int]


def _rows(lengths: Sequence[int]) -> _Rows:
    """The rows for texts of these lengths that take the least time."""
    longest, together = max(lengths), sum(lengths)
    if together <= _SHORT_ROW:
        return _filled(lengths, together)
    best = _filled(lengths, longest)
    for width in range(longest + _STEP, _LONG_ROW + 1, _STEP):
        if best.shape[0] * best.shape[1] <= _FULL * together:
            break
        best = min(best, _filled(lengths, width), key=_cost)
    return best


def _filled(lengths: Sequence[int], width: int) -> _Rows:
    """Each text in the first row with room for it, else in a new one (the longest come first)."""
    row: list[int] = []
    used: list[int] = []
    start: list[int] = []
    for length in lengths:
        at = next((at for at, taken in enumerate(used) if taken + length <= width), len(used))
        if at == len(used):
            used.append(0)
        row.append(at)
        start.append(used[at])
        used[at] += length
    return _Rows((len(used), width), row, start)


def _cost(rows: _Rows) -> float:
    """What rows take of time, in tokens; the longer they are, the more attention takes of it."""
    count, width = rows.shape
    return count * width * (1 + width / _ATTENTION)


# --- The graph -----------------------------------------------------------------------------------


def _graph(weights: Path, config: dict[str, Any]) -> ov.Model:
    """Words [rows, tokens, hidden] of texts -> their mean vectors [texts, hidden].

    `owners` [rows, tokens] are the numbers of the texts that the words belong to, `places` where
    they stand in them, `texts` the numbers of those whose means are wanted.
    """
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    epsilon = config["layer_norm_eps"]
    words = op.parameter([-1, -1, hidden], np.float32, name="words")
    owners = op.parameter([-1, -1], np.int64, name="owners")
    places = op.parameter([-1, -1], np.int64, name="places")
    texts = op.parameter([-1], np.int64, name="texts")
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

        def attention(x: ov.Node, name: str, mask: ov.Node) -> ov.Node:
            each = [f"{name}.self.{part}" for part in ("query", "key", "value")]
            query, key, value = (
                op.transpose(
                    op.reshape(part, _ints(0, 0, heads, hidden // heads), True), _ints(0, 2, 1, 3)
                )
                for part in op.split(dense(x, *each), op.constant(np.int64(2)), 3).outputs()
            )
            mixed = op.scaled_dot_product_attention(query, key, value, mask, causal=False)
            together = op.reshape(op.transpose(mixed, _ints(0, 2, 1, 3)), _ints(0, 0, hidden), True)
            return dense(together, f"{name}.output.dense")

        table = tensor("embeddings.position_embeddings.weight")
        table += tensor("embeddings.token_type_embeddings.weight")[0]
        standing = op.gather(op.constant(table), places, op.constant(np.int64(0)))
        x = normal(op.add(words, standing), "embeddings.LayerNorm")
        strange = op.not_equal(op.unsqueeze(owners, _ints(1)), op.unsqueeze(owners, _ints(2)))
        mask = op.multiply(op.convert(strange, "f32"), op.constant(np.float32(_MASKED)))
        mask = op.unsqueeze(mask, _ints(1))
        for layer in range(config["num_hidden_layers"]):
            name = f"encoder.layer.{layer}"
            x = op.add(x, attention(x, f"{name}.attention", mask))
            x = normal(x, f"{name}.attention.output.LayerNorm")
            inner = op.gelu(dense(x, f"{name}.intermediate.dense"), "erf")
            x = normal(op.add(x, dense(inner, f"{name}.output.dense")), f"{name}.output.LayerNorm")
        every = op.reshape(owners, _ints(1, -1), False)
        own = op.convert(op.equal(op.unsqueeze(texts, _ints(1)), every), "f32")
        sums = op.matmul(own, op.reshape(x, _ints(-1, hidden), False), False, False)
        mean = op.divide(sums, op.reduce_sum(own, _ints(1), True))
    return ov.Model([mean], [words, owners, places, texts], "encoder")


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
