"""Does a question ask for something that has to be reckoned? Short patterns, both languages.

A plain "how much does it cost?" does not: what is asked for stands in the document. With a
quantity of the asker's own ("for 3 nights") it does.
"""

from __future__ import annotations

import re

from index.text.keywords import normalise
from rag.values import Amount, amounts

_END = "(?: |$)"
_MUCH_AR = "[وف]?(?:كم|كام|بكم|بكام|قديش|بقديش|قداش|بقداش|شقد|شكد|شحال|بشحال|اشحال)"
_PRICED = "price|cost|weight|length|height|size|time|age|number|fee|rent|salary"
_ASKS_MUCH = re.compile(
    r"\b(?:how much|how many|what|which|calculate|work out|compute)\b"
    rf"|(?:^| )(?:{_MUCH_AR}|احسب|قد ايش|ما|ماهو|ايش|وش|شو){_END}"
)
_TOTAL = re.compile(
    r"\b(?:in total|altogether|all together|(?:sum|total) of|total up|add up to)\b"
    r"|\b(?:total|overall) (?:cost|price|amount|sum|bill|charge|fees?)\b"
    r"|\b(?:cost|pay|come to|weigh|owe|worth)(?: \w+){0,3} together\b|\btogether (?:cost|weigh)\b"
    rf"|(?:^| )[وب]?(?:ال)?(?:مجموع|اجمالي|محصله){_END}|(?:^| )(?:كلهم سوا|مع بعض){_END}"
)
_MORE = re.compile(
    r"\bby how (?:much|many)\b|\bhow (?:much|many)(?: \w+){0,2} (?:more|less|fewer)\b"
    r"|\bhow much \w{3,20}er (?:is|are|was|were|did|does|do|than)\b"
    r"|\bhow (?:much|many)(?: \w+){1,6} (?:increase|rise|grow|drop|fall|decrease)d?\b"
    r"|\bhow (?:much|many)(?: \w+){1,6} (?:go|went) (?:up|down)\b"
    rf"|\bdifference in (?:\w+ )?(?:{_PRICED})\b|\b(?:{_PRICED}) difference\b"
    r"|\bhow (?:much|big) is the difference\b"
    rf"|(?:^| ){_MUCH_AR}(?: \w+){{0,2}} (?:زاد|زادت|يزيد|تزيد|ازداد|ازدادت|ارتفع|ارتفعت|نقص|نقصت"
    rf"|ينقص|تنقص|انخفض|انخفضت|تراجع|تراجعت|قل|يقل|طلع|نزل|الفرق|فرق|يفرق|تفرق){_END}"
    r"|(?:^| )(?:ما|ايش|وش|شو) (?:هو )?(?:ال)?فرق (?:في )?(?:ال)?"
    r"(?:سعر|ثمن|وزن|مبلغ|اجره|عدد|كلفه|تكلفه|طول|راتب)"
)
_COMPARES = re.compile(
    rf"(?:^| )(?:اكثر|اقل|اعلي|اغلي|ارخص|اثقل|اخف|اطول|اقصر|اكبر|اصغر|اسرع|ابطا){_END}"
)
_BY_HOW_MUCH = re.compile(rf"(?:^| )و?(?:بكم|بكام|بقديش|بشحال){_END}")
_LEFT = re.compile(
    r"\b(?:how much|how many|what)\b(?: \w+){0,12} "
    r"(?:remains?|remaining|(?:is|are|be|have|has|had) left|left over)\b"
    rf"|(?:^| ){_MUCH_AR}(?: \w+)? (?:يتبقي|تتبقي|تبقي|يبقي|بقي|باقي|الباقي|المتبقي"
    rf"|يضل|بيضل|بيتبقي|يفضل|بيفضل){_END}"
)
_SHARE = re.compile(r"\d percent (?:of|من)\b|\d (?:per cent of|(?:في |ب)الم(?:ئه|اءه) من)\b")
_DATE = re.compile(
    r"\b(?:what (?:\w+ )?(?:date|day)|which day|by when|when|until when|latest)\b"
    rf"|(?:^| )[وف]?(?:متي|امتي|ايمتي|وقتاش|فوقاش|اي (?:تاريخ|يوم)|اخر (?:يوم|موعد|مهله)){_END}"
)
_AFTER = re.compile(
    r"(?<!\d)\d+ (?:\w+ )?(?:days?|weeks?|months?) (?:after|before|from|later|earlier)\b"
    r"|(?:^| )(?:بعد|قبل) (?:\d+ (?:يوم|يوما|ايام|اسبوع|اسبوعا|اسابيع|شهر|شهرا|اشهر|شهور)"
    rf"|يومين|اسبوعين|شهرين){_END}"
)
_PAYS = re.compile(
    r"\b(?:costs?|pays?|paid|charged?|price|fees?|fare|refund(?:ed)?|reimbursed?|get back"
    r"|owed?|earn|due)\b"
    r"|(?:^| )[وف]?(?:[يتناب]{0,2}(?:دفع|كلف|رجع|سترد|ستحق|خصم|حصل|كسب|غرم|قبض)"
    r"(?:ه|ها|ني|هم|وا|ون|لي)?|(?:ال)?(?:سعر|ثمن|اجره|كلفه|تكلفه|غرامه|مبلغ)(?:ه|ها)?"
    rf"|بتصير|يطلع|تطلع|بيطلع){_END}"
)
_SIZE = re.compile(
    r"(?:\b(?:the|a|an|of|no|number|size|article|item|section|room|at|model|within|after|before"
    r"|than|under|over|ages?)"
    r"|(?:^|\s)(?:ابو|أبو|رقم|مقاس|سعة|قياس|بند|مادة|المادة|البند|خلال|بعد|قبل|فوق|تحت|من|الساعة))"
    r"\s*$",
    re.IGNORECASE,
)
_BEFORE = 16
_MEASURED = frozenset(("mg", "g", "cm", "mm", "inch", "foot", "°C", "°F", "%"))
_YEARS = range(1900, 2101)
_PER_CENT = re.compile("[%٪]")
_LONGEST = 2000


def is_reckoning(question: str) -> bool:
    """Whether a sum, a difference, what is left, a share, or a date after a period is asked for."""
    question = question[:_LONGEST]
    # `normalise` takes signs out; those of a share matter.
    spelt = normalise(_PER_CENT.sub(" percent ", question))
    if not (_ASKS_MUCH.search(spelt) or _DATE.search(spelt)):
        return False
    if any(pattern.search(spelt) for pattern in (_TOTAL, _MORE, _LEFT, _SHARE)):
        return True
    if _BY_HOW_MUCH.search(spelt) and _COMPARES.search(spelt):
        return True
    if _DATE.search(spelt) and _AFTER.search(spelt):
        return True
    if not _PAYS.search(spelt):
        return False
    return any(_own_quantity(question, amount) for amount in amounts(question))


def asks_money(question: str) -> bool:
    """Whether a question is about paying."""
    return _PAYS.search(normalise(question[:_LONGEST])) is not None


def _own_quantity(question: str, amount: Amount) -> bool:
    """Whether a number says how much there is of something, not what size or name a thing has."""
    if amount.values <= {1} or (amount.unit is None and any(v in _YEARS for v in amount.values)):
        return False
    if not amount.counted and amount.unit is None:
        return False
    before = question[max(0, amount.at - _BEFORE) : amount.at]
    if amount.unit in _MEASURED or _SIZE.search(before):
        return False
    return amount.unit is not None or _plural(amount)


def _plural(amount: Amount) -> bool:
    """Whether what it counts is more than one thing, as far as the word tells."""
    word = amount.counted
    return (
        not word.isascii() or word.endswith("s") or word in ("people", "children", "men", "women")
    )
