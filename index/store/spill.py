"""A list too large for memory: its items wait in a nameless file, gone with its process."""

from __future__ import annotations

import errno
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import numpy as np

from index.arrays import Vectors
from index.errors import StoreError, StoreFull, StoreReadOnly

T = TypeVar("T")
Packed = tuple[Any, tuple[Vectors, ...]]
"""An item as what JSON can hold and its vectors, which are kept as float16."""


class Spill(Generic[T]):
    """Items in the order they were added, read as often as wanted; a context manager.

    The file lies in `folder`, beside what it will become part of, and has no name there: when
    the process is killed nothing is left. Raises StoreError where it cannot be made or written:
    StoreFull, StoreReadOnly.
    """

    def __init__(
        self, folder: Path, pack: Callable[[T], Packed], unpack: Callable[[Packed], T]
    ) -> None:
        self._pack = pack
        self._unpack = unpack
        self._folder = folder
        try:
            self._file = tempfile.TemporaryFile(dir=folder, prefix="incoming-")  # noqa: SIM115
        except OSError as error:
            raise self._told(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, item: T) -> None:
        """One more item, behind the others. Raises StoreFull where the disk is."""
        told, vectors = self._pack(item)
        shapes = [each.shape for each in vectors]
        try:
            self._file.write(f"{json.dumps([told, shapes])}\n".encode("ascii"))
            for each in vectors:
                self._file.write(each.astype("<f2").tobytes())
        except OSError as error:
            raise self._told(error) from error

    def __iter__(self) -> Iterator[T]:
        try:
            self._file.seek(0)  # which writes what is still in memory
        except OSError as error:
            raise self._told(error) from error
        while line := self._file.readline():
            told, shapes = json.loads(line)
            yield self._unpack((told, tuple(self._vectors(shape) for shape in shapes)))

    def _vectors(self, shape: list[int]) -> Vectors:
        content = self._file.read(2 * shape[0] * shape[1])
        return np.frombuffer(content, dtype="<f2").reshape(shape).astype(np.float32)

    def _told(self, error: OSError) -> StoreError:
        if error.errno == errno.ENOSPC:
            return StoreFull(path=self._folder)
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return StoreReadOnly(path=self._folder)
        return StoreError(path=self._folder, detail=error.strerror or error)
