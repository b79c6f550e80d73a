"""The door to a person's documents: taking in, searching, and upkeep, each in a line or two.

The document's way is in `index.taking_in`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from index.arrays import Vectors
from index.collection import collection_folder
from index.engine import Engine
from index.errors import (
    DocumentMissing,
    FileMissing,
    IndexUnsaved,
    NameInvalid,
    NoFile,
    StoreFull,
)
from index.folders import Selection, changes, find_files, is_gone
from index.models import Progress
from index.models.embed import Embedder
from index.readers.writer import FILE_CHARACTERS
from index.rebuilding import rebuild
from index.recipe import embedder_for, kept_recipe
from index.report import Failure, Report
from index.search.atlas import Place, places_of
from index.search.parallel import Parallel, parallel
from index.search.vectors import PATTERN, drop_saved
from index.store import reserve
from index.store.atomic import remove_leftovers
from index.store.store import Store
from index.store.survey import Counts, Span, counts_of, spans_of
from index.taking_in import TakingIn
from index.text.document_names import as_kept, readable
from index.texts import Text, named_text, texts_of
from index.threads import in_thread
from index.turns import TURNS
from index.types import (
    Document,
    DocumentRecord,
    Hit,
    HitSentence,
    Language,
    Passage,
    RecordKey,
    Signal,
)

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.schema import BaseNode


class Library:
    """A person's documents, indexed. Open one with `Library.open`.

    Safe to use from many threads; other processes may read and write the same store.
    """

    def __init__(
        self,
        store: Store,
        passages: Embedder,
        sentences: Embedder,
        *,
        follows: bool = False,
        file_characters: int = FILE_CHARACTERS,
        choices: Sequence[str | BaseEmbedding | None] = (None, None),
    ) -> None:
        self._store = store
        self._choices = choices
        self._file_characters = file_characters
        self.unsaved: IndexUnsaved | None = None
        self._engine = Engine(store, passages, sentences, follows=follows)
        self._taking_in = TakingIn(store, self._engine, file_characters)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        collection: str = "",
        embedding: str | BaseEmbedding | None = None,
        sentence_embedding: str | BaseEmbedding | None = None,
        file_characters: int = FILE_CHARACTERS,
    ) -> Self:
        """Open the store in the folder `path`; it is made when it is not there.

        `collection` names one of its collections, sets of documents that share nothing.
        `embedding` names the model for passages and `sentence_embedding` the one for single
        sentences: a name of the catalogue, a sentence-transformers folder, a pulled hub name,
        or any LlamaIndex embedding. Left out, the store's own models are used (multilingual-e5-
        small for a new store; sentences stay with it unless named), also after another process
        has rebuilt the store with others. A file with more than `file_characters` of text is
        refused. Raises StoreError, CollectionInvalid.
        """
        folder = collection_folder(Path(path).expanduser().absolute(), collection)
        try:
            store = Store(folder)
        except StoreFull:  # even reading needs a little room
            _make_room(folder)
            store = Store(folder)
        remove_leftovers(folder, PATTERN)
        kept = kept_recipe(store)
        passages = embedder_for(embedding, kept.get("passages"))
        sentences = embedder_for(sentence_embedding, kept.get("sentences"))
        follows = embedding is None and sentence_embedding is None
        return cls(
            store,
            passages,
            sentences,
            follows=follows,
            file_characters=file_characters,
            choices=(embedding, sentence_embedding),
        )

    def beside(self, folder: Path) -> Library:
        """The library of another folder, opened with what this one was opened with."""
        embedding, sentence_embedding = self._choices
        return Library.open(
            folder,
            embedding=embedding,
            sentence_embedding=sentence_embedding,
            file_characters=self._file_characters,
        )

    @property
    def folder(self) -> Path:
        """Where the store lies."""
        return self._store.folder

    @property
    def passage_embedder(self) -> Embedder:
        """What embeds passages, and questions to find them."""
        return self._engine.embedders[0]

    @property
    def passage_model(self) -> str:
        """The name of the model that embeds passages."""
        return self.passage_embedder.name

    @property
    def sentence_model(self) -> str:
        """The name of the model that embeds single sentences."""
        return self._engine.embedders[1].name

    @property
    def follows(self) -> bool:
        """Whether it takes the store's own models, whatever they become; else it was told some."""
        return self._engine.follows

    def add(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        strict: bool = False,
        keep_both: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Take in files and folders; what is in already, by content hash, is left alone.

        `include` and `exclude` choose among the files of folders (`index.folders.Selection`);
        with `strict`, pages whose text looks wrong are left out; with `keep_both` a file that has
        changed becomes a new document, and the one with its older text stays, until it is
        removed by its name. A file that cannot be read is reported in `failed`, and what the
        store holds of it stays.
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
        if self._taking_in.files(files, strict, report, progress, keep_both=keep_both):
            self.save_index()
        report.seconds = time.monotonic() - started
        return report

    def add_text(self, name: str, text: str, *, progress: Progress | None = None) -> Report:
        """Take in a text that has no file, under a name of your own.

        The text that was handed in under this name before is replaced; the same again is
        `unchanged`. `failed` says why it is not taken in: it is empty or too long, the name cannot
        be one, or a document from elsewhere has it. `sync` and `reread` leave it alone.
        """
        try:
            texts = [named_text(name, text)]
        except NameInvalid as error:
            return Report(failed=[Failure(str(error.fields["path"]), error)])
        return self._add_texts(texts, progress)

    def add_documents(
        self, documents: Iterable[BaseNode], *, progress: Progress | None = None
    ) -> Report:
        """Take in LlamaIndex Documents, from any reader; as `add_text` does, by these names.

        Parts of one file (`file_path` or `file_name` among the metadata) become one document of
        its name, with pages where each part has a `page_label`; parts are put together in the
        order in which they come. A Document without a file is known by its own id (or `title`,
        `name`, `url` or `source`, where the id is a random one; or by what the text hashes to).
        Other metadata are not kept.
        """
        return self._add_texts(texts_of(documents), progress)

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
        files = self._find(root, Selection(include, exclude), report)
        if self._taking_in.files(files, strict, report, progress):
            self.save_index()
        gone = [
            record.name
            for record in self._store.records()
            if record.file is not None and record.file.is_relative_to(root) and is_gone(record.path)
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
        or cannot be read is in `failed`, and its document stays, as is one that never had a file;
        documents that read as before are `unchanged`. Raises DocumentMissing, before anything is
        read.
        """
        started = time.monotonic()
        report = Report()
        wanted = [as_kept(name) for name in ([names] if isinstance(names, str) else names)]
        records = self._store.records_where("name", wanted)
        there = {record.name: record.file for record in records}
        if unknown := [name for name in wanted if name not in there]:
            raise DocumentMissing(name=unknown[0])
        files: list[Path] = []
        for name in wanted:
            file = there[name]
            if file is None:
                report.failed.append(Failure(name, NoFile(path=name)))
            else:
                files.append(file)
        if self._taking_in.files(files, False, report, progress, again=True):
            self.save_index()
        report.seconds = time.monotonic() - started
        return report

    def remove(self, names: str | Iterable[str]) -> list[str]:
        """Take documents out, and leave nothing of them. Raises DocumentMissing."""
        wanted = [names] if isinstance(names, str) else names
        gone = list(dict.fromkeys(as_kept(name) for name in wanted))
        try:
            self._store.delete(gone)
        except StoreFull:  # deleting writes too
            _make_room(self.folder)
            self._store.delete(gone)
        self.save_index()
        return gone

    def documents(self) -> list[DocumentRecord]:
        """What the store holds, by name."""
        return self._store.records()

    def documents_where(self, key: RecordKey, wanted: Iterable[str | int]) -> list[DocumentRecord]:
        """Those of the documents whose `key` is among those that are wanted, by name.

        Costs nothing for the others, however many the store holds.
        """
        return self._store.records_where(key, wanted)

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
        without: Collection[Signal] = (),
    ) -> list[Hit]:
        """The `k` best passages, in either language, best first; no language model is asked.

        Several queries for one question are searched together. `documents` names the documents
        to search in; left out, all. `without` names signals that shall not count, to measure what
        they are worth. Raises QuestionInvalid for an empty query, ModelMismatch for
        other models than the store's.
        """
        if not self._store.meta("recipe"):
            return []
        queries = [query] if isinstance(query, str) else list(query)
        with TURNS.asking():
            return self._engine.search(
                lambda searcher: searcher.search(queries, k, documents, without)
            )

    async def asearch(
        self, query: str | Sequence[str], k: int = 5, *, documents: Collection[str] | None = None
    ) -> list[Hit]:
        """`search` for an event loop, which goes on meanwhile."""
        return await in_thread(lambda: self.search(query, k, documents=documents))

    def similarities(self, text: str, sentences: Sequence[HitSentence]) -> list[float]:
        """The cosine of a text with sentences of hits (0 for those that have gone since)."""
        ids = [sentence.id for sentence in sentences]
        with TURNS.asking():
            cosines = self._engine.search(lambda searcher: searcher.similarities(text, ids))
        return [cosines.get(id_, 0.0) for id_ in ids]

    def most_similar(self, question: str, texts: Sequence[str]) -> int:
        """The place of the text that is most similar to a question; `texts` is not empty."""
        with TURNS.asking():
            return self._engine.searcher.most_similar(question, texts)

    def parallel(self, texts: tuple[str, str], languages: tuple[Language, Language]) -> Parallel:
        """How near two texts of these languages are in what they say."""
        with TURNS.asking():
            searcher = self._engine.searcher
            return parallel(texts, languages, searcher.embedders[1], searcher.baseline)

    def word_nearness(self, words: Sequence[str], texts: Sequence[str]) -> Vectors:
        """How near each word comes to the nearest content word of each text: [words, texts].

        1.0 where the text holds the word (in any form that full text takes for the same), else
        the cosine of the two words' vectors, each less the mean word of its language. Works
        across languages: synonyms and translations are near 0.5, unrelated words near 0. A word
        of digits is only ever the same or not. Raises ModelMismatch as `search` does.
        """
        with TURNS.asking():
            return self._engine.search(lambda searcher: searcher.word_nearness(words, texts))

    def rebuild(
        self,
        *,
        embedding: str | BaseEmbedding | None = None,
        sentence_embedding: str | BaseEmbedding | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Everything again from the kept text, with the models set now or those named (as `open`).

        Works beside the old index, which answers until the new one is whole; what an interrupted
        rebuild had finished is not done again.
        """
        started = time.monotonic()
        passages, sentences = self._engine.embedders
        if embedding is not None:
            passages = embedder_for(embedding, None)
        if sentence_embedding is not None:
            sentences = embedder_for(sentence_embedding, None)
        names = rebuild(self._store, self._engine, (passages, sentences), progress)
        self.save_index()
        if progress is not None:
            progress("rebuild", len(names), len(names), "documents")
        return Report(changed=names, seconds=time.monotonic() - started)

    def verify(self) -> list[str]:
        """What is wrong with the store, a sentence each; empty when it is sound."""
        return self.file_problems() or self._engine.searcher.problems()

    def file_problems(self) -> list[str]:
        """Those of the file that holds the truth; what is derived from it is not looked at."""
        return self._store.problems()

    @property
    def read_only(self) -> bool:
        """Whether the store can be read, but not written."""
        return self._store.read_only

    def save_index(self) -> None:
        """Write the files of the index; why they could not be written is in `unsaved` then.

        They cost time at the next start, no document and no answer.
        """
        try:
            self._engine.searcher.save()
            self.unsaved = None
        except IndexUnsaved as error:
            self.unsaved = error
        reserve.keep(self.folder)

    def warm_up(self) -> None:
        """Load the models and the vectors now instead of with the first question."""
        for embedder in self._engine.embedders:
            embedder.load()
        self._engine.searcher.refresh()

    def close(self) -> None:
        """Close the store's files."""
        self._store.close()

    # -- inside ------------------------------------------------------------------------

    def _add_texts(self, texts: Sequence[Text], progress: Progress | None) -> Report:
        started = time.monotonic()
        report = Report()
        if self._taking_in.texts(texts, report, progress):
            self.save_index()
        report.seconds = time.monotonic() - started
        return report

    def _find(self, folder: Path, selection: Selection, report: Report) -> list[Path]:
        found = find_files(folder, selection, self.folder)
        report.skipped.extend(readable(path) for path in found.skipped)
        report.failed.extend(Failure(str(e.fields["path"]), e) for e in found.failed)
        return found.files


def _make_room(folder: Path) -> None:
    """Give up what was kept aside for this, and the index, which is made again."""
    reserve.give_up(folder)
    drop_saved(folder)
