"""What `sanad repair` tells: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.repair import Repair
from index.store.salvage import Lost
from ui.cli_strings import text, whole


def repair_json(done: Repair) -> dict[str, Any]:
    """`ok`: the store is sound now. `again` and `doubtful` name documents and their files."""
    return {
        "ok": True,
        "problems": list(done.problems),
        "kept": list(done.kept),
        "again": [{"name": lost.name, "path": lost.path} for lost in done.again],
        "doubtful": [{"name": lost.name, "path": lost.path} for lost in done.doubtful],
        "header_lost": done.header_lost,
        "aside": None if done.aside is None else str(done.aside),
        "seconds": round(done.seconds, 3),
    }


def repair_lines(done: Repair) -> Iterator[str]:
    """What was done, what is missing, and where the damaged file lies."""
    if not done.problems:
        yield text("sound")
        return
    if done.aside is None:
        yield text("repair_index")
        return
    if done.header_lost:
        yield text("repair_header")
    yield text("repair_kept", count=len(done.kept))
    for key, those in (("repair_again", done.again), ("repair_doubtful", done.doubtful)):
        if those:
            yield text(key)
            yield from (f"  {_named(lost)}" for lost in those)
    yield text("repair_aside", path=whole(str(done.aside)))


def _named(lost: Lost) -> str:
    if not (lost.name or lost.path):
        return text("repair_unnamed")
    return f"{whole(lost.name)}  {whole(lost.path)}".rstrip()
