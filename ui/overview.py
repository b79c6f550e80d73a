"""Figures and a map of the whole library, as the page draws them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from index import DocumentRecord, Language, Library
from ui.formats import FORMATS, unit_of
from ui.strings import LANGUAGES

BARS = 20
"""So many documents have a bar of their own; the others share one."""
POINTS = 2_000


def overview_json(library: Library) -> dict[str, Any]:
    """How much there is of everything; `bytes` is what the store takes on disk.

    `changed` is when a document was last taken in (ISO 8601, UTC; null in an empty library),
    `warnings` how many documents something may be wrong with. `bars` are the passages of the
    largest documents by language, `others` those of all the rest together.
    """
    records = library.documents()
    counts = library.counts()
    passages = counts.passages
    return {
        "documents": len(records),
        "passages": sum(sum(by_language.values()) for by_language in passages.values()),
        "sentences": counts.sentences,
        "words": {language: counts.words.get(language, 0) for language in LANGUAGES},
        "languages": [
            {
                "language": language,
                "documents": sum(record.language == language for record in records),
                "passages": sum(its.get(language, 0) for its in passages.values()),
            }
            for language in LANGUAGES
        ],
        "formats": [
            {"format": extension, "documents": count}
            for extension, count in sorted(
                Counter(map(_extension, records)).items(), key=lambda item: (-item[1], item[0])
            )
        ],
        "models": {"passages": library.passage_model, "sentences": library.sentence_model},
        "bytes": _size(library.folder),
        "changed": max((record.added for record in records), default=None),
        "warnings": sum(bool(record.warnings) for record in records),
        **_bars(passages),
    }


def map_json(library: Library) -> dict[str, Any]:
    """Passages as points on a plane, alike ones near each other, with how each begins.

    `passages` is how many there are in all; of more than `POINTS` a fair sample is shown.
    """
    return {
        "passages": sum(record.passages for record in library.documents()),
        "points": [
            {
                "passage": place.passage_id,
                "document": place.document,
                "unit": unit_of(place.document),
                "language": place.language,
                "page": place.page,
                "start": place.start,
                "text": " ".join(place.text.split()),
                "x": round(place.x, 4),
                "y": round(place.y, 4),
            }
            for place in library.atlas(POINTS)
        ],
    }


def _bars(passages: Mapping[str, Mapping[Language, int]]) -> dict[str, Any]:
    """The largest documents by name, each with its passages by language; the rest together."""
    largest = sorted(passages.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    rest = [its for _, its in largest[BARS:]]
    return {
        "bars": [
            {"document": name, "passages": _by_language([its])} for name, its in largest[:BARS]
        ],
        "others": {"documents": len(rest), "passages": _by_language(rest)} if rest else None,
    }


def _by_language(counted: Sequence[Mapping[Language, int]]) -> dict[Language, int]:
    return {language: sum(its.get(language, 0) for its in counted) for language in LANGUAGES}


def _extension(record: DocumentRecord) -> str:
    """That of its file; a text without one counts as what its name says, or as plain text."""
    extension = (record.file or PurePath(record.name)).suffix.lower()
    is_told = record.file is not None or any(extension in family for family in FORMATS)
    return extension.lstrip(".") if is_told else "txt"


def _size(folder: Path) -> int:
    """The bytes of all files below a folder; those that vanish meanwhile count nothing."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
