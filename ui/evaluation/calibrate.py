"""Fit the gate's rules on questions whose answers are known to be there, or not.

For each pair of languages every question is searched three times: as it is, with its gold
document left out, and with its whole article left out; in a store of everything for the rule
"many", in its own article alone (and another one) for the rule "few". Of some questions the
language model is asked whether what is found answers them, with everything there and without the
gold document, for the rule "read"; people's questions may be added to these. The weights are
those of a logistic regression with a small ridge, over standardised features; thresholds are
quantiles of the score among questions that are answerable. Fitted on one half of the
articles (of people's questions: on every second one), checked on the other.

Cox, "The Regression Analysis of Binary Sequences" (1958).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index import Hit, Language, Library
from index.models import Progress
from rag import prompt
from rag.ask import Model
from rag.evidence import LONG_ROOM, ROOM, gather, nearness_of_words
from rag.gate import FEATURES, LOOKED_AT, Rule, features, models_name, rule_name, shipped_shares
from rag.question import Question, parse
from ui.evaluation.errors import EvaluationInvalid, check_read
from ui.evaluation.people import Asked, read_people
from ui.evaluation.squad import Corpus, SquadFile, read_squad, write_corpus

Matrix = npt.NDArray[np.float64]
SHARES = (
    0.99, 0.98, 0.97, 0.96, 0.95, 0.92, 0.90, 0.88,
    0.85, 0.80, 0.75, 0.70, 0.65, 0.55, 0.45, 0.30,
)  # fmt: skip
_RIDGE = 3.0
_ROUNDS = 50
_KINDS = ("full", "near", "far")
_SEARCHED = ("many", "few")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the gate would see of one question, and whether rules are fitted on it."""

    kind: str
    even: bool
    values: dict[str, float]


def tells_odds(model: Model) -> bool:
    """Whether the model tells how sure it is of yes or no. Raises AnswerFailed."""
    return model.yes(prompt.supported_messages("How deep is the pond?", ())) is not None


def calibrate(
    library: Library,
    folder: Path,
    files: Mapping[Language, Path],
    sample: int,
    *,
    model: Model | None = None,
    read: int = 40,
    people: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The calibration for the library's models, and what it catches on the half not fitted on.

    `files` are parallel SQuAD files; the library is empty, `folder` takes the documents' files.
    `sample` is how many questions of each language are looked at, `read` how many of each pair of
    languages the `model` is asked about, once answerable and once not; `people` is a folder of
    more questions for it (`read_people`). Without a model, or where `read` is 0, there are no
    rules for odds. Raises EvaluationInvalid, AnswerFailed. Returns
    {"calibration": {models: {"rules": {rule: ...}, "shares": ...}},
    "checked": {rule: {share: {"kept", "near", "far"}}}}.
    """
    asked = {language: read_squad(file) for language, file in files.items()}
    looked_at = {language: _evenly(len(its.items), sample) for language, its in asked.items()}
    put = {
        language: _evenly(len(its.items), read if model else 0) for language, its in asked.items()
    }
    everyday = read_people(people) if people is not None and model and read else None
    total = len(files) * sum(len(looked_at[its]) + len(put[its]) for its in files)
    step = _counted(total + (len(everyday.questions) if everyday else 0), progress)

    rules: dict[str, Rule] = {}
    seen: dict[str, list[_Seen]] = defaultdict(list)
    reader = _Reader(library, model, rules) if model is not None and read else None

    def fit_rule(question: Language, passages: Language, size: str) -> None:
        name = rule_name(question, passages, size)
        rows = [row for row in seen[name] if row.even]
        if {row.kind == "full" for row in rows} != {True, False}:
            detail = f"it holds too few questions for {name}"
            raise EvaluationInvalid(path=files[question], detail=detail)
        rules[name] = fit(rows, FEATURES[size])

    for passages in files:
        corpus = write_corpus(asked[passages].contexts, folder / passages)
        _refill(library, corpus.folder, progress)
        for language in files:
            for position in looked_at[language]:
                for size, one in _looks(library, corpus, asked[language], position):
                    seen[rule_name(language, passages, size)].append(one)
                step()
            for size in _SEARCHED:
                fit_rule(language, passages, size)
            if reader is not None:
                name, pair = rule_name(language, passages, "read"), (language, passages)
                for position in put[language]:
                    seen[name] += reader.sees_both(corpus, asked[language], position, pair)
                    step()
    if everyday is not None and reader is not None:
        _refill(library, everyday.documents, progress)
        counted: Counter[tuple[str, str]] = Counter()
        for each in everyday.questions:
            for name, row in reader.sees_people(each, counted).items():
                seen[name].append(row)
            step()
    if reader is not None:
        for language in files:
            for passages in files:
                fit_rule(language, passages, "read")
    models = models_name(library.passage_model, library.sentence_model)
    made = {"rules": {name: asdict(rule) for name, rule in rules.items()}}
    return {
        "calibration": {models: made | {"shares": dict(shipped_shares())}},
        "checked": {
            name: _checked(rule, [row for row in seen[name] if not row.even])
            for name, rule in rules.items()
        },
    }


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


@dataclass(frozen=True, slots=True)
class _Reader:
    """Asks the language model about what is found, as the product does."""

    library: Library
    model: Model
    rules: Mapping[str, Rule]

    def sees_both(
        self, corpus: Corpus, asked: SquadFile, position: int, pair: tuple[Language, Language]
    ) -> Iterator[_Seen]:
        """One question with everything there, and without its gold document."""
        item = asked.items[position]
        every = set(corpus.names)
        question = parse(item.question, language=pair[0])
        for kind, left_out in (("full", set[str]()), ("near", {corpus.names[item.paragraph]})):
            hits = self.library.search(question.queries, LOOKED_AT, documents=every - left_out)
            values = self._values(question, hits, pair)
            if values is not None:
                yield _Seen(kind, asked.article_of(item) % 2 == 0, values)

    def sees_people(self, asked: Asked, seen: Counter[tuple[str, str]]) -> dict[str, _Seen]:
        """One of people's questions, by the name of its rule; every second one is fitted on."""
        hits = self.library.search(asked.question.queries, LOOKED_AT)
        pair = (asked.question.language, hits[0].language) if hits else ("en", "en")
        values = self._values(asked.question, hits, pair)
        if values is None:
            return {}
        name, kind = rule_name(*pair, "read"), "full" if asked.answerable else "near"
        seen[name, kind] += 1
        return {name: _Seen(kind, seen[name, kind] % 2 == 1, values)}

    def _values(
        self, question: Question, hits: Sequence[Hit], pair: tuple[Language, Language]
    ) -> dict[str, float] | None:
        """What the rule "read" scores; None where nothing is found or the model does not tell."""
        if not hits:
            return None
        words = nearness_of_words(question.asked, hits, self.library)
        room = LONG_ROOM if question.long else ROOM
        evidence = gather(hits, room, words=words, whole=question.long)
        odds = self.model.yes(prompt.supported_messages(question.asked, evidence))
        if odds is None:
            return None
        size, values = features(hits)
        found = self.rules[rule_name(*pair, size)].score(values)
        return {"found": found, "odds": odds, "polar": float(question.polar)}


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


def _counted(total: int, progress: Progress | None) -> Callable[[], None]:
    steps = count(1)

    def step() -> None:
        if progress is not None:
            progress("evaluation", next(steps), total, "questions")

    return step


def _refill(library: Library, folder: Path, progress: Progress | None) -> None:
    names = [record.name for record in library.documents()]
    if names:
        library.remove(names)
    check_read(library.add(folder, progress=progress))
