"""What kind of answer a question asks for, and the single questions it is made of.

Judged by how the question opens and by the few words that name a kind. A wrong guess costs
little: it only decides how much is quoted, and in which form.
"""

from __future__ import annotations

import re
from typing import Literal

from index.text.keywords import content_tokens, normalise
from index.text.sentences import text_language

Shape = Literal["fact", "yesno", "list", "summary", "compare", "how"]

_MOST_PARTS = 4
_CLAUSE_END = re.compile("[.,;:!?،؛؟\n]")

# All patterns are matched against clauses spelt by `normalise`: no marks, one alef and yeh, ه for
# ة, ء for ئ and ؤ, single spaces.
_OPENERS = re.compile(
    r"(?:(?:please|and|but|so|ok|then|also|or|can you|could you|tell me|do you know|i want to know"
    r"|من فضلك|طيب|هلا|اريد ان اعرف|قل لي|هل تعرف|ثم|لكن) )*+(?:و(?=هل|كم|ما|كيف|اي|ماذا|اذكر))?"
)
_AMOUNT = re.compile(r"(?:how (?:many|much|long|often|far|old|high|deep)|كم|بكم|عدد)\b")
_COMPARE = re.compile(
    r"\b(?:compare|comparison|differences?|differ|differs|versus|up or down|rise or fall)\b"
    r"|\b(?:قارن|قارني|مقارنه|الفرق|الفروق|يختلف|تختلف|ايهما|ايهم|ايهن)\b|\bاي ال\w+ين\b"
)
_COMPARATIVES = """
    more less fewer better worse longer shorter higher lower cheaper dearer faster quicker slower
    bigger larger smaller heavier lighter older newer earlier later greater quieter wider
    اكثر اقل اعلي ارخص اغلي اطول اقصر اسرع اكبر اصغر اقدم احدث افضل اثقل اخف اهدا
"""
_COMPARATIVE = frozenset(_COMPARATIVES.split())
_AMONG = frozenset(["or", "than", "ام", "اي"])
_SUMMARY = re.compile(
    r"\b(?:summar\w+|overview|gist|outline|sum up)\b|\b(?:describe|explain|everything|in detail)\b"
    r"|^what is .+ about\b|^about \w"
    r"|\b(?:لخص|لخصي|ملخص|ملخصا|خلاصه|تلخيص|نبذه|حدثني|تحدث|اشرح|اشرحي|صف|وضح|بالتفصيل|كل ما)\b"
)
_HOW = re.compile(
    r"^how (?:do|does|should|can|could|must|to|is|are)\b(?!.*\b(?:cost|weigh|measure)\b)"
    r"|^what (?:happens|(?:do|should|must|can) \w+ (?:\w+ ){0,4}?do)\b"
    r"|^(?!.*how many)(?!.*كم).*\b(?:steps|procedure|walk me through|خطوات|مراحل|اجراءات)\b"
    r"|^كيف (?!حال|هو |هي )\w|^ماذا (?:يحدث|يحصل|علي|(?:ب[انيت]?|[انيت])(?:فعل|عمل|سوي|ساوي))"
)
_PLURAL = r"(?!does\b|was\b|has\b|is\b)\w+[^\Wsui]s\b"
_VERB = r"(?:is|are|were|do|did|have|had|can|must|may|should|will|need)\b"
_LIST = re.compile(
    rf"^(?:list|enumerate|name|what (?:are|were) (?:the |all )?(?:\w+ )?(?:\w+ )?{_PLURAL}"
    rf"|(?:\w+ )?(?:what|which) (?:other )?{_PLURAL}|(?:\w+ )?(?:what|which) \w+ {_PLURAL} {_VERB}"
    r"|what (?:comes|is|was) (?:in|included|with)\b|what .*\b(?:bring|provide|submit|hand in|need"
    r"|needed|required|include)$)"
    r"|^(?:اذكر|اذكري|اسرد|عدد لي|عددي|ما الذي يجب|ماذا (?:يجب|يلزم|لازم))\b"
    r"|^(?:في )?(?:ما|اي|ماذا|من) (?:هي |هم |هما )?(?:اهم )?(?:ال)?(?:\w{2,}ات|\w\wا\w(?!ه\b)\w\w?"
    r"|ا\w\wا[^\Wه]|ايام|شروط|حقوق|عيوب|بنود|رسوم|\w+ان (?=ال))\b"
)
_LISTED = re.compile("عد\u0651\u0650?د")
_ASKS = re.compile(
    r"^(?:\w+ )?(?:what|whats|who|whos|whose|whom|which|when|where|why|how)\b"
    r"|\b(?:ما(?!ء)|من هو|من هي|ماذا|متي|اين|كم|بكم|كيف|لماذا|اي|ايه)\b"
)
_YESNO = re.compile(
    r"^(?:is|are|am|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must|isnt|arent|wasnt|doesnt|dont|didnt|cant|wont)\b"
    r"|^(?:هل|اليس|الم|الا|الن)\b|\b(?:ممكن|ينفع|يجوز|يمكنني|اقدر|تقدر|يقدر|نقدر|مسموح|يصير|ولا)\b"
    r"|\b[هحس][يت]\w{3,}"
)
_ASKED_BY_HAMZA = re.compile(r"أ(?!ي[اّ]?[مةهن])[تي]\w{3,}")


_BY_CLAUSE: dict[Shape, re.Pattern[str]] = {"summary": _SUMMARY, "how": _HOW, "list": _LIST}


def shape_of(question: str) -> Shape:
    """The kind of answer that is asked for."""
    clauses = [normalise(clause) for clause in _CLAUSE_END.split(question)]
    clauses = [_OPENERS.sub("", clause, count=1) for clause in clauses if clause]
    whole = " ".join(clauses)
    if not clauses or _AMOUNT.match(clauses[0]):
        listed = _LISTED.match(question.strip()) is not None
        return "list" if listed else "fact"
    words = whole.split()
    if _COMPARE.search(whole) or (_COMPARATIVE & {*words} and _AMONG & {*words}):
        return "compare"
    for shape, pattern in _BY_CLAUSE.items():
        if any(map(pattern.search, clauses)):
            return shape
    if _ASKED_BY_HAMZA.match(question.strip()):
        return "yesno"
    asks = any(map(_ASKS.search, clauses))
    return "yesno" if not asks and any(map(_YESNO.search, clauses)) else "fact"


# --- Parts -----------------------------------------------------------------------------------

_WH = r"(?:what|who|whose|which|when|where|why|how)\b"
_AND = re.compile(
    rf"[,;،؛]? (?:and|or) (?=(?:(?:in|on|at|for|to|from) )?{_WH})"
    r"|[،,؛]? (?=و(?:ما|ماذا|متى|أين|اين|كم|كيف|لماذا|هل|أي|بكم|لمن|من (?:[يت]\w+|هو|هي))\b)"
    r"|[?؟] ?(?=\w)",
    re.IGNORECASE,
)
_OPENS = re.compile(
    rf"\W*(?:\w+\s+)?{_WH}|\W*(?:is|are|do|does|did|can|has|have|will)\b"
    r"|\W*[وف]?(?:\w+\s+)?(?:ما|من|ماذا|متى|أين|اين|كم|كيف|لماذا|هل|أي|بكم|لمن)\b",
    re.IGNORECASE,
)


def parts_of(question: str) -> tuple[str, ...]:
    """The single questions of one that asks several; the question itself where it asks one.

    "When and where are the lectures?" is one: what is left of "and" names nothing.
    """
    question = " ".join(question.split())
    parts: list[str] = []
    start = 0
    for found in _AND.finditer(question):
        left, right = question[start : found.start()], question[found.end() :]
        whole = _OPENS.match(left) and _names(left) and _names(right)
        if whole and len(parts) < _MOST_PARTS - 1:
            parts.append(left.strip())
            start = found.end()
    return (*parts, question[start:].strip())


def _names(text: str) -> bool:
    return bool(content_tokens(text, text_language(text)))
