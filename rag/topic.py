"""Questions that name a topic and ask for whatever the documents say about it.

What is around the topic ("what does the document say about ...") says nothing about the subject,
and would be searched for like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text.keywords import content_tokens
from index.text.normal import normalised
from index.text.sentences import text_language

_UNSEEN = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
# Letters that are written for each other. None becomes two: places in a text stay the same.
_SPELLING = str.maketrans("أإآٱى’ةؤئ", "ااااي'هوي")

_DOCUMENTS_EN = (
    r"(?:(?:the|this|that|these|those|my|our|your|any|all)(?: of)? )*+"
    r"(?:\w+ )?(?:documents?|files?|texts?|sources?|papers?|books?|handbooks?|manuals?"
    r"|guides?|policy|policies|reports?|contracts?|rules|library|it)"
)
_DOCUMENTS_AR = (
    r"(?:ال)?(?:مستند(?:ات)?|وثيقه|وثايق|ملف(?:ات)?|نص|كتاب|دليل|لايحه|تقرير|عقد|مصادر)\w{0,3}"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:and |so |but )?what (?:else )?(?:does|do|did) {_DOCUMENTS_EN} "
        r"(?:say|state|tell|mention|contain)(?: us| me)? (?:about|on|of|regarding) (.+)$",
        rf"what (?:is|was) (?:said|written|stated|there)(?: in {_DOCUMENTS_EN})? "
        r"(?:about|on|regarding) (.+)$",
        r"(?:please )?(?:(?:can|could) you )?(?:tell me|describe|explain|summari[sz]e|outline"
        r"|give me an? (?:short )?(?:summary|overview))(?: (?:more|all|everything|what (?:is|was)"
        rf" (?:said|written)|(?:of )?what {_DOCUMENTS_EN} says?))*+(?: (?:about|of|on))?"
        r" (?!(?:what|when|where|who|whose|which|why|how|if|whether)\b)(.+)$",
        r"(?:و|ف)?(?:ماذا|ما الذي|ما) (?:يقول|تقول|قال|يذكر|تذكر|ذكر|ورد|جاء|كتب|قيل|يوجد)"
        rf"(?: (?:في )?{_DOCUMENTS_AR})*+ (?:عن|بشان|حول) (.+)$",
        r"(?:من فضلك )?(?:لخص|اشرح|صف|حدثني|تحدث|اخبرني|اذكر|وضح)(?: لي)?"
        rf"(?: (?:ملخصا|نبذه|كل|ما|المزيد|ورد|جاء|قيل|يقال|في)| {_DOCUMENTS_AR})*+"
        r" (?:عن|حول|بشان) (.+)$",
    )
)
_END = re.compile(r"(?:in detail|please|briefly|من فضلك|بالتفصيل|باختصار)$", re.IGNORECASE)
_SIGNS = ".؟?!،, "
_QUOTES = "\"'“”„«»‘’ "


def topic_of(question: str) -> str:
    """The topic as the question writes it; empty where the question is of another kind."""
    asked = " ".join(_UNSEEN.sub("", normalised("NFC", question)).split())
    spelt = asked.translate(_SPELLING)
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
