"""Room kept aside in the folder of a store: on a full disk removing documents needs some first."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from index.store.soundness import FILE_NAME

_NAME = "sanad.reserve"
_SHARE = 2
"""One in so many bytes of the store ..."""
_LEAST, _MOST = 1 << 19, 1 << 23
"""... but at least and at most so many."""
_BESIDE = 2
"""It is kept where the disk has room for so many of it, and not taken from others' last."""


def keep(folder: Path) -> None:
    """Keep room aside, if the disk has enough of it; what is kept already stays as it is."""
    file = folder / _NAME
    with contextlib.suppress(OSError):
        size = (folder / FILE_NAME).stat().st_size
        wanted = min(_MOST, max(_LEAST, size // _SHARE))
        kept = file.stat().st_size if file.exists() else 0
        if kept < wanted // 2 and shutil.disk_usage(folder).free > _BESIDE * wanted:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(os.urandom(wanted))  # zeros might be kept as nothing


def give_up(folder: Path) -> None:
    """Let the room be used."""
    with contextlib.suppress(OSError):
        (folder / _NAME).unlink()
