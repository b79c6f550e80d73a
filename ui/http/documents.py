"""Documents over HTTP: listed, read, added as files or as text, read again, removed.

A document is addressed by its id, not by its name: names hold slashes, "..", "?" and any letter,
which servers on the way decode, fold or refuse, while an id is a number that is never used
again. It stands for one content: a file that has changed is a new document, so that the offsets
of a citation never point into another text. GET /documents?name= finds the id of a name.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from index import Document, DocumentRecord, Library
from ui import uploads
from ui.access import access_of
from ui.audit import audit_of, note
from ui.http.bodies import NAME_CHARACTERS
from ui.http.document_bodies import (
    LISTED,
    TEXT_CHARACTERS,
    Added,
    DocumentReply,
    DocumentsReply,
    PageReply,
    TextReply,
)
from ui.http.errors import Documented, Problem, Refused, documented_error
from ui.http.incoming import added
from ui.http.rights import needs
from ui.jsonable import documents_json
from ui.threads import Progress, in_long_thread, in_thread

LAST_ID = 2**63 - 1
LAST_OFFSET = 2**31

Id = Annotated[int, Path(ge=1, le=LAST_ID, description="A document's id, as it is listed.")]
_NOT_THERE: Documented = {404: documented_error("No document of that id.")}


def document_routes(library: Library) -> APIRouter:
    """What is asked of documents that are there."""
    router = APIRouter(tags=["documents"], responses=_NOT_THERE)

    @router.get("/documents", response_model=DocumentsReply, dependencies=[needs("reader")])
    async def listed(
        request: Request,
        name: Annotated[str | None, Query(min_length=1, max_length=NAME_CHARACTERS)] = None,
        start: Annotated[int, Query(ge=0, le=LAST_OFFSET)] = 0,
        count: Annotated[int, Query(ge=1, le=LISTED)] = LISTED,
    ) -> DocumentsReply:
        """The documents, by name; with `name`, the one that is called so."""

        def work() -> DocumentsReply:
            records = (
                library.documents() if name is None else library.documents_where("name", [name])
            )
            end = start + count
            return DocumentsReply(
                documents=[_reply(record, request) for record in records[start:end]],
                total=len(records),
                next=end if end < len(records) else None,
            )

        return await in_thread(work)

    @router.get("/documents/{id}", response_model=DocumentReply, dependencies=[needs("reader")])
    async def one(request: Request, id: Id) -> DocumentReply:
        """One document, with what may be wrong with its text."""
        return _reply(await in_thread(partial(_record, library, id)), request)

    @router.get("/documents/{id}/text", response_model=TextReply, dependencies=[needs("reader")])
    async def text(
        id: Id,
        start: Annotated[int, Query(ge=0, le=LAST_OFFSET)] = 0,
        count: Annotated[int, Query(ge=1, le=TEXT_CHARACTERS)] = TEXT_CHARACTERS,
    ) -> TextReply:
        """`count` characters of a document's text from `start` on, and the pages there."""

        def work() -> TextReply:
            record = _record(library, id)
            return _part(record, library.document(record.name), start, start + count)

        return await in_thread(work)

    @router.delete("/documents/{id}", status_code=204, dependencies=[needs("editor")])
    async def delete(request: Request, id: Id) -> None:
        """Take a document out, and its file too where it was uploaded."""

        def work() -> None:
            record = _record(library, id)
            uploads.remove(library, record)
            note(request, "remove", record.name)

        await in_thread(work)

    @router.post("/documents/{id}/reread", response_model=Added, dependencies=[needs("editor")])
    async def reread(request: Request, id: Id) -> Added:
        """Read the file of a document again; where it reads otherwise now, the id is a new one."""

        def work() -> Added:
            (result,) = uploads.reread(library, _record(library, id), Progress())
            if (audit := audit_of(request)) is not None:
                audit.note_results(access_of(request), [result])
            now = library.documents_where("name", [result["name"]])
            return added(result, next(iter(now), None))

        return await in_long_thread(work)

    return router


def _record(library: Library, document_id: int) -> DocumentRecord:
    for record in library.documents_where("id", [document_id]):
        return record
    message = "There is no document of that id."
    hint = "It may have been removed or have changed: GET /api/v1/documents lists all."
    raise Refused(Problem(404, "document_missing", message, hint))


def _reply(record: DocumentRecord, request: Request) -> DocumentReply:
    (shape,) = documents_json([record])["documents"]
    if not access_of(request).serves:
        shape["path"] = None
    return DocumentReply(id=record.id, **shape)


def _part(record: DocumentRecord, document: Document, start: int, end: int) -> TextReply:
    characters = len(document.text)
    start, end = min(start, characters), min(end, characters)
    return TextReply(
        id=record.id,
        document=record.name,
        language=document.language,
        start=start,
        end=end,
        characters=characters,
        text=document.text[start:end],
        pages=[
            PageReply(number=page.number, start=page.start, end=page.end)
            for page in document.pages
            if page.start < end and page.end > start
        ],
        next=end if end < characters else None,
    )
