"""The models of the catalogue as the page shows them, and the one that is being fetched."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from index import Language, SanadError, models
from index.errors import ModelError, ModelLicence, ModelUnknown
from index.models.machine import Machine
from ui.errors import ChoiceRefused
from ui.strings.settings import GOOD_FOR
from ui.threads import Progress, Stopping

_SECONDS_TO_STOP = 5.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """A model of the catalogue: what it is, and whether it is on this machine.

    `size` and `memory` are in bytes, `size` None where it is not known yet; `licence_url` leads to
    terms, None where they need no accepting. `better` is a language model that is offered beside
    the default one; `fit` says how well a language model runs on this machine.
    `may_embed` says that the documents can be embedded with it instead of as they are now.
    """

    name: str
    kind: Literal["embedding", "language"]
    size: int | None
    memory: int
    cores: int
    licence: str
    licence_url: str | None
    good_for: dict[Language, str]
    there: bool
    needs_acceptance: bool
    in_use: bool
    may_embed: bool
    better: bool
    recommended: bool
    fit: models.Fit | None


@dataclass(frozen=True, slots=True)
class EmbeddingsInUse:
    """The models that embed passages and single sentences, and whether others may be chosen."""

    passages: str
    sentences: str
    changeable: bool


@dataclass(frozen=True, slots=True)
class DownloadState:
    """How far fetching has come: `done` of `total` of a stage, in `unit`s.

    `stage` is what `index.models.Progress` is told.
    """

    name: str
    stage: str
    done: int
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class FailedDownload:
    """Why a model is not here."""

    name: str
    error: SanadError


def catalogue_states(
    embeddings: EmbeddingsInUse, language_models: Collection[str], machine: Machine
) -> list[CatalogueState]:
    """Every model of the catalogue; `language_models` are the names of those that answer."""
    in_use = {embeddings.passages, embeddings.sentences, *language_models}
    recommended = models.recommended(machine)
    return [
        CatalogueState(
            name=state.model.name,
            kind=state.model.kind,
            size=state.model.bytes,
            memory=state.model.memory,
            cores=state.model.cores,
            licence=state.model.licence,
            licence_url=state.model.terms,
            good_for=good_for(state.model),
            there=state.path is not None,
            needs_acceptance=state.model.terms is not None,
            in_use=state.model.name in in_use,
            may_embed=embeddings.changeable
            and state.model.kind == "embedding"
            and state.path is not None
            and state.model.name != embeddings.passages,
            better=models.is_better(state.model),
            recommended=state.model == recommended,
            fit=models.fit(state.model, machine) if state.model.kind == "language" else None,
        )
        for state in models.states()
    ]


def good_for(model: models.CatalogueModel) -> dict[Language, str]:
    """What it is good for, in both languages."""
    return {"en": model.summary, "ar": GOOD_FOR.get(model.name, model.summary)}


class Downloads:
    """Fetches models of the catalogue, one at a time, in a thread of its own.

    What was fetched of a model stays when it is stopped, and the next start goes on from there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pull: _Pull | None = None
        self._thread: threading.Thread | None = None
        self._failed: FailedDownload | None = None
        # The thread does not keep the process from ending, but what it started ends with it.
        atexit.register(self.stop)

    def start(self, name: str, *, accept_licence: bool = False) -> None:
        """Begin to fetch a model.

        Raises ModelUnknown, ModelLicence where its terms were not accepted, and ChoiceRefused
        while another one is being fetched.
        """
        model = models.CATALOGUE.get(name)
        if model is None:
            raise ModelUnknown(name=name)
        if model.terms is not None and not accept_licence:
            raise ModelLicence(name=name, licence=model.licence, terms=model.terms)
        with self._lock:
            if self._pull is not None:
                raise ChoiceRefused("download_busy", name=self._pull.state.name)
            self._failed = None
            self._pull = _Pull(name, model.bytes or 0)
            self._thread = threading.Thread(
                target=self._fetch, args=(self._pull, accept_licence), daemon=True
            )
            self._thread.start()

    def progress(self) -> DownloadState | None:
        """How far the model that is being fetched has come; None when there is none."""
        pull = self._pull
        return pull.state if pull is not None else None

    def failed(self) -> FailedDownload | None:
        """Why the last one was not fetched; forgotten with the next start."""
        return self._failed

    def cancel(self) -> None:
        """Fetch no further. It may be waiting for another program, so it is not waited for."""
        with self._lock:
            if self._pull is not None:
                self._pull.given_up.set()
                self._pull = None

    def stop(self) -> None:
        """Fetch no further, and wait a little until what is half done is cleared away."""
        self.cancel()
        thread = self._thread
        if thread is not None:
            thread.join(_SECONDS_TO_STOP)

    def _fetch(self, pull: _Pull, accept_licence: bool) -> None:
        name, error = pull.state.name, None
        try:
            models.pull(name, accept_licence=accept_licence, progress=pull)
        except Stopping:
            pass
        except SanadError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001 - nobody would see it in this thread
            _log.exception("Fetching %s failed", name)
            error = ModelError(name=name, detail=type(failure).__name__)
        with self._lock:
            if self._pull is pull:
                self._pull = None
                self._failed = None if error is None else FailedDownload(name, error)


class _Pull(Progress):
    """Told by `models.pull` how far it is; ends it when it was given up or the server stops."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__()
        self.given_up = threading.Event()
        self.state = DownloadState(name, "download", 0, size, "B")

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        super().__call__(stage, done, total, unit)
        if self.given_up.is_set():
            raise Stopping
        self.state = replace(self.state, stage=stage, done=done, total=total, unit=unit)
