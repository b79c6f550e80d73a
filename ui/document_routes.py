"""The list of documents, which the page asks for when a part of it needs the list.

It is long where there are thousands of documents, so it goes neither with every page nor through
Gradio, which looks into each value that it is given; what goes there is a mark (`ui.shelf`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from index import Library
from ui.page_routes import answered
from ui.problems import warning_in_all_languages
from ui.scope import shelf_of


def add_document_routes(app: FastAPI, library: Library) -> None:
    """Add GET /page/documents."""

    @app.get("/page/documents", include_in_schema=False)
    async def documents() -> Response:
        """Every document of the library."""
        return await answered(partial(listed, library))


def listed(library: Library) -> dict[str, Any]:
    """Per document what its row shows, and the language and folder it is chosen by."""
    records = library.documents()
    return {
        "documents": [
            {
                "id": record.id,
                **choice,
                "pages": record.pages,
                "passages": record.passages,
                "added": record.added,
                "warnings": [
                    warning_in_all_languages(warning, record.name) for warning in record.warnings
                ],
            }
            for record, choice in zip(records, shelf_of(records), strict=True)
        ]
    }
