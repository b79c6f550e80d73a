"""What a reader of values finds: one value or small word as either language writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index import Language
from rag.values.units import Unit

Kind = Literal[
    "number", "amount", "date", "year", "weekday", "time", "place", "code", "alone",
    "before", "bound", "bound behind", "and", "sign", "dash", "per",
]  # fmt: skip
VALUES = frozenset(
    ("number", "amount", "date", "year", "weekday", "time", "place", "code", "alone")
)
COUNTS = frozenset(("number", "amount"))
DAYS = frozenset(("date", "year", "weekday", "time"))


@dataclass(frozen=True, slots=True)
class Item:
    """A value or a small word beside one.

    `oblique` is the Arabic behind a preposition, where that differs; `fact` is what makes two
    values the same in any wording, the English where it is left out.
    """

    kind: Kind
    en: str
    ar: str
    oblique: str = ""
    fact: str | None = None
    unit: Unit | None = None

    def text(self, to: Language, *, behind_preposition: bool = False) -> str:
        """As it is written in that language."""
        if to == "en":
            return self.en
        return (self.oblique or self.ar) if behind_preposition else self.ar

    @property
    def value(self) -> str:
        """The value to compare; empty for a single one of something, which need not be said."""
        return self.en.lower() if self.fact is None else self.fact


Found = tuple[Item, int] | None
"""What was read, and the place of the next word."""
