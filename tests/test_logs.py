"""What the server says of requests and errors, and what it never says."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry import trace
from starlette.types import ASGIApp, Receive, Scope, Send

from rag import tracing
from ui.access import Access, decide
from ui.http.errors import translate_errors
from ui.limits import Limits
from ui.logs import REQUESTS, write_logs
from ui.request_log import RequestLog
from ui.threads import ThreadedStream, in_thread

WORDS = "the fee is 55 dinars"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What is written; `write_logs` changes the whole process, which is put back."""
    root, requests = logging.root, logging.getLogger(REQUESTS)
    before = (root.handlers[:], root.level, requests.level)
    stream = io.StringIO()
    yield stream
    root.handlers[:], level, of_requests = before
    root.setLevel(level)
    requests.setLevel(of_requests)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def decided(app: ASGIApp) -> ASGIApp:
    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        decide(scope, Access("reem", "reader", "work", "203.0.113.7"))
        await app(scope, receive, send)

    return layer


def application() -> FastAPI:
    app, inner = FastAPI(), FastAPI()
    translate_errors(app)

    @app.get("/api/v1/documents/{name}")
    async def document(name: str) -> dict[str, int]:
        return {"length": len(name)}

    @app.post("/fails")
    async def fails(asked: dict[str, str]) -> None:
        def work() -> None:
            raise ValueError(asked["question"])

        await in_thread(work)

    @inner.get("/models/{name}")
    async def model(name: str) -> str:
        return name

    app.mount("/v1", inner)
    return app


def client(app: ASGIApp | None = None) -> TestClient:
    served = RequestLog(decided(Limits(app or application())))
    return TestClient(served, raise_server_exceptions=False)


# -- request ids -------------------------------------------------------------------------------


def test_an_id_is_made_or_taken_over_where_it_is_harmless() -> None:
    asking = client()
    made = asking.get("/nothing").headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    assert asking.get("/nothing").headers["x-request-id"] != made
    given = asking.get("/nothing", headers={"X-Request-ID": "0af7651916cd43dd-8448"})
    assert given.headers.get_list("x-request-id") == ["0af7651916cd43dd-8448"]
    for bad in ("short", "x" * 65, "a b c d e f g h", '"},{"level":"info', "\u202eabcdefgh"):
        told = asking.get("/nothing", headers={b"X-Request-ID": bad.encode()})
        assert re.fullmatch(r"[0-9a-f]{32}", told.headers["x-request-id"])


# -- lines of JSON -----------------------------------------------------------------------------


def test_each_request_is_a_line_with_its_route_and_who_asked(said: io.StringIO) -> None:
    write_logs(as_json=True, stream=said)
    answer = client().get("/api/v1/documents/salaries.pdf?q=secret")
    (line,) = lines(said)
    assert line.pop("time").endswith("+00:00")
    assert line.pop("ms") >= 0
    assert line == {
        "level": "info",
        "logger": "sanad.requests",
        "message": "request",
        "request_id": answer.headers["x-request-id"],
        "method": "GET",
        "path": "/api/v1/documents/{name}",
        "status": 200,
        "person": "reem",
        "collection": "work",
    }


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/models/sanad", "/v1/models/{name}"),
        ("/salaries/of/reem", "/salaries/…"),
        ("/nothing", "/nothing"),
    ],
)
def test_a_path_tells_no_names(said: io.StringIO, path: str, told: str) -> None:
    write_logs(as_json=True, stream=said)
    client().get(path)
    assert [line["path"] for line in lines(said)] == [told]


def test_a_route_is_told_behind_a_layer_that_copies_the_scope(said: io.StringIO) -> None:
    inner = Limits(application())

    async def copying(scope: Scope, receive: Receive, send: Send) -> None:
        await inner(dict(scope), receive, send)

    write_logs(as_json=True, stream=said)
    client(copying).get("/api/v1/documents/salaries.pdf")
    assert lines(said)[-1]["path"] == "/api/v1/documents/{name}"


def test_an_error_is_told_with_its_place_and_without_its_words(said: io.StringIO) -> None:
    write_logs(as_json=True, stream=said)
    answer = client().post("/fails", json={"question": WORDS})
    assert answer.status_code == 500
    assert WORDS not in said.getvalue() + answer.text
    failed, request = (line for line in lines(said))
    assert failed["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert (failed["level"], failed["error"]) == ("error", "ValueError")
    assert failed["at"][-1].startswith("tests/test_logs.py:")
    assert (request["level"], request["status"], request["path"]) == ("error", 500, "/fails")


def test_a_client_that_went_away_is_no_error(said: io.StringIO) -> None:
    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        return

    async def within() -> None:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        await RequestLog(nothing)(scope, None, None)  # type: ignore[arg-type]

    write_logs(as_json=True, stream=said)
    asyncio.run(within())
    assert [(line["level"], line["status"]) for line in lines(said)] == [("info", 499)]


def test_lines_of_threads_and_answers_carry_the_id_too(said: io.StringIO) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        def work() -> Iterator[int]:
            logging.getLogger("anything").warning("an answer")
            yield 1

        await in_thread(lambda: logging.getLogger("anything").warning("a thread"))
        async for _ in ThreadedStream().items(work):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    write_logs(as_json=True, stream=said)
    number = client(app).get("/").headers["x-request-id"]
    told = {line["message"]: line.get("request_id") for line in lines(said)}
    assert told == {"a thread": number, "an answer": number, "request": number}


# -- plain lines ---------------------------------------------------------------------------------


def test_without_json_only_what_fails_is_told(said: io.StringIO) -> None:
    write_logs(as_json=False, stream=said)
    asking = client()
    asking.get("/api/v1/documents/salaries.pdf")
    assert said.getvalue() == ""
    number = asking.post("/fails", json={"question": "why"}).headers["x-request-id"]
    first, *rest = said.getvalue().splitlines()
    assert first == f"/fails failed (request {number})"
    assert rest[0].startswith("Traceback")
    assert rest[-1] == "ValueError: why"


# -- spans ---------------------------------------------------------------------------------------


class Recorded(trace.Tracer):
    """A tracer that remembers what began within what, as an SDK would send it."""

    def __init__(self) -> None:
        self.names: list[tuple[str, str]] = []
        self.facts: dict[str, object] = {}
        self.parents: list[object] = []

    def start_span(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        raise AssertionError("every span is begun as the current one")

    @contextmanager
    def start_as_current_span(  # type: ignore[override]
        self,
        name: str,
        context: Any = None,  # noqa: ANN401
        *_: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> Iterator[trace.Span]:
        assert named == {"record_exception": False, "set_status_on_exception": False}
        outer = trace.get_current_span(context)
        self.parents.append(outer.get_span_context().trace_id)
        span = Named(name, self.facts)
        self.names.append((getattr(outer, "name", ""), name))
        with trace.use_span(span):
            yield span


class Named(trace.NonRecordingSpan):
    def __init__(self, name: str, facts: dict[str, object]) -> None:
        super().__init__(trace.SpanContext(7, 8, False))
        self.name, self.facts = name, facts

    def set_attribute(self, key: str, value: Any) -> None:  # noqa: ANN401
        self.facts[key] = value


def test_an_answer_is_measured_within_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded()
    monkeypatch.setattr(trace, "get_tracer", lambda _: recorded)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        def work() -> Iterator[int]:
            with tracing.span("sanad.search"):
                yield 1

        async for _ in ThreadedStream().items(work):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    traced = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    client(app).get("/x/y", headers=traced)
    assert recorded.names == [
        ("", "sanad.request"),
        ("sanad.request", "sanad.answer"),
        ("sanad.answer", "sanad.search"),
    ]
    assert recorded.parents[0] == 0x0AF7651916CD43DD8448EB211C80319C
    assert recorded.facts == {
        "http.request.method": "GET",
        "http.route": "/x/…",
        "http.response.status_code": 200,
    }


def test_without_opentelemetry_nothing_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "trace", None)
    headers: Mapping[str, str] = {"traceparent": "00-0"}
    with tracing.span("sanad.request", headers) as measured:
        measured.note("http.route", "/")
    assert client().get("/nothing").status_code == 404
