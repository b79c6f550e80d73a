"""The wire to an OpenAI-compatible endpoint: what it sends is bounded, checked and made plain.

Endpoints misbehave. One sends a web page, an error with status 200, a whole reply where a stream
was asked for, chunks without choices, or nothing at all for as long as one waits. `EndpointClient`
is the `httpx.Client` under the OpenAI client: it hands on only well-formed chunks, and raises
`EndpointFault`, which says what the endpoint did. A reply is cut off from outside when it takes
too long or when nobody wants it any more (`rag.stop`).
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import cache
from itertools import chain
from typing import Any, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from rag.config import Patience
from rag.errors import EndpointFault, SettingInvalid
from rag.reach import address_of, refuse, refuse_resolved
from rag.stop import current

_MOST_BYTES = 4_000_000
_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
_CHAT = "/chat/completions"
_BLANK = b"\xef\xbb\xbf \t"
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")

_CUT_OFF = (OSError, ValueError)
"""What a read from a connection that was just shut down may raise besides errors of httpx."""
_WORDS = ("content", "reasoning_content", "reasoning", "tool_calls")


class EndpointClient(httpx.Client):
    """Talks to the endpoint at `url`; raises SettingInvalid for a proxy that cannot be used.

    What is on this machine is never asked through a proxy. Redirects are not followed: documents
    go to the address that was configured, and nowhere else. Addresses that no model is asked at
    (`rag.reach`; `trusted` as there) are looked for before connecting and once more in the
    connection, for a name may stand for another address a moment later.
    """

    def __init__(self, url: str, patience: Patience, *, trusted: bool = True) -> None:
        self._patience, self._trusted = patience, trusted
        try:
            certificates = _certificates()
        except OSError as error:
            raise SettingInvalid(setting="SSL_CERT_FILE", detail=error) from error
        try:
            super().__init__(
                verify=certificates,
                trust_env=not is_local(urlsplit(url).hostname or ""),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
                headers={"accept-encoding": "identity"},
            )
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            named = [
                name for name in _PROXIES if os.environ.get(name, os.environ.get(name.lower()))
            ]
            detail = "such a proxy cannot be used; give one that begins with http://"
            raise SettingInvalid(setting=", ".join(named) or "proxy", detail=detail) from error

    def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:  # noqa: ANN401 - what httpx takes besides
        """The reply, bounded in time and size; of a stream, once its first line has come."""
        if getproxies():  # the proxy looks names up, perhaps others than this machine knows
            refuse(request.url.host, trusted=self._trusted)
        else:
            refuse_resolved(request.url.host, trusted=self._trusted)
        line = _Line(self._patience, self._trusted)
        request.extensions = {
            **request.extensions,
            "timeout": {"connect": self._patience.connect, "write": self._patience.first},
            "trace": line.trace,
        }
        is_chat = request.url.path.endswith(_CHAT)
        try:
            response = super().send(request, stream=True, follow_redirects=False)
            if is_chat and stream and response.is_success:
                kind = {"content-type": "text/event-stream"}
                chunks = _Chunks(response, line)
                return httpx.Response(200, headers=kind, stream=chunks, request=request)
            with closing(response):
                body = b"".join(_bounded(response.iter_bytes()))
        except (httpx.HTTPError, *_CUT_OFF):
            line.end()
            if line.fault is not None:
                raise line.fault from None
            raise
        except BaseException:
            line.end()
            raise
        line.end()
        if line.fault is not None:  # a cut can look like an end
            raise line.fault
        if is_chat and response.is_success:
            _parsed(body)
        kind = {"content-type": response.headers.get("content-type", "")}
        return httpx.Response(response.status_code, headers=kind, content=body, request=request)


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def is_local(host: str) -> bool:
    """Whether that name or address leads to this machine itself."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = address_of(name)
    return address is not None and (address.is_loopback or address.is_unspecified)


class _Line:
    """A request under way; a thread of its own watches it, for a read cannot look at the clock."""

    def __init__(self, patience: Patience, trusted: bool) -> None:
        self.fault: EndpointFault | None = None
        self._patience, self._trusted = patience, trusted
        self._stop = current()
        self._stream: Any = None
        self._over = threading.Event()
        self._ends = time.monotonic() + patience.reply
        self._due = min(time.monotonic() + patience.first, self._ends)
        self._spoken = False
        self._stop.add(self._leave)
        threading.Thread(target=self._watch, name="sanad-watch", daemon=True).start()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """What httpx calls at each step of a request: keeps the connection, to be able to cut."""
        if event in _CONNECTED:
            self._stream = info["return_value"]
            self._look_at_peer()
            if self.fault is not None:
                self._cut(self.fault)

    def _look_at_peer(self) -> None:
        """Nothing has been sent yet: leave where the other end is none that may be asked."""
        peer = self._stream.get_extra_info("server_addr")
        try:
            refuse(str(peer[0]), trusted=self._trusted)
        except EndpointFault:
            self._stream.close()
            raise

    def heard(self) -> None:
        """A word has come."""
        self._spoken = True
        self._due = min(time.monotonic() + self._patience.pause, self._ends)

    def end(self) -> None:
        """The request is over, whichever way."""
        self._over.set()
        self._stop.remove(self._leave)

    def _watch(self) -> None:
        while not self._over.wait(max(0.0, self._due - time.monotonic())):
            if time.monotonic() >= self._due:
                self._cut(EndpointFault("slow", self._late()))
                return

    def _late(self) -> str:
        if self._due >= self._ends:
            return f"its reply took over {self._patience.reply:g} seconds"
        if self._spoken:
            return f"it fell silent for {self._patience.pause:g} seconds in the middle of its reply"
        return f"it said nothing for {self._patience.first:g} seconds"

    def _leave(self) -> None:
        self._cut(EndpointFault("stopped", "nobody waits for its reply"))

    def _cut(self, fault: EndpointFault) -> None:
        """Wake the thread that reads: only a shutdown does that, closing does not."""
        self.fault = self.fault or fault
        if self._stream is not None:
            with suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class _Chunks(httpx.SyncByteStream):
    """The text of a reply as server-sent events that every client can read."""

    def __init__(self, response: httpx.Response, line: _Line) -> None:
        self._response, self._line = response, line

    def __iter__(self) -> Iterator[bytes]:
        try:
            for text in _whole_letters(self._texts()):
                yield _event(text)
        except (httpx.HTTPError, *_CUT_OFF) as error:
            detail = "its connection broke off in the middle of its reply"
            raise self._line.fault or EndpointFault("unreadable", detail) from error
        except EndpointFault as fault:
            raise self._line.fault or fault from None
        if self._line.fault is not None:  # a cut can look like an end
            raise self._line.fault
        yield b"data: [DONE]\n\n"

    def close(self) -> None:
        self._line.end()
        self._response.close()

    def _texts(self) -> Iterator[str]:
        """The text of each chunk."""
        lines = _lines(_bounded(self._response.iter_bytes()))
        first = next((line for line in lines if line.strip()), b"").lstrip(_BLANK)
        if not first.startswith(_FIELDS):
            yield _text(_said(_parsed(b"\n".join([first, *lines])), "message"))
            return
        chunks = replies = 0
        for data in _data(chain([first], lines)):
            if data.startswith(b"[DONE]"):
                break
            chunk = _parsed(data)
            chunks += 1
            if not chunk.get("choices"):  # of the usage, or to keep the connection open
                continue
            replies += 1
            said = _said(chunk, "delta")
            if any(said.get(name) for name in _WORDS):
                self._line.heard()
            if text := _text(said):
                yield text
        else:
            if not chunks:
                raise EndpointFault("unreadable", "it sent an empty reply")
        if chunks and not replies:
            raise EndpointFault("unreadable", "its stream holds no reply")


def _event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    chunk = {"id": "", "object": "chat.completion.chunk", "created": 0, "model": ""}
    return f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode()


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _MOST_BYTES:
            raise EndpointFault("unreadable", f"its reply is over {_MOST_BYTES // 10**6} MB long")
        yield piece


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    for piece in pieces:
        first, *others = piece.split(b"\n")
        held.append(first)
        for line in others:
            yield b"".join(held).rstrip(b"\r")
            held = [line]
    yield b"".join(held)


def _data(lines: Iterable[bytes]) -> Iterator[bytes]:
    """What each server-sent event carries; comments and empty events are left out."""
    held: list[bytes] = []
    for line in lines:
        if line.startswith(b"data:"):
            held.append(line[5:].strip())
        elif not line:
            if any(held):
                yield b"\n".join(held)
            held = []
    if any(held):
        yield b"\n".join(held)


def _parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in it; raises EndpointFault where there is none, or where it is an error."""
    if body.lstrip()[:1] == b"<":
        raise EndpointFault("unreadable", "it sent a web page instead of a reply")
    if not body.strip():
        raise EndpointFault("unreadable", "it sent an empty reply")
    try:
        value = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise EndpointFault("unreadable", "it sent what is not JSON") from None
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        raise EndpointFault("unreadable", "it sent JSON that is no reply of a chat")
    said = value.get("error")
    if not said and "choices" not in value:  # without a name of its own
        said = value.get("detail") or value.get("message")
    if said:
        message = said.get("message") if isinstance(said, dict) else said
        raise EndpointFault("error", f"it reports an error: {message or said}")
    return value


def _said(reply: dict[str, Any], part: Literal["delta", "message"]) -> dict[str, Any]:
    """What the first choice of a reply or a chunk says; a chunk may say nothing."""
    choices = reply.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    said = choice.get(part) if isinstance(choice, dict) else part
    if said is None and part == "delta":
        return {}
    if not isinstance(said, dict):
        raise EndpointFault("unreadable", "it sent JSON that is no reply of a chat")
    return said


def _text(said: dict[str, Any]) -> str:
    content = said.get("content")
    if isinstance(content, list):  # in parts; only those of text are the answer
        texts = [piece.get("text") for piece in content if isinstance(piece, dict)]
        content = "".join(text for text in texts if isinstance(text, str))
    if content is not None and not isinstance(content, str):
        raise EndpointFault("unreadable", "it sent JSON that is no reply of a chat")
    return content or ""


def _whole_letters(texts: Iterable[str]) -> Iterator[str]:
    """The same with surrogates paired, also across chunks: alone they are no letters."""
    held = ""
    for text in texts:
        text, held = held + text, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, held = text[:-1], text[-1]
        if text:
            yield text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if held:
        yield "\ufffd"
