"""Rebuilding the index and following a folder over HTTP, with how far the work has come.

The work is not the request's: a client that goes away does not stop it half-way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from index import Library, Report
from index.watching import place_to_watch
from ui.audit import note
from ui.http.document_bodies import (
    ProgressReply,
    RebuildRequest,
    ReportReply,
    StageReply,
    SyncRequest,
)
from ui.http.errors import Documented, Problem, Refused, documented_error
from ui.http.events import Event, documented, events
from ui.http.rights import needs
from ui.jsonable import report_json
from ui.threads import Progress, in_long_thread, in_thread, look_at

_SECONDS_BETWEEN_PROGRESS = 0.25

Work = Callable[[Progress], Report]

_EVENTS = documented(
    "What happened; with `stream`, events: `progress` (`stages`, and how far each has come), then"
    " `done` (what happened) or `error`.",
    "progress",
    "done",
    "error",
)
_BUSY: Documented = {409: documented_error("Such work is under way, or the store is.")}


def upkeep_routes(library: Library) -> APIRouter:
    """POST /rebuild and POST /sync."""
    router = APIRouter(tags=["upkeep"], responses=_BUSY)
    upkeep = _Upkeep()

    @router.post(
        "/rebuild",
        response_model=ReportReply,
        responses={200: _EVENTS},
        dependencies=[needs("editor")],
    )
    async def rebuild(asked: RebuildRequest, request: Request) -> Response:
        """Index every document again from its kept text."""

        def work(progress: Progress) -> Report:
            report = library.rebuild(progress=progress)
            note(request, "rebuild")
            return report

        return await _told(request, upkeep, work, stream=asked.stream)

    @router.post(
        "/sync",
        response_model=ReportReply,
        responses={200: _EVENTS},
        dependencies=[needs("server")],
    )
    async def sync(asked: SyncRequest, request: Request) -> Response:
        """Take in what is new or has changed in a folder of the server; remove what is gone."""
        folder = await in_thread(partial(place_to_watch, asked.folder, [library.folder]))

        def work(progress: Progress) -> Report:
            report = library.sync(
                folder, include=asked.include, exclude=asked.exclude, progress=progress
            )
            note(request, "folders", str(folder))
            return report

        return await _told(request, upkeep, work, stream=asked.stream)

    return router


class _Upkeep:
    """One piece of long work at a time; for one event loop."""

    def __init__(self) -> None:
        self._task: asyncio.Future[Report] | None = None

    def begin(self, work: Work, progress: Progress) -> asyncio.Future[Report]:
        """Let `work` run in a thread. Refused while there is other work."""
        if self._task is not None and not self._task.done():
            message = "The documents are being rebuilt or synchronised already."
            raise Refused(Problem(409, "upkeep_busy", message, "Try again when that is done."))
        self._task = asyncio.ensure_future(in_long_thread(partial(work, progress)))
        self._task.add_done_callback(look_at)
        return self._task


async def _told(request: Request, upkeep: _Upkeep, work: Work, *, stream: bool) -> Response:
    progress = Progress()
    task = upkeep.begin(work, progress)
    if stream:
        return events(request, _progress(task, progress))
    return JSONResponse(_reply(await asyncio.shield(task)).model_dump(mode="json"))


async def _progress(task: asyncio.Future[Report], progress: Progress) -> AsyncGenerator[Event]:
    seen: dict[str, tuple[int, int]] = {}
    while not (await asyncio.wait({task}, timeout=_SECONDS_BETWEEN_PROGRESS))[0]:
        if progress.stages != seen:
            seen = progress.stages
            yield "progress", _stages(seen)
    if progress.stages != seen:
        yield "progress", _stages(progress.stages)
    yield "done", _reply(task.result())


def _stages(stages: dict[str, tuple[int, int]]) -> ProgressReply:
    return ProgressReply(
        stages=[
            StageReply(stage=stage, done=done, total=total)
            for stage, (done, total) in stages.items()
        ]
    )


def _reply(report: Report) -> ReportReply:
    return ReportReply.model_validate(report_json(report, removed=True))
