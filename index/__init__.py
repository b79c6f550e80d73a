"""The document's way: files -> passages -> vectors and full text, and searching them.

from index import Library

library = Library.open("my-store")
report = library.sync("handbook/")
hits = library.search("parental leave", k=5)
"""

from typing import TYPE_CHECKING

from index.errors import SanadError
from index.types import (
    Document,
    DocumentRecord,
    Heading,
    Hit,
    HitSentence,
    Language,
    Page,
    Passage,
    ReadWarning,
    Sentence,
    Table,
)

if TYPE_CHECKING:
    from index.library import Library
    from index.report import Failure, Report

__all__ = [
    "Document",
    "DocumentRecord",
    "Failure",
    "Heading",
    "Hit",
    "HitSentence",
    "Language",
    "Library",
    "Page",
    "Passage",
    "ReadWarning",
    "Report",
    "SanadError",
    "Sentence",
    "Table",
]


def __getattr__(name: str) -> object:
    """The library brings numpy and FAISS along: the child processes that read do without."""
    if name in ("Failure", "Library", "Report"):
        from index import library

        return getattr(library, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
