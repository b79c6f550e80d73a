"""The processor time of another process and of those that it started."""

from __future__ import annotations

import os
from pathlib import Path

_PROCESSES = Path("/proc")


def processor_seconds(process: int) -> float | None:
    """What a process and its descendants have computed so far; None where no system tells.

    Linux does, in /proc: children that have ended are counted with their parent, others are
    looked for.
    """
    folder = _PROCESSES / str(process)
    try:
        fields = (folder / "stat").read_text(encoding="ascii", errors="replace")
        # Behind the name, which may hold anything: user, system, and both of ended children.
        ticks = sum(map(int, fields.rpartition(")")[2].split()[11:15]))
    except (OSError, ValueError):
        return None
    running = (processor_seconds(child) for child in _children(folder))
    return ticks / os.sysconf("SC_CLK_TCK") + sum(seconds or 0.0 for seconds in running)


def _children(folder: Path) -> list[int]:
    found: list[int] = []
    try:
        for task in (folder / "task").iterdir():
            found.extend(map(int, (task / "children").read_text(encoding="ascii").split()))
    except (OSError, ValueError):  # ended meanwhile, or a system that lists no children
        pass
    return found
