"""Whether the text that a file gives up is what stands on its pages.

Files name letters wrongly, put them down in the order of the eye, or leave out the spaces. Each
rule here looks for one such fault, and stays silent wherever clean pages come near it: prose of
all ages, vowelled or not, verse, lists of names, tables, program code, other languages. The
thresholds stand beside what clean pages reach at most.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index.readers.letter_pairs import LetterPairs, arabic, latin
from index.text.normal import normalised
from index.types import WarningKind

_PIECE = 4000  # characters judged together: thresholds were set on pages
_LEAST_LETTERS = 80

_LETTER = "\u0620-\u063a\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06fa-\u06ff"
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
_MARKS = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\u00ad]+"
)
_ARABIC_WORD = re.compile(f"[{_LETTER}]+")
# Letters of Persian, Urdu, Kurdish, Sindhi and others that Arabic lacks, and those of none.
_FOREIGN = re.compile("[\u0620\u0674\u0679-\u06d3\u06d5\u06fa-\u06ff]")
_UNUSED = re.compile(
    "[\u063b-\u063f\u066e\u066f\u0672\u0673\u0675-\u0678\u0682\u068b\u068e\u0690\u0692\u0694"
    "\u0697\u069b-\u069f\u06a1-\u06a3\u06a5\u06ae\u06b0\u06b2\u06b4\u06b6-\u06b9\u06bf]"
)
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+")
_WORD = re.compile(r"[^\W\d_]+")


def suspicions(text: str) -> tuple[WarningKind, ...]:
    """What is wrong with the text of a page: nothing for a clean one.

    "letters": garbled or substituted; "order": letters or words reversed; "spacing": words torn
    apart or run together; "unmapped": characters that have no meaning. Arabic is judged where a
    fair share of the letters is Arabic; Persian, Urdu and their like are not judged.
    """
    found = {kind for piece in _pieces(text) for kind in _judged(piece)}
    return tuple(kind for kind in _ORDER if kind in found)


_ORDER: tuple[WarningKind, ...] = ("letters", "order", "spacing", "unmapped")


def _pieces(text: str) -> Iterator[str]:
    """The text in parts of equal length, none longer than pages are, cut at white space."""
    count = -(-len(text) // _PIECE)
    start = 0
    for number in range(1, count + 1):
        end = len(text) * number // count
        if number < count:
            space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
            end = space if space > start else end
        yield text[start:end]
        start = end


def _judged(text: str) -> Iterator[WarningKind]:
    if _unmapped(text):
        yield "unmapped"
    if _misdecoded(text):
        yield "letters"
    based = _PRESENTATION.sub(_base_letters, text)
    bare = _MARKS.sub("", based).replace("\u0671", "\u0627")
    arabic_words = _ARABIC_WORD.findall(bare.replace("_", ""))  # it marks keys in menus
    latin_words = _LATIN_WORD.findall(bare)
    arabic_letters = sum(map(len, arabic_words))
    latin_letters = sum(map(len, latin_words))
    if arabic_letters > 0.3 * (arabic_letters + latin_letters):
        unused = len(_UNUSED.findall(bare))
        foreign = len(_FOREIGN.findall(bare)) - unused > 0.02 * arabic_letters
        if unused + _impossible(based) > max(2, (0.4 if foreign else 0.1) * len(arabic_words)):
            yield "letters"
        if not foreign:
            yield from _arabic(bare, arabic_words)
    elif latin_letters > 0.5 * sum(map(len, _WORD.findall(bare))):
        yield from _latin(bare, latin_words)


def _base_letters(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found.group())


# --- Characters ------------------------------------------------------------------------------

_SYMBOL_FONT = re.compile(r"(?:(?<=\s)|^)[\ue000-\uf8ff](?=\s|$)", re.MULTILINE)  # bullets mostly
_MEANINGLESS = re.compile(
    "[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)
_GLYPH_NUMBER = re.compile(r"\(cid:\d+\)")
_LATIN_1 = re.compile("[\u00a1-\u00ff]")


def _unmapped(text: str) -> bool:
    meaningless = len(_MEANINGLESS.findall(text)) + 5 * len(_GLYPH_NUMBER.findall(text))
    if meaningless:
        meaningless -= len(_SYMBOL_FONT.findall(text))
    return meaningless > max(2, 0.02 * (len(text) - text.count(" ")))


def _misdecoded(text: str) -> bool:
    """Whether Arabic bytes were taken for Latin letters; French reaches 0.06 of all letters."""
    accented = len(_LATIN_1.findall(text))
    return accented > 20 and accented > 0.4 * sum(map(len, _WORD.findall(text)))


# --- Arabic ----------------------------------------------------------------------------------

_SWAPPED_LAM = re.compile("[وفبك]{0,2}ا[أإآ]ل")
_PUNCTUATION_BEFORE = re.compile(f"(?:^|(?<=\\s))[،؛,.:؟!]+[{_LETTER}]", re.MULTILINE)
_PUNCTUATION_AFTER = re.compile(f"[{_LETTER}][،؛,.:؟!]+(?=\\s|$)", re.MULTILINE)
_LATIN_INSIDE = re.compile(f"[{_LETTER}][A-Za-z]+[{_LETTER}]")
_TWO_LETTERS = frozenset(
    ["من", "في", "فى", "عن", "ما", "لا", "لم", "لن", "قد", "هو", "هي", "هى", "أن", "ان", "إن",
     "أو", "او", "أي", "اي", "أى", "كل", "بن", "يا", "كم", "إذ", "اذ", "ذو", "ذي", "ذا", "أم",
     "ام", "بل", "ثم", "هل", "لي", "له", "لك", "بك", "بي", "به", "كي", "مع", "هم", "هن", "إي",
     "أب", "أخ", "نا", "كن", "رب", "حق", "حي", "يد", "سن", "خط", "جو", "ضد", "آل"]
)  # fmt: skip


def _arabic(text: str, words: list[str]) -> Iterator[WarningKind]:
    yield from _by_pairs(arabic(), {word for word in words if len(word) > 1}, _ARABIC_PAIRS)
    # "لا" and "لأ" are one glyph, which some files take apart the wrong way round.
    swapped = sum(_SWAPPED_LAM.match(word) is not None for word in words)
    alone = words.count("ال")
    if swapped and swapped + alone > max(1, 0.005 * len(words)):
        yield "letters"
    if len(_LATIN_INSIDE.findall(text)) > max(2, 0.03 * len(words)):
        yield "letters"
    if _leads(_PUNCTUATION_BEFORE, _PUNCTUATION_AFTER, text):
        yield "order"
    if sum(map(len, words)) >= _LEAST_LETTERS and (_torn_arabic(words) or _fused(words, 12, 0.2)):
        yield "spacing"


# Signs in a word of which none can stand there; clean pages hold one in two hundred words at most
# (Quran), in Kashmiri and its like more.
_UNREAD = re.compile(
    "[\u0610-\u061a\u0640\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]+"
)
_DIGIT = "0-9\u0660-\u0669\u06f0-\u06f9"
_SIGN = "\u064b-\u065f\u0670"
_VOWEL = "\u064b-\u0650\u0652"
_IN_WORD = f"{_LETTER}{_DIGIT}{_SIGN}"
_SIGNED_WORD = re.compile(f"(?<![{_IN_WORD}])[{_LETTER}]*+[{_SIGN}{_DIGIT}][{_IN_WORD}]*+")
_IMPOSSIBLE = re.compile(
    f"^[{_SIGN}]+[{_LETTER}]|[{_DIGIT}][{_SIGN}]"  # a mark without a letter
    f"|[{_LETTER}][{_SIGN}]*[{_LETTER}][{_SIGN}]*[{_DIGIT}]+[{_LETTER}]"  # a digit within
    f"|[{_LETTER}][{_SIGN}]*[{_DIGIT}]+[{_LETTER}][{_SIGN}]*[{_LETTER}]"
    f"|([{_VOWEL}])(?!\\1)[{_VOWEL}]"  # two vowels on one letter
    "|[ب-غفقكلمن][\u0653-\u0655]|[\u0656-\u065f]"  # hamza on a letter that carries none
)


def _impossible(text: str) -> int:
    """How many Arabic words hold a mark or a digit that cannot stand there."""
    signed = _SIGNED_WORD.findall(_UNREAD.sub("", unicodedata.normalize("NFC", text)))
    return sum(_IMPOSSIBLE.search(word) is not None for word in signed)


def _torn_arabic(words: list[str]) -> bool:
    """Single letters, and pairs of letters that are no word; formulas only bring the former."""
    single = [word for word in words if len(word) == 1 and word != "و"]
    pairs = sum(len(word) == 2 and word not in _TWO_LETTERS for word in words)
    share = len(single) / len(words)
    return share > 0.5 or (share > 0.05 and len(set(single)) >= 5 and pairs > 0.02 * len(words))


# --- Latin -----------------------------------------------------------------------------------

# Words as people write them, not as programs name things.
_PLAIN_WORD = re.compile(r"(?<![\w./\\@#$-])[A-Z]?[a-z]+(?![\w(/\\@])")
_CAPITALS = re.compile(r"(?<![\w./\\@#$-])[A-Z]{4,}(?![\w(/\\@])")
_CASES_MIXED = re.compile("[a-z][A-Z]|[A-Z]{2}[a-z]")
_CODE = re.compile(r"[{}()\[\];=<>_#*/\\]")
_COMMA_BEFORE = re.compile(r"(?:^|(?<=\s))[,;!?]+[A-Za-z]", re.MULTILINE)
_COMMA_AFTER = re.compile(r"[A-Za-z][,;!?]+(?=\s|$)", re.MULTILINE)
_LETTER_BY_LETTER = re.compile(r"(?<![^\W_])(?:[^\W\d_] ){5,}")
_LONE_LETTER = re.compile(r"(?<=[a-z] )[b-hj-z](?= [a-z])")
# Words that English cannot do without, and what is left of them where spaces are lost. How many
# there are tells English from languages that were not studied, whose letters may be unlike.
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "in", "was", "for", "on", "with", "by", "it", "from", "that", "be",
     "this", "which", "have", "has", "were", "not"]
)  # fmt: skip
_ENGLISH_INSIDE = re.compile(
    "(?:of|in|to|on|and|for|by|at|is|with|from|as)the|that|which|andth"
    "|(?:is|was|as|of|in|for|with|by|to)an?(?=[b-df-hj-np-tv-z])"
)


def _latin(text: str, words: list[str]) -> Iterator[WarningKind]:
    letters = sum(map(len, words))
    if letters < _LEAST_LETTERS or len(_CODE.findall(text)) > 0.08 * letters:
        return
    if _mixed_cases(words):
        yield "letters"
        return
    words = [word.lower() for word in words]
    english = sum(word in _ENGLISH for word in words) / len(words)
    plain = set(map(str.lower, _PLAIN_WORD.findall(_without_accents(text))))
    capitals = _CAPITALS.findall(text)
    if sum(map(len, capitals)) > 0.5 * letters:
        plain = set(map(str.lower, capitals))
    limits = _ENGLISH_PAIRS if english > 0.08 else _MIXED_PAIRS if english > 0.03 else _LATIN_PAIRS
    yield from _by_pairs(latin(), {word for word in plain if len(word) > 1}, limits)
    if _leads(_COMMA_BEFORE, _COMMA_AFTER, text):
        yield "order"
    fused = [word for word in words if len(word) >= 16 and _ENGLISH_INSIDE.search(word)]
    if (
        _torn_latin(text, words)
        or sum(map(len, fused)) > 0.15 * letters
        or (english > 0.05 and _fused(words, 16, 0.25))
    ):
        yield "spacing"


def _mixed_cases(words: list[str]) -> bool:
    """Whether capitals stand within most words, as no language and few programs have them."""
    long = [word for word in words if 3 < len(word) < 12]
    mixed = sum(_CASES_MIXED.search(word) is not None for word in long)
    return len(long) >= 20 and mixed > 0.7 * len(long)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    parts = normalised("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def _torn_latin(text: str, words: list[str]) -> bool:
    single = sum(len(run) for run in _LETTER_BY_LETTER.findall(text)) / 2
    lone = _LONE_LETTER.findall(text)
    return single > 0.2 * sum(map(len, words)) or (
        len(set(lone)) >= 8 and len(lone) > 0.05 * len(words)
    )


# --- Both ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Limits:
    """What the pairs of clean pages stay below.

    `at_ease` is a surprise at which no letters were exchanged, so that looking is in vain.
    """

    strange: float
    pairs: int
    surprise: float
    at_ease: float


# Clean pages reach 1.36 (grammar exercises; lists of names 1.23, the Quran 1.01) and a surprise
# of 3.01; English pages 0.3 and 2.8, the Latin script at large 4.75 (Xhosa; Finnish 3.0, German
# 0.6) and 2.92 (Polish).
_ARABIC_PAIRS = _Limits(1.6, 1500, 3.2, 2.7)
_ENGLISH_PAIRS = _Limits(1.0, 1200, 3.2, 2.65)
_MIXED_PAIRS = _Limits(2.5, 1200, 3.2, 2.65)
_LATIN_PAIRS = _Limits(5.5, 1200, 3.2, 2.65)
_REVERSED = 10.0  # nats; clean pages of 100 letters stay below 0
_ENOUGH_PAIRS = 150


def _by_pairs(pairs: LetterPairs, words: set[str], limits: _Limits) -> Iterator[WarningKind]:
    counts = pairs.count(words)
    total = sum(map(sum, counts))
    if not total:
        return
    surprise = pairs.surprise(counts)
    gain = pairs.gain_reversed(counts)
    if gain > _REVERSED and surprise - gain / total < limits.surprise:
        yield "order"
        return
    strange = pairs.missing(counts) / 30
    if surprise > limits.at_ease:
        strange += pairs.gain_exchanged(counts) / 40
    if strange > limits.strange * max(1.0, total / limits.pairs) or (
        total > _ENOUGH_PAIRS and surprise > limits.surprise
    ):
        yield "letters"


def _leads(before: re.Pattern[str], after: re.Pattern[str], text: str) -> bool:
    """Whether marks stand before words rather than behind them, as in lines turned round."""
    leading = len(before.findall(text))
    return leading >= 3 and leading > len(after.findall(text))


def _fused(words: list[str], long: int, threshold: float) -> bool:
    sizes = [len(word) for word in words if len(word) >= long]
    share = sum(sizes) / max(1, sum(map(len, words)))
    return share > threshold or (share > threshold / 2 and max(sizes) >= long + 8)
