"""Make `rag/profiles.json` again: what the embedded model does right of the tasks it is tried by.

Every reply is printed, with a mark before those that are wrong.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import rag
from index.models import DEFAULT_LANGUAGE_MODEL
from rag import Settings
from rag.ask import Model
from rag.llm import open_llm
from rag.profile import tasks_version
from rag.trial import outcomes

FILE = Path(rag.__file__).parent / "profiles.json"


def main() -> None:
    model = Model(open_llm(Settings(store=Path(), llm=DEFAULT_LANGUAGE_MODEL)))
    right: dict[str, list[bool]] = defaultdict(list)
    for outcome in outcomes(model):
        right[outcome.task.capability].append(outcome.right)
        mark = " " if outcome.right else "!"
        print(f"{mark} {outcome.task.capability}: {outcome.task.question}\n    {outcome.reply}")
    scores = {name: round(sum(done) / len(done), 3) for name, done in right.items()}
    told = {DEFAULT_LANGUAGE_MODEL: {"tasks": tasks_version(), "scores": scores}}
    FILE.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"{FILE}: {scores}")


if __name__ == "__main__":
    main()
