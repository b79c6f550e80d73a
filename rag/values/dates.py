"""Reads dates, weekdays and times of day, in digits and in words, and writes dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index import Language
from rag.values.item import Found, Item
from rag.values.tokens import Words
from rag.values.words import HOURS, MONTH_NAMES, MONTHS, ORDINALS, SUFFIXES, WEEKDAYS, phrase_key

YEAR = re.compile(r"(?:1[0-9]|20|21)\d\d")
DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_HOUR = re.compile(r"0?[1-9]|1[0-2]")
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
_YEAR_NAMED = frozenset(("عام", "سنه", "لعام", "لسنه"))
_ERA = frozenset(("م", "ميلادي", "ميلاديه"))


@dataclass(frozen=True, slots=True)
class Day:
    """A day, a month or both, with the year where it is said; 0 where something is not."""

    day: int
    month: int
    year: int

    def text(self, language: Language) -> str:
        """As that language writes it: "3 December 2024"."""
        month = MONTH_NAMES[language][self.month - 1]
        return " ".join(str(part) for part in (self.day, month, self.year) if part)


def spelt_day(day: date, language: Language) -> str:
    """A date as that language writes it."""
    return Day(day.day, day.month, day.year).text(language)


def day_at(words: Words, at: int) -> tuple[Day, int] | None:
    """The date that begins there, with a month in a word, and the place behind it."""
    day, behind = _day(words, at)
    behind += behind > at and words.key(behind) in ("of", "من")
    month = words.phrase(behind, MONTHS)
    if month is None:
        return None
    number, behind = month
    if not day and words.said[at].isascii():  # "October 28, 2025"
        day, behind = _day(words, behind)
        comma = day and words.key(behind) == "," and YEAR.fullmatch(words.key(behind + 1))
        behind += bool(comma)
    year, behind = _year(words, behind)
    return Day(day, number, year), behind


def ordinal_at(words: Words, at: int) -> tuple[int, int] | None:
    """A place in an order, and the place behind it: "third", "3rd"."""
    if words.key(at + 1) in SUFFIXES and words.touches(at + 1) and DAY.fullmatch(words.key(at)):
        return int(words.key(at)), at + 2
    return words.phrase(at, ORDINALS)


def _day(words: Words, at: int) -> tuple[int, int]:
    """The day of a month; 0 for none."""
    order = ordinal_at(words, at)
    if order is not None:
        of = words.said[at][:1].isdigit() or words.key(order[1]) in ("of", "من")
        return order if of else (0, at)
    return (int(words.key(at)), at + 1) if DAY.fullmatch(words.key(at)) else (0, at)


def _year(words: Words, at: int) -> tuple[int, int]:
    """A year, with or without the word before it and the sign of the era; 0 for none."""
    at_year = at + (words.key(at) in _YEAR_NAMED)
    if YEAR.fullmatch(words.key(at_year)) is None:
        return 0, at
    return int(words.key(at_year)), at_year + 1 + (words.key(at_year + 1) in _ERA)


def read_date(words: Words, at: int, before: Sequence[Item]) -> Found:
    """A date with a month in a word, or a year that is named as one: «عام 2025», «2025م»."""
    found = day_at(words, at)
    if found is not None:
        day, behind = found
        return Item("date", day.text("en"), day.text("ar")), behind
    year, behind = _year(words, at)
    return (Item("year", str(year), f"عام {year}"), behind) if behind > at + 1 else None


def read_weekday(words: Words, at: int, before: Sequence[Item]) -> Found:
    named = words.key(at) in ("يوم", "يوما", "يومي", "ايام")
    found = words.phrase(at + named, WEEKDAYS)
    if found is None:
        return None
    (english, arabic), behind = found
    day = named or (bool(before) and before[-1].en == "on" and words.said[at].isascii())
    return Item("weekday", english, f"يوم {arabic}" if day else arabic), behind


# --- Times of day -----------------------------------------------------------------------------

_PARTS_OF_DAY = {
    phrase_key(phrase): part
    for part, phrases in (
        ("am", "صباحا/فجرا/ص/قبل الظهر/في الصباح"),
        ("pm", "مساء/عصرا/م/بعد الظهر/في المساء"),
        ("noon", "ظهرا"),
        ("night", "ليلا"),
    )
    for phrase in phrases.split("/")
}
_ENGLISH_PARTS = {"am": "am", "pm": "pm", "a.m": "am", "p.m": "pm", "noon": "pm",
                  "midnight": "am", "oclock": ""}  # fmt: skip
_NAMED = {"noon": ("noon", "الظهر", "12 pm"), "midday": ("noon", "الظهر", "12 pm"),
          "midnight": ("midnight", "منتصف الليل", "12 am"),
          "منتصف الليل": ("midnight", "منتصف الليل", "12 am")}  # fmt: skip
_MINUTES = {"والنصف": 30, "ونصف": 30, "والربع": 15, "وربع": 15, "والثلث": 20, "وثلث": 20}
_BEFORE_TIME = frozenset(("from", "to", "until", "between", "after", "before"))


def read_time(words: Words, at: int, before: Sequence[Item]) -> Found:
    """A time of day: "9:30", "8 am", «الثامنة والنصف صباحًا»."""
    named = words.phrase(at, _NAMED)
    if named is not None:
        (english, arabic, fact), behind = named
        return Item("time", english, arabic, fact=fact), behind
    said_so = words.key(at) in ("الساعه", "ساعه") and at + 1 < len(words)
    at += said_so
    clock, spoken = _CLOCK.fullmatch(words.key(at)), words.phrase(at, HOURS)
    if clock:
        hour, minute, behind = int(clock[1]), clock[2], at + 1
    elif spoken:
        (hour, behind), minute = spoken, ""
        if words.key(behind) in _MINUTES:
            minute, behind = str(_MINUTES[words.key(behind)]), behind + 1
        elif words.key(behind) == "الا":  # "a quarter to": the hour alone would be wrong
            return None
    elif _HOUR.fullmatch(words.key(at)):
        hour, minute, behind = int(words.key(at)), "", at + 1
    else:
        return None
    short = words.key(behind) == "م"  # or metres
    if short and not (clock or said_so or any(item.kind == "time" for item in before[-3:])):
        return None
    part, behind = _part_of_day(words, behind, hour)
    sure = said_so or (clock and ":" in clock[0]) or (spoken and (minute or _near(before)))
    if part is None and not sure:
        return None
    if clock and not part:
        return Item("time", clock[0], clock[0], fact=_fact(hour, minute, "")), behind
    return _time(hour, minute, part or ""), behind


def _near(before: Sequence[Item]) -> bool:
    """Whether what stands before an hour in a word says that it is one: "from", "until"."""
    if not before or before[-1].kind not in ("before", "and"):
        return False
    return before[-1].en in _BEFORE_TIME or any(item.kind == "time" for item in before[-3:])


def _time(hour: int, minute: str, part: str) -> Item:
    said = f"{hour}:{minute or '00'}" if minute or not part else str(hour)
    arabic = f"{said} {_in_arabic(hour, part)}".strip()
    return Item("time", f"{said} {part}".strip(), arabic, fact=_fact(hour, minute, part))


def _fact(hour: int, minute: str, part: str) -> str:
    """A time in one spelling, with the hour in front: 9:00 am is "9 am"."""
    said = str(hour) if minute in ("", "00") else f"{hour}:{minute}"
    return f"{said} {part.replace('noon', 'pm')}".strip()


def _in_arabic(hour: int, part: str) -> str:
    """What Arabic says for am and pm, by the hour."""
    if part != "pm":
        return "" if not part else "ليلًا" if hour == 12 else "صباحًا"
    hour %= 12
    return "ظهرًا" if hour == 0 else "بعد الظهر" if hour < 5 else "مساءً" if hour < 9 else "ليلًا"


def _part_of_day(words: Words, at: int, hour: int) -> tuple[str | None, int]:
    """What English says for the part of the day behind an hour; None where none is said."""
    if hour > 12:
        return None, at
    if words.key(at) in _ENGLISH_PARTS:
        stop = "." in words.key(at) and words.key(at + 1) == "."
        return _ENGLISH_PARTS[words.key(at)], at + 1 + stop
    found = words.phrase(at, _PARTS_OF_DAY)
    if found is None:
        return None, at
    part, behind = found
    if part == "noon":  # «الثانية ظهرًا» is 2 pm
        part = "noon" if hour == 12 else "am" if hour in (10, 11) else "pm"
    if part == "night":  # «الثانية ليلًا» is 2 am
        part = "pm" if 6 <= hour < 12 else "am"
    return part, behind
