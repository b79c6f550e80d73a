"""Letters and signs that Word takes out of symbol fonts by their place in the font."""

from __future__ import annotations

_PRIVATE = 0xF000  # fonts of symbols have their characters from here on

# The Symbol font, place by place: Greek where Latin letters stand in other fonts.
_GREEK_CAPITALS = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"
_GREEK_SMALL = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_SYMBOL = {
    **{ord("A") + place: letter for place, letter in enumerate(_GREEK_CAPITALS)},
    **{ord("a") + place: letter for place, letter in enumerate(_GREEK_SMALL)},
    0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xC5: "⊕", 0xC7: "∩", 0xC8: "∪",
    0xCE: "∈", 0xD6: "√", 0xD5: "∏", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
_WINGDINGS = {
    0x6F: "☐", 0xA8: "☐", 0xFC: "✓", 0xFE: "☑", 0xFD: "☒", 0xFB: "✗",
    0xDF: "←", 0xE0: "→", 0xA7: "•", 0x6C: "•", 0x6E: "•", 0x9F: "•", 0xB7: "•",
}  # fmt: skip


def symbol(font: str, place: str) -> str:
    """The character at a place (hexadecimal) of a font; none where its meaning is not known."""
    try:
        code = int(place, 16)
        if not _PRIVATE <= code <= _PRIVATE + 0xFF:
            return chr(code) if code < 0xD800 or 0xF900 <= code <= 0x10FFFF else ""
    except ValueError:
        return ""
    code -= _PRIVATE
    match font.lower():
        case "symbol":
            return _SYMBOL.get(code, chr(code) if 0x20 <= code < 0x7F else "")
        case name if name.startswith(("wingdings", "webdings", "zapf")):
            return _WINGDINGS.get(code, "")
        case _:
            return chr(code) if 0x20 <= code < 0x7F else ""
