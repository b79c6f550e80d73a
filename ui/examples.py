"""Example questions of the sample documents, for those that are in the store."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import TypedDict

from index import DocumentRecord, Language


class Example(TypedDict):
    """A question, its language, and the file name of the sample that answers it."""

    question: str
    language: Language
    document: str


def examples_for(records: Iterable[DocumentRecord]) -> list[Example]:
    """The examples that the documents in the store can answer."""
    files = {record.path.rpartition(os.sep)[2] for record in records}
    return [example for example in _all_examples() if example["document"] in files]


@cache
def _all_examples() -> tuple[Example, ...]:
    file = resources.files("ui") / "samples" / "questions.json"
    if not file.is_file():
        return ()
    return tuple(json.loads(file.read_text(encoding="utf-8")))
