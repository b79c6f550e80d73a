"""Retrieval for follow-up questions: how often the gold passage is found first, by kind of chat.

`python -m benchmarks.followups [--half tune|report] [--json]`; no language model is asked.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.sets import Chat, chats, documents_library, share, shown
from index import Hit
from rag import Assistant

_LOOKED_AT = 10
_GROUPS: dict[str, Callable[[Chat], bool]] = {
    "follow_up": lambda chat: chat.kind == "follow_up",
    "switch": lambda chat: chat.kind == "switch",
    "ar": lambda chat: chat.language == "ar",
    "en": lambda chat: chat.language == "en",
    "ar follow_up": lambda chat: chat.language == "ar" and chat.kind == "follow_up",
    "ar switch": lambda chat: chat.language == "ar" and chat.kind == "switch",
    "en follow_up": lambda chat: chat.language == "en" and chat.kind == "follow_up",
    "en switch": lambda chat: chat.language == "en" and chat.kind == "switch",
    "tune": lambda chat: chat.half == "tune",
    "report": lambda chat: chat.half == "report",
    "all": lambda chat: True,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A chat and the rank of its gold passage (from 1); None when it was not among the first.

    `alone` is its rank without the turns before: no more can be hoped for after a switch, and
    less would be a loss for a follow-up.
    """

    chat: Chat
    rank: int | None
    alone: int | None
    first: str


def main(argv: Sequence[str] | None = None) -> None:
    options = _options(argv)
    chosen = [chat for chat in chats() if options.half in (None, chat.half)]
    with documents_library() as library:
        assistant = Assistant(library)
        found = [_found(assistant, chat) for chat in chosen]
    groups = _groups(found)
    if options.json:
        failures = [_failure(one) for one in found if one.rank != 1]
        print(json.dumps({"groups": groups, "failures": failures}, ensure_ascii=False))
        return
    for name, group in groups.items():
        print(
            f"{name:14} n {group['n']:3}   R@1 {shown(group['1'])}   R@3 {shown(group['3'])}"
            f"   without history: R@1 {shown(group['alone'])}"
        )
    for one in found:
        if one.rank != 1:
            ranks = f"rank {one.rank or 'none'}, without history {one.alone or 'none'}"
            print(f"\n{one.chat.id} ({one.chat.kind}): {ranks}")
            print(f"  {one.chat.turns[-1].question} -> {one.chat.question}")
            print(f"  wanted {one.chat.document}: {one.chat.passage_holds}")
            print(f"  first  {one.first}")


def _found(assistant: Assistant, chat: Chat) -> Found:
    hits = assistant.search(chat.question, chat.turns, _LOOKED_AT)
    first = f"{hits[0].document}: {' '.join(hits[0].text.split())[:90]}" if hits else "nothing"
    alone = assistant.search(chat.question, (), _LOOKED_AT)
    return Found(chat, _rank(chat, hits), _rank(chat, alone), first)


def _rank(chat: Chat, hits: Sequence[Hit]) -> int | None:
    for hit in hits:
        if hit.document == chat.document and chat.passage_holds in hit.text:
            return hit.rank
    return None


def _groups(found: Sequence[Found]) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for name, belongs in _GROUPS.items():
        group = [one for one in found if belongs(one.chat)]
        if group:
            groups[name] = {
                "n": len(group),
                "1": share([one.rank == 1 for one in group]),
                "3": share([one.rank is not None and one.rank <= 3 for one in group]),
                "alone": share([one.alone == 1 for one in group]),
            }
    return groups


def _failure(found: Found) -> dict[str, Any]:
    return {
        "id": found.chat.id,
        "kind": found.chat.kind,
        "question": found.chat.question,
        "document": found.chat.document,
        "rank": found.rank,
        "alone": found.alone,
        "first": found.first,
    }


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=("tune", "report"), help="only this half of the chats")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
