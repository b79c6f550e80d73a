"""What one client may ask of the server: bodies, requests and questions, and connections."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, UploadFile
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from starlette.requests import Request as StarletteRequest
from starlette.types import ASGIApp, Receive, Scope, Send

from index import Library
from rag import Assistant
from rag.config import load_settings
from tests.browsing import DEEP
from tests.live import listening
from tests.scripted import ScriptedLLM
from ui.access import Access, decide
from ui.answering import Answering
from ui.asking import Asking
from ui.chats import FILE_NAME, ChatStore
from ui.connections import ConnectionBounds, connection_options
from ui.conversation import Conversation, Exchange
from ui.crowd import Crowd, Share, network_of
from ui.errors import TooManyQuestions, TooManyRequests
from ui.language_model import LanguageModels
from ui.limits import BodyBounds, Bounds, Limits
from ui.offline_gradio import gr
from ui.problems import error_text
from ui.server import _bound
from ui.threads import ThreadedStream

PLENTY = Share(per_minute=60_000, burst=1_000, at_once=100, questions=100)
SMALL = Bounds(
    PLENTY, PLENTY, BodyBounds(json=1_000, upload=5_000, grace=0.3, rate=10_000, seconds=2)
)
FAR = Access("reem", "owner", address="203.0.113.7")


class Decided:
    """Stands for the layer that decides who asks."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = dict(scope.get("headers", ())).get(b"x-person")
        person = named.decode() if named else self._access.person
        decide(scope, replace(self._access, person=person))
        await self._app(scope, receive, send)


def application() -> FastAPI:
    app = FastAPI()

    @app.post("/length")
    async def length(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.post("/json")
    async def body(asked: dict[str, Any]) -> dict[str, Any]:
        return asked

    @app.post("/gradio_api/upload")
    async def upload(file: UploadFile) -> dict[str, int]:
        return {"bytes": len(await file.read())}

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            for number in range(4):
                await asyncio.sleep(0.2)
                yield f"data: {number}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return app


def client(bounds: Bounds = SMALL, access: Access = FAR) -> TestClient:
    return TestClient(Decided(Limits(application(), bounds), access))


# -- bodies ------------------------------------------------------------------------------------


def test_a_body_that_is_announced_too_large_is_refused_in_the_agreed_shape() -> None:
    answer = client().post("/length", content=b"x" * 1_001)
    assert answer.status_code == 413
    assert answer.json() == {
        "error": {
            "code": "body_too_large",
            "message": "The body of the request is larger than 0.001 MB.",
            "hint": "Send less at a time.",
        }
    }
    assert client().post("/length", content=b"x" * 1_000).json() == {"bytes": 1_000}


@pytest.mark.parametrize("path", ["/length", "/json"])
def test_a_body_without_a_length_is_counted_as_it_comes(path: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 100

    answer = client().post(path, content=pieces())
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


def test_an_upload_may_be_larger_than_other_bodies_but_not_without_end() -> None:
    whole = client().post("/gradio_api/upload", files={"file": ("a.txt", b"x" * 3_000)})
    assert whole.json() == {"bytes": 3_000}
    large = client().post("/gradio_api/upload", files={"file": ("a.txt", b"x" * 6_000)})
    assert large.status_code == 413
    # Only where files are taken: of what else comes as a form, nothing is kept on the disk.
    form = client().post("/length", files={"file": ("a.txt", b"x" * 3_000)})
    assert form.status_code == 413


def test_too_many_headers_are_refused() -> None:
    answer = client().get("/stream", headers=[(f"x-{number}", "1") for number in range(120)])
    assert (answer.status_code, answer.json()["error"]["code"]) == (431, "headers_too_many")


@contextmanager
def served(
    bounds: Bounds = SMALL, access: Access = FAR, connections: ConnectionBounds | None = None
) -> Iterator[tuple[str, int]]:
    """A real server, as `sanad serve` starts one."""
    with _bound("127.0.0.1", 0) as listening:
        config = uvicorn.Config(
            Decided(Limits(application(), bounds), access),
            log_level="critical",
            **connection_options(connections or bounds.connections),
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield "127.0.0.1", listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


def received(connection: socket.socket) -> bytes:
    """Everything that the server says before it ends the connection."""
    connection.settimeout(10)
    told = b""
    while piece := connection.recv(65_536):
        told += piece
    return told


def until_said(connection: socket.socket, end: bytes) -> None:
    """Read an answer to its end, where the connection stays."""
    connection.settimeout(10)
    told = b""
    while not told.endswith(end):
        piece = connection.recv(65_536)
        assert piece, told
        told += piece


def head(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: here", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_body_that_drips_is_given_up_and_one_that_is_slow_is_not() -> None:
    with served() as address:
        with socket.create_connection(address) as dripping:
            dripping.sendall(head("/length", {"content-length": "900"}))
            for _ in range(3):
                dripping.sendall(b"x")
                time.sleep(0.05)
            told = received(dripping)
        assert told.startswith(b"HTTP/1.1 408")
        assert json.loads(told.partition(b"\r\n\r\n")[2])["error"]["code"] == "body_too_slow"
        with socket.create_connection(address) as slow:
            slow.sendall(head("/length", {"content-length": "900", "connection": "close"}))
            for _ in range(3):
                time.sleep(0.05)
                slow.sendall(b"x" * 300)
            assert received(slow).endswith(b'{"bytes":900}')


def test_a_client_that_writes_on_is_told_why_it_is_refused() -> None:
    with served() as address, socket.create_connection(address) as eager:
        eager.sendall(head("/length", {"content-length": "2000000"}))
        for _ in range(20):
            eager.sendall(b"x" * 100_000)
        assert received(eager).startswith(b"HTTP/1.1 413")


def test_a_stream_outlasts_what_a_body_may_take() -> None:
    with served() as address, socket.create_connection(address) as reading:
        reading.sendall(b"GET /stream HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
        assert received(reading).count(b"data: ") == 4


# -- connections -------------------------------------------------------------------------------

HASTY = ConnectionBounds(head_seconds=0.3, idle_seconds=1, per_address=2, total=3)


def test_a_head_that_is_too_large_is_refused() -> None:
    bounds = replace(HASTY, head_bytes=2_000)
    with served(connections=bounds) as address, socket.create_connection(address) as talking:
        talking.sendall(b"GET / HTTP/1.1\r\nx-much: " + b"x" * 3_000)
        assert received(talking).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nhost:"])
def test_a_connection_that_does_not_come_to_a_request_is_ended(said: bytes) -> None:
    with served(connections=HASTY) as address, socket.create_connection(address) as idle:
        idle.sendall(said)
        assert received(idle) == b""


def test_one_that_drips_its_second_request_is_ended_too() -> None:
    with served(connections=HASTY) as address, socket.create_connection(address) as kept:
        kept.sendall(head("/length", {"content-length": "1"}) + b"x")
        until_said(kept, b'{"bytes":1}')
        kept.sendall(b"GET / HT")
        assert received(kept) == b""


def test_the_rest_of_a_body_that_was_answered_already_may_not_drip_for_ever() -> None:
    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b"no"})

    with (
        listening(refusing, **connection_options(HASTY)) as url,
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as dripping,
    ):
        dripping.sendall(head("/ask", {"content-length": "1000000"}))
        until_said(dripping, b"0\r\n\r\n")
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 10:
                dripping.sendall(b"x")
                time.sleep(0.05)


def test_a_head_may_take_its_time_only_once() -> None:
    with served(connections=HASTY) as address, socket.create_connection(address) as asking:
        asking.sendall(b"GET /stream HTTP/1.1\r\n")
        time.sleep(0.1)
        asking.sendall(b"host: here\r\nconnection: close\r\n\r\n")
        assert received(asking).count(b"data: ") == 4  # for 0.8 s: the head has come


def test_an_address_has_so_many_connections_and_gets_them_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ui.connections.is_this_machine", lambda _: False)
    generous = replace(HASTY, head_seconds=20)
    with served(connections=generous) as address:
        first, second = socket.create_connection(address), socket.create_connection(address)
        first.sendall(head("/length", {"content-length": "1"}) + b"x")
        until_said(first, b'{"bytes":1}')
        assert _is_ended(socket.create_connection(address))
        second.close()
        _until(lambda: not _is_ended(socket.create_connection(address)))
        first.close()


def test_this_machine_is_not_counted() -> None:
    with served(connections=replace(HASTY, head_seconds=20)) as address:
        open_ = [socket.create_connection(address) for _ in range(6)]
        assert not any(_is_ended(connection, 0.05) for connection in open_)


def _is_ended(connection: socket.socket, seconds: float = 0.3) -> bool:
    with connection:
        connection.settimeout(seconds)
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline


# -- requests and questions ----------------------------------------------------------------------


class Clock:
    """Tells the seconds that it is set to."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


TIGHT = Share(per_minute=60, burst=3, at_once=2, questions=1)
WIDE = Share(per_minute=240, burst=12, at_once=8, questions=3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(TIGHT, WIDE, clock)


def test_requests_come_together_up_to_the_burst_and_then_at_their_rate(
    crowd: Crowd, clock: Clock
) -> None:
    def ask() -> None:
        with crowd.request(FAR):
            pass

    for _ in range(3):
        ask()
    with pytest.raises(TooManyRequests):
        ask()
    clock.now += 1
    ask()
    with pytest.raises(TooManyRequests):
        ask()
    clock.now += 3_600
    for _ in range(3):
        ask()
    with pytest.raises(TooManyRequests, match="in 2 s"):
        ask()


def test_people_behind_one_address_have_their_own_share_and_one_together(crowd: Crowd) -> None:
    for number in range(4):
        for _ in range(3):
            with crowd.request(replace(FAR, person=f"person {number}")):
                pass
    with pytest.raises(TooManyRequests), crowd.request(replace(FAR, person="person 5")):
        pass
    with crowd.request(replace(FAR, person="person 5", address="203.0.113.8")):
        pass


def test_an_ipv6_line_counts_as_one_address() -> None:
    assert (
        network_of("2001:db8:1:2::5") == network_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    )
    assert network_of("2001:db8:1:3::5") != network_of("2001:db8:1:2::5")
    assert network_of("::ffff:203.0.113.7") == network_of("203.0.113.7") == "203.0.113.7"
    assert network_of("fe80::1%eth0") == "fe80::/64"


def test_only_so_many_requests_and_questions_are_under_way(crowd: Crowd) -> None:
    with crowd.request(FAR), crowd.request(FAR), pytest.raises(TooManyRequests):
        crowd.request(FAR).__enter__()
    with crowd.request(FAR):
        pass
    with crowd.question(FAR):
        with pytest.raises(TooManyQuestions) as caught, crowd.question(FAR):
            pass
        with crowd.question(replace(FAR, person="noor")):
            pass
    assert "معًا" in error_text(caught.value, "ar")
    with crowd.question(FAR):
        pass


def test_an_answer_that_fails_gives_its_place_back(crowd: Crowd) -> None:
    for _ in range(2):
        with pytest.raises(KeyError), crowd.question(FAR):
            raise KeyError


def test_who_sits_at_this_machine_never_waits(crowd: Crowd) -> None:
    here = Access(None, "owner", address="127.0.0.1")
    for _ in range(50):
        with crowd.request(here), crowd.question(here), crowd.question(here):
            pass
    named = replace(here, person="reem")
    with crowd.question(named), pytest.raises(TooManyQuestions), crowd.question(named):
        pass


def test_a_million_addresses_take_no_more_room(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.crowd._REMEMBERED", 100)
    busy = Access(None, "owner", address="198.51.100.1")
    with crowd.question(busy), crowd.question(busy), crowd.question(busy):
        for number in range(1_000):
            address = f"10.1.{number // 250}.{number % 250}"
            with crowd.request(replace(busy, address=address)):
                pass
        assert len(crowd) <= 101
        with pytest.raises(TooManyQuestions):  # what is under way is never forgotten
            crowd.question(busy).__enter__()


def test_too_many_requests_are_answered_with_when_to_come_again() -> None:
    bounds = replace(SMALL, person=replace(PLENTY, per_minute=1, burst=1))
    with client(bounds) as asking:
        assert asking.get("/nothing").status_code == 404
        answer = asking.get("/nothing")
        assert answer.status_code == 429
        assert answer.json()["error"]["code"] == "too_many_requests"
        assert 59 <= int(answer.headers["retry-after"]) <= 61
        assert asking.get("/nothing", headers={"x-person": "noor"}).status_code == 404


def test_where_nothing_is_decided_the_address_counts() -> None:
    """For files of the page, which everybody may have, nobody is asked who they are."""
    bounds = replace(SMALL, address=replace(PLENTY, per_minute=1, burst=1))
    app = Limits(application(), bounds)
    for address, statuses in (("203.0.113.7", [404, 429]), ("203.0.113.8", [404, 429])):
        asking = TestClient(app, client=(address, 5))
        assert [asking.get("/ui/page.js").status_code for _ in range(2)] == statuses
    here = TestClient(app, client=("127.0.0.1", 5))
    assert {here.get("/ui/page.js").status_code for _ in range(5)} == {404}


@pytest.mark.parametrize("path", ["/api/v1/ask", "/v1/chat/completions", "/c/law/api/v1/ask"])
def test_a_question_is_counted_until_its_answer_has_ended(path: str) -> None:
    """Everything else is let through meanwhile."""

    async def within() -> None:
        finish = asyncio.Event()

        async def answers(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            if scope["method"] == "POST":
                await finish.wait()
            await send({"type": "http.response.body", "body": b""})

        layer = Limits(answers, replace(SMALL, person=replace(PLENTY, questions=2)))

        async def status(method: str, path: str) -> int:
            scope = {"type": "http", "method": method, "path": path, "headers": []}
            decide(scope, FAR)
            sent: list[Any] = []

            async def receive() -> Any:  # noqa: ANN401
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: Any) -> None:  # noqa: ANN401
                sent.append(message)

            await layer(scope, receive, send)
            return int(sent[0]["status"])

        under_way = [asyncio.create_task(status("POST", path)) for _ in range(2)]
        await asyncio.sleep(0)
        assert await status("POST", path) == 429
        assert await status("GET", path) == 200
        under_way.append(asyncio.create_task(status("POST", "/gradio_api/queue/join")))
        finish.set()
        assert await asyncio.gather(*under_way) == [200] * 3
        assert await status("POST", path) == 200

    asyncio.run(within())


def test_the_page_counts_questions_as_long_as_their_answers_are_written(
    library: Library, chosen: LanguageModels, tmp_path: Path
) -> None:
    model = ScriptedLLM(DEEP, step=2, pause=0.02)
    answering = Answering(Assistant(library, model, strictness="open"), chosen)
    chats = ChatStore(tmp_path / FILE_NAME)
    crowd = Crowd(replace(PLENTY, questions=1), PLENTY)
    asking = Asking(library, answering, ThreadedStream(), chats, crowd)

    async def within() -> None:
        async def ask(person: str, language: str = "en") -> Conversation:
            scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
            decide(scope, replace(FAR, person=person))
            conversation = Conversation()
            told = json.dumps({"language": language})
            page = gr.Request(StarletteRequest(scope))
            await asking.begin("How deep is the pond?", told, conversation, page)
            return conversation

        def last(conversation: Conversation) -> Exchange:
            assert conversation.last is not None
            return conversation.last

        first = await ask("reem")
        refused, refused_in_arabic = await ask("reem"), await ask("reem", "ar")
        other = await ask("noor")
        assert (last(refused).state, last(refused_in_arabic).state) == ("failed", "failed")
        assert "may be asked at once" in last(refused).text
        assert "معًا" in last(refused_in_arabic).text
        for conversation in (first, other):
            async for _ in asking.follow(conversation):
                pass
            assert last(conversation).state == "answered"
        again = await ask("reem")
        assert last(again).state != "failed"
        async for _ in asking.follow(again):
            pass

    asyncio.run(within())
    chats.close()


def test_the_settings_set_the_bounds() -> None:
    settings = load_settings(
        {"store": "store"},
        {
            "SANAD_CONFIG": "",
            "SANAD_QUESTIONS_AT_ONCE": "3",
            "SANAD_REQUESTS_PER_MINUTE": "60",
            "SANAD_UPLOAD_MB": "20",
        },
    )
    bounds = Bounds.of(settings)
    assert (bounds.person.questions, bounds.address.questions) == (3, 12)
    assert (bounds.person.per_minute, bounds.person.burst) == (60, 30)
    assert bounds.body.upload == 20_000_000
    assert Bounds.of(load_settings({"store": "store"}, {})) == Bounds()
