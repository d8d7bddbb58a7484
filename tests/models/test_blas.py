"""numpy's own threads while questions are answered."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy  # noqa: F401 - its BLAS is what is looked at
from threadpoolctl import threadpool_info

from qa.models.blas import one_thread


def _threads() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def test_numpy_has_its_threads_back_after_the_last_question() -> None:
    """Whoever computes beside questions of many threads loses nothing once they are answered."""
    before, first_left = _threads(), Barrier(2, timeout=30)

    def leave_first() -> set[int]:
        with one_thread:
            first_left.wait()  # both are inside
            inside = _threads()
        first_left.wait()
        return inside

    def leave_last() -> set[int]:
        with one_thread:
            first_left.wait()
            first_left.wait()  # the other has left
            with one_thread:
                return _threads()

    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(leave_first), pool.submit(leave_last)]
        assert all(one.result() <= {1} for one in found)
    assert _threads() == before
