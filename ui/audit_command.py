"""`sanad audit`: who did what in a store."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import datetime

from ui.audit import Audit, Entry
from ui.cli_strings import text, whole
from ui.terminal import print_json, settings_of


def audit(arguments: Namespace) -> int:
    """`sanad audit [--since TIME]`"""
    since: datetime | None = arguments.since
    entries = Audit(settings_of(arguments).store).entries(since)
    if arguments.json:
        print_json({"entries": [asdict(entry) for entry in entries]})
        return 0
    lines = map(_line, entries)
    print(next(lines, text("audit_empty")))
    for line in lines:
        print(line)
    return 0


def _line(entry: Entry) -> str:
    person = entry.person or text("audit_nobody")
    where = f"{entry.collection}: " if entry.collection else ""
    told = [entry.time[:19].replace("T", " "), person, entry.action, f"{where}{entry.subject}"]
    return "  ".join(whole(part) for part in (*told, entry.address) if part)
