"""Reads values with what stands beside them: amounts, places, bounds, prepositions, codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from rag.values import words as table
from rag.values.dates import YEAR, ordinal_at, read_date, read_time, read_weekday
from rag.values.item import COUNTS, Found, Item
from rag.values.numbers import NUMBER, SCALE_NAMES, SCALES, in_words, plain_value, readings
from rag.values.tokens import Words, is_numeric_date
from rag.values.units import COINS, DUALS, UNITS, Unit, form_behind
from rag.values.words import Pair, key

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^@\s]+@[^@\s]+")
_CODE = re.compile(
    r"(?=[A-Za-z_./-]*\d)[A-Za-z][A-Za-z0-9_./-]*|(?=[0-9_./-]*[A-Z])\d[A-Za-z0-9_./-]*"
)
_TELEPHONE = re.compile(r"\d[\d.,:]*-\d[\d.,:]*")
_DOTTED = re.compile(r"\d+(?:\.\d+)+")
_KNOWN = UNITS.keys() | table.KNOWN
_LONGEST_CODE = 40
_LETTER = re.compile("[A-Z]")
SIGNS = {"ar": {",": "،", ";": "؛", "?": "؟", "“": "«", "”": "»"},
         "en": {"،": ",", "؛": ";", "؟": "?", "«": "“", "»": "”"}}  # fmt: skip
_HALF = ("ونصف", "والنصف")


# --- Amounts ----------------------------------------------------------------------------------


def read_amount(words: Words, at: int, before: Sequence[Item] = ()) -> Found:
    """A number with the coin before it or the unit behind it: "4.5 litres", «تسعة أعضاء»."""
    coin = words.said[at] if words.said[at] in COINS else ""
    dual = words.phrase(at, DUALS)
    if dual is not None:
        number, behind = _with_half(words, "2", dual[1])
        return counted(number, dual[0]), behind
    found = number_at(words, at + bool(coin))
    if found is None:
        return None if coin else _single(words, at)
    number, behind = _with_half(words, *found)
    scale = SCALES.get(words.key(behind))
    unit = (UNITS[COINS[coin]], behind + bool(scale)) if coin else (
        words.phrase(behind + bool(scale), UNITS)
    )  # fmt: skip
    if scale:
        item = _scaled(number, scale, unit[0] if unit else None)
        return item, (unit[1] if unit else behind + 1)
    if unit is None:
        return Item("number", number, number, fact=_number_fact(number)), behind
    number, behind = _with_half(words, number, unit[1])
    item = counted(number, unit[0])
    return (replace(item, en=f"{coin}{number}") if coin else item), behind


def number_at(words: Words, at: int) -> tuple[str, int] | None:
    """A number in digits or in words, as digits, and the place behind it."""
    if NUMBER.fullmatch(words.key(at)):
        order = words.touches(at + 1) and ordinal_at(words, at) is not None
        return None if order else (words.key(at), at + 1)
    found = in_words(words, at) if at < len(words) else None
    if found is None:
        return None
    return (f"{found[0]:,}" if found[0] >= 10_000 else str(found[0])), found[1]


def counted(number: str, unit: Unit) -> Item:
    """So many of a unit."""
    english, arabic = unit.counted(number, "en"), unit.counted(number, "ar")
    fact = f"{_number_fact(number)} {unit.name}" if number != "1" else ""
    oblique = unit.counted(number, "ar", oblique=True)
    return Item("amount", english, arabic, oblique, fact=fact, unit=unit)


def _number_fact(number: str) -> str:
    if number == "1":
        return ""
    return f"{'-' * number.startswith('-')}{min(readings(number)[0])[1]}"


def _scaled(number: str, scale: int, unit: Unit | None) -> Item:
    """Thousands or millions, of a unit or not: "6 million dinars", «6 ملايين دينار»."""
    english, arabic, many = SCALE_NAMES[scale]
    english = f"{number} {english} {unit.plural if unit else ''}".strip()
    arabic = many if form_behind(number) == "plural" else arabic
    arabic = f"{number} {arabic} {unit.arabic if unit else ''}".strip()
    value = f"{Decimal(_number_fact(number) or 1) * scale:f}"
    fact = f"{plain_value(value)[1]} {unit.name if unit else ''}".strip()
    return Item("amount" if unit else "number", english, arabic, fact=fact, unit=unit)


def _with_half(words: Words, number: str, at: int) -> tuple[str, int]:
    """A number with the half that stands behind it: «ونصف», "and a half"."""
    if not number.isdecimal():
        return number, at
    if words.key(at) in _HALF:
        return f"{number}.5", at + 1
    half = tuple(words.keys[at : at + 3]) == ("and", "a", "half")
    return (f"{number}.5", at + 3) if half else (number, at)


def _single(words: Words, at: int) -> Found:
    """One of something: "a month", «شهر واحد», «نصف ساعة»."""
    half = words.key(at) in ("half", "نصف")
    article = words.key(at + half) in ("a", "an")
    found = words.phrase(at + half + article, UNITS)
    if found is None:
        return None
    unit, behind = found
    if words.keys[at + half + article] != key((unit.name if article else unit.arabic).split()[0]):
        return None
    one = f"{'an' if unit.name[0] in 'aeio' or unit.name == 'hour' else 'a'} {unit.name}"
    if half:
        return Item("amount", f"half {one}", f"نصف {unit.arabic}", unit=unit), behind
    said = words.key(behind) in ("واحد", "واحده", "واحدا")
    number, end = _with_half(words, "1", behind + said)
    if said or number != "1":
        return counted(number, unit), end
    implied = article or unit.kind == "time"
    return (Item("amount", one, unit.arabic, fact="", unit=unit), behind) if implied else None


# --- Codes and places -------------------------------------------------------------------------


def is_code(word: str) -> bool:
    """Whether a word is an identifier or an address, the same in any language."""
    if _ADDRESS.fullmatch(word):
        return True
    return len(word) <= _LONGEST_CODE and _CODE.fullmatch(word) is not None


def _code(words: Words, at: int, before: Sequence[Item]) -> Found:
    """A code, an address, a telephone number or a date in figures, which stay as they are."""
    said, number = words.said[at], words.key(at + 1)
    name = said.isascii() and said.isalpha() and said[0].isupper() and words.keys[at] not in _KNOWN
    capitals = said.isupper() and said[1:] and number.isdecimal()
    if name and (_DOTTED.fullmatch(number) or capitals):  # "Birch 1.02", "ISO 9001"
        return Item("code", f"{said} {number}", f"{said} {number}"), at + 2
    if is_code(said) or is_numeric_date(said) or _TELEPHONE.fullmatch(said):
        return Item("code", said, said), at + 1
    return None


def _place(words: Words, at: int, before: Sequence[Item]) -> Found:
    """A room, a floor or a number with what it is called: "room 114", «الطابق الثاني»."""
    order = ordinal_at(words, at + (words.key(at) == "the"))
    if order is not None and words.said[at].isascii():
        place = words.phrase(order[1], table.PLACES)
        return _in_order(order[0], *place) if place is not None else None
    place = words.phrase(at, table.PLACES)
    if place is None:
        return None
    pair, behind = place
    order = ordinal_at(words, behind)
    if order is not None:
        return _in_order(order[0], pair, order[1])
    label = words.said[behind] if behind < len(words) else ""
    if not (NUMBER.fullmatch(label) or is_code(label) or _LETTER.fullmatch(label)):
        return None
    if words.key(behind + 1) in UNITS:
        return None
    return Item("place", f"{pair[0]} {label}", f"{pair[1]} {label}"), behind + 1


def _in_order(value: int, place: Pair, behind: int) -> Found:
    return (Item("place", *table.ordinal(value, place)), behind) if value <= 12 else None


def _order(words: Words, at: int, before: Sequence[Item]) -> Found:
    """A place in an order, whatever it is of: "the third", «الثالث», and «الشهران» as two."""
    order = ordinal_at(words, at)
    if order is not None:
        return Item("place", str(order[0]), str(order[0])), order[1]
    unit = DUALS.get(words.key(at).removeprefix("ال"))
    return (counted("2", unit), at + 1) if unit is not None else None


# --- Small words ------------------------------------------------------------------------------


def _per(words: Words, at: int, before: Sequence[Item]) -> Found:
    """How often, or for each of what: "a week" behind a number, «لكل شخص», «كل شهر»."""
    counts = bool(before) and before[-1].kind in (*COUNTS, "alone")
    first, second = words.key(at), words.key(at + 1)
    if first[:2] == "لل" and counts:
        return _per_item(_one(first[2:]), at + 1)
    if first == "في" and second[:2] == "ال" and counts and not words.phrase(at + 2, table.HOURS):
        return _per_item(_one(second[2:]), at + 2)
    if first in ("per", "لكل") or (first in ("a", "an", "each") and counts):
        return _per_item(_one(second), at + 2)
    unit = _one(second) if first in ("every", "each", "كل") else None
    return (Item("alone", f"every {unit.name}", f"كل {unit.arabic}"), at + 2) if unit else None


def _one(spelt: str) -> Unit | None:
    """The unit that a word names in the singular."""
    unit = UNITS.get(spelt)
    return unit if unit is not None and spelt in (key(unit.name), key(unit.arabic)) else None


def _per_item(unit: Unit | None, behind: int) -> Found:
    if unit is None:
        return None
    arabic = f"في ال{unit.arabic}" if unit.kind == "time" else f"لكل {unit.arabic}"
    return Item("per", f"per {unit.name}", arabic), behind


def _bound(words: Words, at: int, before: Sequence[Item]) -> Found:
    if (found := words.phrase(at, table.BOUNDS_BEHIND)) is not None:
        return Item("bound behind", *found[0]), found[1]
    found = words.phrase(at, table.BOUNDS)
    return (Item("bound", *found[0]), found[1]) if found is not None else None


def _alone(words: Words, at: int, before: Sequence[Item]) -> Found:
    found = words.phrase(at, table.ALONE)
    if found is None:
        return None
    everything = at == 0 and found[1] == len(words)
    answer = found[0][0] in ("yes", "no", "none")
    return None if answer and not everything else (Item("alone", *found[0]), found[1])


def _preposition(words: Words, at: int, before: Sequence[Item]) -> Found:
    said = words.key(at)
    if said in ("every", "each", "كل"):
        return Item("before", "every", "كل"), at + 1
    if said == "of" and before and before[-1].kind in COUNTS:
        return Item("before", "of", "من"), at + 1
    if said in ("ل", "ب"):
        return Item("before", "for", said), at + 1
    found = words.phrase(at, table.BEFORE)
    if found is None:
        return None
    (english, arabic), behind = found
    if said == "حتي" and not _is_day(words, behind):
        english = "up to"
    return Item("before", english, arabic), behind


def _is_day(words: Words, at: int) -> bool:
    """Whether a time or a day follows, until which something is."""
    until = [Item("before", "until", "حتى")]
    return at < len(words) and (
        YEAR.fullmatch(words.key(at)) is not None
        or any(reader(words, at, until) for reader in (read_time, read_date, read_weekday))
    )


def _conjunction(words: Words, at: int, before: Sequence[Item]) -> Found:
    found = words.phrase(at, table.AND)
    return (Item("and", *found[0]), found[1]) if found is not None else None


def _sign(words: Words, at: int, before: Sequence[Item]) -> Found:
    sign = words.said[at]
    if len(sign) > 1 or sign.isalnum() or sign in "%$€£₺":
        return None
    if sign in "–—-" and words.touches(at) and words.touches(at + 1):
        return Item("dash", "–", "–"), at + 1
    return Item("sign", SIGNS["en"].get(sign, sign), SIGNS["ar"].get(sign, sign)), at + 1


Reader = Callable[[Words, int, Sequence[Item]], Found]
_DAYS: tuple[Reader, ...] = (_code, read_time, read_date, read_weekday)
_SMALL: tuple[Reader, ...] = (read_amount, _preposition, _conjunction)
_ITEMS: tuple[Reader, ...] = (*_DAYS, _place, _per, _bound, _alone, *_SMALL, _sign)
_FACTS: tuple[Reader, ...] = (*_DAYS, *_SMALL, _order)


def read_item(words: Words, at: int, before: Sequence[Item], *, facts: bool = False) -> Found:
    """The value or small word that begins there; of `facts`, only what two texts may share."""
    readers = _FACTS if facts else _ITEMS
    found = (reader(words, at, before) for reader in readers)
    return next((one for one in found if one is not None), None)
