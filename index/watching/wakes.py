"""When to look at a folder again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

from index.readers import known_extensions
from index.watching.mounts import tells_of_changes

STEP_MS = 200
"""How long nothing must change before changes are told."""
_WAKE_MS = 300
_log = logging.getLogger(__name__)


class Wake(NamedTuple):
    """Whether something has changed; and whether the system tells when it does."""

    changed: bool
    told: bool


def wakes(folder: Path, stop: threading.Event) -> Generator[Wake]:
    """A few times a second, until `stop` is set; what changes in between is not missed.

    Raises nothing where the system cannot watch the folder: then nobody tells, and the folder
    must be looked at.
    """
    if tells_of_changes(folder):
        try:
            yield from _told(folder, stop)
        except (OSError, RuntimeError) as error:  # more folders than the system watches, say
            _log.warning("A folder is looked at every few seconds instead of watched: %s", error)
    while not stop.wait(_WAKE_MS / 1000):
        yield Wake(changed=False, told=False)


def _told(folder: Path, stop: threading.Event) -> Generator[Wake]:
    from watchfiles import Change, watch

    known = known_extensions()

    def matters(change: Change, path: str) -> bool:
        below = Path(path).relative_to(folder) if Path(path).is_relative_to(folder) else Path(path)
        if any(part.startswith(".") for part in below.parts):
            return False
        # What comes or goes may be a folder; what is written to is a file.
        return change is not Change.modified or below.suffix.lower() in known

    batches = watch(
        folder,
        watch_filter=matters,
        step=STEP_MS,
        rust_timeout=_WAKE_MS,
        yield_on_timeout=True,
        stop_event=stop,
        force_polling=False,
        ignore_permission_denied=True,
    )
    for batch in batches:
        yield Wake(bool(batch), told=True)
