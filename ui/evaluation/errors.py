"""What can go wrong in an evaluation, added to the tree of `index.errors`.

SanadError
└── EvaluationInvalid       a file that an evaluation cannot use
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index import Report, SanadError


class EvaluationInvalid(SanadError):
    template = "The evaluation cannot use {path}: {detail}."


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """While a file is read or written: what the system says of it becomes an EvaluationInvalid."""
    try:
        yield
    except OSError as error:
        raise EvaluationInvalid(path=path, detail=error.strerror or error) from error


def check_read(report: Report) -> None:
    """Raises EvaluationInvalid where a document could not be taken in."""
    if report.failed:
        raise EvaluationInvalid(path=report.failed[0].path, detail=report.failed[0].error)
