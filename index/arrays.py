"""Vectors and ids as arrays, and vectors as bytes: float16, little-endian, as they are kept."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]
"""Vectors as they are kept."""
Ids = npt.NDArray[np.int64]


def packed(vector: Vectors) -> str:
    """One vector as text, for a fact about the store."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def unpacked(text: str) -> Vectors:
    """The vector that `packed` made that text of."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)


def blob(vectors: Vectors) -> bytes:
    """Vectors as they are kept: float16, little-endian."""
    return vectors.astype("<f2").tobytes()


def vectors_of(packed: Sequence[bytes]) -> Vectors:
    """Vectors out of rows of float16 bytes -> float32 [n, dimension]."""
    return halves_of(packed).astype(np.float32)


def halves_of(packed: Sequence[bytes]) -> Halves:
    """The same in float16, as they are kept."""
    if len({len(row) for row in packed}) > 1:
        raise ValueError("the vectors have different lengths")
    return matrix_of(b"".join(packed), len(packed))


def matrix_of(packed: bytes, count: int) -> Halves:
    """That many vectors [count, dimension] out of their bytes."""
    if count == 0:
        return np.zeros((0, 0), dtype=np.float16)
    return np.frombuffer(packed, dtype="<f2").reshape(count, -1).astype(np.float16)
