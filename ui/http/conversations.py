"""Kept conversations over HTTP: whoever asks reaches their own, and nobody else's."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from index import Language
from ui.chat_routes import SEARCH_CHARACTERS, ExportFormat, conversation_file
from ui.chats import ChatRecord, ChatStore
from ui.conversation import Conversation, Exchange
from ui.http.bodies import ID_CHARACTERS, Citation
from ui.http.conversation_bodies import (
    ConversationReply,
    ConversationsReply,
    ConversationText,
    ExchangeReply,
    NewName,
    NewRating,
)
from ui.http.errors import Documented, Problem, Refused, documented_error
from ui.http.keeping import conversation_missing
from ui.http.rights import needs, owner
from ui.threads import in_thread

Id = Annotated[str, Path(min_length=1, max_length=ID_CHARACTERS)]
_NOT_THERE: Documented = {404: documented_error("You have none of that id.")}
_FILE = {
    "description": "The file.",
    "content": {kind: {} for kind in ("application/json", "text/markdown", "text/html")},
}


def conversation_routes(chats: ChatStore) -> APIRouter:
    """GET, PATCH and DELETE under /conversations, export, and ratings of their exchanges."""
    router = APIRouter(tags=["conversations"], dependencies=[needs("reader")], responses=_NOT_THERE)

    @router.get("/conversations", response_model=ConversationsReply)
    async def listed(
        request: Request, search: Annotated[str, Query(max_length=SEARCH_CHARACTERS)] = ""
    ) -> ConversationsReply:
        """Your conversations, the newest first; with `search`, those that hold its words."""
        records = await in_thread(partial(chats.list, owner(request), search))
        return ConversationsReply(conversations=[_listed(record) for record in records])

    @router.get("/conversations/{id}", response_model=ConversationText)
    async def read(request: Request, id: Id) -> ConversationText:
        """A conversation with all that was said."""
        found = await _load(chats, request, id)
        return ConversationText(
            id=found.id,
            name=found.name,
            exchanges=[_exchange(exchange) for exchange in found.exchanges],
        )

    @router.patch("/conversations/{id}", status_code=204)
    async def rename(request: Request, id: Id, new: NewName) -> None:
        """Give a conversation another name."""
        if not await in_thread(partial(chats.rename, owner(request), id, new.name)):
            raise conversation_missing()

    @router.delete("/conversations/{id}", status_code=204)
    async def delete(request: Request, id: Id) -> None:
        """Delete a conversation; nothing of it is left."""
        if not await in_thread(partial(chats.delete, owner(request), id)):
            raise conversation_missing()

    @router.get("/conversations/{id}/export", response_class=Response, responses={200: _FILE})
    async def export(
        request: Request, id: Id, format: ExportFormat, language: Language = "en"
    ) -> Response:
        """A conversation as a file; `language` is that of what stands around it."""
        return conversation_file(await _load(chats, request, id), format, language)

    @router.put("/exchanges/{id}/rating", status_code=204)
    async def rate(request: Request, id: Id, new: NewRating) -> None:
        """Say what you think of an answer."""
        if not await in_thread(partial(chats.rate, owner(request), id, new.rating)):
            message = "You have no exchange of that id."
            hint = "GET /api/v1/conversations/{id} shows them."
            raise Refused(Problem(404, "exchange_missing", message, hint))

    return router


async def _load(chats: ChatStore, request: Request, chat_id: str) -> Conversation:
    found = await in_thread(partial(chats.load, owner(request), chat_id))
    if found is None:
        raise conversation_missing()
    return found


def _listed(record: ChatRecord) -> ConversationReply:
    return ConversationReply(
        id=record.id, name=record.name, updated=record.updated, questions=record.questions
    )


def _exchange(exchange: Exchange) -> ExchangeReply:
    return ExchangeReply(
        id=exchange.id,
        question=exchange.question,
        asked=exchange.asked,
        text=exchange.text,
        state=exchange.state,
        language=exchange.language,
        citations=[
            Citation(
                marker=card["marker"],
                document=card["document"],
                page=card["page"],
                start=card["at"][0],
                end=card["at"][1],
                quote=card["sentence"],
                passage=card["passage"],
                section=card["section"],
            )
            for card in exchange.cards
            if card["marker"] is not None  # the others only came near
        ],
        rating=exchange.rating,
    )
