"""Fitting the gate: rules that tell apart, thresholds that keep what they promise."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage

from index import Language
from rag.ask import Model
from rag.gate import FEATURES, Rule, calibration_for, judge, shipped_shares
from tests.conftest import OpenLibrary, write_documents
from tests.scripted import ScriptedLLM
from tests.squad_files import squad_file
from ui.evaluation.calibrate import SHARES, calibrate, fit, tells_odds
from ui.evaluation.calibrate import _Seen as Seen
from ui.evaluation.errors import EvaluationInvalid
from ui.evaluation.people import read_people

NAMES = FEATURES["few"]


def _cloud(kind: str, centre: float, count: int, seed: int = 1) -> list[Seen]:
    """Questions whose features lie around a centre, each with a spread of its own."""
    chance = random.Random(seed)  # noqa: S311 - the same clouds each time, not a secret
    spreads = dict(zip(NAMES, (0.02, 0.3, 5.0), strict=True))
    return [
        Seen(kind, True, {n: chance.gauss(centre * s, s) for n, s in spreads.items()})
        for _ in range(count)
    ]


def _scores(rule: Rule, rows: list[Seen]) -> list[float]:
    return [rule.score(row.values) for row in rows]


@pytest.mark.parametrize("sizes", [(400, 400), (400, 40), (40, 400)])
def test_two_clouds_are_told_apart_whatever_their_sizes(sizes: tuple[int, int]) -> None:
    full, others = _cloud("full", 2.0, sizes[0]), _cloud("near", -2.0, sizes[1], seed=2)
    rule = fit([*full, *others], NAMES)
    assert sum(score > 0 for score in _scores(rule, full)) >= 0.98 * len(full)
    assert sum(score < 0 for score in _scores(rule, others)) >= 0.98 * len(others)
    assert all(weight > 0 for weight in rule.weights.values())


def test_every_threshold_keeps_its_share_of_answerable_questions() -> None:
    full, others = _cloud("full", 0.5, 1_000), _cloud("far", -0.5, 1_000, seed=2)
    rule = fit([*full, *others], NAMES)
    scores = _scores(rule, full)
    for share in SHARES:
        kept = sum(score >= rule.threshold(share) for score in scores) / len(scores)
        assert kept == pytest.approx(share, abs=0.005)
    thresholds = [rule.threshold(share) for share in sorted(SHARES)]
    assert thresholds == sorted(thresholds, reverse=True)


def test_feature_that_never_changes_does_no_harm() -> None:
    rows = [*_cloud("full", 1.0, 50), *_cloud("near", -1.0, 50, seed=2)]
    rows = [Seen(row.kind, True, row.values | {"words": 0.0}) for row in rows]
    rule = fit(rows, NAMES)
    assert abs(rule.weights["words"]) < 1e-3
    assert sum(score > 0 for score in _scores(rule, rows[:50])) > 40


def test_clouds_without_overlap_still_give_finite_weights() -> None:
    rule = fit([*_cloud("full", 50.0, 20), *_cloud("near", -50.0, 20, seed=2)], NAMES)
    assert all(abs(weight) < 1_000 for weight in rule.weights.values())


# --- From files to rules -----------------------------------------------------------------------

_NAMES = ("Orm", "Senna", "Tir", "Velda", "Kass", "Broom")
_ARABIC = ("أورم", "سنّا", "تير", "فيلدا", "كاس", "بروم")


def _articles() -> Iterator[list[tuple[str, str, str, str]]]:
    """Six articles of three paragraphs: context and question in English, then in Arabic."""
    for n, (name, arabic) in enumerate(zip(_NAMES, _ARABIC, strict=True)):
        year, boats, tons = 1870 + n, 12 + n, 40 + n
        yield [
            (
                f"The lighthouse of {name} was lit in {year}.",
                f"When was the lighthouse of {name} lit?",
                f"أُضيئت منارة {arabic} سنة {year}.",
                f"متى أُضيئت منارة {arabic}؟",
            ),
            (
                f"The harbour of {name} has room for {boats} boats.",
                f"How many boats fit in the harbour of {name}?",
                f"يتسع ميناء {arabic} لعدد {boats} من القوارب.",
                f"كم قاربًا يتسع له ميناء {arabic}؟",
            ),
            (
                f"The market of {name} sells {tons} tons of salt a year.",
                f"How much salt does the market of {name} sell?",
                f"يبيع سوق {arabic} كل سنة {tons} طنًا من الملح.",
                f"كم يبيع سوق {arabic} من الملح؟",
            ),
        ]


def _files(folder: Path) -> dict[Language, Path]:
    files: dict[Language, Path] = {"ar": folder / "ar.json", "en": folder / "en.json"}
    for language, file in files.items():
        first = 2 if language == "ar" else 0
        data: list[dict[str, Any]] = []
        for article in _articles():
            paragraphs = [
                {
                    "context": row[first],
                    "qas": [{"id": "x", "question": row[first + 1], "answers": []}],
                }
                for row in article
            ]
            data.append({"title": "t", "paragraphs": paragraphs})
        file.write_text(json.dumps({"data": data}), encoding="utf-8")
    return files


class _Sure(Model):
    """A model that is sure of yes where the evidence has one of the words, and of no else."""

    def __init__(self, *words: str, silent: bool = False) -> None:
        super().__init__(ScriptedLLM(""))
        self.asked: list[str] = []
        self._words, self._silent = words, silent

    def yes(self, messages: Sequence[ChatMessage]) -> float | None:
        self.asked.append(str(messages[-1].content))
        evidence = self.asked[-1].rpartition("Question:")[0]
        return None if self._silent else 4.0 if any(w in evidence for w in self._words) else -4.0


class _Knowing(_Sure):
    """A model that is sure of yes in every second reply: with the gold document, not without."""

    def yes(self, messages: Sequence[ChatMessage]) -> float | None:
        super().yes(messages)
        return 3.0 if len(self.asked) % 2 else -3.0


PAIRS = [f"{q}->{p}" for q in ("ar", "en") for p in ("ar", "en")]


def test_two_small_files_become_a_calibration_that_can_be_used(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    library = open_library(tmp_path / "store")
    steps: list[tuple[int, int]] = []

    def progress(stage: str, done: int, total: int, unit: str) -> None:
        if stage == "evaluation":
            steps.append((done, total))

    model = _Knowing()
    result = calibrate(
        library, tmp_path / "documents", _files(tmp_path), 6, model=model, read=4,
        progress=progress,
    )  # fmt: skip
    assert len(model.asked) == 4 * 4 * 2
    names = {f"{pair} {size}" for pair in PAIRS for size in FEATURES}
    assert result["checked"].keys() == names
    assert steps == [(done, 40) for done in range(1, 41)]
    for shares in result["checked"].values():
        assert shares.keys() == {f"{share:.2f}" for share in SHARES}
        for row in shares.values():
            assert all(value is None or 0 <= value <= 1 for value in row.values())
    for pair in PAIRS:  # the model knows: of the half not fitted on, all are told apart
        assert result["checked"][f"{pair} read"]["0.30"]["near"] == 1.0

    file = tmp_path / "calibration.json"
    file.write_text(json.dumps(result["calibration"]), encoding="utf-8")
    read = calibration_for(library.passage_model, library.sentence_model, file)
    assert read is not None
    assert read.rules.keys() == names
    assert read.shares == shipped_shares()
    hits = library.search("كم قاربًا يتسع له ميناء فيلدا؟", 13)
    assert judge(hits, "ar", 20.0, read) == "answer"
    assert judge(hits, "ar", -20.0, read) == "refuse"


def test_without_a_model_there_are_no_rules_for_odds(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    library = open_library(tmp_path / "store")
    model = _Sure()
    result = calibrate(library, tmp_path / "d", _files(tmp_path), 6, model=model, read=0)
    assert model.asked == []
    assert result["checked"].keys() == {f"{pair} {s}" for pair in PAIRS for s in ("many", "few")}


def test_model_that_stops_telling_odds_is_told(open_library: OpenLibrary, tmp_path: Path) -> None:
    model = _Sure(silent=True)
    assert not tells_odds(model)
    assert tells_odds(_Sure())
    with pytest.raises(EvaluationInvalid, match="read"):
        calibrate(
            open_library(tmp_path / "store"), tmp_path / "d", _files(tmp_path), 6, model=model,
            read=2,
        )  # fmt: skip


# --- People's questions ------------------------------------------------------------------------

ROWS: list[dict[str, Any]] = [
    {"question": "What does a pass cost?", "documents": ["notice.txt"], "refuse": False},
    {"question": "Who sells the passes?", "documents": [], "refuse": True},
    {"question": "And for children?", "documents": ["notice.txt"], "refuse": False,
     "history": [{"question": "What does a pass cost?", "answer": "A pass costs 9 euros."}]},
    {"question": "Thanks!", "documents": [], "refuse": False},
]  # fmt: skip


def _people(folder: Path, rows: list[dict[str, Any]]) -> Path:
    text = "A pass for the ferry costs 9 euros, and 4 euros for children."
    write_documents(folder / "documents", {"notice.txt": text})
    told = [{"language": "en"} | row for row in rows]
    (folder / "questions.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def test_peoples_questions_count_for_the_pair_of_languages_that_they_meet(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    people = _people(tmp_path / "people", ROWS)
    model = _Knowing()
    results = [
        calibrate(
            open_library(tmp_path / f"store-{n}"), tmp_path / f"d-{n}", _files(tmp_path), 6,
            model=model, read=4, people=which,
        )
        for n, which in enumerate((None, people))
    ]  # fmt: skip
    assert len(model.asked) == 32 + 32 + 3  # small talk is not put to the model
    assert all("9 euros" in asked for asked in model.asked[-3:])
    alone, both = (next(iter(result["calibration"].values()))["rules"] for result in results)
    assert [name for name in both if both[name] != alone[name]] == ["en->en read"]


@pytest.mark.parametrize(
    "wrong",
    [{"documents": ["gone.txt"]}, {"language": "fr"}, {"question": 1}, {"history": [1]}],
)
def test_peoples_questions_that_cannot_be_read_are_told(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    read_people(_people(tmp_path, ROWS))
    with pytest.raises(EvaluationInvalid):
        read_people(_people(tmp_path, [ROWS[0] | wrong]))
    with pytest.raises(EvaluationInvalid):
        read_people(tmp_path / "nowhere")


def test_files_too_small_to_fit_on_are_refused_in_words(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    files: dict[Language, Path] = {
        "ar": squad_file(tmp_path, "ar"),
        "en": squad_file(tmp_path, "en"),
    }
    with pytest.raises(EvaluationInvalid):
        calibrate(open_library(tmp_path / "store"), tmp_path / "documents", files, 4)
