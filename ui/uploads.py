"""Files that came through the web page: kept under the store, taken in, and removed again."""

from __future__ import annotations

import hashlib
import os
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index import DocumentRecord, Library, SanadError
from index.errors import ReadError
from index.models import Progress
from ui.problems import error_in_all_languages, warning_in_all_languages

FOLDER = "uploads"
NAME_BYTES = 200
"""File systems take names of up to 255 bytes; an Arabic letter is two."""
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

    A file of the same name is replaced, but only by one that can be read. Returns a result per
    file: `name`, `status` (added, changed, renamed, unchanged, failed), and in both languages its
    `warnings` and the `error` of one that failed.
    """
    folder = library.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    results: dict[str, dict[str, Any]] = {}
    older: dict[Path, Path | None] = {}
    try:
        for uploaded, called in files:
            name = safe_name(called)
            target = folder / name
            try:
                if target not in older:
                    older[target] = _set_aside(target)
                _replace(uploaded, target)
            except OSError as error:
                reason = ReadError(path=name, detail=(error.strerror or str(error)).lower())
                results[name] = _failed(name, reason)
            else:
                results[name] = {"name": name, "status": "unchanged", "warnings": []}
        placed = [target for target in older if results[target.name]["status"] != "failed"]
        report = library.add(placed, progress=progress)
    finally:
        records = library.documents()
        taken_in = {record.path: record.sha256 for record in records}
        for target, aside in older.items():
            _settle(target, aside, taken_in.get(str(target)))
    for failure in report.failed:
        name = Path(failure.path).name
        results[name] = _failed(name, failure.error)
    uploaded_as = {record.name: Path(record.path) for record in records}
    told = {name: results[path.name] for name, path in uploaded_as.items() if path in older}
    for status in ("added", "changed", "renamed"):
        for document in getattr(report, status):
            if document in told:  # another page may have removed it already
                told[document]["status"] = status
    for record in records:
        if record.name in told and told[record.name]["status"] != "failed":
            told[record.name]["warnings"] = [
                warning_in_all_languages(warning, record.name) for warning in record.warnings
            ]
    return list(results.values())


def remove(library: Library, record: DocumentRecord) -> None:
    """Take a document out of the store, and its file too when it came through the page."""
    library.remove(record.name)
    folder = (library.folder / FOLDER).resolve()
    file = Path(record.path)
    if file.parent.resolve() == folder:
        file.unlink(missing_ok=True)


def reread(
    library: Library, record: DocumentRecord, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Read the file of a document again; returns its result, as `take_in` does."""
    report = library.reread([record.name], progress=progress)
    if report.failed:
        return [_failed(record.name, report.failed[0].error)]
    (now,) = (one for one in library.documents() if one.path == record.path)
    told = [warning_in_all_languages(warning, now.name) for warning in now.warnings]
    return [{"name": now.name, "status": "reread", "warnings": told}]


def _failed(name: str, error: SanadError) -> dict[str, Any]:
    # The person knows the file by its name; where the server keeps it is nobody's business.
    fields = {key: name if key == "path" else value for key, value in error.fields.items()}
    return {
        "name": name,
        "status": "failed",
        "warnings": [],
        "error": error_in_all_languages(type(error)(**fields)),
    }


def _replace(source: Path, target: Path) -> None:
    """Copy so that the target is at any moment the old file or the new one, whole."""
    beside = target.with_name(f".{os.getpid()}.incoming")
    try:
        shutil.copyfile(source, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _set_aside(target: Path) -> Path | None:
    """A copy of the file that is there already, until it is sure that the new one is wanted."""
    if not target.exists():
        return None
    aside = target.with_name(f".{target.name}.older")
    shutil.copyfile(target, aside)
    return aside


def _settle(target: Path, aside: Path | None, wanted: str | None) -> None:
    """Leave the file there that the store was filled from (its SHA-256), or none."""
    if not target.exists():  # it could not be put there, and nothing was there before
        return
    with target.open("rb") as file:
        as_wanted = hashlib.file_digest(file, "sha256").hexdigest() == wanted
    if not as_wanted and aside is not None:
        aside.replace(target)
    elif not as_wanted:
        target.unlink()
    elif aside is not None:
        aside.unlink()


def _shortened(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")
