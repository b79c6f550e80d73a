"""One folder that is followed, in a thread of its own."""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from index.errors import FileMissing, FolderUnreachable, SanadError
from index.folders import Selection, find_files, is_gone
from index.report import Failure, Report
from index.store.identity import identity
from index.text.document_names import readable
from index.types import DocumentRecord
from index.watching.events import EventLog, FolderEvent, event
from index.watching.kept import KeptFolder
from index.watching.mounts import mounted_in, taken_away
from index.watching.settling import FileState, Settling
from index.watching.wakes import wakes

if TYPE_CHECKING:
    from index.library import Library

FolderState = Literal["watching", "syncing", "unreachable"]
FOLDER_STATES: tuple[FolderState, ...] = get_args(FolderState)

GONE_SECONDS = 2.0
"""So long a file must be away before its document goes: some programs save by deleting first."""
LOOK_SECONDS = 60.0
"""Changes that the system did not tell of are found after so long."""
SILENT_LOOK_SECONDS = 3.0
"""The same where it tells of none, as on network folders."""
_LOOKS_APART = 1.0
_SHARE = 20
"""Looking takes at most one part in so many of the time, however many files there are."""
_STILL_THERE_SECONDS = 2.0
_TRY_AGAIN_SECONDS = 30.0
_NEW_AT_ONCE = 50
_KNOWN_AT_ONCE = 500
"""So many files are handed to the library at once; then what was removed, and other folders,
have their turn. Known files have mostly not changed."""
_log = logging.getLogger(__name__)


class Stopped(Exception):
    """Ends what the thread is doing: the folder is no longer watched, or the program ends."""


class FolderWatcher:
    """Keeps a library as the folder is, from `start` to `stop`.

    `lock` lets one folder of the library at a time change it. `on_mounts` is told the places
    where drives are mounted in the folder, when they are others than those that are kept.
    """

    def __init__(
        self,
        kept: KeptFolder,
        library: Library,
        lock: threading.Lock,
        log: EventLog,
        on_change: Callable[[], None],
        on_mounts: Callable[[Sequence[Path]], None],
    ) -> None:
        self._root = kept.path
        self._selection = Selection(kept.include, kept.exclude)
        self._mounts = list(kept.mounts)
        self._library = library
        self._lock = lock
        self._log = log
        self._on_change = on_change
        self._on_mounts = on_mounts
        self._settling = Settling()
        self._missing: dict[str, float] = {}  # paths of documents, and since when they are away
        self._looked = 0.0
        self._look_took = 0.0
        self._base = 0
        self._home = identity(library.folder)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sanad-watch", daemon=True)
        # What others read.
        self.state: FolderState = "watching"
        self.done = self.total = 0
        self.documents = 0
        self.changed, self.problem = _as_it_was(log, self._root)

    def start(self) -> None:
        """Begin to follow the folder."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End it, and wait so long for the end of the thread; what was committed stays."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    # -- the thread --------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            wait = _STILL_THERE_SECONDS
            try:
                self._follow()
            except Stopped:
                return
            except FolderUnreachable as error:
                self._tell_problem("unreachable", error)
            except SanadError as error:
                self._tell_problem("watching", error)
                wait = _TRY_AGAIN_SECONDS
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever it meets
                if self._stop.is_set():  # the library was closed meanwhile
                    return
                _log.exception("Watching a folder failed")
                self._tell_problem("watching", SanadError(detail=type(error).__name__))
                wait = _TRY_AGAIN_SECONDS
            self._stop.wait(wait)

    def _follow(self) -> None:
        """Follow the folder until it is another one, or none; raises what stands in the way."""
        self._reach()
        here = identity(self._root)
        if isinstance(self.problem, FolderUnreachable):
            self._tell_solved()
        self.state = "watching"
        look_at = thorough_at = still_there_at = 0.0
        with closing(wakes(self._root, self._stop)) as waking:
            for wake in waking:
                moment = time.monotonic()
                if moment >= still_there_at:
                    self._stop_here()
                    if identity(self._root) != here:
                        return
                    still_there_at = moment + _STILL_THERE_SECONDS
                if wake.changed:
                    look_at = min(look_at, max(moment, self._looked + self._apart(_LOOKS_APART)))
                if moment >= look_at:
                    thorough = moment >= thorough_at
                    self._look(thorough=thorough)
                    looked = time.monotonic()
                    if thorough:
                        thorough_at = looked + self._apart(LOOK_SECONDS)
                    seconds = LOOK_SECONDS if wake.told else SILENT_LOOK_SECONDS
                    look_at = looked + self._apart(seconds)
                self._catch_up()
                self._tell_solved()

    def _apart(self, seconds: float) -> float:
        return max(seconds, _SHARE * self._look_took)

    def _look(self, *, thorough: bool) -> None:
        """See which files there are; when `thorough`, also which documents have none."""
        moment = time.monotonic()
        found = find_files(self._root, self._selection, self._library.folder)
        self._reach()  # else what was found is not all
        states = {}
        for file in found.files:
            with suppress(OSError):  # gone since
                states[file] = FileState.of(file)
        away = {str(file) for file in self._settling.see(states, moment)}
        there = {str(file) for file in states}
        if thorough:
            records = self._own(self._library.documents())
            self.documents = len(records)
            away |= {path for path in map(_path, records) if path not in there and is_gone(path)}
        self._missing = {
            path: self._missing.get(path, moment)
            for path in {*self._missing, *away}
            if path not in there
        }
        self._log.add(
            event(self._root, "failed", self._below(error.fields["path"]), error=error)
            for error in found.failed
        )
        self._looked = time.monotonic()
        self._look_took = self._looked - moment

    def _catch_up(self) -> None:
        """Take in the files that are whole, and take out the documents whose files have gone."""
        ready = self._settling.ready(time.monotonic())
        if ready:
            self._take_in(ready)
        self._take_out_what_went()

    def _take_out_what_went(self) -> None:
        moment = time.monotonic()
        gone = {path for path, since in self._missing.items() if moment - since >= GONE_SECONDS}
        if gone:
            self._take_out(gone)
            for path in gone:
                self._missing.pop(path, None)

    def _take_in(self, files: Sequence[Path]) -> None:
        paths = {record.path for record in self._library.documents()}
        known = [file for file in files if str(file) in paths]
        new = [file for file in files if str(file) not in paths]
        self.done, self.total, self.state = 0, len(files), "syncing"
        try:
            for batch in (*_batches(known, _KNOWN_AT_ONCE), *_batches(new, _NEW_AT_ONCE)):
                self._base = self.done
                whole = self._settling.ready(time.monotonic(), batch)  # it may have been hours
                with self._turn():
                    before = self._library.documents()
                    report = self._library.add(whole, progress=self._progress)
                    after = self._library.documents()
                self._settling.hand_over(whole)
                self.done = self._base + len(batch)
                self.documents = len(self._own(after))
                self._tell(self._events_of(report, before, after))
                if time.monotonic() >= self._looked + self._apart(LOOK_SECONDS):
                    self._look(thorough=False)
                self._take_out_what_went()
        finally:
            self.state = "watching"

    def _take_out(self, paths: Collection[str]) -> None:
        with self._turn():
            records = self._library.documents()
            gone = [r for r in self._own(records) if r.path in paths and is_gone(r.path)]
            self._reach()  # a drive that was unplugged takes no documents along
            bare = taken_away(self._mounts)
            gone = [r for r in gone if not any(Path(r.path).is_relative_to(at) for at in bare)]
            names = [record.name for record in gone]
            if names:
                self._library.remove(names)
        self.documents = len(self._own(records)) - len(names)
        self._tell(event(self._root, "removed", name) for name in names)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Alone among the folders of the library. Raises Stopped instead of waiting for ever."""
        self._stop_here()
        while not self._lock.acquire(timeout=0.1):
            self._stop_here()
        try:
            yield
        finally:
            self._lock.release()
            self._stop.wait(0.01)  # another folder that waits is next

    def _progress(self, stage: str, done: int, total: int, unit: str) -> None:
        self._stop_here()
        if stage == "files":
            self.done = self._base + done

    def _stop_here(self) -> None:
        if self._stop.is_set():
            raise Stopped
        # A collection that was removed is followed no more, whoever has its name by now.
        if identity(self._library.folder) != self._home:
            raise Stopped

    # -- where the folder is -----------------------------------------------------------

    def _reach(self) -> None:
        """See that the folder is there and open. Raises FolderUnreachable."""
        try:
            with os.scandir(self._root):
                pass
        except OSError as error:
            gone = error.errno in (errno.ENOENT, errno.ENOTDIR)
            detail = "it is not there" if gone else (error.strerror or str(error)).lower()
            raise FolderUnreachable(path=self._root, detail=detail) from error
        bare = taken_away(self._mounts)
        if self._root in bare:
            raise FolderUnreachable(path=self._root, detail="its drive is not connected")
        mounts = sorted({*mounted_in(self._root), *bare})
        if mounts != sorted(self._mounts):
            self._on_mounts(mounts)
            self._mounts = mounts

    # -- what is told ------------------------------------------------------------------

    def _events_of(
        self, report: Report, before: Iterable[DocumentRecord], after: Iterable[DocumentRecord]
    ) -> Iterator[FolderEvent]:
        names = {record.id: record.name for record in before}
        was = {record.name: names.get(record.id, "") for record in after}
        for name in report.added:
            yield event(self._root, "added", name)
        for name in report.changed:
            yield event(self._root, "changed", name)
        for name in report.renamed:
            yield event(self._root, "renamed", name, was.get(name, ""))
        for failure in report.failed:
            if not (isinstance(failure.error, FileMissing) and is_gone(failure.path)):
                yield self._failure(failure)

    def _failure(self, failure: Failure) -> FolderEvent:
        """The event of a file that was not taken in; its error names it as the event does."""
        name = self._below(failure.path)
        error = failure.error
        if "path" in error.fields:
            error = type(error)(**{**error.fields, "path": name})
        return event(self._root, "failed", name, error=error)

    def _tell(self, events: Iterable[FolderEvent]) -> None:
        told = list(events)
        self._log.add(told)
        if any(one.kind != "failed" for one in told):
            self.changed = told[-1].time
            self._on_change()

    def _tell_problem(self, state: FolderState, error: SanadError) -> None:
        self.state = state
        self.problem = error
        kind: Literal["unreachable", "failed"] = (
            "unreachable" if state == "unreachable" else "failed"
        )
        self._log.add([event(self._root, kind, error=error)])

    def _tell_solved(self) -> None:
        """What stood in the way does so no longer."""
        if isinstance(self.problem, FolderUnreachable):
            self._log.add([event(self._root, "reachable")])
        self.problem = None

    def _own(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        """The documents whose files lie, or lay, in the folder."""
        return [record for record in records if Path(record.path).is_relative_to(self._root)]

    def _below(self, path: object) -> str:
        """A path as it is told: from the folder on."""
        shown = Path(readable(str(path)))
        return (
            str(shown.relative_to(self._root)) if shown.is_relative_to(self._root) else str(shown)
        )


def _as_it_was(log: EventLog, folder: Path) -> tuple[datetime | None, SanadError | None]:
    """When a document of the folder changed last, and whether the folder was out of reach then."""
    told = [one for one in log.latest() if one.folder == str(folder)]
    changed = next((one.time for one in told if one.document and one.error is None), None)
    state = next((one for one in told if one.kind in ("unreachable", "reachable")), None)
    return changed, None if state is None else state.error


def _path(record: DocumentRecord) -> str:
    return record.path


def _batches(files: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    for start in range(0, len(files), size):
        yield files[start : start + size]
