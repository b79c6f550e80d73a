"""Which folders of this machine may be watched."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from index.errors import FolderRefused
from index.store.soundness import FILE_NAME
from index.text.document_names import is_text

_OF_THE_SYSTEM = tuple(map(Path, ("/proc", "/sys", "/dev")))


def place_to_watch(
    folder: str | os.PathLike[str], stores: Iterable[Path], watched: Iterable[Path] = ()
) -> Path:
    """The folder with all links in its path resolved.

    It must be there and open, be named by its full path, and neither hold one of the `stores` or
    of the folders that are `watched` nor lie in one. Raises FolderRefused.
    """
    given = os.fspath(folder)
    try:
        if not is_text(given):
            raise _refused(given, "its name is not UTF-8; rename it")
        if not Path(given).is_absolute():
            raise _refused(given, "its full path is needed")
        place = Path(given).resolve(strict=True)
        if not is_text(place):
            raise _refused(given, "its name is not UTF-8; rename it")
        if not place.is_dir():
            raise _refused(given, "it is not a folder")
        if place == Path(place.anchor) or any(
            place.is_relative_to(part) for part in _OF_THE_SYSTEM
        ):
            raise _refused(given, "it belongs to the system")
        with os.scandir(place):
            pass
        if _is_within_a_store(place) or any(
            _lies_in(place, store) or _lies_in(store, place) for store in stores
        ):
            raise _refused(given, "documents are kept there")
        for other in watched:
            _refuse_nested(given, place, other)
    except PermissionError as error:
        raise _refused(given, "permission denied") from error
    except (OSError, RuntimeError, ValueError) as error:  # a circle of links, a NUL in the name
        raise _refused(given, "it does not exist") from error
    return place


def _refuse_nested(given: str, place: Path, other: Path) -> None:
    within, around = _lies_in(place, other), _lies_in(other, place)
    if within and around:
        raise _refused(given, "it is watched already")
    if within:
        raise _refused(given, f"it lies in {other}, which is watched")
    if around:
        raise _refused(given, f"{other}, which is watched, lies in it")


def _lies_in(folder: Path, other: Path) -> bool:
    """Whether a folder is another or lies in it, however the two are spelt."""
    if folder.is_relative_to(other):
        return True
    try:
        return any(other.samefile(part) for part in (folder, *folder.parents))
    except OSError:  # one of them is not there now
        return False


def _is_within_a_store(place: Path) -> bool:
    """Whether a store, perhaps another collection's, keeps its files there."""
    return any((part / FILE_NAME).is_file() for part in (place, *place.parents))


def _refused(given: str, detail: str) -> FolderRefused:
    shown = given.encode(errors="replace").decode()
    return FolderRefused(path=shown, detail=detail)
