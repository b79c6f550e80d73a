"""The web server: the page and the HTTP interface on one address."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn

from index import Library, SanadError
from rag import Assistant, SettingInvalid
from ui.connections import ConnectionBounds, connection_options
from ui.endings import hangup_as
from ui.logs import write_logs
from ui.people.errors import PeopleNeeded
from ui.people.people import People
from ui.request_log import RequestLog
from ui.threads import Progress

if TYPE_CHECKING:
    from ui.site import WebApp

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
    *,
    login: bool = False,
    insecure: bool = False,
    public_url: str = "",
    log_json: bool = False,
    audit_questions: bool = False,
) -> None:
    """Serve the page and the HTTP interface until Ctrl-C, or what ends a program tidily.

    On this machine's own address nobody has to log in, unless `login` says so. On any other one,
    and behind a proxy at `public_url`, everybody does; `insecure` lets in whoever comes.

    `log_json` tells of each request, and of what fails, as lines of JSON on standard error; else
    only of what fails. `audit_questions` writes the text of questions into the audit log.
    `on_ready` is told the address when the page can be opened; port 0 takes a free one. The
    models are loaded after that; a question that comes earlier waits for them.
    Raises SettingInvalid when the address cannot be used, PeopleNeeded when nobody could log in.
    """
    from ui.site import WebApp, is_loopback

    checked_url(public_url)
    login = login or (not insecure and (not is_loopback(host) or bool(public_url)))
    if login and not _somebody(library):
        raise PeopleNeeded(host=public_url or host)
    with (
        # Also before it listens; uvicorn raises it again after it has stopped as asked.
        suppress(KeyboardInterrupt),
        _bound(host, port) as listening,
        _PrivateUploads(),
        closing(
            WebApp(
                library,
                assistant,
                host,
                login=login,
                public_url=public_url,
                audit_questions=audit_questions,
            )
        ) as app,
    ):
        write_logs(as_json=log_json)
        sys.setswitchinterval(_SECONDS_A_THREAD)
        url = public_url or _url(host, listening.getsockname()[1])

        def ready() -> None:
            if on_ready is not None:
                on_ready(url)
            if open_browser:
                webbrowser.open(url)
            threading.Thread(target=_warm_up, args=(app,), daemon=True).start()

        config = uvicorn.Config(
            RequestLog(app),
            log_config=None,  # as everything else that is logged
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_STOP,
            **connection_options(ConnectionBounds()),
        )
        try:
            server = _Server(config, ready)
            with hangup_as(server.handle_exit):
                server.run(sockets=[listening])
        finally:
            Progress.stop_all()


def checked_url(url: str) -> str:
    """The address that a proxy serves. Raises SettingInvalid."""
    parts = urlsplit(url)
    sound = parts.scheme in ("http", "https") and parts.hostname and not parts.query
    if url and not sound:
        detail = f"{url} is no address; write it as https://sanad.example.org/path"
        raise SettingInvalid(setting="public-url", detail=detail)
    return url


def _somebody(library: Library) -> bool:
    """Whether anybody could log in."""
    with closing(People(library.folder)) as people:
        return people.exist()


class _Server(uvicorn.Server):
    """Says when it has begun to listen."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()


def _warm_up(app: WebApp) -> None:
    with suppress(SanadError):  # the first question meets the same error, and shows it
        app.warm_up()


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
