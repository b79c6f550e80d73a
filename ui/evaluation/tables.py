"""What people read of a comparison of answers, and of a calibration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ui.cli_strings import text, whole
from ui.tables import aligned

_SHARES_TO_KEEP = ("0.97", "0.95", "0.90")
"""Shares of answerable questions; the table of a calibration has a row for each."""


def comparison_lines(result: Mapping[str, Any]) -> list[str]:
    """The table of metrics, and below it each question that changed, with both answers."""
    rows = [text("compare_head").split("\t")]
    for name, metric in result["metrics"].items():
        shares = [f"{metric[which]:.1%}" for which in ("a", "b")]
        counts = [str(metric[count]) for count in ("better", "worse")]
        rows.append([name, str(metric["n"]), *shares, *counts, f"{metric['p']:.3f}"])
    lines = [text("compared", count=result["questions"]), "", *aligned(rows)]
    lines += ["", text("changed_answers", count=len(result["changed"]))]
    for changed in result["changed"]:
        lines += ["", *_changed_lines(changed)]
    return lines


def calibration_lines(checked: Mapping[str, Any]) -> list[str]:
    """A row per rule and share: what is kept and caught of questions it was not fitted on."""
    rows = [text("calibration_head").split("\t")]
    for rule, by_share in checked.items():
        for share in _SHARES_TO_KEEP:
            found = by_share[share]
            rows.append(
                [rule, f"{float(share):.0%}", *(_share(found[k]) for k in ("kept", "near", "far"))]
            )
    return [text("calibrated"), "", *aligned(rows)]


def _changed_lines(changed: Mapping[str, Any]) -> Iterator[str]:
    yield f"{changed['position']} ({changed['kind']}) {whole(_line(changed['question']))}"
    for direction in ("better", "worse"):
        if changed[direction]:
            yield f"  {text(direction)}: {', '.join(changed[direction])}"
    yield f"  {text('gold')}: {' | '.join(whole(_line(gold)) for gold in changed['gold'])}"
    for which in ("a", "b"):
        yield f"  {which.upper()}: {whole(_line(changed[which]))}"


def _line(words: str) -> str:
    return " ".join(words.split())


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
