"""Files that come from the page or the API: kept under the store, taken in, and removed again."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from index import DocumentRecord, Library, SanadError
from index.errors import ReadError, StoreReadOnly
from index.models import Progress
from ui.problems import code_of, error_in_all_languages, warning_in_all_languages

FOLDER = "uploads"
NAME_BYTES = 200
"""File systems take names of up to 255 bytes; an Arabic letter is two."""
_placing = threading.Lock()
_placed: dict[str, str] = {}
"""The SHA-256 of files that lie in their place and are still being added, by path."""
_NOT_IN_NAMES = '<>:"/\\|?*'
"""What some file system refuses in a name."""


def safe_name(name: str) -> str:
    """A file name made of `name` that stays in its folder and shows as what it is.

    Folders, control and direction characters and leading dots are dropped.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        "_" if character in _NOT_IN_NAMES else character
        for character in base
        # C*: controls, direction marks, surrogates; Zl and Zp: line and paragraph separators.
        if unicodedata.category(character)[0] != "C"
        and unicodedata.category(character) not in ("Zl", "Zp")
    )
    kept = kept.strip(" .") if kept.rstrip(" .") else ""
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        stem, suffix = kept, ""
    suffix = f".{_shortened(suffix, 20)}" if suffix else ""
    stem = _shortened(stem, NAME_BYTES - len(suffix.encode())).rstrip(" .")
    return f"{stem or 'document'}{suffix}"


def take_in(
    library: Library, files: Sequence[tuple[Path, str]], progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Copy uploaded files (where they lie, what they were called) under the store and add them.

    A file of the same name with other content stays, and the new one gets a number. Returns a
    result per file: `name`, `status` (added, beside, renamed, unchanged, failed), and in both
    languages its `warnings` and the `error` of one that failed, with a `code` for programs.
    Raises StoreReadOnly.
    """
    if library.read_only:
        raise StoreReadOnly(path=library.folder)
    folder = library.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    results: dict[Path, dict[str, Any]] = {}
    targets: list[Path] = []
    with _placing:  # what another upload has placed is committed, or still among those placed
        contents = {record.path: record.sha256 for record in library.documents()} | _placed
        for uploaded, called in files:
            target = folder / safe_name(called)
            try:
                sha256 = _sha256(uploaded)
                target = _free(target, sha256, contents)
                _replace(uploaded, target)
            except OSError as error:
                reason = ReadError(path=target.name, detail=(error.strerror or str(error)).lower())
                results.setdefault(target, _failed(target.name, reason))
            else:
                contents[str(target)] = _placed[str(target)] = sha256
                results[target] = {"name": target.name, "status": "unchanged", "warnings": []}
                if target.name != safe_name(called):
                    results[target]["status"] = "beside"
            targets.append(target)
    placed = [target for target, result in results.items() if result["status"] != "failed"]
    try:
        report = library.add(placed, progress=progress)
    finally:
        taken_in = library.documents_where("path", map(str, placed))
        records = {Path(record.path): record for record in taken_in}
        with _placing:
            for target in placed:
                _placed.pop(str(target), None)
        for target in placed:
            if target not in records:
                target.unlink(missing_ok=True)
    for failure in report.failed:
        target = Path(failure.path)
        results[target] = _failed(target.name, failure.error)
    told = {record.name: results[path] for path, record in records.items() if path in results}
    for status in ("added", "changed", "renamed"):
        for document in getattr(report, status):
            # Another page may have removed it already.
            if document in told and told[document]["status"] != "beside":
                told[document]["status"] = status
    for path, record in records.items():
        if path in results and results[path]["status"] != "failed":
            results[path]["warnings"] = [
                warning_in_all_languages(warning, record.name) for warning in record.warnings
            ]
    return [results[target] for target in targets]


def take_in_text(
    library: Library, name: str, text: str, progress: Progress | None = None
) -> dict[str, Any]:
    """The same for a text: it is kept as a file of that name; its one result."""
    with tempfile.TemporaryDirectory(prefix="sanad-") as folder:
        file = Path(folder) / "text"
        file.write_bytes(text.encode())
        (result,) = take_in(library, [(file, name)], progress)
    return result


def remove(library: Library, record: DocumentRecord) -> None:
    """Take a document out of the store, and its file too when it came through the page."""
    library.remove(record.name)
    folder = (library.folder / FOLDER).resolve()
    file = record.file
    if file is not None and file.parent.resolve() == folder:
        file.unlink(missing_ok=True)


def reread(
    library: Library, record: DocumentRecord, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Read the file of a document again; returns its result, as `take_in` does."""
    report = library.reread([record.name], progress=progress)
    if report.failed:
        return [_failed(record.name, report.failed[0].error)]
    (now,) = library.documents_where("path", [record.path])
    told = [warning_in_all_languages(warning, now.name) for warning in now.warnings]
    return [{"name": now.name, "status": "reread", "warnings": told}]


def _failed(name: str, error: SanadError) -> dict[str, Any]:
    # The person knows the file by its name; where the server keeps it is nobody's business.
    fields = {key: name if key == "path" else value for key, value in error.fields.items()}
    told = type(error)(**fields)
    return {
        "name": name,
        "status": "failed",
        "warnings": [],
        "code": code_of(told),
        "error": error_in_all_languages(told),
    }


def _replace(source: Path, target: Path) -> None:
    """Copy so that the target is at any moment the old file or the new one, whole."""
    beside = target.with_name(f".{os.getpid()}.incoming")
    try:
        shutil.copyfile(source, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _free(target: Path, sha256: str, contents: Mapping[str, str]) -> Path:
    """Where a file of that content may lie: `target`, or with a number, where nothing else does.

    `contents` has the SHA-256 of the files that are taken in, by path.
    """
    for number in count(2):
        there = contents.get(str(target))
        if there is None or there == sha256:
            return target
        stem = target.stem if number == 2 else target.stem.rpartition(" (")[0]
        target = target.with_name(f"{stem} ({number}){target.suffix}")
    raise AssertionError("unreachable")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _shortened(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")
