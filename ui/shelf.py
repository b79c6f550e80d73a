"""What the events of the Documents tab call: files in and out, with progress and results."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from index import DocumentRecord, Library, SanadError, models
from index.errors import DocumentMissing, ModelUnknown
from ui import uploads
from ui.access import access_of
from ui.audit import audit_of
from ui.errors import ChoiceRefused
from ui.offline_gradio import gr
from ui.problems import error_in_all_languages
from ui.suggestions import examples
from ui.threads import Progress, in_long_thread, in_thread

_SECONDS_BETWEEN_PROGRESS = 0.25

Updates = list[Any]
"""New values of an event's outputs, in their order: activity, documents, examples, scope."""


class Shelf:
    """The documents of the library as the page shows and changes them."""

    def __init__(self, library: Library, *, models_changeable: bool = False) -> None:
        self._library = library
        self._models_changeable = models_changeable

    async def upload(self, files: object, request: gr.Request) -> AsyncGenerator[Updates]:
        """Take in what was uploaded; the upload box (first output) is emptied."""
        paths = [Path(str(file)) for file in files] if isinstance(files, list) else []
        arrived = [(path, path.name) for path in paths]

        def work(progress: Progress) -> list[dict[str, Any]]:
            try:
                return uploads.take_in(self._library, arrived, progress)
            finally:
                for path in paths:  # they lie in the store now
                    path.unlink(missing_ok=True)

        if arrived:
            async for update in self._reporting(work, request):
                yield [None, *update]

    async def rebuild(self, request: gr.Request) -> AsyncGenerator[Updates]:
        """Cut and index every document again."""
        async for update in self._reporting(self._rebuilt, request):
            yield update

    async def act(self, event: gr.EventData, request: gr.Request) -> AsyncGenerator[Updates]:
        """Take one document out, read its file again, or rebuild all with another model."""
        data = event._data if isinstance(event._data, dict) else {}
        number, wanted, model = data.get("id"), data.get("act"), data.get("model")

        def work(progress: Progress) -> list[dict[str, Any]]:
            if wanted == "rebuild":
                return self._rebuilt(progress, self._embedding(model))
            for record in self._library.documents():
                if record.id == number:
                    try:
                        if wanted == "remove":
                            uploads.remove(self._library, record)
                            return [{"name": record.name, "status": "removed"}]
                        if wanted == "reread":
                            return uploads.reread(self._library, record, progress)
                    except DocumentMissing:
                        break  # another page was quicker
            return []

        async for update in self._reporting(work, request):
            yield update

    async def shelf(self) -> Updates:
        """The mark of the documents, what could be asked of them, and the mark again.

        The list itself is long where there are thousands of documents: the page asks for it
        (`ui.document_routes`) when a part of it needs it and the mark is another one.
        """
        return await in_thread(self._marked)

    def _marked(self) -> Updates:
        records = self._library.documents()
        marked = {"documents": len(records), "mark": mark_of(records, self._library.passage_model)}
        suggested = {"documents": len(records), "examples": examples(self._library, records)}
        return [marked, suggested, marked]

    def _rebuilt(self, progress: Progress, embedding: str | None = None) -> list[dict[str, Any]]:
        report = self._library.rebuild(embedding=embedding, progress=progress)
        return [{"name": name, "status": "rebuilt"} for name in report.changed]

    def _embedding(self, name: object) -> str:
        """A model of the catalogue for the documents; the page opens no file of this machine."""
        if not self._models_changeable:
            raise ChoiceRefused("settings_locked")
        if not isinstance(name, str) or name not in models.CATALOGUE:
            raise ModelUnknown(name=name)
        models.find(name)
        return name

    async def _reporting(
        self, work: Callable[[Progress], list[dict[str, Any]]], request: gr.Request
    ) -> AsyncGenerator[Updates]:
        """Runs `work` in a thread; yields its progress, then its results and the new shelf.

        What changes documents is for editors alone.
        """
        unchanged = [gr.skip()] * 3
        if request.request is None or not access_of(request.request).may("editor"):
            refused = error_in_all_languages(ChoiceRefused("role_too_low"))
            yield [{"state": "failed", "error": refused}, *unchanged]
            return
        asked = request.request

        def noted(progress: Progress) -> list[dict[str, Any]]:
            results = work(progress)
            if (audit := audit_of(asked)) is not None:
                audit.note_results(access_of(asked), results)
                if any(result["status"] == "rebuilt" for result in results):
                    audit.note(access_of(asked), "rebuild")
            return results

        progress = Progress()
        yield [{"state": "working", "stages": []}, *unchanged]
        # A page that is closed does not stop the work: half of the files would be missing.
        task = asyncio.ensure_future(in_long_thread(partial(noted, progress)))
        seen = progress.stages
        while not (await asyncio.wait({task}, timeout=_SECONDS_BETWEEN_PROGRESS))[0]:
            if progress.stages != seen:
                seen = progress.stages
                stages = [
                    {"stage": stage, "done": done, "total": total}
                    for stage, (done, total) in seen.items()
                ]
                yield [{"state": "working", "stages": stages}, *unchanged]
        told: dict[str, Any]
        try:
            told = {"state": "done", "results": task.result()}
        except SanadError as error:
            told = {"state": "failed", "error": error_in_all_languages(error)}
        yield [told, *await self.shelf()]


def mark_of(records: Sequence[DocumentRecord], model: str = "") -> str:
    """Another one whenever documents have come, gone, or been renamed, read or cut again.

    `model` is the one that embeds them: with another one, figures of the index are others too.
    """
    facts = repr((model, [(record.id, record.name, record.passages) for record in records]))
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
