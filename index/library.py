"""The document's way in order: read, cut, embed, write; and the doors to search and upkeep."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import wait
from pathlib import Path
from typing import TYPE_CHECKING, Self

from index.atlas import Place, places_of
from index.cutting import cut_and_embed
from index.doubtful import without_doubtful_pages
from index.embed import Embedder
from index.errors import DocumentMissing, FileMissing, ReadError
from index.folders import Hashes, Selection, changes, find_files, is_gone
from index.keywords import word_forms
from index.models import Progress
from index.reading import ReaderPool
from index.recipe import check_recipe, embedder_for, kept_recipe, recipe_of
from index.report import Failure, Report
from index.schema import Cut, Incoming, NewWords
from index.search import Searcher
from index.stale import files_to_read, reads_as_kept
from index.store import Store
from index.survey import Counts, Span, counts_of, spans_of
from index.types import Document, DocumentRecord, Hit, HitSentence, Language, Passage
from index.vectors import remove_leftovers
from index.words import WORDS_BY

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_PATIENCE = 0.3
"""Seconds to wait for the next file before what was read so far is embedded and committed."""
_GROUP_CHARACTERS = 12_000
"""Small documents are embedded and committed together up to this size: a second or two."""


class Library:
    """A person's documents, indexed. Open one with `Library.open`.

    Safe to use from many threads; other processes may read and write the same store.
    """

    def __init__(self, store: Store, passages: Embedder, sentences: Embedder) -> None:
        self._store = store
        self._passages = passages
        self._sentences = sentences
        self._hashes = Hashes()
        self._searcher = Searcher(store, passages, sentences)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        embedding: str | BaseEmbedding | None = None,
        sentence_embedding: str | BaseEmbedding | None = None,
    ) -> Self:
        """Open the store in the folder `path`; it is made when it is not there.

        `embedding` names the model for passages and `sentence_embedding` the one for single
        sentences: a name of the catalogue, a sentence-transformers folder, a pulled hub name,
        or any LlamaIndex embedding. Left out, the store's own models are used (multilingual-e5-
        small for a new store; sentences stay with it unless named). Raises StoreError.
        """
        store = Store(Path(path).expanduser().absolute())
        remove_leftovers(store.folder)
        kept = kept_recipe(store)
        passages = embedder_for(embedding, kept.get("passages"))
        sentences = embedder_for(sentence_embedding, kept.get("sentences"))
        if sentences.name == passages.name:
            sentences = passages
        return cls(store, passages, sentences)

    @property
    def folder(self) -> Path:
        """Where the store lies."""
        return self._store.folder

    @property
    def passage_model(self) -> str:
        """The name of the model that embeds passages."""
        return self._passages.name

    @property
    def sentence_model(self) -> str:
        """The name of the model that embeds single sentences."""
        return self._sentences.name

    def add(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        strict: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Take in files and folders; what is in already, by content hash, is left alone.

        `include` and `exclude` choose among the files of folders (`index.folders.Selection`);
        with `strict`, pages whose text looks wrong are left out. A file that cannot be read is
        reported in `failed`, and what the store holds of it stays.
        """
        started = time.monotonic()
        report = Report()
        if isinstance(paths, (str, os.PathLike)):
            paths = [paths]
        files: list[Path] = []
        for given in paths:
            path = Path(given).expanduser().absolute()
            if path.is_dir():
                files.extend(self._find(path, Selection(include, exclude), report))
            else:
                files.append(path)
        self._take_in(files, strict, report, progress)
        report.seconds = time.monotonic() - started
        return report

    def sync(
        self,
        folder: str | os.PathLike[str],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        strict: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """`add` the folder, and remove the documents whose file has gone from it.

        What the patterns leave out is neither read nor removed.
        """
        started = time.monotonic()
        report = Report()
        root = Path(folder).expanduser().absolute()
        if not root.is_dir():  # an unplugged drive must not empty the store
            raise FileMissing(path=folder)
        self._take_in(
            self._find(root, Selection(include, exclude), report), strict, report, progress
        )
        gone = [
            record.name
            for record in self._store.records()
            if Path(record.path).is_relative_to(root) and is_gone(record.path)
        ]
        if gone:
            self.remove(gone)
            report.removed.extend(gone)
        report.seconds = time.monotonic() - started
        return report

    def watch(
        self,
        folder: str | os.PathLike[str],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        strict: bool = False,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Report]:
        """`sync` the folder, and again whenever something in it has changed, until `stop` is set.

        Yields a report of the first time, and one of each time that anything happened.
        """
        root = Path(folder).expanduser().absolute()
        first = True
        for _ in changes(root, self.folder, stop):
            report = self.sync(
                root, include=include, exclude=exclude, strict=strict, progress=progress
            )
            if first or report.tells():
                yield report
            first = False

    def reread(self, names: str | Iterable[str], *, progress: Progress | None = None) -> Report:
        """Read the files of these documents again from where they lie, unchanged ones too.

        For when a reader has got better, or Tesseract has been installed. A file that has gone
        or cannot be read is in `failed`, and its document stays; documents that read as before
        are `unchanged`. Raises DocumentMissing, before anything is read.
        """
        started = time.monotonic()
        report = Report()
        paths = {record.name: Path(record.path) for record in self._store.records()}
        wanted = [names] if isinstance(names, str) else list(names)
        if unknown := [name for name in wanted if name not in paths]:
            raise DocumentMissing(name=unknown[0])
        self._take_in([paths[name] for name in wanted], False, report, progress, again=True)
        report.seconds = time.monotonic() - started
        return report

    def remove(self, names: str | Iterable[str]) -> list[str]:
        """Take documents out, and leave nothing of them. Raises DocumentMissing."""
        gone = [names] if isinstance(names, str) else list(dict.fromkeys(names))
        self._store.delete(gone)
        self._searcher.save()
        return gone

    def documents(self) -> list[DocumentRecord]:
        """What the store holds, by name."""
        return self._store.records()

    def document(self, name: str) -> Document:
        """One document with its text. Raises DocumentMissing."""
        return self._store.document(name)

    def passage(self, passage_id: int) -> tuple[str, Passage] | None:
        """The name of its document and the passage of that id; None when it has gone."""
        stored = self._store.passages([passage_id]).get(passage_id)
        return None if stored is None else (stored.document, stored.passage)

    def spans(self, name: str) -> list[Span]:
        """Where the passages of a document stand, in reading order."""
        return self._store.look(lambda connection: spans_of(connection, name))

    def counts(self) -> Counts:
        """How much the store holds."""
        return self._store.look(counts_of)

    def atlas(self, limit: int = 2000) -> list[Place]:
        """Passages on a plane, alike ones near each other; above `limit` a fair sample."""
        return places_of(self._store, limit)

    def search(
        self,
        query: str | Sequence[str],
        k: int = 5,
        *,
        documents: Collection[str] | None = None,
    ) -> list[Hit]:
        """The `k` best passages, in either language, best first; no language model is asked.

        Several queries for one question are searched together. `documents` names the documents
        to search in; left out, all. Raises QuestionInvalid for an empty query, ModelMismatch for
        other models than the store's.
        """
        if not self._store.meta("recipe"):
            return []
        self._check_models()
        queries = [query] if isinstance(query, str) else list(query)
        return self._searcher.search(queries, k, documents)

    def similarities(self, text: str, sentences: Sequence[HitSentence]) -> list[float]:
        """The cosine of a text with sentences of hits (0 for those that have gone since)."""
        cosines = self._searcher.similarities(text, [sentence.id for sentence in sentences])
        return [cosines.get(sentence.id, 0.0) for sentence in sentences]

    def most_similar(self, question: str, texts: Sequence[str]) -> int:
        """The place of the text that is most similar to a question; `texts` is not empty."""
        return self._searcher.most_similar(question, texts)

    def rebuild(self, *, progress: Progress | None = None) -> Report:
        """Everything again from the kept text, with the models set now.

        Works beside the old index, which answers until the new one is whole; what an interrupted
        rebuild had finished is not done again.
        """
        started = time.monotonic()
        recipe = self._recipe()
        key = hashlib.sha256(recipe.encode()).hexdigest()
        while True:
            done = self._store.staged(key)
            records = self._store.records()
            for count, record in enumerate(records):
                if progress is not None:
                    progress("rebuild", count, len(records), "documents")
                if record.id not in done:
                    document = self._store.document(record.name)
                    self._store.stage(record.id, key, self._cuts([document])[0])
            # False when a document came in meanwhile: stage that one too.
            if self._store.switch(key, {"recipe": recipe}):
                break
        self._learn_words()
        self._searcher.usual.remember()
        self._searcher.save()
        if progress is not None:
            progress("rebuild", len(records), len(records), "documents")
        return Report(
            changed=[record.name for record in records], seconds=time.monotonic() - started
        )

    def verify(self) -> list[str]:
        """What is wrong with the store, a sentence each; empty when it is sound."""
        problems = self._store.problems()
        return problems or self._searcher.problems()

    def warm_up(self) -> None:
        """Load the models and the vectors now instead of with the first question."""
        self._passages.load()
        self._sentences.load()
        self._searcher.refresh()

    def close(self) -> None:
        """Close the store's files."""
        self._store.close()

    # -- the document's way ------------------------------------------------------------

    def _find(self, folder: Path, selection: Selection, report: Report) -> list[Path]:
        found = find_files(folder, selection, self.folder)
        report.skipped.extend(str(path) for path in found.skipped)
        report.failed.extend(Failure(str(e.fields["path"]), e) for e in found.failed)
        return found.files

    def _take_in(
        self,
        files: Sequence[Path],
        strict: bool,
        report: Report,
        progress: Progress | None,
        again: bool = False,
    ) -> None:
        """Read what is new, some files ahead of those that are embedded, and write by groups.

        With `again` all that are there are read, and those embedded that read otherwise.
        """
        files = list(dict.fromkeys(files))
        number = {file: count for count, file in enumerate(files)}
        known = {record.path: record for record in self._store.records()}

        def tell(done: int) -> None:
            if progress is not None:
                progress("files", done, len(files), "files")

        group: list[tuple[Document, str, str]] = []
        wrote = False
        with ReaderPool() as pool:
            wanted = files_to_read(files, known, self._store, self._hashes, report, strict, again)
            for file, coming in pool.read_all(wanted):
                tell(number[file])
                if group and not wait((coming,), _PATIENCE).done:
                    self._write(group, known, report, progress)
                    group, wrote = [], True
                try:
                    reading = coming.result()
                    document = reading.document
                    if strict:
                        document = without_doubtful_pages(document, file)
                except ReadError as error:
                    report.failed.append(Failure(str(file), error))
                    continue
                if again and reads_as_kept(reading, known[str(file)], self._store):
                    report.unchanged.append(known[str(file)].name)
                    continue
                if not wrote and not group:
                    self._check_models()
                group.append((document, str(file), reading.sha256))
                if sum(len(document.text) for document, _, _ in group) > _GROUP_CHARACTERS:
                    self._write(group, known, report, progress)
                    group, wrote = [], True
        if group:
            self._write(group, known, report, progress)
            wrote = True
        if wrote:
            self._learn_words()  # only a store that an older version made has any to learn
            self._searcher.save()
        tell(len(files))

    def _write(
        self,
        group: Sequence[tuple[Document, str, str]],
        known: dict[str, DocumentRecord],
        report: Report,
        progress: Progress | None,
    ) -> None:
        cuts = self._cuts([document for document, _, _ in group], progress)
        names = self._store.write(
            [
                Incoming(document, path, sha256, its_cut)
                for (document, path, sha256), its_cut in zip(group, cuts, strict=True)
            ],
            self._words_of(
                (passage.language, document.text[passage.start : passage.end])
                for (document, _, _), its_cut in zip(group, cuts, strict=True)
                for passage in its_cut.passages
            ),
        )
        for name, (document, path, _) in zip(names, group, strict=True):
            (report.changed if path in known else report.added).append(name)
            if document.warnings:
                report.warnings[name] = document.warnings

    def _words_of(
        self, passages: Iterable[tuple[Language, str]], *, every: bool = False
    ) -> list[NewWords]:
        """Vectors for the words of passages that have none in the store; with `every` for all."""
        forms: dict[Language, dict[str, str]] = {}
        for language, text in passages:
            known = forms.setdefault(language, {})
            for token, form in word_forms(text, language).items():
                known.setdefault(token, form)
        new: list[NewWords] = []
        for language, found in forms.items():
            there = set() if every else self._store.known_words(language, found)
            tokens = tuple(token for token in found if token not in there)
            vectors = self._sentences.passages([found[token] for token in tokens])
            new.append(NewWords(language, tokens, vectors))
        return new

    def _cuts(self, documents: Sequence[Document], progress: Progress | None = None) -> list[Cut]:
        return cut_and_embed(documents, self._passages, self._sentences, progress)

    def _learn_words(self) -> None:
        """The words of all passages anew, unless they are there by the model in force."""
        if self._store.meta(WORDS_BY) == self._sentences.name:
            return
        words = self._words_of(self._store.texts(), every=True)
        self._store.write_words(words, {WORDS_BY: self._sentences.name})

    # -- the models ----------------------------------------------------------------------

    def _recipe(self) -> str:
        return recipe_of(self._passages, self._sentences)

    def _check_models(self) -> None:
        """Remember the models in a new store; refuse others than those of a filled one."""
        kept = kept_recipe(self._store)
        if kept:
            check_recipe(kept, self._store, self._passages, self._sentences)
            return
        self._store.remember({"recipe": self._recipe(), WORDS_BY: self._sentences.name})
        self._searcher.usual.remember()
