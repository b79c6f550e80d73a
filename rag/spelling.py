"""One spelling for what patterns of questions are looked for in, letter for letter."""

from __future__ import annotations

import re

UNSEEN = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Diacritics, tatweel and marks of direction: no letters."""
SPELLING = str.maketrans("أإآٱى’", "ااااي'")
"""Letters that are written for each other. None becomes two: places in a text stay the same."""
