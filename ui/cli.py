"""The command line: what can be said, and how errors and exits look.

Light on purpose: the commands themselves are imported when one is run.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import get_args

from index.types import Signal
from ui.cli_strings import language, text
from ui.endings import Ended, ended_tidily

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130
STRICTNESS = ("open", "balanced", "strict")
"""As `rag.gate` has them, which would be heavy to import."""
_EVALUATION = "ui.evaluation.commands"
_PEOPLE = "ui.people.commands"
_ROLES = ("reader", "editor", "owner")
"""As `ui.access` has them, which would be heavier to import."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Wrong usage exits with 2 (argparse)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # no name and no word stops a terminal's text
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv, argparse.Namespace(json=False, debug=False))
    if getattr(arguments, "config", None):
        os.environ["SANAD_CONFIG"] = arguments.config
    try:
        with ended_tidily():
            return _run(arguments)
    except Ended as end:
        print(text("stopped"), file=sys.stderr)
        return end.code
    except KeyboardInterrupt:
        print(f"\n{text('stopped')}", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`sanad list | head`); nothing is left to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED


def _run(arguments: argparse.Namespace) -> int:
    from index import SanadError
    from ui.problems import error_text

    try:
        code: int = getattr(import_module(arguments.module), arguments.run)(arguments)
        return code
    except SanadError as error:
        if arguments.debug:
            raise
        print(f"sanad: {error_text(error, language())}", file=sys.stderr)
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--store", metavar="DIR", help=text("opt_store"))
    common.add_argument("--collection", metavar="NAME", help=text("opt_collection"))
    common.add_argument("--json", action="store_true", help=text("opt_json"))
    common.add_argument("--debug", action="store_true", help=text("opt_debug"))
    common.add_argument("--config", metavar="FILE", help=text("opt_config"))
    common.add_argument("--embedding", metavar="MODEL", help=text("opt_embedding"))
    common.add_argument(
        "--sentence-embedding", metavar="MODEL", help=text("opt_sentence_embedding")
    )
    answering = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    answering.add_argument("--llm", metavar="MODEL", help=text("opt_llm"))
    answering.add_argument("--llm-url", metavar="URL", help=text("opt_llm_url"))
    answering.add_argument("--strictness", choices=STRICTNESS, help=text("opt_strictness"))

    parser = argparse.ArgumentParser(prog="sanad", description=text("about"), parents=[common])
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, *, run: str | None = None, parents: Sequence[argparse.ArgumentParser] = ()
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name, help=text(name), description=text(name), parents=[common, *parents]
        )
        made.set_defaults(run=run or name, module="ui.commands")
        return made

    choosing = argparse.ArgumentParser(add_help=False)
    for option in ("include", "exclude"):
        choosing.add_argument(
            f"--{option}",
            action="append",
            default=[],
            metavar="PATTERN",
            help=text(f"opt_{option}"),
        )
    choosing.add_argument("--strict", action="store_true", help=text("opt_strict"))
    add = command("add", parents=[choosing])
    add.add_argument("--keep-both", action="store_true", help=text("opt_keep_both"))
    add.add_argument("paths", nargs="+", metavar="PATH", help=text("arg_path"))
    sync = command("sync", parents=[choosing])
    sync.add_argument("folder", metavar="FOLDER", help=text("arg_folder"))
    sync.add_argument("--watch", action="store_true", help=text("opt_watch"))
    command("remove").add_argument("names", nargs="+", metavar="NAME", help=text("arg_name"))
    command("list", run="list_documents")
    command("rebuild")
    command("verify")
    command("repair")
    _keeping(command("backup"), command("restore"))
    search = command("search")
    search.add_argument("query", metavar="QUERY", help=text("arg_query"))
    search.add_argument("-k", type=_count, default=5, metavar="N", help=text("opt_k"))
    _asking(command("ask", parents=[answering]))
    _evaluations(command("eval"), [common, answering])
    _calibrating(command("calibrate", run="calibrate_gate"))
    serve = command("serve", parents=[answering])
    serve.add_argument("--host", default="127.0.0.1", help=text("opt_host"))
    serve.add_argument("--port", type=_port, default=7860, help=text("opt_port"))
    serve.add_argument("--open", action="store_true", help=text("opt_open"))
    serve.add_argument("--log-json", action="store_true", help=text("opt_log_json"))
    serve.add_argument("--audit-questions", action="store_true", help=text("opt_audit_questions"))
    serve.add_argument("--samples", action="store_true", help=text("opt_samples"))
    serve.add_argument("--login", action="store_true", help=text("opt_login"))
    serve.add_argument("--insecure", action="store_true", help=text("opt_insecure"))
    serve.add_argument("--public-url", default="", metavar="URL", help=text("opt_public_url"))
    _people(command("users"), common)
    _collections(command("collections", run="list_collections"), common)
    _mcp(command("mcp", run="serve_mcp", parents=[answering]))
    audit = command("audit")
    audit.add_argument("--since", type=_moment, metavar="TIME", help=text("opt_since"))
    audit.set_defaults(module="ui.audit_command")
    models = command("models", run="list_models").add_subparsers(metavar="COMMAND")
    pull = models.add_parser("pull", help=text("pull"), description=text("pull"), parents=[common])
    pull.add_argument("models", nargs="*", metavar="NAME", help=text("arg_model"))
    pull.add_argument("--accept-licence", action="store_true", help=text("opt_accept"))
    pull.set_defaults(run="pull")
    trial = models.add_parser("try", help=text("try"), description=text("try"), parents=[common])
    trial.add_argument("llm", nargs="?", metavar="NAME", help=text("arg_llm"))
    trial.add_argument("--llm-url", metavar="URL", help=text("opt_llm_url"))
    trial.set_defaults(run="try_model", module="ui.trial_command")
    return parser


def _keeping(backup: argparse.ArgumentParser, restore: argparse.ArgumentParser) -> None:
    for parser in (backup, restore):
        parser.add_argument("file", metavar="FILE", help=text("arg_backup"))
        parser.set_defaults(module="ui.backup_command")
    backup.add_argument(
        "--keep", type=_count, default=10, metavar="N", help=text("opt_keep_states")
    )
    looking = backup.add_mutually_exclusive_group()
    looking.add_argument("--list", action="store_true", help=text("opt_list_states"))
    looking.add_argument("--check", action="store_true", help=text("opt_check_states"))
    restore.add_argument("--at", metavar="WHEN", help=text("opt_at"))
    restore.add_argument("--replace", action="store_true", help=text("opt_replace"))


def _asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", metavar="QUESTION", help=text("arg_question"))
    parser.add_argument("--language", choices=("ar", "en"), help=text("opt_language"))
    parser.add_argument(
        "--document",
        action="append",
        dest="documents",
        metavar="NAME",
        help=text("opt_document"),
    )


def _people(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    parser.set_defaults(module=_PEOPLE, run="list_people")
    actions = parser.add_subparsers(metavar="COMMAND")

    def action(name: str, *, person: bool = True) -> argparse.ArgumentParser:
        words = text(f"users_{name}")
        made = actions.add_parser(name, help=words, description=words, parents=[common])
        made.set_defaults(run=f"{name}_{'person' if person else 'people'}")
        if person:
            made.add_argument("name", metavar="NAME", help=text("arg_person"))
        return made

    add = action("add")
    add.add_argument("--role", choices=_ROLES, help=text("opt_role"))
    add.add_argument("--password-stdin", action="store_true", help=text("opt_password_stdin"))
    add.add_argument("--token", action="store_true", help=text("opt_token"))
    action("list", person=False)
    action("remove")
    role = action("role")
    role.add_argument("role", choices=(*_ROLES, "none"), help=text("opt_role"))
    action("password").add_argument(
        "--password-stdin", action="store_true", help=text("opt_password_stdin")
    )
    action("token").add_argument("--revoke", action="store_true", help=text("opt_revoke"))


def _collections(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    parser.set_defaults(module=_PEOPLE)
    actions = parser.add_subparsers(metavar="COMMAND")
    for name in ("add", "remove"):
        words = text(f"collections_{name}")
        made = actions.add_parser(name, help=words, description=words, parents=[common])
        made.add_argument("name", metavar="NAME", help=text("arg_collection"))
        made.set_defaults(run="add_collection" if name == "add" else "remove_collection_named")


def _mcp(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--read-only", action="store_true", help=text("opt_read_only"))
    parser.set_defaults(module="ui.mcp.command")


def _calibrating(parser: argparse.ArgumentParser) -> None:
    for language_of_file in ("arabic", "english"):
        parser.add_argument(
            f"--{language_of_file}",
            required=True,
            metavar="FILE",
            help=text(f"opt_{language_of_file}"),
        )
    parser.add_argument(
        "--sample", type=_count, default=300, metavar="N", help=text("opt_sample_each")
    )
    parser.add_argument(
        "--read", type=_count_or_none, default=40, metavar="N", help=text("opt_read")
    )
    parser.add_argument("--people", metavar="FOLDER", help=text("opt_people"))
    parser.add_argument("--llm", default=argparse.SUPPRESS, metavar="MODEL", help=text("opt_llm"))
    parser.add_argument(
        "--llm-url", default=argparse.SUPPRESS, metavar="URL", help=text("opt_llm_url")
    )
    parser.add_argument("--out", metavar="FILE", help=text("opt_out"))
    parser.set_defaults(module=_EVALUATION)


def _evaluations(
    parser: argparse.ArgumentParser, parents: Sequence[argparse.ArgumentParser]
) -> None:
    kinds = parser.add_subparsers(metavar="KIND", required=True)

    def evaluation(
        kind: str, files: Sequence[str], parents: Sequence[argparse.ArgumentParser] = parents
    ) -> argparse.ArgumentParser:
        words = text(f"eval_{kind}")
        made = kinds.add_parser(kind, help=words, description=words, parents=list(parents))
        made.set_defaults(run=f"eval_{kind}", module=_EVALUATION)
        for name in files:
            made.add_argument(
                f"--{name}",
                dest=f"{name}_file",  # `passages` is a setting
                required=name != "distractors",
                metavar="FILE",
                help=text(f"opt_{name}"),
            )
        return made

    evaluation("retrieval", ["passages", "questions", "distractors"]).add_argument(
        "--without",
        action="append",
        default=[],
        choices=get_args(Signal),
        metavar="SIGNAL",
        help=text("opt_without"),
    )
    _answers(evaluation("answers", ["passages", "questions"]))
    compare = evaluation("compare", [], parents[:1])
    for log in ("a", "b"):
        compare.add_argument(f"log_{log}", metavar=f"LOG_{log.upper()}", help=text("arg_log"))


def _answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sample", type=_count, metavar="N", help=text("opt_sample"))
    for kind in ("answerable", "unanswerable", "far"):
        parser.add_argument(f"--{kind}", type=_count_or_none, metavar="N", help=text(f"opt_{kind}"))
    parser.add_argument("--seed", type=int, default=1, help=text("opt_seed"))
    parser.add_argument(
        "--articles", choices=("all", "even", "odd"), default="all", help=text("opt_articles")
    )
    parser.add_argument("--log", metavar="FILE", help=text("opt_log"))
    parser.add_argument("--keep", metavar="DIR", help=text("opt_keep"))
    parser.add_argument(
        "--parallel", type=_at_once, default=1, metavar="N", help=text("opt_at_once")
    )
    parser.set_defaults(wrong_usage=parser.error)


def _count(value: str) -> int:
    count = int(value)
    if not 1 <= count <= 10_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 10000 is needed")
    return count


def _count_or_none(value: str) -> int:
    return 0 if value == "0" else _count(value)


def _at_once(value: str) -> int:
    count = int(value)
    if not 1 <= count <= 64:
        raise argparse.ArgumentTypeError("a whole number from 1 to 64 is needed")
    return count


def _moment(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value).astimezone()
    except (ValueError, OverflowError, OSError) as error:
        raise argparse.ArgumentTypeError(
            "a time like 2026-11-01 or 2026-11-01T08:00 is needed"
        ) from error


def _port(value: str) -> int:
    port = int(value)
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port from 1 to 65535 is needed")
    return port


if __name__ == "__main__":
    sys.exit(main())
