"""How good the search is, measured through the whole product on files in SQuAD format."""

from __future__ import annotations

import statistics
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from index import Library
from index.models import Progress
from index.types import Signal
from ui.evaluation.errors import check_read
from ui.evaluation.metrics import mrr_at, rank_of, recall_at
from ui.evaluation.squad import read_parallel, read_squad, write_corpus

CUTS = (1, 3, 5, 10)
_PASSAGES_PER_SEARCH = 30
"""Passages asked for, so that ten different documents are among them."""


def evaluate_retrieval(
    library: Library,
    folder: Path,
    passages: Path,
    questions: Path,
    distractors: Path | None = None,
    without: Collection[Signal] = (),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Recall@k and MRR@10 of documents; `library` is empty, `folder` takes the documents' files.

    Signals in `without` do not count.
    """
    contexts, asked = read_parallel(passages, questions)
    started = time.monotonic()
    corpus = write_corpus(contexts.contexts, folder / "passages")
    check_read(library.add(corpus.folder, progress=progress))
    if distractors is not None:
        others = write_corpus(read_squad(distractors).contexts, folder / "distractors")
        check_read(library.add(others.folder, progress=progress))
    indexed = time.monotonic() - started

    ranks: list[int | None] = []
    times: list[float] = []
    for count, item in enumerate(asked.items, 1):
        began = time.monotonic()
        hits = library.search(item.question, _PASSAGES_PER_SEARCH, without=without)
        times.append(time.monotonic() - began)
        ranks.append(rank_of(corpus.names[item.paragraph], (hit.document for hit in hits)))
        if progress is not None:
            progress("evaluation", count, len(asked.items), "questions")
    return {
        "questions": len(ranks),
        "passages": sum(record.passages for record in library.documents()),
        "recall": {str(k): recall_at(ranks, k) for k in CUTS},
        "mrr@10": mrr_at(ranks, 10),
        "seconds": {"index": indexed, "query_median": statistics.median(times)},
    }
