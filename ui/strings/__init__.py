"""Every visible text of the web page, in Arabic and English; what went wrong is in `problems`.

The page gets all of `TEXTS` as one script and picks by its language; Python asks for single ones
with `text`.
"""

from __future__ import annotations

from index import Language
from ui.strings import (
    asking,
    chats,
    documents,
    folders,
    frame,
    overview,
    people,
    reader,
    settings,
    trial,
)

LANGUAGES: tuple[Language, ...] = ("en", "ar")
_PARTS = (
    frame.TEXTS,
    people.TEXTS,
    asking.TEXTS,
    chats.TEXTS,
    documents.TEXTS,
    folders.TEXTS,
    reader.TEXTS,
    overview.TEXTS,
    settings.TEXTS,
    trial.TEXTS,
)

TEXTS: dict[str, dict[Language, str]] = {
    key: words for part in _PARTS for key, words in part.items()
}


def text(key: str, language: Language, **fields: object) -> str:
    """The visible text of that key, its fields filled in."""
    return TEXTS[key][language].format(**fields)
