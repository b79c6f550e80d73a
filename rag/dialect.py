"""Dialect and standard Arabic: question words and other small words, each for its standard one.

Documents are written in standard Arabic, and so the words of a question that say what is asked
are put into it, for the search and for the model that reads the question. Everything else stays.
"""

from __future__ import annotations

import re

_STANDARD = """
    ماذا: شو، شنو، ايش، اش، وش، اشنو، ايه
    من: مين، منو، شكون
    لمن: لمين
    أين: وين، فين
    من أين: منين
    إلى أين: لوين
    متى: امتى، ايمتى، امتا، ايمتا، وقتاش، متا
    كم: قديش، اديش، شحال، قداش، كام، قد ايه، شقد
    بكم: بقديش، بشحال، بكام
    لماذا: ليش، ليه، علاش
    كيف: كيفاش، ازاي، شلون
    هل: واش
    أريد: عايز، عايزة، عاوز، عاوزة، بدي، ابغى، بغيت
    نريد: عايزين، بدنا
    يمكنني: فيني، فيي، أقدر، بقدر
    الذي: اللي، يلي
    هذا: هاد، هادا، هيدا
    هذه: هاي، هيدي، هادي
    هكذا: هيك، كده
    ليس: مش، مو
    لا يوجد: مفيش، مافي، ماكو، ماكاين
    يوجد: اكو، كاين
    الآن: هلق، دلوقتي، دابا، الحين
    أيضا: كمان، برضه
    لكي: عشان، علشان، باش
    مثل: متل، كيما
    : ديال، بتاع، بتاعة، بتاعت
"""
# Words that standard Arabic has too, and what must stand around them: "my father" is no wish, and
# "two" or a name may be written like the Egyptian "this".
_WISH = {"ابي": "أريد أن"}
_VERB = re.compile(r"[أان](?!ل)\w{2,}")
_SHOWN = {"ده": "هذا", "دا": "هذا", "دي": "هذه"}
_ARTICLE = re.compile(r"[وفبك]?ال\w{2,}|لل\w{2,}")
_NEGATED = re.compile(r"(?P<verb>(?!ال)\w{3,})ش")

_WORD = re.compile("[\u0621-\u064a\u064b-\u0652\u0670]+")
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_SPELLING = str.maketrans("أإآى", "اااي")


def _spelt(word: str) -> str:
    """Alef and yeh in one spelling; teh marbuta stays, or a verse (آية) would be a "what"."""
    return _MARKS.sub("", word).translate(_SPELLING)


_TABLE = {
    _spelt(word.strip()): standard.strip()
    for row in _STANDARD.strip().splitlines()
    for standard, _, words in [row.partition(":")]
    for word in words.split("،")
}


def standard(text: str) -> str:
    """`text` with the small words of a dialect in standard Arabic; other text as it is."""
    words = list(_WORD.finditer(text))
    parts: list[str] = []
    end = 0
    for place, found in enumerate(words):
        if found.start() < end:
            continue  # the second word of a pair
        before = words[place - 1][0] if place else ""
        after = words[place + 1] if place + 1 < len(words) else None
        pair = f"{_spelt(found[0])} {_spelt(after[0])}" if after else ""
        if after and pair in _TABLE:
            meant, last = _TABLE[pair], after.end()
        else:
            meant, last = _meant(found[0], before, after[0] if after else ""), found.end()
        parts += text[end : found.start()], meant
        end = last
    return _SPACES.sub(" ", "".join(parts) + text[end:]).strip() if words else text


_SPACES = re.compile("  +")


def _meant(word: str, before: str, after: str) -> str:
    spelt = _spelt(word)
    if spelt in _TABLE:
        # Before a noun with article it is "what is", which before a verb would say "not".
        what = _TABLE[spelt] == "ماذا" and _ARTICLE.match(after)
        return "ما" if what else _TABLE[spelt]
    if spelt[:1] in ("و", "ف") and _TABLE.get(spelt[1:]):
        return spelt[0] + _TABLE[spelt[1:]]  # "and where"
    if spelt in _WISH and not before and _VERB.match(after):
        return _WISH[spelt]
    if spelt in _SHOWN and _ARTICLE.match(before):
        return _SHOWN[spelt]
    if _spelt(before) in ("ما", "وما") and (negated := _NEGATED.fullmatch(word)):
        return negated["verb"]
    return word
