"""The HTTP interface: questions, search and documents as JSON, answers also as they are written."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

import anyio
from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from index import Language, Library, SanadError
from index.errors import DocumentMissing, QuestionInvalid
from index.text.sentences import text_language
from rag import Answer, Assistant, Piece, Turn
from rag.assistant import QUESTION_CHARACTERS
from rag.types import Outcome
from ui.api_errors import error_answer, translate_errors
from ui.jsonable import answer_json, documents_json, hits_json
from ui.scope import named_documents
from ui.strings import text
from ui.threads import ThreadedStream, in_thread

TURNS = 20
"""How many earlier turns a question may bring along."""
TURN_CHARACTERS = 8_000
CONTEXT_CHARACTERS = 1_500
"""How much of a document is shown on each side of a passage."""

DOCUMENTS = 1_000
"""How many documents a question may be asked of by name; left out, it is asked of all."""
NAME_CHARACTERS = 4_096
_DIGITS = 18

_log = logging.getLogger(__name__)

Question = Annotated[str, Query(min_length=1, max_length=QUESTION_CHARACTERS)]


class EarlierTurn(BaseModel):
    """One earlier exchange of the conversation, and what became of the question."""

    question: str = Field(max_length=QUESTION_CHARACTERS)
    answer: str = Field(max_length=TURN_CHARACTERS)
    outcome: Outcome = "answered"


class AskRequest(BaseModel):
    """The body of POST /api/ask."""

    question: str = Field(min_length=1, max_length=QUESTION_CHARACTERS)
    history: list[EarlierTurn] = Field(default=[], max_length=TURNS)
    stream: bool = False
    documents: list[Annotated[str, Field(max_length=NAME_CHARACTERS)]] | None = Field(
        default=None, min_length=1, max_length=DOCUMENTS
    )
    language: Language | None = None


def create_app(
    library: Library,
    assistant: Callable[[], Assistant],
    answers: ThreadedStream | None = None,
) -> FastAPI:
    """The application with the routes under /api.

    `assistant` makes the one that answers, in a thread; `answers` is the queue for the language
    model, shared with the web page where there is one.
    Interactive documentation is left out: it would load scripts from another host.
    """
    app = FastAPI(title="Sanad", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    waiting = answers or ThreadedStream()
    translate_errors(app)

    @app.get("/api/health")
    async def health() -> dict[str, Any]:
        """Whether the server is up and its store can be read."""
        records = await in_thread(library.documents)
        return {"ok": True, "documents": len(records)}

    @app.get("/api/documents")
    async def documents() -> dict[str, Any]:
        """The documents in the store."""
        return documents_json(await in_thread(library.documents))

    @app.get("/api/search")
    async def search(q: Question, k: Annotated[int, Query(ge=1, le=50)] = 5) -> dict[str, Any]:
        """The `k` best passages for a query; no language model is asked."""
        started = time.monotonic()
        hits = await in_thread(partial(library.search, q, k))
        seconds = time.monotonic() - started
        return hits_json(q, text_language(q), hits, seconds, passage_ids=True)

    @app.get("/api/passages/{passage_id}")
    async def passage(passage_id: Annotated[str, Path(pattern=r"^-?[0-9]+$")]) -> Response:
        """A passage with what stands before and after it in its document."""
        # No passage has a number of more digits than these, and some have too many to be read.
        number = int(passage_id) if len(passage_id) <= _DIGITS else 0
        found = await in_thread(partial(passage_json, library, number))
        if found is None:
            return error_answer(404, "This passage is no longer in the store. Ask or search again.")
        return JSONResponse(found)

    @app.post("/api/ask")
    async def ask(asked: AskRequest, request: Request) -> Response:
        """An answer with its citations, at once or (`"stream": true`) as server-sent events."""
        if not asked.question.strip():
            raise QuestionInvalid(detail="it is empty; type some words")
        history = [Turn(turn.question, turn.answer, turn.outcome) for turn in asked.history]
        documents = await in_thread(partial(named_documents, library, asked.documents))

        def start() -> Iterator[Piece]:
            return assistant().stream(
                asked.question, history, documents=documents, language=asked.language
            )

        if asked.stream:
            return StreamingResponse(
                _events(waiting.items(start)),
                media_type="text/event-stream",
                headers={"cache-control": "no-store", "x-accel-buffering": "no"},
            )
        answer = await unless_disconnected(request, lambda: last_answer(waiting.items(start)))
        if answer is None:  # nobody is there to read this
            return Response(status_code=499)
        return JSONResponse(answer_json(answer, passage_ids=True))

    return app


def passage_json(library: Library, passage_id: int) -> dict[str, Any] | None:
    """A passage with its surroundings, `text` between `before` and `after`; None when gone."""
    found = library.passage(passage_id)
    if found is None:
        return None
    name, passage = found
    try:
        document = library.document(name)
    except DocumentMissing:  # removed between the two looks
        return None
    before = max(0, passage.start - CONTEXT_CHARACTERS)
    after = min(len(document.text), passage.end + CONTEXT_CHARACTERS)
    return {
        "passage": passage_id,
        "document": name,
        "language": passage.language,
        "page": passage.page,
        "section": list(passage.section),
        "start": passage.start,
        "end": passage.end,
        "before": document.text[before : passage.start],
        "text": document.text[passage.start : passage.end],
        "after": document.text[passage.end : after],
        "begins": before == 0,
        "ends": after == len(document.text),
    }


async def last_answer(pieces: AsyncGenerator[Piece]) -> Answer | None:
    """The answer at the end of its pieces."""
    answer = None
    async with aclosing(pieces):
        async for piece in pieces:
            answer = piece.answer or answer
    return answer


async def _events(pieces: AsyncGenerator[Piece]) -> AsyncGenerator[str]:
    """`piece` events and an `answer`; or an `error`, as the status has been sent by then."""
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                if piece.text:
                    yield _event("piece", {"text": piece.text})
                if piece.answer is not None:
                    yield _event("answer", answer_json(piece.answer, passage_ids=True))
        except SanadError as error:
            yield _event("error", {"error": str(error)})
        except Exception:  # noqa: BLE001 - of whatever kind: a stream must not end without a word
            _log.exception("An answer failed")
            yield _event("error", {"error": text("failed", "en")})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def unless_disconnected(request: Request, work: Callable[[], Any]) -> Answer | None:
    """The result of `work`, which is cancelled when the client goes away (None then)."""
    result: Answer | None = None
    failure: SanadError | None = None
    async with anyio.create_task_group() as tasks:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            tasks.cancel_scope.cancel()

        tasks.start_soon(watch)
        try:
            result = await work()
        except SanadError as error:  # raised outside: a task group would wrap it
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return result
