"""An OpenAI-compatible endpoint on loopback that behaves well or badly, as its address says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage

from rag import Settings
from rag.ask import Model
from ui.errors import ChoiceRefused

KEY = "sk-secret-4471"
SETTINGS = Settings(store=Path("store"))
QUESTION = [ChatMessage(role="user", content="Which?")]


class Endpoint(BaseHTTPRequestHandler):
    """An OpenAI-compatible endpoint; what it does depends on the first part of the path."""

    release = threading.Event()
    keys: list[str | None] = []  # noqa: RUF012 - one list for the whole run
    bodies: list[dict[str, Any]] = []  # noqa: RUF012
    scripts: dict[str, Sequence[bytes | None]] = {}  # noqa: RUF012
    left = threading.Event()
    """A client went away from a scripted reply."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        way, _, rest = self.path[1:].partition("/")
        self.keys.append(self.headers.get("authorization"))
        if self._refused(way):
            return
        if way == "html":
            self._send(200, "<!doctype html><p>Welcome: to the router</p>", "text/html")
        elif rest != "v1/models" or way == "unlisted":
            self._send(404, "nothing here", "text/plain")
        elif way == "nonsense":
            self._send(200, '{"data": [{"id": 4}, "x", {"id": "fine"}]}')
        elif way == "deep":
            self._send(200, "[" * 100_000)
        elif way == "endless":
            self._send(200, " " * 5_000_000)
        else:
            self._send(200, json.dumps({"data": [{"id": "small"}, {"id": "large"}]}))

    def do_POST(self) -> None:
        way, _, rest = self.path[1:].partition("/")
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.keys.append(self.headers.get("authorization"))
        self.bodies.append(asked)
        if self._refused(way):
            return
        if way == "moved":
            self.send_response(307)
            self.send_header("location", "http://169.254.169.254/v1/chat/completions")
            self.end_headers()
        elif way == "html":
            self._send(200, "<!doctype html><p>Welcome: to the router</p>", "text/html")
        elif rest != "v1/chat/completions":
            self._send(404, "nothing here", "text/plain")
        elif way in self.scripts:
            self._play(self.scripts[way])
        elif asked["model"] not in ("small", "large"):
            self._error(404, f"model '{asked['model']}' not found")
        elif way == "hangs":
            self.release.wait(10)
        elif way == "broken":
            self._send(200, "data: {nothing\n\n", "text/event-stream")
        elif way == "failing":
            self._error(500, f"no memory left for {self.headers['authorization']}")
        else:
            self._stream(way, asked["model"])

    def _refused(self, way: str) -> bool:
        refused = way == "keyed" and self.headers.get("authorization") != f"Bearer {KEY}"
        if refused:
            self._error(401, "Incorrect API key provided")
        return refused

    def _stream(self, way: str, model: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if way == "drips":
            while not self.release.wait(0.05):
                self.wfile.write(b": still there\n\n")
        for word in () if way == "silent" else (model, " says", " yes"):
            chunk = {"choices": [{"index": 0, "delta": {"content": word}}], "model": model}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
            if way == "pauses":
                self.release.wait(10)
        self.wfile.write(b"data: [DONE]\n\n")

    def _play(self, script: Sequence[bytes | None]) -> None:
        """Send these pieces as they are; None means silence, until the client goes away."""
        for at, piece in enumerate(script):
            if piece is None:
                if at and self.connection.recv(1) == b"":
                    self.left.set()
                self.release.wait(0 if self.left.is_set() else 10)
                return
            if at == 0:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
            self.wfile.write(piece)
            self.wfile.flush()

    def _error(self, status: int, message: str) -> None:
        self._send(status, json.dumps({"error": {"message": message}}))

    def _send(self, status: int, body: str, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


class QuietServer(ThreadingHTTPServer):
    """Clients of these tests go away in the middle of a reply."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def running() -> Iterator[str]:
    """The address of an endpoint, until the end."""
    Endpoint.release.clear()
    Endpoint.keys.clear()
    Endpoint.bodies.clear()
    Endpoint.scripts.clear()
    Endpoint.left.clear()
    server = QuietServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        Endpoint.release.set()
        server.shutdown()
        server.server_close()


def reason(work: Callable[[], object]) -> str:
    """Why a choice is refused: in one line, and without the key."""
    with pytest.raises(ChoiceRefused) as caught:
        work()
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    return caught.value.reason


def reply(llm: Any) -> str:  # noqa: ANN401 - the LLM of LlamaIndex
    """What the model says of itself."""
    return Model(llm).reply(QUESTION)


def chunk(text: object, **delta: object) -> bytes:
    """A chunk of a stream, as most endpoints send it."""
    choice = {"index": 0, "delta": {"content": text, **delta}, "finish_reason": None}
    return f"data: {json.dumps({'id': 'c', 'choices': [choice]})}\n\n".encode()


def words(text: str) -> list[bytes]:
    """A text as chunks of a word each."""
    return [chunk(word) for word in text.replace(" ", "\0 ").split("\0")]


DONE = b"data: [DONE]\n\n"
