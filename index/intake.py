"""Documents on their way into the store: cut, embedded, and their words too, in bounded memory.

Small documents go in groups. A large one is embedded piece by piece, and what is ready waits on
the disk until all of it can be written at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from index.arrays import Vectors
from index.cutting import LARGE_CHARACTERS, cut_and_embed, cut_and_embed_in_pieces
from index.models import Progress
from index.models.embed import Embedder
from index.search.words import WORDS_BY
from index.store.records import Cut, Incoming, NewWords
from index.store.rows import pack_cut, unpack_cut
from index.store.spill import Spill
from index.store.store import Store
from index.text.keywords import word_forms
from index.types import Document, Language

Read = tuple[Document, str, str]
"""A document that was read, its path, and the SHA-256 of the file."""
Embedders = tuple[Embedder, Embedder]
"""Those of passages and of sentences."""

_WORDS_AT_ONCE = 2_000


@contextmanager
def prepared(
    group: Sequence[Read], store: Store, embedders: Embedders, progress: Progress | None
) -> Iterator[tuple[list[Incoming], Iterable[NewWords]]]:
    """The documents ready to be written, and the words that are new with them."""
    cuts: Iterable[Cut]
    if len(group) > 1 or not is_large(group[0][0]):
        documents = [document for document, _, _ in group]
        every = cut_and_embed(documents, *embedders, progress)
        texts = (text for pair in zip(documents, every, strict=True) for text in _texts(*pair))
        words = words_of(texts, store, embedders[1])
        yield [_incoming(read, [cut]) for read, cut in zip(group, every, strict=True)], list(words)
        return
    (read,) = group
    seen: dict[Language, set[str]] = {}
    with (
        Spill(store.folder, pack_cut, unpack_cut) as cuts,
        Spill(store.folder, _pack_words, _unpack_words) as new_words,
    ):
        for cut in cut_and_embed_in_pieces(read[0], *embedders, progress):
            cuts.add(cut)
            for new in words_of(_texts(read[0], cut), store, embedders[1], seen):
                new_words.add(new)
        yield [_incoming(read, cuts)], new_words


def cuts_of(
    document: Document, embedders: Embedders, progress: Progress | None = None
) -> Iterable[Cut]:
    """The passages of one document with their vectors, piece by piece where it is large."""
    if is_large(document):
        return cut_and_embed_in_pieces(document, *embedders, progress)
    return cut_and_embed([document], *embedders)


def learn_words(store: Store, embedder: Embedder) -> None:
    """The words of all passages anew, unless they are there by the model in force."""
    if store.meta(WORDS_BY) == embedder.name:
        return
    with Spill(store.folder, _pack_words, _unpack_words) as words:
        for new in words_of(store.texts(), store, embedder, every=True):
            words.add(new)
        store.write_words(words, {WORDS_BY: embedder.name})


def words_of(
    passages: Iterable[tuple[Language, str]],
    store: Store,
    embedder: Embedder,
    seen: dict[Language, set[str]] | None = None,
    *,
    every: bool = False,
) -> Iterator[NewWords]:
    """Vectors for the words of passages that have none in the store, some thousand at a time.

    `seen` holds the words that had their turn before, and is added to; with `every` all words
    get one, those in the store too.
    """
    seen = {} if seen is None else seen
    waiting: dict[Language, dict[str, str]] = {}

    def embedded(language: Language) -> NewWords:
        forms = waiting.pop(language)
        there = set() if every else store.known_words(language, forms)
        tokens = tuple(token for token in forms if token not in there)
        return NewWords(language, tokens, embedder.passages([forms[token] for token in tokens]))

    for language, text in passages:
        known = seen.setdefault(language, set())
        forms = waiting.setdefault(language, {})
        for token, form in word_forms(text, language).items():
            if token not in known:
                known.add(token)
                forms[token] = form
        if len(forms) >= _WORDS_AT_ONCE:
            yield embedded(language)
    for language in list(waiting):
        yield embedded(language)


def is_large(document: Document) -> bool:
    """Whether it goes into the store by itself, in pieces."""
    return len(document.text) > LARGE_CHARACTERS


def _incoming(read: Read, cuts: Iterable[Cut]) -> Incoming:
    document, path, sha256 = read
    return Incoming(document, path, sha256, cuts)


def _texts(document: Document, cut: Cut) -> Iterator[tuple[Language, str]]:
    """The language and the text of each passage."""
    for passage in cut.passages:
        yield passage.language, document.text[passage.start : passage.end]


def _pack_words(new: NewWords) -> tuple[Any, tuple[Vectors]]:
    return [new.language, new.tokens], (new.vectors,)


def _unpack_words(packed: tuple[Any, tuple[Vectors, ...]]) -> NewWords:
    (language, tokens), (vectors,) = packed
    return NewWords(language, tuple(tokens), vectors)
