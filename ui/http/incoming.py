"""Documents that come in over HTTP, as files or as text: kept under the store and added."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile

from index import DocumentRecord, Library
from ui import uploads
from ui.access import access_of
from ui.audit import audit_of
from ui.formats import FORMATS
from ui.http.bodies import Error
from ui.http.document_bodies import FILES, Added, AddedReply, TextRequest, Warned
from ui.http.errors import Problem, Refused
from ui.http.rights import needs
from ui.jsonable import warning_json
from ui.threads import Progress, in_long_thread, in_thread

_FIELD = "files"
_ENDINGS = frozenset(ending for family in FORMATS for ending in family)
_MULTIPART = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        _FIELD: {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "minItems": 1,
                            "maxItems": FILES,
                        }
                    },
                    "required": [_FIELD],
                    "additionalProperties": False,
                }
            }
        },
    }
}


def incoming_routes(library: Library) -> APIRouter:
    """POST /documents and POST /documents/text."""
    router = APIRouter(tags=["documents"], dependencies=[needs("editor")])

    @router.post(
        "/documents",
        response_model=AddedReply,
        openapi_extra=_MULTIPART,
    )
    async def upload(request: Request) -> AddedReply:
        """Add files (the fields `files` of a form); each has its own result.

        A file of the name of another one, with other content, comes in beside it under a number.
        """
        # Read here, not by FastAPI: a form is not taken in before the role is known.
        async with request.form(max_files=FILES, max_fields=0) as form:
            files = _files_of(form)
            results = await in_long_thread(partial(_take_in, library, files))
        await in_thread(partial(_note, request, results))
        return AddedReply(results=results)

    @router.post(
        "/documents/text",
        response_model=Added,
    )
    async def add_text(given: TextRequest, request: Request) -> Added:
        """Add a text as a document; a name without the ending of a format gets `.txt`."""
        result = await in_long_thread(partial(_take_in_text, library, given.name, given.text))
        if result.error is not None:
            raise Refused(Problem(400, result.error.code, result.error.message))
        await in_thread(partial(_note, request, [result]))
        return result

    return router


def _note(request: Request, results: Sequence[Added]) -> None:
    if (audit := audit_of(request)) is not None:
        audit.note_results(access_of(request), [result.model_dump() for result in results])


def _files_of(form: FormData) -> list[UploadFile]:
    files = []
    for name, value in form.multi_items():
        if name != _FIELD or not isinstance(value, UploadFile):
            raise _no_files()
        files.append(value)
    if not files:
        raise _no_files()
    return files


def _no_files() -> Refused:
    message = f"A form (multipart/form-data) of files, each called {_FIELD}, is needed."
    return Refused(Problem(422, "request_invalid", message, "GET /api/v1/docs shows it."))


def _take_in(library: Library, files: Sequence[UploadFile]) -> list[Added]:
    with tempfile.TemporaryDirectory(prefix="sanad-") as folder:
        arrived = []
        for number, file in enumerate(files):
            path = Path(folder) / str(number)
            with path.open("wb") as out:
                shutil.copyfileobj(file.file, out)
            arrived.append((path, file.filename or ""))
        return _added(library, uploads.take_in(library, arrived, Progress()))


def _take_in_text(library: Library, name: str, text: str) -> Added:
    if PurePath(name).suffix.lower() not in _ENDINGS:
        name = f"{name}.txt"
    (result,) = _added(library, [uploads.take_in_text(library, name, text, Progress())])
    return result


def _added(library: Library, results: Sequence[Mapping[str, Any]]) -> list[Added]:
    folder = library.folder / uploads.FOLDER
    # A result has the name of the file; the document's is another one where that was taken.
    files = [str(folder / result["name"]) for result in results]
    by_file = {record.path: record for record in library.documents_where("path", files)}
    return [added(result, by_file.get(file)) for result, file in zip(results, files, strict=True)]


def added(result: Mapping[str, Any], record: DocumentRecord | None) -> Added:
    """What became of a file, as `ui.uploads` says it, with its document if it has one."""
    failed = result["status"] == "failed"
    warnings = record.warnings if record is not None and not failed else ()
    return Added(
        name=result["name"] if record is None else record.name,
        id=None if record is None or failed else record.id,
        status=result["status"],
        warnings=[Warned.model_validate(warning_json(warning)) for warning in warnings],
        error=Error(code=result["code"], message=result["error"]["en"], hint=None)
        if failed
        else None,
    )
