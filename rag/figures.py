"""The figures of a text as values: number, date or time, with sign, unit and negation.

"-18" is not "18", "2.5" is neither "2" nor "5", 12/03 is not 03/12, 5 kg are not 5 g, and what
"isn't 55" is not 55. Digits, separators and minus signs of both scripts are read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.keywords import normalise

Value = tuple[str | int, ...]

_DIGITS = {
    ord(digit): str(value)
    for ten in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
    for value, digit in enumerate(ten)
}
_UNSEEN = dict.fromkeys(
    [0x200E, 0x200F, 0x061C, 0xFEFF, 0x0640, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_SIGNS: dict[int, str | None] = {**_DIGITS, **_UNSEEN}
_SIGNS |= {ord(sign): "-" for sign in "\u2212\ufe63\uff0d\u2010\u2011"}
_SIGNS |= dict(zip(map(ord, "٪’\u00a0\u202f،؛؟"), "%'  ;;?", strict=True))
_TOKEN = re.compile(
    r"(?:(?<![\w)\]%])-)?\d+(?:[.,:/'٫٬\-–]\d+)*"
    r"|°\s?[CFcf]\b|[^\W\d_]+(?:'[^\W\d_]+)*|[^\s\w]"
)
_FULL_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
_PAIR = re.compile(r"(\d{1,4})/(\d{1,4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_THOUSANDS = re.compile(r"\d{1,3}(?:([,.'٬])\d{3})(?:\1\d{3})*(?:[.,٫]\d+)?")
_DECIMAL = re.compile(r"\d+[.,٫]\d+")
_RANGE = re.compile(r"[-–]")
_POINT = re.compile("[,٫]")
_PARTS = re.compile(r"[,:/'٫٬]")

_WRITTEN = (
    ("one", "واحد", "واحده"),
    ("two", "twice", "second", "اثنان", "اثنين", "اثنتان", "اثنتين", "مرتين"),
    ("three", "third", "ثلاث", "ثلاثه"), ("four", "fourth", "اربع", "اربعه"),
    ("five", "fifth", "خمس", "خمسه"), ("six", "sixth", "ست", "سته"),
    ("seven", "seventh", "سبع", "سبعه"), ("eight", "eighth", "ثمان", "ثماني", "ثمانيه"),
    ("nine", "ninth", "تسع", "تسعه"), ("ten", "tenth", "عشر", "عشره"),
    ("eleven",), ("twelve",),
)  # fmt: skip
"""Numbers that are often written out; what is not here must stand as digits."""
_MONTHS = (
    ("january", "jan", "يناير"), ("february", "feb", "فبراير", "شباط"),
    ("march", "mar", "مارس", "اذار"), ("april", "apr", "ابريل", "نيسان"),
    ("may", "مايو", "ايار"), ("june", "jun", "يونيو", "يونيه", "حزيران"),
    ("july", "jul", "يوليو", "يوليه", "تموز"), ("august", "aug", "اغسطس", "اب"),
    ("september", "sep", "sept", "سبتمبر", "ايلول"), ("october", "oct", "اكتوبر"),
    ("november", "nov", "نوفمبر"), ("december", "dec", "ديسمبر"),
)  # fmt: skip
_UNITS = {
    "%": "% percent percentage بالمئه بالمائه المئه المائه",
    "kg": "kg kgs kilogram kilograms kilo kilos كغ كغم كجم كيلوغرام كيلوجرام كيلوغراما كيلو",
    "g": "g gram grams gramme grammes غ غرام غراما غرامات جرام جراما جرامات",
    "mg": "mg milligram milligrams ملغ ملغم مليغرام ملليغرام مليجرام",
    "t": "tonne tonnes ton tons طن طنا اطنان",
    "km": "km kilometre kilometres kilometer kilometers كم كيلومتر كيلومترا كيلومترات",
    "m": "m metre metres meter meters متر مترا امتار",
    "cm": "cm centimetre centimetres centimeter centimeters سم سنتيمتر سنتيمترا سنتيمترات",
    "mm": "mm millimetre millimetres millimeter millimeters ملم مليمتر مليمترا",
    "mile": "mile miles ميل ميلا اميال",
    "foot": "foot feet ft قدم قدما اقدام",
    "inch": "inch inches بوصه بوصات",
    "l": "l litre litres liter liters لتر لترا لترات ليتر ليترا",
    "ml": "ml millilitre millilitres milliliter milliliters مل مليلتر ملليلتر",
    "s": "second seconds sec ثانيه ثوان ثواني",
    "min": "min mins minute minutes دقيقه دقائق",
    "h": "hour hours hr hrs ساعه ساعات",
    "d": "day days يوم يوما ايام",
    "w": "week weeks اسبوع اسبوعا اسابيع",
    "mo": "month months شهر شهرا اشهر شهور",
    "y": "year years سنه سنوات عام عاما اعوام",
    "°C": "celsius centigrade مئويه",
    "°F": "fahrenheit فهرنهايت",
    "dinar": "dinar dinars دينار دينارا دنانير",
    "dirham": "dirham dirhams درهم درهما دراهم",
    "riyal": "riyal riyals rial rials ريال ريالا ريالات",
    "dollar": "$ dollar dollars usd دولار دولارا دولارات",
    "euro": "€ euro euros eur يورو",
    "pound": "£ pound pounds gbp جنيه جنيها جنيهات",
    "lira": "₺ lira liras ليره ليرات",
}
_UNIT_OF = {
    normalise(word) or word: unit for unit, words in _UNITS.items() for word in words.split()
}
_MONTH_OF = {normalise(word): month for month, words in enumerate(_MONTHS, 1) for word in words}
_VALUE_OF = {word: value for value, words in enumerate(_WRITTEN, 1) for word in words}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_VERBS = _set("may march")
"""With a capital they are months."""
_MINUS = _set("minus negative سالب ناقص")
_BELOW = (("below", "zero"), ("below", "freezing"), ("تحت", "الصفر"), ("دون", "الصفر"))
_NOT = _set(
    "not no never neither nor without cannot isnt arent wasnt werent dont doesnt didnt hasnt havent"
    " hadnt cant couldnt wont wouldnt shouldnt mustnt neednt ليس ليست ليسوا وليس لا لم لن غير"
)
_BOUND = _set(
    "more less fewer over above under below exceed exceeds than later earlier before until till"
    " after only just within for at on in by from of to with every each"
    " اكثر اقل يزيد تزيد يتجاوز تتجاوز يتعدي تتعدي يقل تقل قبل بعد فقط عن خلال في من الي علي كل"
)
"""With these it is not the number that is denied: "not more than 55" is "at most 55", and what
may not be done within 14 days is still about 14 days."""
_BETWEEN = _set("to and or until till - – ; , و الي حتي او")
_NEGATED_WITHIN, _BELOW_WITHIN, _UNIT_WITHIN = 2, 4, 2
_STOPS = frozenset(".;:!?,()")
_APART = 3
"""Tokens between the two ends of a range that is written out: "from 10 to 20"."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what decides whether another is the same.

    `values` are its readings: "1.150" has two. `negated` is None where a bound is spoken of.
    """

    values: frozenset[Value]
    negative: bool = False
    unit: str | None = None
    negated: bool | None = False

    def agrees(self, other: Figure) -> bool:
        """Whether both are the same figure, as far as both tell."""
        return (
            self.negative == other.negative
            and (None in (self.unit, other.unit) or self.unit == other.unit)
            and (None in (self.negated, other.negated) or self.negated == other.negated)
        )


def figures_held(sentence: str, question: str, evidence: Sequence[str]) -> bool:
    """Whether each figure of the sentence stands in the evidence, or in the question alone."""
    said, _ = _figures(sentence, written=False)
    found = [_figures(text, written=True) for text in evidence]
    there = _by_value(figure for figures, _ in found for figure in figures)
    # What the question supposes may be denied.
    asked = _by_value(replace(f, negated=None) for f in _figures(question, written=True)[0])
    for figure in said:
        same = _same(figure, there) or _same(figure, asked)
        if not any(map(figure.agrees, same)):
            return False
    pairs = {pair for _, ranges in found for pair in ranges}
    pairs |= _figures(question, written=True)[1]
    return all(pair in pairs for pair in _ranges(sentence))


def _same(figure: Figure, there: Mapping[Value, set[Figure]]) -> list[Figure]:
    """The figures of the same value; the year of a date may stand apart from its day."""
    values = set(figure.values)
    for kind, *parts in figure.values:
        if kind == "date" and _plain(str(parts[0])) in there:
            values.add(("yearless", *parts[1:]))
    return [other for value in values for other in there.get(value, ())]


def _by_value(figures: Iterable[Figure]) -> dict[Value, set[Figure]]:
    found: dict[Value, set[Figure]] = {}
    for figure in figures:
        for value in figure.values:
            found.setdefault(value, set()).add(figure)
    return found


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.translate(_SIGNS))


def _word(token: str) -> str:
    """A word as the tables above spell it, without "and" or the article before it."""
    if token[0] == "°":
        return "celsius" if token[1:].strip().lower() == "c" else "fahrenheit"
    if not token[0].isalpha():
        return token
    if token in _VERBS:
        return f"{token}…"
    word = normalise(token)
    bare = word[1:] if word[:1] in ("و", "ب", "ل") and word not in _UNIT_OF else word
    return bare if word not in _NOT and (bare in _UNIT_OF or bare in _MONTH_OF) else word


def _figures(text: str, *, written: bool) -> tuple[list[Figure], set[tuple[Value, Value]]]:
    """The figures of a text, and which stand so close that they may be a range.

    `written` reads numbers in words too, and the parts of dates as numbers of their own: what may
    be said of a text that has them.
    """
    tokens = [_word(token) for token in _tokens(text)]
    figures: list[Figure] = []
    ranges: set[tuple[Value, Value]] = set()
    last: tuple[int, frozenset[Value]] | None = None
    for place, token in enumerate(tokens):
        if token.lstrip("-")[:1].isdigit():
            parts = _read(token)
        elif written and token in _VALUE_OF:
            parts = [frozenset({_plain(str(_VALUE_OF[token]))})]
        else:
            continue
        dated = _dated(tokens, place, parts) if len(parts) <= 2 else []
        unit = _unit(tokens, place)
        negative = token[0] == "-" or _below(tokens, place)
        negated = _negated(tokens, place)
        for values in parts:
            if last is not None and place - last[0] <= _APART:
                ranges |= {(low, high) for low in last[1] for high in values}
            last = place, values
            if written or not dated:
                shown = values | (_components(values) if written else frozenset())
                figures.append(Figure(shown, negative, unit, negated))
        for values in dated:
            shown = values | (_components(values) if written else frozenset())
            figures.append(Figure(shown, False, None, negated))
    return figures, ranges


def _ranges(sentence: str) -> Iterator[tuple[Value, Value]]:
    """The ranges that a sentence writes with a dash."""
    for token in _tokens(sentence):
        parts = _read(token) if token[:1].isdigit() and _RANGE.search(token) else []
        for low, high in pairwise(parts):
            yield min(low), min(high)


def _read(token: str) -> list[frozenset[Value]]:
    """The numbers that a token of digits and signs is, each with its readings."""
    token = token.lstrip("-")
    if (found := _ISO_DATE.fullmatch(token)) is not None:
        return [_date(int(found[1]), int(found[2]), int(found[3]))]
    if (found := _FULL_DATE.fullmatch(token)) is not None:
        return [_numeric_date(int(found[1]), int(found[3]), int(found[4]))]
    if (found := _PAIR.fullmatch(token)) is not None:
        return [_pair(int(found[1]), int(found[2]))]
    if (found := _TIME.fullmatch(token)) is not None:
        values: set[Value] = {("time", int(found[1]), int(found[2]))}
        return [frozenset(values | ({_plain(found[1])} if found[2] == "00" else set()))]
    if _THOUSANDS.fullmatch(token) is not None:
        return [_grouped(token)]
    if _DECIMAL.fullmatch(token) is not None:
        return [frozenset({_plain(_POINT.sub(".", token))})]
    if _RANGE.search(token) is not None:
        return [values for part in _RANGE.split(token) for values in _read(part)]
    parts = _PARTS.split(token)
    return [
        frozenset({("version", part)}) if "." in part else frozenset({_plain(part)})
        for part in parts
    ]


def _plain(digits: str) -> Value:
    whole, _, part = digits.partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    return "n", f"{whole}.{part}" if part else whole


def _grouped(token: str) -> frozenset[Value]:
    """A number with groups of three digits; "1.150" may also be a little more than one."""
    marks = [sign for sign in token if not sign.isdigit()]
    decimal = marks[-1] if marks[-1] != marks[0] or marks == ["٫"] else ""
    whole, _, part = token.rpartition(decimal) if decimal else (token, "", "")
    readings = {_plain("".join(filter(str.isdigit, whole)) + (f".{part}" if part else ""))}
    if marks == ["."]:
        readings.add(_plain(token))
    return frozenset(readings)


def _date(year: int | None, month: int, day: int) -> frozenset[Value]:
    return frozenset({("day", month, day) if year is None else ("date", year, month, day)})


def _numeric_date(first: int, second: int, year: int) -> frozenset[Value]:
    """A date in figures: only one of its orders is a date, or both are; then it is as written."""
    if first > 12 >= second:
        return _date(year, second, first)
    if second > 12 >= first:
        return _date(year, first, second)
    if first == second:
        return _date(year, first, second)
    return frozenset({("dmy", first, second, year)})


def _pair(first: int, second: int) -> frozenset[Value]:
    return frozenset({("pair", first, second)})


def _components(values: frozenset[Value]) -> frozenset[Value]:
    """What may be said of a date or a pair without saying all of it."""
    found: set[Value] = set()
    for kind, *parts in values:
        if kind in ("date", "dmy", "day", "pair"):
            found |= {_plain(str(part)) for part in parts}
        if kind == "date":
            found.add(("day", *parts[1:]))
        if kind == "day":
            found.add(("yearless", *parts))
        if kind == "dmy":
            found.add(("pair", *parts[:2]))
    return frozenset(found)


def _dated(
    tokens: Sequence[str], place: int, parts: Sequence[frozenset[Value]]
) -> list[frozenset[Value]]:
    """The dates that these numbers are with the month beside them; `parts` of "1-3 May" are two."""
    month, year_at = _month(tokens, place)
    days = [day for day in range(1, 32) for values in parts if _plain(str(day)) in values]
    if month is None or len(days) != len(parts):
        return []
    year = _year(tokens, year_at)
    return [_date(year, month, day) for day in days]


def _month(tokens: Sequence[str], place: int) -> tuple[int | None, int]:
    """The month that a day belongs to, and where its year would stand."""
    if place and tokens[place - 1] in _MONTH_OF:
        return _MONTH_OF[tokens[place - 1]], place + 1
    at = place + 1
    if tokens[at : at + 1] and tokens[at] in ("st", "nd", "rd", "th"):
        at += 1
    if tokens[at : at + 1] == ["of"]:
        at += 1
    between = tokens[at : at + 3]  # "1 to 3 May"
    if len(between) == 3 and between[0] in _BETWEEN and between[1].isdigit():
        at += 2
    if tokens[at : at + 1] and tokens[at] in _MONTH_OF:
        return _MONTH_OF[tokens[at]], at + 1
    return None, at


def _year(tokens: Sequence[str], at: int) -> int | None:
    for token in tokens[at : at + 2]:
        if token.isdigit() and len(token) == 4:
            return int(token)
        if token not in (",", ";", "من", "لعام", "عام", "سنه"):
            break
    return None


def _unit(tokens: Sequence[str], place: int) -> str | None:
    """The unit beside a number: a sign before it, or a word or sign behind it."""
    if place and tokens[place - 1] in ("$", "€", "£", "₺"):
        return _UNIT_OF[tokens[place - 1]]
    for token in tokens[place + 1 : place + 1 + _UNIT_WITHIN]:
        if token in _STOPS or token[0].isdigit():
            break
        if token in _UNIT_OF:
            return _UNIT_OF[token]
    return None


def _below(tokens: Sequence[str], place: int) -> bool:
    """Whether words make the number a negative one."""
    if place and tokens[place - 1] in _MINUS:
        return True
    behind = tokens[place + 1 : place + 1 + _BELOW_WITHIN]
    return any(pair in _BELOW for pair in pairwise(behind))


def _negated(tokens: Sequence[str], place: int) -> bool | None:
    """Whether the words right before a number deny it; None where they bound it."""
    before: list[str] = []
    for token in reversed(tokens[max(0, place - _NEGATED_WITHIN) : place]):
        if token in _STOPS or token[0].isdigit():
            break
        before.append(token)
    if before[:1] == ["no"] or not any(word in _NOT for word in before):  # "invoice no 55"
        return False
    return None if any(word in _BOUND for word in before) else True
