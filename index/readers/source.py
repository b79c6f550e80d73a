"""What every reader is given: a file's contents, and whom to tell how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.types import Document

Work = Literal["parse", "ocr"]
Step = Callable[[Work], None]


def _untold(work: Work) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: its bytes, the name of its document, and `path`, only named in errors.

    A reader that works page by page calls `step` before each, saying what kind of work comes:
    a file is stopped when one step takes too long, not when it is merely long itself.
    """

    content: bytes
    path: Path
    name: str
    step: Step = _untold


Reader = Callable[[Source], Document]
