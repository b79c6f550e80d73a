"""What lies in the folder of a store: what a backup keeps of it, and what is derived from that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from index.collection import FOLDER as COLLECTIONS
from index.store.private import OURS
from index.store.soundness import FILE_NAME
from index.store.switch import was_cut_off

FOLDERS = ("uploads", "samples")
"""Folders of documents that came without a place of their own."""
_DATABASE = ".db"
_SETTINGS = (".json",)
"""Neither the audit log, which nothing rolls back, nor the keys of endpoints."""
_DERIVED = ("*.faiss", "*.faiss.*.tmp", "*.db-wal", "*.db-shm", "*.db-journal", "sanad.reserve")
_DEEPEST = 16
_NAME_BYTES = 255


def is_store(folder: Path) -> bool:
    """Whether a store is in the folder."""
    return (folder / FILE_NAME).exists() or was_cut_off(folder)


def databases(folder: Path) -> list[PurePosixPath]:
    """The SQLite files of a store and of its collections, as paths below it.

    Those that speak of documents (conversations, people) stand before the documents.
    """
    found = []
    for store in _stores(folder):
        names = [
            path.name
            for path in (folder / store).glob(f"[!.]*{_DATABASE}")
            if path.name.startswith(OURS) and path.is_file()
        ]
        found += [
            store / name for name in sorted(names, key=lambda name: (name == FILE_NAME, name))
        ]
    return found


def files(folder: Path) -> Iterator[PurePosixPath]:
    """The other files that belong to a store and its collections, as paths below it; no links."""
    for store in _stores(folder):
        for file in sorted((folder / store).glob("[!.]*")):
            ours = file.name.startswith(OURS) and file.suffix in _SETTINGS
            if ours and file.is_file() and not file.is_symlink():
                yield store / file.name
        for name in FOLDERS:
            yield from (store / path for path in _below(folder / store, PurePosixPath(name)))


def taken_out(folder: Path) -> list[str]:
    """The names in a folder of all that a restore puts others in the place of, or drops."""
    wanted = [*(f"[!.]*{ending}" for ending in (_DATABASE, *_SETTINGS)), *_DERIVED]
    found = {path.name for pattern in wanted for path in folder.glob(pattern)}
    found = {name for name in found if name.startswith(OURS)}
    found |= {name for name in (*FOLDERS, COLLECTIONS) if os.path.lexists(folder / name)}
    return sorted(found)


def takes_others_things(folder: Path) -> bool:
    """Whether what a restore would take out may be somebody else's: it lies among other things,
    and there is no store."""
    if is_store(folder):
        return False
    foreign = any(not path.name.startswith(OURS) for path in folder.iterdir())
    return foreign and bool(taken_out(folder))


def may_be_kept(path: PurePosixPath) -> bool:
    """Whether a backup may hold a file of that path: one that `databases` or `files` can name."""
    if path.is_absolute() or not all(map(_is_name, path.parts)):
        return False
    inside = _inside(path)
    if len(inside) <= 1:
        return path.name.startswith(OURS) and path.suffix in (_DATABASE, *_SETTINGS)
    return inside[0] in FOLDERS and len(inside) <= _DEEPEST


def is_database(path: PurePosixPath) -> bool:
    """Whether the file of that path is one that `databases` names."""
    return len(_inside(path)) == 1 and path.suffix == _DATABASE


def is_library(path: PurePosixPath) -> bool:
    """Whether the file of that path holds documents."""
    return is_database(path) and path.name == FILE_NAME


def _inside(path: PurePosixPath) -> tuple[str, ...]:
    """The parts of a path below the store or the collection that it lies in."""
    parts = path.parts
    return parts[2:] if parts[:1] == (COLLECTIONS,) and len(parts) > 2 else parts


def _stores(folder: Path) -> list[PurePosixPath]:
    """The store itself and its collections."""
    inner = sorted(
        path.name
        for path in (folder / COLLECTIONS).glob("[!.]*")
        if path.is_dir() and not path.is_symlink()
    )
    return [PurePosixPath(), *(PurePosixPath(COLLECTIONS, name) for name in inner)]


def _below(folder: Path, inside: PurePosixPath) -> Iterator[PurePosixPath]:
    """The files under a folder; those that were half-written begin with a dot."""
    try:
        entries = sorted(os.scandir(folder / inside), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = inside / entry.name
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir() and len(path.parts) < _DEEPEST:
            yield from _below(folder, path)
        elif entry.is_file():
            yield path


def _is_name(part: str) -> bool:
    """Neither hidden nor a way up, nor what Windows would take for a folder or a drive."""
    odd = "\0/\\:" if os.name == "nt" else "\0/"
    return (
        not part.startswith(".")
        and len(os.fsencode(part)) <= _NAME_BYTES
        and not any(character in part for character in odd)
    )
