"""Numbers as a spreadsheet shows them: dates, times, percentages, currencies.

Formats are written as in ISO/IEC 29500-1, 18.8.30 and 18.8.31. Dates are shown as 2026-11-23
whatever the order that the format asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

GENERAL = "General"
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    14: "y-m-d", 15: "d-m-y", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "y-m-d h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    48: "##0.0E+0",
    **dict.fromkeys([5, 6], '"$"#,##0_);("$"#,##0)'),
    **dict.fromkeys([7, 8], '"$"#,##0.00_);("$"#,##0.00)'),
    **dict.fromkeys([37, 38], "#,##0_);(#,##0)"),
    **dict.fromkeys([39, 40], "#,##0.00_);(#,##0.00)"),
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    **dict.fromkeys([*range(27, 32), 36, *range(50, 59)], "y-m-d"),
    **dict.fromkeys([32, 33], "h:mm"),
}  # fmt: skip
"""The formats that files name by number only; those of Excel in English."""

_LAST_DAY = 2_958_465  # 31 December 9999
_DAY = 86_400  # seconds
_LEAP_ERROR = 60  # Excel counts a 29 February 1900
_DIGITS = 10  # that are shown of a number without a format

_LARGEST = Decimal(10) ** 15  # that is exact in a spreadsheet
_MOST_DECIMALS = 10
_NONZERO = frozenset("123456789")

_PART = re.compile(r'"[^"]*"?|[\\_*].|\[[^\[\]]*\]|.', re.DOTALL)
_FRACTION = re.compile(r"[0#?]\s*/\s*[0-9#?]")
_CONDITION = re.compile(r"(?:\[[^\]<>=]*\])*\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq,
}  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\[\]-]*+)[^\[\]]*\]'
    r"|\[(?P<elapsed>h+|m+|s+)\]|\[[^\[\]]*\]|(?P<noon>AM/PM|A/P)|(?P<general>General|Standard)"
    r"|(?P<date>[ymdhsbge]+)|(?P<mask>[0#?][0#?.,]*(?:[Ee][+-]?[0#?]+)?|\.[0#?]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)

_EXPONENT = re.compile("[Ee]")


def shown(number: str, code: str, *, since_1904: bool = False) -> str:
    """A number, written as in a file, in the way that its format shows it.

    `since_1904` says that days are counted from there, as old files from a Macintosh do.
    """
    try:
        value = Decimal(number.strip())
    except InvalidOperation:
        return number
    if not value.is_finite():
        return number
    if abs(value) >= _LARGEST:
        return plain(value)
    section, unsigned = _section(code, value)
    tokens = _tokens(section)
    kinds = {kind for kind, _ in tokens}
    if "date" in kinds or "elapsed" in kinds:
        moment = _moment(value, tokens, since_1904)
        return plain(value) if moment is None else moment
    value = abs(value) if unsigned else value
    if _FRACTION.search(section):
        return plain(value)
    return _masked(value, tokens)


def plain(value: Decimal) -> str:
    """A number without a format: ten digits at most, no zeros behind them."""
    if value == value.to_integral_value() and abs(value) < _LARGEST:
        return str(int(value))
    if abs(value) >= _LARGEST or abs(value) < Decimal(10) ** -9:
        return f"{value:.6G}"
    text = format(Decimal(f"{value:.{_DIGITS}g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _section(code: str, value: Decimal) -> tuple[str, bool]:
    """The part of a format that is for such a number, and whether it writes the sign itself."""
    sections = _sections(code)
    if any(_CONDITION.match(section) for section in sections):
        for section in sections:
            condition = _CONDITION.match(section)
            if condition is None or _COMPARE[condition[1]](value, Decimal(condition[2])):
                return section, False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    sections = [""]
    for part in _PART.findall(code or GENERAL):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return tuple(sections)


@lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[tuple[str, str], ...]:
    """What a format is made of, each with its kind: literal, date, elapsed, noon, mask."""
    tokens: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(section):
        kind = match.lastgroup
        if kind in ("quoted", "escaped", "currency", "other"):
            text = match[kind]
            if kind == "other" and text == "@":
                tokens.append(("general", text))
            else:
                tokens.append(("percent" if (kind, text) == ("other", "%") else "literal", text))
        elif kind is not None:
            tokens.append((kind, match[kind]))
    if any(kind == "mask" for kind, _ in tokens) and not any(
        kind == "elapsed" or (kind == "date" and set(text.lower()) & set("ymdhs"))
        for kind, text in tokens
    ):
        tokens = [("literal" if kind == "date" else kind, text) for kind, text in tokens]
    return tuple(tokens)


def _moment(value: Decimal, tokens: tuple[tuple[str, str], ...], since_1904: bool) -> str | None:
    """A number of days as a date, a time or both; None where it can be neither."""
    if not 0 <= value <= _LAST_DAY:
        return None
    letters = "".join(text.lower() for kind, text in tokens if kind == "date")
    seconds = int((value * _DAY).to_integral_value(ROUND_HALF_UP))
    elapsed = next((text for kind, text in tokens if kind == "elapsed"), "")
    if elapsed:
        minutes, rest = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}" + (f":{rest:02}" if "s" in letters + elapsed else "")
    has_time = "h" in letters or "s" in letters
    has_date = "y" in letters or "d" in letters or "e" in letters or not has_time
    if since_1904:
        start = datetime(1904, 1, 1)
    else:
        start = datetime(1899, 12, 31 if value < _LEAP_ERROR else 30)
    try:
        moment = start + timedelta(seconds=seconds)
    except OverflowError:
        return None
    parts = []
    if has_date:
        has_month, has_day = "m" in letters, "d" in letters
        form = "%Y-%m-%d" if has_day or has_time else "%Y-%m" if has_month else "%Y"
        parts.append(moment.strftime(form))
    if has_time:
        parts.append(moment.strftime("%H:%M:%S" if "s" in letters else "%H:%M"))
    return " ".join(parts)


def _masked(value: Decimal, tokens: tuple[tuple[str, str], ...]) -> str:
    """A number in the places of a format, between the signs that stand around them."""
    masks = [text for kind, text in tokens if kind == "mask"]
    for kind, _ in tokens:
        value = value * 100 if kind == "percent" else value
    pieces = _pieces(abs(value), masks)
    shows_sign = value < 0 and (not masks or any(set(piece) & _NONZERO for piece in pieces))
    written = ""
    for kind, text in tokens:
        if kind == "mask":
            written += pieces.pop(0)
        elif kind == "general":
            written += plain(abs(value))
        elif kind in ("literal", "percent"):
            written += text
    return ("-" if shows_sign else "") + written.strip()


def _pieces(value: Decimal, masks: list[str]) -> list[str]:
    """The digits that stand in each of the places of a format: several, as in telephone numbers."""
    if not masks:
        return []
    digits = _digits(value, "".join(masks))
    before, point, after = digits.partition(".")
    pieces = [point + after]
    for mask in reversed(masks[1:]):
        places = len(mask.partition(".")[0])
        pieces[0] = (
            before[len(before) - places :] + pieces[0]
            if places < len(before)
            else (before + pieces[0])
        )
        before = before[: max(len(before) - places, 0)]
        pieces.insert(0, "")
    pieces[0] = before + pieces[0]
    return pieces


def _digits(value: Decimal, mask: str) -> str:
    if exponent := _EXPONENT.search(mask):
        decimals = len(mask[: exponent.start()].partition(".")[2])
        return f"{value:.{decimals}E}"
    whole, _, fraction = mask.partition(".")
    thousands = len(mask) - len(mask.rstrip(","))
    value = value / Decimal(1000) ** thousands
    whole, fraction = whole.rstrip(","), fraction.rstrip(",")[:_MOST_DECIMALS]
    value = value.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    text = f"{value:,f}" if "," in whole else f"{value:f}"
    before, _, after = text.partition(".")
    # Only a 0 in the format asks for a figure: # shows nothing of a zero, ? a space.
    before = "" if before == "0" and "0" not in whole else before.rjust(whole.count("0"), "0")
    while after and fraction[len(after) - 1] in "#?" and after.endswith("0"):
        after = after[:-1]
    return f"{before}.{after}" if after else before
