"""What the Settings tab asks about the trial of the chosen language model."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from ui.language_model import LanguageModels
from ui.page_routes import answered
from ui.trials import Trials


def add_trial_routes(app: FastAPI, language_models: LanguageModels, trials: Trials) -> None:
    """GET, POST and DELETE /page/llm/trial: how far it is, try (again), try no further."""

    @app.get("/page/llm/trial", include_in_schema=False)
    async def told() -> Response:
        return await answered(trials.described)

    @app.post("/page/llm/trial", include_in_schema=False)
    async def begin() -> Response:
        def work() -> dict[str, Any]:
            language_models.require_changeable()
            trials.begin(again=True)
            return trials.described()

        return await answered(work)

    @app.delete("/page/llm/trial", include_in_schema=False)
    async def cancel() -> Response:
        def work() -> dict[str, Any]:
            language_models.require_changeable()
            trials.cancel()
            return trials.described()

        return await answered(work)
