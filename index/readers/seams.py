"""Where the parts of a line are shown apart without white space between them.

Readers put marks into the text of a block while it is open; `joined` puts spaces in their place
where the words or figures on both sides would otherwise run together.
"""

from __future__ import annotations

import re

SEAM, LINK, LINK_END = "\0", "\1", "\2"
"""Beside a box or a picture; where a link begins and ends, which may be part of a word."""

_MARKS = re.compile("[\0\1\2]+")
_NO_SPACE_BEHIND = frozenset(" \n([{«“‘\"'/-")
_NO_SPACE_BEFORE = frozenset(" \n)]}»”’\"'.,;:!?،؛؟…/-")


def joined(text: str) -> str:
    """A text without its marks, its parts kept apart."""
    return _MARKS.sub(_between, text)


def unmarked(text: str) -> str:
    """A text without its marks."""
    return _MARKS.sub("", text)


def _between(marks: re.Match[str]) -> str:
    before = marks.string[marks.start() - 1] if marks.start() else " "
    after = marks.string[marks.end()] if marks.end() < len(marks.string) else " "
    if before in _NO_SPACE_BEHIND or after in _NO_SPACE_BEFORE:
        return ""
    apart = SEAM in marks[0] or LINK_END + LINK in marks[0]
    return " " if apart or (before.isdigit() and after.isdigit()) else ""
