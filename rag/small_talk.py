"""Greetings, thanks, "who are you" and "help": answered without looking into documents.

A message is small talk only when all of it is: it is taken apart into known phrases, and one
word left over makes it a question to search for. So "Hello, how many days of leave do I get?"
is a question, and nothing about the documents is ever swallowed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index import Language
from index.text.keywords import normalise

_LONGEST = 120  # characters; no one says hello at greater length

# The first kind of this table that a message holds counts: "hello, who are you?" is told who.
_REPLIES: dict[str, dict[Language, str]] = {
    "help": {
        "en": (
            "Ask me anything that your documents answer, in English or Arabic. I answer from them "
            "alone, show the sentence of the source that each statement rests on, and say so when "
            "the answer is not there."
        ),
        "ar": (
            "اسألني عن كل ما تجيب عنه مستنداتك، بالعربية أو بالإنجليزية. أجيب منها وحدها، وأُظهر "
            "جملة المصدر التي يستند إليها كل قول، وأقول لك إذا لم أجد الجواب فيها."
        ),
    },
    "who": {
        "en": (
            "I am Sanad, a program that answers questions about your own documents, in Arabic or "
            "English. I name the source of what I say, work offline, and say so when the answer is "
            "not in the documents."
        ),
        "ar": (
            "أنا سند، برنامج يجيب عن الأسئلة حول مستنداتك بالعربية أو بالإنجليزية. أذكر مصدر ما "
            "أقوله، وأعمل دون اتصال بالإنترنت، وأقول لك إذا لم يكن الجواب في المستندات."
        ),
    },
    "thanks": {
        "en": "You are welcome! Ask me again whenever you like.",
        "ar": "عفواً! اسألني متى شئت.",
    },
    "salam": {
        "en": "Wa alaikum assalam! What would you like to know from your documents?",
        "ar": "وعليكم السلام ورحمة الله وبركاته! ماذا تود أن تعرف من مستنداتك؟",
    },
    "hello": {
        "en": "Hello! What would you like to know from your documents?",
        "ar": "أهلاً بك! ماذا تود أن تعرف من مستنداتك؟",
    },
}
# With a question mark this may be about the answer: "great?".
_NEVER_ASKED = {"thanks"}
_FILLER = "filler"
_PHRASES = {
    "help": """
        what can you do, what do you do, what can i ask, how can you help me, can you help me,
        help, help me, what can sanad do, ماذا يمكنك أن تفعل, ماذا تستطيع أن تفعل, كيف تساعدني,
        كيف يمكنك مساعدتي, هل يمكنك مساعدتي, ماذا أسألك, مساعدة, ساعدني, شو بتعمل
    """,
    "who": """
        who are you, what are you, whats your name, what is your name, what is sanad, من أنت,
        مين أنت, من أنتم, ما اسمك, شو اسمك, ما هو سند, عرفني بنفسك
    """,
    "thanks": """
        thanks, thank you, thx, many thanks, thanks a lot, thank you very much, thanks so much,
        thank you so much, that helped, that helps, thats helpful, ok, okay, great, perfect, good,
        excellent, bye, goodbye, شكرا, شكرا جزيلا, شكرا لك, أفدتني, هذا مفيد, جزيل الشكر, مشكور,
        يعطيك العافية, جزاك الله خيرا, تسلم, تمام, ممتاز, حسنا, طيب, مع السلامة
    """,
    "salam": """
        السلام عليكم, السلام عليكم ورحمة الله, السلام عليكم ورحمة الله وبركاته, سلام عليكم, سلام,
        salam, salam alaikum, salam alaykum, assalamu alaikum, as salamu alaykum
    """,
    "hello": """
        hello, hi, hey, good morning, good afternoon, good evening, how are you, مرحبا, أهلا,
        أهلا وسهلا, صباح الخير, مساء الخير, كيف حالك, كيف الحال, كيفك, marhaba, ahlan
    """,
    _FILLER: """
        sanad, سند, يا سند, there, everyone, please, very much, again, and, now, من فضلك, لو سمحت,
        و, لك, لكم, جدا, كثيرا
    """,
}
_KINDS = {
    tuple(normalise(phrase).split()): kind
    for kind, phrases in _PHRASES.items()
    for phrase in phrases.split(",")
}
_MOST_WORDS = max(map(len, _KINDS))
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_QUESTION_MARK = re.compile("[?؟]")


def small_talk(question: str, language: Language) -> str | None:
    """The reply to a message that is nothing but small talk, in `language`; None for all others.

    Spelling, punctuation, emoji and letters drawn out ("شكراااا") do not matter.
    """
    kind = _kind(question.strip()) if len(question) <= _LONGEST else None
    return None if kind is None else _REPLIES[kind][language]


@lru_cache(maxsize=1024)
def _kind(message: str) -> str | None:
    spelt = normalise(message)
    for once in (r"\1", r"\1\1"):  # "hiii" has one i, "coool" two
        kinds = _taken_apart(_DRAWN_OUT.sub(once, spelt).split())
        told = [kind for kind in _REPLIES if kind in kinds]
        if told and not (set(told) <= _NEVER_ASKED and _QUESTION_MARK.search(message)):
            return told[0]
    return None


def _taken_apart(words: list[str]) -> set[str]:
    """The kinds of the phrases that `words` are made of; none when a word is left over."""
    kinds: set[str] = set()
    place = 0
    while place < len(words):
        for count in range(min(_MOST_WORDS, len(words) - place), 0, -1):
            if kind := _KINDS.get(tuple(words[place : place + count])):
                kinds.add(kind)
                place += count
                break
        else:
            return set()
    return kinds - {_FILLER}
