"""What the page says along with each question: its language, the person's choices, the scope.

It comes as JSON from a browser, so nothing in it is taken for granted: what is missing, of
another kind or too long counts as not said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from index import Language
from index.text.document_names import as_kept
from ui.scope import Scope

_CHARACTERS = 400_000
_CHOSEN = 5_000
_NAME_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`preferences` as the page keeps them; `chat` is the conversation that it had open."""

    language: Language = "en"
    preferences: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    chat: str = ""


def read_request(value: object) -> PageRequest:
    """The request in a text from the page. Never raises."""
    told: Any = None
    if isinstance(value, str) and len(value) <= _CHARACTERS:
        try:
            told = json.loads(value)
        except (ValueError, RecursionError):
            told = None
    if not isinstance(told, dict):
        return PageRequest()
    preferences, scope, chat = told.get("preferences"), told.get("scope"), told.get("chat")
    return PageRequest(
        language="ar" if told.get("language") == "ar" else "en",
        preferences=preferences if isinstance(preferences, dict) else {},
        scope=_scope(scope) if isinstance(scope, dict) else Scope(),
        chat=chat if isinstance(chat, str) and len(chat) <= _NAME_CHARACTERS else "",
    )


def _scope(told: Mapping[str, Any]) -> Scope:
    return Scope(
        *(_names(told.get(key)) for key in ("languages", "folders", "documents")),
    )


def _names(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        return frozenset()
    return frozenset(
        as_kept(name)
        for name in value[:_CHOSEN]
        if isinstance(name, str) and len(name) <= _NAME_CHARACTERS
    )
