"""What became of files and documents: the answer of `Library.add`, `sync` and `rebuild`."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.errors import SanadError
from index.types import ReadWarning


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not taken in, and why."""

    path: str
    error: SanadError


@dataclass(slots=True)
class Report:
    """What `add`, `sync` or `rebuild` did, by document name; `seconds` is wall time.

    `renamed` documents are those whose file was renamed or moved; nothing of them was read
    again. `skipped` are paths below a folder in formats that are not read, and links out of it.
    `warnings` are those of the documents that were added or changed.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    warnings: dict[str, tuple[ReadWarning, ...]] = field(default_factory=dict)
    seconds: float = 0.0

    def tells(self) -> bool:
        """Whether anything happened."""
        return bool(self.added or self.changed or self.renamed or self.removed or self.failed)
