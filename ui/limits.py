"""What one client may ask of the server: a pure ASGI layer, inside of the one that decides access.

Bodies that are too large or come too slowly, and requests and questions that are too many, are
answered before the application holds anything of them:

    413 body_too_large       408 body_too_slow       431 headers_too_many
    429 too_many_requests    429 too_many_questions  (with Retry-After)

Answers may take as long as they like: a stream of events is never cut off. Connections that say
nothing at all never come so far (`ui.connections`).
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace

from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag import Settings
from ui.access import Access, access_in
from ui.connections import ConnectionBounds
from ui.crowd import Crowd, Share
from ui.errors import TooManyQuestions, TooManyRequests
from ui.request_log import note_route

_QUESTION = re.compile(r"/(ask|chat/completions)/?$")
"""Where programs ask; the page's questions are counted by who answers them (`ui.asking`)."""
_UPLOAD = re.compile(r"/(gradio_api/upload|api/v1/documents)(/|$)")
_TEXTS = re.compile(r"/(v1/embeddings|mcp)/?$")
_DOCUMENT = re.compile(r"/api/v1/documents/text/?$")
_MB = 1_000_000
_PEOPLE_PER_ADDRESS = 4
"""So many people may sit behind one address before they notice."""
_SECONDS_TO_READ_WHY = 1.0
"""So long a body that was refused is still taken, and thrown away: a connection that is closed
while a client writes takes the answer with it."""


_PERSON = Share(per_minute=600, burst=300, at_once=50, questions=2)
_ADDRESS = Share(per_minute=2_400, burst=1_200, at_once=200, questions=8)


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """How large a body may be, in bytes, and how slow.

    It may take `seconds` in all; after `grace` seconds, `rate` bytes must have come in each
    second on average. Only the time is counted in which the server waits for it.
    """

    json: int = 1 * _MB
    texts: int = 8 * _MB
    document: int = 64 * _MB
    upload: int = 1_000 * _MB
    grace: float = 10.0
    rate: int = 2_000
    seconds: float = 3_600.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Everything that is bounded, by person and by address."""

    person: Share = _PERSON
    address: Share = _ADDRESS
    body: BodyBounds = field(default_factory=BodyBounds)
    headers: int = 100
    connections: ConnectionBounds = field(default_factory=ConnectionBounds)

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """The bounds with what the settings say about them."""
        minute, questions = settings.requests_per_minute, settings.questions_at_once
        return cls(
            person=_share(minute, questions, _PERSON.at_once),
            address=_share(
                _PEOPLE_PER_ADDRESS * minute, _PEOPLE_PER_ADDRESS * questions, _ADDRESS.at_once
            ),
            body=BodyBounds(upload=settings.upload_mb * _MB),
        )


def _share(per_minute: int, questions: int, at_once: int) -> Share:
    return Share(per_minute, max(1, per_minute // 2), at_once, questions)


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    code: str
    message: str
    hint: str
    retry_after: int | None = None


class Limits:
    """Lets through what stays within its bounds; `crowd` is shared by all that count with it."""

    def __init__(
        self, app: ASGIApp, bounds: Bounds | None = None, crowd: Crowd | None = None
    ) -> None:
        self._app = app
        self._bounds = bounds or Bounds()
        self.crowd = crowd or Crowd(self._bounds.person, self._bounds.address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with ExitStack() as counted:
            refusal = self._refusal(scope, counted)
            if refusal is None:
                await self._bounded(scope, receive, send)
            else:
                await _answer(refusal, receive, send)

    def _refusal(self, scope: Scope, counted: ExitStack) -> _Refusal | None:
        """Why a request is not let in; one that is, is counted until `counted` is closed."""
        if len(scope["headers"]) > self._bounds.headers:
            return _Refusal(
                431,
                "headers_too_many",
                f"The request has more than {self._bounds.headers} headers.",
                "Send fewer.",
            )
        access = _who(scope)
        try:
            counted.enter_context(self.crowd.request(access))
            if scope["method"] == "POST" and _QUESTION.search(scope["path"]):
                counted.enter_context(self.crowd.question(access))
        except TooManyRequests as error:
            seconds = int(str(error.fields["seconds"]))
            return _Refusal(
                429,
                "too_many_requests",
                "Too many requests come from you.",
                f"Try again in {seconds} s.",
                seconds,
            )
        except TooManyQuestions as error:
            count = error.fields["count"]
            return _Refusal(
                429,
                "too_many_questions",
                f"As many of your questions as may be asked at once ({count}) wait for answers.",
                "Ask again when one of them is answered.",
                5,
            )
        return None

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = self._most(scope["path"])
        if _announced(scope) > most:
            await _answer(_too_large(most), receive, send)
            return
        body = _Body(receive, self._bounds.body, most)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if not body.broken_off or started:
                started = True
                await send(message)

        try:
            await self._app(scope, body, sending)
        except Exception:
            if not body.broken_off:
                raise
        finally:
            note_route(scope)
        if body.refusal is not None and not started:
            await _answer(body.refusal, receive, send)

    def _most(self, path: str) -> int:
        body = self._bounds.body
        if _DOCUMENT.search(path):
            return body.document
        if _UPLOAD.search(path):
            return body.upload
        return body.texts if _TEXTS.search(path) else body.json


class _BrokenOff(MultiPartException):
    """Ends the reading of a body. Of this kind because for it alone the readers of forms throw
    away the files that they have begun; what the application answers to it is not sent."""


class _Body:
    """Receives a request's body as long as it stays within its bounds; then raises _BrokenOff.

    `refusal` says why, where there is a client that can be told.
    """

    def __init__(self, receive: Receive, bounds: BodyBounds, most: int) -> None:
        self.broken_off = False
        self.refusal: _Refusal | None = None
        self._receive, self._bounds, self._most = receive, bounds, most
        self._size, self._waited, self._over = 0, 0.0, False

    async def __call__(self) -> Message:
        if self._over:  # from here on it is waited for the client to go away
            return await self._receive()
        bounds, began = self._bounds, time.monotonic()
        allowed = min(bounds.seconds, bounds.grace + self._size / bounds.rate)
        try:
            async with asyncio.timeout(allowed - self._waited):
                message = await self._receive()
        except TimeoutError:
            raise self._break_off(_TOO_SLOW) from None
        self._waited += time.monotonic() - began
        if message["type"] == "http.disconnect" and self._size:
            raise self._break_off(None)
        self._size += len(message.get("body", b""))
        self._over = not message.get("more_body", False)
        if self._size > self._most:
            raise self._break_off(_too_large(self._most))
        return message

    def _break_off(self, refusal: _Refusal | None) -> _BrokenOff:
        self.broken_off, self.refusal, self._over = True, refusal, True
        return _BrokenOff("the body broke off")


def _who(scope: Scope) -> Access:
    """Who asks; of what everybody may have, nothing is decided but the address is known."""
    access = access_in(scope)
    if access.address or not scope.get("client"):
        return access
    return replace(access, address=scope["client"][0])


def _announced(scope: Scope) -> int:
    """The size that the client says its body has; 0 where it does not say."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit():
            return int(value) if len(value) < 20 else 10**20
    return 0


_TOO_SLOW = _Refusal(
    408,
    "body_too_slow",
    "The body of the request came too slowly.",
    "Try again over a better connection, or send less at a time.",
)


def _too_large(most: int) -> _Refusal:
    size = f"{most / _MB:g} MB"
    return _Refusal(
        413,
        "body_too_large",
        f"The body of the request is larger than {size}.",
        "Send less at a time.",
    )


async def _answer(refusal: _Refusal, receive: Receive, send: Send) -> None:
    error = {"code": refusal.code, "message": refusal.message, "hint": refusal.hint}
    body = json.dumps({"error": error}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if refusal.retry_after is not None:
        headers.append((b"retry-after", str(refusal.retry_after).encode()))
    if refusal.status in (408, 413):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if refusal.status == 413:
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_TO_READ_WHY):
                while (await receive()).get("more_body", False):
                    pass
    await send({"type": "http.response.body", "body": b""})
