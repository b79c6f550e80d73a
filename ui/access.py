"""Who asks, and what they may do in the collection that they ask of.

One layer decides this for each request (`ui.site`) before anything else looks at it, and leaves
its decision in the request's scope; whoever needs it reads it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from starlette.requests import HTTPConnection

Role = Literal["reader", "editor", "owner"]
"""A reader asks and reads, an editor adds and removes documents too, an owner changes models and
people too."""
ROLES: tuple[Role, ...] = get_args(Role)
_SCOPE_KEY = "sanad.access"


@dataclass(frozen=True, slots=True)
class Access:
    """What one request may do.

    `person` is the name of who asks; None where nobody has to say who they are, as on one's own
    machine. `role` is theirs in `collection` (empty for the documents of the store itself); None
    for somebody who may nothing there. `address` is the client's.
    """

    person: str | None = None
    role: Role | None = None
    collection: str = ""
    address: str = ""

    def may(self, role: Role) -> bool:
        """Whether they may do what takes that role."""
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(role)


NOBODY = Access()


def access_of(request: HTTPConnection) -> Access:
    """What was decided for a request; nothing is allowed where nothing was decided."""
    return access_in(request.scope)


def access_in(scope: Any) -> Access:  # noqa: ANN401 - ASGI's own type has no narrower values
    """The same, from an ASGI scope."""
    found = scope.get(_SCOPE_KEY, NOBODY)
    return found if isinstance(found, Access) else NOBODY


def decide(scope: Any, access: Access) -> None:  # noqa: ANN401 - as above
    """Leave the decision for those who come after."""
    scope[_SCOPE_KEY] = access


def is_decided(scope: Any) -> bool:  # noqa: ANN401 - as above
    """Whether anything was decided, be it that nothing is allowed."""
    return _SCOPE_KEY in scope
