"""Time to the first words and to the whole answer, cold prompt, against what was done before.

Before: windows of up to 1,100 (Arabic) or 1,400 (English) characters of whole passages went in,
and a sentence was asked for. Both ways answer the same questions in turn with the same model, so
that the ratio holds on a noisy machine; turns make every prompt a cold one.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.sets import DOCUMENTS, attacks
from index import Language, Library
from rag import Assistant, prompt
from rag.ask import Model
from rag.evidence import gather
from rag.language import question_language

BEFORE: dict[Language, int] = {"ar": 1100, "en": 1400}
QUESTIONS = 12
Timing = tuple[float, float]
"""Seconds to the first words, and to the last."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder) / "store")
        library.add(DOCUMENTS)
        assistant = Assistant(library, strictness="open")
        ways: dict[str, Callable[[str], Timing]] = {
            "before": lambda question: _before(assistant, question),
            "now": lambda question: _now(assistant, question),
        }
        seen: dict[str, list[Timing]] = {way: [] for way in ways}
        for question in _questions():
            for way, run in ways.items():
                seen[way].append(run(question))
    medians = {
        way: [statistics.median(column) for column in zip(*timings, strict=True)]
        for way, timings in seen.items()
    }
    for place, what in enumerate(("first words", "whole answer")):
        before, now = medians["before"][place], medians["now"][place]
        print(f"{what}: before {before:.1f} s, now {now:.1f} s, ratio {now / before:.2f}")


def _questions() -> list[str]:
    every = list(dict.fromkeys(attack.question for attack in attacks()))
    chosen: list[str] = []
    for language in ("ar", "en"):
        its = [question for question in every if question_language(question) == language]
        chosen += its[: QUESTIONS // 2]
    return chosen


def _now(assistant: Assistant, question: str) -> Timing:
    seconds = assistant.ask(question).seconds
    return seconds.first_token, seconds.total


def _before(assistant: Assistant, question: str) -> Timing:
    started = time.monotonic()
    evidence = gather(assistant.search(question, k=8), BEFORE)
    messages = prompt.answer_messages(question, question_language(question), evidence)
    first = 0.0
    for _ in Model(assistant.llm).stream(messages):
        first = first or time.monotonic() - started
    return first, time.monotonic() - started


if __name__ == "__main__":
    main()
