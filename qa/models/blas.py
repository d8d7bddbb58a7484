"""Products of numpy stay in the thread that asks for them, while a question is answered.

OpenBLAS splits a product of a few hundred rows over all cores, and its threads then spin for a
tenth of a second, waiting for the next: a quarter of the processor time of a question, taken
from the runs of the model beside it.
"""

from contextlib import ContextDecorator
from threading import Lock
from typing import Any, Self


class _OneThread(ContextDecorator):
    """While anyone is inside; the last to leave gives numpy the threads back that it had."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._blas: Any = None
        self._limit: Any = None

    def __enter__(self) -> Self:
        with self._lock:
            if self._blas is None:
                import numpy  # noqa: F401 - what is not loaded is not found
                from threadpoolctl import ThreadpoolController

                self._blas = ThreadpoolController().select(user_api="blas")
            if not self._inside:
                self._limit = self._blas.limit(limits=1)
            self._inside += 1
        return self

    def __exit__(self, *error: object) -> None:
        from threadpoolctl import OpenBLASController

        with self._lock:
            self._inside -= 1
            if not self._inside:
                # Only the thread that was the first to limit OpenBLAS is heeded: not this one.
                OpenBLASController.clear_controlling_thread(force=True)
                self._limit.restore_original_limits()
                OpenBLASController.clear_controlling_thread(force=True)


one_thread = _OneThread()
"""``@one_thread`` or ``with one_thread``, in any number of threads, one inside the other."""
