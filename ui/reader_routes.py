"""Routes of the page for reading documents and for looking at the library as a whole."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query
from fastapi.responses import Response

from index import Library
from ui.overview import map_json, overview_json
from ui.page_routes import answered
from ui.reader import section_json

NAME_CHARACTERS = 4_096
LAST_OFFSET = 2**31

Name = Annotated[str, Query(min_length=1, max_length=NAME_CHARACTERS)]
Offset = Annotated[int, Query(ge=0, le=LAST_OFFSET)]


def add_reader_routes(app: FastAPI, library: Library) -> None:
    """Add GET /page/section, /page/overview and /page/map."""

    @app.get("/page/section", include_in_schema=False)
    async def section(document: Name, at: Offset = 0) -> Response:
        """The section of a document around a character."""
        return await answered(partial(section_json, library, document, at))

    @app.get("/page/overview", include_in_schema=False)
    async def overview() -> Response:
        """How much the library holds."""
        return await answered(partial(overview_json, library))

    @app.get("/page/map", include_in_schema=False)
    async def map_of_passages() -> Response:
        """Passages as points, alike ones near each other."""
        return await answered(partial(map_json, library))
