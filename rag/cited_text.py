"""A growing answer: the model's text as it comes, each finished sentence with its marker."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index import Hit, Library
from index.sentences import split_sentences
from rag import cite
from rag.prompt import Evidence
from rag.types import Citation

_END_MARK = re.compile(r"[.!?؟…\n]")
_LOOK_AHEAD = 12
"""Characters after an end mark that settle whether a sentence has ended there."""


class CitedText:
    """Collects a model's text; what `grow` and `finish` return, joined, is `text`.

    A marker is put behind a sentence when the next one has begun, and never into text that was
    given out already.
    """

    def __init__(
        self,
        library: Library,
        question: str,
        hits: Sequence[Hit],
        evidence: Sequence[Evidence],
    ) -> None:
        self.text = ""
        self._library = library
        self._question = question
        self._sources = [sentence for piece in evidence for sentence in piece.sentences]
        self._citations = cite.Citations(hits)
        self._raw = ""
        self._given = 0  # how much of the clean text is in `text`
        self._sentence = 0  # where the sentence that is being written begins in the clean text

    def grow(self, delta: str) -> str:
        """Take in what the model wrote; returns what can be shown of it."""
        self._raw += delta
        clean = cite.settled(cite.without_markers(self._raw)).lstrip()
        before = len(self.text)
        for sentence in split_sentences(clean, self._sentence)[:-1]:
            # The splitter may see an end only after more text; what was given out stays as it is.
            if sentence.end >= self._given:
                self._close(clean, sentence.end)
        marks = [match.end() for match in _END_MARK.finditer(clean, self._sentence)]
        ready = len(clean)
        if marks and ready - marks[-1] < _LOOK_AHEAD:
            ready = marks[-1]
        self._give(clean, ready)
        return self.text[before:]

    def finish(self) -> str:
        """The text has ended: returns the rest of it."""
        clean = cite.without_markers(self._raw).strip()
        before = len(self.text)
        for sentence in split_sentences(clean, self._sentence):
            if sentence.end >= self._given:
                self._close(clean, sentence.end)
        return self.text[before:]

    def citations(self) -> tuple[Citation, ...]:
        """The citations so far, by marker."""
        return self._citations.all()

    def _give(self, clean: str, end: int) -> None:
        if end > self._given:
            self.text += clean[self._given : end]
            self._given = end

    def _close(self, clean: str, end: int) -> None:
        sentence = clean[self._sentence : end].strip()
        self._give(clean, end)
        self._sentence = end
        if not any(map(str.isalnum, sentence)):
            return
        asked = f"{self._question} {sentence}"
        similarities = self._library.similarities(asked, self._sources)
        chosen = cite.supports(sentence, self._question, self._sources, similarities)
        markers = sorted(self._citations.add(self._sources[position]) for position in chosen)
        if markers:
            self.text += " " + "".join(f"[{marker}]" for marker in markers)
