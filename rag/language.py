"""The language to answer a question in.

What a question is about may stand in any script (a name, a product, a quotation); its frame,
the question words and function words, is in the language of the person who asks. So the frame
decides, not the number of letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index import Language
from index.text.keywords import content_tokens, normalise
from index.text.sentences import text_language
from rag.arabizi import is_arabizi
from rag.types import Turn

_LETTER = re.compile(r"\w")
_TURNS = 8  # how far back a question like "2019?" looks for its language


def question_language(
    question: str, history: Sequence[Turn] = (), preferred: Language | None = None
) -> Language:
    """The language to answer in.

    In this order: `preferred`; a request in the question ("answer in Arabic: ..."); Arabic in
    Latin letters; the frame around names, terms and quotations; the last earlier question that
    tells; the letters there are; English.
    """
    if preferred is not None:
        return preferred
    earlier = [turn.question for turn in reversed(history[-_TURNS:])]
    decided = (_decided(text) for text in [question, *earlier])
    return next((language for language in decided if language), text_language(question))


def _decided(text: str) -> Language | None:
    """The language that `text` shows by itself; None for digits, signs and bare Latin names."""
    if (request := _request(text)) is not None:
        return request[2]
    if is_arabizi(unquoted(text)):
        return "ar"
    return _frame(unquoted(text)) or _frame(text)


# --- The frame -------------------------------------------------------------------------------

_QUOTED = re.compile(r'"[^"]{1,400}"|«[^»]{1,400}»|[“„][^“”]{1,400}[“”]')
_WORD = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f][\w'’&.+-]*)"
    r"|(?P<arabic>[\u0621-\u065f\u0670-\u06d3\u06d5-\u06dc\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+)"
)
_ARABIC_SIGN = re.compile(r"[؟،؛٠-٩٪٫٬]")
_SMALL = re.compile(r"[a-z\u00df-\u00ff][a-z\u00df-\u00ff'’-]+$")
_ASKS, _FUNCTION, _CONTENT, _NAME, _SIGN, _FIRST, _EDGE = 2.0, 1.0, 0.5, 0.1, 1.5, 2.0, 0.5
_ASKING = frozenset(
    normalise(
        "what what's who who's whose whom which when where why how explain describe list summarise"
        " summarize translate من ما ماذا لماذا متى أين كيف كم هل أي أية لمن مين شو وين ليش ليه"
        " اشرح لخص اذكر"
    ).split()
)


def unquoted(text: str) -> str:
    """`text` without what stands in quotation marks: that was said by somebody else."""
    return _QUOTED.sub(" ", text)


def _frame(text: str) -> Language | None:
    words = [(found[0], found.lastgroup == "arabic") for found in _WORD.finditer(text)]
    sign = _ARABIC_SIGN.search(text) is not None
    if not any(arabic for _, arabic in words):
        latin = [word for word, _ in words]
        if any(map(_of_frame, latin)):
            return "en"
        # A Latin word alone may be a name; the sign behind it shows the keyboard.
        return "ar" if sign else "en" if any(map(_SMALL.match, latin)) else None
    if all(arabic for _, arabic in words):
        return "ar"
    score = {True: _SIGN if sign else 0.0, False: 0.0}
    titled = _titled(words)
    for place, (word, arabic) in enumerate(words):
        weight = _weight(word, arabic, titled[place])
        if place == 0 and weight >= _FUNCTION:
            weight += _FIRST
        if place in (0, len(words) - 1) and weight > _NAME:
            weight += _EDGE
        score[arabic] += weight
    return "ar" if score[True] >= score[False] else "en"


def _asks(word: str) -> bool:
    spelt = normalise(word)
    return spelt in _ASKING or (spelt[:1] in ("و", "ف") and spelt[1:] in _ASKING)


def _of_frame(word: str) -> bool:
    """Whether a word only holds the others together."""
    return _asks(word) or not content_tokens(word, text_language(word))


def _weight(word: str, arabic: bool, titled: bool) -> float:
    if _asks(word):
        return _ASKS
    if titled:
        return _NAME
    if _of_frame(word):
        return _FUNCTION
    return _CONTENT if arabic or _SMALL.match(word) else _NAME


def _titled(words: Sequence[tuple[str, bool]]) -> list[bool]:
    """For each word whether it stands in a Latin title: "The Art of War" inside Arabic words."""
    titled = [False] * len(words)
    start = 0
    for place in range(len(words) + 1):
        if place < len(words) and not words[place][1]:
            continue
        run = [word for word, _ in words[start:place]]
        told = [word for word in run if not _of_frame(word)]
        asks = bool(run) and _asks(run[0])
        if told and not asks and all(word[0].isupper() for word in (run[0], *told)):
            titled[start:place] = [True] * len(run)
        start = place + 1
    return titled


# --- Requests for a language -----------------------------------------------------------------

_CLAUSE = re.compile(r"[^.?!؟:،,;؛\n()—–]+")
_PHRASE = re.compile(
    r"(?<!\w)(?:(?P<english>(?:in|into|to)\s+(?:arabic|english)(?:\s+language)?)"
    r"|(?P<arabic>(?:ب|لل|إلى\s+|الى\s+)(?:ال)?(?:لغ[ةه]\s+(?:ال)?)?(?:عربي|[إا]ن[جك]لي?زي)[ةه]?))(?!\w)",
    re.IGNORECASE,
)
_ARABIC_NAMED = re.compile("arab|عرب", re.IGNORECASE)
_PLEASE = (
    r"\s*(?:please|pls|only|kindly|and|but|now|(?:can|could|would|will) you"
    r"|من فضلك|لو سمحت|رجاءً?|ممكن|فقط)(?!\w)"
)
_POLITE = re.compile(rf"(?:{_PLEASE})*+\s*", re.IGNORECASE)
# What asks for the answer itself goes with the phrase; what asks for something stays.
_ANSWER = re.compile(
    rf"(?:{_PLEASE})*+\s*(?:answer|reply|respond|write|speak|say|و?[أا]جب(?:ني)?|جاوب(?:ني)?|رد"
    r"|اكتب|تكلم)(?!\w)(?:\s+(?:me|back|this|that|it|again|only|the question|علي|على|عن|لي|السؤال"
    r"|هذا))*+\s*",
    re.IGNORECASE,
)
_TELL = re.compile(
    rf"(?:{_PLEASE})*+\s*(?:explain|tell|describe|summari[sz]e|list|give|show|define|translate"
    r"|و?(?:اشرح|لخص|[أا]خبرني|وضح|اذكر|صف|[أا]عطني|ترجم))(?!\w)",
    re.IGNORECASE,
)
# These are no requests where the question is about a word of the other language.
_ABOUT_WORDS = re.compile(
    r"\b(?:call(?:ed)?|words?|said|means?|meaning|terms?|names?|spel(?:t|led)|written|version)\b"
    r"|معنى|تسمى|يسمى|كلمة|مصطلح|يقال|اسم|مكتوب|ترجمة|نسخة",
    re.IGNORECASE,
)


def without_request(question: str) -> str:
    """The question without its request for a language, which would only mislead the search.

    Empty when the question is nothing else: "in English, please".
    """
    found = _request(question)
    if found is None:
        return question
    before = question[: found[0]].rstrip(":،,;؛—–-( \n")
    after = question[found[1] :].lstrip(":،,;؛.—–-) \n")
    left = f"{before} {after}".strip() if _LETTER.match(after) else before + after
    return "" if _POLITE.fullmatch(left.strip(" .,!?؟،")) else left


def _request(text: str) -> tuple[int, int, Language] | None:
    """Where a request for a language stands, and which one it asks for."""
    text = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    return next(filter(None, map(_requested, _phrases(text))), None)


def _phrases(text: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """Each "in Arabic" with what its clause has before and behind it, the last of a clause."""
    for clause in _CLAUSE.finditer(text):
        every = list(_PHRASE.finditer(text, clause.start(), clause.end()))
        if every:
            last = every[-1]
            yield last, text[clause.start() : last.start()], text[last.end() : clause.end()]


def _requested(phrase: tuple[re.Match[str], str, str]) -> tuple[int, int, Language] | None:
    found, before, after = phrase
    if _ABOUT_WORDS.search(before):
        return None
    start, end = found.span()
    polite = _POLITE.fullmatch(after)
    language: Language = "ar" if _ARABIC_NAMED.search(found[0]) else "en"
    if _ANSWER.fullmatch(before) or (polite and _POLITE.fullmatch(before)):
        start -= len(before.lstrip())
    elif not polite:
        return None
    else:  # "explain the fees in Arabic", "how high are the fees, please in Arabic"
        own = _SCRIPT[found.lastgroup or ""].search(before)
        if own and not (after.strip() or _TELL.match(before)):
            return None
    return start, end + (len(after) if polite else 0), language


_SCRIPT = {"english": re.compile("[A-Za-z]"), "arabic": re.compile("[\u0621-\u064a]")}


# --- Denials ---------------------------------------------------------------------------------

_BARE_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DENYING: dict[Language, str] = {
    "en": """
        not no never none nor neither without cannot except unless forbidden prohibited banned
        refuse refuses refused reject rejected rejects against excluding nothing nobody
    """,
    "ar": """
        لا لم لن ليس ليست ليسوا غير دون بدون بلا عدا باستثناء إلا يمنع ممنوع تمنع يحظر تحظر محظور
        رفض رفضت يرفض ضد
    """,
}
_DENIALS: dict[Language, frozenset[str]] = {
    language: frozenset(map(normalise, words.split())) for language, words in _DENYING.items()
}


def denies(text: str, language: Language) -> bool:
    """Whether words of a text deny something, forbid it or make an exception."""
    for word in _BARE_WORD.findall(text):
        spelt = normalise(word)
        forms = [spelt]
        if language == "ar" and spelt[:1] in ("و", "ف", "ب"):
            forms.append(spelt[1:])
        if language == "en" and word.lower().replace("’", "'").endswith("n't"):
            return True
        if any(form in _DENIALS[language] for form in forms):
            return True
    return False
