"""Texts to measure on: made from the sample documents, so that words are real and sizes chosen."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from index.text.sentences import split_sentences

SAMPLES = Path(__file__).resolve().parents[1] / "ui" / "samples"
QUESTIONS = [
    "How many days of leave does a new employee have?",
    "من هو وزير الصحة الذي زار مينسك؟",
    "Where is the assembly point in case of fire?",
    "ما المشروع الذي سيُبنى في بنغازي؟",
    "How long do loans of objects last at most?",
    "متى بدأت العقوبات على بيلاروسيا؟",
    "Who drew the oldest chart?",
    "كم يوم إجازة يحصل عليها الموظف الجديد؟",
    "When were the documents between Libya and Belarus signed?",
    "ما عاصمة بيلاروسيا؟",
]
"""Questions about the samples, in both languages."""


@cache
def sentences() -> tuple[str, ...]:
    """All sentences of the sample documents, Arabic and English."""
    found: list[str] = []
    for file in sorted(SAMPLES.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        found.extend(text[s.start : s.end] for s in split_sentences(text))
    return tuple(sentence for sentence in found if len(sentence) > 40)


def document(number: int, words: int) -> str:
    """A document of about that many words: sentences of both languages, shuffled by number."""
    chance = random.Random(number)  # noqa: S311 - a reproducible shuffle
    arabic = chance.random() < 0.5
    known = [s for s in sentences() if ("\u0600" <= s[0] <= "\u06ff") == arabic]
    parts = [f"({number})"]
    while sum(len(part.split()) for part in parts) < words:
        parts.append(chance.choice(known))
    return " ".join(parts)


def write_documents(folder: Path, count: int, words: int) -> Path:
    """That many documents as text files in a new folder."""
    folder.mkdir(parents=True)
    for number in range(count):
        text = document(number, words)
        (folder / f"document-{number:04}.txt").write_text(text, encoding="utf-8")
    return folder
