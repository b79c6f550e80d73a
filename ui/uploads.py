"""Files that came through the web page: kept under the store, taken in, and removed again."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index import DocumentRecord, Language, Library, SanadError
from index.errors import ReadError
from index.readers import read_document
from ui.strings import LANGUAGES, error_text
from ui.threads import Progress

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
    file: `name`, `status` (added, changed, unchanged, failed), and `error` in both languages.
    """
    folder = library.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    results: dict[str, dict[str, Any]] = {}
    kept: dict[str, str] = {}  # path in the store's folder -> name
    for uploaded, called in files:
        name = safe_name(called)
        target = folder / name
        results.pop(name, None)
        try:
            read_document(uploaded, name)
            _replace(uploaded, target)
        except SanadError as error:
            results[name] = _failed(name, error)
        except OSError as error:
            reason = ReadError(path=name, detail=error.strerror or str(error))
            results[name] = _failed(name, reason)
        else:
            kept[str(target)] = name
            results[name] = {"name": name, "status": "unchanged"}
    if kept:
        report = library.add(list(kept), progress=progress)
        paths = {record.name: record.path for record in library.documents()}
        for status, documents in (("added", report.added), ("changed", report.changed)):
            for document in documents:
                uploaded_as = kept.get(paths.get(document, ""))
                if uploaded_as is not None:
                    results[uploaded_as]["status"] = status
        for failure in report.failed:
            name = kept[failure.path]
            results[name] = _failed(name, failure.error)
    return list(results.values())


def remove(library: Library, record: DocumentRecord) -> None:
    """Take a document out of the store, and its file too when it came through the page."""
    library.remove(record.name)
    folder = (library.folder / FOLDER).resolve()
    file = Path(record.path)
    if file.parent.resolve() == folder:
        file.unlink(missing_ok=True)


def errors_in_all_languages(error: SanadError) -> dict[Language, str]:
    """The error as the page shows it, whichever language it is switched to."""
    return {language: error_text(error, language) for language in LANGUAGES}


def _failed(name: str, error: SanadError) -> dict[str, Any]:
    # The person knows the file by its name; where the server keeps it is nobody's business.
    fields = {key: name if key == "path" else value for key, value in error.fields.items()}
    return {
        "name": name,
        "status": "failed",
        "error": errors_in_all_languages(type(error)(**fields)),
    }


def _replace(source: Path, target: Path) -> None:
    """Copy so that the target is at any moment the old file or the new one, whole."""
    beside = target.with_name(f".{os.getpid()}.incoming")
    try:
        shutil.copyfile(source, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _shortened(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")
