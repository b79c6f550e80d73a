"""Names, numbers and phrases kept whole inside text of the other direction (UAX 9)."""

from __future__ import annotations

import unicodedata


def isolated(words: object) -> str:
    """The words in the direction of their own first letter, whatever stands around them."""
    return f"\u2068{words}\u2069"


def left_to_right(words: str) -> str:
    """Words that are written from left to right even though they begin with a sign."""
    return f"\u2066{words}\u2069"


def visible(words: str) -> str:
    """The words in one line, with controls and lone surrogates written out (\\n, \\x1b).

    A file may be called anything: its name must neither break a line nor steer a terminal.
    """
    if words.isprintable():
        return words
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        else character
        for character in words
    )
