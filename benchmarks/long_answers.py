"""Questions that need several sentences: how many of the facts the answers hold.

`python -m benchmarks.long_answers [--half tune|report] [--language ar|en] [--json] [--log FILE]`.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.sets import (
    LongQuestion,
    documents_library,
    fact_held,
    long_questions,
    share,
    shown,
    without_markers,
)
from index.text.sentences import split_sentences, text_language
from rag import Answer, Assistant

_SHARES = ("facts", "half_of_facts", "answered", "language_ok", "citations_gold")


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer against its question.

    `facts` is the share of facts held and `citations_gold` the share of citations in the gold
    documents; what only an answer has is None where there is none.
    """

    asked: LongQuestion
    answer: Answer
    missing: tuple[str, ...]
    facts: float
    sentences: int | None
    language_ok: bool | None
    citations_gold: float | None


def main(argv: Sequence[str] | None = None) -> None:
    options = _options(argv)
    chosen = [
        asked
        for asked in long_questions()
        if options.half in (None, asked.half) and options.language in (None, asked.language)
    ]
    if options.log is not None:
        options.log.write_text("", encoding="utf-8")
    measured: list[Measured] = []
    with documents_library() as library:
        assistant = Assistant(library)
        for asked in chosen:
            one = measure(asked, assistant.ask(asked.question))
            measured.append(one)
            if options.log is not None:
                _log(one, options.log)
            if not options.json:
                print(f"{asked.id:12} facts {one.facts:4.2f}  {asked.question}", flush=True)
    figures = {"all": _figures(measured)} | {
        language: _figures([one for one in measured if one.asked.language == language])
        for language in ("ar", "en")
    }
    if options.json:
        print(json.dumps(figures))
    else:
        _print(figures)


def measure(asked: LongQuestion, answer: Answer) -> Measured:
    """How much of what was asked for an answer tells."""
    said = without_markers(answer.text)
    told = not answer.abstained
    missing = tuple(fact[0] for fact in asked.facts if not (told and fact_held(said, fact)))
    in_gold = [citation.document in asked.documents for citation in answer.citations]
    return Measured(
        asked,
        answer,
        missing,
        facts=1 - len(missing) / len(asked.facts),
        sentences=len(split_sentences(said)) if told else None,
        language_ok=text_language(said) == asked.language if told else None,
        citations_gold=share(in_gold),
    )


def _figures(measured: Sequence[Measured]) -> dict[str, Any]:
    counts = [one.sentences for one in measured if one.sentences is not None]
    seconds = [one.answer.seconds.total for one in measured]
    return {
        "n": len(measured),
        "facts": share([one.facts for one in measured]),
        "half_of_facts": share([one.facts >= 0.5 for one in measured]),
        "answered": share([not one.answer.abstained for one in measured]),
        "language_ok": share([one.language_ok for one in measured if one.language_ok is not None]),
        "citations_gold": share(
            [one.citations_gold for one in measured if one.citations_gold is not None]
        ),
        "sentences_median": statistics.median(counts) if counts else None,
        "seconds_median": statistics.median(seconds) if seconds else None,
    }


def _print(figures: dict[str, dict[str, Any]]) -> None:
    print()
    for name, group in figures.items():
        if group["n"]:
            shares = "   ".join(f"{key} {shown(group[key])}" for key in _SHARES)
            print(f"{name:4} n {group['n']:3}   {shares}")
            print(
                f"{'':13}median: {group['sentences_median'] or 0:.1f} sentences, "
                f"{group['seconds_median']:.1f} s"
            )


def _log(one: Measured, file: Path) -> None:
    """Append the answer, its sources and what is missing in it, for reading."""
    lines = [
        f"## {one.asked.id}: {one.asked.question}",
        one.answer.text,
        *(f"  [{c.marker}] {c.document}: {c.quote}" for c in one.answer.citations),
        f"  facts {one.facts:.2f}; missing: {' | '.join(one.missing) or 'none'}; "
        f"{one.answer.seconds.total:.1f} s",
    ]
    with file.open("a", encoding="utf-8") as log:
        log.write("\n".join(lines) + "\n\n")


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=("tune", "report"), help="only this half")
    parser.add_argument("--language", choices=("ar", "en"), help="only questions in this language")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write the answers there to read")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
