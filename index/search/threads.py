"""One thread for small matrices.

Products over a few hundred vectors take less time than waking a second thread; and the threads of
OpenBLAS, once awake, spin for some milliseconds after each product, on the cores that the embedding
model needs next: on two cores a question's vector took 13 ms after a search, and takes 8.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """NumPy multiplies in one thread alone; as before when the first of several users leaves."""
    limited: AbstractContextManager[object] = _blas().limit(limits=1)
    return limited


@cache
def _blas() -> ThreadpoolController:
    """The BLAS libraries of this process; looking for them takes a millisecond."""
    return ThreadpoolController().select(user_api="blas")
