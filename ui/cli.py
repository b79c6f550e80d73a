"""The command line: what can be said, and how errors and exits look.

Light on purpose: the commands themselves are imported when one is run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from ui.cli_strings import language, text

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Wrong usage exits with 2 (argparse)."""
    arguments = _parser().parse_args(argv)
    if getattr(arguments, "config", None):
        os.environ["SANAD_CONFIG"] = arguments.config
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        print(f"\n{text('stopped')}", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`sanad list | head`); nothing is left to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED


def _run(arguments: argparse.Namespace) -> int:
    from index import SanadError
    from ui import commands
    from ui.problems import error_text

    try:
        code: int = getattr(commands, arguments.run)(arguments)
        return code
    except SanadError as error:
        if arguments.debug:
            raise
        print(f"sanad: {error_text(error, language())}", file=sys.stderr)
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--store", metavar="DIR", help=text("opt_store"))
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

    parser = argparse.ArgumentParser(prog="sanad", description=text("about"), parents=[common])
    parser.set_defaults(json=False, debug=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, *, run: str | None = None, parents: Sequence[argparse.ArgumentParser] = ()
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name, help=text(name), description=text(name), parents=[common, *parents]
        )
        made.set_defaults(run=run or name)
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
    add.add_argument("paths", nargs="+", metavar="PATH", help=text("arg_path"))
    sync = command("sync", parents=[choosing])
    sync.add_argument("folder", metavar="FOLDER", help=text("arg_folder"))
    sync.add_argument("--watch", action="store_true", help=text("opt_watch"))
    command("remove").add_argument("names", nargs="+", metavar="NAME", help=text("arg_name"))
    command("list", run="list_documents")
    command("rebuild")
    command("verify")
    search = command("search")
    search.add_argument("query", metavar="QUERY", help=text("arg_query"))
    search.add_argument("-k", type=_count, default=5, metavar="N", help=text("opt_k"))
    ask = command("ask", parents=[answering])
    ask.add_argument("question", metavar="QUESTION", help=text("arg_question"))
    _evaluations(command("eval"), [common, answering])
    serve = command("serve", parents=[answering])
    serve.add_argument("--host", default="127.0.0.1", help=text("opt_host"))
    serve.add_argument("--port", type=_port, default=7860, help=text("opt_port"))
    serve.add_argument("--open", action="store_true", help=text("opt_open"))
    serve.add_argument("--samples", action="store_true", help=text("opt_samples"))
    models = command("models", run="list_models").add_subparsers(metavar="COMMAND")
    pull = models.add_parser("pull", help=text("pull"), description=text("pull"), parents=[common])
    pull.add_argument("models", nargs="*", metavar="NAME", help=text("arg_model"))
    pull.add_argument("--accept-licence", action="store_true", help=text("opt_accept"))
    pull.set_defaults(run="pull")
    return parser


def _evaluations(
    parser: argparse.ArgumentParser, parents: Sequence[argparse.ArgumentParser]
) -> None:
    kinds = parser.add_subparsers(metavar="KIND", required=True)
    for kind in ("retrieval", "answers"):
        words = text(f"eval_{kind}")
        made = kinds.add_parser(kind, help=words, description=words, parents=list(parents))
        made.set_defaults(run=f"evaluate_{kind}")
        for name in ("passages", "questions", "distractors"):
            if name != "distractors" or kind == "retrieval":
                made.add_argument(
                    f"--{name}",
                    dest=f"{name}_file",  # `passages` is a setting
                    required=name != "distractors",
                    metavar="FILE",
                    help=text(f"opt_{name}"),
                )
        if kind == "answers":
            made.add_argument("--sample", type=_count, default=40, help=text("opt_sample"))
            made.add_argument("--seed", type=int, default=1, help=text("opt_seed"))
            made.add_argument("--log", metavar="FILE", help=text("opt_log"))


def _count(value: str) -> int:
    count = int(value)
    if not 1 <= count <= 10_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 10000 is needed")
    return count


def _port(value: str) -> int:
    port = int(value)
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port from 1 to 65535 is needed")
    return port


if __name__ == "__main__":
    sys.exit(main())
