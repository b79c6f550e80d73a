"""Do these passages answer the question? Three outcomes: they do, perhaps, they do not.

Two logistic scores. The first is of what searching saw: how much nearer the best sentence comes
than the background of the whole store, how much of the question's words stand in the passage or
come near to its words, and how far the best hit stands out from the ones that follow; with fewer
features for stores too small to compare with. It knows a subject, but not whether its passages
tell what was asked: the salary of a mayor whose office alone they name. So the second score adds
the language model's log odds of "yes, the answer is in them", which know it better.

All numbers are data (`calibration.json`), made by `sanad calibrate` for each embedding model: the
rules for each pair of languages, and for each strictness the shares of answerable questions that
its thresholds let through.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from statistics import fmean
from typing import Literal, get_args

from index import Hit, Language, models
from rag.errors import SettingInvalid

Verdict = Literal["answer", "doubt", "refuse"]
Strictness = Literal["open", "balanced", "strict"]
STRICTNESS: tuple[Strictness, ...] = get_args(Strictness)

LOOKED_AT = 13
"""How many hits to look at: those after the third are what the best is compared with."""
_REST = slice(3, LOOKED_AT)
_LEAST_REST, _LEAST_ALIKE = 5, 2
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_PAIRS = [(question, passages) for question in _LANGUAGES for passages in _LANGUAGES]

FEATURES: dict[str, tuple[str, ...]] = {
    "many": ("margin", "coverage", "words", "lead", "words_lead", "gap", "second"),
    "few": ("margin", "coverage", "words"),
    "read": ("found", "odds", "polar"),
}
"""What each kind of rule scores. Of "read" rules a calibration may have none."""


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


Shares = Mapping[Strictness, tuple[float, float]]
"""The shares of answerable questions that are answered at all, and that are answered surely."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The gate's numbers for one embedding model: rules by "ar->en many" and the like."""

    rules: Mapping[str, Rule]
    shares: Shares


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
    odds: float | None,
    calibration: Calibration | None,
    strictness: Strictness = "balanced",
    *,
    polar: bool = False,
) -> Verdict:
    """Whether the hits (`LOOKED_AT` of them) answer a question in that language.

    `odds` are the model's log odds of "yes"; None where it does not tell: it may then refuse by
    itself, and what searching saw decides between sure and doubtful, and refuses only what is far
    off, if that is wished ("strict"). `polar` is a question that asks yes or no, or denies: the
    model then tends to answer it, and its "no" says less. Without rules for odds what searching saw
    decides all three; without a calibration for the models in use nothing is refused.
    """
    if not hits:
        return "refuse"
    if calibration is None:
        return "answer"
    size, values = features(hits)
    rule = calibration.rules[rule_name(language, hits[0].language, size)]
    score = rule.score(values)
    answered, sure = calibration.shares[strictness]
    reading = calibration.rules.get(rule_name(language, hits[0].language, "read"))
    if odds is not None and reading is not None:
        values = {"found": score, "odds": odds, "polar": float(polar)}
        rule, score = reading, reading.score(values)
    if odds is None:  # the model may refuse by itself: only the strictest refuse before it
        answered = calibration.shares["open"][0] if strictness == "strict" else 1.0
    if answered < 1.0 and score < rule.threshold(answered):
        return "refuse"
    return "answer" if score >= rule.threshold(sure) else "doubt"


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


def shipped_shares() -> Shares:
    """The shares that come with Sanad, for calibrations that do not say others."""
    return _read(None)[models.DEFAULT_EMBEDDING].shares


# --- Reading -----------------------------------------------------------------------------------


@cache
def _read(file: Path | None) -> dict[str, Calibration]:
    source = resources.files("rag") / "calibration.json" if file is None else file
    try:
        content = _table(json.loads(source.read_text(encoding="utf-8")), "the file")
        return {name: _calibration(_table(its, repr(name))) for name, its in content.items()}
    except (OSError, ValueError, OverflowError, RecursionError) as error:
        raise SettingInvalid(setting="calibration", detail=f"{file}: {error}") from error


def _calibration(content: Mapping[str, object]) -> Calibration:
    if "rules" in content:
        _check_keys(content, {"rules", "shares"}, "the calibration")
        told, shares = _table(content["rules"], "rules"), _shares(content["shares"])
    else:  # made before shares stood in the file
        told, shares = content, shipped_shares()
    names = {size: [rule_name(asked, held, size) for asked, held in _PAIRS] for size in FEATURES}
    known = {name for each in names.values() for name in each}
    _check_keys(told, known, "rules", optional=names["read"])
    return Calibration({name: _rule(its, name, shares) for name, its in told.items()}, shares)


def _rule(told: object, name: str, shares: Shares) -> Rule:
    content = _table(told, name)
    _check_keys(content, {"weights", "intercept", "kept"}, name)
    weights = _numbers(content["weights"], f"weights of {name}")
    _check_keys(weights, set(FEATURES[name.split()[1]]), f"weights of {name}")
    rule = Rule(
        weights,
        _number(content["intercept"], f"intercept of {name}"),
        _numbers(content["kept"], f"kept of {name}"),
    )
    for share in {share for pair in shares.values() for share in pair}:
        if f"{share:.2f}" not in rule.kept:
            raise ValueError(f"kept of {name} has no {share:.2f}")
    return rule


def _shares(told: object) -> Shares:
    content = _table(told, "shares")
    _check_keys(content, set(STRICTNESS), "shares")
    shares: dict[Strictness, tuple[float, float]] = {}
    for strictness in STRICTNESS:
        pair = content[strictness]
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(f"{strictness} needs two shares")
        answered, sure = (_number(share, strictness) for share in pair)
        if not 0 < sure <= answered < 1:
            raise ValueError(f"the shares of {strictness} are not between 0 and 1, larger first")
        shares[strictness] = answered, sure
    return shares


def _check_keys(
    content: Mapping[str, object], known: set[str], name: str, optional: Collection[str] = ()
) -> None:
    for key in sorted(content.keys() - known):
        raise ValueError(f"{name}: {key!r} is not known")
    for key in sorted(known - set(optional) - content.keys()):
        raise ValueError(f"{name}: {key} is missing")


def _table(content: object, name: str) -> Mapping[str, object]:
    if not isinstance(content, dict):
        raise ValueError(f"{name} is not a table of names")
    return content


def _numbers(content: object, name: str) -> dict[str, float]:
    return {key: _number(value, name) for key, value in _table(content, name).items()}


def _number(content: object, name: str) -> float:
    if isinstance(content, bool) or not isinstance(content, int | float):
        raise ValueError(f"{name}: {content!r} is not a number")
    if not math.isfinite(content):
        raise ValueError(f"{name}: {content!r} is not finite")
    return float(content)
