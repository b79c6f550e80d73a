"""The small words that stand in values, English and Arabic side by side.

One row is one meaning: English left of "=", Arabic right of it. "/" parts several ways to say it,
of which the first is written and the others are only read.
"""

from __future__ import annotations

import re

from index import Language
from index.text.keywords import normalise

Pair = tuple[str, str]
"""What is written in English and in Arabic."""

_ARABIC = re.compile("[\u0621-\u064a\ufb50-\ufdff\ufe70-\ufefc]")

_MONTHS = """
January/Jan = يناير/كانون الثاني/جانفي
February/Feb = فبراير/شباط/فيفري
March/Mar = مارس/آذار
April/Apr = أبريل/نيسان/أفريل
May = مايو/أيار/ماي
June/Jun = يونيو/يونيه/حزيران/جوان
July/Jul = يوليو/يوليه/تموز/جويلية
August/Aug = أغسطس/آب/أوت
September/Sep/Sept = سبتمبر/أيلول
October/Oct = أكتوبر/تشرين الأول
November/Nov = نوفمبر/تشرين الثاني
December/Dec = ديسمبر/كانون الأول
"""
_WEEKDAYS = """
Sunday/Sundays/Sun = الأحد
Monday/Mondays/Mon = الاثنين
Tuesday/Tuesdays/Tue/Tues = الثلاثاء
Wednesday/Wednesdays/Wed = الأربعاء
Thursday/Thursdays/Thu/Thur/Thurs = الخميس
Friday/Fridays/Fri = الجمعة
Saturday/Saturdays/Sat = السبت
"""
_ORDINALS = """
first = الأول/الأولى
second = الثاني/الثانية
third = الثالث/الثالثة
fourth = الرابع/الرابعة
fifth = الخامس/الخامسة
sixth = السادس/السادسة
seventh = السابع/السابعة
eighth = الثامن/الثامنة
ninth = التاسع/التاسعة
tenth = العاشر/العاشرة
eleventh = الحادي عشر/الحادية عشرة/الحادية عشر
twelfth = الثاني عشر/الثانية عشرة/الثانية عشر
"""
"""The Arabic masculine, then the feminine, which also names the hours of the clock."""
_PLACES = """
number/no = الرقم/رقم
extension/ext = التحويلة/تحويلة
room = الغرفة/غرفة
hall = القاعة/قاعة
building = المبنى/مبنى
platform = الرصيف/رصيف
gate = البوابة/بوابة
floor/storey = الطابق/طابق/الدور
page = الصفحة/صفحة
section = القسم/قسم
clause = البند/بند
article = المادة/مادة
chapter = الفصل/فصل
line = الخط/خط
level = المستوى/مستوى
"""
_BEFORE = """
from/starting from/as of/with effect from = من/ابتداءً من/اعتبارًا من/بدءًا من
to = إلى
until/till/up to/through = حتى/لغاية
between = بين
within = خلال/في غضون
in = في
on/at = في
after = بعد
before = قبل
since = منذ
by = بحلول
for/for a period of = لمدة/مدة
out of = من أصل/من بين
without = دون/من دون/بدون/بلا
except/except for/except on/apart from = ما عدا/عدا/باستثناء
"""
_ALONE = """
free/free of charge/for free/at no charge/no charge = مجانًا/مجاني/مجانية/بالمجان
yes = نعم
no = لا
none = لا شيء/لا يوجد
daily = يوميًا
weekly = أسبوعيًا
monthly = شهريًا
yearly/annually = سنويًا
once = مرة واحدة
twice = مرتين/مرتان
ground floor/the ground floor = الطابق الأرضي/الدور الأرضي
Ramadan = رمضان/شهر رمضان
"""
_BOUNDS_BEHIND = """
at least/a minimum of/no less than/not less than/minimum = على الأقل/كحد أدنى/بحد أدنى/لا يقل عن/لا تقل عن
at most/a maximum of/no more than/not more than/maximum = على الأكثر/كحد أقصى/بحد أقصى/لا يزيد على/لا تزيد على/لا يزيد عن/لا تزيد عن/لا يتجاوز/لا تتجاوز
only/just = فقط
"""  # noqa: E501
"""Arabic writes them behind the number."""
_BOUNDS = """
more than/over/above = أكثر من/تزيد على/يزيد على/تزيد عن/يزيد عن/فوق
less than/under/below = أقل من/تحت
about/around/approximately/roughly = نحو/حوالي/قرابة/تقريبًا
exactly = بالضبط/تمامًا
"""
_VERBS = frozenset(("may", "march", "mar", "jan", "sun", "sat", "mon", "wed"))
"""Only with a capital are they months or days."""


def key(word: str) -> str:
    """A word as the tables spell it: small Latin letters, Arabic in one spelling."""
    if word in _VERBS:
        return f"{word}…"
    if _ARABIC.search(word):
        return normalise(word) or word
    if len(word) == 1 and word != "A":  # "5 m" is no "5 M"
        return word
    return word.lower().replace("'", "").replace(" ", "")


def phrase_key(phrase: str) -> str:
    """Several words as the tables spell them."""
    return " ".join(map(key, phrase.split()))


def rows(table: str) -> list[tuple[list[str], list[str]]]:
    """What each row of a table says in English and in Arabic."""
    sides = (line.split(" = ") for line in table.strip().splitlines())
    return [(english.split("/"), arabic.split("/")) for english, arabic in sides]


def _pairs(table: str) -> dict[str, Pair]:
    """How both languages write each row, by every way that either says it."""
    found: dict[str, Pair] = {}
    for english, arabic in rows(table):
        for said in (*english, *arabic):
            found.setdefault(phrase_key(said), (english[0], arabic[0]))
    return found


def _places(table: str) -> dict[str, int]:
    """The number of its row, by every way that either language says it."""
    return {
        phrase_key(said): place
        for place, (english, arabic) in enumerate(rows(table), 1)
        for said in (*english, *arabic)
    }


WEEKDAYS, PLACES, BEFORE, ALONE = map(_pairs, (_WEEKDAYS, _PLACES, _BEFORE, _ALONE))
BOUNDS, BOUNDS_BEHIND = _pairs(_BOUNDS), _pairs(_BOUNDS_BEHIND)
AND = _pairs("and/& = و\nor = أو")
MONTHS, ORDINALS = _places(_MONTHS), _places(_ORDINALS)
KNOWN = frozenset().union(
    ALONE, AND, BEFORE, BOUNDS, BOUNDS_BEHIND, MONTHS, ORDINALS, PLACES, WEEKDAYS
)
MONTH_NAMES: dict[Language, tuple[str, ...]] = {
    "en": tuple(english[0] for english, _ in rows(_MONTHS)),
    "ar": tuple(arabic[0] for _, arabic in rows(_MONTHS)),
}
ORDINAL_NAMES = [(english[0], arabic) for english, arabic in rows(_ORDINALS)]
HOURS = {phrase_key(said): hour for hour, (_, names) in enumerate(ORDINAL_NAMES, 1)
         for said in (names[1:] if hour > 1 else ["الواحدة"])}  # fmt: skip
"""«الثامنة» is the eighth hour."""
SUFFIXES = frozenset(("st", "nd", "rd", "th"))


def ordinal(value: int, place: Pair) -> Pair:
    """A place with its number in an order: "third floor", «الطابق الثالث»."""
    english, arabic = ORDINAL_NAMES[value - 1]
    return f"{english} {place[0]}", f"{place[1]} {arabic[place[1].endswith('ة')]}"
