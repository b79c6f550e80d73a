"""`sanad backup` and `sanad restore`: a store saved to a file, and put back."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

from index.backup import Backup, back_up, check, states
from index.restore import Restored
from index.restore import restore as restore_store
from index.store.backup_file import State
from ui.access import Access
from ui.audit import Audit
from ui.cli import EXIT_INTERRUPTED
from ui.cli_strings import text, whole
from ui.endings import Ended
from ui.people.people import People
from ui.progress import Bars
from ui.tables import aligned
from ui.terminal import print_json, say, settings_of

_MEGABYTE = 1_000_000


def backup(arguments: Namespace) -> int:
    """`sanad backup FILE [--keep N | --list | --check]`"""
    if arguments.list or arguments.check:
        return _look(arguments)
    with Bars() as bars:
        done = back_up(
            settings_of(arguments).store, arguments.file, keep=arguments.keep, progress=bars
        )
    _note(arguments, "backup", str(done.file))
    if arguments.json:
        print_json(_backup_json(done))
        return 0
    state = done.state
    print(
        text(
            "backup_made",
            number=state.number,
            documents=state.documents,
            size=_megabytes(state.size),
            added=_megabytes(done.added),
            count=len(done.states),
        )
    )
    say(text("backup_secret"))
    return 0


def restore(arguments: Namespace) -> int:
    """`sanad restore FILE [--at WHEN] [--replace]`"""
    try:
        with Bars() as bars:
            done = restore_store(
                arguments.file,
                settings_of(arguments).store,
                at=arguments.at,
                replace=arguments.replace,
                progress=bars,
            )
    except KeyboardInterrupt as error:
        say(text("restore_stopped"))
        return error.code if isinstance(error, Ended) else EXIT_INTERRUPTED
    _note(arguments, "restore", str(arguments.file))
    with closing(People(done.folder)) as people:  # who has logged out since stays out
        people.end_all_sessions()
        peopled = people.exist()
    if arguments.json:
        print_json(_restored_json(done))
        return 0
    print(
        text(
            "restored",
            folder=whole(str(done.folder)),
            time=_time(done.state),
            number=done.state.number,
            documents=done.state.documents,
        )
    )
    if peopled:
        say(text("restored_people"))
    return 0


def _note(arguments: Namespace, action: Literal["backup", "restore"], file: str) -> None:
    Audit(settings_of(arguments).store.expanduser()).note(Access(address="terminal"), action, file)


def _look(arguments: Namespace) -> int:
    """Tell what is in the file, and whether it is sound where that was asked."""
    if arguments.check:
        with Bars() as bars:
            found = check(arguments.file, progress=bars)
    else:
        found = states(arguments.file)
    if arguments.json:
        file = str(Path(arguments.file).absolute())
        print_json({"ok": True, "file": file, "states": [_state_json(state) for state in found]})
        return 0
    if not found:
        print(text("backup_empty"))
        return 0
    rows = [text("backup_head").split("\t")]
    for state in found:
        rows.append([str(state.number), _time(state), str(state.documents), _megabytes(state.size)])
    print("\n".join(aligned(rows)))
    if arguments.check:
        print(text("backup_sound"))
    return 0


def _backup_json(done: Backup) -> dict[str, Any]:
    return {
        "ok": True,
        "file": str(done.file),
        "state": _state_json(done.state),
        "added_bytes": done.added,
        "states": [state.number for state in done.states],
        "dropped": list(done.dropped),
        "seconds": round(done.seconds, 3),
    }


def _restored_json(done: Restored) -> dict[str, Any]:
    return {
        "ok": True,
        "store": str(done.folder),
        "state": _state_json(done.state),
        "replaced": done.replaced,
        "seconds": round(done.seconds, 3),
    }


def _state_json(state: State) -> dict[str, Any]:
    return {
        "number": state.number,
        "time": state.time.isoformat(),
        "documents": state.documents,
        "bytes": state.size,
    }


def _time(state: State) -> str:
    """In the zone of this machine, as `--at` takes it."""
    return state.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:.1f}"
