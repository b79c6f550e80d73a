"""Everything that is served: each collection by an application of its own.

guard        foreign hosts and pages are refused        ui.security
entrance     who asks, of which collection, may they?   ui.entrance
collection   its page and interfaces for programs       ui.served
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index import Library, SanadError
from index.collection import collection_folder, collections_of, place_of
from index.store.identity import Identity
from index.watching import LIST_NAME
from rag import Assistant
from ui.access import Access, decide
from ui.audit import Audit, listen
from ui.crowd import is_this_machine
from ui.entrance import Admitted, Entrance, address_of
from ui.http.errors import error_json, problem_of
from ui.limits import Limits
from ui.people.login import LOGIN, LOGOUT, Login, session_cookie
from ui.people.people import People
from ui.security import Guard
from ui.served import ServedLibrary
from ui.shared import Shared
from ui.threads import in_thread

_log = logging.getLogger(__name__)


class WebApp:
    """Everything that is served, behind the guard: an ASGI application.

    `host` is the address that is listened on. With `login` everybody says who they are
    (`ui.entrance`). `audit_questions` writes the text of questions into the audit log.
    `public_url` is where a reverse proxy serves it: its host name is answered to, and its path is
    where everything lies.
    """

    def __init__(
        self,
        library: Library,
        assistant: Assistant,
        host: str = "127.0.0.1",
        *,
        login: bool = False,
        public_url: str = "",
        audit_questions: bool = False,
    ) -> None:
        self._library = library
        own, public = is_loopback(host), urlsplit(public_url)
        base = public.path.rstrip("/")
        audit = None if library.read_only else Audit(library.folder, questions=audit_questions)
        self._shared = Shared(assistant, library.folder, changeable=own or login, audit=audit)
        self.people = People(library.folder)
        secure = public.scheme == "https"
        self.login = Login(self.people, base, secure, login, audit)
        self._at_login = Limits(self.login, self._shared.bounds, self._shared.crowd)
        self._entrance = Entrance(library.folder, self.people, self.login, base, own=own)
        self._main = ServedLibrary(library, self._shared, base)
        self._collections: dict[str, tuple[Identity, ServedLibrary]] = {}
        self._opening = asyncio.Lock()
        names = [public.hostname] if public.hostname else []
        self._app: ASGIApp = Guard(self._enter, host, names)

    @property
    def main(self) -> ServedLibrary:
        """The documents without a collection."""
        return self._main

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    def warm_up(self) -> None:
        """Load the models now instead of with the first question. Raises SanadError."""
        self._main.answering.warm_up()
        self._shared.ready = True

    def close(self) -> None:
        """Stop what is being fetched or tried, and close the files that were opened here."""
        self._shared.close()
        self._main.close()
        for _, served in self._collections.values():
            served.close()
            served.library.close()
        self.people.close()

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # nothing here speaks over web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        path = self._entrance.based(scope)
        request = Request(scope)
        if path in (LOGIN, LOGOUT):
            decide(scope, Access(address=address_of(request)))
            await self._at_login(scope, receive, send)
            return
        admitted = await self._entrance.admit(request, path)
        if isinstance(admitted, Response):  # bounded too, for strangers may ask without end
            decide(scope, Access(address=address_of(request)))
            await Limits(admitted, self._shared.bounds, self._shared.crowd)(scope, receive, send)
            return
        if admitted.access is not None:
            decide(scope, admitted.access)
            listen(scope, self._shared.audit)
        try:
            served = await self._serve(admitted)
        except SanadError as error:  # it cannot be opened
            problem = problem_of(error, paths=False)
            await JSONResponse(error_json(problem), problem.status)(scope, receive, send)
            return
        if admitted.renewed:
            send = _with_cookie(send, self.login, admitted.renewed)
        scope["root_path"] = self._entrance.root_of(admitted.collection)
        await served(scope, receive, send)

    # -- collections ---------------------------------------------------------------------------

    async def _serve(self, admitted: Admitted) -> ServedLibrary:
        if admitted.place is None or not admitted.collection:
            return self._main
        return await self._collection(admitted.collection, admitted.place)

    async def _collection(self, name: str, place: Identity) -> ServedLibrary:
        """What serves a collection: opened when it is asked for first, and when it is a new one."""
        there, served = self._collections.get(name, (None, None))
        if served is not None and there == place:
            return served
        async with self._opening:
            there, served = self._collections.get(name, (None, None))
            if served is not None and there == place:
                return served
            if served is not None:  # removed, and another was made of that name
                del self._collections[name]
                await served.end()
                await in_thread(partial(_close, served))
            opened = await in_thread(partial(self._open, name))
            await opened.begin()
            self._collections[name] = place, opened
            return opened

    def _open(self, name: str) -> ServedLibrary:
        library = self._library.beside(collection_folder(self._library.folder, name))
        return ServedLibrary(library, self._shared, self._entrance.root_of(name))

    async def _follow(self) -> None:
        """Open the collections that follow folders: they do so from the start."""
        for name, place in await in_thread(partial(_following, self._library.folder)):
            with suppress(SanadError):  # whoever opens it is told
                await self._collection(name, place)

    async def _live(self, receive: Receive, send: Send) -> None:
        """ASGI's lifespan: what the applications want running begins and ends with the server."""
        await receive()
        try:
            await self._main.begin()
        except BaseException as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        following = asyncio.create_task(self._follow())
        await receive()
        following.cancel()
        served = (self._main, *(served for _, served in self._collections.values()))
        for ended in await asyncio.gather(*(each.end() for each in served), return_exceptions=True):
            if isinstance(ended, BaseException):
                _log.error("What was served did not end as it should", exc_info=ended)
        await send({"type": "lifespan.shutdown.complete"})


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    name = host.strip("[]").lower()
    return name == "localhost" or is_this_machine(name)


def _following(store: Path) -> list[tuple[str, Identity]]:
    """The collections that follow folders."""
    return [
        (name, place)
        for name in collections_of(store)
        if (collection_folder(store, name) / LIST_NAME).exists()
        and (place := place_of(store, name)) is not None
    ]


def _close(served: ServedLibrary) -> None:
    served.close()
    served.library.close()


def _with_cookie(send: Send, login: Login, token: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            cookie = session_cookie(token, login.path, secure=login.secure)
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
        await send(message)

    return sending
