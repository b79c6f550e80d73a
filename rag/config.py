"""Settings: a TOML file, then the environment, then options of the command, each over the last.

The file is `$SANAD_CONFIG`, else `sanad/config.toml` in the user's configuration folder:

    store = "~/my-store"
    embedding = "embeddinggemma-300m"            # for passages
    sentence_embedding = "multilingual-e5-small"
    llm = "qwen2.5-coder-1.5b-instruct"          # or a GGUF file, or a model's name at llm_url
    llm_url = "http://127.0.0.1:11434/v1"        # any OpenAI-compatible endpoint
    passages = 4
    strictness = "balanced"                      # or "open", or "strict": how readily it refuses
    calibration = "calibration.json"             # made by `sanad calibrate` for other models
    threads = 2
    file_characters = 10000000                   # how much text one file may hold

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
class Settings:
    """Everything a person can set. None means: the default of the part that it belongs to.

    `passages` is how many passages an answer shows, `threads` how many processor threads
    the embedded language model uses, `file_characters` how much text one file may hold.
    """

    store: Path
    embedding: str | None = None
    sentence_embedding: str | None = None
    llm: str | None = None
    llm_url: str | None = None
    llm_key: str | None = None
    passages: int = 4
    strictness: Strictness = "balanced"
    calibration: Path | None = None
    threads: int | None = None
    file_characters: int = FILE_CHARACTERS


_NAMES = tuple(field.name for field in fields(Settings))
_COUNTS = {
    "passages": (1, 50),
    "threads": (1, 256),
    "file_characters": (1_000, 1_000_000_000),
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
