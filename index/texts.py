"""Texts that are handed in instead of files: under a name, or as LlamaIndex's readers make them.

The store alone holds such a text. A name, or the file that the reader had before it, says which
document it is: handed in again with other words it takes that one's place.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from uuid import UUID

from index.errors import NameInvalid, TextTooLong
from index.intake import Read
from index.readers.writer import require_text, storable
from index.text.document_names import READER, TEXT, as_kept
from index.text.sentences import text_language
from index.types import Document, Page

if TYPE_CHECKING:
    from llama_index.core.schema import BaseNode

NAME_CHARACTERS = 500
_BETWEEN_PARTS = "\n\n"
_JOINERS = "\u200c\u200d"
"""Format characters that are part of how words are written."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PAGE_DIGITS = 6
_TITLES = ("title", "name", "url", "source")
"""Metadata that say what a Document without a file is."""


@dataclass(frozen=True, slots=True)
class Text:
    """What was handed in. `path` tells it from others in the store, as a file's path does."""

    path: str
    text: str
    pages: tuple[Page, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether it was handed in under this very name; else its file's may be longer."""
        return self.path.startswith(TEXT)

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.path.removeprefix(TEXT) if self.is_named else PurePosixPath(self.path).name

    @property
    def sha256(self) -> str:
        """The hash, in hexadecimal digits, of the text and of where its pages are."""
        hashed = hashlib.sha256(self.text.encode())
        for page in self.pages:
            hashed.update(f"\0{page.number}:{page.start}".encode())
        return hashed.hexdigest()

    def read(self, limit: int) -> Read:
        """It as a document that was read. Raises FileEmpty, and TextTooLong beyond `limit`."""
        if len(self.text) > limit:
            raise TextTooLong(path=self.name, limit=limit)
        document = Document(
            name=self.name,
            text=require_text(self.text, self.name),
            language=text_language(self.text),
            pages=self.pages,
        )
        return document, self.path, self.sha256


def named_text(name: str, text: str) -> Text:
    """The text to be known by that name. Raises NameInvalid."""
    kept = as_kept(name)
    if not kept.strip():
        raise NameInvalid(path='""', detail="it is empty")
    if len(kept) > NAME_CHARACTERS:
        shown = f"{kept[:50]}…"
        raise NameInvalid(path=shown, detail=f"it is longer than {NAME_CHARACTERS} characters")
    if _visible(kept) != kept:
        detail = "it holds a control or direction character, or begins or ends with a space"
        raise NameInvalid(path=_visible(kept), detail=detail)
    return Text(f"{TEXT}{kept}", storable(text))


def texts_of(documents: Iterable[BaseNode]) -> list[Text]:
    """Those that LlamaIndex Documents hold: the parts of one file, or of one name, together.

    A file is known by `file_path` or `file_name` among the metadata; where there is none, the
    Document's own id is the name, or a title among the metadata, or what the text hashes to.
    Where every part of a file has a `page_label`, the text has pages.
    """
    parts: dict[str, list[tuple[str, str]]] = {}
    for document in documents:
        text = storable(document.get_content())
        label = str(document.metadata.get("page_label", "")).strip()
        parts.setdefault(_path_of(document, text), []).append((label, text))
    return [_joined(path, of_one) for path, of_one in parts.items()]


def _joined(path: str, parts: Sequence[tuple[str, str]]) -> Text:
    starts: list[int] = []
    length = 0
    for _, text in parts:
        starts.append(length)
        length += len(text) + len(_BETWEEN_PARTS)
    whole = _BETWEEN_PARTS.join(text for _, text in parts)
    labels = [label for label, _ in parts]
    if not all(labels):
        return Text(path, whole)
    ends = [*starts[1:], len(whole)]
    pages = map(Page, _page_numbers(labels), starts, ends)
    return Text(path, whole, tuple(pages))


def _page_numbers(labels: Sequence[str]) -> Sequence[int]:
    """The labels themselves where they count upwards, else 1, 2, 3 ..."""
    counts = [
        int(label) if label.isdecimal() and len(label) <= _PAGE_DIGITS else 0 for label in labels
    ]
    upwards = all(before < after for before, after in zip([0, *counts], counts, strict=False))
    return counts if upwards else range(1, len(labels) + 1)


def _path_of(document: BaseNode, text: str) -> str:
    metadata = {key: value for key, value in document.metadata.items() if isinstance(value, str)}
    name = _file(metadata.get("file_name", ""))
    path = _file(metadata.get("file_path", ""))
    if name and not path.endswith(name):  # the reader had a copy under another name
        return f"{READER}{name}"
    if path:
        return f"{READER}{path}"
    own = [] if _is_random(document.node_id) else [document.node_id]
    titles = (_visible(as_kept(title)) for title in (*own, *map(metadata.get, _TITLES)) if title)
    hashed = f"text-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return f"{TEXT}{next(filter(None, titles), hashed)[:NAME_CHARACTERS].strip()}"


def _file(path: str) -> str:
    """The path with a slash at its beginning, before each folder and the name; none for none."""
    parts = _visible(as_kept(path)).replace("\\", "/").split("/")
    named = [part for part in parts if part.strip() not in ("", ".", "..")]
    whole = "".join(f"/{part}" for part in named)
    # Of a path that is longer than any, what it ends with is enough.
    return whole if len(whole) <= NAME_CHARACTERS else f"/{named[-1][-NAME_CHARACTERS:]}"


def _visible(name: str) -> str:
    """The name without controls, direction marks and the like, and spaces around it."""
    return "".join(
        character
        for character in name
        if character in _JOINERS or unicodedata.category(character) not in _UNSEEN
    ).strip()


def _is_random(id_: str) -> bool:
    try:
        UUID(id_)
    except ValueError:
        return False
    return True
