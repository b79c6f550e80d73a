"""The HTTP API: questions, search, documents and conversations for other programs.

It is an application of its own under /api/v1, so that its schema holds nothing else and its
errors have one shape; the routes of the web page are added beside it.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from index import Library
from index.watching import WatchedFolders
from rag import Assistant
from ui.chats import ChatStore
from ui.folder_routes import folder_routes
from ui.http.conversations import conversation_routes
from ui.http.docs import add_documentation
from ui.http.documents import document_routes
from ui.http.errors import documented_error, refuse_unknown, translate_errors
from ui.http.incoming import incoming_routes
from ui.http.metrics import Counted, Metrics
from ui.http.questions import question_routes
from ui.http.state import state_routes
from ui.http.upkeep import upkeep_routes
from ui.threads import ThreadedStream

PREFIX = "/api/v1"

_ABOUT = """Ask your own documents in Arabic or English; every sentence of the answer is proved by
the passage it came from. `start` and `end` are everywhere character offsets (code points) into a
document's text, end exclusive."""
_ERRORS = {
    400: "It cannot be read, or cannot be done as it is asked.",
    401: "Nobody is logged in, and somebody has to be.",
    403: "Whoever asks may not do this.",
    413: "The body is too large.",
    422: "The request is not what this address takes.",
    429: "Too many requests; try again later.",
    500: "Something went wrong on the server.",
    503: "The server is starting or stopping.",
}


def create_app(
    library: Library,
    assistant: Callable[[], Assistant],
    answers: ThreadedStream,
    chats: ChatStore,
    *,
    ready: Callable[[], bool],
    metrics: Metrics | None = None,
    folders: WatchedFolders | None = None,
) -> FastAPI:
    """The application that serves /api/v1, for the page's routes to be added to.

    `assistant` makes the one that answers, in a thread; `answers` is the queue for the language
    model, shared with the web page; `ready` says whether the models are loaded. `metrics` counts
    all requests of the application; questions too where `answers` are `CountedAnswers` of it.
    `folders` are those that the library follows.
    """
    metrics = metrics or Metrics()
    api = FastAPI(
        title="Sanad",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={status: documented_error(said) for status, said in _ERRORS.items()},
    )
    translate_errors(api)
    api.include_router(question_routes(library, assistant, answers, chats))
    api.include_router(incoming_routes(library))
    api.include_router(document_routes(library))
    api.include_router(upkeep_routes(library))
    api.include_router(conversation_routes(chats))
    if folders is not None:
        api.include_router(folder_routes(folders))
    api.include_router(state_routes(library, answers, metrics, ready))
    add_documentation(api)
    refuse_unknown(api, under="")
    app = FastAPI(openapi_url=None)
    app.add_middleware(Counted, metrics=metrics)
    translate_errors(app)
    app.mount(PREFIX, api)
    return app
