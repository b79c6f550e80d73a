"""What is served of one collection: its page and its interfaces for programs, in one."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from index import Library
from index.watching import WatchedFolders
from ui.answering import Answering
from ui.asking import Asking
from ui.chat_routes import add_chat_routes
from ui.chats import FILE_NAME, ChatStore
from ui.document_routes import add_document_routes
from ui.folder_routes import add_folder_routes
from ui.http.app import create_app
from ui.http.errors import refuse_unknown
from ui.http.openai import PATH, create_openai_app
from ui.limits import Limits
from ui.mcp.http import PATH as MCP
from ui.mcp.http import create_mcp_app
from ui.model_state import EmbeddingsInUse
from ui.reader_routes import add_reader_routes
from ui.settings_routes import add_settings_routes
from ui.shared import Shared
from ui.shelf import Shelf
from ui.threads import in_thread
from ui.trial_routes import add_trial_routes
from ui.visitors import Visitors
from ui.web import build, mount


class ServedLibrary:
    """A library's own application, with its own conversations; language models are shared.

    `address` is where it lies on the server: empty, or `/c/NAME`.
    """

    def __init__(self, library: Library, shared: Shared, address: str = "") -> None:
        self.library = library
        self.answering = Answering(shared.assistant.over(library), shared.models)
        # Nothing is kept in a store that can only be read.
        self._own = tempfile.TemporaryDirectory(prefix="sanad-") if library.read_only else None
        kept = Path(self._own.name) if self._own else library.folder
        self._chats = ChatStore(kept / FILE_NAME)
        self._folders = WatchedFolders(library, [shared.folder])
        may_change = library.follows  # else it was started with a model
        answers = shared.answers
        app = create_app(
            library,
            self.answering.assistant,
            answers,
            self._chats,
            ready=lambda: shared.ready,
            metrics=shared.metrics,
            folders=self._folders,
        )
        add_folder_routes(app, self._folders)
        add_chat_routes(app, self._chats)
        add_document_routes(app, library)
        add_reader_routes(app, library)
        add_settings_routes(
            app,
            shared.models,
            shared.downloads,
            shared.assistant.settings,
            embeddings=lambda: EmbeddingsInUse(
                library.passage_model, library.sentence_model, may_change
            ),
            on_chosen=shared.trials.begin,
        )
        add_trial_routes(app, shared.models, shared.trials)
        refuse_unknown(app)
        app.mount(PATH, create_openai_app(library, self.answering.assistant, answers))
        self._mcp = create_mcp_app(
            library, self.answering.assistant, answers, shared.crowd, shared.audit
        )
        app.router.routes.append(Route(MCP, endpoint=self._mcp))
        self._asking = Asking(
            library, self.answering, answers, self._chats, crowd=shared.crowd, audit=shared.audit
        )
        shelf = Shelf(library, models_changeable=may_change)
        page = mount(app, build(self._asking, shelf), address)
        self._app: ASGIApp = Limits(Visitors(page), shared.bounds, shared.crowd)
        self.routes = page.routes
        self._lifespan = page.router.lifespan_context(page)
        self._ended = asyncio.Event()
        self._begun: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def begin(self) -> None:
        """Start what the page's library wants running; to be called in the event loop."""
        started = asyncio.get_running_loop().create_future()

        async def live() -> None:
            # Entered and left in one task, as what runs in it may have to be.
            try:
                async with self._lifespan, self._mcp.running():
                    await in_thread(self._folders.start)
                    started.set_result(None)
                    await self._ended.wait()
            except BaseException as error:
                if started.done():
                    raise
                started.set_exception(error)

        self._begun = asyncio.create_task(live())
        await started

    async def end(self) -> None:
        """Let answers under way come to their end, for some seconds, and stop."""
        await self._asking.finish()
        await in_thread(self._folders.close)
        self._ended.set()
        if self._begun is not None:
            await self._begun

    def close(self) -> None:
        """Close the files that were opened here."""
        self._folders.close()
        self._chats.close()
        if self._own is not None:
            self._own.cleanup()
