"""Numbers as the lists of documents write them: in figures, letters, Roman numerals."""

from __future__ import annotations

_ARABIC_ALPHABET = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
_ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_MOST_FIGURES = 9
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def whole_number(text: str | None, otherwise: int = 0) -> int:
    """The number that a file writes in figures; `otherwise` where it is none, or out of reason."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) <= _MOST_FIGURES else otherwise


def numeral(count: int, form: str) -> str:
    """A number in one of the forms that WordprocessingML names; in figures for those unknown."""
    match form:
        case "lowerLetter":
            return _letter(count, _LATIN)
        case "upperLetter":
            return _letter(count, _LATIN).upper()
        case "arabicAlpha":
            return _letter(count, _ARABIC_ALPHABET)
        case "arabicAbjad":
            return _letter(count, _ABJAD)
        case "lowerRoman":
            return _roman(count)
        case "upperRoman":
            return _roman(count).upper()
        case "decimalZero":
            return f"{count:02}"
        case "none" | "bullet":
            return ""
        case _:
            return str(count)


def _letter(count: int, alphabet: str) -> str:
    """Past its end an alphabet begins again with every letter doubled, then tripled."""
    if not 1 <= count <= 10 * len(alphabet):
        return str(count)
    times, place = divmod(count - 1, len(alphabet))
    return alphabet[place] * (times + 1)


def _roman(count: int) -> str:
    if not 1 <= count < 4000:
        return str(count)
    written = ""
    for amount, letters in _ROMAN:
        times, count = divmod(count, amount)
        written += letters * times
    return written
