"""What tells a file or a folder from another one of its name."""

from __future__ import annotations

from pathlib import Path

Identity = tuple[int, int]
"""The device and the inode."""


def identity(path: Path) -> Identity | None:
    """The identity of what lies there; None where nothing does, or nothing that can be seen."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
