"""Progress bars on standard error, drawn from the callbacks of the index."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Never, Self

from tqdm import tqdm

from ui.cli_strings import TEXTS, text

_OUTER = frozenset({"files", "rebuild", "evaluation"})
"""Stages that count whole things; the bar of the stage inside them stands below theirs."""


class Bars:
    """A bar for what is counted as a whole and one for the work on a part of it, both at once.

    Silent where standard error is no terminal.
    """

    def __init__(self) -> None:
        self._bars: dict[str, tqdm[Never]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        """`done` of `total` units of a stage; a total of 0 is unknown."""
        over = done >= total > 0
        if stage in _OUTER and (over or stage not in self._bars):
            self.close()
        elif stage not in self._bars:
            self._close_inner()
        if stage not in self._bars:
            if over:  # before it was worth a bar
                return
            self._bars[stage] = _bar(stage, total, unit, position=len(self._bars))
        bar = self._bars[stage]
        if done < bar.n:  # the next part
            bar.reset(total or None)
        bar.total = total or None
        bar.update(done - bar.n)

    def close(self) -> None:
        """Wipe the bars; those of the next stage begin anew."""
        self._close_inner()
        while self._bars:
            self._bars.popitem()[1].close()

    def _close_inner(self) -> None:
        for stage in [stage for stage in self._bars if stage not in _OUTER]:
            self._bars.pop(stage).close()


def _bar(stage: str, total: int, unit: str, position: int) -> tqdm[Never]:
    return tqdm(
        total=total or None,
        desc=_said(f"stage_{stage}", stage),
        unit=unit if unit == "B" else f" {_said(f'unit_{unit}', unit)}",
        unit_scale=unit == "B",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
        position=position,
    )


def _said(key: str, otherwise: str) -> str:
    return text(key) if key in TEXTS else otherwise
