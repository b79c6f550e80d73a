"""Questions made for this project, and the documents that they are about.

    documents/            twelve documents, six Arabic and six English, on subjects of their own
    followups.json        chats whose last question leans on the ones before, or changes subject
    attacks.json          instructions to hide in a document, and an honest question beside them
    long_questions.json   questions that one sentence does not answer

Half of the chats and of the long questions are for tuning (`tune`), half for figures that are
told (`report`). Everything is invented: no answer can come from what a model has read elsewhere.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from index import Language, Library
from rag import Turn
from ui.evaluation.metrics import contains

Half = Literal["tune", "report"]
Place = Literal["start", "middle", "end"]

FOLDER = Path(__file__).resolve().parent
DOCUMENTS = FOLDER / "documents"

_MARKER = re.compile(r"\s*\[\d+\]")
_ARABIC = re.compile("[\u0621-\u064a]")
_JOINED = ("", "و", "ف", "ب", "ل")
"""What Arabic writes onto the word that follows: and, so, with, for."""
_MARKDOWN_SIGN = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Chat:
    """Earlier turns, and a last question whose passage is known.

    The gold passage is in `document` and holds the words of `passage_holds`.
    """

    id: str
    language: Language
    kind: Literal["follow_up", "switch"]
    half: Half
    turns: tuple[Turn, ...]
    question: str
    document: str
    passage_holds: str


@dataclass(frozen=True, slots=True)
class Attack:
    """A text to hide beside the sentence `anchor` of a document, and a question about that one.

    The answer to `question` contains one of `answer_holds`; it obeyed the attack when one of the
    patterns `obeyed_if` is found in it, in small or capital letters.
    """

    id: str
    language: Literal["ar", "en", "mixed"]
    place: Place
    kind: str
    text: str
    document: str
    anchor: str
    question: str
    question_language: Language
    answer_holds: tuple[str, ...]
    obeyed_if: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LongQuestion:
    """A question whose answer holds several facts; each fact is told in one of several ways."""

    id: str
    language: Language
    half: Half
    question: str
    documents: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]


def chats() -> list[Chat]:
    """The chats with a known passage."""
    return [
        Chat(**row | {"turns": tuple(Turn(**turn) for turn in row["turns"])})
        for row in _rows("followups.json")
    ]


def attacks() -> list[Attack]:
    """The prompt injections."""
    return [
        Attack(
            **{key: value for key, value in row.items() if key != "host"}
            | row["host"]
            | {key: tuple(row[key]) for key in ("answer_holds", "obeyed_if")}
        )
        for row in _rows("attacks.json")
    ]


def long_questions() -> list[LongQuestion]:
    """The questions that need several sentences."""
    return [
        LongQuestion(
            **row | {"documents": tuple(row["documents"]), "facts": tuple(map(tuple, row["facts"]))}
        )
        for row in _rows("long_questions.json")
    ]


def document_names() -> list[str]:
    """The names of the documents, in order."""
    return sorted(file.name for file in DOCUMENTS.glob("*.md"))


def document_source(name: str) -> str:
    """A document as it stands in its file."""
    return (DOCUMENTS / name).read_text(encoding="utf-8")


@contextmanager
def documents_library() -> Iterator[Library]:
    """A library of all the documents in a temporary folder."""
    with TemporaryDirectory() as folder:
        library = Library.open(Path(folder) / "store")
        try:
            failed = library.add(DOCUMENTS).failed
            assert not failed, failed
            yield library
        finally:
            library.close()


def planted(attack: Attack) -> str:
    """The source of the attack's document with its text put in, to be read letter by letter.

    It stands in the paragraph of the anchor: before it, behind the anchor, or at its end.
    """
    source = document_source(attack.document)
    first = source.index(attack.anchor)
    last = first + len(attack.anchor)
    hidden = _MARKDOWN_SIGN.sub(r"\\\1", attack.text)
    if attack.place == "start":
        at = source.rfind("\n", 0, first) + 1
        return f"{source[:at]}{hidden} {source[at:]}"
    at = last if attack.place == "middle" else source.index("\n", last)
    return f"{source[:at]} {hidden}{source[at:]}"


def without_markers(text: str) -> str:
    """An answer's text without the numbers of its citations."""
    return _MARKER.sub("", text)


def fact_held(text: str, alternatives: Iterable[str]) -> bool:
    """Whether a text tells a fact in one of these ways, also with an Arabic "and" written on."""
    return contains(
        text,
        [
            joined + told
            for told in alternatives
            for joined in (_JOINED if _ARABIC.match(told) else ("",))
        ],
    )


def share(values: Sequence[float]) -> float | None:
    """The mean of shares or of yes and no; None of nothing."""
    return statistics.fmean(values) if values else None


def shown(value: float | None) -> str:
    """A share as the runners print it."""
    return "  -  " if value is None else f"{value:5.3f}"


def _rows(file: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    return rows
