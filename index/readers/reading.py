"""Files read apart: every parser runs in a child process, with limits, several at a time.

A file that hangs, eats memory or crashes its parser costs one child and nothing else. Children
are started when needed, used again for the next file, and gone when the pool is closed.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from index import errors
from index.clock import processor_seconds
from index.errors import ReadError, ReadingCrashed, ReadingTooLarge, ReadingTooLong
from index.readers.writer import FILE_CHARACTERS
from index.types import Document, Heading, Page, ReadWarning, Table

STEP_SECONDS = {"parse": 8.0, "ocr": 60.0}
"""How long one step of reading may compute: a page, some thousand rows, a page's picture."""
FILE_SECONDS = 3600.0
"""How long a file may be computed on."""
PATIENCE = 20.0
"""So many times longer may it take by the clock: on a busy machine a good file waits for its
turn. It is the only limit for a parser that waits for ever, and where no processor time is told."""
_LOOK_SECONDS = 0.25
_LINE_BYTES = 64 << 20
_PIECE_BYTES = 1 << 16
_FILES_PER_CHILD = 200
"""Then a fresh one: parsers leak."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read: its document, and the SHA-256 of the bytes that were read."""

    document: Document
    sha256: str


class ReaderPool:
    """Child processes that read files; use it as a context manager.

    `size` children at most; left out, one per core and no more than four. `characters` is how
    many of them the text of one file may have.
    """

    def __init__(self, size: int | None = None, characters: int = FILE_CHARACTERS) -> None:
        self._characters = characters
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
                return child.read(path, self._characters)
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
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "index.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # with its own children it can be ended as a whole
        )

    @property
    def usable(self) -> bool:
        """Whether it can read another file."""
        return self._sound and self.files < _FILES_PER_CHILD

    def read(self, path: Path, characters: int) -> Reading:
        """One file. Raises ReadError; the child may be unusable after that."""
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101
        self.files += 1
        self._sound = False
        with _Watch(self) as watch:
            try:
                request = {"path": str(path), "name": path.name, "characters": characters}
                self._process.stdin.write(f"{json.dumps(request)}\n".encode("ascii"))
                self._process.stdin.flush()
                while (line := self._process.stdout.readline(_LINE_BYTES)).endswith(b"\n"):
                    message = json.loads(line)
                    if "step" not in message:
                        text = _text(self._process.stdout, message.get("bytes", 0))
                        self._sound = message.get("error") != ReadingTooLarge.__name__
                        return _reading(message, text, path)
                    watch.step(message["step"])
            except (BrokenPipeError, EOFError):
                pass
        if watch.stopped_after is not None:
            raise ReadingTooLong(path=path, seconds=f"{watch.stopped_after:.0f}")
        raise ReadingCrashed(path=path)

    def seconds(self) -> float | None:
        """What it has computed so far; None where the system does not tell."""
        return processor_seconds(self._process.pid)

    def kill(self) -> None:
        """End the process and those that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()


class _Watch:
    """Ends a child that computes too long on one step, or on the file; a context manager."""

    def __init__(self, child: _Child) -> None:
        self.stopped_after: float | None = None
        """The limit that was passed."""
        self._child = child
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._file = self._begun(FILE_SECONDS)
        self._step = self._begun(STEP_SECONDS["parse"])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def step(self, work: str) -> None:
        """Another step begins."""
        self._step = self._begun(STEP_SECONDS[work])

    def _begun(self, limit: float) -> tuple[float, float, float]:
        return limit, self._child.seconds() or 0.0, time.monotonic()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            computed, now = self._child.seconds(), time.monotonic()
            for limit, computed_before, began in (self._step, self._file):
                computing = 0.0 if computed is None else computed - computed_before
                if computing > limit or now - began > PATIENCE * limit:
                    self.stopped_after = limit
                    self._child.kill()
                    return


def _environment() -> dict[str, str]:
    """Ours without secrets, and with one thread for each parser."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SANAD_")}
    return kept | {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


def _text(answers: IO[bytes], size: int) -> str:
    """The next `size` bytes as text. Raises EOFError where there are no more."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    parts: list[str] = []
    while size > 0:
        piece = answers.read(min(size, _PIECE_BYTES))
        if not piece:
            raise EOFError
        size -= len(piece)
        parts.append(decoder.decode(piece))
    return "".join(parts)


def _reading(message: dict[str, Any], text: str, path: Path) -> Reading:
    """What a child answered; raises the error that it tells of."""
    if "error" in message:
        kind = getattr(errors, str(message["error"]), None)
        if not (isinstance(kind, type) and issubclass(kind, ReadError)):
            raise ReadingCrashed(path=path)
        raise kind(**message["fields"] | {"path": path})
    told = message["document"]
    document = Document(
        name=told["name"],
        text=text,
        language=told["language"],
        pages=tuple(Page(*page) for page in told["pages"]),
        headings=tuple(Heading(*heading) for heading in told["headings"]),
        tables=tuple(Table(*table) for table in told["tables"]),
        warnings=tuple(
            ReadWarning(kind, tuple(pages), tuple(names)) for kind, pages, names in told["warnings"]
        ),
    )
    return Reading(document, message["sha256"])
