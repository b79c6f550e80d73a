"""Files and texts into the store: what is new is read, embedded in groups, and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import wait
from pathlib import Path

from index.engine import Engine
from index.errors import NameTaken, ReadError
from index.folders import Hashes
from index.intake import Read, is_large, learn_words, prepared
from index.models import Progress
from index.readers.doubtful import without_doubtful_pages
from index.readers.reading import ReaderPool
from index.report import Failure, Report
from index.stale import files_to_read, reads_as_kept
from index.store.store import Store
from index.texts import Text
from index.types import DocumentRecord

_PATIENCE = 0.3
"""Seconds to wait for the next file before what was read so far is embedded and committed."""
_GROUP_CHARACTERS = 48_000
"""Small documents are embedded and committed together up to this size: some ten seconds. Texts of
like length find each other among many; by 12,000 characters a build took a sixth longer."""


class TakingIn:
    """The way into one store. What takes in returns whether anything was written."""

    def __init__(self, store: Store, engine: Engine, file_characters: int) -> None:
        self._store = store
        self._engine = engine
        self._file_characters = file_characters
        self._hashes = Hashes()

    def files(
        self,
        files: Sequence[Path],
        strict: bool,
        report: Report,
        progress: Progress | None,
        again: bool = False,
        keep_both: bool = False,
    ) -> bool:
        """Read what is new, some files ahead of those that are embedded, and write by groups.

        With `again` all that are there are read, and those embedded that read otherwise; with
        `keep_both` a changed file leaves the document that it was in its own right.
        """
        files = list(dict.fromkeys(files))
        number = {file: count for count, file in enumerate(files)}
        known = self._known(map(str, files))

        def tell(done: int) -> None:
            if progress is not None:
                progress("files", done, len(files), "files")

        group = _Group(self._store, self._engine, known, report, progress)
        with ReaderPool(characters=self._file_characters) as pool:
            wanted = files_to_read(files, known, self._store, self._hashes, report, strict, again)
            for file, coming in pool.read_all(wanted):
                tell(number[file])
                if group.waits() and not wait((coming,), _PATIENCE).done:
                    group.write()
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
                older = known.get(str(file))
                if keep_both and older is not None and older.sha256 != reading.sha256:
                    self._store.detach(older.id, self._older_path(known.pop(str(file))))
                group.add((document, str(file), reading.sha256))
        wrote = group.finish()
        tell(len(files))
        return wrote

    def texts(self, texts: Sequence[Text], report: Report, progress: Progress | None) -> bool:
        """Write those that are new, or that have other words than the store holds of them."""
        known = self._known(text.path for text in texts)
        named = [text.name for text in texts]
        names = {record.name for record in self._store.records_where("name", named)}
        group = _Group(self._store, self._engine, known, report, progress)
        for count, text in enumerate(texts):
            if progress is not None:
                progress("files", count, len(texts), "files")
            record = known.get(text.path)
            if record is not None and record.sha256 == text.sha256:
                report.unchanged.append(record.name)
                continue
            try:
                if record is None and text.is_named and text.name in names:
                    raise NameTaken(path=text.name)
                group.add(text.read(self._file_characters))
                names.add(text.name)
            except ReadError as error:
                report.failed.append(Failure(text.name, error))
        wrote = group.finish()
        if progress is not None:
            progress("files", len(texts), len(texts), "files")
        return wrote

    def _known(self, paths: Iterable[str]) -> dict[str, DocumentRecord]:
        """The documents of those paths, by path."""
        return {record.path: record for record in self._store.records_where("path", paths)}

    def _older_path(self, record: DocumentRecord) -> str:
        """Where no file lies: the path of a document whose file holds another text by now."""
        return str(self._store.folder / "older" / record.sha256 / Path(record.path).name)


class _Group:
    """Documents that were read, and are embedded and written together.

    `known` are those of the store by their paths.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        known: Mapping[str, DocumentRecord],
        report: Report,
        progress: Progress | None,
    ) -> None:
        self._wrote = False
        self._store = store
        self._engine = engine
        self._known = known
        self._report = report
        self._progress = progress
        self._reads: list[Read] = []

    def waits(self) -> bool:
        """Whether there is a document that was not written yet."""
        return bool(self._reads)

    def add(self, read: Read) -> None:
        """One more; the group is written when it is large enough."""
        if not self._wrote and not self._reads:
            self._engine.recipe()
        if is_large(read[0]):
            self.write()
        self._reads.append(read)
        if sum(len(document.text) for document, _, _ in self._reads) > _GROUP_CHARACTERS:
            self.write()

    def write(self) -> None:
        """Embed and write what waits."""
        if not self._reads:
            return
        names = None
        while names is None:  # else the store was rebuilt with other models meanwhile
            recipe = self._engine.recipe()
            with prepared(
                self._reads, self._store, self._engine.embedders, self._progress
            ) as ready:
                names = self._store.write(*ready, recipe=recipe)
        for name, (document, path, _) in zip(names, self._reads, strict=True):
            (self._report.changed if path in self._known else self._report.added).append(name)
            if document.warnings:
                self._report.warnings[name] = document.warnings
        self._reads = []
        self._wrote = True

    def finish(self) -> bool:
        """Write what still waits; returns whether any was written in all."""
        self.write()
        if self._wrote:
            # Only a store that an older version made has any to learn.
            learn_words(self._store, self._engine.embedders[1])
        return self._wrote
