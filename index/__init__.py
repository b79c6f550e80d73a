"""The document's way: files -> passages -> vectors and full text, and searching them.

from index import Library

library = Library.open("my-store")
report = library.sync("handbook/")
hits = library.search("parental leave", k=5)
"""

from index.errors import SanadError
from index.library import Failure, Library, Report
from index.types import (
    Document,
    DocumentRecord,
    Heading,
    Hit,
    HitSentence,
    Language,
    Page,
    Passage,
    Sentence,
)

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
    "Report",
    "SanadError",
    "Sentence",
]
