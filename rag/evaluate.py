"""How good the search is, measured through the whole product on files in SQuAD format."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from index import Library
from index.models import Progress
from rag.errors import EvaluationInvalid
from rag.metrics import mrr_at, recall_at
from rag.squad import Corpus, read_parallel, read_squad, write_corpus

T = TypeVar("T")
CUTS = (1, 3, 5, 10)
_PASSAGES_PER_SEARCH = 30
"""Passages asked for, so that ten different documents are among them."""


def evaluate_retrieval(
    library: Library,
    folder: Path,
    passages: Path,
    questions: Path,
    distractors: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Recall@k and MRR@10 of documents; `library` is empty, `folder` takes the documents' files."""
    contexts, asked = read_parallel(passages, questions)
    started = time.monotonic()
    corpus = write_corpus(contexts.contexts, folder / "passages")
    _add(library, corpus, progress)
    if distractors is not None:
        others = write_corpus(read_squad(distractors).contexts, folder / "distractors")
        _add(library, others, progress)
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


def _add(library: Library, corpus: Corpus, progress: Progress | None) -> None:
    failed = library.add(corpus.folder, progress=progress).failed
    if failed:
        raise EvaluationInvalid(path=failed[0].path, detail=failed[0].error)


def _counted(items: Sequence[T], progress: Progress | None, unit: str) -> Iterator[T]:
    for count, item in enumerate(items):
        yield item
        if progress is not None:
            progress("evaluation", count + 1, len(items), unit)
