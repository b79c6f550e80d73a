"""Arabic typed in Latin letters ("emta yeftah el mat7af?"): told from other languages, and spelt.

A best effort. Short vowels are not written in Arabic and long ones look the same in Latin letters,
so small words come from a list and the others from rules; searching finds the words of the
documents that are spelt almost so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.text.keywords import content_tokens


def _table(rows: str) -> dict[str, str]:
    return {
        typed: meant
        for row in rows.strip().split(";")
        for meant, *forms in [row.split()]
        for typed in forms
    }


# Small words that no text in English, French, Spanish or German is full of.
_TELLING = _table(
    """
    من meen; ما shu shou esh eish; أين wayn wein ween fein feen ayna; متى emta imta ayemta;
    كم kam addesh gaddesh; كيف kif keef kayf ezay izzay; لماذا leish leesh limatha; ماذا matha;
    هو howa huwa howwe; هي hiye hiyye; هذا hatha hadha hayda; الذي elli illi yalli; على 3ala;
    عن 3an; مع ma3a; عند 3end 3and; حتى 7atta; ليس mish moush; يوم youm yoom; أيام ayyam;
    لازم lazem; ممكن momken mumkin; أريد 3ayez biddi; بعد ba3d
    """
)
# Words that other languages have too: they help, but never decide.
_HELPING = _table(
    "ال el al il; و w wa; في fi fee; من men min; ما ma eh; متى mata; أي ay; لماذا leh; هل hal;"
    " كل kull; بال bel bil; لل lel lil; وال wel; في+ال fel"
)
_MEANT = {word: meant.replace("+", " ") for word, meant in {**_HELPING, **_TELLING}.items()}
_FOREIGN = re.compile("los|las|del|una|por|para|como|cual|cuando|est|les|des|der|das|und|wann|wo")
_TYPED = re.compile(r"[^\W_]+(?:['’][^\W_]+)*['’]?")
_ACCENT_OR_SIGN = re.compile(
    r"[\u00a1\u00bf\u00c0-\u024f\u0400-\u060b\u060d-\u061e\u0620-\u1fff\u2c00-\ufeff]"
)
# A digit for a letter: inside a word it tells, at its edge it helps ("7al", but also "3D").
_INSIDE = re.compile(
    r"[a-z]+[35679][a-z]+\d?$|[a-z]*[aeiou]2[a-z0-9]*[a-z]$|[a-z]+2[aeiou][a-z0-9]*$"
)
_AT_EDGE = re.compile(r"[23579][a-z]{2}[a-z0-9]+$|[a-z]{2,}[37]$")
_PRODUCT = re.compile(r"\d+[a-z]{1,6}s?$|(?:mp|ps|gpt|web|html|css|word|seq|[dghkmqsv])\d")


def is_arabizi(text: str) -> bool:
    """Whether a text is Arabic in Latin letters.

    Two signs are needed, at least one of them a word that is hardly anything but Arabic. Doubt
    goes to English, as names, product codes and chemistry have digits inside words too.
    """
    if _ACCENT_OR_SIGN.search(text):
        return False
    telling = helping = foreign = 0
    for word in _TYPED.findall(text):
        small = word.casefold()
        if small in _TELLING:
            telling += 1
        elif small in _HELPING:
            helping += 1
        elif _FOREIGN.fullmatch(small) or not content_tokens(small, "en"):
            foreign += 1
        elif word.isupper() or _PRODUCT.match(small):
            continue
        elif _INSIDE.match(small):
            telling += 1
        elif _AT_EDGE.match(small):
            helping += 1
    return (
        telling > 0 and telling + helping >= 2 and foreign < 2 and foreign * 3 <= telling + helping
    )


def in_arabic_letters(text: str) -> str:
    """Such a text in Arabic script, to search with."""
    written = " ".join(_written([word.casefold() for word in _TYPED.findall(text)]))
    return _WRITTEN_ONTO.sub(r"\1", written)


_WRITTEN_ONTO = re.compile(r"\b(ال|و) ")
_ARTICLED = re.compile(r"(?:el|al)(?=[b-df-hj-np-tv-z2-9])(?=.{4})")
_LETTERS = """
    3'=غ 7'=خ 9'=ض 6'=ظ sh=ش ch=تش kh=خ gh=غ th=ث dh=ذ ph=ف ou=و oo=و uu=و ee=ي ii=ي aa=ا ei=ي
    ey=ي ay=ي ai=ي aw=و au=و 2=ء 3=ع 5=خ 6=ط 7=ح 8=ق 9=ص b=ب t=ت j=ج g=ج d=د r=ر z=ز s=س f=ف q=ق
    k=ك l=ل m=م n=ن h=ه w=و y=ي p=ب v=ف x=كس c=ك
"""
_WRITES = {typed: meant for typed, _, meant in (x.partition("=") for x in _LETTERS.split())}
_SOUND = re.compile("|".join(map(re.escape, _WRITES)) + "|[aeiou]")
_LAST_EH = re.compile("(?<=[a-z3579])eh$")
_DOUBLED = re.compile(r"([b-df-hj-np-tvwxz])\1")


def _written(words: list[str]) -> Iterator[str]:
    for word in words:
        if word in _MEANT:
            yield _MEANT[word]
        elif word.isdigit():
            yield word
        elif _ARTICLED.match(word):
            yield "ال" + _by_sound(word[2:])
        else:
            yield _by_sound(word)


def _by_sound(typed: str) -> str:
    """Arabic letters for Latin ones; a short vowel is left out, a long one has to be guessed.

    A vowel is taken for long before the last consonant (matar, wazir) and before the last
    consonant with an ending (ejaza), unless a closed syllable stands before it (tazkara).
    """
    typed = _LAST_EH.sub("e", _DOUBLED.sub(r"\1", typed.replace("’", "'")))
    sounds = _SOUND.findall(typed)
    kinds = "".join("v" if s in "aeiou" else "Vc"[s[0] not in "aeiou"] for s in sounds)
    closed = kinds.find("cc") + 2 if "cc" in kinds else len(kinds)
    vowel = min(kinds.find(kind) % (len(kinds) + 1) for kind in "vV")
    spelt: list[str] = []
    for place, sound in enumerate(sounds):
        after = kinds[place + 1 : place + 4]
        if sound == "2":
            following = sounds[place + 1][0] if after else ""
            spelt.append(_hamza(sounds[place - 1] if place else "", following))
        elif kinds[place] != "v":
            spelt.append(_WRITES[sound])
        elif not place:
            spelt.append("ا")
        elif sounds[place - 1] == "2" and place == 1:
            continue  # the hamza that opens a word is written on the vowel
        elif not after:
            spelt.append({"a": "ة", "e": "ة", "i": "ي", "o": "و", "u": "و"}[sound])
        elif place < closed and (
            (after == "c" and place > vowel) or (after == "cv" and sound == "a")
        ):
            spelt.append({"a": "ا", "e": "", "i": "ي", "o": "و", "u": "و"}[sound])
    return "".join(spelt)


def _hamza(before: str, after: str) -> str:
    if before[-1:] in ("o", "u") or (before and after in ("o", "u")):
        return "ؤ"
    return "ئ" if before[-1:] in ("i", "e") or (before and after == "i") else "أ"
