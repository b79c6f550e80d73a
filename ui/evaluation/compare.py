"""Two logs of `sanad eval answers`, question by question: what became better, what worse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ui.evaluation.answer_log import Kind, Row, read_log
from ui.evaluation.errors import EvaluationInvalid
from ui.evaluation.metrics import mean, sign_test

Pair = tuple[Row, Row]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of one kind of question; more is better unless `less`.

    `telling` ones decide whether a question is listed as changed: a right or wrong, not a shade.
    """

    name: str
    kind: Kind
    value: Callable[[Row], float | None]
    less: bool = False
    telling: bool = True

    def of(self, pair: Pair) -> tuple[float, float] | None:
        """The values of A and B; None where the metric says nothing of one of them."""
        a, b = pair
        if a.kind != self.kind:
            return None
        values = self.value(a), self.value(b)
        return None if values[0] is None or values[1] is None else (values[0], values[1])

    def sign(self, values: tuple[float, float]) -> int:
        """1 when B is better than A, -1 when it is worse."""
        sign = (values[1] > values[0]) - (values[1] < values[0])
        return -sign if self.less else sign


def _refused(row: Row) -> bool:
    return row.abstained


def _careful(row: Row) -> bool:
    return row.abstained or row.doubtful


METRICS = (
    Metric("contains_gold", "answerable", lambda row: row.contains_gold),
    Metric("contains_gold_any", "answerable", lambda row: row.contains_gold_any),
    Metric("f1", "answerable", lambda row: row.f1, telling=False),
    Metric("answered", "answerable", lambda row: row.answered),
    Metric("language_ok", "answerable", lambda row: row.language_ok),
    Metric("citation_precision", "answerable", lambda row: row.citation_precision, telling=False),
    Metric("quote_has_gold", "answerable", lambda row: row.quote_has_gold),
    Metric("doubtful", "answerable", lambda row: row.doubtful, less=True),
    Metric("unanswerable_abstained", "unanswerable", _refused),
    Metric("unanswerable_abstained_or_doubtful", "unanswerable", _careful),
    Metric("far_abstained", "far", _refused),
    Metric("far_abstained_or_doubtful", "far", _careful),
)


def compare_logs(log_a: Path, log_b: Path) -> dict[str, Any]:
    """Both shares of each metric over the questions that both logs hold, and what changed.

    `better` and `worse` count the questions for which B is better or worse than A, `p` how
    probable so uneven a split is by chance (sign test; for rights and wrongs that is McNemar's).
    Raises EvaluationInvalid.
    """
    rows_a, rows_b = read_log(log_a), read_log(log_b)
    pairs = [
        (row, rows_b[key])
        for key, row in sorted(rows_a.items())
        if key in rows_b and rows_b[key].question == row.question
    ]
    if not pairs:
        raise EvaluationInvalid(path=log_b, detail=f"it has no question in common with {log_a}")
    metrics = {metric.name: _compared(metric, pairs) for metric in METRICS}
    return {
        "questions": len(pairs),
        "metrics": {name: compared for name, compared in metrics.items() if compared["n"]},
        "changed": [changed for pair in pairs if (changed := _changed(pair))],
    }


def _compared(metric: Metric, pairs: Sequence[Pair]) -> dict[str, float]:
    values = [both for pair in pairs if (both := metric.of(pair)) is not None]
    signs = [metric.sign(both) for both in values]
    better, worse = signs.count(1), signs.count(-1)
    return {
        "n": len(values),
        "a": mean([a for a, _ in values]),
        "b": mean([b for _, b in values]),
        "better": better,
        "worse": worse,
        "p": sign_test(better, worse),
    }


def _changed(pair: Pair) -> dict[str, Any] | None:
    a, b = pair
    signs = {
        metric.name: metric.sign(both)
        for metric in METRICS
        if metric.telling and (both := metric.of(pair)) is not None
    }
    if not any(signs.values()):
        return None
    return {
        "position": a.position,
        "kind": a.kind,
        "question": a.question,
        "gold": list(a.gold),
        "better": [name for name, sign in signs.items() if sign > 0],
        "worse": [name for name, sign in signs.items() if sign < 0],
        "a": a.text,
        "b": b.text,
    }
