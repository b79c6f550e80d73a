"""Files for their owner alone: a store holds what a person's documents say."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700
OURS = ("sanad.", "passages.faiss", "passages.ar.faiss", "passages.en.faiss",
        "sentences.faiss", "chats.db", "people.db", "audit.",
         ".audit.", "language-model.", "model-profiles.json", "uploads", "samples", "collections",
         "watched", ".repair", ".restore")  # fmt: skip
"""How everything begins that Sanad puts into the folder of a store."""


def make_private(file: Path) -> None:
    """Make an empty file for its owner alone where there is none; SQLite's others follow it.

    Where it cannot be made, SQLite will say why.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))


def make_folder_private(folder: Path) -> None:
    """Make the folder of a store, and take from others what they may do with an older one.

    A folder that holds other things too is left as it is, and only the files in it are closed.
    Raises OSError where it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    inside = list(folder.iterdir())
    ours = [path for path in inside if path.name.startswith(OURS)]
    if len(ours) == len(inside):
        _close(folder)
    for path in ours:
        _close(path)
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):
                for file in path.iterdir():
                    _close(file)


def _close(path: Path) -> None:
    """Take the rights of others away; nothing where it is somebody else's, or a link."""
    with contextlib.suppress(OSError):
        status = path.lstat()
        wanted = FOLDER_MODE if stat.S_ISDIR(status.st_mode) else FILE_MODE
        known = stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)
        owned = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
        if known and owned and status.st_mode & 0o077:
            path.chmod(stat.S_IMODE(status.st_mode) & wanted)
