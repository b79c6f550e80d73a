"""A growing answer: its sentences as they are finished, each with the markers of its sources."""

from __future__ import annotations

from collections.abc import Iterable

from index import Hit
from rag.cite import Citations, without_markers
from rag.compose import Said
from rag.types import Citation


class CitedText:
    """Collects sentences; what `add` returns, joined, is `text`.

    `unsupported` are the spans of the sentences without a source.
    """

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.text = ""
        self.unsupported: list[tuple[int, int]] = []
        self._citations = Citations(hits)

    def add(self, said: Said) -> str:
        """Take in a sentence; returns what is new of the text."""
        markers = sorted(self._citations.add(source) for source in said.sources)
        # A note of the source's own, "[3]", would be taken for one of our markers.
        new = (said.before if self.text else "") + without_markers(said.text)
        if markers:
            new += " " + "".join(f"[{marker}]" for marker in markers)
        elif new.strip():
            begins = len(self.text) + len(new) - len(new.lstrip())
            self.unsupported.append((begins, len(self.text) + len(new.rstrip())))
        self.text += new
        return new

    def citations(self) -> tuple[Citation, ...]:
        """The citations so far, by marker."""
        return self._citations.all()
