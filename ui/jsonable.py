"""What `--json` prints and what the HTTP interface answers: one place for the shapes of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from index import DocumentRecord, Hit, Language, ReadWarning, Report
from rag import Answer, Citation

_DECIMALS = 4


def answer_json(answer: Answer, *, passage_ids: bool = False) -> dict[str, Any]:
    """An answer with its citations; seconds are wall time.

    With `passage_ids` each citation names its `passage`, for GET /api/v1/passages/{id}, and its
    `section`: the headings above it.
    """
    return {
        "question": answer.question,
        "language": answer.language,
        "text": answer.text,
        "abstained": answer.abstained,
        "doubtful": answer.doubtful,
        "citations": [_citation(citation, passage_ids) for citation in answer.citations],
        "seconds": {
            "retrieve": _rounded(answer.seconds.retrieve),
            "first_token": _rounded(answer.seconds.first_token),
            "total": _rounded(answer.seconds.total),
        },
    }


def hits_json(
    query: str,
    language: Language,
    hits: Sequence[Hit],
    seconds: float,
    *,
    passage_ids: bool = False,
) -> dict[str, Any]:
    """The passages found for a query; with `passage_ids` each names its `passage`."""
    return {
        "query": query,
        "language": language,
        "hits": [_hit(hit, passage_ids) for hit in hits],
        "seconds": _rounded(seconds),
    }


def documents_json(records: Iterable[DocumentRecord]) -> dict[str, Any]:
    """What the store holds."""
    return {
        "documents": [
            {
                "name": record.name,
                "path": record.path,
                "language": record.language,
                "pages": record.pages,
                "passages": record.passages,
                "sha256": record.sha256,
                "added": record.added,
                "warnings": [warning_json(warning) for warning in record.warnings],
            }
            for record in records
        ]
    }


def report_json(report: Report, *, removed: bool = False) -> dict[str, Any]:
    """What happened to which files; `removed` names what went, where something can go."""
    gone = {"removed": report.removed} if removed else {}
    return {
        "added": report.added,
        "changed": report.changed,
        "renamed": report.renamed,
        "unchanged": report.unchanged,
        **gone,
        "skipped": report.skipped,
        "failed": [
            {"path": failure.path, "error": str(failure.error)} for failure in report.failed
        ],
        "warnings": [
            {"document": name, **warning_json(warning)}
            for name, warnings in report.warnings.items()
            for warning in warnings
        ],
        "seconds": round(report.seconds, 3),
    }


def warning_json(warning: ReadWarning) -> dict[str, Any]:
    """What may be wrong with the text of a document."""
    shape: dict[str, Any] = {"pages": list(warning.pages), "kind": warning.kind}
    if warning.names:
        shape["names"] = list(warning.names)
    return shape | {"warning": str(warning)}


def _citation(citation: Citation, passage_id: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "marker": citation.marker,
        "document": citation.document,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }
    if passage_id:
        shape |= {"passage": citation.passage_id, "section": list(citation.section)}
    return shape


def _hit(hit: Hit, passage_id: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "rank": hit.rank,
        "score": _rounded(hit.score),
        "document": hit.document,
        "page": hit.page,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "sentence": {
            "start": hit.sentence.start,
            "end": hit.sentence.end,
            "text": hit.sentence.text,
        },
    }
    return shape | {"passage": hit.passage_id} if passage_id else shape


def _rounded(value: float) -> float:
    return round(float(value), _DECIMALS)
