"""Models: which there are, where they lie on this machine, and how they get there.

<cache>/models/<name>/           a finished model; it appears by one rename
<cache>/hub/<owner>--<model>/    the same, for any other model of the hub
<cache>/downloads/<name>/        parts of an unfinished model
<cache>/<name>.lock              held while a model is being fetched
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index import errors
from index.models.catalogue import (
    CATALOGUE,
    DEFAULT_EMBEDDING,
    DEFAULT_LANGUAGE_MODEL,
    CatalogueModel,
    HubFile,
    HubSource,
    WheelSource,
)
from index.models.fetching import Progress, fetch
from index.models.machine import Machine

__all__ = [
    "CATALOGUE",
    "DEFAULT_EMBEDDING",
    "DEFAULT_LANGUAGE_MODEL",
    "CatalogueModel",
    "Fit",
    "HubFile",
    "HubSource",
    "ModelState",
    "Progress",
    "WheelSource",
    "cache_folder",
    "find",
    "fit",
    "is_better",
    "pull",
    "recommended",
    "states",
]

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)

Fit = Literal["well", "slowly", "not"]


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model of the catalogue and where it lies on this machine; None when it is not there."""

    model: CatalogueModel
    path: Path | None


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
    that `accept_licence` accepts), ModelUnreachable, ModelDamaged, ModelNoRoom, or ModelError
    when, say, the cache cannot be written.
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
                room = cache_folder() / "downloads" / _folder(model).name
                fetch(model, room, _folder(model), progress or _silent)
    except OSError as error:
        raise errors.ModelError(name=name, detail=error.strerror or str(error)) from error
    return _path(model)


def fit(model: CatalogueModel, machine: Machine) -> Fit | None:
    """How well a language model would run there; None where nobody can tell.

    Half of the memory is left to everything else on the machine.
    """
    if machine.memory is None:
        return None
    if 2 * model.memory > machine.memory:
        return "not"
    return "well" if model.cores <= machine.cores else "slowly"


def recommended(machine: Machine) -> CatalogueModel | None:
    """The best language model that would run well there, besides the default one."""
    offered = (model for model in CATALOGUE.values() if is_better(model))
    return next((model for model in offered if fit(model, machine) == "well"), None)


def is_better(model: CatalogueModel) -> bool:
    """Whether it is a language model that is offered beside the default one."""
    return model.kind == "language" and model.name != DEFAULT_LANGUAGE_MODEL


def _silent(stage: str, done: int, total: int, unit: str) -> None:
    pass


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
