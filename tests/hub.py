"""A server on loopback that plays a model hub, whose one file is a model that is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from index.models import CatalogueModel, HubFile
from tests.endpoint import QuietServer
from tests.shop import sha256

FILE = "demo.Q4_K_M.gguf"
CONTENT = b"GGUF" + bytes(range(256)) * 2_000
REVISION = "0123456789abcdef0123456789abcdef01234567"
RESOLVED = f"/owner/demo-GGUF/resolve/{REVISION}/{FILE}"
_STEP = 1 << 16


@dataclass
class Hub:
    """What the hub has, how it behaves, and what it was asked for.

    The file is found at `path`. `way` is "well", or what it does wrong. Each number in `breaks`
    is how many bytes one of the next replies has when the line breaks; `held` keeps a reply back
    after its first bytes.
    """

    content: bytes = CONTENT
    path: str = RESOLVED
    way: str = "well"
    breaks: list[int] = field(default_factory=list)
    held: threading.Event | None = None
    asked: list[str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    sent: int = 0


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.hub.asked.append(self.path)
        if self.hub.way.isdigit():
            self.send_error(int(self.hub.way))
        elif self.path == self.hub.path:  # the file itself lies elsewhere, as with the real one
            self.send_response(302)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()
        elif self.path == "/elsewhere":
            self._send_file()
        else:
            self.send_error(404)

    def _send_file(self) -> None:
        asked, size = self.headers.get("range"), len(self.hub.content)
        self.hub.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if asked is None or self.hub.way in ("whole", "unmeasured"):
            start = 0
            self.send_response(200)
        elif start >= size:
            self.send_response(416)
            self.send_header("content-range", f"bytes */{size}")
        else:
            self.send_response(206)
            told = start + (self.hub.way == "shifted")
            self.send_header("content-range", f"bytes {told}-{size - 1}/{size}")
        body = self.hub.content[start:]
        if self.hub.way != "unmeasured":
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self._write(body[: self.hub.breaks.pop(0)] if self.hub.breaks else body)

    def _write(self, body: bytes) -> None:
        for start in range(0, len(body), _STEP):
            piece = body[start : start + _STEP]
            self.wfile.write(piece)
            self.hub.sent += len(piece)
            if self.hub.held is not None:
                self.hub.held.wait(60)


@contextmanager
def running() -> Iterator[tuple[Hub, str]]:
    """The hub and its address, until the end."""
    hub = Hub()
    server = QuietServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield hub, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        if hub.held is not None:
            hub.held.set()
        server.shutdown()
        server.server_close()


def use(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this is the hub, and no proxy stands before it."""
    monkeypatch.setenv("HF_ENDPOINT", address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def hub_model(
    name: str = "demo", size: int | None = len(CONTENT), digest: str = sha256(CONTENT)
) -> CatalogueModel:
    """A model that only the hub has; it suits every machine."""
    source = HubFile("owner/demo-GGUF", FILE, size, REVISION)
    files = ((FILE, digest),)
    return CatalogueModel(
        name, "language", "Apache-2.0", None, size, "A demo.", (source,), files, memory=1
    )


def part(cache: Path, name: str = "demo") -> Path:
    """Where the unfinished file lies."""
    return cache / "downloads" / name / f"{FILE}.part"
