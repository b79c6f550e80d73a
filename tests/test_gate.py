"""What the gate lets through: two scores and their thresholds. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from index import Hit, HitSentence, Language, models
from rag import SettingInvalid
from rag.gate import (
    FEATURES,
    LOOKED_AT,
    STRICTNESS,
    Calibration,
    Rule,
    Strictness,
    calibration_for,
    features,
    judge,
    rule_name,
    shipped_shares,
)
from ui.evaluation.calibrate import SHARES, fit
from ui.evaluation.calibrate import _Seen as Seen

MODEL = models.DEFAULT_EMBEDDING


def _hit(rank: int, margin: float, language: Language = "en", score: float = 1.0) -> Hit:
    sentence = HitSentence(rank, 0, 4, "Text", 0.8)
    return Hit(
        rank=rank, score=score, passage_id=rank, document="a.txt", page=None, start=0, end=4,
        text="Text", language=language, section=(), sentences=(sentence,), sentence=sentence,
        similarity=0.8, coverage=0.5 if language == "en" else None, margin=margin, words=0.1,
    )  # fmt: skip


def _hits(margin: float, count: int = LOOKED_AT, language: Language = "en") -> list[Hit]:
    return [_hit(1, margin, language, 3.0), *(_hit(n, 0.02, language) for n in range(2, count + 1))]


def _rule(size: str) -> Rule:
    """A rule that scores the margin or the odds alone: 100 times the margin, so that .05 is 5."""
    alone = {"margin": 100.0, "odds": 1.0}
    weights = {name: alone.get(name, 0.0) for name in FEATURES[size]}
    kept = {f"{share:.2f}": 10 * (1 - share) for share in SHARES}
    return Rule(weights, 0.0, kept)


RULES = {
    rule_name(question, passages, size): _rule(size)
    for question in ("ar", "en")
    for passages in ("ar", "en")
    for size in FEATURES
}  # fmt: skip
SHARES_BY_STRICTNESS: dict[Strictness, tuple[float, float]] = {
    "open": (0.98, 0.75),
    "balanced": (0.92, 0.65),
    "strict": (0.85, 0.55),
}
CALIBRATION = Calibration(RULES, SHARES_BY_STRICTNESS)
SEARCHED = Calibration(
    {name: rule for name, rule in RULES.items() if "read" not in name}, SHARES_BY_STRICTNESS
)


@pytest.mark.parametrize(
    ("strictness", "verdicts"),
    [
        ("open", {0.1: "refuse", 0.3: "doubt", 2.6: "answer"}),
        ("balanced", {0.7: "refuse", 0.9: "doubt", 3.4: "doubt", 3.6: "answer"}),
        ("strict", {1.4: "refuse", 1.6: "doubt", 4.6: "answer"}),
    ],
)
def test_score_decides_between_three_outcomes(
    strictness: Strictness, verdicts: dict[float, str]
) -> None:
    for score, verdict in verdicts.items():
        assert judge(_hits(5.0), "en", score, CALIBRATION, strictness) == verdict
        # Without rules for odds what searching saw decides, whatever the odds.
        assert judge(_hits(score / 100), "en", -9.0, SEARCHED, strictness) == verdict


def test_model_that_tells_no_odds_refuses_by_itself() -> None:
    assert judge(_hits(-1.0), "en", None, CALIBRATION) == "doubt"
    assert judge(_hits(0.04), "en", None, CALIBRATION) == "answer"


def test_no_says_less_where_the_question_itself_asks_yes_or_no() -> None:
    rule = Rule({"found": 0.0, "odds": 1.0, "polar": 1.0}, 0.0, RULES["en->en read"].kept)
    lenient = Calibration(RULES | {"en->en read": rule}, SHARES_BY_STRICTNESS)
    assert judge(_hits(5.0), "en", 0.5, lenient) == "refuse"
    assert judge(_hits(5.0), "en", 0.5, lenient, polar=True) == "doubt"


def test_shares_of_the_calibration_decide() -> None:
    lax = Calibration(RULES, SHARES_BY_STRICTNESS | {"balanced": (0.99, 0.98)})
    assert judge(_hits(0.0), "en", 0.3, CALIBRATION) == "refuse"
    assert judge(_hits(0.0), "en", 0.3, lax) == "answer"


def test_nothing_found_is_refused_and_without_calibration_nothing_is() -> None:
    assert judge([], "en", 9.0, CALIBRATION) == "refuse"
    assert judge(_hits(-1.0), "en", -9.0, None) == "answer"


def test_small_store_is_judged_by_the_rule_of_fewer_features() -> None:
    assert features(_hits(0.05, count=4))[0] == "few"
    size, values = features(_hits(0.05))
    assert size == "many"
    assert set(FEATURES["many"]) <= values.keys()


def test_best_hit_is_compared_with_hits_of_its_own_language() -> None:
    mixed = [
        *_hits(0.05),
    ]
    mixed[3:8] = [_hit(n, 0.9, "ar") for n in range(4, 9)]
    _, values = features(mixed)
    assert values["lead"] == pytest.approx(0.03)


def test_shipped_calibration_has_a_rule_for_every_case() -> None:
    calibration = calibration_for(MODEL, MODEL)
    assert calibration is not None
    assert calibration.rules.keys() == RULES.keys()
    for name, rule in calibration.rules.items():
        assert set(rule.weights) == set(FEATURES[name.split()[1]])
        assert set(rule.kept) == {f"{share:.2f}" for share in SHARES}
    assert set(calibration.shares) == set(STRICTNESS)
    assert calibration_for("another-model", MODEL) is None


def _content() -> dict[str, Any]:
    """A calibration as it stands in a file."""
    rules = {name: asdict(rule) for name, rule in RULES.items()}
    shares = {name: list(pair) for name, pair in SHARES_BY_STRICTNESS.items()}
    return {"rules": rules, "shares": shares | {"open": [0.99, 0.8]}}


def test_calibration_of_ones_own_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"mine": _content()}))
    read = calibration_for("mine", "mine", file)
    assert read is not None
    assert read.rules == RULES
    assert read.shares == SHARES_BY_STRICTNESS | {"open": (0.99, 0.8)}


def test_file_of_rules_alone_has_the_shipped_shares(tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    rules = _content()["rules"]
    file.write_text(json.dumps({"mine": {n: r for n, r in rules.items() if "read" not in n}}))
    read = calibration_for("mine", "mine", file)
    assert read is not None
    assert read.rules == SEARCHED.rules
    assert read.shares == shipped_shares()


def _broken(*path: str, value: object = None) -> str:
    """A file that differs from a sound one in one value; None: it is missing."""
    content = {"mine": _content()}
    place: Any = content
    for name in path[:-1]:
        place = place[name]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(content)


RULE = ("mine", "rules", "en->ar few")


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "{",
        '{"mine": 1}',
        '{"mine": {}}',
        "[" * 100_000,
        _broken(*RULE),
        _broken(*RULE, value=[]),
        _broken("mine", "rules", "en->fr few", value={}),
        _broken("mine", "shares"),
        _broken("mine", "thresholds", value={}),
        _broken(*RULE, "intercept"),
        _broken(*RULE, "intercept", value="1"),
        _broken(*RULE, "intercept", value=True),
        _broken(*RULE, "intercept", value=10**400),
        _broken(*RULE, "intercept", value=float("nan")),
        _broken(*RULE, "weights", "margin"),
        _broken(*RULE, "weights", "lead\n", value=1.0),
        _broken(*RULE, "kept", "0.92"),
        _broken("mine", "shares", "open"),
        _broken("mine", "shares", "open", value=[0.98]),
        _broken("mine", "shares", "open", value=[0.75, 0.98]),
        _broken("mine", "shares", "open", value=[1.2, 0.75]),
        _broken("mine", "shares", "open", value=[0.98, 0.5]),
    ],
)
def test_broken_calibration_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.json"
    file.write_text(text)
    with pytest.raises(SettingInvalid) as caught:
        calibration_for("mine", "mine", file)
    assert "\n" not in str(caught.value)


def test_fitted_rule_tells_apart_and_keeps_what_it_promises() -> None:
    rule = fit(list(_cloud()), FEATURES["few"])
    scores = [rule.score(seen.values) for seen in _cloud() if seen.kind == "full"]
    others = [rule.score(seen.values) for seen in _cloud() if seen.kind != "full"]
    threshold = rule.threshold(0.90)
    assert sum(score >= threshold for score in scores) / len(scores) == pytest.approx(0.9, abs=0.02)
    assert sum(score < threshold for score in others) / len(others) > 0.9


def _cloud() -> Sequence[Seen]:
    """Two clouds of 100 questions each that hardly overlap."""
    return [
        Seen(kind, True, {"margin": at + n / 2000, "coverage": at * 5, "words": n % 7 / 10})
        for kind, at in (("full", 0.06), ("near", 0.02))
        for n in range(100)
    ]
