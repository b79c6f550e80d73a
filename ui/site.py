"""Everything that is served, and the one place where it is decided who may have it.

    guard        foreign hosts and pages are refused (`ui.security`)
    entrance     who asks, of which collection, and may they?  <- here
    collection   its page and interfaces for programs (`ui.served`)

A collection NAME lies under /c/NAME, the documents without one under /. Whoever may not enter a
collection gets the same answer as for one that does not exist.
"""

from __future__ import annotations

import asyncio
import ipaddress
from contextlib import AsyncExitStack, suppress
from functools import partial
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index import Library, SanadError
from index.collection import MAIN, collection_folder, collections_of
from index.watching import LIST_NAME
from rag import Assistant
from ui.access import Access, Role, decide
from ui.answering import Answering
from ui.audit import Audit, listen
from ui.http.errors import Problem, error_json, problem_of
from ui.limits import Limits
from ui.people.login import COOKIE, LOGIN, LOGOUT, Login, session_cookie
from ui.people.people import EVERYWHERE, People, Person
from ui.rules import is_allowed, is_open
from ui.security import Guard
from ui.served import ServedLibrary
from ui.shared import Shared
from ui.threads import in_thread

_PREFIX = "/c/"
ACCESS, COLLECTIONS = "/page/access", "/api/v1/collections"
"""Where the page, and programs, are told who they are and which collections there are."""
_PRIVATE = {"cache-control": "no-store"}
_BEARER = "bearer "


class WebApp:
    """Everything that is served, behind the guard: an ASGI application.

    `host` is the address that is listened on. With `login` everybody says who they are; without,
    whoever reaches the server on this machine owns everything, and from elsewhere may ask, add
    and remove. `audit_questions` writes the text of questions into the audit log. `public_url` is
    where a reverse proxy serves it: its host name is answered to, and
    its path is where everything lies.
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
        self._store = library.folder
        self._library = library
        self._own = is_loopback(host)
        self._base = urlsplit(public_url).path.rstrip("/")
        self.people = People(self._store)
        audit = None if library.read_only else Audit(self._store, questions=audit_questions)
        self._shared = Shared(assistant, self._store, changeable=self._own or login, audit=audit)
        secure = public_url.startswith("https:")
        self.login = Login(self.people, self._base, secure, login, audit)
        self._at_login = Limits(self.login, self._shared.bounds, self._shared.crowd)
        self._served: dict[str, ServedLibrary] = {
            "": ServedLibrary(library, self._shared, self._base)
        }
        self._opening = asyncio.Lock()
        names = [name] if (name := urlsplit(public_url).hostname) else []
        self._app: ASGIApp = Guard(self._enter, host, names)

    @property
    def answering(self) -> Answering:
        """Who answers about the documents without a collection."""
        return self._served[""].answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    def close(self) -> None:
        """Stop what is being fetched or tried, and close the files that were opened here."""
        self._shared.close()
        for name, served in self._served.items():
            served.close()
            if name:
                served.library.close()
        self.people.close()

    # -- who, where, may they ------------------------------------------------------------------

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # nothing here speaks over web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        path = self._based(scope)
        request = Request(scope)
        if path in (LOGIN, LOGOUT):
            decide(scope, Access(address=_address(request)))
            await self._at_login(scope, receive, send)
            return
        name, rest = _split(path)
        method = scope["method"]
        if name or not is_open(rest):  # also whether there is such a collection is for some alone
            person, renewed = await self._who(request)
            if person is None and self.login.needed:
                await self._ask_who(request, path)(scope, receive, send)
                return
            access = await in_thread(partial(self._access, person, name, request))
            if not await self._there(name) or access.role is None:
                answer = await self._elsewhere(person, name, rest)
                await answer(scope, receive, send)
                return
            if rest == "":  # a page's addresses are relative to its folder
                there = RedirectResponse(f"{_quoted(self._base + path)}/")
                await there(scope, receive, send)
                return
            if not is_allowed(access, method, rest):
                await _refused(403, "not_allowed", _NOT_ALLOWED)(scope, receive, send)
                return
            decide(scope, access)
            listen(scope, self._shared.audit)
            send = _with_cookie(send, self.login, renewed) if renewed else send
            if rest in (ACCESS, COLLECTIONS):
                told = await in_thread(partial(self._told, person, access))
                await JSONResponse(told, headers=_PRIVATE)(scope, receive, send)
                return
        try:
            served = await self._serve(name)
        except SanadError as error:  # it cannot be opened
            problem = problem_of(error, paths=False)
            await JSONResponse(error_json(problem), problem.status)(scope, receive, send)
            return
        scope["root_path"] = self._base + (f"{_PREFIX}{name}" if name else "")
        await served(scope, receive, send)

    def _based(self, scope: Scope) -> str:
        """The path behind the base, which a proxy may have taken off already, or not."""
        path: str = scope["path"]
        behind = path.removeprefix(self._base)
        if self._base and (behind == path or (behind and not behind.startswith("/"))):
            behind = path
            scope["path"] = self._base + path
            scope["raw_path"] = self._base.encode() + scope.get("raw_path", path.encode())
        scope["root_path"] = self._base
        return behind

    async def _who(self, request: Request) -> tuple[Person | None, str | None]:
        """Who asks, by token or session, and the session's new token where it has got one."""
        if not self.login.needed:
            return None, None
        said = request.headers.get("authorization", "")
        if said[: len(_BEARER)].lower() == _BEARER:
            return await in_thread(partial(self.people.by_token, said[len(_BEARER) :])), None
        token = _cookie(request.headers)
        if not token:
            return None, None
        page = "text/html" in request.headers.get("accept", "")
        session = await in_thread(partial(self.people.session, token, renew=page))
        return (session.person, session.renewed) if session else (None, None)

    def _access(self, person: Person | None, collection: str, request: Request) -> Access:
        address = _address(request)
        if person is None:
            role: Role = "owner" if self._own else "editor"
            return Access(None, role, collection, address, serves=self._own)
        return Access(
            person.name,
            self.people.role(person, collection),
            collection,
            address,
            person.id,
            serves=self.people.role(person, EVERYWHERE) == "owner",
        )

    def _told(self, person: Person | None, access: Access) -> dict[str, object]:
        """Who asks, what they may here, and which collections they may look into."""
        names = ["", *collections_of(self._store)]
        role = access.role
        roles = (
            dict.fromkeys(names, role) if person is None else self.people.collections(person, names)
        )
        return {
            "person": access.person,
            "role": role,
            "serves": access.serves,
            "collection": access.collection or MAIN,
            "collections": [
                {
                    "name": name or MAIN,
                    "role": role,
                    "address": self._address_of(name),
                }
                for name, role in roles.items()
            ],
            "log_out": f"{self._base}{LOGOUT}" if person is not None else None,
        }

    def _address_of(self, name: str) -> str:
        """Where a collection begins on this server."""
        return f"{_quoted(self._base + (f'{_PREFIX}{name}' if name else ''))}/"

    def _ask_who(self, request: Request, path: str) -> Response:
        """The way to the login for a person, and a refusal for a program."""
        wants_page = request.method in ("GET", "HEAD") and "text/html" in (
            request.headers.get("accept", "")
        )
        if wants_page:
            return RedirectResponse(
                f"{self._base}{LOGIN}?next={quote(_quoted(self._base + path), safe='')}",
                status_code=303,
            )
        return _refused(401, "login_needed", _LOGIN_NEEDED, {"www-authenticate": "Bearer"})

    async def _elsewhere(self, person: Person | None, name: str, rest: str) -> Response:
        """For who may not enter here: where they may, or that there is nothing."""
        if person is not None and name == "" and rest == "/":
            names = await in_thread(partial(collections_of, self._store))
            theirs = await in_thread(partial(self.people.collections, person, names))
            if theirs:
                return RedirectResponse(self._address_of(next(iter(theirs))), status_code=303)
            return self.login.nothing_yet(person)
        return _missing()

    # -- collections ---------------------------------------------------------------------------

    async def _there(self, name: str) -> bool:
        return not name or name in await in_thread(partial(collections_of, self._store))

    async def _serve(self, name: str) -> ServedLibrary:
        served = self._served.get(name)
        if served is None:
            async with self._opening:
                served = self._served.get(name)
                if served is None:
                    served = await in_thread(partial(self._open, name))
                    await served.begin()
                    self._served[name] = served
        return served

    def _open(self, name: str) -> ServedLibrary:
        library = self._library.beside(collection_folder(self._store, name))
        return ServedLibrary(library, self._shared, f"{self._base}{_PREFIX}{name}")

    async def _follow(self) -> None:
        for name in await in_thread(partial(collections_of, self._store)):
            if (collection_folder(self._store, name) / LIST_NAME).exists():
                with suppress(SanadError):  # whoever opens it is told
                    await self._serve(name)

    async def _live(self, receive: Receive, send: Send) -> None:
        """ASGI's lifespan: what the applications want running begins and ends with the server."""
        await receive()
        try:
            await self._served[""].begin()
        except BaseException as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        # Collections that follow folders do so from the start; others are opened when asked for.
        following = asyncio.create_task(self._follow())
        await receive()
        following.cancel()
        async with AsyncExitStack() as ending:
            for served in self._served.values():
                ending.push_async_callback(served.end)
        await send({"type": "lifespan.shutdown.complete"})


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


_NOT_ALLOWED = "Your role here does not allow this. Ask an owner of the documents for another one."
_LOGIN_NEEDED = "Say who you are: log in on the page, or send a token as `Authorization: Bearer`."
_NOTHING = "There is nothing at this address."


def _split(path: str) -> tuple[str, str]:
    """The collection of a path and what comes behind it; of `/c/NAME` alone, nothing."""
    if not path.startswith(_PREFIX):
        return "", path
    name, slash, rest = path.removeprefix(_PREFIX).partition("/")
    return (name, slash + rest) if name else ("", path)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _cookie(headers: Headers) -> str:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _quoted(path: str) -> str:
    return quote(path, safe="/")


def _missing() -> Response:
    return _refused(404, "not_found", _NOTHING)


def _refused(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(error_json(Problem(status, code, message)), status, headers)


def _with_cookie(send: Send, login: Login, token: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            cookie = session_cookie(token, login.path, secure=login.secure)
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
        await send(message)

    return sending
