"""Vectors as bytes and back: near enough, of any dimension, and both kinds side by side."""

from __future__ import annotations

import numpy as np
import pytest

from index.arrays import Vectors, blob, quantised, vectors_of


def made(count: int, dimension: int) -> Vectors:
    vectors = np.random.default_rng(dimension).standard_normal((count, dimension))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.mark.parametrize("dimension", [1, 2, 7, 8, 384, 1023])
def test_one_byte_a_number_is_near_enough(dimension: int) -> None:
    vectors = made(50, dimension)
    rows = quantised(vectors)
    assert {len(row) for row in rows} == {dimension + 3 + dimension % 2}
    found = vectors_of(rows)
    assert found.shape == vectors.shape
    cosines = (found * vectors).sum(axis=1) / np.linalg.norm(found, axis=1)
    assert cosines.min() > 0.9998


@pytest.mark.parametrize("dimension", [7, 8])
def test_both_kinds_stand_side_by_side(dimension: int) -> None:
    vectors = made(5, dimension)
    short, long = quantised(vectors), [blob(vector) for vector in vectors]
    mixed = [short[0], long[1], long[2], short[3], short[4]]
    assert np.allclose(vectors_of(mixed), vectors, atol=0.01)
    with pytest.raises(ValueError, match="different lengths"):
        vectors_of([*mixed, blob(vectors[0][:3])])
    with pytest.raises(ValueError, match="different lengths"):
        vectors_of([*mixed, *quantised(vectors[:, :3])])


def test_no_vectors_and_vectors_of_nothing() -> None:
    assert quantised(np.zeros((0, 0), dtype=np.float32)) == []
    assert vectors_of([]).shape == (0, 0)
    assert not vectors_of(quantised(np.zeros((2, 4), dtype=np.float32))).any()


@pytest.mark.parametrize("row", [b"\x02" + quantised(made(1, 8))[0][1:], b"\0", b"\0\0\0"])
def test_damaged_bytes_are_refused(row: bytes) -> None:
    with pytest.raises(ValueError, match="not as they were written"):
        vectors_of([row])
