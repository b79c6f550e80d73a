"""Questions that name a topic and ask for whatever the documents say about it.

What is around the topic ("what does the document say about ...") says nothing about the subject,
and would be searched for like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.keywords import content_tokens
from index.normal import normalised
from index.sentences import text_language
from rag.spelling import SPELLING, UNSEEN

_DOCUMENTS_EN = (
    r"(?:(?:the|this|that|these|those|my|our|your|any|all)(?: of)? )*"
    r"(?:\w+ )?(?:documents?|files?|texts?|pages?|sources?|papers?|books?|handbooks?|manuals?"
    r"|guides?|policy|policies|reports?|contracts?|rules|library|it)"
)
_DOCUMENTS_AR = (
    r"(?:هذا |هذه |كل |جميع )?(?:ال)?(?:مستند(?:ات)?|وثيقه|وثايق|ملف(?:ات)?|نص|نصوص|صفح(?:ات|ه)"
    r"|كتاب|كتب|دليل|لايحه|لوايح|تقرير|تقارير|عقد|عقود|مصدر|مصادر|مكتبه)\w{0,3}"
)
_PATTERNS = (
    re.compile(
        rf"^(?:and |so |but )?what (?:else )?(?:does|do|did) {_DOCUMENTS_EN} "
        r"(?:say|state|tell|mention|write|contain|hold)(?: us| me)? "
        r"(?:about|on|of|regarding) (.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^what (?:is|was|has been) (?:said|written|stated|there)(?: in {_DOCUMENTS_EN})? "
        r"(?:about|on|regarding) (.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:please )?(?:(?:can|could) you )?(?:tell me|describe|explain|say|summari[sz]e|outline"
        r"|give me an? (?:summary|overview|outline))(?: to me)?"
        r"(?: (?:more|all|everything|something|what (?:is|was) (?:said|written)"
        rf"|what {_DOCUMENTS_EN} says?))*(?: (?:about|of|on|regarding))? (.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:و|ف)?(?:ماذا|ما الذي|ما) (?:يقول|تقول|قال|قالت|يذكر|تذكر|ذكر|ذكرت|ورد|جاء|كتب|قيل"
        rf"|يوجد|يرد|ترد)(?: (?:في )?{_DOCUMENTS_AR}| فيها| فيه)*+ (?:عن|بشان|حول|في شان) (.+)$"
    ),
    re.compile(
        r"^(?:من فضلك )?(?:لخص|لخصي|اشرح|اشرحي|صف|حدثني|حدثنا|تحدث|اخبرني|اذكر|وضح|قدم)"
        r"(?: لي| لنا)?(?: (?:ملخصا|نبذه|كل|ما|شييا|المزيد|جميع|ورد|جاء|قيل|كتب|يقال|تعرف)| في"
        rf" {_DOCUMENTS_AR}| {_DOCUMENTS_AR})*+ (?:عن|حول|بشان) (.+)$"
    ),
)
_END = re.compile(
    r"(?:in detail|in full|please|briefly|in short|من فضلك|بالتفصيل|باختصار)$", re.IGNORECASE
)
_SIGNS = ".؟?!،, "
_QUOTES = "\"'“”„«»‘’ "
_ALSO = str.maketrans("ةؤئ", "هوي")


def topic_of(question: str) -> str:
    """The topic as the question writes it; empty where the question is of another kind."""
    plain = UNSEEN.sub("", normalised("NFC", question))
    asked = " ".join(plain.split())
    spelt = asked.translate(SPELLING).translate(_ALSO)
    for pattern in _PATTERNS:
        found = pattern.match(spelt)
        if found is not None:
            topic = asked[found.start(1) : found.end(1)]
            for _ in range(2):
                topic = _END.sub("", topic.rstrip(_SIGNS)).rstrip(_SIGNS).strip(_QUOTES)
            return topic if _words(topic) else ""
    return ""


def is_headed(section: Sequence[str], topic: str) -> bool:
    """Whether a heading of the section says the same words as the topic."""
    wanted = _words(topic)
    return bool(wanted) and any(_words(heading) == wanted for heading in section)


def _words(text: str) -> set[str]:
    return set(content_tokens(text, text_language(text)))
