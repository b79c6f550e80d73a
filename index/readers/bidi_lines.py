"""Glyphs on one line of writing to the text of that line, in the order in which it is read.

What a page shows is the result of Unicode's bidirectional algorithm (UAX 9); this goes the way
back: from shapes in order of place to letters in order of reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.readers.glyphs import Glyph

# In parts of the size of the letters.
_SPACE = 0.13  # the least gap between two words

_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("«", "»"))
_BRACKETED = tuple(
    (re.compile(rf"\{o}[^\{o}\{c}]*\{c}"), re.compile(rf"\{c}[^\{o}\{c}]*\{o}")) for o, c in _PAIRS
)
"""Brackets around something, the right way round and the wrong way."""

# Which marks make one number of two, between European digits and between Arabic-Indic ones.
_JOIN_EUROPEAN = frozenset(".,:/+-\u2212\u066b\u066c\u060c\u00a0")
_JOIN_ARABIC = frozenset(".,:/\u066b\u066c\u060c\u00a0")
_SIGN_FIRST = re.compile(r"(?<![^\s(«\[.,٫])([%٪‰])([0-9٠-٩][0-9٠-٩.,٫٬]*)(?![^\s)»\].،,؛:؟])")
_PADDING = re.compile("(?<=[\u0620-\u064a])\u0640+(?=[\u064b-\u0655\u0670]*[\u0620-\u064a])")
_TRAILING = frozenset(".,:;!?…")


@lru_cache(maxsize=4096)
def direction(text: str) -> str:
    """What writing `text` is by its first telling letter.

    "R" from right to left, "L" from left to right, "E" European digits, "A" Arabic-Indic ones,
    "S" space, "" anything else.
    """
    for character in text:
        match unicodedata.bidirectional(character):
            case "R" | "AL":
                return "R"
            case "L":
                return "L"
            case "EN":
                return "E"
            case "AN":
                # The signs for thousands and decimals count as digits there.
                return "A" if character.isdigit() else ""
            case _:
                pass
    return "S" if text.isspace() else ""


@dataclass(frozen=True, slots=True)
class _Token:
    """A glyph's text, or a space between two, as it stands from left to right."""

    text: str
    kind: str


def line_text(glyphs: Iterable[Glyph], rtl: bool) -> str:
    """The text of glyphs on one line, `rtl` where the writing around it goes right to left."""
    ordered = sorted(glyphs, key=lambda glyph: glyph.x0 + glyph.x1)
    return _logical(_spaced(ordered), rtl)


def _spaced(glyphs: Sequence[Glyph]) -> list[_Token]:
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    threshold = _SPACE
    gaps = sorted(
        (b.x0 - a.x1) / (a.size or 1) for a, b in pairwise(glyphs)
        if not a.text.isspace() and not b.text.isspace()
    )  # fmt: skip
    if len(gaps) > 5:  # letters set wide apart
        threshold += max(gaps[len(gaps) // 2], 0)
    tokens: list[_Token] = []
    right: float | None = None
    waiting: Glyph | None = None
    size = max((glyph.size for glyph in inked), default=1)
    for glyph in glyphs:
        if glyph.text.isspace():
            waiting = glyph
            continue
        if right is not None and (
            glyph.x0 - right > threshold * size
            or (waiting is not None and _is_blank(waiting, right, glyph.x0))
        ):
            tokens.append(_Token(" ", "S"))
        tokens.append(_Token(glyph.text, direction(glyph.text)))
        right = glyph.x1 if right is None else max(right, glyph.x1)
        waiting = None
    return tokens


def _is_blank(space: Glyph, right: float, left: float) -> bool:
    """Whether a space parts what ends at `right` from what begins at `left`.

    Letters may reach into it; under a letter as a whole it only served to move the pen.
    """
    width = space.x1 - space.x0
    covered = max(min(right, space.x1) - space.x0, 0) + max(space.x1 - max(left, space.x0), 0)
    return width > 0 and covered < 0.9 * width


def line_is_rtl(glyphs: Sequence[Glyph], page_rtl: bool) -> bool:
    """Whether a line reads from right to left, on a page or in a column that mostly does."""
    arabic = latin = 0
    for glyph in glyphs:
        kind = direction(glyph.text)
        arabic += kind == "R"
        latin += kind == "L"
    if not arabic and latin:
        # Where the full stop stands tells which way a line of only Latin letters goes.
        first = min(glyphs, key=lambda glyph: glyph.x0 if glyph.text.strip() else 1e9)
        return page_rtl and first.text in _TRAILING
    if page_rtl:
        return arabic * 8 >= latin
    return arabic > latin


def _logical(tokens: list[_Token], rtl: bool) -> str:
    if rtl:
        return _tidy("".join(token.text for token in _from_right(tokens)))
    result: list[_Token] = []
    at = 0
    while at < len(tokens):
        if tokens[at].kind != "R":
            result.append(tokens[at])
            at += 1
            continue
        last = max(i for i in range(at, _run_end(tokens, at, "L")) if tokens[i].kind == "R")
        result.extend(_from_right(tokens[at : last + 1]))
        at = last + 1
    return _tidy("".join(token.text for token in result))


def _run_end(tokens: Sequence[_Token], at: int, stop: str) -> int:
    while at < len(tokens) and tokens[at].kind != stop:
        at += 1
    return at


def _from_right(visual: Sequence[_Token]) -> list[_Token]:
    """Tokens from left to right, put in the order in which they are read from the right."""
    tokens = list(reversed(visual))
    result: list[_Token] = []
    at = 0
    after_arabic = False
    while at < len(tokens):
        kind = tokens[at].kind
        if kind in ("L", "E"):
            end = _left_to_right_end(tokens, at, after_arabic)
        elif kind == "A":
            end = _number_end(tokens, at, _JOIN_ARABIC)
        else:
            mirrored = not kind
            text = tokens[at].text.translate(_MIRRORED) if mirrored else tokens[at].text
            result.append(_Token(text, kind))
            after_arabic = after_arabic or kind == "R"
            at += 1
            continue
        run = list(reversed(tokens[at:end]))
        _close_bracket(run, result)
        result.extend(run)
        if any(token.kind == "L" for token in run):
            after_arabic = False
        at = end
    return result


def _left_to_right_end(tokens: Sequence[_Token], at: int, after_arabic: bool) -> int:
    """Where a run of Latin words and European numbers that begins at `at` ends."""
    end = _number_end(tokens, at, _JOIN_ARABIC if after_arabic else _JOIN_EUROPEAN)
    latin = any(token.kind == "L" for token in tokens[at:end])
    scan = end
    while scan < len(tokens) and tokens[scan].kind not in ("R", "A"):
        # Two numbers belong together only with a Latin word on both sides of the gap, or before.
        if tokens[scan].kind == "L":
            latin = True
            end = scan + 1
        elif tokens[scan].kind == "E" and latin and _latin_ahead(tokens, scan):
            end = scan + 1
        elif tokens[scan].kind == "E" and not latin and not _latin_ahead(tokens, scan):
            break
        scan += 1
    return end


def _latin_ahead(tokens: Sequence[_Token], at: int) -> bool:
    while at < len(tokens) and tokens[at].kind not in ("R", "A"):
        if tokens[at].kind == "L":
            return True
        at += 1
    return False


def _number_end(tokens: Sequence[_Token], at: int, joining: frozenset[str]) -> int:
    kind = tokens[at].kind
    end = at + 1
    while end < len(tokens):
        if tokens[end].kind == kind:
            end += 1
        elif tokens[end].text in joining and end + 1 < len(tokens) and tokens[end + 1].kind == kind:
            end += 2
        else:
            break
    return end


def _close_bracket(run: list[_Token], before: list[_Token]) -> None:
    """Give a run the bracket beside it that closes one within it.

    That bracket was taken for one of the line around it, and mirrored.
    """
    texts = [token.text for token in run]
    for opening, closing in _PAIRS:
        unclosed = texts.count(opening) == texts.count(closing) + 1
        if unclosed and before and before[-1].text == opening:
            before.pop()
            run.append(_Token(closing, ""))
            return


def _tidy(text: str) -> str:
    text = _SIGN_FIRST.sub(r"\2\1", text)
    text = _PADDING.sub("", text)
    return " ".join(text.split(" ")).strip()


def corrected(texts: Sequence[str]) -> list[str]:
    """The texts of a page's lines with what only the whole page tells put right."""
    return _with_right_brackets(_without_fillers(texts))


def _with_right_brackets(texts: Sequence[str]) -> list[str]:
    """The texts with brackets turned where the file names them as they are read.

    Files differ in whether a bracket is named as it looks or as it is read, so more pairs that
    open and close than the other way round decide for a page. What is left is turned where a
    pair clings to the text within it.
    """
    good = bad = 0
    for text in texts:
        if not _ARABIC_LETTER.search(text):
            continue
        for right, wrong in _BRACKETED:
            good += len(right.findall(text))
            bad += len(wrong.findall(text))
    result: list[str] = []
    for text in texts:
        if _ARABIC_LETTER.search(text):
            turned = text.translate(_MIRRORED) if bad > good else text
            result.append(_CLINGING.sub(lambda found: found[0].translate(_MIRRORED), turned))
        else:
            result.append(text)
    return result


def _without_fillers(texts: Sequence[str]) -> list[str]:
    """The texts without the strokes that lengthen words, where the file gives them no name.

    An unnamed shape is one when it never stands at the edge of a word on the page, and stands
    several times in a row in one: no letter does both.
    """
    whole = "\n".join(texts)
    if "\ufffd\ufffd" in whole and not _UNNAMED_AT_EDGE.search(whole):
        return [_FILLER.sub("", text) for text in texts]
    return list(texts)


_ARABIC_LETTER = re.compile("[\u0620-\u064a]")
_CLINGING = re.compile(
    r"(?<!\S)(?:\)(?=\S)[^()]*(?<=\S)\(|»(?=\S)[^«»]*(?<=\S)«|\](?=\S)[^\[\]]*(?<=\S)\[)"
    r"(?=[\s.,،؛:!?؟]|$)"
)
_FILLER = re.compile(
    "(?<=[\u0620-\u064a\u064b-\u0655\u0670])\ufffd+(?=[\u064b-\u0655\u0670]*[\u0620-\u064a])"
)
_UNNAMED_AT_EDGE = re.compile(
    "(?<![\ufffd\u0620-\u0655\u0670])\ufffd+[\u0620-\u0655]"
    "|[\u0620-\u0655\u0670]\ufffd+(?![\ufffd\u0620-\u0655\u0670])"
)
