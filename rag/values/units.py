"""What is counted: units, coins, times and things, and how each agrees with its number.

The name of a unit is its first English word: "kg", "day", "dinar".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index import Language
from rag.values.words import key, phrase_key

Kind = Literal["time", "money", "measure", "thing"]

_TABLES: dict[Kind, str] = {
    "time": """
second/sec | seconds/secs = ثانية | ثوانٍ/ثواني/ثوان
minute/min | minutes/mins = دقيقة | دقائق
hour/hr/h | hours/hrs = ساعة | ساعات
day | days = يوم | أيام
week | weeks = أسبوع | أسابيع
month | months = شهر | أشهر/شهور
year | years = سنة/عام | سنوات/أعوام/سنين
""",
    "money": """
dinar | dinars = دينار | دنانير
dirham | dirhams = درهم | دراهم
riyal/rial | riyals/rials = ريال | ريالات
dollar/usd | dollars = دولار | دولارات
euro/eur | euros = يورو | يورو
pound/gbp | pounds = جنيه | جنيهات
crown | crowns = كراون/كرونة | كراونات/كرونات
lira | liras = ليرة | ليرات
""",
    "measure": """
% | %/percent/per cent/percentage = % | %/في المئة/في المائة/بالمئة/بالمائة
kg/kilogram/kilo | kg/kgs/kilograms/kilos = كيلوغرام/كيلوجرام/كيلو/كغ/كغم/كجم | كيلوغرامات
g/gram/gramme | g/grams/grammes = غرام/جرام/غ | غرامات/جرامات
mg/milligram | mg/milligrams = مليغرام/ملليغرام/مليجرام/ملغ/ملغم | مليغرامات
tonne/ton/t | tonnes/tons = طن | أطنان
km/kilometre/kilometer | km/kilometres/kilometers = كيلومتر/كم | كيلومترات
m/metre/meter | m/metres/meters = متر | أمتار
cm/centimetre/centimeter | cm/centimetres/centimeters = سنتيمتر/سم | سنتيمترات
mm/millimetre/millimeter | mm/millimetres/millimeters = مليمتر/ملليمتر/ملم | مليمترات
m²/sqm/square metre/square meter | m²/square metres/square meters = متر مربع | أمتار مربعة
km²/square kilometre | km²/square kilometres = كيلومتر مربع | كيلومترات مربعة
square mile | square miles = ميل مربع | أميال مربعة
m³/cubic metre/cubic meter | m³/cubic metres/cubic meters = متر مكعب | أمتار مكعبة
mile | miles = ميل | أميال
foot/ft | feet = قدم | أقدام
inch | inches = بوصة | بوصات
litre/liter/l/L | litres/liters = لتر/ليتر | لترات
ml/millilitre/milliliter | ml/millilitres/milliliters = مليلتر/ملليلتر/مل | مليلترات
°C/celsius | °C/degrees celsius/centigrade = درجة مئوية/مئوية/° م | درجات مئوية
°F/fahrenheit | °F/degrees fahrenheit = درجة فهرنهايت/فهرنهايت | درجات فهرنهايت
W/watt | W/watts = واط | واط
kW/kilowatt | kW/kilowatts = كيلوواط | كيلوواط
kWh | kWh = كيلوواط ساعة | كيلوواط ساعة
V/volt | V/volts = فولت | فولت
dB/decibel | dB/decibels = ديسيبل | ديسيبل
bar | bar/bars = بار | بار
GB | GB = غيغابايت | غيغابايت
MB | MB = ميغابايت | ميغابايت
""",
    "thing": """
working day/business day | working days/business days = يوم عمل | أيام عمل
night | nights = ليلة | ليالٍ/ليالي/ليال
fils | fils = فلس | فلوس
piastre | piastres = قرش | قروش
cent | cents = سنت | سنتات
degree | degrees = درجة | درجات
point | points = نقطة | نقاط
time | times = مرة | مرات
person | people/persons = شخص | أشخاص
member | members = عضو | أعضاء
participant | participants = مشارك | مشاركين/مشاركون
student | students = طالب | طلاب
employee | employees = موظف | موظفين/موظفون
guest | guests = ضيف | ضيوف
visitor | visitors = زائر | زوار
child | children = طفل | أطفال
adult | adults = بالغ | بالغين/بالغون
patient | patients = مريض | مرضى
family | families = أسرة | أسر
country | countries = بلد/دولة | بلدان/دول
city | cities = مدينة | مدن
team | teams = فريق | فرق
company | companies = شركة | شركات
vote | votes = صوت | أصوات
page | pages = صفحة | صفحات
sheet | sheets = ورقة | ورقات/أوراق
copy | copies = نسخة | نسخ
book | books = كتاب | كتب
floor/storey | floors/storeys = طابق | طوابق
room | rooms = غرفة | غرف
seat | seats = مقعد | مقاعد
piece | pieces = قطعة | قطع
step | steps = خطوة | خطوات
meal | meals = وجبة | وجبات
dose | doses = جرعة | جرعات
tablet | tablets = قرص | أقراص
lesson | lessons = درس | دروس
session | sessions = جلسة | جلسات
meeting | meetings = اجتماع | اجتماعات
visit | visits = زيارة | زيارات
trip | trips = رحلة | رحلات
ticket | tickets = تذكرة | تذاكر
car | cars = سيارة | سيارات
question | questions = سؤال | أسئلة
""",
}
_CODES = {
    "dinar": "jod kwd bhd iqd tnd", "dirham": "aed mad", "riyal": "sar qar omr",
    "pound": "egp", "crown": "sek nok dkk",
}  # fmt: skip
"""Read, but never written in the other language: that would lose which country's it is."""
COINS = {"$": "dollar", "€": "euro", "£": "pound", "₺": "lira"}
_ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل|[وبل])")
_UNMARKED = ("ة", "اء", "ى", "ا")
"""Behind these endings the Arabic accusative is not written."""
_DUAL = ("ان", "ين")

Form = Literal["singular", "accusative", "plural"]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted, as both languages write it."""

    name: str
    plural: str
    arabic: str
    arabic_plural: str
    kind: Kind

    def counted(self, count: str, language: Language, *, oblique: bool = False) -> str:
        """A number with it, as the language writes them: "90 days", «شهران».

        `oblique` is the Arabic case behind a preposition.
        """
        if self.name == "%":
            return f"{count}%"
        if language == "en":
            return f"{count} {self.name if count == '1' else self.plural}"
        changes = self.arabic != self.arabic_plural
        if count == "1" and changes:
            return f"{self.arabic} {'واحدة' if self.arabic.split()[0].endswith('ة') else 'واحد'}"
        if count == "2" and changes:
            return self.two(oblique)
        form = form_behind(count) if changes else "singular"
        return f"{count} {self._accusative if form == 'accusative' else self._in(form)}"

    def two(self, oblique: bool) -> str:
        """The Arabic dual; a second word that is no adjective stays as it is: «يوما عمل»."""
        first, *more = self.arabic.split()
        if self._annexed:
            return " ".join([_dual(first, oblique)[:-1], *more])
        return " ".join(_dual(word, oblique) for word in (first, *more))

    def _in(self, form: Form) -> str:
        return self.arabic_plural if form == "plural" else self.arabic

    @property
    def _accusative(self) -> str:
        if self._annexed:
            return self.arabic
        words = self.arabic.split()
        return " ".join(word if word.endswith(_UNMARKED) else f"{word}ًا" for word in words)

    @property
    def _annexed(self) -> bool:
        return self.arabic.split()[1:] == self.arabic_plural.split()[1:] != []


def _dual(word: str, oblique: bool) -> str:
    return (f"{word[:-1]}ت" if word.endswith("ة") else word) + _DUAL[oblique]


def form_behind(count: str) -> Form:
    """The form of an Arabic noun behind a number: 3 to 10 take the plural, 11 to 99 the accusative.

    What counts are the last two digits before the decimal point.
    """
    whole, _, part = count.lstrip("-−").replace(",", "").partition(".")
    last = int(whole[-2:])
    if not part and 3 <= last <= 10:
        return "plural"
    return "accusative" if last > 10 else "singular"


def _read_tables() -> tuple[dict[str, Unit], dict[str, Unit]]:
    """Units by each English and Arabic form, and by the Arabic forms that mean two of it."""
    units: dict[str, Unit] = {}
    duals: dict[str, Unit] = {}
    for kind, table in _TABLES.items():
        for line in table.strip().splitlines():
            (ones, manies), (ar_ones, ar_manies) = (
                [part.split("/") for part in side.split(" | ")] for side in line.split(" = ")
            )
            unit = Unit(ones[0], manies[0], ar_ones[0], ar_manies[0], kind)
            forms = [*ones, *manies, *ar_ones, *ar_manies]
            for one in ar_ones:
                # A sign has no endings.
                if not one[0].isalpha() or (one != ar_ones[0] and len(one) < 3):
                    continue
                first, *more = one.split()
                forms += [" ".join([f"{first}ا", *(w + end for w in more)]) for end in ("", "ا")]
                for oblique in (False, True):
                    two = Unit("", "", one, ar_manies[0], kind).two(oblique)
                    duals.setdefault(phrase_key(two), unit)
                    duals.setdefault(phrase_key(" ".join([_dual(first, oblique), *more])), unit)
            forms += [f"{many}ا" for many in ar_manies if many[0].isalpha()]
            for form in forms:
                units.setdefault(phrase_key(form), unit)
    return units, {said: unit for said, unit in duals.items() if said not in units}


UNITS, DUALS = _read_tables()
MEASURES = {said: unit.name for said, unit in UNITS.items() if unit.kind != "thing"}
MEASURES |= {code: name for name, codes in _CODES.items() for code in codes.split()} | COINS
"""The units that two numbers must share to be one; what a thing is called may differ."""
MONEY = frozenset(unit.name for unit in UNITS.values() if unit.kind == "money")
TIMES = frozenset(unit.name for unit in UNITS.values() if unit.kind == "time")


def unit_of(word: str) -> str | None:
    """The measure, time or coin that a word names, with an article or "and" before it or not."""
    spelt = key(word)
    return MEASURES.get(spelt) or MEASURES.get(_ARTICLE.sub("", spelt))
