"""The commands: each opens what it needs, does one thing, prints for people or as JSON."""

from __future__ import annotations

import time
from argparse import Namespace
from importlib import resources
from typing import Any

from index import Library, Report, models
from index.collection import existing_folder
from index.errors import StoreDamaged
from index.models.machine import this_machine
from index.text.sentences import text_language
from rag import Assistant
from ui.answer_lines import lines_under, place
from ui.cli import EXIT_FAILED
from ui.cli_strings import language, text, whole
from ui.jsonable import answer_json, documents_json, hits_json, report_json
from ui.model_lines import models_json, models_lines
from ui.problems import error_text
from ui.progress import Bars
from ui.scope import named_documents
from ui.tables import documents_lines, report_lines
from ui.terminal import open_library, print_json, say, settings_of
from ui.trial_command import try_model as try_model


def add(arguments: Namespace) -> int:
    """`sanad add PATH...`"""
    library = open_library(arguments, making=True)
    with Bars() as bars:
        report = library.add(
            arguments.paths, keep_both=arguments.keep_both, progress=bars, **_choice(arguments)
        )
    return max(_tell(report, arguments), _tell_unsaved(library))


def sync(arguments: Namespace) -> int:
    """`sanad sync FOLDER [--watch]`"""
    library = open_library(arguments, making=True)
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
                say(text("watching", folder=whole(arguments.folder)))
    return code


def rebuild(arguments: Namespace) -> int:
    """`sanad rebuild`"""
    library = open_library(arguments)
    with Bars() as bars:
        report = library.rebuild(progress=bars)
    return max(_tell(report, arguments, changed_as="rebuilt"), _tell_unsaved(library))


def remove(arguments: Namespace) -> int:
    """`sanad remove NAME...`"""
    library = open_library(arguments)
    removed = library.remove(arguments.names)
    if arguments.json:
        print_json({"removed": removed})
    else:
        for name in removed:
            print(f"{text('removed')}: {whole(name)}")
    return _tell_unsaved(library)


def list_documents(arguments: Namespace) -> int:
    """`sanad list`"""
    records = open_library(arguments).documents()
    if arguments.json:
        print_json(documents_json(records))
    elif not records:
        print(text("no_documents"))
    else:
        print("\n".join(documents_lines(records)))
    return 0


def verify(arguments: Namespace) -> int:
    """`sanad verify`"""
    try:
        problems = open_library(arguments).verify()
    except StoreDamaged as error:
        problems = [error_text(error, language())]
    if arguments.json:
        print_json({"ok": not problems, "problems": problems})
    else:
        print("\n".join(problems) if problems else text("sound"))
    return EXIT_FAILED if problems else 0


def repair(arguments: Namespace) -> int:
    """`sanad repair`"""
    from index.repair import repair as repair_store
    from ui.repairs import repair_json, repair_lines

    settings = settings_of(arguments)
    store = settings.store.expanduser().absolute()
    with Bars() as bars:
        done = repair_store(
            existing_folder(store, getattr(arguments, "collection", "")),
            embedding=settings.embedding,
            sentence_embedding=settings.sentence_embedding,
            progress=bars,
        )
    if arguments.json:
        print_json(repair_json(done))
    else:
        print("\n".join(repair_lines(done)))
    return 0


def search(arguments: Namespace) -> int:
    """`sanad search QUERY -k N`"""
    library = open_library(arguments)
    started = time.monotonic()
    hits = library.search(arguments.query, arguments.k)
    seconds = time.monotonic() - started
    if arguments.json:
        print_json(hits_json(arguments.query, text_language(arguments.query), hits, seconds))
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
        print_json(answer_json(assistant.ask(arguments.question, **choice)))
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


def serve(arguments: Namespace) -> int:
    """`sanad serve`"""
    from ui.server import serve as run_server

    assistant = _assistant(arguments)
    if arguments.samples and not assistant.library.documents():
        say(text("samples_in"))
        with Bars() as bars:
            _add_samples(assistant.library, bars)
    run_server(
        assistant.library,
        assistant,
        host=arguments.host,
        port=arguments.port,
        open_browser=arguments.open,
        on_ready=lambda url: say(text("serving", url=url)),
        login=arguments.login,
        insecure=arguments.insecure,
        public_url=arguments.public_url,
        log_json=arguments.log_json,
        audit_questions=arguments.audit_questions,
    )
    return 0


def list_models(arguments: Namespace) -> int:
    """`sanad models`"""
    states, machine = models.states(), this_machine()
    if arguments.json:
        print_json(models_json(states, machine))
    else:
        print("\n".join(models_lines(states, machine)))
    return 0


def pull(arguments: Namespace) -> int:
    """`sanad models pull [NAME...]`"""
    wanted = arguments.models or [models.DEFAULT_EMBEDDING, models.DEFAULT_LANGUAGE_MODEL]
    pulled: dict[str, str] = {}
    for name in wanted:
        say(name)
        with Bars() as bars:
            pulled[name] = str(
                models.pull(name, accept_licence=arguments.accept_licence, progress=bars)
            )
    if arguments.json:
        print_json({"pulled": pulled})
    else:
        for name, path in pulled.items():
            print(f"{name}: {path}")
    return 0


def _assistant(arguments: Namespace) -> Assistant:
    return Assistant(open_library(arguments), settings=settings_of(arguments))


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
        print_json(report_json(report, removed=removed))
    else:
        print("\n".join(report_lines(report, changed_as)), flush=True)
        for failure in report.failed:
            say(f"sanad: {error_text(failure.error, language())}")
    return EXIT_FAILED if report.failed else 0


def _tell_unsaved(library: Library) -> int:
    """Say that the files of the index could not be written, where they could not."""
    if library.unsaved is None:
        return 0
    say(f"sanad: {error_text(library.unsaved, language())}")
    return EXIT_FAILED
