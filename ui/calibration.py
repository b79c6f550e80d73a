"""What a calibration catches, as people read it, and the file it is kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rag import EvaluationInvalid
from ui.cli_strings import text
from ui.tables import aligned

SHARES = ("0.97", "0.95", "0.90")
"""Shares of answerable questions that are to be kept; a row for each."""


def calibration_lines(checked: Mapping[str, Any]) -> list[str]:
    """A row per rule and share: what is kept and caught of questions it was not fitted on."""
    rows = [text("calibration_head").split("\t")]
    for rule, by_share in checked.items():
        for share in SHARES:
            found = by_share[share]
            rows.append(
                [rule, f"{float(share):.0%}", *(_share(found[k]) for k in ("kept", "near", "far"))]
            )
    return [text("calibrated"), "", *aligned(rows)]


def place_for(out: str) -> Path:
    """Where to write; looked at before the work begins. Raises EvaluationInvalid."""
    path = Path(out).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise EvaluationInvalid(path=out, detail="a file in a folder that is there is needed")
    return path


def write_calibration(calibration: Mapping[str, Any], path: Path) -> None:
    """Write the rules, for the setting `calibration`. Raises EvaluationInvalid."""
    try:
        path.write_text(calibration_text(calibration) + "\n", encoding="utf-8")
    except OSError as error:
        raise EvaluationInvalid(path=path, detail=error.strerror or error) from error


def calibration_text(calibration: Mapping[str, Any]) -> str:
    """The rules as JSON that a person can compare."""
    return json.dumps(calibration, ensure_ascii=False, indent=1)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
