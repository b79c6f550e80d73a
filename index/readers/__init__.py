"""Files to documents: the reader for each extension, and the way in that all of them share."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from index.errors import FileEmpty, FileMissing, FileTooLarge, FormatUnknown, ReadError
from index.readers.markdown import read_markdown
from index.readers.text import read_text
from index.types import Document

Reader = Callable[[bytes, Path, str], Document]

LIMIT_MB = 50
_MB = 1_000_000

# A new family of formats is one more file beside this one and its extensions here.
_READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
}


def known_extensions() -> tuple[str, ...]:
    """The extensions that are read, in lower case and with their dot."""
    return tuple(_READERS)


def read_document(path: Path, name: str) -> Document:
    """The document in the file at `path`, to be called `name`.

    Raises FileMissing, FormatUnknown, FileEmpty, FileTooLarge (over 50 MB), EncodingUnknown, or
    ReadError for a folder, a file that may not be read, or one that is not what its name says.
    """
    try:
        size = _size(path)
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
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
    return reader(content, path, name)


def _size(path: Path) -> int:
    """The size in bytes of an ordinary file; raises ReadError for what is none."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(path=path, detail="it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(path=path, detail="it is not an ordinary file")
    return status.st_size
