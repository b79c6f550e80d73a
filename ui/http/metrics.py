"""Figures of a running server in Prometheus' text format: counts and times, no text and no name.

sanad_requests_total            requests, by route template, method and status
sanad_request_seconds           how long they took
sanad_questions_total           questions, by what became of them
sanad_first_word_seconds        from a question to the first words of its answer
sanad_answers_under_way         answers that are being written
sanad_answers_waiting           questions that wait for their turn
sanad_documents, sanad_passages what the store holds
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import Literal, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index import Library
from rag import Answer, Piece
from ui.threads import PlaceInLine, ThreadedStream

T = TypeVar("T")
Outcome = Literal["answered", "doubtful", "refused", "failed", "stopped"]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
_FIRST_WORD_SECONDS = (0.1, 0.3, 1, 2, 3, 5, 10, 20, 60)


class Metrics:
    """The figures of one server, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "sanad_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "sanad_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("route", "method"),
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self._questions = Counter(
            "sanad_questions",
            "Questions, by what became of them.",
            ("outcome",),
            registry=self._registry,
        )
        self._first_word = Histogram(
            "sanad_first_word_seconds",
            "Seconds from a question to the first words of its answer.",
            buckets=_FIRST_WORD_SECONDS,
            registry=self._registry,
        )
        self._under_way = self._gauge("sanad_answers_under_way", "Answers being written.")
        self._waiting = self._gauge("sanad_answers_waiting", "Questions waiting for their turn.")
        self._documents = self._gauge("sanad_documents", "Documents in the store.")
        self._passages = self._gauge("sanad_passages", "Passages in the store.")

    def _gauge(self, name: str, said: str) -> Gauge:
        return Gauge(name, said, registry=self._registry)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the template of its address, never the address."""
        method = method if method in _METHODS else "other"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def asked(self, outcome: Outcome) -> None:
        """Count a question."""
        self._questions.labels(outcome).inc()

    def first_word(self, seconds: float) -> None:
        """Note how long a question waited for the first words of its answer."""
        self._first_word.observe(seconds)

    def text(self, library: Library, answers: ThreadedStream) -> bytes:
        """All figures, those of the library and of the queue as they are now."""
        records = library.documents()
        self._documents.set(len(records))
        self._passages.set(sum(record.passages for record in records))
        self._under_way.set(answers.running)
        self._waiting.set(answers.waiting)
        return generate_latest(self._registry)


class CountedAnswers(ThreadedStream):
    """The queue for the language model, which counts the questions that go through it."""

    def __init__(self, metrics: Metrics, at_once: Callable[[], int] = lambda: 1) -> None:
        super().__init__(at_once)
        self._metrics = metrics

    async def items_or_places(
        self, start: Callable[[], Iterator[T]], whose: str = ""
    ) -> AsyncGenerator[T | PlaceInLine]:
        """As `ThreadedStream` does; pieces of answers are looked at on their way."""
        began = time.monotonic()
        spoke = False
        outcome: Outcome = "stopped"
        try:
            async with aclosing(super().items_or_places(start, whose)) as items:
                async for item in items:
                    if isinstance(item, Piece):
                        if item.text and not spoke:
                            spoke = True
                            self._metrics.first_word(time.monotonic() - began)
                        if item.answer is not None:
                            outcome = _outcome(item.answer)
                    yield item
        except Exception:
            outcome = "failed"
            raise
        finally:
            self._metrics.asked(outcome)


def _outcome(answer: Answer) -> Outcome:
    if answer.abstained:
        return "refused"
    return "doubtful" if answer.doubtful else "answered"


class Counted:
    """Counts requests by the template of the route that answers them; a pure ASGI layer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status = 500
        outside = scope.get("root_path", "")

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            seconds = time.monotonic() - began
            self._metrics.answered(_template(scope, outside), scope["method"], status, seconds)


def _template(scope: Scope, outside: str) -> str:
    """The template of the route that answered: below `outside`, where the application is served."""
    path = getattr(scope.get("route"), "path", None)
    if not isinstance(path, str):
        return "unknown"
    mounted = scope.get("root_path", "").removeprefix(outside)
    return path if path == mounted else mounted + path
