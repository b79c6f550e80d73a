"""What the page asks of the kept conversations: the list, names, deletion, export, ratings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from index import Language
from ui.chats import NAME_CHARACTERS, ChatStore
from ui.conversation import Conversation
from ui.export import answer_text, as_html, as_json, as_markdown
from ui.page_routes import answered, gone
from ui.strings import text
from ui.uploads import safe_name
from ui.visitors import owner_of

SEARCH_CHARACTERS = 200

ExportFormat = Literal["markdown", "html", "json"]
Id = Annotated[str, Path(max_length=64)]

_ENDINGS: dict[ExportFormat, tuple[str, str]] = {
    "markdown": (".md", "text/markdown"),
    "html": (".html", "text/html"),
    "json": (".json", "application/json"),
}
# Whose conversations these are hangs on a cookie: no cache may keep them for somebody else.
_PRIVATE = {"cache-control": "no-store"}


class NewName(BaseModel):
    """The body of PATCH /page/chats/{id}."""

    model_config = ConfigDict(str_strip_whitespace=True)
    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)


class NewRating(BaseModel):
    """The body of PUT /page/exchanges/{id}/rating."""

    rating: Literal[-1, 0, 1]


def add_chat_routes(app: FastAPI, chats: ChatStore) -> None:
    """Add the routes; each serves the person, or the visitor, who asks alone."""

    @app.get("/page/chats", include_in_schema=False)
    async def list_chats(
        request: Request, search: Annotated[str, Query(max_length=SEARCH_CHARACTERS)] = ""
    ) -> Response:
        """The visitor's conversations, the newest first."""
        who = owner_of(request)

        def work() -> Response:
            records = [asdict(record) for record in chats.list(who, search)]
            return JSONResponse({"chats": records}, headers=_PRIVATE)

        return await answered(work)

    @app.patch("/page/chats/{id}", include_in_schema=False)
    async def rename(request: Request, id: Id, new: NewName) -> Response:
        """Give a conversation another name."""
        return await _done(partial(chats.rename, owner_of(request), id, new.name))

    @app.delete("/page/chats/{id}", include_in_schema=False)
    async def delete(request: Request, id: Id) -> Response:
        """Delete a conversation."""
        return await _done(partial(chats.delete, owner_of(request), id))

    @app.delete("/page/chats", include_in_schema=False)
    async def delete_all(request: Request) -> Response:
        """Delete all conversations of the visitor."""
        who = owner_of(request)
        return await answered(lambda: JSONResponse({"deleted": chats.delete_all(who)}))

    @app.get("/page/chats/{id}/export", include_in_schema=False)
    async def export(
        request: Request, id: Id, format: ExportFormat, language: Language = "en"
    ) -> Response:
        """A conversation as a file."""
        who = owner_of(request)

        def work() -> Response:
            found = chats.load(who, id)
            return gone() if found is None else conversation_file(found, format, language)

        return await answered(work)

    @app.put("/page/exchanges/{id}/rating", include_in_schema=False)
    async def rate(request: Request, id: Id, new: NewRating) -> Response:
        """Keep what the visitor thinks of an answer."""
        return await _done(partial(chats.rate, owner_of(request), id, new.rating))

    @app.get("/page/exchanges/{id}/text", include_in_schema=False)
    async def answer(request: Request, id: Id, language: Language = "en") -> Response:
        """An answer as plain text with its sources."""
        who = owner_of(request)

        def work() -> Response:
            found = chats.exchange(who, id)
            if found is None:
                return gone()
            return JSONResponse({"text": answer_text(found, language)}, headers=_PRIVATE)

        return await answered(work)

    @app.get("/page/ratings", include_in_schema=False)
    async def rated() -> Response:
        """What everybody thinks of their answers, a JSON object per line: for owners alone."""

        def work() -> Response:
            lines = [json.dumps(asdict(rated), ensure_ascii=False) for rated in chats.ratings()]
            body = "".join(f"{line}\n" for line in lines)
            return _attachment(body, "sanad-ratings.jsonl", "application/x-ndjson")

        return await answered(work)


async def _done(work: Callable[[], bool]) -> Response:
    """Nothing more to say where `work` did it; else it is not there, or is another visitor's."""
    return await answered(lambda: Response(status_code=204) if work() else gone())


def conversation_file(found: Conversation, format_: ExportFormat, language: Language) -> Response:
    """A conversation as a file to be saved."""
    ending, kind = _ENDINGS[format_]
    if format_ == "markdown":
        body = as_markdown(found, language)
    elif format_ == "html":
        body = as_html(found, language)
    else:
        body = as_json(found)
    name = found.name or text("chats_unnamed", language)
    # A slash in a question is no folder.
    name = name.replace("/", "-").replace("\\", "-")
    return _attachment(body, safe_name(f"{name}{ending}"), kind)


def _attachment(body: str, name: str, kind: str) -> Response:
    """A file to be saved, never shown: RFC 6266, its name in the encoding of RFC 5987."""
    ending = name.rpartition(".")[2]
    disposition = (
        f"attachment; filename=\"sanad.{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return Response(
        body,
        media_type=f"{kind}; charset=utf-8",
        headers={**_PRIVATE, "content-disposition": disposition},
    )
