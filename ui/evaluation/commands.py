"""The commands: `sanad eval retrieval`, `answers` and `compare`, and `sanad calibrate`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index import Language
from rag import Assistant
from rag.ask import Model
from rag.llm import open_llm
from ui.cli import EXIT_INTERRUPTED
from ui.cli_strings import text, whole
from ui.evaluation import answers, calibrate, compare, retrieval
from ui.evaluation.errors import EvaluationInvalid, usable
from ui.evaluation.squad import read_parallel
from ui.evaluation.tables import calibration_lines, comparison_lines
from ui.progress import Bars
from ui.terminal import open_library, print_json, say, settings_of

_ANSWERS_DEPEND_ON = ("llm", "llm_url", "embedding", "sentence_embedding", "passages", "strictness")
"""The settings that a log of answers is told by."""


def eval_retrieval(arguments: Namespace) -> int:
    """`sanad eval retrieval`"""
    distractors = arguments.distractors_file and Path(arguments.distractors_file)
    with tempfile.TemporaryDirectory() as folder, Bars() as bars:
        print_json(
            retrieval.evaluate_retrieval(
                open_library(arguments, store=Path(folder, "store")),
                Path(folder, "documents"),
                Path(arguments.passages_file),
                Path(arguments.questions_file),
                distractors,
                arguments.without,
                bars,
            )
        )
    return 0


def eval_answers(arguments: Namespace) -> int:
    """`sanad eval answers`"""
    try:
        result = _answers_measured(arguments)
    except KeyboardInterrupt:
        if arguments.parallel == 1:
            raise
        # Threads that wait for a language model cannot be stopped, and the embedded server does
        # not end as long as they wait: leave without them. What was finished is in the log.
        say(f"\n{text('stopped')}")
        os._exit(EXIT_INTERRUPTED)
    print_json(result)
    return 0


def eval_compare(arguments: Namespace) -> int:
    """`sanad eval compare LOG_A LOG_B`"""
    result = compare.compare_logs(Path(arguments.log_a), Path(arguments.log_b))
    if arguments.json:
        print_json(result)
    else:
        print("\n".join(comparison_lines(result)))
    return 0


def calibrate_gate(arguments: Namespace) -> int:
    """`sanad calibrate`"""
    files: dict[Language, Path] = {"ar": Path(arguments.arabic), "en": Path(arguments.english)}
    read_parallel(files["ar"], files["en"])
    out = _place_for(arguments.out) if arguments.out else None
    with tempfile.TemporaryDirectory() as folder, Bars() as bars:
        library = open_library(arguments, store=Path(folder, "store"))
        documents = Path(folder, "documents")
        result = calibrate.calibrate(
            library,
            documents,
            files,
            arguments.sample,
            model=_reader(arguments) if arguments.read else None,
            read=arguments.read,
            people=Path(arguments.people).expanduser() if arguments.people else None,
            progress=bars,
        )
    rules = _as_json(result["calibration"])
    if out is not None:
        with usable(out):
            out.write_text(rules + "\n", encoding="utf-8")
        say(text("calibration_written", path=whole(str(out))))
    if arguments.json:
        print_json(result)
        return 0
    if out is None:
        print(rules)
    # Where the rules are printed, the table does not stand between them and a file.
    print("\n".join(calibration_lines(result["checked"])), file=sys.stderr if not out else None)
    return 0


def _reader(arguments: Namespace) -> Model | None:
    """The language model in force, where it tells how sure it is."""
    llm = open_llm(settings_of(arguments))
    model = Model(llm)
    if calibrate.tells_odds(model):
        return model
    say(text("tells_no_odds", model=whole(llm.metadata.model_name)))
    return None


def _answers_measured(arguments: Namespace) -> dict[str, Any]:
    sample, settings = _sample(arguments), settings_of(arguments)
    kept = Path(arguments.keep).expanduser() if arguments.keep else None
    with (
        # Questions under way when Ctrl-C is pressed may still be reading there.
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary,
        Bars() as bars,
    ):
        folder = kept or Path(temporary)
        return answers.evaluate_answers(
            Assistant(open_library(arguments, store=folder / "store"), settings=settings),
            folder / "documents",
            Path(arguments.passages_file),
            Path(arguments.questions_file),
            sample,
            log=Path(arguments.log) if arguments.log else None,
            at_once=arguments.parallel,
            settings={name: getattr(settings, name) for name in _ANSWERS_DEPEND_ON},
            progress=bars,
        )


def _sample(arguments: Namespace) -> answers.Sample:
    """Which questions an evaluation of answers asks."""
    far, seed, articles = arguments.far or 0, arguments.seed, arguments.articles
    by_kind = (arguments.answerable, arguments.unanswerable)
    if by_kind == (None, None):
        return answers.Sample.halves(arguments.sample or 40, far, seed, articles)
    if arguments.sample is not None:
        arguments.wrong_usage(text("sample_twice"))
    return answers.Sample(by_kind[0] or 0, by_kind[1] or 0, far, seed, articles)


def _place_for(out: str) -> Path:
    """Where the rules will be written; looked at before the work begins."""
    path = Path(out).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise EvaluationInvalid(path=out, detail="a file in a folder that is there is needed")
    return path


def _as_json(rules: Mapping[str, Any]) -> str:
    """The rules as lines that a person can compare."""
    return json.dumps(rules, ensure_ascii=False, indent=1)
