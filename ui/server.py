"""The web server: the page and the HTTP interface on one address."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import Receive, Scope, Send

from index import Library, SanadError
from rag import Assistant, SettingInvalid
from ui.access import Access, decide, is_decided
from ui.endings import hangup_as
from ui.security import Guard
from ui.threads import Progress
from ui.visitors import Visitors

if TYPE_CHECKING:
    from ui.answering import Answering

MODEL_FILE = "language-model.json"
"""In the store's folder: which language model was chosen on the page."""
_SECONDS_A_THREAD = 0.001
"""After so long a thread that computes in Python lets another one on (5 ms is Python's own): a
question lets go hundreds of times, and would wait as often for what is being added."""
_SECONDS_TO_STOP = 3
"""Open pages keep a stream open: without a limit the server would wait for them for ever."""


def serve(
    library: Library,
    assistant: Assistant,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page and the HTTP interface until Ctrl-C, or what ends a program tidily.

    `on_ready` is told the address when the page can be opened; port 0 takes a free one. The
    models are loaded after that; a question that comes earlier waits for them.
    Raises SettingInvalid when the address cannot be used.
    """
    with (
        # Also before it listens; uvicorn raises it again after it has stopped as asked.
        suppress(KeyboardInterrupt),
        _bound(host, port) as listening,
        _PrivateUploads(),
        closing(WebApp(library, assistant, host)) as app,
    ):
        sys.setswitchinterval(_SECONDS_A_THREAD)
        url = _url(host, listening.getsockname()[1])

        def ready() -> None:
            if on_ready is not None:
                on_ready(url)
            if open_browser:
                webbrowser.open(url)
            threading.Thread(target=_warm_up, args=(app.answering,), daemon=True).start()

        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_STOP,
        )
        try:
            server = _Server(config, ready)
            with hangup_as(server.handle_exit):
                server.run(sockets=[listening])
        finally:
            Progress.stop_all()


class WebApp:
    """Everything that is served, behind the guard: an ASGI application.

    `host` is the address that is listened on; only on loopback are models changed from the page.
    """

    def __init__(self, library: Library, assistant: Assistant, host: str = "127.0.0.1") -> None:
        from ui.answering import Answering
        from ui.asking import Asking
        from ui.chat_routes import add_chat_routes
        from ui.chats import FILE_NAME, ChatStore
        from ui.document_routes import add_document_routes
        from ui.http.app import create_app
        from ui.http.errors import refuse_unknown
        from ui.http.metrics import CountedAnswers, Metrics
        from ui.http.openai import PATH, create_openai_app
        from ui.language_model import LanguageModels
        from ui.model_state import Downloads, EmbeddingsInUse
        from ui.reader_routes import add_reader_routes
        from ui.settings_routes import add_settings_routes
        from ui.shelf import Shelf
        from ui.trial_routes import add_trial_routes
        from ui.trials import Trials
        from ui.web import build, mount

        own = is_loopback(host)
        models = LanguageModels(assistant.settings, library.folder / MODEL_FILE, own)
        may_change = own and library.follows  # else it was started with a model
        self.answering = Answering(assistant, models)
        metrics = Metrics()
        answers = CountedAnswers(metrics, self.answering.at_once)
        # Nothing is kept in a store that can only be read.
        self._own = tempfile.TemporaryDirectory(prefix="sanad-") if library.read_only else None
        kept = Path(self._own.name) if self._own else library.folder
        self._chats = ChatStore(kept / FILE_NAME)
        self._downloads = Downloads()
        self._trials = Trials(models)
        app = create_app(
            library,
            self.answering.assistant,
            answers,
            self._chats,
            ready=lambda: self.answering.ready,
            metrics=metrics,
        )
        add_chat_routes(app, self._chats, ratings=own)
        add_document_routes(app, library)
        add_reader_routes(app, library)
        add_settings_routes(
            app,
            models,
            self._downloads,
            assistant.settings,
            embeddings=lambda: EmbeddingsInUse(
                library.passage_model, library.sentence_model, may_change
            ),
            on_chosen=self._trials.begin,
        )
        add_trial_routes(app, models, self._trials)
        refuse_unknown(app)
        app.mount(PATH, create_openai_app(library, self.answering.assistant, answers))
        asking = Asking(library, self.answering, answers, self._chats)
        page = mount(app, build(asking, Shelf(library, models_changeable=may_change)))
        self._app = Guard(Visitors(page), host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_decided(scope):
            decide(scope, Access(role="owner"))
        await self._app(scope, receive, send)

    def close(self) -> None:
        """Stop what is being fetched or tried, and close the files that were opened here."""
        self._trials.stop()
        self._downloads.stop()
        self._chats.close()
        if self._own is not None:
            self._own.cleanup()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class _Server(uvicorn.Server):
    """Says when it has begun to listen."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()


def _warm_up(answering: Answering) -> None:
    with suppress(SanadError):  # the first question meets the same error, and shows it
        answering.warm_up()


class _PrivateUploads:
    """A folder of our own for files on their way in, gone with the server.

    Gradio's own is shared by all users of the machine. What is written while we serve, uploads
    for one, is for the owner of the store alone.
    """

    def __enter__(self) -> None:
        self._mask = os.umask(0o077)
        self._folder = tempfile.mkdtemp(prefix="sanad-")
        os.environ["GRADIO_TEMP_DIR"] = self._folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        os.umask(self._mask)


def _bound(host: str, port: int) -> socket.socket:
    """A socket on that address, before anything slow is loaded."""
    try:
        found = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError, OverflowError) as error:
        raise SettingInvalid(setting="host", detail=f"{host} is no address here") from error
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere this would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OverflowError as error:
        listening.close()
        raise SettingInvalid(setting="port", detail="a number from 0 to 65535 is needed") from error
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        detail = f"{port} on {host} cannot be used ({reason}); choose another with --port"
        raise SettingInvalid(setting="port", detail=detail) from error
    return listening


def _url(host: str, port: int) -> str:
    name = host.strip("[]")
    if name in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        name = "127.0.0.1"
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
