"""Texts that nobody writes by hand: long runs of one kind, and what a pattern looks hardest at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random
from re import _constants as sre
from re import _parser
from typing import Any

_RUNS = (
    "a", "A", "é", "ب", "ا", "و", "0", "٣", "中", "𝒜",  # letters and digits
    " ", "\n", "\r", "\t", "\u00a0", "\u2028", "\0",  # spaces and controls
    "\u064e", "\u0651\u064e", "\u0301", "\u0640", "\u200b", "\u200d", "\u200f", "\u00ad",  # unseen
    ".", ",", "،", "…", "؟", "!", "-", "—", "_", "*", "#", "|", "/", "\\", ":", ";", "&", "=", "%",
    '"', "'", "’", "“", "«", "»", "(", ")", "[", "]", "{", "}", "<", ">", "【", "`", "$", "@", "+",
    "a.", "د.", "1.", "1,", "1 ", "a ", "A ", "و ", ", ", ". ", ".\n", "a\n", " \n", "\r\n", "- ",
    "()", "[]", "[1]", "[1 ", "<a ", "<a>", "</a>", "<!--", "&#", "a-", "a'", "Ab", "a1", "ب1",
    "| a ", "\\a", "//", "**", "ok ", "the ", "في ", "is ", "\u200d👩", "😀",
)  # fmt: skip


def runs(size: int) -> Iterator[str]:
    """Texts of about `size` characters, each one short thing said again and again."""
    for kind in _RUNS:
        yield kind * (size // len(kind))
    for kind in _RUNS[:5]:  # one letter, and then nothing but what takes no room
        for mark in ("\u064e", "\u0301", "\u0640", "\u200b", " ", "\n", "."):
            yield kind + mark * size
            yield kind + mark * size + kind


_FEW = 9  # rounds; a part that may have more is taken for one without end
_SAMPLES = "a ب1 \n.A,-'\"(<_/:\u064e\u00e9\u00ff\0z"


def made_for(pattern: re.Pattern[Any], size: int) -> list[str]:
    """Texts on which the open ends of a pattern have the most to do.

    For each part that may repeat without end: what must come before it, and then the part many
    times, the same or chosen by chance; and what comes before it with the part once, said again
    and again.
    """
    source = pattern.pattern
    is_text = isinstance(source, str)
    flags = pattern.flags if is_text else pattern.flags & ~re.UNICODE
    parsed = _parser.parse(source if is_text else source.decode("latin-1"), flags)
    found: dict[str, None] = {}
    for before, bodies, chances in _open_ends(list(parsed), "", flags):
        for body in bodies:
            long = body * (size // len(body))
            whole = before + body
            for text in (before + long, before + long + "\0", whole * (size // len(whole))):
                found[text] = None
        if before:
            found[before * (size // len(before))] = None
        for text in chances:
            found[before + text[:size] + "\0"] = None
    return list(found)


def _open_ends(
    nodes: Sequence[Any], before: str, flags: int
) -> Iterator[tuple[str, list[str], list[str]]]:
    """What comes before each part without end, some of its rounds, and runs of chance rounds."""
    for kind, value in nodes:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, body = value
            if most > _FEW:
                chance = Random(len(before))  # noqa: S311 - the same each time
                rounds = [
                    "".join(_samples(body, flags, chance) for _ in range(n)) for n in (40, 400)
                ]
                yield before, _bodies(body, flags), rounds
            yield from _open_ends(list(body), before, flags)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from _open_ends(list(branch), before, flags)
        elif kind is sre.SUBPATTERN:
            yield from _open_ends(list(value[3]), before, flags)
        elif kind is sre.ATOMIC_GROUP:
            yield from _open_ends(list(value), before, flags)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _open_ends(list(value[1]), before, flags)
        before += _sample(kind, value, flags)


def _bodies(body: Any, flags: int) -> list[str]:  # noqa: ANN401 - of a private module
    """Several things that one round of a repeat may match."""
    nodes = list(body)
    if len(nodes) == 1 and nodes[0][0] in (sre.IN, sre.ANY, sre.NOT_LITERAL, sre.CATEGORY):
        fitting = [sign for sign in _SAMPLES if _fits(nodes[0], sign, flags)]
        return fitting[:5] or [_samples(nodes, flags) or "a"]
    if len(nodes) == 1 and nodes[0][0] is sre.BRANCH:
        return [_samples(branch, flags) or "a" for branch in nodes[0][1][1]][:8]
    return [_samples(nodes, flags) or "a"]


def _samples(nodes: Any, flags: int, chance: Random | None = None) -> str:  # noqa: ANN401
    return "".join(_sample(kind, value, flags, chance) for kind, value in nodes)


def _sample(kind: Any, value: Any, flags: int, chance: Random | None = None) -> str:  # noqa: ANN401
    """Something short that a part of a pattern matches, more or less: the first that does."""
    match kind:
        case sre.LITERAL:
            return chr(value)
        case sre.IN | sre.ANY | sre.NOT_LITERAL | sre.CATEGORY:
            fitting = [sign for sign in _SAMPLES if _fits((kind, value), sign, flags)]
            if chance and fitting:
                return chance.choice(fitting)
            return fitting[0] if fitting else _first_of(value)
        case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
            least, most, body = value
            times = max(min(least, 50), 1 if most > _FEW else 0)
            if chance:
                times = chance.randint(min(least, 50), min(most, least + 1, 50))
            return "".join(_samples(body, flags, chance) for _ in range(times))
        case sre.SUBPATTERN:
            return _samples(value[3], flags, chance)
        case sre.ATOMIC_GROUP:
            return _samples(value, flags, chance)
        case sre.BRANCH:
            return _samples(chance.choice(value[1]) if chance else value[1][0], flags, chance)
        case sre.ASSERT if value[0] < 0:
            return _samples(value[1], flags, chance)
    return ""


def _first_of(members: Any) -> str:  # noqa: ANN401 - of a private module
    for kind, value in members if isinstance(members, list) else ():
        if kind is sre.LITERAL:
            return chr(value)
        if kind is sre.RANGE:
            return chr(value[0])
    return ""


def _fits(node: Any, sign: str, flags: int) -> bool:  # noqa: ANN401 - of a private module
    kind, value = node
    members = value if kind is sre.IN else [node]
    turned = bool(members) and members[0][0] is sre.NEGATE
    return turned != any(_is_member(m, sign, flags) for m in members)


def _is_member(member: Any, sign: str, flags: int) -> bool:  # noqa: ANN401 - of a private module
    kind, value = member
    match kind:
        case sre.LITERAL:
            return ord(sign) == int(value)
        case sre.NOT_LITERAL:
            return ord(sign) != int(value)
        case sre.RANGE:
            return bool(value[0] <= ord(sign) <= value[1])
        case sre.ANY:
            return sign != "\n" or bool(flags & re.DOTALL)
        case sre.CATEGORY:
            letter = {
                sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D",
                sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_NOT_SPACE: r"\S",
                sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
            }[value]  # fmt: skip
            return re.fullmatch(letter, sign) is not None
    return False
