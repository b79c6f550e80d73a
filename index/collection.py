"""Collections: sets of documents with a name, each a store of its own inside the store.

    <store>/                       the documents without a collection
    <store>/collections/<name>/    those of a collection: its own database, index and files

Nothing is shared between them, so nothing can leak from one to another: no hit, no count, no
name, no word that another one holds.
"""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from uuid import uuid4

from index.errors import CollectionInvalid, CollectionMissing
from index.store.identity import Identity, identity
from index.store.soundness import FILE_NAME
from index.store.sqlite_errors import system_errors

FOLDER = "collections"
MAIN = "main"
"""What the documents without a collection are called where a name is needed."""
NAME_CHARACTERS = 60
_ALSO = " -_."
"""What may stand in a name beside letters, marks and digits; not at its ends."""


def checked_name(name: str) -> str:
    """The name as it is kept: composed, one space between words; empty for `MAIN`.

    Raises CollectionInvalid.
    """
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if kept == MAIN:
        return ""
    sound = all(letter in _ALSO or unicodedata.category(letter)[0] in "LMN" for letter in kept)
    if not kept or not sound or len(kept) > NAME_CHARACTERS or kept.strip(_ALSO) != kept:
        raise CollectionInvalid(name=name[:NAME_CHARACTERS], limit=NAME_CHARACTERS)
    return kept


def collection_folder(store: Path, name: str) -> Path:
    """Where a collection lies, whether it is there or not; the store itself for an empty name.

    Raises CollectionInvalid.
    """
    kept = checked_name(name) if name else ""
    return store / FOLDER / kept if kept else store


def collections_of(store: Path) -> list[str]:
    """The names of the collections of a store, in order."""
    folder = store / FOLDER
    if not folder.is_dir():
        return []
    # One that begins with a dot was being deleted.
    return sorted(path.parent.name for path in folder.glob(f"[!.]*/{FILE_NAME}"))


def place_of(store: Path, name: str) -> Identity | None:
    """The identity of the folder of a collection of exactly that name; None where there is none.

    A collection that was removed and made again is another one.
    """
    try:
        folder = collection_folder(store, name)
    except CollectionInvalid:
        return None
    there = folder.name == name and (folder / FILE_NAME).is_file()
    return identity(folder) if there else None


def existing_folder(store: Path, name: str) -> Path:
    """Where a collection lies that is there. Raises CollectionInvalid, CollectionMissing."""
    folder = collection_folder(store, name)
    if folder != store and place_of(store, folder.name) is None:
        raise CollectionMissing(name=folder.name)
    return folder


def remove_collection(store: Path, name: str) -> None:
    """Delete a collection with all its documents and conversations.

    Raises CollectionInvalid, CollectionMissing, StoreError.
    """
    folder = existing_folder(store, name)
    if folder == store:
        raise CollectionInvalid(name=name, limit=NAME_CHARACTERS)
    with system_errors(store):
        # From here on it is there for nobody, also where deleting is cut off.
        folder.rename(folder.with_name(f".{uuid4().hex}.gone"))
        for gone in folder.parent.glob(".*.gone"):
            shutil.rmtree(gone)
