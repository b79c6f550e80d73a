"""Fit the gate's rules on questions whose answers are known to be there, or not.

For each pair of languages every question is searched three times: as it is, with its gold
document left out, and with its whole article left out; in a store of everything for the rule
"many", in its own article alone (and another one) for the rule "few". The weights are those of a
logistic regression with a small ridge, over standardised features; thresholds are quantiles of
the score among questions that are answerable. Fitted on one half of the articles, checked on the
other.

Cox, "The Regression Analysis of Binary Sequences" (1958).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index import Language, Library
from index.models import Progress
from rag.gate import FEATURES, LOOKED_AT, Rule, features, models_name, rule_name
from ui.evaluation.errors import EvaluationInvalid, check_read
from ui.evaluation.squad import Corpus, SquadFile, read_squad, write_corpus

Matrix = npt.NDArray[np.float64]
SHARES = (
    0.99, 0.98, 0.97, 0.96, 0.95, 0.92, 0.90, 0.88,
    0.85, 0.80, 0.75, 0.70, 0.65, 0.55, 0.45, 0.30,
)  # fmt: skip
_RIDGE = 3.0
_ROUNDS = 50
_KINDS = ("full", "near", "far")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the gate would see of one question, and whether its article is of the even half."""

    kind: str
    even: bool
    values: dict[str, float]


def calibrate(
    library: Library,
    folder: Path,
    files: dict[Language, Path],
    sample: int,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The calibration for the library's models, and what it catches on the half not fitted on.

    `files` are parallel SQuAD files; the library is empty, `folder` takes the documents' files.
    `sample` is how many questions of each language are looked at. Returns
    {"calibration": {models: {rule: ...}}, "checked": {rule: {"kept", "near", "far"}}}.
    """
    asked = {language: read_squad(file) for language, file in files.items()}
    rules: dict[str, Any] = {}
    checked: dict[str, Any] = {}
    steps = len(files) ** 2 * sample
    done = 0
    for passages in files:
        corpus = write_corpus(asked[passages].contexts, folder / passages)
        _refill(library, corpus, progress)
        for language in files:
            seen: dict[str, list[_Seen]] = {size: [] for size in FEATURES}
            for position in _evenly(len(asked[language].items), sample):
                for size, one in _looks(library, corpus, asked[language], position):
                    seen[size].append(one)
                done += 1
                if progress is not None:
                    progress("evaluation", done, steps, "questions")
            for size, rows in seen.items():
                name = rule_name(language, passages, size)
                if {True, False} - {row.kind == "full" for row in rows if row.even}:
                    raise EvaluationInvalid(
                        path=files[language], detail=f"it holds too few questions for {name}"
                    )
                rule = fit([r for r in rows if r.even], FEATURES[size])
                rules[name] = asdict(rule)
                checked[name] = _checked(rule, [r for r in rows if not r.even])
    models = models_name(library.passage_model, library.sentence_model)
    return {"calibration": {models: rules}, "checked": checked}


def fit(rows: Sequence[_Seen], names: Sequence[str]) -> Rule:
    """The rule that tells answerable questions from the others best, for these features."""
    values: Matrix = np.array([[row.values[name] for name in names] for row in rows])
    answerable = np.array([row.kind == "full" for row in rows], dtype=np.float64)
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-9
    weights = _logistic((values - mean) / deviation, answerable)
    plain = weights[1:] / deviation
    intercept = float(weights[0] - plain @ mean)
    scores = values[answerable == 1] @ plain + intercept
    kept = {f"{share:.2f}": round(float(np.quantile(scores, 1 - share)), 4) for share in SHARES}
    return Rule(
        {name: round(float(w), 4) for name, w in zip(names, plain, strict=True)},
        round(intercept, 4),
        kept,
    )


def _logistic(values: Matrix, answers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Intercept and weights by Newton's method, both answers counting the same in all."""
    design = np.hstack([np.ones((len(values), 1)), values])
    count = np.where(answers == 1, answers.sum(), (1 - answers).sum())
    share = len(answers) / (2 * count)
    ridge = _RIDGE * np.eye(design.shape[1])
    ridge[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        odds = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (share * (answers - odds)) - ridge @ weights
        curve = (design * (share * odds * (1 - odds))[:, np.newaxis]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def _looks(
    library: Library, corpus: Corpus, asked: SquadFile, position: int
) -> Iterator[tuple[str, _Seen]]:
    """One question in every store that it is looked at in."""
    item = asked.items[position]
    article = asked.article_of(item)
    gold = corpus.names[item.paragraph]
    own = _names(corpus, asked, article)
    next_article = (article + 1) % (max(asked.articles) + 1)
    every = set(corpus.names)
    scopes = {
        ("many", "full"): every,
        ("many", "near"): every - {gold},
        ("many", "far"): every - own,
        ("few", "full"): own,
        ("few", "near"): own - {gold},
        ("few", "far"): _names(corpus, asked, next_article) - {gold},
    }
    for (size, kind), documents in scopes.items():
        hits = library.search(item.question, LOOKED_AT, documents=documents)
        if hits:
            _, values = features(hits)
            if set(FEATURES[size]) <= values.keys():
                yield size, _Seen(kind, article % 2 == 0, values)


def _names(corpus: Corpus, asked: SquadFile, article: int) -> set[str]:
    return {name for name, its in zip(corpus.names, asked.articles, strict=True) if its == article}


def _checked(rule: Rule, rows: Sequence[_Seen]) -> dict[str, Any]:
    """Per threshold the share of answerable questions kept, and of the others caught."""
    scores = {kind: [rule.score(row.values) for row in rows if row.kind == kind] for kind in _KINDS}
    return {
        share: {
            "kept": _share([s >= threshold for s in scores["full"]]),
            "near": _share([s < threshold for s in scores["near"]]),
            "far": _share([s < threshold for s in scores["far"]]),
        }
        for share, threshold in rule.kept.items()
    }


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _evenly(count: int, sample: int) -> list[int]:
    return [round(place) for place in np.linspace(0, count - 1, min(sample, count)).tolist()]


def _refill(library: Library, corpus: Corpus, progress: Progress | None) -> None:
    names = [record.name for record in library.documents()]
    if names:
        library.remove(names)
    check_read(library.add(corpus.folder, progress=progress))
