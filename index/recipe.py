"""What a store's contents depend on: its embedding models, and how long its passages are."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from index.cutting import PASSAGE_TOKENS
from index.errors import ModelMismatch
from index.models import CATALOGUE, DEFAULT_EMBEDDING
from index.models.embed import Embedder
from index.store.store import Store

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_shared: WeakValueDictionary[str, Embedder] = WeakValueDictionary()
"""Models of the catalogue that some library here has: each is in memory once."""
_sharing = threading.Lock()


def recipe_of(passages: Embedder, sentences: Embedder) -> str:
    """The recipe of these models, as JSON that compares equal when they agree."""
    recipe = {
        "passages": passages.recipe(),
        "sentences": sentences.recipe(),
        "passage_tokens": PASSAGE_TOKENS,
    }
    return json.dumps(recipe, sort_keys=True)


def kept_recipe(store: Store) -> dict[str, Any]:
    """The recipe of what the store holds; empty for a new store."""
    return store.fact("recipe", _parsed) or {}


def _parsed(kept: str) -> dict[str, Any]:
    recipe: dict[str, Any] = json.loads(kept) if kept else {}
    for kind in ("passages", "sentences") if recipe else ():
        if not isinstance(recipe[kind]["name"], str) or not recipe[kind]["dimension"]:
            raise ValueError(f"the model of {kind} is not named")
    return recipe


def check_recipe(
    kept: dict[str, Any], store: Store, passages: Embedder, sentences: Embedder
) -> None:
    """Refuse models other than those of a filled store. Raises ModelMismatch."""
    for kind, embedder in (("passages", passages), ("sentences", sentences)):
        stored = kept[kind]
        if stored["name"] != embedder.name or (embedder.loaded and stored != embedder.recipe()):
            described = f"{stored['name']} ({stored['dimension']} dimensions)"
            raise ModelMismatch(path=store.folder, stored=described, wanted=embedder.name)


def embedder_for(wanted: str | BaseEmbedding | None, kept: dict[str, Any] | None) -> Embedder:
    """The embedder that is wanted; left out, the one of the recipe kept, or the default."""
    if wanted is None:
        wanted = kept["name"] if kept else DEFAULT_EMBEDDING
    if not isinstance(wanted, str):
        return Embedder(wanted.model_name, wanted)
    if wanted not in CATALOGUE:
        return Embedder(wanted)  # a folder may hold another model by now
    with _sharing:
        return _shared.setdefault(wanted, Embedder(wanted))
