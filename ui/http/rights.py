"""What a route of the API asks of whoever calls it."""

from __future__ import annotations

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from ui.access import access_of
from ui.http.errors import Problem, Refused
from ui.rules import Need, meets
from ui.visitors import owner_of


def needs(need: Need) -> Dependency:
    """A dependency that refuses whoever may not do that (`ui.rules`) in this collection."""

    async def check(request: Request) -> None:
        if not meets(access_of(request), need):
            role = "owner of everything" if need == "server" else need
            message = f"This takes the role {role}."
            hint = "Ask an owner of these documents for it."
            raise Refused(Problem(403, "role_missing", message, hint))

    dependency: Dependency = Depends(check)
    return dependency


def owner(request: Request) -> str:
    """Whose conversations a request is about. Refuses a program that is nobody's."""
    found = owner_of(request)
    if not found:
        message = "Conversations belong to a person or a browser, and this request names neither."
        hint = "Send a person's token, or the cookie that the page gives."
        raise Refused(Problem(403, "owner_missing", message, hint))
    return found
