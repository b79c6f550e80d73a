"""The folders that one library watches: the list, and what becomes of it."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import FolderRefused, FolderUnknown, SanadError, StoreReadOnly
from index.watching.events import EventLog, FolderEvent, event, now
from index.watching.kept import KeptFolder, read_folders, write_folders
from index.watching.places import place_to_watch
from index.watching.watcher import FolderState, FolderWatcher

if TYPE_CHECKING:
    from index.library import Library

LIST_NAME = "watched.json"
EVENTS_NAME = "watched-events.json"
MOST = 50
"""So many folders are watched at most: each takes a thread."""
_SECONDS_TO_STOP = 5.0


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A watched folder as it stands.

    While it is `syncing`, `done` of `total` files have been looked at. `documents` counts those
    of the library that lie in it; `changed` is when one came, changed or went last, and
    `problem` what stands in the way now. Times are in UTC.
    """

    id: str
    path: Path
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    since: datetime
    state: FolderState
    done: int
    total: int
    documents: int
    changed: datetime | None
    problem: SanadError | None


class WatchedFolders:
    """Keeps a library as some folders are, from `start` to `close`; safe for many threads.

    The list is kept in the library's folder and read again by the next program. `protected` are
    further folders of which no part may be watched, as the store that a collection belongs to.
    Raises StoreError where the list cannot be read.
    """

    def __init__(self, library: Library, protected: Sequence[Path] = ()) -> None:
        self._library = library
        self._protected = (library.folder, *protected)
        self._file = library.folder / LIST_NAME
        self._log = EventLog(library.folder / EVENTS_NAME)
        self._guard = threading.Lock()
        self._writing = threading.Lock()  # held by the one folder whose turn it is
        self._folders = {kept.id: kept for kept in read_folders(self._file)}
        self._watchers = {kept.id: self._watcher_of(kept) for kept in self._folders.values()}
        self._started = False
        self._changes = 0

    @property
    def changes(self) -> int:
        """How often documents have come, changed or gone since this was made."""
        return self._changes

    def start(self) -> None:
        """Begin to watch; a store that cannot be written has nothing to follow with."""
        with self._guard:
            self._started = True
            for watcher in self._watchers.values():
                self._begin(watcher)

    def close(self) -> None:
        """Stop watching, in the middle of embedding too; what was committed stays."""
        with self._guard:
            self._started = False
            watchers = list(self._watchers.values())
        _stop(watchers)

    def folders(self) -> list[FolderStatus]:
        """The folders, in the order in which they were added."""
        with self._guard:
            return [self._status(kept) for kept in self._folders.values()]

    def add(
        self,
        folder: str | os.PathLike[str],
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> FolderStatus:
        """Watch a folder from now on; the patterns are those of `Library.sync`.

        Raises FolderRefused, and StoreError where the list cannot be kept.
        """
        if self._library.read_only:
            raise StoreReadOnly(path=self._library.folder)
        with self._guard:
            watched = [kept.path for kept in self._folders.values()]
            place = place_to_watch(folder, self._protected, watched)
            if len(self._folders) >= MOST:
                detail = f"{MOST} folders are watched already, the most there may be"
                raise FolderRefused(path=folder, detail=detail)
            kept = KeptFolder(secrets.token_hex(4), place, tuple(include), tuple(exclude), now())
            self._keep({**self._folders, kept.id: kept})
            self._watchers[kept.id] = self._watcher_of(kept)
            if self._started:
                self._begin(self._watchers[kept.id])
            return self._status(kept)

    def remove(self, id: str, *, documents: bool = False) -> list[str]:
        """Watch a folder no longer; with `documents` they go too, and their names are returned.

        Raises FolderUnknown.
        """
        with self._guard:
            if id not in self._folders:
                raise FolderUnknown(id=id)
            kept = self._folders[id]
            self._keep({key: other for key, other in self._folders.items() if key != id})
            watcher = self._watchers.pop(id)
        _stop([watcher])
        if not documents:
            return []
        with self._writing:
            own = [r for r in self._library.documents() if Path(r.path).is_relative_to(kept.path)]
            names = self._library.remove([record.name for record in own]) if own else []
        self._log.add(event(kept.path, "removed", name) for name in names)
        if names:
            self._count_change()
        return names

    def events(self) -> list[FolderEvent]:
        """What happened last, the latest first; at most 200 events are kept."""
        return self._log.latest()

    def _status(self, kept: KeptFolder) -> FolderStatus:
        watcher = self._watchers[kept.id]
        return FolderStatus(
            kept.id,
            kept.path,
            kept.include,
            kept.exclude,
            kept.since,
            watcher.state,
            watcher.done,
            watcher.total,
            watcher.documents,
            watcher.changed,
            watcher.problem,
        )

    def _watcher_of(self, kept: KeptFolder) -> FolderWatcher:
        return FolderWatcher(
            kept,
            self._library,
            self._writing,
            self._log,
            on_change=self._count_change,
            on_mounts=partial(self._keep_mounts, kept.id),
        )

    def _begin(self, watcher: FolderWatcher) -> None:
        if self._library.read_only:
            watcher.problem = StoreReadOnly(path=self._library.folder)
        else:
            watcher.start()

    def _count_change(self) -> None:
        with self._guard:
            self._changes += 1

    def _keep_mounts(self, id: str, mounts: Sequence[Path]) -> None:
        with self._guard:
            if id in self._folders:
                kept = replace(self._folders[id], mounts=tuple(mounts))
                self._keep({**self._folders, id: kept})

    def _keep(self, folders: dict[str, KeptFolder]) -> None:
        write_folders(self._file, [*folders.values()])
        self._folders = folders


def _stop(watchers: Sequence[FolderWatcher]) -> None:
    for watcher in watchers:
        watcher.stop(0)
    for watcher in watchers:
        watcher.stop(_SECONDS_TO_STOP)
