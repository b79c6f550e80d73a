"""The log of an evaluation of answers: a header, then one JSON line per question asked.

The header says what the answers depend on. A log whose header agrees is gone on with: what
stands in it is not asked again. How many questions are asked is not in the header, so that a
small evaluation can grow into a large one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal, Self

from ui.evaluation.errors import EvaluationInvalid, usable

Kind = Literal["answerable", "unanswerable", "far"]
KINDS: tuple[Kind, ...] = ("answerable", "unanswerable", "far")
Key = tuple[int, Kind]

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One question as it was asked, what came of it, and its metrics.

    `position` is that of the question in its file, `kind` says what was left out: nothing
    ("answerable"), the gold document ("unanswerable") or its whole article ("far"). `document`
    is the gold document and `rank` its place among the documents found, None when it is not
    there. The metrics from `contains_gold` on are None where they say nothing. `at_once` is how
    many questions were under way together; `seconds` compare only where it is 1.
    """

    position: int
    kind: Kind
    question: str
    gold: Sequence[str]
    parallel_gold: Sequence[str]
    text: str
    abstained: bool
    doubtful: bool
    language: str
    document: str
    rank: int | None
    quotes: Sequence[str]
    cited: Sequence[str]
    seconds: Mapping[str, float]
    at_once: int
    contains_gold: bool | None = None
    contains_gold_any: bool | None = None
    f1: float | None = None
    answered: bool | None = None
    language_ok: bool | None = None
    citation_precision: float | None = None
    quote_has_gold: bool | None = None

    @property
    def key(self) -> Key:
        """What tells it from every other row of its log."""
        return self.position, self.kind


def header_of(
    passages: Path, questions: Path, seed: int, articles: str, settings: Mapping[str, object]
) -> dict[str, Any]:
    """What the answers of a log depend on, apart from the program itself."""
    return {
        "answer_log": _VERSION,
        "passages": _sha256(passages),
        "questions": _sha256(questions),
        "seed": seed,
        "articles": articles,
        "settings": dict(settings),
    }


class AnswerLog:
    """Rows by their key, kept in a file where there is one; each is on disk when `add` returns."""

    def __init__(self, rows: Mapping[Key, Row], file: IO[str] | None = None) -> None:
        self.rows = dict(rows)
        self._file = file

    @classmethod
    def open(cls, path: Path | None, header: Mapping[str, Any]) -> Self:
        """Begin a log, or go on with the one that is there. Raises EvaluationInvalid."""
        if path is None:
            return cls({})
        with usable(path):
            content = path.read_bytes() if path.exists() else b""
            rows = _checked(path, content, header) if content else {}
            file = path.open("a", encoding="utf-8", newline="\n")
            file.truncate(_whole(content))  # a last line that a crash cut off goes
        log = cls(rows, file)
        if not content:
            log._write(header)
        return log

    def add(self, row: Row) -> None:
        """Keep one more row."""
        self.rows[row.key] = row
        self._write(asdict(row))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, value: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(value, ensure_ascii=False) + "\n")
            self._file.flush()


def read_log(path: Path) -> dict[Key, Row]:
    """The rows of a log. Raises EvaluationInvalid."""
    with usable(path):
        content = path.read_bytes()
    return _parsed(path, content)[1]


def _whole(content: bytes) -> int:
    """How many bytes of a log are whole lines."""
    return content.rfind(b"\n") + 1


def _checked(path: Path, content: bytes, header: Mapping[str, Any]) -> dict[Key, Row]:
    """The rows of a log that can be gone on with."""
    found, rows = _parsed(path, content)
    differing = [name for name in header if found.get(name) != header[name]]
    if differing:
        raise EvaluationInvalid(
            path=path,
            detail=f"it was begun with other {', '.join(differing)}; "
            "name another file with --log, or delete this one to ask everything anew",
        )
    return rows


def _parsed(path: Path, content: bytes) -> tuple[dict[str, Any], dict[Key, Row]]:
    try:
        # Not `splitlines`: a text may hold other signs that end a line.
        lines = content[: _whole(content)].decode("utf-8").split("\n")[:-1]
        header, *values = [json.loads(line) for line in lines]
        if header["answer_log"] != _VERSION:
            raise _no_log(path)
        rows = [Row(**value) for value in values]
    except (ValueError, KeyError, TypeError) as error:
        raise _no_log(path) from error
    return header, {row.key: row for row in rows}


def _no_log(path: Path) -> EvaluationInvalid:
    return EvaluationInvalid(
        path=path, detail="it is no log of `sanad eval answers`; name another file"
    )


def _sha256(path: Path) -> str:
    with usable(path):
        content = path.read_bytes()
    return hashlib.sha256(content).hexdigest()
