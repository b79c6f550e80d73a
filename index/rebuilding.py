"""Every document anew from its kept text, beside the old index, which answers meanwhile."""

from __future__ import annotations

import gc
import hashlib

from index.engine import Engine, searcher_for
from index.intake import Embedders, cuts_of, learn_words
from index.models import Progress
from index.recipe import recipe_of
from index.store.store import Store


def rebuild(
    store: Store, engine: Engine, embedders: Embedders, progress: Progress | None
) -> list[str]:
    """Cut and embed all documents with these models; returns their names.

    What an interrupted rebuild had finished is not done again.
    """
    searcher = searcher_for(store, *embedders)
    searcher.baseline.load()
    key = hashlib.sha256(recipe_of(*searcher.embedders).encode()).hexdigest()
    switched = False
    while not switched:
        done = store.staged(key)
        records = store.records()
        for count, record in enumerate(records):
            if progress is not None:
                progress("rebuild", count, len(records), "documents")
            if record.id not in done:
                document = store.document(record.name)
                store.stage(record.id, key, cuts_of(document, searcher.embedders, progress))
        # False when a document came in meanwhile: stage that one too.
        switched = engine.switch(searcher, key)
    gc.collect()  # the old searcher and its cache refer to each other: let its vectors go now
    learn_words(store, engine.embedders[1])
    engine.searcher.baseline.remember()
    return [record.name for record in records]
