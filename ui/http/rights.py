"""What a route of the API asks of whoever calls it."""

from __future__ import annotations

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from ui.access import Role, access_of
from ui.http.errors import Problem, Refused
from ui.visitors import owner_of


def needs(role: Role) -> Dependency:
    """A dependency that refuses whoever has not that role in this collection."""

    async def check(request: Request) -> None:
        if not access_of(request).may(role):
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
