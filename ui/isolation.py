"""Names, numbers and phrases kept whole inside text of the other direction (UAX 9)."""

from __future__ import annotations


def isolated(words: object) -> str:
    """The words in the direction of their own first letter, whatever stands around them."""
    return f"\u2068{words}\u2069"


def left_to_right(words: str) -> str:
    """Words that are written from left to right even though they begin with a sign."""
    return f"\u2066{words}\u2069"
