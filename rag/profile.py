"""What a language model can do, as it was measured: by small tasks, not by its name.

A profile decides how a model is asked and how much of what it says is taken. The embedded model's
ships with the product; that of another is measured once (`rag.trial`) and kept beside the store.
There is no capability for citing: no model is trusted with that, wherever it runs.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from index import models
from index.store.atomic import write_whole
from index.store.private import make_folder_private
from rag.config import Settings
from rag.errors import SettingInvalid

Capability = Literal[
    "write_en",
    "write_ar",
    "yesno_en",
    "yesno_ar",
    "not_there",
    "point",
    "to_ar",
    "to_en",
    "reckon",
    "rewrite",
]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)
NEEDED: Mapping[Capability, float] = MappingProxyType(
    {
        "write_en": 0.75,
        "write_ar": 0.75,
        # Who always says the same gets half of these, and a wrong word does more harm than none.
        "yesno_en": 1.0,
        "yesno_ar": 1.0,
        "not_there": 1.0,
        "point": 0.75,
        "to_ar": 0.75,
        "to_en": 0.75,
        "reckon": 1.0,
        "rewrite": 0.75,
    }
)
"""The share of its tasks that a model has to do right to be asked for such a thing."""
PROFILES_FILE = "model-profiles.json"
"""In the store's folder: what was measured of models there."""
_KEPT = 100
_PASSWORD = re.compile("//[^/]*@")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Profile:
    """The share (0 to 1) of each capability's tasks that a model did right; missing is 0."""

    scores: Mapping[Capability, float]

    def can(self, capability: Capability) -> bool:
        """Whether the model is good enough at this to be asked for it."""
        return self.scores.get(capability, 0.0) >= NEEDED[capability]


UNTRIED = Profile({"write_en": 1.0, "write_ar": 1.0, "point": 1.0, "not_there": 1.0})
"""A model that nobody has tried yet: what it writes and points at is checked against the
documents, and it may refuse; its "yes", its translations, sums and rewritten questions could not be
checked as well, so it is not asked for them."""


class Profiles:
    """What was measured of models, by name and address, in a file of a store's folder.

    A profile that was measured with other tasks than today's counts as none. Safe to use from
    many threads.
    """

    _writing = threading.Lock()

    def __init__(self, store: Path) -> None:
        self._file = store / PROFILES_FILE

    def of(self, settings: Settings) -> Profile | None:
        """What was measured of the language model that the settings name, if anything was."""
        kept = self._read().get(_key(settings))
        return _profile(kept) if isinstance(kept, dict) else None

    def keep(self, settings: Settings, profile: Profile) -> None:
        """Remember what was measured of that model. Raises SettingInvalid."""
        entry = {"tasks": tasks_version(), "scores": dict(profile.scores)}
        try:
            with self._writing:
                make_folder_private(self._file.parent)
                kept = self._read()
                kept.pop(_key(settings), None)  # the newest stand last
                kept[_key(settings)] = entry
                told = json.dumps(dict(list(kept.items())[-_KEPT:]), ensure_ascii=False, indent=1)
                write_whole(self._file, [told.encode("utf-8", "backslashreplace")])
        except OSError as error:
            detail = (error.strerror or str(error)).lower()
            raise SettingInvalid(setting=self._file.name, detail=detail) from error

    def _read(self) -> dict[str, Any]:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("The kept profiles in %s are of no use: %s", self._file, error)
            return {}
        return told if isinstance(told, dict) else {}


def known_profile(settings: Settings) -> Profile | None:
    """What is known of the language model that the settings name: measured here, or shipped."""
    kept = Profiles(settings.store).of(settings)
    if kept is None and not settings.llm_url:
        kept = shipped(settings.llm or models.DEFAULT_LANGUAGE_MODEL)
    return kept


def profile_for(settings: Settings) -> Profile:
    """What the language model that the settings name may be asked for; careful where untried."""
    return known_profile(settings) or UNTRIED


def shipped(name: str) -> Profile | None:
    """What was measured of a model that runs in this process, before the product was made."""
    told = _shipped().get(name)
    return Profile(told["scores"]) if told else None


@lru_cache(maxsize=1)
def tasks_version() -> str:
    """Tells one set of tasks from another."""
    told = json.loads((resources.files("rag") / "tasks.json").read_text(encoding="utf-8"))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    told = (resources.files("rag") / "profiles.json").read_text(encoding="utf-8")
    profiles: dict[str, Any] = json.loads(told)
    return profiles


def _profile(entry: Mapping[str, Any]) -> Profile | None:
    """A kept profile; None where it is of other tasks, or no profile at all."""
    scores = entry.get("scores")
    if entry.get("tasks") != tasks_version() or not isinstance(scores, dict):
        return None
    known: dict[Capability, Any] = {name: scores.get(name) for name in CAPABILITIES}
    if not all(type(share) in (int, float) and 0 <= share <= 1 for share in known.values()):
        return None
    return Profile(known)


def _key(settings: Settings) -> str:
    """A model's name and address as one text; the address without a password."""
    name = settings.llm or models.DEFAULT_LANGUAGE_MODEL
    if not settings.llm_url:
        return name
    url = settings.llm_url.rstrip("/").removesuffix("/chat/completions")
    return f"{name} {_PASSWORD.sub('//', url)}"
