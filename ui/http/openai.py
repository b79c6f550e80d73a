"""OpenAI's HTTP interface, so that programs which speak it can ask Sanad: mounted at /v1.

    GET  /models             "sanad", which answers, and the model that embeds passages
    POST /chat/completions   the last message is the question, those before it the conversation
    POST /embeddings         unit vectors by the model that embeds passages

An answer comes as at POST /api/v1/ask: with markers [n], and beside OpenAI's fields as `sanad`,
with the exact quotations. A request may bring `documents` (their names), `language` and
`references` (the quotations as a list at the end of the text) along; what steers a writing model
(temperature, system messages) is of no effect, since answers are made from checked parts.
"""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from index import Library
from rag import Assistant, Piece, Turn
from rag.assistant import QUESTION_CHARACTERS
from rag.history import turns_of
from rag.nodes import references_below
from ui.access import access_of
from ui.audit import note
from ui.http.bodies import TURN_CHARACTERS, TURNS
from ui.http.errors import Problem, Refused, problem_of, translate_errors
from ui.http.events import event_stream, last, unless_disconnected
from ui.http.openai_bodies import ChatRequest, EmbeddingsRequest, Message
from ui.jsonable import answer_json
from ui.scope import named_documents
from ui.threads import ThreadedStream, in_long_thread, in_thread
from ui.visitors import owner_of

MODEL = "sanad"
PATH = "/v1"
_REFERENCES = "\n\n[1] "
"""How a list of references begins."""

_log = logging.getLogger(__name__)


def create_openai_app(
    library: Library, assistant: Callable[[], Assistant], answers: ThreadedStream
) -> FastAPI:
    """The application for /v1; `assistant` and `answers` as in `ui.http.app.create_app`."""
    app = FastAPI(title="Sanad, as OpenAI's API", docs_url=None, redoc_url=None)
    translate_errors(app, _error, invalid=400)

    @app.get("/models")
    async def models() -> dict[str, Any]:
        """The models that can be named in a request."""
        return {"object": "list", "data": [_model(MODEL), _model(library.passage_model)]}

    @app.get("/models/{name:path}")
    async def model(name: str) -> dict[str, Any]:
        """One of them."""
        _known(name, MODEL, library.passage_model)
        return _model(name)

    @app.post("/chat/completions")
    async def chat(asked: ChatRequest, request: Request) -> Response:
        """An answer with its citations, at once or (`"stream": true`) as it is written."""
        _known(asked.model, MODEL)
        question, history = conversation_of(asked.messages)

        def begin() -> frozenset[str] | None:
            documents = named_documents(library, asked.documents)
            note(request, "ask", question)
            return documents

        documents = await in_thread(begin)

        def start() -> Iterator[Piece]:
            return assistant().stream(
                question, history, documents=documents, language=asked.language
            )

        pieces = answers.items(start, owner_of(request))
        if asked.stream:
            paths = access_of(request).serves
            return event_stream(_chunks(pieces, asked.references, paths=paths))
        piece = await unless_disconnected(request, lambda: last(pieces))
        if piece is None or piece.answer is None:  # nobody is there to read this
            return Response(status_code=499)
        answer = piece.answer
        content = answer.text + (references_below(answer.citations) if asked.references else "")
        message = {"role": "assistant", "content": content, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        told = answer_json(answer, passage_ids=True)
        return JSONResponse(_head("chat.completion") | {"choices": [choice], "sanad": told})

    @app.post("/embeddings")
    async def embeddings(asked: EmbeddingsRequest) -> Response:
        """The vectors of texts, in their order."""
        _known(asked.model, library.passage_model)
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        return JSONResponse(await in_long_thread(partial(_embedded, library, asked, texts)))

    return app


def _embedded(library: Library, asked: EmbeddingsRequest, texts: Sequence[str]) -> dict[str, Any]:
    embedder = library.passage_embedder
    dimension = embedder.recipe()["dimension"]
    if asked.dimensions not in (None, dimension):
        message = f"dimensions: this model has {dimension} and no other number."
        raise Refused(Problem(400, "dimensions_fixed", message))
    vectors = (embedder.queries if asked.input_type == "query" else embedder.passages)(texts)
    tokens = sum(embedder.count_tokens(texts))
    return {
        "object": "list",
        "model": asked.model,
        "data": [
            {
                "object": "embedding",
                "index": number,
                "embedding": base64.b64encode(vector.astype("<f4").tobytes()).decode()
                if asked.encoding_format == "base64"
                else vector.tolist(),
            }
            for number, vector in enumerate(vectors)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def conversation_of(messages: Sequence[Message]) -> tuple[str, list[Turn]]:
    """The question, and the turns before it, of which the last twenty count."""
    spoken = [each for each in messages if each.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user" or not spoken[-1].said:
        message = 'messages: the last one is the question; its role is "user".'
        raise Refused(Problem(400, "question_missing", message))
    said = (
        (each.role, each.said[:QUESTION_CHARACTERS])
        if each.role == "user"
        else (each.role, each.said.split(_REFERENCES)[0][:TURN_CHARACTERS])
        for each in spoken[:-1]
    )
    return spoken[-1].said, turns_of(said)[-TURNS:]


async def _chunks(
    pieces: AsyncGenerator[Piece], with_references: bool, *, paths: bool
) -> AsyncGenerator[str]:
    """The answer as it is written; an error says where things lie with `paths` alone."""
    head = _head("chat.completion.chunk")

    def chunk(delta: Mapping[str, str], finish: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event(head | {"choices": [choice]} | more)

    yield chunk({"role": "assistant", "content": ""})
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                if piece.text:
                    yield chunk({"content": piece.text})
                if piece.answer is not None:
                    listed = references_below(piece.answer.citations) if with_references else ""
                    if listed:
                        yield chunk({"content": listed})
                    told = answer_json(piece.answer, passage_ids=True)
                    yield chunk({}, "stop", sanad=told)
        except Exception as error:  # noqa: BLE001 - a stream must not end without a word
            problem = problem_of(error, paths=paths)
            if problem.code == "failed":
                _log.exception("An answer failed")
            yield _event(_error(problem))
    yield "data: [DONE]\n\n"


def _event(data: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _head(kind: str) -> dict[str, Any]:
    number = f"chatcmpl-{uuid4().hex}"
    return {"id": number, "object": kind, "created": int(time.time()), "model": MODEL}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "sanad"}


def _known(name: str, *names: str) -> None:
    if name not in names:
        message = f"There is no such model here; ask {names[0]}."
        raise Refused(Problem(404, "model_not_found", message))


def _error(problem: Problem) -> dict[str, Any]:
    """A problem in OpenAI's shape."""
    kind = "invalid_request_error" if problem.status < 500 else "server_error"
    return {"error": {"message": problem.line, "type": kind, "param": None, "code": problem.code}}
