"""Drives and network folders: what is mounted where, and what has been taken away."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path("/proc/self/mountinfo")  # Linux; elsewhere there is none
_SILENT = frozenset((
    "9p", "afs", "ceph", "cifs", "drvfs", "fuse", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4",
    "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs",
))  # fmt: skip
"""Kinds of file systems that do not tell of changes made on another machine."""


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a file system is mounted, and of which kind it is."""

    point: Path
    kind: str


def tells_of_changes(folder: Path) -> bool:
    """Whether the system tells of every change below the folder."""
    holding = Mount(Path(), "")
    for mount in _mounts():
        if folder.is_relative_to(mount.point) and len(mount.point.parts) >= len(
            holding.point.parts
        ):
            holding = mount
        elif mount.point.is_relative_to(folder) and _is_silent(mount):
            return False
    return not _is_silent(holding)


def mounted_in(folder: Path) -> list[Path]:
    """The places at or below the folder where something is mounted."""
    if _TABLE.exists():
        return [mount.point for mount in _mounts() if mount.point.is_relative_to(folder)]
    return [folder] if folder.is_mount() else []


def taken_away(points: Iterable[Path]) -> list[Path]:
    """Those of the places where something was mounted that are bare now.

    A place that has files although nothing is mounted there is taken for an ordinary folder: its
    files were copied to this disk.
    """
    points = list(points)
    if not points:
        return []
    mounted = {mount.point for mount in _mounts()}
    return [
        point
        for point in points
        if point not in mounted and not point.is_mount() and _is_bare(point)
    ]


def _is_bare(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return True


def _is_silent(mount: Mount) -> bool:
    return mount.kind in _SILENT or mount.kind.startswith("fuse.")


def _mounts() -> list[Mount]:
    """What is mounted, in the order in which it came; nothing where the system does not tell."""
    try:
        table = os.fsdecode(_TABLE.read_bytes())
    except OSError:
        return []
    found = []
    for line in table.splitlines():
        # "36 35 98:0 /root /point options optional... - kind source options" (proc(5))
        before, _, after = line.partition(" - ")
        if len(before.split(" ")) > 4 and after:
            point = before.split(" ")[4]
            for code, character in _ESCAPED:
                point = point.replace(code, character)
            found.append(Mount(Path(point), after.split(" ")[0]))
    return found


_ESCAPED = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))
"""How the table writes what would break it; the backslash comes last."""
