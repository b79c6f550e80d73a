"""The web server: the page and the HTTP interface on one address."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from index import Library, SanadError
from rag import Assistant, SettingInvalid
from ui.security import Guard
from ui.threads import Progress, ThreadedStream

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
    """Serve the page and the HTTP interface until Ctrl-C.

    `on_ready` is told the address when the page can be opened; port 0 takes a free one. The
    models are loaded after that; a question that comes earlier waits for them.
    Raises SettingInvalid when the address cannot be used.
    """
    with _bound(host, port) as listening, _PrivateUploads():
        url = _url(host, listening.getsockname()[1])

        def ready() -> None:
            if on_ready is not None:
                on_ready(url)
            if open_browser:
                webbrowser.open(url)
            threading.Thread(target=_warm_up, args=(library, assistant), daemon=True).start()

        config = uvicorn.Config(
            web_app(library, assistant, host),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_STOP,
        )
        try:
            _Server(config, ready).run(sockets=[listening])
        except KeyboardInterrupt:
            pass  # raised again by uvicorn after it has stopped as asked
        finally:
            Progress.stop_all()


def web_app(library: Library, assistant: Assistant, host: str = "127.0.0.1") -> ASGIApp:
    """Everything that is served, behind the guard; `host` is the one that is listened on."""
    from ui.api import create_app
    from ui.web import build, mount

    answers = ThreadedStream()
    app = create_app(library, assistant, answers)
    return Guard(mount(app, build(library, assistant, answers)), host)


class _Server(uvicorn.Server):
    """Says when it has begun to listen."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()


def _warm_up(library: Library, assistant: Assistant) -> None:
    with suppress(SanadError):  # the first question meets the same error, and shows it
        library.warm_up()
        _ = assistant.llm


class _PrivateUploads:
    """A folder of our own for files on their way in, gone with the server.

    Gradio's own is shared by all users of the machine.
    """

    def __enter__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="sanad-")
        os.environ["GRADIO_TEMP_DIR"] = self._folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


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
