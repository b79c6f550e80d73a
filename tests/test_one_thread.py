"""Small matrices are multiplied by one thread, and nothing else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from index.search.threads import _blas, one_thread


def counts() -> list[int]:
    return [library.num_threads for library in _blas().lib_controllers]


def test_there_is_one_thread_within_and_as_many_as_before_after() -> None:
    def within() -> list[int]:
        with one_thread(), one_thread():
            return counts()

    before = counts()
    assert before
    assert set(within()) == {1}
    assert counts() == before
    with ThreadPoolExecutor(1) as pool:  # where answers are searched for
        assert set(pool.submit(within).result()) == {1}
    assert counts() == before
