"""Values put into the other language by the program, exactly: «90 يومًا» is "90 days".

A value is either right or not touched: words that hold anything else are left to a translation
(`rag.translate`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index import Language
from index.text.keywords import content_tokens
from index.text.sentences import text_language
from rag.values.item import COUNTS, DAYS, VALUES, Item
from rag.values.readers import is_code, read_item
from rag.values.tokens import Words, split

_RUN = 12
"""Words of the longest value inside a sentence."""
_MOST_TEXT = 2_000
_LONGEST = 300
"""Characters; what is longer is more than a value."""
_TIGHT_BEFORE, _TIGHT_BEHIND = frozenset("،,؛;.؟?!:)»”"), frozenset("(«“")
_AND = re.compile(r"^(?:and |و(?=\d))")
_BARE_NUMBER = re.compile(r"(?:^|[\sو])\d{1,3}$")
_OTHER = Item("sign", "", "")


def rendered(words: str, to: Language) -> str | None:
    """Words that are nothing but values, in the other language; None when any word is unknown.

    Exact: no model is asked. Words that are in that language already are None too.
    """
    items = _items(words, to)
    if items is None or not any(item.kind in VALUES for item in items) or not _sound(items):
        return None
    placed = _with_bounds(items, to)
    return None if placed is None else _joined(placed, to)


def with_values(sentence: str, to: Language) -> str:
    """A sentence with its values in the other language, the rest as it is: for a translator."""
    return " ".join(value or words for words, value in _runs(sentence, to))


def values_in(sentence: str, to: Language) -> list[str]:
    """The values of a sentence that have figures, each in the other language, in order."""
    values = (value for _, value in _runs(sentence, to) if any(map(str.isdigit, value)))
    return [_AND.sub("", value.strip(" ,،;؛.:")) for value in values]


def facts(text: str, language: Language) -> Counter[str]:
    """The values that a text holds, each spelt in one way whatever its language.

    "1" is left out: "a month" and "one month" are one.
    """
    items = _read(split(text[:_MOST_TEXT]), language, facts=True)
    return Counter(item.value for item in items if item and item.kind in VALUES and item.value)


def _runs(sentence: str, to: Language) -> Iterator[tuple[str, str]]:
    """The words of a sentence, those of a value together, with the value in the other language."""
    words = sentence.split()
    at = 0
    while at < len(words):
        for size in range(min(_RUN, len(words) - at), 0, -1):
            run = " ".join(words[at : at + size])
            value = rendered(run, to) if size > 1 or any(map(str.isdigit, run)) else None
            if value is not None and not _is_cut(value, words[at + size : at + size + 1]):
                break
            value = None
        yield run, value or ""
        at += size


def _is_cut(value: str, following: Sequence[str]) -> bool:
    """Whether a value ends with a number that counts the word behind it, which is unknown."""
    counts = _BARE_NUMBER.search(value) is not None
    return counts and any(content_tokens(word, text_language(word)) for word in following)


# --- Reading ----------------------------------------------------------------------------------


def _items(text: str, to: Language) -> list[Item] | None:
    """What the words are, if all of them are known and in the language that is not wanted."""
    arabic = any("\u0621" <= letter <= "\u064a" for letter in text)
    if not text.strip() or len(text) > _LONGEST or (to == "ar" and arabic):
        return None
    letters = any(map(str.isalpha, text))
    own = to == "en" and letters and not arabic and text_language(text) == "en"
    if own and not is_code(text.strip()):
        return None
    items: list[Item] = []
    for item in _read(split(text), "ar" if to == "en" else "en"):
        if item is None:
            return None
        items.append(item)
    return items


def _read(words: Words, language: Language, *, facts: bool = False) -> Iterator[Item | None]:
    """What each word or phrase is, None for what is unknown; Arabic particles come off a word."""
    before = [_OTHER]
    at = 0
    while at < len(words):
        found = read_item(words, at, before, facts=facts)
        said = words.said[at]
        if found is None and language == "ar" and said[0] in "وبل" and len(said) > 3:
            words = words.parted(at, 1)
            found = read_item(words, at, before, facts=facts)
        item, at = found or (None, at + 1)
        before = [*before[-2:], item or _OTHER]
        yield item


def _sound(items: Sequence[Item]) -> bool:
    """Whether each small word has what it belongs to, in the sense in which it is put over."""
    said = [item for item in items if item.kind != "sign"]
    for item, following in zip(said, [*said[1:], None], strict=True):
        if item.kind not in ("before", "and"):
            continue
        if following is None:
            return False
        if item.en == "on" and following.kind in COUNTS:
            return False
        if item.en == "by" and following.kind not in DAYS:
            return False
        if item.ar == "ب" and (following.unit is None or following.unit.kind != "money"):
            return False
    return True


# --- Writing ----------------------------------------------------------------------------------


def _with_bounds(items: Sequence[Item], to: Language) -> list[Item] | None:
    """The items with "at least" and its like where that language has them; None if of nothing.

    English sets them before a number; Arabic sets some of them behind it.
    """
    placed = list(items)
    for item in items:
        if item.kind not in ("bound", "bound behind"):
            continue
        at = next(place for place, other in enumerate(placed) if other is item)
        del placed[at]
        if at < len(placed) and placed[at].kind in VALUES:
            low, high = at, _end(placed, at)
        elif at and placed[at - 1].kind in (*VALUES, "per"):
            low, high = at - 2 if placed[at - 1].kind == "per" and at > 1 else at - 1, at
        else:
            return None
        placed.insert(high if to == "ar" and item.kind == "bound behind" else low, item)
    return placed


def _end(items: Sequence[Item], at: int) -> int:
    return at + 2 if at + 1 < len(items) and items[at + 1].kind == "per" else at + 1


def _joined(items: Sequence[Item], to: Language) -> str:
    text = ""
    for place in range(len(items)):
        word = _worded(items, place, to)
        tight = not text or text[-1] in _TIGHT_BEHIND or word in _TIGHT_BEFORE
        tight = tight or (to == "ar" and (text == "و" or text.endswith(" و")))
        tight = tight or "dash" in (items[place].kind, items[place - 1].kind)
        text += word if tight or not word else f" {word}"
    return text


def _worded(items: Sequence[Item], place: int, to: Language) -> str:
    """One item, with the preposition that the next one takes."""
    item = items[place]
    following = items[place + 1] if place + 1 < len(items) else None
    if item.kind == "before" and item.en in ("in", "on") and following is not None:
        if to == "ar":
            return {"weekday": "", "time": "الساعة"}.get(following.kind, "في")
        if following.kind == "date":
            return "on" if following.en[0].isdigit() else "in"
        return {"weekday": "on", "time": "at"}.get(following.kind, "in")
    if to == "en" and item.en == "from" and _is_part_of(items, place):
        return "of"
    if to == "en" and item.kind == "year" and place and items[place - 1].kind in VALUES:
        return f"in {item.en}"
    behind = place > 0 and items[place - 1].kind in ("before", "bound")
    return item.text(to, behind_preposition=behind)


def _is_part_of(items: Sequence[Item], place: int) -> bool:
    """Whether «من» says of how many: «9 من 11 عضوًا»."""
    if not 0 < place < len(items) - 1:
        return False
    if items[place + 1].en.startswith("every "):
        return True
    kinds = {items[place - 1].kind, items[place + 1].kind}
    to = place + 2 < len(items) and items[place + 2].en in ("to", "until", "up to")
    return kinds <= COUNTS and "number" in kinds and not to
