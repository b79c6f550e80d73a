"""Which documents a question is asked of."""

from __future__ import annotations

from collections.abc import Collection

from index import Library
from index.errors import DocumentMissing


def named_documents(library: Library, names: Collection[str] | None) -> frozenset[str] | None:
    """The named documents; None, for all, where none is named. Raises DocumentMissing."""
    if names is None:
        return None
    there = {record.name for record in library.documents()}
    for name in names:
        if name not in there:
            raise DocumentMissing(name=name)
    return frozenset(names)
