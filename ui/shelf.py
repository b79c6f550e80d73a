"""What the events of the Documents tab call: files in and out, with progress and results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import partial
from pathlib import Path
from typing import Any

from index import Library, SanadError
from index.errors import DocumentMissing
from ui import uploads
from ui.offline_gradio import gr
from ui.problems import error_in_all_languages, warning_in_all_languages
from ui.scope import shelf_of
from ui.suggestions import examples
from ui.threads import Progress, in_thread

_SECONDS_BETWEEN_PROGRESS = 0.25

Updates = list[Any]
"""New values of an event's outputs, in their order: activity, documents, examples, scope."""


class Shelf:
    """The documents of the library as the page shows and changes them."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def upload(self, files: object) -> AsyncGenerator[Updates]:
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
            async for update in self._reporting(work):
                yield [None, *update]

    async def rebuild(self) -> AsyncGenerator[Updates]:
        """Cut and index every document again."""

        def work(progress: Progress) -> list[dict[str, Any]]:
            report = self._library.rebuild(progress=progress)
            return [{"name": name, "status": "rebuilt"} for name in report.changed]

        async for update in self._reporting(work):
            yield update

    async def act(self, event: gr.EventData) -> AsyncGenerator[Updates]:
        """Take one document out, or read its file again."""
        data = event._data if isinstance(event._data, dict) else {}
        number, wanted = data.get("id"), data.get("act")

        def work(progress: Progress) -> list[dict[str, Any]]:
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

        async for update in self._reporting(work):
            yield update

    async def shelf(self) -> Updates:
        """The documents, what could be asked of them, and what can be chosen from."""
        records = await in_thread(self._library.documents)
        shelf = [
            {
                "id": record.id,
                "name": record.name,
                "language": record.language,
                "pages": record.pages,
                "passages": record.passages,
                "added": record.added,
                "warnings": [
                    warning_in_all_languages(warning, record.name) for warning in record.warnings
                ],
            }
            for record in records
        ]
        suggested = await in_thread(partial(examples, self._library, records))
        return [
            shelf,
            {"documents": len(shelf), "examples": suggested},
            {"documents": shelf_of(records)},
        ]

    async def _reporting(
        self, work: Callable[[Progress], list[dict[str, Any]]]
    ) -> AsyncGenerator[Updates]:
        """Runs `work` in a thread; yields its progress, then its results and the new shelf."""
        progress = Progress()
        unchanged = [gr.skip()] * 3
        yield [{"state": "working", "stages": []}, *unchanged]
        # A page that is closed does not stop the work: half of the files would be missing.
        task = asyncio.ensure_future(in_thread(partial(work, progress)))
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
