"""Do these passages answer the question? Three outcomes: they do, perhaps, they do not.

A logistic score of what searching saw: how much nearer the best sentence comes than the background
of the whole store, how much of the question's words stand in the passage or come near to its
words, and how far the best hit stands out from the ones that follow. No absolute cosine: those
move with the subject of a store and the style of a question, and a rule with them, as good on the
set it was fitted on, refused a third of the plain questions about a handbook. Weights and
thresholds are data (`calibration.json`), made by `sanad calibrate` for each pair of languages and
each embedding model; a rule of fewer features serves stores too small to compare with.

Thresholds are set by the share of answerable questions they let through, so that they mean the
same for every model. What they catch is printed by the same command.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from statistics import fmean
from typing import Any, Literal, get_args

from index import Hit, Language
from rag.errors import SettingInvalid

Verdict = Literal["answer", "doubt", "refuse"]
Strictness = Literal["open", "balanced", "strict"]
STRICTNESS: tuple[Strictness, ...] = get_args(Strictness)

LOOKED_AT = 13
"""How many hits to look at: those after the third are what the best is compared with."""
_REST = slice(3, LOOKED_AT)
_LEAST_REST, _LEAST_ALIKE = 5, 2

# The share of answerable questions above the score below which there is no answer, and above the
# one from which on there is; in one language, and across languages, where the two kinds of
# questions overlap far more. Between the two the language model is asked.
_KEPT: dict[Strictness, dict[bool, tuple[float, float]]] = {
    "open": {True: (0.99, 0.90), False: (0.99, 0.75)},
    "balanced": {True: (0.99, 0.75), False: (0.99, 0.30)},
    "strict": {True: (0.95, 0.65), False: (0.95, 0.30)},
}
# In doubt the language model is asked whether the evidence contains the answer, and its log odds
# of "yes" are added to those of the rule. The embedded model says yes too readily and in a low
# voice: its median is 0.7 where the answer is there and 0.2 where it is not (124 questions).
# The least sum that is answered, by the languages of question and evidence: what lets through the
# same share of the answerable questions of each pair.
_LEAST_ODDS: dict[tuple[Language, Language], float] = {
    ("ar", "ar"): -0.4,
    ("en", "en"): -1.0,
    ("ar", "en"): -1.4,
    ("en", "ar"): -2.0,
}
_LONG = 1.0
"""So much less is enough where several sentences are asked for: each clause of such a question
takes the score down. Of 60 that the documents answer .87 are answered with it and .70 without; of
the same with their documents taken out, .12 and .03."""
_STRICTER: dict[Strictness, float] = {"open": -1.7, "balanced": 0.0, "strict": 1.2}
_BELOW = 0.7
"""So much below the lowest scores of answerable questions the model is still asked: plain
questions about a handbook score lower than the ones that the rules were fitted on."""
_SURE_ODDS = 0.8
_READILY = 0.6
_LOWLY: dict[bool, float] = {True: 1.5, False: 2.5}
"""What its odds count, within one language, where the rule knows better, and across."""

FEATURES: dict[str, tuple[str, ...]] = {
    "many": ("margin", "coverage", "words", "lead", "words_lead", "gap", "second"),
    "few": ("margin", "coverage", "words"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Weights of a logistic score, and the scores that let through given shares of answerable."""

    weights: Mapping[str, float]
    intercept: float
    kept: Mapping[str, float]

    def score(self, values: Mapping[str, float]) -> float:
        """The log odds that the passages answer, on the set that the rule was fitted on."""
        return self.intercept + sum(w * values[name] for name, w in self.weights.items())

    def threshold(self, share: float) -> float:
        """The score that this share of answerable questions reaches."""
        return self.kept[f"{share:.2f}"]


Calibration = Mapping[str, Rule]
"""Rules by "ar->en many" and the like."""


def features(hits: Sequence[Hit]) -> tuple[str, dict[str, float]]:
    """The size of what was found ("many" or "few"), and the features that its rule asks for."""
    first, rest = hits[0], hits[_REST]
    alike = [hit for hit in rest if hit.language == first.language]
    values = {
        "margin": first.margin,
        "coverage": first.coverage or 0.0,
        "words": first.words,
    }
    if len(rest) < _LEAST_REST or len(alike) < _LEAST_ALIKE:
        return "few", values
    values |= {
        "lead": first.margin - fmean(hit.margin for hit in alike),
        "words_lead": first.words - fmean(hit.words for hit in alike),
        "gap": first.score - fmean(hit.score for hit in rest),
        "second": first.score - hits[1].score,
    }
    return "many", values


def judge(
    hits: Sequence[Hit],
    language: Language,
    calibration: Calibration | None,
    strictness: Strictness = "balanced",
) -> tuple[Verdict, float]:
    """Whether the hits (`LOOKED_AT` of them) answer a question in that language, and the log odds.

    Without a calibration for the models in use nothing is refused.
    """
    if not hits:
        return "refuse", -math.inf
    if calibration is None:
        return "answer", 0.0
    size, values = features(hits)
    rule = calibration[rule_name(language, hits[0].language, size)]
    answered, sure = _KEPT[strictness][language == hits[0].language]
    score = rule.score(values)
    if score < rule.threshold(answered) - _BELOW:
        return "refuse", score
    return ("answer" if score >= rule.threshold(sure) else "doubt"), score


def second_look(
    score: float,
    odds: float | None,
    strictness: Strictness = "balanced",
    *,
    weak: bool,
    languages: tuple[Language, Language],
    long: bool = False,
) -> Verdict:
    """What a doubt becomes when the language model's log odds of "yes" are added to the rule's.

    Without them it is never certain. `languages` are those of the question and of the evidence,
    `long` says that several sentences are asked for.
    Measured on 36 to 44 questions a pair: AUROC against questions without an answer .85, .76 and
    .77 for the odds alone (ar->en, en->ar, ar->ar), .74, .82 and .95 for the rule alone, .87, .87
    and .94 for the sum; asked in English whatever the question's language is.
    """
    together = score
    if odds is not None:
        question, evidence = languages
        together += _LOWLY[question == evidence] * (odds - _READILY) if weak else odds
    least = _LEAST_ODDS[languages] + _STRICTER[strictness] - (_LONG if long else 0.0)
    if together < least:
        return "refuse"
    return "answer" if odds is not None and together >= _SURE_ODDS else "doubt"


def rule_name(question: Language, passages: Language, size: str) -> str:
    """The name of a rule: "ar->en many"."""
    return f"{question}->{passages} {size}"


def models_name(passages: str, sentences: str) -> str:
    """The name of a calibration: the embedding model, or both where there are two."""
    return passages if passages == sentences else f"{passages} + {sentences}"


def calibration_for(passages: str, sentences: str, file: Path | None = None) -> Calibration | None:
    """The calibration for these embedding models; None when there is none.

    `file` is one that `sanad calibrate` wrote, else those that come with Sanad are looked through.
    Raises SettingInvalid.
    """
    return _read(file).get(models_name(passages, sentences))


@cache
def _read(file: Path | None) -> dict[str, Calibration]:
    try:
        source = resources.files("rag") / "calibration.json" if file is None else file
        content: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        return {
            models: {name: Rule(**rule) for name, rule in rules.items()}
            for models, rules in content.items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SettingInvalid(setting="calibration", detail=f"{file} ({error})") from error
