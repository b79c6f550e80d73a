"""Progress bars on standard error, drawn from the callbacks of the index."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Never, Self

from tqdm import tqdm

from ui.cli_strings import TEXTS, text


class Bars:
    """A bar per stage, one at a time; silent where standard error is no terminal."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        """`done` of `total` units of a stage; a total of 0 is unknown."""
        if stage != self._stage or (self._bar is not None and done < self._bar.n):
            self._close()
        if self._bar is None:
            if done >= total > 0:  # over before it was worth a bar
                return
            key = f"stage_{stage}"
            self._stage = stage
            self._bar = tqdm(
                total=total or None,
                desc=text(key) if key in TEXTS else stage,
                unit=unit if unit == "B" else f" {unit}",
                unit_scale=unit == "B",
                file=sys.stderr,
                disable=not sys.stderr.isatty(),
                leave=False,
            )
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
        self._stage = ""
