"""`sanad models try`: what a language model can do, measured and kept."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from index import models
from rag import Settings, load_settings
from rag.ask import Model
from rag.llm import open_llm
from rag.profile import CAPABILITIES, NEEDED, Profile, Profiles, tasks_version
from rag.trial import tasks
from rag.trial import try_model as tried
from ui.cli import EXIT_INTERRUPTED
from ui.cli_strings import language, text, whole
from ui.endings import Ended
from ui.progress import Bars
from ui.strings.trial import TEXTS
from ui.tables import aligned


def try_model(arguments: Namespace) -> int:
    """`sanad models try [NAME]`"""
    settings = load_settings(vars(arguments))
    try:
        with Bars() as bars:
            profile = tried(Model(open_llm(settings)), bars)
    except KeyboardInterrupt as end:
        print(f"\n{TEXTS['trial_stopped'][language()]}", file=sys.stderr)
        return end.code if isinstance(end, Ended) else EXIT_INTERRUPTED
    Profiles(settings.store).keep(settings, profile)
    if arguments.json:
        print(json.dumps(_told(settings, profile), ensure_ascii=False))
    else:
        print("\n".join(_lines(settings, profile)))
    return 0


def _told(settings: Settings, profile: Profile) -> dict[str, object]:
    return {
        "model": _name(settings),
        "url": settings.llm_url,
        "tasks": tasks_version(),
        "capabilities": {
            name: {
                "right": round(profile.scores[name], 3),
                "needed": NEEDED[name],
                "can": profile.can(name),
            }
            for name in CAPABILITIES
        },
    }


def _lines(settings: Settings, profile: Profile) -> list[str]:
    rows = [text("trial_head").split("\t")]
    for name in CAPABILITIES:
        count = sum(task.capability == name for task in tasks())
        rows.append(
            [
                TEXTS[f"capability_{name}"][language()],
                text("trial_right", right=round(profile.scores[name] * count), count=count),
                text("trial_can") if profile.can(name) else text("trial_cannot"),
            ]
        )
    return [whole(_name(settings)), "", *aligned(rows), "", text("trial_kept")]


def _name(settings: Settings) -> str:
    return settings.llm or models.DEFAULT_LANGUAGE_MODEL
