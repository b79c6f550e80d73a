"""Answers as they come: server-sent events, and work that ends when nobody waits for it."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar

import anyio
from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from ui.access import access_of
from ui.http.errors import error_json, problem_of
from ui.request_log import route_of

T = TypeVar("T")
Event = tuple[str, BaseModel]
"""The name of an event, and its data."""
EVENT_STREAM = "text/event-stream"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
_log = logging.getLogger(__name__)


def documented(said: str, *names: str) -> dict[str, Any]:
    """What the schema of the API says of an answer that may come as events of these names."""
    event = {
        "type": "object",
        "properties": {
            "event": {"type": "string", "enum": [*names]},
            "data": {"type": "string", "contentMediaType": "application/json"},
        },
        "required": ["event", "data"],
    }
    return {"description": said, "content": {EVENT_STREAM: {"schema": event}}}


def event_stream(lines: AsyncGenerator[str]) -> StreamingResponse:
    """The answer that sends lines as they come, which nothing on the way keeps or holds back."""
    return StreamingResponse(lines, media_type=EVENT_STREAM, headers=_HEADERS)


def events(request: Request, coming: AsyncGenerator[Event]) -> StreamingResponse:
    """Events as they come, and an `error` where one fails: the status has been sent by then."""
    paths = access_of(request).serves

    async def lines() -> AsyncGenerator[str]:
        async with aclosing(coming):
            try:
                async for name, data in coming:
                    yield _line(name, data.model_dump(mode="json"))
            except Exception as error:  # noqa: BLE001 - a stream must not end without a word
                problem = problem_of(error, paths=paths)
                if problem.code == "failed":
                    _log.exception("%s failed", route_of(request.scope))
                yield _line("error", error_json(problem))

    return event_stream(lines())


def _line(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def last(items: AsyncGenerator[T]) -> T | None:
    """The last of some items."""
    found = None
    async with aclosing(items):
        async for item in items:
            found = item
    return found


async def unless_disconnected(request: Request, work: Callable[[], Awaitable[T]]) -> T | None:
    """The result of `work`, which is cancelled when the client goes away (None then)."""
    result: T | None = None
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            tasks.cancel_scope.cancel()

        tasks.start_soon(watch)
        try:
            result = await work()
        except Exception as error:  # noqa: BLE001 - raised outside: a group would wrap it
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return result
