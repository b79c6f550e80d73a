"""The commands: each opens what it needs, does one thing, prints for people or as JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from argparse import Namespace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import Language, Library, Report, models
from index.errors import StoreDamaged
from index.sentences import text_language
from rag import Assistant, Settings, load_settings
from ui.answer_lines import lines_under, place
from ui.cli import EXIT_FAILED, EXIT_INTERRUPTED
from ui.cli_strings import language, text, whole
from ui.jsonable import answer_json, documents_json, hits_json, report_json
from ui.problems import error_text
from ui.progress import Bars
from ui.scope import named_documents
from ui.tables import documents_lines, report_lines

if TYPE_CHECKING:
    from rag.evaluate_answers import Sample

_ANSWERS_DEPEND_ON = ("llm", "llm_url", "embedding", "sentence_embedding", "passages", "strictness")
"""The settings that a log of answers is told by."""


def add(arguments: Namespace) -> int:
    """`sanad add PATH...`"""
    library = _library(arguments)
    with Bars() as bars:
        report = library.add(
            arguments.paths, keep_both=arguments.keep_both, progress=bars, **_choice(arguments)
        )
    return max(_tell(report, arguments), _tell_unsaved(library))


def sync(arguments: Namespace) -> int:
    """`sanad sync FOLDER [--watch]`"""
    library = _library(arguments)
    code = 0
    with Bars() as bars:
        if not arguments.watch:
            reports = iter([library.sync(arguments.folder, progress=bars, **_choice(arguments))])
        else:
            reports = library.watch(arguments.folder, progress=bars, **_choice(arguments))
        for count, report in enumerate(reports):
            bars.close()
            code = max(_tell(report, arguments, removed=True), _tell_unsaved(library))
            if arguments.watch and not count:
                _say(text("watching", folder=whole(arguments.folder)))
    return code


def rebuild(arguments: Namespace) -> int:
    """`sanad rebuild`"""
    library = _library(arguments)
    with Bars() as bars:
        report = library.rebuild(progress=bars)
    return max(_tell(report, arguments, changed_as="rebuilt"), _tell_unsaved(library))


def remove(arguments: Namespace) -> int:
    """`sanad remove NAME...`"""
    library = _library(arguments)
    removed = library.remove(arguments.names)
    if arguments.json:
        _print_json({"removed": removed})
    else:
        for name in removed:
            print(f"{text('removed')}: {whole(name)}")
    return _tell_unsaved(library)


def list_documents(arguments: Namespace) -> int:
    """`sanad list`"""
    records = _library(arguments).documents()
    if arguments.json:
        _print_json(documents_json(records))
    elif not records:
        print(text("no_documents"))
    else:
        print("\n".join(documents_lines(records)))
    return 0


def verify(arguments: Namespace) -> int:
    """`sanad verify`"""
    try:
        problems = _library(arguments).verify()
    except StoreDamaged as error:
        problems = [error_text(error, language())]
    if arguments.json:
        _print_json({"ok": not problems, "problems": problems})
    else:
        print("\n".join(problems) if problems else text("sound"))
    return EXIT_FAILED if problems else 0


def repair(arguments: Namespace) -> int:
    """`sanad repair`"""
    from index.repair import repair as repair_store
    from ui.repairs import repair_json, repair_lines

    settings = _settings(arguments)
    with Bars() as bars:
        done = repair_store(
            settings.store,
            embedding=settings.embedding,
            sentence_embedding=settings.sentence_embedding,
            progress=bars,
        )
    if arguments.json:
        _print_json(repair_json(done))
    else:
        print("\n".join(repair_lines(done)))
    return 0


def search(arguments: Namespace) -> int:
    """`sanad search QUERY -k N`"""
    library = _library(arguments)
    started = time.monotonic()
    hits = library.search(arguments.query, arguments.k)
    seconds = time.monotonic() - started
    if arguments.json:
        _print_json(hits_json(arguments.query, text_language(arguments.query), hits, seconds))
    elif not hits:
        print(text("no_hits"))
    else:
        for hit in hits:
            where = place(hit.document, hit.page, hit.section)
            print(f"{hit.rank}. {where}\n   {' '.join(hit.sentence.text.split())}\n")
    return 0


def ask(arguments: Namespace) -> int:
    """`sanad ask QUESTION`"""
    assistant = _assistant(arguments)
    choice: dict[str, Any] = {
        "documents": named_documents(assistant.library, arguments.documents),
        "language": arguments.language,
    }
    if arguments.json:
        _print_json(answer_json(assistant.ask(arguments.question, **choice)))
        return 0
    answer = None
    for piece in assistant.stream(arguments.question, **choice):
        print(piece, end="", flush=True)
        answer = piece.answer
    print()
    if answer is not None:
        for line in lines_under(answer):
            print(line)
    return 0


def evaluate_retrieval(arguments: Namespace) -> int:
    """`sanad eval retrieval`"""
    from rag.evaluate import evaluate_retrieval

    distractors = arguments.distractors_file and Path(arguments.distractors_file)
    with tempfile.TemporaryDirectory() as folder, Bars() as bars:
        _print_json(
            evaluate_retrieval(
                _library(arguments, store=Path(folder, "store")),
                Path(folder, "documents"),
                Path(arguments.passages_file),
                Path(arguments.questions_file),
                distractors,
                bars,
            )
        )
    return 0


def evaluate_answers(arguments: Namespace) -> int:
    """`sanad eval answers`"""
    try:
        result = _answers_measured(arguments)
    except KeyboardInterrupt:
        if arguments.parallel == 1:
            raise
        # Threads that wait for a language model cannot be stopped, and the embedded server does
        # not end as long as they wait: leave without them. What was finished is in the log.
        _say(f"\n{text('stopped')}")
        os._exit(EXIT_INTERRUPTED)
    _print_json(result)
    return 0


def _answers_measured(arguments: Namespace) -> dict[str, Any]:
    from rag.evaluate_answers import evaluate_answers

    sample, settings = _sample(arguments), _settings(arguments)
    kept = Path(arguments.keep).expanduser() if arguments.keep else None
    with (
        # Questions under way when Ctrl-C is pressed may still be reading there.
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary,
        Bars() as bars,
    ):
        folder = kept or Path(temporary)
        return evaluate_answers(
            Assistant(_library(arguments, store=folder / "store"), settings=settings),
            folder / "documents",
            Path(arguments.passages_file),
            Path(arguments.questions_file),
            sample,
            log=Path(arguments.log) if arguments.log else None,
            at_once=arguments.parallel,
            settings={name: getattr(settings, name) for name in _ANSWERS_DEPEND_ON},
            progress=bars,
        )


def compare_answers(arguments: Namespace) -> int:
    """`sanad eval compare LOG_A LOG_B`"""
    from rag.compare import compare_logs
    from ui.comparison import comparison_lines

    result = compare_logs(Path(arguments.log_a), Path(arguments.log_b))
    if arguments.json:
        _print_json(result)
    else:
        print("\n".join(comparison_lines(result)))
    return 0


def calibrate(arguments: Namespace) -> int:
    """`sanad calibrate`"""
    from rag.calibrate import calibrate
    from rag.squad import read_parallel
    from ui.calibration import calibration_lines, calibration_text, place_for, write_calibration

    files: dict[Language, Path] = {"ar": Path(arguments.arabic), "en": Path(arguments.english)}
    read_parallel(files["ar"], files["en"])
    out = place_for(arguments.out) if arguments.out else None
    with tempfile.TemporaryDirectory() as folder, Bars() as bars:
        library = _library(arguments, store=Path(folder, "store"))
        result = calibrate(library, Path(folder, "documents"), files, arguments.sample, bars)
    if out is not None:
        write_calibration(result["calibration"], out)
        _say(text("calibration_written", path=whole(str(out))))
    if arguments.json:
        _print_json(result)
        return 0
    if out is None:
        print(calibration_text(result["calibration"]))
    # Where the rules are printed, the table does not stand between them and a file.
    print("\n".join(calibration_lines(result["checked"])), file=sys.stderr if not out else None)
    return 0


def serve(arguments: Namespace) -> int:
    """`sanad serve`"""
    from ui.server import serve as run_server

    assistant = _assistant(arguments)
    if arguments.samples and not assistant.library.documents():
        _say(text("samples_in"))
        with Bars() as bars:
            _add_samples(assistant.library, bars)
    run_server(
        assistant.library,
        assistant,
        host=arguments.host,
        port=arguments.port,
        open_browser=arguments.open,
        on_ready=lambda url: _say(text("serving", url=url)),
    )
    return 0


def list_models(arguments: Namespace) -> int:
    """`sanad models`"""
    states = models.states()
    if arguments.json:
        rows = [
            {
                "name": state.model.name,
                "kind": state.model.kind,
                "licence": state.model.licence,
                "terms": state.model.terms,
                "bytes": state.model.bytes,
                "summary": state.model.summary,
                "path": str(state.path) if state.path else None,
            }
            for state in states
        ]
        _print_json({"models": rows})
        return 0
    for state in states:
        model = state.model
        where = (
            text("model_here", path=state.path)
            if state.path
            else text("model_absent", size=model.bytes // 1_000_000, name=model.name)
        )
        print(f"{model.name} ({model.kind}, {model.licence})\n   {model.summary}\n   {where}")
    return 0


def pull(arguments: Namespace) -> int:
    """`sanad models pull [NAME...]`"""
    wanted = arguments.models or [models.DEFAULT_EMBEDDING, models.DEFAULT_LANGUAGE_MODEL]
    pulled: dict[str, str] = {}
    for name in wanted:
        _say(name)
        with Bars() as bars:
            pulled[name] = str(
                models.pull(name, accept_licence=arguments.accept_licence, progress=bars)
            )
    if arguments.json:
        _print_json({"pulled": pulled})
    else:
        for name, path in pulled.items():
            print(f"{name}: {path}")
    return 0


def _settings(arguments: Namespace) -> Settings:
    return load_settings(vars(arguments))


def _library(arguments: Namespace, store: Path | None = None) -> Library:
    settings = _settings(arguments)
    return Library.open(
        store or settings.store,
        embedding=settings.embedding,
        sentence_embedding=settings.sentence_embedding,
        file_characters=settings.file_characters,
    )


def _assistant(arguments: Namespace) -> Assistant:
    return Assistant(_library(arguments), settings=_settings(arguments))


def _sample(arguments: Namespace) -> Sample:
    """Which questions an evaluation of answers asks."""
    from rag.evaluate_answers import Sample

    far, seed, articles = arguments.far or 0, arguments.seed, arguments.articles
    by_kind = (arguments.answerable, arguments.unanswerable)
    if by_kind == (None, None):
        return Sample.halves(arguments.sample or 40, far, seed, articles)
    if arguments.sample is not None:
        arguments.wrong_usage(text("sample_twice"))
    return Sample(by_kind[0] or 0, by_kind[1] or 0, far, seed, articles)


def _add_samples(library: Library, bars: Bars) -> None:
    """Copy the sample documents beside the store, where they stay when Sanad is updated."""
    target = library.folder / "samples"
    target.mkdir(parents=True, exist_ok=True)
    for sample in (resources.files("ui") / "samples").iterdir():
        if sample.name.endswith(".md"):
            (target / sample.name).write_bytes(sample.read_bytes())
    library.add(target, progress=bars)


def _choice(arguments: Namespace) -> dict[str, Any]:
    """What `add` and `sync` are told about files and doubtful pages."""
    return {
        "include": arguments.include,
        "exclude": arguments.exclude,
        "strict": arguments.strict,
    }


def _tell(
    report: Report, arguments: Namespace, *, changed_as: str = "changed", removed: bool = False
) -> int:
    if arguments.json:
        _print_json(report_json(report, removed=removed))
    else:
        print("\n".join(report_lines(report, changed_as)), flush=True)
        for failure in report.failed:
            _say(f"sanad: {error_text(failure.error, language())}")
    return EXIT_FAILED if report.failed else 0


def _tell_unsaved(library: Library) -> int:
    """Say that the files of the index could not be written, where they could not."""
    if library.unsaved is None:
        return 0
    _say(f"sanad: {error_text(library.unsaved, language())}")
    return EXIT_FAILED


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)
