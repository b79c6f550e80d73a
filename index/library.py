"""The document's way in order: read, cut, embed, write; and the doors to search and upkeep."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from index.chunk import cut, embedding_text
from index.embed import Embedder
from index.errors import FileMissing, ModelMismatch, ReadError, SanadError
from index.models import DEFAULT_EMBEDDING, Progress
from index.readers import read_document
from index.schema import Cut, Incoming
from index.search import Searcher
from index.store import Store
from index.types import Document, DocumentRecord, Hit, HitSentence, Passage
from index.vectors import remove_leftovers

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

PASSAGE_TOKENS = 320
"""The most tokens of a passage (measured on XQuAD: benchmarks/passage_size.py)."""
_GROUP_CHARACTERS = 12_000
"""Small documents are embedded and committed together up to this size: a second or two."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not taken in, and why."""

    path: str
    error: SanadError


@dataclass(slots=True)
class Report:
    """What `add`, `sync` or `rebuild` did, by document name; `seconds` is wall time."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    seconds: float = 0.0


class Library:
    """A person's documents, indexed. Open one with `Library.open`.

    Safe to use from many threads; other processes may read and write the same store.
    """

    def __init__(self, store: Store, passages: Embedder, sentences: Embedder) -> None:
        self._store = store
        self._passages = passages
        self._sentences = sentences
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
        kept = _kept_recipe(store)
        passages = _embedder(embedding, kept.get("passages"))
        sentences = _embedder(sentence_embedding, kept.get("sentences"))
        if sentences.name == passages.name:
            sentences = passages
        return cls(store, passages, sentences)

    @property
    def folder(self) -> Path:
        """Where the store lies."""
        return self._store.folder

    @property
    def sentence_model(self) -> str:
        """The name of the model that embeds single sentences."""
        return self._sentences.name

    def add(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        progress: Progress | None = None,
    ) -> Report:
        """Take in files and folders; what is in already, by content hash, is left alone.

        A file that cannot be read is reported in `failed`, and what the store holds of it stays.
        """
        started = time.monotonic()
        report = Report()
        if isinstance(paths, (str, os.PathLike)):
            paths = [paths]
        files = [file for path in paths for file in _files(Path(path), report)]
        self._take_in(files, report, progress)
        report.seconds = time.monotonic() - started
        return report

    def sync(self, folder: str | os.PathLike[str], *, progress: Progress | None = None) -> Report:
        """`add` the folder, and remove the documents whose file has gone from it."""
        started = time.monotonic()
        report = Report()
        root = Path(folder).expanduser().absolute()
        if not root.is_dir():  # an unplugged drive must not empty the store
            raise FileMissing(path=folder)
        files = list(_files(root, report))
        present = {str(file) for file in files}
        gone = [
            record.name
            for record in self._store.records()
            if Path(record.path).is_relative_to(root) and record.path not in present
        ]
        self._take_in(files, report, progress)
        if gone:
            self.remove(gone)
            report.removed.extend(gone)
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

    def search(self, query: str, k: int = 5) -> list[Hit]:
        """The `k` best passages, in either language, best first; no language model is asked.

        Raises QuestionInvalid for an empty query, ModelMismatch for other models than the store's.
        """
        if not self._store.meta("recipe"):
            return []
        self._check_models()
        return self._searcher.search(query, k)

    def similarities(self, text: str, sentences: Sequence[HitSentence]) -> list[float]:
        """The cosine of a text with sentences of hits (0 for those that have gone since)."""
        cosines = self._searcher.similarities(text, [sentence.id for sentence in sentences])
        return [cosines.get(sentence.id, 0.0) for sentence in sentences]

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
                    self._store.stage(record.id, key, self._embed([document])[0])
            # False when a document came in meanwhile: stage that one too.
            if self._store.switch(key, {"recipe": recipe}):
                break
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

    def _take_in(self, files: Sequence[Path], report: Report, progress: Progress | None) -> None:
        known = {record.path: record for record in self._store.records()}
        group: list[tuple[Document, str, str]] = []
        size = 0
        wrote = False
        for count, file in enumerate(dict.fromkeys(files)):
            if progress is not None:
                progress("files", count, len(files), "files")
            record = known.get(str(file))
            try:
                sha256 = _sha256(file)
                if record is not None and record.sha256 == sha256:
                    report.unchanged.append(record.name)
                    continue
                document = read_document(file, file.name)
            except ReadError as error:
                report.failed.append(Failure(str(file), error))
                continue
            if not wrote and not group:
                self._check_models()
            group.append((document, str(file), sha256))
            size += len(document.text)
            if size > _GROUP_CHARACTERS:
                self._write(group, known, report, progress)
                group, size, wrote = [], 0, True
        if group:
            self._write(group, known, report, progress)
            wrote = True
        if wrote:
            self._searcher.save()
        if progress is not None:
            progress("files", len(files), len(files), "files")

    def _write(
        self,
        group: Sequence[tuple[Document, str, str]],
        known: dict[str, DocumentRecord],
        report: Report,
        progress: Progress | None,
    ) -> None:
        cuts = self._embed([document for document, _, _ in group], progress)
        names = self._store.write(
            [
                Incoming(document, path, sha256, its_cut)
                for (document, path, sha256), its_cut in zip(group, cuts, strict=True)
            ]
        )
        for name, (_, path, _) in zip(names, group, strict=True):
            (report.changed if path in known else report.added).append(name)

    def _embed(self, documents: Sequence[Document], progress: Progress | None = None) -> list[Cut]:
        """Cut documents and embed their passages and sentences, all of the group together."""
        parts = [
            cut(document, self._passages.count_tokens, PASSAGE_TOKENS) for document in documents
        ]
        passages: list[str] = []
        sentences: list[str] = []
        for document, its_passages in zip(documents, parts, strict=True):
            text = document.text
            for passage in its_passages:
                passages.append(embedding_text(passage, text[passage.start : passage.end]))
                sentences.extend(text[s.start : s.end] for s in passage.sentences)
        total = len(passages) + len(sentences)

        def tell(done: int) -> None:
            if progress is not None:
                progress("embedding", done, total, "texts")

        passage_vectors = self._passages.passages(passages, lambda done, _: tell(done))
        sentence_vectors = self._sentences.passages(
            sentences, lambda done, _: tell(len(passages) + done)
        )
        cuts: list[Cut] = []
        row = sentence_row = 0
        for its_passages in parts:
            end = row + len(its_passages)
            sentence_end = sentence_row + sum(len(p.sentences) for p in its_passages)
            cuts.append(
                Cut(
                    its_passages,
                    passage_vectors[row:end],
                    sentence_vectors[sentence_row:sentence_end],
                )
            )
            row, sentence_row = end, sentence_end
        return cuts

    # -- the models ----------------------------------------------------------------------

    def _recipe(self) -> str:
        """What the store's contents depend on, as JSON that compares equal when they agree."""
        recipe = {
            "passages": self._passages.recipe(),
            "sentences": self._sentences.recipe(),
            "passage_tokens": PASSAGE_TOKENS,
        }
        return json.dumps(recipe, sort_keys=True)

    def _check_models(self) -> None:
        """Remember the models in a new store; refuse others than those of a filled one."""
        kept = _kept_recipe(self._store)
        if not kept:
            self._store.remember({"recipe": self._recipe()})
            return
        for kind, embedder in (("passages", self._passages), ("sentences", self._sentences)):
            stored = kept[kind]
            if stored["name"] != embedder.name or (embedder.loaded and stored != embedder.recipe()):
                raise ModelMismatch(
                    path=self.folder, stored=_described(stored), wanted=embedder.name
                )


def _kept_recipe(store: Store) -> dict[str, Any]:
    kept = store.meta("recipe")
    return json.loads(kept) if kept else {}


def _described(recipe: dict[str, Any]) -> str:
    return f"{recipe['name']} ({recipe['dimension']} dimensions)"


def _embedder(wanted: str | BaseEmbedding | None, kept: dict[str, Any] | None) -> Embedder:
    if wanted is None:
        return Embedder(kept["name"] if kept else DEFAULT_EMBEDDING)
    if isinstance(wanted, str):
        return Embedder(wanted)
    return Embedder(wanted.model_name, wanted)


def _files(path: Path, report: Report) -> Iterator[Path]:
    """The file itself, or every file below a folder; hidden ones and links are passed over."""
    path = path.expanduser().absolute()
    if not path.is_dir():
        yield path
        return

    def complain(error: OSError) -> None:
        report.failed.append(
            Failure(str(error.filename), ReadError(path=error.filename, detail=error.strerror))
        )

    for folder, folders, names in os.walk(path, onerror=complain):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and not file.is_symlink():
                yield file


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise FileMissing(path=file) from error
    except OSError as error:
        raise ReadError(path=file, detail=error.strerror or error) from error
