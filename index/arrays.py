"""Vectors and ids as arrays, and vectors as bytes, as they are kept.

Those of passages are kept in float16, little-endian, two bytes a number. Those of sentences and of
words, of which there are many more, take one byte a number: a scale, and int8 that count it. Their
cosines with what they stand for are .99998 on average, and recall on XQuAD is the same. Bytes of
the second kind are an odd number, which tells them from the first: one byte that says whether a
byte of padding ends them, two of the scale (float16), the numbers.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

_HEAD = 3
_MOST = 127
_LEAST = 1e-7
_DIFFERENT = "the vectors have different lengths"


def packed(vector: Vectors) -> str:
    """One vector as text, for a fact about the store."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def unpacked(text: str) -> Vectors:
    """The vector that `packed` made that text of."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)


def blob(vectors: Vectors) -> bytes:
    """Vectors as they are kept: float16, little-endian."""
    return vectors.astype("<f2").tobytes()


def quantised(vectors: Vectors) -> list[bytes]:
    """Each of the vectors [n, dimension] in one byte a number.

    By way of float16, so that those which were staged as such come to the same.
    """
    count, dimension = vectors.shape
    vectors = vectors.astype(np.float16).astype(np.float32)
    padding = dimension % 2
    scales = np.maximum(np.abs(vectors).max(axis=1, initial=0.0) / _MOST, _LEAST).astype("<f2")
    rows = np.zeros((count, _HEAD + dimension + padding), dtype=np.uint8)
    rows[:, 0] = padding
    rows[:, 1:_HEAD] = scales[:, np.newaxis].view(np.uint8)
    steps = np.rint(vectors / scales[:, np.newaxis].astype(np.float32)).clip(-_MOST, _MOST)
    rows[:, _HEAD : _HEAD + dimension] = steps.astype(np.int8).view(np.uint8)
    return [row.tobytes() for row in rows]


def vectors_of(packed: Sequence[bytes]) -> Vectors:
    """Vectors out of their bytes, of both kinds -> float32 [n, dimension].

    Raises ValueError where they are not all as long.
    """
    short = [len(row) % 2 == 1 for row in packed]
    if not any(short):
        return _halves(packed)
    if all(short):
        return _bytes(packed)
    places = np.array(short)
    some = _bytes([row for row in packed if len(row) % 2])
    others = _halves([row for row in packed if not len(row) % 2])
    if some.shape[1] != others.shape[1]:
        raise ValueError(_DIFFERENT)
    every: Vectors = np.empty((len(packed), some.shape[1]), dtype=np.float32)
    every[places], every[~places] = some, others
    return every


def matrix_of(packed: bytes, count: int) -> Vectors:
    """That many vectors [count, dimension] out of their float16 bytes."""
    if count == 0:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(packed, dtype="<f2").reshape(count, -1).astype(np.float32)


def _halves(packed: Sequence[bytes]) -> Vectors:
    return matrix_of(_joined(packed), len(packed))


def _bytes(packed: Sequence[bytes]) -> Vectors:
    rows = np.frombuffer(_joined(packed), dtype=np.uint8).reshape(len(packed), -1)
    padding = int(rows[0, 0])
    if padding > 1 or rows.shape[1] <= _HEAD + padding:
        raise ValueError("the vectors are not as they were written")
    numbers = rows[:, _HEAD : rows.shape[1] - padding].view(np.int8)
    scales = rows[:, 1:_HEAD].copy().view("<f2")
    found: Vectors = np.multiply(numbers, scales, dtype=np.float32)
    return found


def _joined(packed: Sequence[bytes]) -> bytes:
    if len({len(row) for row in packed}) > 1:
        raise ValueError(_DIFFERENT)
    return b"".join(packed)
