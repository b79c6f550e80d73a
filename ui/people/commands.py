"""`sanad users` and `sanad collections`: who may ask, what they may do, and of what."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import cast

from index import Library
from index.collection import (
    MAIN,
    checked_name,
    collection_folder,
    collections_of,
    existing_folder,
    remove_collection,
)
from ui.access import Access, Role
from ui.audit import Audit
from ui.cli_strings import text, whole
from ui.people.errors import PasswordInvalid
from ui.people.people import EVERYWHERE, People
from ui.terminal import print_json, say, settings_of


def list_people(arguments: Namespace) -> int:
    """`sanad users [list]`"""
    with _people(arguments) as people:
        records = people.records()
    if arguments.json:
        print_json({"people": [asdict(record) for record in records]})
    elif not records:
        print(text("no_people"))
    else:
        for record in records:
            name, rights = whole(record.name), _shown(record.rights)
            print(text("person_rights", name=name, rights=rights))
    return 0


def add_person(arguments: Namespace) -> int:
    """`sanad users add NAME [--role ROLE] [--collection NAME] [--token]`"""
    with _people(arguments) as people:
        role: Role = arguments.role or ("reader" if people.exist() else "owner")
        rights: dict[str, Role] = {_where(arguments): role}
        password = None if arguments.token else _password(arguments)
        person = people.add(arguments.name, password, rights)
        token = people.issue_token(person.name) if arguments.token else None
    _note(arguments, f"{person.name}: {role}")
    if arguments.json:
        print_json({"name": person.name, "rights": rights, "token": token})
        return 0
    say(text("person_added", name=whole(person.name), rights=_shown(rights)))
    if token is not None:
        say(text("token_once"))
        print(token)
    return 0


def remove_person(arguments: Namespace) -> int:
    """`sanad users remove NAME`"""
    with _people(arguments) as people:
        people.remove(arguments.name)
    _note(arguments, f"{arguments.name}: removed")
    _told(arguments, "person_removed", {"removed": arguments.name})
    return 0


def role_person(arguments: Namespace) -> int:
    """`sanad users role NAME ROLE [--collection NAME]`"""
    role = None if arguments.role == "none" else cast(Role, arguments.role)
    with _people(arguments) as people:
        people.allow(arguments.name, {_where(arguments): role})
        named = people.find(arguments.name).name
        rights = next(record.rights for record in people.records() if record.name == named)
    _note(arguments, f"{named}: {arguments.role}")
    if arguments.json:
        print_json({"name": named, "rights": dict(rights)})
    else:
        print(text("person_rights", name=whole(named), rights=_shown(rights)))
    return 0


def password_person(arguments: Namespace) -> int:
    """`sanad users password NAME`"""
    with _people(arguments) as people:
        people.find(arguments.name)  # before anybody types
        people.set_password(arguments.name, _password(arguments))
        people.end_sessions(arguments.name)
    _note(arguments, f"{arguments.name}: password")
    _told(arguments, "password_set", {"name": arguments.name})
    return 0


def token_person(arguments: Namespace) -> int:
    """`sanad users token NAME [--revoke]`"""
    with _people(arguments) as people:
        if arguments.revoke:
            count = people.revoke_tokens(arguments.name)
            _note(arguments, f"{arguments.name}: tokens revoked")
            if arguments.json:
                print_json({"name": arguments.name, "revoked": count})
            else:
                print(text("tokens_revoked", count=count))
            return 0
        token = people.issue_token(arguments.name)
    _note(arguments, f"{arguments.name}: token")
    if arguments.json:
        print_json({"name": arguments.name, "token": token})
    else:
        say(text("token_once"))
        print(token)
    return 0


def list_collections(arguments: Namespace) -> int:
    """`sanad collections`"""
    names = collections_of(_store(arguments))
    if arguments.json:
        print_json({"collections": names})
    else:
        print("\n".join(map(whole, names)) if names else text("no_collections"))
    return 0


def add_collection(arguments: Namespace) -> int:
    """`sanad collections add NAME`"""
    name = checked_name(arguments.name)
    Library.open(collection_folder(_store(arguments), name)).close()
    _told(arguments, "collection_added", {"name": name})
    return 0


def remove_collection_named(arguments: Namespace) -> int:
    """`sanad collections remove NAME`"""
    name = checked_name(arguments.name)
    existing_folder(_store(arguments), name)
    with _people(arguments) as people:  # first, for a later one may have its name
        people.forget_collection(name)
    remove_collection(_store(arguments), name)
    _told(arguments, "collection_removed", {"removed": name})
    return 0


@contextmanager
def _people(arguments: Namespace) -> Iterator[People]:
    with closing(People(_store(arguments))) as people:
        yield people


def _note(arguments: Namespace, subject: str) -> None:
    """Into the audit log, as everything that was done here rather than over the network."""
    collection = getattr(arguments, "collection", None) or ""
    Audit(_store(arguments)).note(
        Access(collection=collection, address="terminal"), "people", subject
    )


def _store(arguments: Namespace) -> Path:
    return settings_of(arguments).store.expanduser().absolute()


def _where(arguments: Namespace) -> str:
    """The collection in which rights are given, everywhere where none is named."""
    named = getattr(arguments, "collection", None)
    return EVERYWHERE if named is None else checked_name(named)


def _password(arguments: Namespace) -> str:
    """From standard input, or typed twice. Raises PasswordInvalid."""
    if arguments.password_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed = getpass.getpass(text("ask_password", name=arguments.name))
    if getpass.getpass(text("ask_password_again")) != typed:
        raise PasswordInvalid(detail="the second one is another; try again")
    return typed


def _shown(rights: Mapping[str, Role]) -> str:
    places = {EVERYWHERE: text("everywhere"), "": MAIN}
    told = (f"{role} ({places.get(name, whole(name))})" for name, role in sorted(rights.items()))
    return ", ".join(told) or text("no_rights")


def _told(arguments: Namespace, key: str, done: dict[str, object]) -> None:
    """Say what was done, for people or as JSON."""
    if arguments.json:
        print_json(done)
    else:
        print(text(key, name=whole(arguments.name)))
