"""What can be wrong with what is said about people."""

from __future__ import annotations

from index import SanadError


class PersonMissing(SanadError):
    template = "There is nobody named {name}. `sanad users list` shows who there is."


class PersonExists(SanadError):
    template = "{name} is there already. Change what they may do with `sanad users role {name}`."


class PersonNameInvalid(SanadError):
    template = "{name} cannot be a person's name here: 1 to {limit} visible characters are needed."


class PasswordInvalid(SanadError):
    template = "This password cannot be taken: {detail}."


class PeopleNeeded(SanadError):
    template = (
        "Whoever reaches {host} could read, add and remove documents: nobody has to say who they "
        "are yet. Add a person first with `sanad users add NAME`, or accept it with --insecure."
    )
