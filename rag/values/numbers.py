"""Reads numbers: digits with their separators, and words of both languages."""

from __future__ import annotations

import re

from rag.values.tokens import Words
from rag.values.units import COINS, DUALS, MEASURES, UNITS, unit_of
from rag.values.words import key

Value = tuple[str | int, ...]
"""A kind and what makes two of it the same: ("n", "2.5"), ("date", 2024, 12, 3)."""

LONGEST_NUMBER = 20
"""Characters; what is longer is not reckoned with."""
NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)")
"""A number that is written in one way in both languages."""
_FULL_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
_PAIR = re.compile(r"(\d{1,4})/(\d{1,4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_THOUSANDS = re.compile(r"\d{1,3}(?:([,.'])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
_DIGITS = re.compile(r"\d+(?:\.\d+)*")


def readings(token: str) -> list[frozenset[Value]]:
    """The numbers in a token, each with all its readings: "1.150" has two."""
    token = token.lstrip("-")
    if (found := _ISO_DATE.fullmatch(token)) is not None:
        return [frozenset({("date", int(found[1]), int(found[2]), int(found[3]))})]
    if (found := _FULL_DATE.fullmatch(token)) is not None:
        return [frozenset({_numeric_date(int(found[1]), int(found[3]), int(found[4]))})]
    if (found := _PAIR.fullmatch(token)) is not None:
        return [frozenset({("pair", int(found[1]), int(found[2]))})]
    if (found := _TIME.fullmatch(token)) is not None:
        values: set[Value] = {("time", int(found[1]), int(found[2]))}
        return [frozenset(values | ({plain_value(found[1])} if found[2] == "00" else set()))]
    if _THOUSANDS.fullmatch(token) is not None:
        return [_grouped(token)]
    if _DECIMAL.fullmatch(token) is not None:
        return [frozenset({plain_value(token.replace(",", "."))})]
    return [
        frozenset({("version", part) if _VERSION.fullmatch(part) else plain_value(part)})
        for part in _DIGITS.findall(token)
    ]


def plain_value(digits: str) -> Value:
    """A plain number, without zeros that say nothing."""
    whole, _, part = digits.partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    return "n", f"{whole}.{part}" if part else whole


def _grouped(token: str) -> frozenset[Value]:
    """A number with groups of three digits; "1.150" may also be a little more than one."""
    marks = [sign for sign in token if not sign.isdigit()]
    decimal = marks[-1] if marks[-1] != marks[0] else ""
    whole, _, part = token.rpartition(decimal) if decimal else (token, "", "")
    found = {plain_value("".join(filter(str.isdigit, whole)) + (f".{part}" if part else ""))}
    return frozenset(found | ({plain_value(token)} if marks == ["."] else set()))


def _numeric_date(first: int, second: int, year: int) -> Value:
    """A date in figures; where both orders would be a date, it is compared as it is written."""
    if first > 12 >= second or first == second:
        return "date", year, second, first
    if second > 12 >= first:
        return "date", year, first, second
    return "dmy", first, second, year


# --- In words ---------------------------------------------------------------------------------

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ARABIC = (
    "واحد/واحدة", "اثنان/اثنين/اثنتان/اثنتين", "ثلاث/ثلاثة", "أربع/أربعة", "خمس/خمسة", "ست/ستة",
    "سبع/سبعة", "ثمان/ثماني/ثمانية", "تسع/تسعة", "عشر/عشرة",
)  # fmt: skip
_ARABIC_TENS = "عشر ثلاث أربع خمس ست سبع ثمان تسع"
_ARABIC_BEFORE_TEN = {"احد": 1, "احدي": 1, "اثنا": 2, "اثني": 2, "اثنتا": 2, "اثنتي": 2}
"""As one and two are spelt in eleven and twelve."""
_HUNDREDS = ("مئة", "مائة")
SCALE_NAMES = {1000: ("thousand", "ألف", "آلاف"), 1_000_000: ("million", "مليون", "ملايين"),
               1_000_000_000: ("billion", "مليار", "مليارات")}  # fmt: skip


def _values() -> dict[str, int]:
    values = {word: value for value, word in enumerate(_ENGLISH.split())}
    values |= {word: 10 * ten for ten, word in enumerate(_ENGLISH_TENS.split(), 2)}
    for value, words in enumerate(_ARABIC, 1):
        for word in words.split("/"):
            values[key(word)] = value
            if 3 <= value <= 9:
                values |= {key(word + hundred): 100 * value for hundred in _HUNDREDS}
    for ten, word in enumerate(_ARABIC_TENS.split(), 2):
        values |= {key(word + end): 10 * ten for end in ("ون", "ين")}
    for hundred in _HUNDREDS:
        values[key(hundred)] = 100
        values |= {key(f"{hundred[:-1]}ت{end}"): 200 for end in ("ا", "ان", "ين", "ي")}
    return values


_VALUE = _values()
SCALES = {key(f"{word}{end}"): scale
          for scale, words in SCALE_NAMES.items()
          for word in words for end in ("", "ا")}  # fmt: skip
_TWICE = {key(f"{words[1]}{end}"): 2 * scale
          for scale, words in SCALE_NAMES.items() for end in ("ان", "ين")}  # fmt: skip
_TWO_OF = {key(f"{words[1]}ا"): 2 * scale for scale, words in SCALE_NAMES.items()}
"""«ألفا دينار», with a noun behind it, is two thousand."""
_JOINED = frozenset((*_VALUE, *SCALES, *_TWICE))
_HUNDRED_KEYS = frozenset(map(key, _HUNDREDS))
_MOST = 10**15


def in_words(words: Words, at: int) -> tuple[int, int] | None:
    """The number that words count with, and the place behind it: "one hundred and twenty"."""
    total = part = 0
    start = at
    while at < len(words) and total < _MOST:
        said = words.keys[at]
        joined = at > start and said[:1] == "و" and said[1:] in _JOINED
        said = said[1:] if joined else said
        value, behind = _value(words, at, said)
        if (
            value is not None
            and (at == start or joined or said.isascii())
            and _fits(part, value, joined)
        ):
            part += value
        elif said in _TWO_OF and not part:
            if words.key(at + 1) not in UNITS:  # or a thousand, in the accusative
                break
            total, behind = total + _TWO_OF[said], at + 1
        elif said in SCALES and (part or not said.isascii()):
            if at > start and not (part or joined):
                break
            total, part, behind = total + SCALES[said] * (part or 1), 0, at + 1
        elif said in _TWICE and (at == start or joined):
            total, behind = total + _TWICE[said], at + 1
        elif said == "hundred" and 0 < part < 10:
            part, behind = part * 100, at + 1
        elif said == "and" and part >= 100 and words.key(at + 1).split("-")[0] in _VALUE:
            behind = at + 1
        else:
            break
        at = behind
    return (total + part, at) if at > start else None


def _value(words: Words, at: int, said: str) -> tuple[int | None, int]:
    """The value of one word, or of two: «خمسة عشر», «ثلاث مئة», "a hundred"."""
    following = words.key(at + 1)
    if said == "a" and (following == "hundred" or following in SCALES):
        return 1, at + 1
    one = _ARABIC_BEFORE_TEN.get(said, _VALUE.get(said))
    if one is not None and one < 10 and following in ("عشر", "عشره"):
        return 10 + one, at + 2
    if one is not None and 3 <= one < 10 and following in _HUNDRED_KEYS:
        return 100 * one, at + 2
    if "-" in said:  # twenty-five
        parts = [_VALUE.get(word) for word in said.split("-", 2)]
        tens, ones = (parts[0] or 0, parts[1] or 0) if len(parts) == 2 else (0, 0)
        return (tens + ones if tens >= 20 and 0 < ones < 10 else None), at + 1
    return _VALUE.get(said), at + 1


def _fits(part: int, value: int, joined: bool) -> bool:
    """Whether a number word may stand behind others: "twenty five", not "five five"."""
    if part == 0:
        return True
    if part % 100 == 0:
        return value < 100
    if joined:  # Arabic says the ones first: «خمسة وعشرون»
        return part % 100 < 10 and 20 <= value < 100
    return part % 10 == 0 and part % 100 >= 20 and value < 10


# --- With a unit ------------------------------------------------------------------------------

_EACH = frozenset(("/", "per", "a", "an", "each", "every", "لكل", "كل"))
_UNIT_WITHIN = 2
"""A unit stands at most so many words behind its number: "two full days"."""


def unit_beside(words: Words, at: int, behind: int) -> str | None:
    """The unit of the number from `at` to `behind`; none where it is so much "per" that unit."""
    if words.key(at - 1) in COINS:
        return COINS[words.key(at - 1)]
    dual = words.phrase(at, DUALS)
    if dual is not None:
        return unit_of(dual[0].name)
    behind += words.key(behind) in SCALES
    if words.key(behind) in ("-", "–") and words.key(behind + 1)[:1].isdigit():
        behind += 2  # "10-20 days"
    for place in range(behind, min(behind + _UNIT_WITHIN, len(words))):
        found = words.phrase(place, MEASURES)
        if found is not None:
            return found[0]
        word = words.key(place)
        if word in _EACH or not word[0].isalpha():
            return None
        if (unit := unit_of(word)) is not None:
            return unit
    return None
