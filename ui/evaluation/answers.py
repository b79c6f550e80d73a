"""How good the answers are, measured through the whole product on files in SQuAD format.

Questions are asked in three ways: with everything there ("answerable"), with the gold document
left out of the search ("unanswerable": the rest of its article stays, so that much of what is
found is about the subject), and with the whole article left out ("far").
"""

from __future__ import annotations

import random
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from index.models import Progress
from index.text.sentences import text_language
from rag.assistant import Assistant
from rag.types import Answer
from ui.evaluation.answer_log import KINDS, AnswerLog, Key, Kind, Row, header_of
from ui.evaluation.errors import EvaluationInvalid, check_read
from ui.evaluation.metrics import contains, f1, mean, mean_interval, rank_of, share_interval
from ui.evaluation.parallel import for_each
from ui.evaluation.squad import Corpus, SquadFile, parallel_answers, read_parallel, write_corpus

_MARKER = re.compile(r"(?<!\s)\s*\[\d+\]")
Articles = Literal["all", "even", "odd"]
_SHARES = (
    "contains_gold", "contains_gold_any", "f1", "answered", "language_ok",
    "citation_precision", "quote_has_gold", "doubtful",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """Which questions are asked: how many in each way, and of which half of the articles.

    The same seed and half pick the same positions in parallel files; a larger count keeps the
    questions of a smaller one.
    """

    answerable: int = 20
    unanswerable: int = 20
    far: int = 0
    seed: int = 1
    articles: Articles = "all"

    @classmethod
    def halves(cls, count: int, far: int = 0, seed: int = 1, articles: Articles = "all") -> Self:
        """`count` questions, every second one without its gold document."""
        return cls(count - count // 2, count // 2, far, seed, articles)

    def takes(self, article: int) -> bool:
        """Whether questions about the article at that position may be asked."""
        return self.articles == "all" or article % 2 == (self.articles == "odd")


def chosen(asked: SquadFile, sample: Sample) -> list[Key]:
    """The positions and kinds of the questions to ask, the kinds taking turns.

    One shuffle serves all: answerable ones are taken from its front, unanswerable ones from its
    end, far ones from the middle outwards. So each kind grows by itself, and a question is asked
    in two ways only where the file is too small for the sample.
    """
    positions = [
        position
        for position, item in enumerate(asked.items)
        if sample.takes(asked.article_of(item))
    ]
    random.Random(sample.seed).shuffle(positions)  # noqa: S311 - a sample, not a secret
    middle = (len(positions) - 1) / 2
    outwards = sorted(range(len(positions)), key=lambda at: abs(at - middle))
    taken: dict[Kind, list[int]] = {
        "answerable": positions[: sample.answerable],
        "unanswerable": positions[::-1][: sample.unanswerable],
        "far": [positions[at] for at in outwards][: sample.far],
    }
    turns = range(max(map(len, taken.values())))
    return [
        (taken[kind][turn], kind) for turn in turns for kind in KINDS if turn < len(taken[kind])
    ]


def evaluate_answers(
    assistant: Assistant,
    folder: Path,
    passages: Path,
    questions: Path,
    sample: Sample,
    *,
    log: Path | None = None,
    at_once: int = 1,
    settings: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Ask a sample of questions and tell how many were answered well, and refused well.

    `folder` takes the documents' files; it and the assistant's library are empty, or what an
    earlier evaluation left. `log` is written, and gone on with when it is there and was begun
    with the same files, sample and `settings` (whatever else the answers depend on). Raises
    EvaluationInvalid.
    """
    contexts, asked = read_parallel(passages, questions)
    keys = chosen(asked, sample)
    if not keys:
        raise EvaluationInvalid(path=questions, detail="it holds no questions to take a sample of")
    header = header_of(passages, questions, sample.seed, sample.articles, settings or {})
    answers = AnswerLog.open(log, header)
    try:
        examiner = _Examiner(assistant, folder, contexts, asked, at_once, progress)

        def finished(row: Row) -> None:
            answers.add(row)
            if progress is not None:
                done = sum(key in answers.rows for key in keys)
                progress("evaluation", done, len(keys), "questions")

        waiting = [key for key in keys if key not in answers.rows]
        for_each(examiner.ask, waiting, finished, at_once)
    finally:
        answers.close()
    return figures([answers.rows[key] for key in keys], alone=at_once == 1, far=sample.far > 0)


def figures(rows: Sequence[Row], *, alone: bool = True, far: bool = False) -> dict[str, Any]:
    """The rows as counts and shares, with the interval of each share."""
    kinds = {kind: [row for row in rows if row.kind == kind] for kind in KINDS}
    result: dict[str, Any] = {
        "answerable": _answerable(kinds["answerable"]),
        "unanswerable": _refused(kinds["unanswerable"]),
    }
    if far:
        result["far"] = _refused(kinds["far"])
    quotes = sum(len(row.quotes) for row in rows)
    # One that is not exact ends the evaluation before it becomes a row.
    result["citations"] = {"n": quotes, "exact": quotes}
    result["seconds"] = _seconds(rows) if alone else None
    return result


class _Examiner:
    """Asks a question in one of the ways, and measures what comes back."""

    def __init__(
        self,
        assistant: Assistant,
        folder: Path,
        contexts: SquadFile,
        asked: SquadFile,
        at_once: int,
        progress: Progress | None,
    ) -> None:
        self._assistant = assistant
        self._contexts = contexts
        self._asked = asked
        self._parallel = parallel_answers(contexts, asked)
        self._at_once = at_once
        self._corpus = write_corpus(contexts.contexts, folder / "passages")
        self._take_in(self._corpus, progress)

    def ask(self, key: Key) -> Row:
        """One question, in one way."""
        position, kind = key
        item = self._asked.items[position]
        documents = self._documents(item.paragraph, kind)
        answer = self._assistant.ask(item.question, documents=documents)
        self._check(answer, documents)
        gold = self._corpus.names[item.paragraph]
        either = [*item.answers, *self._parallel[position]]
        return Row(
            position=position,
            kind=kind,
            question=item.question,
            gold=item.answers,
            parallel_gold=self._parallel[position],
            text=answer.text,
            abstained=answer.abstained,
            doubtful=answer.doubtful and not answer.abstained,
            language=answer.language,
            document=gold,
            rank=rank_of(gold, (hit.document for hit in answer.hits)),
            quotes=[citation.quote for citation in answer.citations],
            cited=[citation.document for citation in answer.citations],
            seconds={
                "retrieve": answer.seconds.retrieve,
                "first_token": answer.seconds.first_token,
                "total": answer.seconds.total,
            },
            at_once=self._at_once,
            **(_metrics(answer, item.answers, either, gold) if kind == "answerable" else {}),
        )

    def _documents(self, paragraph: int, kind: Kind) -> frozenset[str] | None:
        """The documents that may be searched; None: all."""
        if kind == "answerable":
            return None
        names = self._corpus.names
        left_out = {names[paragraph]}
        if kind == "far":
            articles = self._contexts.articles
            article = articles[paragraph]
            left_out |= {name for name, a in zip(names, articles, strict=True) if a == article}
        if left_out.issuperset(names):
            raise EvaluationInvalid(
                path=self._corpus.folder, detail=f"nothing is left to search ({kind})"
            )
        return frozenset(names) - left_out

    def _check(self, answer: Answer, documents: frozenset[str] | None) -> None:
        """Every quote stands in its document to the letter; nothing left out was found."""
        for citation in answer.citations:
            text = self._assistant.library.document(citation.document).text
            if text[citation.start : citation.end] != citation.quote:
                raise EvaluationInvalid(path=citation.document, detail="a quote is not exact")
        for hit in answer.hits:
            if documents is not None and hit.document not in documents:
                raise EvaluationInvalid(
                    path=hit.document, detail="it was found although it was left out"
                )

    def _take_in(self, corpus: Corpus, progress: Progress | None) -> None:
        library = self._assistant.library
        check_read(library.sync(corpus.folder, progress=progress))
        if {record.name for record in library.documents()} != set(corpus.names):
            raise EvaluationInvalid(
                path=library.folder,
                detail="that store holds other documents too; use an empty folder",
            )


def _metrics(
    answer: Answer, gold: Sequence[str], either: Sequence[str], document: str
) -> dict[str, Any]:
    said = _MARKER.sub("", answer.text)
    told = not answer.abstained
    cited = [citation.document == document for citation in answer.citations]
    quoted = any(contains(citation.quote, either) for citation in answer.citations)
    return {
        "contains_gold": told and contains(said, gold),
        "contains_gold_any": told and contains(said, either),
        "f1": f1(said, gold) if told else 0.0,
        "answered": told,
        "language_ok": text_language(said) == answer.language if told else None,
        "citation_precision": mean(cited) if cited else None,
        "quote_has_gold": quoted if told else None,
    }


def _answerable(rows: Sequence[Row]) -> dict[str, Any]:
    shares: dict[str, Any] = {"n": len(rows)}
    intervals: dict[str, list[float]] = {}
    for name in _SHARES:
        values = _values(getattr(row, name) for row in rows)
        shares[name] = mean(values)
        intervals[name] = (
            mean_interval(values) if name == "f1" else share_interval(mean(values), len(values))
        )
    return shares | {"interval": intervals}


def _refused(rows: Sequence[Row]) -> dict[str, Any]:
    shares = {
        name: mean([getattr(row, name) for row in rows]) for name in ("abstained", "doubtful")
    }
    intervals = {name: share_interval(share, len(rows)) for name, share in shares.items()}
    return {"n": len(rows), **shares, "interval": intervals}


def _values(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _seconds(rows: Sequence[Row]) -> dict[str, float | None]:
    alone = [row for row in rows if row.at_once == 1]
    firsts = [row.seconds["first_token"] for row in alone if not row.abstained]
    totals = [row.seconds["total"] for row in alone]
    return {
        "first_token_median": statistics.median(firsts) if firsts else None,
        "total_median": statistics.median(totals) if totals else None,
    }
