"""Questions as people type them, about documents that people have.

A folder with `documents/` and `questions.json`, a list of objects: `question`, `language`
("ar", "en"), `documents` (the names of those that hold the answer), `refuse` (true where none
does), and `history`, earlier turns with `question` and `answer`. Other fields are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.question import Question, parse
from rag.types import Turn
from ui.evaluation.errors import EvaluationInvalid, usable


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether the documents answer it."""

    question: Question
    answerable: bool


@dataclass(frozen=True, slots=True)
class People:
    """The folder of documents, and the questions about them."""

    documents: Path
    questions: tuple[Asked, ...]


def read_people(folder: Path) -> People:
    """Read a folder of documents and people's questions. Raises EvaluationInvalid.

    Greetings and thanks, which neither have a document nor are to be refused, are left out.
    """
    path, documents = folder / "questions.json", folder / "documents"
    with usable(path):
        text = path.read_text(encoding="utf-8")
    with usable(documents):
        names = {file.name for file in documents.iterdir()}
    try:
        rows = [row for row in json.loads(text) if row["refuse"] or row["documents"]]
        questions = tuple(_asked(row, names) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationInvalid(
            path=path, detail=f"its questions cannot be read ({error!r})"
        ) from error
    return People(documents, questions)


def _asked(row: dict[str, Any], names: Collection[str]) -> Asked:
    if row["language"] not in ("ar", "en"):
        raise ValueError(f"{row['language']!r} is no language of a question")
    for name in row["documents"]:
        if name not in names:
            raise ValueError(f"there is no document {name!r}")
    history = [Turn(turn["question"], turn["answer"]) for turn in row.get("history", ())]
    return Asked(parse(row["question"], history, row["language"]), not row["refuse"])
