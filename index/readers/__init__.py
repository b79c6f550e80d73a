"""Files to documents: the reader for each extension, and the way in that all of them share."""

from __future__ import annotations

import stat
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import cast

from index.errors import (
    FileEmpty,
    FileMissing,
    FileTooLarge,
    FormatUnknown,
    ReadError,
    TextTooLong,
)
from index.readers.source import Reader, Source
from index.readers.writer import TextWriter, storable
from index.types import Document

LIMIT_MB = 100
_MB = 1_000_000

# A new family of formats is one more file beside this one and its extensions here: the module,
# imported when it is needed, and the reader in it.
_READERS: dict[str, tuple[str, str]] = {
    ".txt": ("text", "read_text"),
    ".text": ("text", "read_text"),
    ".md": ("markdown", "read_markdown"),
    ".markdown": ("markdown", "read_markdown"),
    ".html": ("html", "read_html"),
    ".htm": ("html", "read_html"),
    ".xhtml": ("html", "read_html"),
    ".pdf": ("pdf", "read_pdf"),
    ".docx": ("docx", "read_docx"),
    ".pptx": ("pptx", "read_pptx"),
    ".xlsx": ("xlsx", "read_xlsx"),
    ".csv": ("csv", "read_csv"),
    ".tsv": ("csv", "read_csv"),
    ".odt": ("odt", "read_odt"),
    ".rtf": ("rtf", "read_rtf"),
    ".epub": ("epub", "read_epub"),
    ".json": ("json", "read_json"),
    ".jsonl": ("json", "read_json_lines"),
    ".eml": ("eml", "read_eml"),
    ".png": ("image", "read_image"),
    ".jpg": ("image", "read_image"),
    ".jpeg": ("image", "read_image"),
    ".tif": ("image", "read_image"),
    ".tiff": ("image", "read_image"),
    ".bmp": ("image", "read_image"),
    ".webp": ("image", "read_image"),
}


def known_extensions() -> tuple[str, ...]:
    """The extensions that are read, in lower case and with their dot."""
    return tuple(_READERS)


def read_document(path: Path, name: str) -> Document:
    """The document in the file at `path`, to be called `name`. Raises ReadError.

    Runs the parsers in this very process: for files of others there is `index.readers.reading`.
    """
    return parse(Source(load(path), path, name))


def load(path: Path) -> bytes:
    """The contents of a file in a format that is read.

    Raises FileMissing, FormatUnknown, FileTooLarge, FileEmpty, or ReadError for a folder or a
    file that may not be read.
    """
    try:
        size = _size(path)
        if path.suffix.lower() not in _READERS:
            raise FormatUnknown(path=path, known=", ".join(known_extensions()))
        if size > LIMIT_MB * _MB:
            raise FileTooLarge(path=path, size=f"{size / _MB:.1f}", limit=LIMIT_MB)
        with path.open("rb") as file:
            content = file.read(LIMIT_MB * _MB)  # it may have grown since
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise FileMissing(path=path) from error  # ValueError: a path that no file can have
    except OSError as error:
        raise ReadError(path=path, detail=(error.strerror or str(error)).lower()) from error
    if not content:
        raise FileEmpty(path=path)
    return content


def parse(source: Source) -> Document:
    """What the reader for the extension of `source.path` makes of it. Raises ReadError."""
    module, function = _READERS[source.path.suffix.lower()]
    read = cast(Reader, getattr(import_module(f"index.readers.{module}"), function))
    try:
        document = read(source)
    except TextTooLong as error:  # the writer knows no path
        raise TextTooLong(path=source.path, limit=error.fields["limit"]) from error
    if len(document.text) > TextWriter.most:
        raise TextTooLong(path=source.path, limit=TextWriter.most)
    return replace(document, text=storable(document.text))


def _size(path: Path) -> int:
    """The size in bytes of an ordinary file; raises ReadError for what is none."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(path=path, detail="it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(path=path, detail="it is not an ordinary file")
    return status.st_size
