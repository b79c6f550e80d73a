"""FAISS: vectors by id, derived from the store and fast to search.

One file per set of vectors. It begins with a header (magic, the store's identity and generation,
CRC-32 of the rest) and goes on with a serialised `IndexIDMap2` over `IndexFlatIP`: inner products
of unit vectors, so scores are cosines. A file that is missing, damaged or out of date costs time,
never answers: since ids are never used twice and a vector never changes under its id, comparing
ids with the store tells exactly what to drop and what to read.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from pathlib import Path
from typing import IO

import faiss
import numpy as np

from index.atomic import whole_file
from index.errors import IndexUnsaved
from index.schema import Vectors
from index.store import Ids, Kind, Store

_HEADER = struct.Struct("<8s16sQI")
_MAGIC = b"SANADVEC"
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


class VectorIndex:
    """The vectors of one kind (passages or sentences) of one store."""

    def __init__(self, store: Store, kind: Kind) -> None:
        self.file = store.folder / f"{kind}.faiss"
        self._store = store
        self._kind: Kind = kind
        self._index: faiss.IndexIDMap2 | None = None
        self._ids: Ids = np.zeros(0, dtype=np.int64)
        self._generation = -1
        self._saved = -1
        self._kept: tuple[faiss.IndexIDMap2 | None, int] = (None, -1)

    def __len__(self) -> int:
        return 0 if self._index is None else int(self._index.ntotal)

    def refresh(self) -> None:
        """Make the index hold exactly what the store holds; nothing to do when it already does."""
        generation = self._store.generation()
        if generation == self._generation:
            return
        if self._index is None:
            self._load()
        if self._saved != generation:
            self._catch_up()
        self._ids = self._held()
        self._generation = generation

    def hold(self) -> None:
        """Keep the index as it is now until `save` has written it; changes go to a copy."""
        self._kept = (self._index, self._generation)

    def save(self) -> None:
        """Write what `hold` keeps beside the file and rename it into place.

        Searching and `refresh` may go on meanwhile. Raises IndexUnsaved.
        """
        index, generation = self._kept
        try:
            if index is None:
                with contextlib.suppress(OSError):  # it is out of date, which it says itself
                    self.file.unlink(missing_ok=True)
            elif self._saved != generation or not self.file.exists():
                with whole_file(self.file) as out:
                    self._write(out, index, generation)
                self._saved = generation
        except OSError as error:
            raise IndexUnsaved(path=self.file, detail=error.strerror or error) from error
        finally:
            self._kept = (None, -1)

    def search(self, query: Vectors, k: int, among: Selection | None = None) -> Ids:
        """The ids of the `k` nearest vectors to one unit vector [dimension], best first."""
        if self._index is None or len(self) == 0:
            return np.zeros(0, dtype=np.int64)
        parameters = None if among is None else faiss.SearchParameters(sel=among.selector)  # type: ignore[call-arg]
        _, ids = self._index.search(query[np.newaxis, :], min(k, len(self)), params=parameters)
        found: Ids = ids[0][ids[0] >= 0]
        return found

    def cosines(self, query: Vectors, ids: Ids) -> Vectors:
        """The exact cosine of one unit vector with each of `ids`."""
        if self._index is None or len(ids) == 0:
            return np.zeros(0, dtype=np.float32)
        return self.vectors(ids) @ query

    def vectors(self, ids: Ids) -> Vectors:
        """The unit vectors [n, dimension] of `ids`, all of which are in the index."""
        if self._index is None or len(ids) == 0:
            return np.zeros((0, 0), dtype=np.float32)
        vectors: Vectors = self._index.reconstruct_batch(ids)
        return vectors

    def ids(self) -> Ids:
        """All ids in the index, ascending."""
        return self._ids

    def known(self, ids: Ids) -> Ids:
        """Those of `ids` that are in the index, in the order given."""
        if len(self._ids) == 0:
            return ids[:0]
        places = np.searchsorted(self._ids, ids).clip(max=len(self._ids) - 1)
        there: Ids = ids[self._ids[places] == ids]
        return there

    def problems(self) -> list[str]:
        """How index and store disagree; empty when they do not."""
        if self.file.exists() and not self.file.is_file():
            return [f"{self.file.name} is no file, and something else has its name"]
        try:
            self.refresh()
        except RuntimeError as error:
            return [f"FAISS ({self._kind}): {error}"]
        wanted = self._store.ids(self._kind)
        held = self.ids()
        if not np.array_equal(held, wanted):
            return [f"FAISS ({self._kind}) holds other ids than the store"]
        ids, vectors = self._store.vectors_from(self._kind, 0)
        if self._index is not None and len(ids):
            kept = self._index.reconstruct_batch(ids)
            if not np.array_equal(kept, vectors):
                return [f"FAISS ({self._kind}) holds other vectors than the store"]
        return []

    def _held(self) -> Ids:
        if self._index is None:
            return np.zeros(0, dtype=np.int64)
        ids: Ids = np.sort(faiss.vector_to_array(self._index.id_map))
        return ids

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
        magic, identity, generation, checksum = _HEADER.unpack(header)
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
        if isinstance(index, faiss.IndexIDMap2):
            self._index = index
            self._saved = generation

    def _catch_up(self) -> None:
        wanted = self._store.ids(self._kind)
        held = self._held()
        gone = np.setdiff1d(held, wanted)
        missing = np.setdiff1d(wanted, held)
        if len(gone) == len(held):
            self._index = None  # also the way to vectors of another dimension
        elif self._index is not None and self._index is self._kept[0]:
            copy = faiss.clone_index(self._index)
            self._index = copy if isinstance(copy, faiss.IndexIDMap2) else None
        if self._index is not None and len(gone):
            self._index.remove_ids(faiss.IDSelectorBatch(gone))
        if len(missing) == 0:
            return
        for ids, vectors in self._store.vectors_in_batches(self._kind, int(missing[0])):
            new = np.isin(ids, missing)
            if self._index is None:
                self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
            self._index.add_with_ids(vectors[new], ids[new])

    def _write(self, out: IO[bytes], index: faiss.IndexIDMap2, generation: int) -> None:
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
        out.write(_HEADER.pack(_MAGIC, identity, generation, checksum))


def drop_saved(folder: Path) -> None:
    """Delete the files of the index to make room; what they hold is derived again."""
    for file in folder.glob(PATTERN):
        with contextlib.suppress(OSError):
            file.unlink()
