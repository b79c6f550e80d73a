"""Files read apart: every parser runs in a child process, with limits, several at a time.

A file that hangs, eats memory or crashes its parser costs one child and nothing else. Children
are started when needed, used again for the next file, and gone when the pool is closed.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from index import errors
from index.errors import ReadError, ReadingCrashed, ReadingTooLarge, ReadingTooLong
from index.types import Document, Heading, Page, ReadWarning, Table

STEP_SECONDS = {"parse": 8.0, "ocr": 60.0}
"""How long one step of reading may take: a page, some thousand rows, a page's picture."""
_FILE_SECONDS = 3600.0
_FILES_PER_CHILD = 200
"""Then a fresh one: parsers leak."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read: its document, and the SHA-256 of the bytes that were read."""

    document: Document
    sha256: str


class ReaderPool:
    """Child processes that read files; use it as a context manager.

    `size` children at most; left out, one per core and no more than four.
    """

    def __init__(self, size: int | None = None) -> None:
        self._size = size or min(os.cpu_count() or 1, 4)
        self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="reader")
        self._guard = threading.Lock()
        self._children: set[_Child] = set()
        self._idle: list[_Child] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, path: Path) -> Reading:
        """One file. Raises ReadError."""
        return self._threads.submit(self._read, path).result()

    def read_all(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Future[Reading]]]:
        """Each file, in order, with what will come of it: a Reading or a ReadError.

        Some files are read ahead of the one that is asked for.
        """
        ahead: deque[tuple[Path, Future[Reading]]] = deque()
        for path in paths:
            ahead.append((path, self._threads.submit(self._read, path)))
            if len(ahead) > 2 * self._size:
                yield ahead.popleft()
        yield from ahead

    def close(self) -> None:
        """End all children, whatever they are doing."""
        with self._guard:
            self._closed = True
            for child in self._children:
                child.kill()
        self._threads.shutdown(cancel_futures=True)

    def _read(self, path: Path) -> Reading:
        while True:
            child = self._take()
            try:
                return child.read(path)
            except (ReadingTooLarge, ReadingCrashed):
                if child.files == 1:
                    raise
                # It may have been the files before this one: once more, in a fresh child.
            finally:
                self._give_back(child)

    def _take(self) -> _Child:
        with self._guard:
            if self._closed:
                raise errors.ReadError(path="", detail="reading was stopped")
            if self._idle:
                return self._idle.pop()
            child = _Child()
            self._children.add(child)
            return child

    def _give_back(self, child: _Child) -> None:
        with self._guard:
            if child.usable and not self._closed:
                self._idle.append(child)
            else:
                self._children.discard(child)
                child.kill()


class _Child:
    """One process of `index.readers.child`."""

    def __init__(self) -> None:
        self.files = 0
        self._sound = True
        self._late = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "index.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
            env=_environment(),
            start_new_session=True,  # with its own children it can be ended as a whole
        )

    @property
    def usable(self) -> bool:
        """Whether it can read another file."""
        return self._sound and not self._late and self.files < _FILES_PER_CHILD

    def read(self, path: Path) -> Reading:
        """One file. Raises ReadError; the child may be unusable after that."""
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101
        self.files += 1
        self._sound = False
        whole = self._timer(_FILE_SECONDS)
        allowed = STEP_SECONDS["parse"]
        step = self._timer(allowed)
        try:
            request = json.dumps({"path": str(path), "name": path.name})
            self._process.stdin.write(f"{request}\n")
            self._process.stdin.flush()
            for line in self._process.stdout:
                step.cancel()
                message = json.loads(line)
                if "step" not in message:
                    self._sound = message.get("error") != ReadingTooLarge.__name__
                    return _reading(message, path)
                allowed = STEP_SECONDS[message["step"]]
                step = self._timer(allowed)
        except BrokenPipeError:
            pass
        finally:
            step.cancel()
            whole.cancel()
        if self._late:
            raise ReadingTooLong(path=path, seconds=f"{allowed:.0f}")
        raise ReadingCrashed(path=path)

    def kill(self) -> None:
        """End the process and those that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()

    def _timer(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._too_late)
        timer.daemon = True
        timer.start()
        return timer

    def _too_late(self) -> None:
        self._late = True
        self.kill()


def _environment() -> dict[str, str]:
    """Ours without secrets, and with one thread for each parser."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SANAD_")}
    return kept | {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


def _reading(message: dict[str, Any], path: Path) -> Reading:
    """What a child answered; raises the error that it tells of."""
    if "error" in message:
        kind = getattr(errors, str(message["error"]), None)
        if not (isinstance(kind, type) and issubclass(kind, ReadError)):
            raise ReadingCrashed(path=path)
        raise kind(**message["fields"] | {"path": path})
    told = message["document"]
    document = Document(
        name=told["name"],
        text=told["text"],
        language=told["language"],
        pages=tuple(Page(**page) for page in told["pages"]),
        headings=tuple(Heading(**heading) for heading in told["headings"]),
        tables=tuple(Table(**table) for table in told["tables"]),
        warnings=tuple(
            ReadWarning(warning["kind"], tuple(warning["pages"]), tuple(warning["names"]))
            for warning in told["warnings"]
        ),
    )
    return Reading(document, message["sha256"])
