"""How the server is: up, ready to answer, and its figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from index import Library
from ui.http.bodies import ErrorReply, Health, Ready
from ui.http.errors import Documented, Problem, Refused
from ui.http.metrics import Metrics
from ui.http.rights import needs
from ui.threads import ThreadedStream, in_thread

_FIGURES = {
    "description": "Prometheus' text format.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}
_NOT_READY: Documented = {503: {"model": ErrorReply, "description": "The models are being loaded."}}


def state_routes(
    library: Library, answers: ThreadedStream, metrics: Metrics, ready: Callable[[], bool]
) -> APIRouter:
    """GET /health, /ready and /metrics."""
    router = APIRouter(tags=["server"])

    @router.get("/health", response_model=Health)
    async def health() -> Health:
        """Whether the server is up."""
        return Health()

    @router.get("/ready", response_model=Ready, responses=_NOT_READY)
    async def readiness() -> Ready:
        """Whether the models are loaded; until then a question waits for them."""
        if not ready():
            message = "The models are being loaded."
            raise Refused(Problem(503, "not_ready", message, "Ask again in some seconds."))
        return Ready()

    @router.get(
        "/metrics",
        response_class=PlainTextResponse,
        responses={200: _FIGURES},
        dependencies=[needs("server")],
    )
    async def figures() -> PlainTextResponse:
        """Counts and times for Prometheus; they hold no text and no name."""
        told = await in_thread(partial(metrics.text, library, answers))
        return PlainTextResponse(told, media_type=CONTENT_TYPE_LATEST)

    return router
