"""Small matrices are multiplied by one thread, and nothing else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from index.search.threads import _blas, one_thread


def counts() -> set[int]:
    return {library.num_threads for library in _blas()}


def test_there_is_one_thread_within_and_as_many_as_before_after() -> None:
    before = [library.num_threads for library in _blas()]
    assert before
    with one_thread():
        with one_thread():
            assert counts() == {1}
        assert counts() == {1}
    assert [library.num_threads for library in _blas()] == before


def test_the_last_of_several_users_gives_them_back() -> None:
    before = [library.num_threads for library in _blas()]
    together = Barrier(4)

    def use() -> set[int]:
        together.wait()
        with one_thread():
            together.wait()
            return counts()

    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(use) for _ in range(4)]
        assert all(one.result() == {1} for one in found)
    assert [library.num_threads for library in _blas()] == before
