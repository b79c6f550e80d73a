"""FAISS: the passages that may be near to a question, out of all; the store tells how near.

Each language has codes and a file of its own: it proposes its own candidates, and its vectors lie
around a mean of their own. A code of 116 bytes stands for each vector: two bits for every number of
what is left of it when the mean is taken off, and a few factors (RaBitQ: Gao and Long, "Quantizing
High-Dimensional Vectors with a Theoretical Error Bound", 2024). Nine times as many as are wanted
are taken by their codes and compared exactly, with the vectors of the store. Of the forty nearest
passages of XQuAD 1.000 are found; of the ten nearest of 100,000 vectors by chance, the hardest
case, .995. A million passages take 116 MB, and 30 ms of one core to go through.

A file begins with a header (magic, the store's identity and generation, of how many vectors the
mean was taken, CRC-32 of the rest) and goes on with a serialised `IndexIDMap` over `IndexRaBitQ`.
A file that is missing, damaged or out of date costs time, never answers: since ids are never used
twice and a vector never changes under its id, comparing ids with the store tells exactly what to
drop and what to read.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from pathlib import Path
from typing import IO, Any, NamedTuple, get_args

import faiss
import numpy as np

from index.arrays import Ids, Vectors
from index.errors import IndexUnsaved
from index.store.atomic import whole_file
from index.store.store import Store
from index.types import Language

_HEADER = struct.Struct("<8s16sQQI")
_MAGIC = b"SANADRBQ"
_OLD_FILES = ("passages.faiss", "sentences.faiss")
"""What earlier versions kept; nothing reads them."""
_QUERY_BITS = 8
_OVERSAMPLED = 9
_BITS = 2
_GROWN = 2
"""When the store has grown so many times since the mean was taken, it is taken again."""
_PIECE_BYTES = 1 << 20
PATTERN = "*.faiss"
"""How the files are called."""


class Selection:
    """Some of the ids (ascending), as FAISS asks for them: a bitmap over all."""

    def __init__(self, ids: Ids) -> None:
        members = np.zeros((int(ids[-1]) // 8 + 1) * 8, dtype=np.uint8)
        members[ids] = 1
        self._bitmap = np.packbits(members, bitorder="little")  # FAISS keeps only its address
        self.selector = faiss.IDSelectorBitmap(self._bitmap)  # type: ignore[call-arg, arg-type]


class _Snapshot(NamedTuple):
    """An index as it was at some time: of which generation, and after how many changes."""

    codes: faiss.IndexIDMap | None
    generation: int
    mean_of: int
    changes: int


class VectorIndex:
    """The codes of the passages of one language in one store."""

    def __init__(self, store: Store, language: Language) -> None:
        self.file = store.folder / f"passages.{language}.faiss"
        self._store = store
        self._language: Language = language
        self._index: faiss.IndexIDMap | None = None
        self._ids: Ids = np.zeros(0, dtype=np.int64)
        self._mean_of = 0
        self._generation = -1
        self._changes = 0
        self._saved = -1
        """After how many changes the file was written; what did not change is not written again."""
        self._snapshot: _Snapshot | None = None

    def refresh(self) -> None:
        """Make the index hold exactly what the store holds; nothing to do when it already does."""
        generation = self._store.generation()
        if generation == self._generation:
            return
        if self._index is None:
            self._load()
        if self._generation != generation:
            self._catch_up()
        self._generation = generation

    def snapshot(self) -> None:
        """Keep the index as it is now until `save` has written it; changes go to a copy."""
        self._snapshot = _Snapshot(self._index, self._generation, self._mean_of, self._changes)

    def save(self) -> None:
        """Write what `snapshot` keeps beside the file and rename it into place.

        Searching and `refresh` may go on meanwhile. Raises IndexUnsaved.
        """
        kept = self._snapshot
        if kept is None:
            return
        with contextlib.suppress(OSError):
            for name in _OLD_FILES:
                self.file.with_name(name).unlink(missing_ok=True)
        try:
            if kept.codes is None:
                with contextlib.suppress(OSError):  # it is out of date, which it says itself
                    self.file.unlink(missing_ok=True)
            elif self._saved != kept.changes or not self.file.exists():
                with whole_file(self.file) as out:
                    self._write(out, kept.codes, kept.generation, kept.mean_of)
                self._saved = kept.changes
        except OSError as error:
            raise IndexUnsaved(path=self.file, detail=error.strerror or error) from error
        finally:
            self._snapshot = None

    def search(self, query: Vectors, k: int, among: Selection | None = None) -> Ids:
        """The ids of about the `k` nearest passages to one unit vector [dimension], best first.

        Of passages that another process has taken out meanwhile there are none.
        """
        return self.nearest(query, self.likely(query, k, among), k)

    def likely(self, query: Vectors, k: int, among: Selection | None = None) -> Ids:
        """The ids of passages among which the `k` nearest should be, by their codes alone.

        Reads nothing of the store, and lets other threads run.
        """
        if self._index is None or len(self._ids) == 0:
            return np.zeros(0, dtype=np.int64)
        faiss.omp_set_num_threads(1)  # waking more would take longer than the search
        parameters = faiss.RaBitQSearchParameters()
        parameters.qb = _QUERY_BITS
        if among is not None:
            parameters.sel = among.selector
        count = min(_OVERSAMPLED * k, len(self._ids))
        _, found = self._index.search(query[np.newaxis, :], count, params=parameters)
        ids: Ids = found[0][found[0] >= 0]
        return ids

    def nearest(self, query: Vectors, likely: Ids, k: int) -> Ids:
        """Those of the passages that the store still has, by their vectors: the `k` nearest."""
        ids, vectors = self._store.passage_vectors(likely)
        nearest: Ids = ids[np.argsort(-(vectors @ query), kind="stable")[:k]] if len(ids) else ids
        return nearest

    def ids(self) -> Ids:
        """All ids in the index, ascending."""
        return self._ids

    def problems(self) -> list[str]:
        """How index and store disagree; empty when they do not."""
        if self.file.exists() and not self.file.is_file():
            return [f"{self.file.name} is no file, and something else has its name"]
        try:
            self.refresh()
        except RuntimeError as error:
            return [f"FAISS: {error}"]
        if not np.array_equal(self.ids(), self._store.ids_of_language(self._language)):
            return ["FAISS holds other ids than the store"]
        if self._index is None:
            return []
        codes: Any = faiss.downcast_index(self._index.index)
        kept = faiss.vector_to_array(codes.codes).reshape(self._index.ntotal, -1)
        places = {id_: at for at, id_ in enumerate(faiss.vector_to_array(self._index.id_map))}
        for ids, vectors in self._store.vectors_in_batches(self._language):
            at = [places[id_] for id_ in ids.tolist()]
            if not np.array_equal(kept[at], codes.sa_encode(vectors)):
                return ["FAISS holds other vectors than the store"]
        return []

    def _load(self) -> None:
        try:
            if self.file.is_file():
                with self.file.open("rb") as file:
                    self._read(file)
        except OSError:  # gone since, or not to be read
            self._index = None

    def _read(self, file: IO[bytes]) -> None:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        magic, identity, generation, mean_of, checksum = _HEADER.unpack(header)
        if magic != _MAGIC or identity != self._store.identity:
            return
        # Twice through the file, piece by piece, rather than once with two copies of it.
        found = 0
        while piece := file.read(_PIECE_BYTES):
            found = zlib.crc32(piece, found)
        if found != checksum:
            return
        file.seek(_HEADER.size)
        index = faiss.read_index(faiss.PyCallbackIOReader(file.read))  # type: ignore[attr-defined]
        if isinstance(index, faiss.IndexIDMap):
            self._set(index)
            self._generation, self._mean_of, self._saved = generation, mean_of, self._changes

    def _set(self, index: faiss.IndexIDMap | None) -> None:
        """Make that the index."""
        self._index = index
        self._ids = np.zeros(0, dtype=np.int64)
        if index is not None:
            self._ids = np.sort(faiss.vector_to_array(index.id_map))

    def _catch_up(self) -> None:
        last = int(self._ids[-1]) if len(self._ids) else 0
        count = self._store.passage_count(self._language)
        come = self._store.passage_count(self._language, last)
        gone: Ids = self._ids[:0]
        if len(self._ids) + come != count:  # something was taken out
            wanted = self._store.ids_of_language(self._language)
            gone = np.setdiff1d(self._ids, wanted)
            missing = np.setdiff1d(wanted, self._ids)
            last = int(missing[0]) - 1 if len(missing) else last
        elif not come:
            return
        self._changes += 1
        if len(gone) == len(self._ids) or count > _GROWN * self._mean_of:
            self._begin()
            return
        if self._index is not None and self._snapshot and self._index is self._snapshot.codes:
            copy = faiss.clone_index(self._index)
            self._index = copy if isinstance(copy, faiss.IndexIDMap) else None
        if self._index is not None and len(gone):
            self._index.remove_ids(faiss.IDSelectorBatch(gone))
        self._extend(last)

    def _begin(self) -> None:
        """The codes of all passages, around their mean: also the way to another dimension."""
        self._set(None)
        mean: Vectors | None = None
        count = 0
        for ids, vectors in self._store.vectors_in_batches(self._language):
            mean = vectors.sum(axis=0) if mean is None else mean + vectors.sum(axis=0)
            count += len(ids)
        if mean is None:
            return
        codes = faiss.IndexRaBitQ(len(mean), faiss.METRIC_INNER_PRODUCT, _BITS)
        codes.train((mean / np.float32(count))[np.newaxis, :])
        self._index, self._mean_of = faiss.IndexIDMap(codes), count
        self._extend(0)

    def _extend(self, last: int) -> None:
        """Take in the passages with ids above `last`, less those that are held."""
        for ids, vectors in self._store.vectors_in_batches(self._language, last):
            fresh = ~np.isin(ids, self._ids)
            if self._index is not None and fresh.any():
                self._index.add_with_ids(vectors[fresh], ids[fresh])
        self._set(self._index)

    def _write(
        self, out: IO[bytes], index: faiss.IndexIDMap, generation: int, mean_of: int
    ) -> None:
        """The header and the index, piece by piece: no second copy of it is made."""
        identity = self._store.identity
        checksum = 0

        def write(piece: bytes) -> None:
            nonlocal checksum
            checksum = zlib.crc32(piece, checksum)
            out.write(piece)

        out.write(bytes(_HEADER.size))
        faiss.write_index(index, faiss.PyCallbackIOWriter(write))  # type: ignore[attr-defined]
        out.seek(0)
        out.write(_HEADER.pack(_MAGIC, identity, generation, mean_of, checksum))


def vector_indexes(store: Store) -> dict[Language, VectorIndex]:
    """Those of a store, by language."""
    return {language: VectorIndex(store, language) for language in get_args(Language)}


def drop_saved(folder: Path) -> None:
    """Delete the files of the index to make room; what they hold is derived again."""
    for file in folder.glob(PATTERN):
        with contextlib.suppress(OSError):
            file.unlink()
