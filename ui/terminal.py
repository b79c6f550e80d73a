"""What all commands share: they open the library that their options name, and speak."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from index import Library
from index.collection import collection_folder, existing_folder
from rag import Settings, load_settings


def settings_of(arguments: Namespace) -> Settings:
    """The settings in force, the options of the command over all others."""
    return load_settings(vars(arguments))


def open_library(
    arguments: Namespace, store: Path | None = None, *, making: bool = False
) -> Library:
    """The library of the settings, or one with their models at `store`.

    A collection that is named must be there, unless it is `making` one. Raises CollectionMissing.
    """
    settings = settings_of(arguments)
    named = getattr(arguments, "collection", "")
    folder = collection_folder if making else existing_folder
    return Library.open(
        store or folder(settings.store.expanduser().absolute(), named),
        embedding=settings.embedding,
        sentence_embedding=settings.sentence_embedding,
        file_characters=settings.file_characters,
    )


def say(line: str) -> None:
    """A line for people, beside what is printed."""
    print(line, file=sys.stderr, flush=True)


def print_json(value: dict[str, Any]) -> None:
    """The one object that `--json` prints."""
    print(json.dumps(value, ensure_ascii=False), flush=True)
