"""Which documents a question is asked of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from index import DocumentRecord, Library
from index.errors import DocumentMissing
from index.text.document_names import as_kept
from ui.uploads import FOLDER

_NAMED = 5
"""How many of the documents that were searched are named beside an answer."""


def named_documents(library: Library, names: Collection[str] | None) -> frozenset[str] | None:
    """The named documents; None, for all, where none is named. Raises DocumentMissing."""
    if names is None:
        return None
    there = {record.name for record in library.documents_where("name", names)}
    wanted = frozenset(as_kept(name) for name in names)
    for name in sorted(wanted):
        if name not in there:
            raise DocumentMissing(name=name)
    return wanted


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person chose to ask: languages, and folders or single documents.

    Nothing chosen means everything. A document is asked when its language is among those chosen
    and it is chosen itself or lies in a chosen folder.
    """

    languages: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()

    def chosen(self, records: Sequence[DocumentRecord]) -> frozenset[str] | None:
        """The names of the documents to search in; None for all."""
        if not (self.languages or self.folders or self.documents):
            return None
        return frozenset(record.name for record in records if self._holds(record))

    def _holds(self, record: DocumentRecord) -> bool:
        if self.languages and record.language not in self.languages:
            return False
        if not (self.folders or self.documents):
            return True
        return record.name in self.documents or folder_key(record) in self.folders


def folder_key(record: DocumentRecord) -> str:
    """What the page calls the folder of a document: where it lies is not the page's business."""
    return _folder(record.path.rpartition(os.sep)[0])[0]


def folder_name(record: DocumentRecord) -> str:
    """The last part of the folder's path; empty for what was added on the page."""
    return _folder(record.path.rpartition(os.sep)[0])[1]


@lru_cache(maxsize=4096)
def _folder(path: str) -> tuple[str, str]:
    """The key and the name of a folder: a library has many more documents than folders."""
    name = PurePath(path).name
    return hashlib.sha256(path.encode()).hexdigest()[:12], "" if name == FOLDER else name


def shelf_of(records: Sequence[DocumentRecord]) -> list[dict[str, Any]]:
    """What can be chosen from: per document its name, language and folder."""
    return [
        {
            "name": record.name,
            "language": record.language,
            "folder": folder_key(record),
            "folder_name": folder_name(record),
        }
        for record in records
    ]


def searched(records: Sequence[DocumentRecord], chosen: Collection[str] | None) -> dict[str, Any]:
    """What is said beside an answer: how many documents of how many, and the first names."""
    names = sorted(chosen) if chosen is not None else []
    count = len(records) if chosen is None else len(names)
    return {"documents": count, "of": len(records), "names": names[:_NAMED]}
