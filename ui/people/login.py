"""The page on which people say who they are: a form that works without any script."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from html import escape
from importlib import resources
from string import Template
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from index import Language
from ui.access import Access, access_of
from ui.audit import Action, Audit
from ui.people.people import NAME_CHARACTERS, SESSION, People, Person
from ui.people.throttle import Throttle
from ui.strings import LANGUAGES, text
from ui.threads import in_thread

LOGIN, LOGOUT = "/login", "/logout"
COOKIE = "sanad-session"
_BODY_BYTES = 8_192
_SEE_OTHER = 303
_NO_STORE = {"cache-control": "no-store"}
_page = Template((resources.files("ui") / "static" / "login.html").read_text(encoding="utf-8"))


class Login:
    """Answers /login and /logout below `base`; `needed` is whether anybody has to log in here.

    After five wrong passwords in a row, for a name or from an address, each try waits longer.
    """

    def __init__(
        self, people: People, base: str, secure: bool, needed: bool, audit: Audit | None = None
    ) -> None:
        self.needed, self.secure = needed, secure
        self.path = f"{base}/"
        self._people, self._base, self._audit = people, base, audit
        self.throttle = Throttle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.url.path.endswith(LOGOUT):
            return await self._log_out(request)
        if not self.needed:
            return RedirectResponse(self.path, status_code=_SEE_OTHER)
        if request.method == "POST":
            return await self._log_in(request, await _form(request))
        return self._form(request, language_of(request))

    def nothing_yet(self, person: Person) -> Response:
        """For who is logged in, and has no right to any document."""
        told = {code: f"{person.name}: {text('nothing_yet', code)}" for code in LANGUAGES}
        lines = "".join(
            f'<p lang="{code}" dir="auto">{escape(line)}</p>' for code, line in told.items()
        )
        words = " · ".join(text("log_out", code) for code in LANGUAGES)
        leave = f'<form method="post" action="{self._base}{LOGOUT}"><button>{words}</button></form>'
        page = f"<!doctype html><meta charset=utf-8><title>Sanad</title>{lines}{leave}"
        return HTMLResponse(page, 403, _NO_STORE)

    async def _log_in(self, request: Request, form: dict[str, str]) -> Response:
        language = language_of(request)
        name, password = form.get("name", "")[: 4 * NAME_CHARACTERS], form.get("password", "")
        address = request.client.host if request.client else ""
        keys = (f"name {name.casefold()}", f"address {address}")
        if seconds := self.throttle.seconds(*keys):
            waiting = math.ceil(seconds)
            answer = self._form(request, language, text("login_wait", language, seconds=waiting))
            answer.status_code, answer.headers["retry-after"] = 429, str(waiting)
            return answer
        # Counted before it is known, so that many at once are not all free.
        self.throttle.failed(*keys)
        person = await in_thread(partial(self._people.log_in, name, password))
        access = replace(access_of(request), person=name)
        if person is None:
            self._note(access, "login_failed")
            answer = self._form(request, language, text("login_wrong", language), name)
            answer.status_code = 401
            return answer
        self.throttle.succeeded(*keys)
        self._note(replace(access, person=person.name), "login")
        await self._end(request)
        token = await in_thread(partial(self._people.begin_session, person))
        there = RedirectResponse(self._next(request), status_code=_SEE_OTHER, headers=_NO_STORE)
        there.headers.append("set-cookie", session_cookie(token, self.path, secure=self.secure))
        return there

    async def _log_out(self, request: Request) -> Response:
        """End the session; by a form alone, for a picture of another page must not do it."""
        there = RedirectResponse(f"{self._base}{LOGIN}", status_code=_SEE_OTHER, headers=_NO_STORE)
        if request.method == "POST":
            await self._end(request)
            self._note(access_of(request), "logout")
            gone = session_cookie("", self.path, secure=self.secure, seconds=0)
            there.headers.append("set-cookie", gone)
        return there

    def _note(self, access: Access, action: Action) -> None:
        if self._audit is not None:
            self._audit.note(access, action)

    async def _end(self, request: Request) -> None:
        if token := request.cookies.get(COOKIE):
            await in_thread(partial(self._people.end_session, token))

    def _form(
        self, request: Request, language: Language, problem: str = "", name: str = ""
    ) -> Response:
        other: Language = "en" if language == "ar" else "ar"
        following = self._next(request)
        address = f"{self._base}{LOGIN}"
        values = {
            "language": language,
            "direction": "rtl" if language == "ar" else "ltr",
            "action": f"{address}?{urlencode({'next': following, 'lang': language})}",
            "other": f"{address}?{urlencode({'next': following, 'lang': other})}",
            "other_code": other,
            "problem": problem,
            "given": name,
            "longest": str(NAME_CHARACTERS),
        }
        words = {
            key: text(key, language)
            for key in ("brand", "login", "login_hint", "person_name", "password", "other_language")
        }
        filled = {key: escape(value) for key, value in (values | words).items()}
        return HTMLResponse(_page.substitute(filled), headers=_NO_STORE)

    def _next(self, request: Request) -> str:
        """Where to go on: an address of this server, whatever stands in the request."""
        wanted = request.query_params.get("next", "")
        ours = wanted.startswith(self.path) and not wanted.startswith(("//", "/\\"))
        plain = all(" " < letter != "\\" for letter in wanted)
        behind = wanted.removeprefix(self._base)
        return wanted if ours and plain and not behind.startswith((LOGIN, LOGOUT)) else self.path


def language_of(request: Request) -> Language:
    """The language that was asked for, else the browser's first of the two."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return "ar" if asked == "ar" else "en"
    for wanted in request.headers.get("accept-language", "").lower().split(","):
        if wanted.strip().startswith(LANGUAGES):
            return "ar" if wanted.strip().startswith("ar") else "en"
    return "en"


def session_cookie(token: str, path: str, *, secure: bool, seconds: int | None = None) -> str:
    """The cookie that holds a session, which no script and no other site's page gets hold of."""
    age = int(SESSION.total_seconds()) if seconds is None else seconds
    only = "; Secure" if secure else ""
    return f"{COOKIE}={token}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={age}{only}"


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; none of one that is too large."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _BODY_BYTES:
            return {}
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=10)
    return {key: values[0] for key, values in fields.items()}
