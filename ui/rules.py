"""Which role an address takes. What is not listed here, and changes anything, takes the server's
owner."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from ui.access import Access, Role

Need = Role | Literal["server"]
"""A role in the collection, or that of an owner of everything."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_EVERY = _READING | {"POST", "PUT", "PATCH", "DELETE"}

_OPEN = re.compile(r"/(ui|assets|static)/|/(theme\.css|favicon\.ico|api/v1/(health|ready))$")
"""The same for everybody: nothing of a document, a person or a conversation is in them."""

_RULES: tuple[tuple[Collection[str], str, Need], ...] = (
    # What is the server's: its folders and its figures.
    (_EVERY, r"/page/folders\b", "server"),
    (_EVERY, r"/api/v1/(folders|metrics|sync)\b", "server"),
    # What everybody of the collection has said.
    (_EVERY, r"/page/ratings\b", "owner"),
    (_EVERY, r"/api/v1/ratings\b", "owner"),
    # Questions and conversations of one's own. Gradio's events look at the role themselves.
    (_EVERY, r"/page/(chats|exchanges)\b", "reader"),
    (_EVERY, r"/api/v1/(ask|search|conversations|exchanges)\b", "reader"),
    (_EVERY, r"/v1/(chat/completions|embeddings)$", "reader"),
    (_EVERY, r"/mcp/?$", "reader"),
    ({"POST"}, r"/gradio_api/(queue/join|run/predict|cancel|reset)\b", "reader"),
    # Documents in and out.
    ({"POST"}, r"/gradio_api/upload\b", "editor"),
    ({"POST", "PUT", "DELETE"}, r"/api/v1/(documents|rebuild)\b", "editor"),
    (_READING, r"/", "reader"),
)


def is_open(path: str) -> bool:
    """Whether an address is answered without asking who wants it."""
    return _OPEN.match(path) is not None


def is_allowed(access: Access, method: str, path: str) -> bool:
    """Whether a request may go on; `path` begins behind the collection's own address."""
    return meets(access, _need(method, path))


def meets(access: Access, need: Need) -> bool:
    """Whether somebody may do what takes that."""
    return access.role is not None and access.serves if need == "server" else access.may(need)


def _need(method: str, path: str) -> Need:
    for methods, pattern, need in _RULES:
        if method in methods and re.match(pattern, path):
            return need
    return "server"
