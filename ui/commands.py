"""The commands: each opens what it needs, does one thing, prints for people or as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from index import Library, Report, models
from index.sentences import text_language
from rag import Assistant, Settings, load_settings
from rag.types import Citation
from ui.cli import EXIT_FAILED
from ui.cli_strings import language, text, whole
from ui.formats import unit_of
from ui.jsonable import answer_json, documents_json, hits_json, report_json
from ui.problems import error_text
from ui.progress import Bars
from ui.tables import documents_lines, report_lines


def add(arguments: Namespace) -> int:
    """`sanad add PATH...`"""
    with Bars() as bars:
        report = _library(arguments).add(arguments.paths, progress=bars, **_choice(arguments))
    return _tell(report, arguments)


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
            code = _tell(report, arguments, removed=True)
            if arguments.watch and not count:
                _say(text("watching", folder=whole(arguments.folder)))
    return code


def rebuild(arguments: Namespace) -> int:
    """`sanad rebuild`"""
    with Bars() as bars:
        report = _library(arguments).rebuild(progress=bars)
    return _tell(report, arguments, changed_as="rebuilt")


def remove(arguments: Namespace) -> int:
    """`sanad remove NAME...`"""
    removed = _library(arguments).remove(arguments.names)
    if arguments.json:
        _print_json({"removed": removed})
    else:
        for name in removed:
            print(f"{text('removed')}: {name}")
    return 0


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
    problems = _library(arguments).verify()
    if arguments.json:
        _print_json({"ok": not problems, "problems": problems})
    else:
        print("\n".join(problems) if problems else text("sound"))
    return EXIT_FAILED if problems else 0


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
            place = _place(hit.document, hit.page, hit.section)
            print(f"{hit.rank}. {place}\n   {' '.join(hit.sentence.text.split())}\n")
    return 0


def ask(arguments: Namespace) -> int:
    """`sanad ask QUESTION`"""
    assistant = _assistant(arguments)
    if arguments.json:
        _print_json(answer_json(assistant.ask(arguments.question)))
        return 0
    answer = None
    for piece in assistant.stream(arguments.question):
        print(piece, end="", flush=True)
        answer = piece.answer
    print()
    if answer is not None and answer.citations:
        print(f"\n{text('sources')}")
        for citation in answer.citations:
            print(_source(citation))
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
    from rag.evaluate import evaluate_answers

    log = open(arguments.log, "w", encoding="utf-8") if arguments.log else None  # noqa: SIM115, PTH123

    def write(row: dict[str, Any]) -> None:
        if log is not None:
            print(json.dumps(row, ensure_ascii=False), file=log, flush=True)

    with tempfile.TemporaryDirectory() as folder, Bars() as bars:
        library = _library(arguments, store=Path(folder, "store"))
        _print_json(
            evaluate_answers(
                Assistant(library, settings=_settings(arguments)),
                Path(folder, "documents"),
                Path(arguments.passages_file),
                Path(arguments.questions_file),
                arguments.sample,
                arguments.seed,
                bars,
                write,
            )
        )
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
    )


def _assistant(arguments: Namespace) -> Assistant:
    return Assistant(_library(arguments), settings=_settings(arguments))


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


def _place(document: str, page: int | None, section: Sequence[str]) -> str:
    """Where something stands: "handbook.docx, page 4 › Leave › Part-time"."""
    where = whole(document)
    if page is not None:
        separator = "، " if language() == "ar" else ", "
        where += separator + text(unit_of(document), number=page)
    return " › ".join((where, *(whole(heading) for heading in section)))


def _source(citation: Citation) -> str:
    place = _place(citation.document, citation.page, citation.section)
    return f"[{citation.marker}] {place}\n    “{' '.join(citation.quote.split())}”"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)
