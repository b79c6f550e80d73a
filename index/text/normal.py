"""Unicode's normal forms at a cost that does not grow with the square of a text's marks."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

_MOST_MARKS = 30
# Only what is neither letter, digit, space nor ASCII can be a mark over a letter.
_LONG_RUN = re.compile(rf"[^\w\s!-~]{{{_MOST_MARKS + 1},}}")
_JOINER = "\u034f"  # the combining grapheme joiner: not seen, and marks are not moved across it


def normalised(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """`text` in a normal form, with a joiner (U+034F) after each 30 marks in a row.

    Marks over one letter are sorted, which costs the square of their number. This is the
    "Stream-Safe Text Format" of UAX 15; no language writes as many.
    """
    return unicodedata.normalize(form, _LONG_RUN.sub(_parted, text))


def _parted(run: re.Match[str]) -> str:
    parts: list[str] = []
    marks = 0
    for sign in run[0]:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > _MOST_MARKS:
            parts.append(_JOINER)
            marks = 1
        parts.append(sign)
    return "".join(parts)
