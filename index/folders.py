"""Which files of a folder are documents: sub-folders, patterns, links, and what is left out."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from index.errors import FileMissing, ReadError
from index.readers import known_extensions
from index.text.document_names import as_kept, is_text, readable

_SETTLED = 2_000_000_000
"""Nanoseconds after which another change of a file shows in its time of change."""

_OWNED_BY_AN_EDITOR = "~$"
"""So begins what Office puts beside a document that is open: the name of who has it open."""

_NO_TEXT = "its name is not UTF-8; rename it"

_QUIET_MS = 300
"""How long nothing must change before a batch of changes is looked at."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Patterns like "*.pdf", "drafts" or "drafts/*.md" that choose among the files of a folder.

    A pattern without a slash is matched with every name on the way to a file, one with a slash
    with the path below the folder; `*` and `?` as in a shell, but `*` also across slashes, and
    capitals are the same as small letters.
    A file is taken when it matches some `include` (or there is none) and no `exclude`.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def takes(self, below: str) -> bool:
        """Whether the file at that path below the folder (with slashes) is wanted."""
        wanted = not self.include or any(_matches(below, pattern) for pattern in self.include)
        return wanted and not self.drops(below)

    def drops(self, below: str) -> bool:
        """Whether an `exclude` matches that file or folder."""
        return any(_matches(below, pattern) for pattern in self.exclude)


@dataclass(slots=True)
class Found:
    """The files to read, those in formats that are not read, and folders that would not open."""

    files: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    failed: list[ReadError] = field(default_factory=list)


def find_files(folder: Path, selection: Selection, store: Path) -> Found:
    """All documents below a folder, by name; hidden files and the store's own are passed over.

    Links are not followed: within the folder they lead to what is found anyway, and out of it
    to what nobody asked for. Those that lead out are in `skipped`.
    """
    found = Found()
    known = known_extensions()
    for path, below, is_link in _walk(folder, selection, store, found):
        if not selection.takes(below):
            continue
        if is_link:
            found.skipped.append(path)
        elif path.suffix.lower() in known and not path.name.startswith(_OWNED_BY_AN_EDITOR):
            found.files.append(path)
        else:
            found.skipped.append(path)
    return found


def changes(folder: Path, store: Path, stop: threading.Event | None) -> Iterator[None]:
    """At once, and again whenever something below `folder` (and not in the store) has changed.

    What changes while the caller works is not missed. Raises FileMissing.
    """
    from watchfiles import watch

    if not folder.is_dir():
        raise FileMissing(path=folder)
    batches = watch(
        folder,
        watch_filter=lambda _, path: not Path(path).is_relative_to(store),
        step=_QUIET_MS,
        rust_timeout=_QUIET_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    first = True
    for batch in batches:
        if first or batch:
            yield
        first = False


def _walk(
    root: Path, selection: Selection, store: Path, found: Found
) -> Iterator[tuple[Path, str, bool]]:
    """Each ordinary file with its path below the root, and links that lead out of it."""

    def complain(error: OSError) -> None:
        detail = (error.strerror or str(error)).lower()
        found.failed.append(ReadError(path=readable(error.filename), detail=detail))

    real_root = root.resolve()
    for folder, folders, names in os.walk(root, onerror=complain):
        here = Path(folder)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in links
            and here / name != store
            and not selection.drops(_below(here / name, root))
        )
        for name in sorted([*names, *links]):
            path = here / name
            if name.startswith("."):
                continue
            if path.is_symlink():
                if _leads_out(path, real_root):
                    yield path, _below(path, root), True
            elif _is_file(path):
                yield path, _below(path, root), False


def _below(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:  # gone since
        return False


def _leads_out(link: Path, root: Path) -> bool:
    """Whether a link leads to something that exists, and that is not below the root."""
    try:
        return not link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # broken, or in a circle
        return False


def _matches(below: str, pattern: str) -> bool:
    below = as_kept(below).casefold()
    pattern = as_kept(pattern).casefold().replace("\\", "/").removeprefix("./").rstrip("/")
    if "/" in pattern:
        return fnmatchcase(below, pattern) or fnmatchcase(below, f"{pattern}/*")
    return any(fnmatchcase(name, pattern) for name in below.split("/"))


def is_gone(path: str) -> bool:
    """Whether a file is certainly no longer there; one that cannot be looked at is not gone."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError:
        return False
    return False


class Hashes:
    """SHA-256 of files, remembered as long as their size and time of change stay the same."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int, int], str]] = {}

    def of(self, file: Path) -> str:
        """The hash in hexadecimal digits. Raises FileMissing or ReadError."""
        if not is_text(file):
            raise ReadError(path=readable(file), detail=_NO_TEXT)
        try:
            status = file.stat()
            state = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._known.get(file)
            if known is not None and known[0] == state:
                return known[1]
            if not stat.S_ISREG(status.st_mode):
                raise ReadError(path=file, detail="it is not an ordinary file")
            with file.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            raise FileMissing(path=file) from error
        except OSError as error:
            detail = (error.strerror or str(error)).lower()
            raise ReadError(path=file, detail=detail) from error
        if time.time_ns() - status.st_mtime_ns > _SETTLED:
            self._known[file] = (state, sha256)
        return sha256
