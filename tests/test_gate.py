"""What the gate lets through: thresholds of a rule, and the second look. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from index import Hit, HitSentence, Language, models
from rag import SettingInvalid
from rag.gate import (
    FEATURES,
    LOOKED_AT,
    Rule,
    Strictness,
    calibration_for,
    features,
    judge,
    rule_name,
    second_look,
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
    """A rule that scores the margin alone: 100 times, so that .05 is 5."""
    weights = {name: 100.0 if name == "margin" else 0.0 for name in FEATURES[size]}
    kept = {f"{share:.2f}": 10 * (1 - share) for share in SHARES}
    return Rule(weights, 0.0, kept)


CALIBRATION = {
    rule_name(question, passages, size): _rule(size)
    for question in ("ar", "en")
    for passages in ("ar", "en")
    for size in FEATURES
}  # fmt: skip


@pytest.mark.parametrize(
    ("strictness", "language", "verdicts"),
    [
        ("balanced", "en", {-0.01: "refuse", 0.01: "doubt", 0.03: "answer"}),
        ("strict", "en", {-0.004: "refuse", 0.01: "doubt", 0.04: "answer"}),
        ("balanced", "ar", {-0.01: "refuse", 0.03: "doubt", 0.08: "answer"}),
    ],
)
def test_score_decides_between_three_outcomes(
    strictness: Strictness, language: Language, verdicts: dict[float, str]
) -> None:
    for margin, verdict in verdicts.items():
        assert judge(_hits(margin), language, CALIBRATION, strictness)[0] == verdict


def test_nothing_found_is_refused_and_without_calibration_nothing_is() -> None:
    assert judge([], "en", CALIBRATION)[0] == "refuse"
    assert judge(_hits(-1.0), "en", None)[0] == "answer"


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


@pytest.mark.parametrize(
    ("odds", "verdict"), [(-3.0, "refuse"), (0.0, "doubt"), (3.0, "answer"), (None, "doubt")]
)
def test_second_look_settles_a_doubt(odds: float | None, verdict: str) -> None:
    assert second_look(0.0, odds, weak=False, languages=("ar", "ar")) == verdict


def test_second_look_forgives_more_across_languages_and_less_when_strict() -> None:
    assert second_look(0.0, -1.0, weak=False, languages=("ar", "ar")) == "refuse"
    assert second_look(0.0, -1.0, weak=False, languages=("en", "ar")) == "doubt"
    assert second_look(0.0, 0.0, "strict", weak=False, languages=("ar", "ar")) == "refuse"
    assert second_look(0.0, -1.0, "open", weak=False, languages=("ar", "ar")) == "doubt"


def test_second_look_forgives_more_where_several_sentences_are_asked_for() -> None:
    assert second_look(-1.9, None, weak=True, languages=("en", "en")) == "refuse"
    assert second_look(-1.9, None, weak=True, languages=("en", "en"), long=True) == "doubt"
    assert second_look(-2.1, None, weak=True, languages=("en", "en"), long=True) == "refuse"


def test_shipped_calibration_has_a_rule_for_every_case() -> None:
    calibration = calibration_for(MODEL, MODEL)
    assert calibration is not None
    assert calibration.keys() == CALIBRATION.keys()
    for name, rule in calibration.items():
        assert set(rule.weights) == set(FEATURES[name.split()[1]])
        assert set(rule.kept) == {f"{share:.2f}" for share in SHARES}
    assert calibration_for("another-model", MODEL) is None


def test_calibration_of_ones_own_is_read_and_a_broken_one_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    rule = _rule("few")
    plain = {"weights": dict(rule.weights), "intercept": 0.0, "kept": dict(rule.kept)}
    file.write_text(json.dumps({"mine": {"en->en few": plain}}))
    assert calibration_for("mine", "mine", file) is not None
    broken = tmp_path / "broken.json"
    broken.write_text("[1]")
    with pytest.raises(SettingInvalid):
        calibration_for("mine", "mine", broken)


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
