"""Who asks, of which collection, and may they: decided once for each request, before anything else.

A collection NAME lies under /c/NAME, the documents without one under /. Whoever may not enter a
collection gets the same answer as for one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from index.collection import MAIN, collections_of, place_of
from index.store.identity import Identity
from ui.access import Access, Role
from ui.http.errors import Problem, error_json
from ui.people.login import COOKIE, LOGIN, LOGOUT, Login
from ui.people.people import EVERYWHERE, People, Person
from ui.rules import is_allowed, is_open
from ui.threads import in_thread

ACCESS, COLLECTIONS = "/page/access", "/api/v1/collections"
"""Where the page, and programs, are told who they are and which collections there are."""
_PREFIX = "/c/"
_PRIVATE = {"cache-control": "no-store"}
_BEARER = "bearer "
_SEE_OTHER = 303
_NOT_ALLOWED = "Your role here does not allow this. Ask an owner of the documents for another one."
_LOGIN_NEEDED = "Say who you are: log in on the page, or send a token as `Authorization: Bearer`."
_NOTHING = "There is nothing at this address."


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that goes on: to which collection, which lies where, and as whom.

    `access` is None for what is the same for everybody; `renewed` is the session's new token.
    """

    collection: str = ""
    place: Identity | None = None
    access: Access | None = None
    renewed: str | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """What files and databases say of a request; `place` is None for no such collection."""

    person: Person | None
    renewed: str | None
    access: Access
    place: Identity | None


class Entrance:
    """Decides for the server of a store.

    `own` says that only this machine reaches it. Everything lies below `base`. Without a login
    whoever comes from this machine owns everything, and from elsewhere may ask, add and remove.
    """

    def __init__(self, store: Path, people: People, login: Login, base: str, *, own: bool) -> None:
        self._store, self._people, self._login = store, people, login
        self._base, self._own = base, own

    def based(self, scope: Scope) -> str:
        """The path behind the base, which a proxy may have taken off already, or not."""
        path: str = scope["path"]
        behind = path.removeprefix(self._base)
        if self._base and (behind == path or (behind and not behind.startswith("/"))):
            behind = path
            scope["path"] = self._base + path
            scope["raw_path"] = self._base.encode() + scope.get("raw_path", path.encode())
        scope["root_path"] = self._base
        return behind

    async def admit(self, request: Request, path: str) -> Admitted | Response:
        """The request as it goes on, or the answer to it."""
        name, rest = _split(path)
        if not name and is_open(rest):
            return Admitted()
        look = partial(self._look, request, name)
        # Nothing has to be looked up for who sits at the machine and asks its main documents.
        looked = await in_thread(look) if name or self._login.needed else look()
        if looked.person is None and self._login.needed:
            return self._ask_who(request, path)
        if looked.place is None or looked.access.role is None:
            return await in_thread(partial(self._elsewhere, looked.person, name, rest))
        if rest == "":  # a page's addresses are relative to its folder
            return RedirectResponse(self.address_of(name))
        if not is_allowed(looked.access, request.method, rest):
            return _refused(403, "not_allowed", _NOT_ALLOWED)
        if rest in (ACCESS, COLLECTIONS):
            told = await in_thread(partial(self._told, looked))
            return JSONResponse(told, headers=_PRIVATE)
        return Admitted(name, looked.place, looked.access, looked.renewed)

    def root_of(self, name: str) -> str:
        """The path below which a collection lies on this server."""
        return f"{self._base}{_PREFIX}{name}" if name else self._base

    def address_of(self, name: str) -> str:
        """Where the page of a collection is found."""
        return f"{quote(self.root_of(name))}/"

    # -- looked up, in a thread ------------------------------------------------------------------

    def _look(self, request: Request, name: str) -> _Looked:
        person, renewed = self._who(request)
        place = place_of(self._store, name) if name else (0, 0)
        return _Looked(person, renewed, self._access(person, name, request), place)

    def _who(self, request: Request) -> tuple[Person | None, str | None]:
        """Who asks, by token or session, and the session's new token where it has got one."""
        if not self._login.needed:
            return None, None
        said = request.headers.get("authorization", "")
        if said[: len(_BEARER)].lower() == _BEARER:
            return self._people.by_token(said[len(_BEARER) :]), None
        token = request.cookies.get(COOKIE, "")
        session = self._people.session(token, renew=_wants_page(request)) if token else None
        return (session.person, session.renewed) if session else (None, None)

    def _access(self, person: Person | None, collection: str, request: Request) -> Access:
        address = address_of(request)
        if person is None:
            role: Role = "owner" if self._own else "editor"
            return Access(None, role, collection, address, serves=self._own)
        return Access(
            person.name,
            self._people.role(person, collection),
            collection,
            address,
            person.id,
            serves=self._people.role(person, EVERYWHERE) == "owner",
        )

    def _told(self, looked: _Looked) -> dict[str, object]:
        """Who asks, what they may here, and which collections they may look into."""
        person, access = looked.person, looked.access
        names = ["", *collections_of(self._store)]
        roles = (
            dict.fromkeys(names, access.role)
            if person is None
            else self._people.collections(person, names)
        )
        return {
            "person": access.person,
            "role": access.role,
            "serves": access.serves,
            "collection": access.collection or MAIN,
            "collections": [
                {"name": name or MAIN, "role": role, "address": self.address_of(name)}
                for name, role in roles.items()
            ],
            "log_out": f"{self._base}{LOGOUT}" if person is not None else None,
        }

    # -- not let in --------------------------------------------------------------------------------

    def _ask_who(self, request: Request, path: str) -> Response:
        """The way to the login for a person, and a refusal for a program."""
        if request.method in ("GET", "HEAD") and _wants_page(request):
            following = quote(quote(self._base + path), safe="")
            return RedirectResponse(f"{self._base}{LOGIN}?next={following}", _SEE_OTHER)
        return _refused(401, "login_needed", _LOGIN_NEEDED, {"www-authenticate": "Bearer"})

    def _elsewhere(self, person: Person | None, name: str, rest: str) -> Response:
        """For who may not enter here: where they may, or that there is nothing."""
        if person is not None and name == "" and rest == "/":
            theirs = self._people.collections(person, collections_of(self._store))
            if theirs:
                return RedirectResponse(self.address_of(next(iter(theirs))), _SEE_OTHER)
            return self._login.nothing_yet(person)
        return _refused(404, "not_found", _NOTHING)


def address_of(request: Request) -> str:
    """The client's address."""
    return request.client.host if request.client else ""


def _split(path: str) -> tuple[str, str]:
    """The collection of a path and what comes behind it; of `/c/NAME` alone, nothing."""
    if not path.startswith(_PREFIX):
        return "", path
    name, slash, rest = path.removeprefix(_PREFIX).partition("/")
    return (name, slash + rest) if name else ("", path)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _refused(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(error_json(Problem(status, code, message)), status, headers)
