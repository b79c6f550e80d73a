"""One thread for small matrices.

Products over a few hundred vectors take less time than waking a second thread; and the threads of
OpenBLAS, once awake, spin for some milliseconds after each product, on the cores that the embedding
model needs next: on two cores a question's vector took 13 ms after a search, and takes 8.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_users = 0
_before: list[tuple[Any, int]] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """NumPy multiplies in the calling thread alone; as before when the last user has gone."""
    global _users, _before
    with _lock:
        _users += 1
        if _users == 1:
            _before = [(library, library.num_threads) for library in _blas()]
            for library, _ in _before:
                library.set_num_threads(1)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                for library, count in _before:
                    library.set_num_threads(count)


@cache
def _blas() -> list[Any]:
    """The BLAS libraries with threads of their own; looking for them takes a millisecond.

    Those on OpenMP count threads for each caller apart, and NumPy's is none of them.
    """
    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    return [one for one in libraries if getattr(one, "threading_layer", None) == "pthreads"]
