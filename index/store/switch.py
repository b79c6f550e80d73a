"""Many files put in the place of others so that all change or none, whenever the process dies.

What is to come is made ready in a workshop inside the folder. A journal then says what is to be
moved, and from that moment the switch is finished by whoever opens the store next; every step can
be done again. Without a journal the workshop is a leftover.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from index.errors import StoreError
from index.store.atomic import write_whole
from index.store.private import FOLDER_MODE

WORKSHOP = ".restore"
_JOURNAL = "switch.json"


def begin(folder: Path) -> Path:
    """An empty place inside the folder for what is to come. Raises OSError."""
    shutil.rmtree(folder / WORKSHOP, ignore_errors=True)
    new = folder / WORKSHOP / "new"
    new.mkdir(parents=True, mode=FOLDER_MODE)
    (folder / WORKSHOP).chmod(FOLDER_MODE)
    (folder / WORKSHOP / "old").mkdir(mode=FOLDER_MODE)
    return new


def switch(folder: Path, take: Sequence[str]) -> None:
    """Put what was made ready in, and take these names out; a switch that fails is undone.

    Raises OSError.
    """
    put = sorted(path.name for path in (folder / WORKSHOP / "new").iterdir())
    journal = json.dumps({"take": list(take), "put": put}).encode()
    for inside, _, _ in os.walk(folder / WORKSHOP / "new"):
        _flush(Path(inside))
    write_whole(folder / WORKSHOP / _JOURNAL, [journal])
    _flush(folder / WORKSHOP)
    try:
        _forward(folder, take, put)
    except BaseException:
        _backward(folder, take, put)
        raise
    _clear(folder)


def was_cut_off(folder: Path) -> bool:
    """Whether a workshop is there: at work, or left by a process that died."""
    return (folder / WORKSHOP).is_dir()


def is_pending(folder: Path) -> bool:
    """Whether a switch has begun, and is not at its end."""
    return (folder / WORKSHOP / _JOURNAL).exists()


def settle(folder: Path) -> None:
    """Finish a switch that was cut off; nobody else may be using the folder.

    Raises StoreError where that fails: nothing is lost, and the next who comes tries again.
    """
    if not was_cut_off(folder):
        return
    try:
        with suppress(FileNotFoundError):
            journal = json.loads((folder / WORKSHOP / _JOURNAL).read_bytes())
            _forward(folder, journal["take"], journal["put"])
        _clear(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        detail = "a restore was cut off and cannot be finished"
        raise StoreError(path=folder, detail=detail) from error


def discard(folder: Path) -> None:
    """Throw away what was made ready; a journal is still followed."""
    if not (folder / WORKSHOP / _JOURNAL).exists():
        shutil.rmtree(folder / WORKSHOP, ignore_errors=True)


def _forward(folder: Path, take: Sequence[str], put: Sequence[str]) -> None:
    new, old = folder / WORKSHOP / "new", folder / WORKSHOP / "old"
    for name in take:
        is_old = name not in put or _is_there(new / name)  # else the new one is in its place
        if is_old and _is_there(folder / name):
            (folder / name).rename(old / name)
    for name in put:
        if _is_there(new / name):
            (new / name).rename(folder / name)
    _flush(folder)


def _backward(folder: Path, take: Sequence[str], put: Sequence[str]) -> None:
    new, old = folder / WORKSHOP / "new", folder / WORKSHOP / "old"
    for name in put:
        if not _is_there(new / name) and _is_there(folder / name):
            (folder / name).rename(new / name)
    for name in take:
        if _is_there(old / name):
            (old / name).rename(folder / name)
    _flush(folder)
    (folder / WORKSHOP / _JOURNAL).unlink()


def _clear(folder: Path) -> None:
    """The journal first: from then on what is left of the workshop means nothing."""
    (folder / WORKSHOP / _JOURNAL).unlink(missing_ok=True)
    _flush(folder / WORKSHOP)
    shutil.rmtree(folder / WORKSHOP, ignore_errors=True)


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _flush(folder: Path) -> None:
    """Let the names in a folder outlast a loss of power, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
