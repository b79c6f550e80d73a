"""How good it is, measured through the whole product on files in SQuAD format.

Every distinct context becomes a document (a text file that is added to a fresh library); a
question's gold document is the context at its own position, so that parallel files in two
languages measure search across languages.

Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016);
Artetxe et al., "On the Cross-lingual Transferability of Monolingual Representations" (2020).
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from index import Library
from index.keywords import normalise
from index.models import Progress
from index.sentences import text_language
from rag.assistant import Assistant
from rag.errors import EvaluationInvalid
from rag.types import Answer

T = TypeVar("T")
CUTS = (1, 3, 5, 10)
_PASSAGES_PER_SEARCH = 30
"""Passages asked for, so that ten different documents are among them."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question, the position of its paragraph, and its gold answers."""

    question: str
    paragraph: int
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SquadFile:
    """The contexts of a file, one per paragraph, and its questions in order."""

    contexts: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Contexts as documents of a library; `names[i]` is the document of paragraph i."""

    names: tuple[str, ...]
    folder: Path


def read_squad(path: Path) -> SquadFile:
    """Read a file in SQuAD format. Raises EvaluationInvalid."""
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        contexts: list[str] = []
        items: list[Item] = []
        for article in articles:
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"]:
                    answers = tuple(answer["text"] for answer in qa["answers"])
                    items.append(Item(qa["question"], len(contexts), answers))
                contexts.append(paragraph["context"])
    except OSError as error:
        raise EvaluationInvalid(path=path, detail=error.strerror or error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise EvaluationInvalid(path=path, detail=f"not in SQuAD format ({error!r})") from error
    if not items:
        raise EvaluationInvalid(path=path, detail="it holds no questions")
    return SquadFile(tuple(contexts), tuple(items))


def evaluate_retrieval(
    library: Library,
    folder: Path,
    passages: Path,
    questions: Path,
    distractors: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Recall@k and MRR@10 of documents; `library` is empty, `folder` takes the documents' files."""
    contexts, asked = _parallel(passages, questions)
    started = time.monotonic()
    corpus = _corpus(contexts.contexts, folder / "passages")
    _add(library, corpus, progress)
    if distractors is not None:
        _add(library, _corpus(read_squad(distractors).contexts, folder / "distractors"), progress)
    indexed = time.monotonic() - started

    ranks: list[int | None] = []
    times: list[float] = []
    for item in _counted(asked.items, progress, "questions"):
        began = time.monotonic()
        hits = library.search(item.question, _PASSAGES_PER_SEARCH)
        times.append(time.monotonic() - began)
        documents = list(dict.fromkeys(hit.document for hit in hits))
        gold = corpus.names[item.paragraph]
        ranks.append(documents.index(gold) + 1 if gold in documents else None)
    return {
        "questions": len(ranks),
        "passages": sum(record.passages for record in library.documents()),
        "recall": {str(k): recall_at(ranks, k) for k in CUTS},
        "mrr@10": mrr_at(ranks, 10),
        "seconds": {"index": indexed, "query_median": statistics.median(times)},
    }


def evaluate_answers(
    assistant: Assistant,
    folder: Path,
    passages: Path,
    questions: Path,
    sample: int,
    seed: int,
    progress: Progress | None = None,
    log: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Ask `sample` questions; for every second one its gold document is taken out first.

    `log` gets one row per question, for reading. The assistant's library is empty at the start.
    """
    contexts, asked = _parallel(passages, questions)
    library = assistant.library
    corpus = _corpus(contexts.contexts, folder / "passages")
    _add(library, corpus, progress)
    chosen = random.Random(seed).sample(range(len(asked.items)), min(sample, len(asked.items)))  # noqa: S311
    answerable = _Answerable(library)
    abstained: list[bool] = []
    firsts: list[float] = []
    totals: list[float] = []
    for count, position in enumerate(_counted(chosen, progress, "questions")):
        item = asked.items[position]
        gold = corpus.names[item.paragraph]
        here = count % 2 == 0
        if not here:
            library.remove(gold)
        answer = assistant.ask(item.question)
        if not here:
            library.add(corpus.folder / gold)
        if not answer.abstained:
            firsts.append(answer.seconds.first_token)
        totals.append(answer.seconds.total)
        row: dict[str, Any] = {"question": item.question, "gold": list(item.answers)}
        if here:
            parallel = contexts.items[position].answers if _same_shape(contexts, asked) else ()
            row |= answerable.count(answer, item.answers, parallel, gold)
        else:
            abstained.append(answer.abstained)
        if log is not None:
            quotes = [citation.quote for citation in answer.citations]
            log(
                row
                | {
                    "answerable": here,
                    "text": answer.text,
                    "abstained": answer.abstained,
                    "quotes": quotes,
                    "first_token": answer.seconds.first_token,
                    "total": answer.seconds.total,
                }
            )
    return {
        "answerable": answerable.shares(),
        "unanswerable": {"n": len(abstained), "abstained": _mean(abstained)},
        "seconds": {
            "first_token_median": statistics.median(firsts) if firsts else None,
            "total_median": statistics.median(totals) if totals else None,
        },
    }


def recall_at(ranks: Sequence[int | None], k: int) -> float:
    """The share of questions whose gold document is among the first k. Ranks count from 1."""
    return _mean([rank is not None and rank <= k for rank in ranks])


def mrr_at(ranks: Sequence[int | None], k: int) -> float:
    """The mean of 1 / rank, counting 0 beyond k."""
    return _mean([1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks])


def contains(text: str, gold: Iterable[str]) -> bool:
    """Whether any gold answer stands in the text, as whole words, spelling normalised."""
    words = f" {_comparable(text)} "
    return any(f" {_comparable(answer)} " in words for answer in gold if _comparable(answer))


def f1(text: str, gold: Iterable[str]) -> float:
    """The best harmonic mean of word precision and recall over the gold answers (SQuAD's F1)."""
    return max((_f1(_comparable(text).split(), _comparable(g).split()) for g in gold), default=0.0)


class _Answerable:
    """Counts over the questions that can be answered."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rows: list[dict[str, Any]] = []

    def count(
        self, answer: Answer, gold: Sequence[str], parallel: Sequence[str], document: str
    ) -> dict[str, Any]:
        said = re.sub(r"\s*\[\d+\]", "", answer.text)
        told = not answer.abstained
        either = [*gold, *parallel]
        row = {
            "contains_gold": told and contains(said, gold),
            "contains_gold_any": told and contains(said, either),
            "f1": f1(said, gold) if told else 0.0,
            "answered": told,
            "language_ok": text_language(said) == answer.language if told else None,
            "citation_precision": _mean([c.document == document for c in answer.citations])
            if answer.citations
            else None,
            "quote_has_gold": any(contains(c.quote, either) for c in answer.citations)
            if told
            else None,
        }
        for citation in answer.citations:
            text = self._library.document(citation.document).text
            if text[citation.start : citation.end] != citation.quote:
                raise EvaluationInvalid(path=citation.document, detail="a quote is not exact")
        self._rows.append(row)
        return row

    def shares(self) -> dict[str, Any]:
        keys = (
            "contains_gold", "contains_gold_any", "f1", "answered", "language_ok",
            "citation_precision", "quote_has_gold",
        )  # fmt: skip
        return {"n": len(self._rows)} | {
            key: _mean([row[key] for row in self._rows if row[key] is not None]) for key in keys
        }


def _parallel(passages: Path, questions: Path) -> tuple[SquadFile, SquadFile]:
    contexts, asked = read_squad(passages), read_squad(questions)
    if len(contexts.contexts) != len(asked.contexts):
        raise EvaluationInvalid(
            path=questions,
            detail=f"it has {len(asked.contexts)} paragraphs and {passages} has "
            f"{len(contexts.contexts)}; they must run in parallel",
        )
    return contexts, asked


def _same_shape(contexts: SquadFile, asked: SquadFile) -> bool:
    return [item.paragraph for item in contexts.items] == [item.paragraph for item in asked.items]


def _corpus(contexts: Sequence[str], folder: Path) -> Corpus:
    """Write each distinct context to a file of its own."""
    folder.mkdir(parents=True)
    names: dict[str, str] = {}
    for context in contexts:
        if context not in names:
            names[context] = f"{folder.name}-{len(names):05}.txt"
            (folder / names[context]).write_text(context, encoding="utf-8")
    return Corpus(tuple(names[context] for context in contexts), folder)


def _add(library: Library, corpus: Corpus, progress: Progress | None) -> None:
    failed = library.add(corpus.folder, progress=progress).failed
    if failed:
        raise EvaluationInvalid(path=failed[0].path, detail=failed[0].error)


def _counted(items: Sequence[T], progress: Progress | None, unit: str) -> Iterator[T]:
    for count, item in enumerate(items):
        yield item
        if progress is not None:
            progress("evaluation", count + 1, len(items), unit)


def _comparable(text: str) -> str:
    return " ".join(normalise(text).split())


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    shared = (Counter(said) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(said), shared / len(gold)
    return 2 * precision * recall / (precision + recall)


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0
