"""Watched folders for programs (/api/v1/folders) and for the page (/page/folders); owners alone.

A folder is named by its path on the server, so whoever is no owner of it neither sees nor changes
any: the entrance sees to that (`ui.rules`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from index import SanadError
from index.watching import EventKind, FolderEvent, FolderState, FolderStatus, WatchedFolders
from ui.audit import note
from ui.http.bodies import Sent
from ui.http.errors import documented_error
from ui.http.rights import needs
from ui.page_routes import answered
from ui.problems import error_in_all_languages
from ui.threads import in_long_thread, in_thread

PATH_CHARACTERS = 4_096
PATTERNS = 50
PATTERN_CHARACTERS = 200

Id = Annotated[str, Path(max_length=64, examples=["6fc595ca"])]
Documents = Annotated[
    Literal["keep", "remove"],
    Query(description="What becomes of the documents that came from the folder."),
]
Pattern = Annotated[str, Field(min_length=1, max_length=PATTERN_CHARACTERS)]
Patterns = Annotated[list[Pattern], Field(max_length=PATTERNS)]


class InBothLanguages(BaseModel):
    """What went wrong, for people."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"en": "leave.pdf is damaged: ...", "ar": "leave.pdf تالف: ..."}]
        }
    )
    en: str
    ar: str


class NewFolder(Sent):
    """A folder to watch. Patterns are like "*.pdf", "drafts" or "drafts/*.md"."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"folder": "/srv/handbook", "exclude": ["drafts"]}]}
    )
    folder: str = Field(
        min_length=1, max_length=PATH_CHARACTERS, description="Its full path on the server."
    )
    include: Patterns = Field(default=[], description="Only files that match one; none: all.")
    exclude: Patterns = Field(default=[], description="No file that matches one.")


_FOLDER_EXAMPLE: dict[str, Any] = {
    "id": "6fc595ca",
    "folder": "/srv/handbook",
    "include": [],
    "exclude": ["drafts"],
    "since": "2026-11-27T23:07:11Z",
    "state": "syncing",
    "done": 3,
    "total": 12,
    "documents": 40,
    "changed": "2026-11-27T23:08:02Z",
    "problem": None,
}
_EVENT_EXAMPLE: dict[str, Any] = {
    "time": "2026-11-27T23:08:02Z",
    "folder": "/srv/handbook",
    "kind": "renamed",
    "document": "leave.pdf",
    "was": "holidays.pdf",
    "error": None,
}


class WatchedFolder(BaseModel):
    """A watched folder as it stands.

    While it is "syncing", `done` of `total` files have been looked at. `documents` are those of
    the collection that lie in it; `changed` is when one of them came, changed or went last.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_FOLDER_EXAMPLE]})
    id: str
    folder: str
    include: list[str]
    exclude: list[str]
    since: datetime
    state: FolderState
    done: int
    total: int
    documents: int
    changed: datetime | None
    problem: InBothLanguages | None


class FolderList(BaseModel):
    """All watched folders; `changes` grows whenever a document has come, changed or gone."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"folders": [_FOLDER_EXAMPLE], "changes": 3}]}
    )
    folders: list[WatchedFolder]
    changes: int


class FolderHappening(BaseModel):
    """One thing that happened to a document, or to a folder (then `document` is empty)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EVENT_EXAMPLE]})
    time: datetime
    folder: str
    kind: EventKind
    document: str
    was: str = Field(description="The earlier name of a document that was renamed.")
    error: InBothLanguages | None


class FolderHappenings(BaseModel):
    """What happened last, the latest first; 200 at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"events": [_EVENT_EXAMPLE]}]})
    events: list[FolderHappening]


class RemovedDocuments(BaseModel):
    """The names of the documents that went with their folder."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"removed": ["leave.pdf"]}]})
    removed: list[str]


def folder_routes(folders: WatchedFolders) -> APIRouter:
    """The routes of the API, below /folders; whoever calls this starts and closes `folders`."""
    router = APIRouter(prefix="/folders", tags=["folders"], dependencies=[needs("server")])

    @router.get("")
    async def list_folders() -> FolderList:
        """The folders that are watched, and how far each is."""
        return await in_thread(partial(_listed, folders))

    @router.post("", status_code=201)
    async def watch_folder(new: NewFolder, request: Request) -> WatchedFolder:
        """Watch a folder: what is in it comes in, and changes are in within seconds."""
        return await in_thread(partial(_added, folders, new, request))

    @router.get("/events")
    async def list_events() -> FolderHappenings:
        """What happened to the documents of watched folders."""
        return await in_thread(partial(_happened, folders))

    @router.delete("/{id}", responses={404: documented_error("No folder of that id.")})
    async def stop_watching(
        id: Id, request: Request, documents: Documents = "keep"
    ) -> RemovedDocuments:
        """Watch a folder no longer. Its files stay as they are."""
        return await in_long_thread(partial(_removed, folders, id, documents, request))

    return router


def add_folder_routes(app: FastAPI, folders: WatchedFolders) -> None:
    """Add the routes of the page, below /page/folders."""
    router = APIRouter(prefix="/page/folders", include_in_schema=False)

    @router.get("")
    async def list_folders() -> Response:
        return await answered(_json(partial(_listed, folders)))

    @router.post("")
    async def watch_folder(new: NewFolder, request: Request) -> Response:
        return await answered(_json(partial(_added, folders, new, request)))

    @router.get("/events")
    async def list_events() -> Response:
        return await answered(_json(partial(_happened, folders)))

    @router.delete("/{id}")
    async def stop_watching(id: Id, request: Request, documents: Documents = "keep") -> Response:
        work = partial(_removed, folders, id, documents, request)
        return await answered(_json(work), long=True)

    app.include_router(router)


def _json(work: Callable[[], BaseModel]) -> Callable[[], Response]:
    return lambda: JSONResponse(work().model_dump(mode="json"))


def _listed(folders: WatchedFolders) -> FolderList:
    changes = folders.changes  # before the rest: what happens meanwhile is told the next time
    return FolderList(folders=[_folder(status) for status in folders.folders()], changes=changes)


def _added(folders: WatchedFolders, new: NewFolder, request: Request) -> WatchedFolder:
    added = _folder(folders.add(new.folder, new.include, new.exclude))
    note(request, "folders", added.folder)
    return added


def _removed(
    folders: WatchedFolders, id: str, documents: Literal["keep", "remove"], request: Request
) -> RemovedDocuments:
    removed = folders.remove(id, documents=documents == "remove")
    note(request, "folders", id)
    for name in removed:
        note(request, "remove", name)
    return RemovedDocuments(removed=removed)


def _happened(folders: WatchedFolders) -> FolderHappenings:
    return FolderHappenings(events=[_happening(event) for event in folders.events()])


def _folder(status: FolderStatus) -> WatchedFolder:
    return WatchedFolder(
        id=status.id,
        folder=str(status.path),
        include=list(status.include),
        exclude=list(status.exclude),
        since=status.since,
        state=status.state,
        done=status.done,
        total=status.total,
        documents=status.documents,
        changed=status.changed,
        problem=_told(status.problem),
    )


def _happening(event: FolderEvent) -> FolderHappening:
    return FolderHappening(
        time=event.time,
        folder=event.folder,
        kind=event.kind,
        document=event.document,
        was=event.was,
        error=_told(event.error),
    )


def _told(error: SanadError | None) -> InBothLanguages | None:
    return None if error is None else InBothLanguages(**error_in_all_languages(error))
