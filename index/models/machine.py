"""What this machine can run: its memory and its cores, as far as a container lets them be used."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# In a container these are its own; elsewhere they are the root's, which has no limit.
_CGROUP = Path("/sys/fs/cgroup")
_MEMORY_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # cgroups 2 and 1


@dataclass(frozen=True, slots=True)
class Machine:
    """`memory` in bytes, None where the system does not tell; `cores` may run at a time."""

    memory: int | None
    cores: int


def this_machine(cgroup: Path = _CGROUP) -> Machine:
    """The machine this runs on; `cgroup` is where the limits of a container lie."""
    limits = [_number(cgroup / name) for name in _MEMORY_LIMITS]
    told = [size for size in (_memory(), *limits) if size]
    return Machine(min(told, default=None), _cores(cgroup))


def _memory() -> int | None:
    # Windows has no `sysconf`, and a system may not know the name.
    with suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


def _cores(cgroup: Path) -> int:
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    with suppress(OSError, ValueError):
        quota, period = (cgroup / "cpu.max").read_text("utf-8").split()  # "max" is no number
        cores = min(cores, max(1, round(int(quota) / int(period))))
    return cores


def _number(file: Path) -> int | None:
    """The number in a file; None where there is none, or "max"."""
    with suppress(OSError, ValueError):
        return int(file.read_text("utf-8"))
    return None
