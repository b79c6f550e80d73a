"""Settings: a TOML file, then the environment, then options of the command, each over the last.

The file is `$SANAD_CONFIG`, else `sanad/config.toml` in the user's configuration folder:

    store = "~/my-store"
    embedding = "embeddinggemma-300m"            # for passages
    sentence_embedding = "multilingual-e5-small"
    llm = "qwen2.5-coder-1.5b-instruct"          # or a GGUF file, or a model's name at llm_url
    llm_url = "http://127.0.0.1:11434/v1"        # any OpenAI-compatible endpoint
    llm_connect_seconds = 10                     # how long an endpoint is waited for: until it is
    llm_first_seconds = 120                      #   reached, until its first word, between two
    llm_pause_seconds = 30                       #   words, and for a whole reply
    llm_reply_seconds = 300
    llm_at_once = 4                              # answers that an endpoint writes side by side
    passages = 4
    strictness = "balanced"                      # or "open", or "strict": how readily it refuses
    calibration = "calibration.json"             # made by `sanad calibrate` for other models
    threads = 2
    file_characters = 10000000                   # how much text one file may hold
    questions_at_once = 2                        # of one person, in `sanad serve`; and how many
    requests_per_minute = 600                    #   requests, and how large an upload is together
    upload_mb = 1000

The environment has the same names in capitals behind `SANAD_`. The key of an endpoint comes
from the environment alone (`SANAD_LLM_KEY`), so that it stands in no file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

from index.readers.writer import FILE_CHARACTERS
from rag.errors import SettingInvalid
from rag.gate import STRICTNESS, Strictness


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds an endpoint is waited for: until it is reached, until its first word,
    between two words, and for a whole reply."""

    connect: float = 10.0
    first: float = 120.0
    pause: float = 30.0
    reply: float = 300.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person can set. None means: the default of the part that it belongs to.

    `passages` is how many passages an answer shows, `threads` how many processor threads the
    embedded language model uses, `file_characters` how much text one file may hold. The `seconds`
    bound how long an endpoint is waited for, and `llm_at_once` how many answers it writes at a
    time; the embedded model writes one. The last three are what a server lets one person do.
    """

    store: Path
    embedding: str | None = None
    sentence_embedding: str | None = None
    llm: str | None = None
    llm_url: str | None = None
    llm_key: str | None = None
    llm_connect_seconds: int = 10
    llm_first_seconds: int = 120
    llm_pause_seconds: int = 30
    llm_reply_seconds: int = 300
    llm_at_once: int = 4
    passages: int = 4
    strictness: Strictness = "balanced"
    calibration: Path | None = None
    threads: int | None = None
    file_characters: int = FILE_CHARACTERS
    questions_at_once: int = 2
    requests_per_minute: int = 600
    upload_mb: int = 1_000

    @property
    def patience(self) -> Patience:
        """How long an endpoint is waited for."""
        return Patience(
            connect=self.llm_connect_seconds,
            first=self.llm_first_seconds,
            pause=self.llm_pause_seconds,
            reply=self.llm_reply_seconds,
        )


_NAMES = tuple(field.name for field in fields(Settings))
_SECONDS = (1, 3_600)
_COUNTS = {
    "passages": (1, 50),
    "threads": (1, 256),
    "file_characters": (1_000, 1_000_000_000),
    "llm_connect_seconds": _SECONDS,
    "llm_first_seconds": _SECONDS,
    "llm_pause_seconds": _SECONDS,
    "llm_reply_seconds": _SECONDS,
    "llm_at_once": (1, 16),
    "questions_at_once": (1, 1_000),
    "requests_per_minute": (1, 1_000_000),
    "upload_mb": (1, 100_000),
}


def load_settings(
    options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings in force; options that are None do not count. Raises SettingInvalid."""
    environ = os.environ if environ is None else environ
    values = _from_file(environ)
    for name in _NAMES:
        value = environ.get(f"SANAD_{name.upper()}")
        if value:
            values[name] = value
    given = options or {}
    values.update({name: given[name] for name in _NAMES if given.get(name) is not None})
    for name, (low, high) in _COUNTS.items():
        if name in values:
            values[name] = _count(name, values[name], low, high)
    if values.get("strictness", STRICTNESS[0]) not in STRICTNESS:
        known = ", ".join(STRICTNESS)
        raise SettingInvalid(setting="strictness", detail=f"known are {known}")
    if "calibration" in values:
        values["calibration"] = Path(values["calibration"]).expanduser().absolute()
    store = Path(values.pop("store", user_data_path("sanad") / "sanad-store"))
    return Settings(store=store.expanduser().absolute(), **values)


def _from_file(environ: Mapping[str, str]) -> dict[str, Any]:
    named = environ.get("SANAD_CONFIG")
    file = Path(named).expanduser() if named else user_config_path("sanad") / "config.toml"
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            raise SettingInvalid(setting="SANAD_CONFIG", detail=f"{file} is not there") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingInvalid(setting=file, detail=error) from error
    for name, value in values.items():
        if name not in _NAMES or name == "llm_key":
            known = ", ".join(name for name in _NAMES if name != "llm_key")
            raise SettingInvalid(setting=f"{name} in {file}", detail=f"known are {known}")
        if not isinstance(value, int if name in _COUNTS else str):
            raise SettingInvalid(
                setting=f"{name} in {file}",
                detail="a whole number is needed" if name in _COUNTS else "text is needed",
            )
    return values


def _count(name: str, value: object, low: int, high: int) -> int:
    try:
        count = int(str(value))
    except ValueError:
        count = low - 1
    if not low <= count <= high:
        raise SettingInvalid(setting=name, detail=f"a whole number from {low} to {high} is needed")
    return count
