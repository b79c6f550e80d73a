"""What the Settings tab asks the server: the language model, and the models on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from index import models
from index.models.machine import this_machine
from rag import Settings
from ui.access import access_of
from ui.audit import note
from ui.language_model import (
    ADDRESS_CHARACTERS,
    KEY_CHARACTERS,
    MODEL_CHARACTERS,
    LanguageModels,
)
from ui.model_state import Downloads, EmbeddingsInUse, catalogue_states
from ui.page_routes import answered, gone
from ui.preferences import PASSAGES, read_preferences
from ui.problems import error_in_all_languages
from ui.threads import in_thread

Address = Annotated[str, Field(max_length=ADDRESS_CHARACTERS)]
ModelName = Annotated[str, Field(max_length=MODEL_CHARACTERS)]
Key = Annotated[str, Field(max_length=KEY_CHARACTERS)]


class Endpoint(BaseModel):
    """An endpoint; a key that is left out is the kept one."""

    url: Address
    key: Key | None = None


class EndpointModel(Endpoint):
    """A model of an endpoint."""

    model: ModelName


class Choice(BaseModel):
    """The language model that is to answer: `url` and `key` are those of an endpoint."""

    kind: Literal["embedded", "endpoint"]
    model: ModelName
    url: Address = ""
    key: Key | None = None


class Acceptance(BaseModel):
    """Whether the person has accepted the licence of a model."""

    accept_licence: bool = False


def add_settings_routes(
    app: FastAPI,
    language_models: LanguageModels,
    downloads: Downloads,
    settings: Settings,
    *,
    embeddings: Callable[[], EmbeddingsInUse] | None = None,
    on_chosen: Callable[[], None] | None = None,
) -> None:
    """The routes under /page that the Settings tab talks to.

    `embeddings` tells which models embed the documents by now; left out, those that the settings
    name. `on_chosen` is called when another language model was chosen.
    """

    @app.get("/page/settings", include_in_schema=False)
    async def told_settings(request: Request) -> dict[str, Any]:
        return {
            "defaults": asdict(read_preferences({}, settings)),
            "limits": {
                "passages": PASSAGES,
                "url": ADDRESS_CHARACTERS,
                "model": MODEL_CHARACTERS,
                "key": KEY_CHARACTERS,
            },
            "language_model": await in_thread(language_models.described),
            "changeable": language_models.changeable and access_of(request).serves,
        }

    _add_language_model_routes(app, language_models, on_chosen)
    in_use = embeddings or (lambda: _embeddings(settings))
    _add_model_routes(app, language_models, downloads, in_use)


def _add_language_model_routes(
    app: FastAPI, language_models: LanguageModels, on_chosen: Callable[[], None] | None
) -> None:
    @app.post("/page/llm/test", include_in_schema=False)
    async def test(asked: EndpointModel) -> Response:
        def work() -> dict[str, Any]:
            started = time.monotonic()
            language_models.test(asked.url, asked.model, asked.key)
            return {"seconds": round(time.monotonic() - started, 1)}

        return await answered(work)

    @app.post("/page/llm/models", include_in_schema=False)
    async def models_of(asked: Endpoint) -> Response:
        return await answered(lambda: {"models": language_models.models_of(asked.url, asked.key)})

    @app.put("/page/llm", include_in_schema=False)
    async def use(choice: Choice, request: Request) -> Response:
        def work() -> dict[str, Any]:
            if choice.kind == "endpoint":
                language_models.use(choice.url, choice.model, choice.key)
            else:
                language_models.use_embedded(choice.model)
            note(request, "models", choice.model)
            if on_chosen is not None:
                on_chosen()
            return language_models.described()

        return await answered(work)


def _add_model_routes(
    app: FastAPI,
    language_models: LanguageModels,
    downloads: Downloads,
    embeddings: Callable[[], EmbeddingsInUse],
) -> None:
    def shelf() -> dict[str, Any]:
        described = language_models.described()
        language = {described["name"]} if described["kind"] == "embedded" else set()
        progress, missed = downloads.progress(), downloads.failed()
        machine = this_machine()
        states = catalogue_states(embeddings(), language, machine)
        return {
            "models": [asdict(state) for state in states],
            "machine": asdict(machine),
            "download": asdict(progress) if progress is not None else None,
            "failed": None
            if missed is None
            else {"name": missed.name, "error": error_in_all_languages(missed.error)},
        }

    @app.get("/page/models", include_in_schema=False)
    async def told_models() -> Response:
        return await answered(shelf)

    @app.post("/page/models/{name}/download", include_in_schema=False)
    async def download(name: str, accepted: Acceptance, request: Request) -> Response:
        if name not in models.CATALOGUE:
            return gone()

        def work() -> dict[str, Any]:
            # In the network anybody could accept terms in the name of who runs the server.
            language_models.require_changeable()
            downloads.start(name, accept_licence=accepted.accept_licence)
            note(request, "models", name)
            return shelf()

        return await answered(work)

    @app.delete("/page/models/download", include_in_schema=False)
    async def cancel() -> Response:
        def work() -> dict[str, Any]:
            language_models.require_changeable()
            downloads.cancel()
            return shelf()

        return await answered(work)


def _embeddings(settings: Settings) -> EmbeddingsInUse:
    passages, sentences = (
        name or models.DEFAULT_EMBEDDING
        for name in (settings.embedding, settings.sentence_embedding)
    )
    return EmbeddingsInUse(passages, sentences, changeable=False)
