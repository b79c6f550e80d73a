"""Do these passages answer the question? A first, simple rule; when in doubt, they do.

For question and passage in one language a logistic score of two features of the best hits: the
cosine of the nearest sentence and the share of the question's words that stand in the passage.
Across languages, of that cosine and of its margin over the hits that follow. Fitted on XQuAD
(answerable questions against questions whose passage was taken out). In one language .97 (Arabic)
and .98 (English) of the answerable are kept, .53 and .67 of questions about the same article are
caught, .85 and .94 of questions about something else; across languages .95 are kept and only
.2 to .3 caught.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from index import Hit, Language
from index.models import DEFAULT_EMBEDDING

BEST = 4
"""How many hits may hold the answer."""
BACKGROUND = 13
"""How many hits to look at in all: those after the third are what nearness is compared with."""
_LEAST_BACKGROUND = 3


@dataclass(frozen=True, slots=True)
class _Rule:
    """Weights of a logistic score, and the score from which on the passages answer."""

    intercept: float
    threshold: float
    similarity: float
    coverage: float = 0.0
    margin: float = 0.0


_RULES: dict[tuple[Language, Language], _Rule] = {
    ("ar", "ar"): _Rule(-46.12, -1.80, similarity=49.96, coverage=7.60),
    ("en", "en"): _Rule(-52.89, -1.80, similarity=57.23, coverage=7.59),
    ("ar", "en"): _Rule(-22.38, -1.16, similarity=26.63, margin=36.89),
    ("en", "ar"): _Rule(-26.43, -1.06, similarity=32.47, margin=23.05),
}
# Where the store holds too few passages to compare with.
_RULES_WITHOUT_MARGIN: dict[tuple[Language, Language], _Rule] = {
    ("ar", "en"): _Rule(-38.56, -1.10, similarity=48.48),
    ("en", "ar"): _Rule(-38.55, -1.07, similarity=48.76),
}


def passages_answer(hits: Sequence[Hit], language: Language, sentence_model: str) -> bool:
    """Whether the first hits hold the answer to a question in that language.

    Give `BACKGROUND` hits where there are as many. The rule is calibrated for the default
    sentence model; with another it always says yes.
    """
    if not hits:
        return False
    if sentence_model != DEFAULT_EMBEDDING:
        return True
    pair = (language, hits[0].language)
    similar = [hit for hit in hits[:BEST] if hit.language == hits[0].language]
    nearest = max(hit.sentence.similarity for hit in similar)
    rest = [hit.sentence.similarity for hit in hits[3:BACKGROUND]]
    rule = _RULES[pair]
    if rule.margin and len(rest) < _LEAST_BACKGROUND:
        rule = _RULES_WITHOUT_MARGIN[pair]
    score = (
        rule.similarity * nearest
        + rule.coverage * max(hit.coverage or 0.0 for hit in similar)
        + rule.margin * (nearest - fmean(rest or [nearest]))
        + rule.intercept
    )
    return score >= rule.threshold
