"""Asking and searching over HTTP: an answer at once or as it is written, passages, one passage."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from index import Language, Library
from index.errors import DocumentMissing, QuestionInvalid
from index.text.sentences import text_language
from rag import Answer, Assistant, Piece, Turn
from ui.audit import note
from ui.chats import ChatStore
from ui.http.bodies import (
    AnswerReply,
    AskRequest,
    PassageReply,
    PieceReply,
    Searched,
    SearchReply,
    SearchRequest,
)
from ui.http.errors import Documented, Problem, Refused, documented_error
from ui.http.events import Event, documented, events, last, unless_disconnected
from ui.http.keeping import Keeping
from ui.http.rights import needs, owner
from ui.jsonable import answer_json, hits_json
from ui.scope import named_documents
from ui.threads import ThreadedStream, in_thread
from ui.visitors import owner_of

CONTEXT_CHARACTERS = 1_500
"""How much of a document is shown on each side of a passage."""
LAST_ID = 2**63 - 1

_EVENTS = documented(
    "The answer; with `stream`, events: `piece` (the next words, as `text`), then `answer` (all of"
    " it) or `error`.",
    "piece",
    "answer",
    "error",
)
_NOT_THERE: Documented = {404: documented_error("No such document, passage or chat.")}


def question_routes(
    library: Library,
    assistant: Callable[[], Assistant],
    answers: ThreadedStream,
    chats: ChatStore,
) -> APIRouter:
    """POST /ask, POST and GET /search, GET /passages/{id}."""
    router = APIRouter(tags=["questions"], dependencies=[needs("reader")])

    @router.post("/ask", response_model=AnswerReply, responses={200: _EVENTS, **_NOT_THERE})
    async def ask(asked: AskRequest, request: Request) -> Response:
        """Ask the documents; each sentence of the answer is tied to its source."""
        if not asked.question.strip():
            raise QuestionInvalid(detail="it is empty; type some words")

        def begin() -> tuple[frozenset[str] | None, Keeping | None]:
            documents, keeping = named_documents(library, asked.documents), None
            if (chat := asked.conversation) is not None:
                keeping = Keeping.begin(chats, library, owner(request), chat, asked.question)
            note(request, "ask", asked.question)
            return documents, keeping

        documents, keeping = await in_thread(begin)
        history = [Turn(turn.question, turn.answer, turn.outcome) for turn in asked.history]
        if keeping is not None:
            history = keeping.history

        def start() -> Iterator[Piece]:
            return assistant().stream(
                asked.question, history, documents=documents, language=asked.language
            )

        pieces = answers.items(start, owner_of(request))
        if keeping is not None:
            pieces = keeping.kept(pieces)
        if asked.stream:
            return events(request, _events(pieces, keeping))
        piece = await unless_disconnected(request, lambda: last(pieces))
        if piece is None or piece.answer is None:  # nobody is there to read this
            return Response(status_code=499)
        return JSONResponse(_answer(piece.answer, keeping).model_dump(mode="json"))

    @router.post("/search", response_model=SearchReply, responses=_NOT_THERE)
    async def search(asked: SearchRequest) -> SearchReply:
        """The best passages for a query, in either language; no language model is asked."""
        return await in_thread(
            partial(_found, library, asked.query, asked.k, asked.documents, asked.language)
        )

    @router.get("/search", response_model=SearchReply, responses=_NOT_THERE)
    async def search_by_address(asked: Annotated[Searched, Query()]) -> SearchReply:
        """The same, asked by an address."""
        return await in_thread(
            partial(_found, library, asked.q, asked.k, asked.documents, asked.language)
        )

    @router.get("/passages/{id}", response_model=PassageReply, responses=_NOT_THERE)
    async def passage(id: Annotated[int, Path(ge=1, le=LAST_ID)]) -> PassageReply:
        """A passage with what stands before and after it in its document."""
        found = await in_thread(partial(passage_reply, library, id))
        if found is None:
            message = "This passage is no longer in the store."
            raise Refused(Problem(404, "passage_missing", message, "Ask or search again."))
        return found

    return router


def _answer(answer: Answer, keeping: Keeping | None) -> AnswerReply:
    reply = AnswerReply.model_validate(answer_json(answer, passage_ids=True))
    if keeping is not None and keeping.is_kept:
        reply.conversation, reply.exchange = keeping.conversation.id, keeping.exchange.id
    return reply


async def _events(pieces: AsyncGenerator[Piece], keeping: Keeping | None) -> AsyncGenerator[Event]:
    async with aclosing(pieces):
        async for piece in pieces:
            if piece.text:
                yield "piece", PieceReply(text=piece.text)
            if piece.answer is not None:
                yield "answer", _answer(piece.answer, keeping)


def _found(
    library: Library,
    query: str,
    k: int,
    names: Sequence[str] | None,
    language: Language | None,
) -> SearchReply:
    """Search in the named documents, or in those of a language."""
    if not query.strip():
        raise QuestionInvalid(detail="it is empty; type some words")
    among: Collection[str] | None = named_documents(library, names)
    if language is not None:
        spoken = {record.name for record in library.documents() if record.language == language}
        among = spoken if among is None else spoken & set(among)
    started = time.monotonic()
    hits = library.search(query, k, documents=among)
    seconds = time.monotonic() - started
    told = hits_json(query, text_language(query), hits, seconds, passage_ids=True)
    return SearchReply.model_validate(told)


def passage_reply(library: Library, passage_id: int) -> PassageReply | None:
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
    return PassageReply(
        passage=passage_id,
        document=name,
        language=passage.language,
        page=passage.page,
        section=list(passage.section),
        start=passage.start,
        end=passage.end,
        before=document.text[before : passage.start],
        text=document.text[passage.start : passage.end],
        after=document.text[passage.end : after],
        begins=before == 0,
        ends=after == len(document.text),
    )
