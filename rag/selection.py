"""Which documents a LlamaIndex program wants: by name, or by filters over what is known of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from llama_index.core.vector_stores import MetadataFilters
from llama_index.core.vector_stores.utils import build_metadata_filter_fn

from index import Library
from index.text.document_names import as_kept
from rag.errors import FilterInvalid

KEYS = ("document", "language", "added", "pages")
"""What filters may name: of each document its name, "ar" or "en", when it was added (ISO 8601,
UTC), and how many pages it has."""


def chosen(
    library: Library, documents: Collection[str] | None, filters: MetadataFilters | None
) -> Collection[str] | None:
    """The names of the documents to look in, as they are now; None for all of them.

    With both, a document must be among `documents` and pass the filters. Raises FilterInvalid.
    """
    if filters is None:
        return documents
    for each in filters.filters:
        if isinstance(each, MetadataFilters):
            raise FilterInvalid(detail="filters in filters are not supported")
        if each.key not in KEYS:
            raise FilterInvalid(detail=f"{each.key} is not known of documents")
    facts: dict[str, dict[str, Any]] = {
        record.name: {
            "document": record.name,
            "language": record.language,
            "added": record.added,
            "pages": record.pages,
        }
        for record in library.documents()
    }
    passes = build_metadata_filter_fn(facts.__getitem__, filters)
    named = facts.keys() if documents is None else facts.keys() & set(map(as_kept, documents))
    try:
        return [name for name in named if passes(name)]
    except (TypeError, ValueError) as error:  # a number compared with a text
        raise FilterInvalid(detail=str(error)) from error
