"""The models of a library and the searcher that goes with them, in step with the store.

A store may be rebuilt with other models at any time, here or by another process. A library that
was told no models takes those of the store then; one that was told some refuses.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from index.errors import ModelMismatch, ModelUnknown
from index.models.embed import Embedder
from index.recipe import check_recipe, embedder_for, kept_recipe, recipe_of
from index.search.searcher import Searcher
from index.search.words import WORDS_BY
from index.store.store import Store

T = TypeVar("T")


class Engine:
    """Two embedders and a searcher; `follows` where they may become others. Safe for threads."""

    def __init__(
        self, store: Store, passages: Embedder, sentences: Embedder, *, follows: bool
    ) -> None:
        self._store = store
        self.follows = follows
        self._changing = threading.Lock()
        self.searcher = searcher_for(store, passages, sentences)

    @property
    def embedders(self) -> tuple[Embedder, Embedder]:
        """Those of passages and of sentences; the same one where it does both."""
        return self.searcher.embedders

    def search(self, look: Callable[[Searcher], T]) -> T:
        """What a look into the index finds; once more where the store has other models by now.

        Raises ModelMismatch where it must not have any other.
        """
        while True:
            searcher = self.searcher
            try:
                return look(searcher)
            except ModelMismatch:
                with self._changing:
                    if searcher is self.searcher:  # else another thread has changed it
                        self._follow()

    def recipe(self) -> str:
        """The recipe of the store, which is made with the models here; a new store remembers them.

        Raises ModelMismatch where it is made with others that must not be taken.
        """
        kept = self._store.meta("recipe")
        if not kept:
            made = recipe_of(*self.embedders)
            self._store.remember({"recipe": made, WORDS_BY: self.embedders[1].name})
            self.searcher.baseline.remember()
            return made
        with self._changing:
            try:
                check_recipe(kept_recipe(self._store), self._store, *self.embedders)
            except ModelMismatch:
                self._follow()
        return kept

    def switch(self, searcher: Searcher, key: str) -> bool:
        """Take what is staged under `key`, and its searcher; False where not all is staged.

        Who finds other models in the store finds them here as well.
        """
        with self._changing:
            switched = self._store.switch(key, {"recipe": recipe_of(*searcher.embedders)})
            if switched:
                self.searcher = searcher
        return switched

    def _follow(self) -> None:
        """Take the models that the store is made with. Raises ModelMismatch, ModelMissing."""
        kept = kept_recipe(self._store)
        if self.follows:
            here = {embedder.name: embedder for embedder in self.embedders}
            passages, sentences = (
                here.get(kept[kind]["name"]) or embedder_for(None, kept[kind])
                for kind in ("passages", "sentences")
            )
            try:
                passages.load()
                sentences.load()
            except ModelUnknown:  # somebody's own model
                check_recipe(kept, self._store, *self.embedders)
                raise
            check_recipe(kept, self._store, passages, sentences)
            self.searcher = searcher_for(self._store, passages, sentences)
        else:
            check_recipe(kept, self._store, *self.embedders)


def searcher_for(store: Store, passages: Embedder, sentences: Embedder) -> Searcher:
    """A searcher with one embedder where both are the same model."""
    return Searcher(store, passages, passages if sentences.name == passages.name else sentences)
