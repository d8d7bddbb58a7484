"""Intervals and tests of difference, against values known from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluate.statistics import Interval, interval_of, mean_interval, paired, sign_test

shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_what_is_unscored_is_counted_and_not_averaged() -> None:
    """A pair that cannot be judged does not pull the mean to 0."""
    found = mean_interval([1.0, None, 0.0, None, 1.0, 0.0])
    assert found is not None
    assert (found.value, found.n, found.unscored) == (0.5, 4, 2)
    assert mean_interval([None, None]) is None
    assert mean_interval([]) is None


def test_the_interval_is_that_of_the_normal_approximation_for_many_values() -> None:
    """400 values, a quarter of them 1: 0.25 ± 1.96 * sqrt(0.25 * 0.75 / 400) = 0.2076 to 0.2924."""
    found = mean_interval([1.0, 0.0, 0.0, 0.0] * 100)
    assert found is not None
    assert found.low == pytest.approx(0.2076, abs=0.006)
    assert found.high == pytest.approx(0.2924, abs=0.006)


def test_all_right_is_not_certain() -> None:
    """Ten right of ten: Clopper and Pearson's lower bound is 0.025 ** 0.1 = 0.6915."""
    assert mean_interval([1.0] * 10) == Interval(1.0, 0.691503, 1.0, 10)
    assert mean_interval([0.0] * 10) == Interval(0.0, 0.0, 0.308497, 10)


@given(shares)
def test_the_interval_holds_the_mean_and_comes_out_the_same_twice(values: list[float]) -> None:
    """Two runs print the same figures, and no figure lies outside its own interval."""
    found = mean_interval(values)
    assert found is not None
    assert found.low - 1e-6 <= found.value <= found.high + 1e-6
    assert mean_interval(values) == found


@pytest.mark.parametrize(
    ("up", "down", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (0, 6, 0.03125), (8, 2, 0.109375), (3, 3, 1.0)],
)
def test_the_sign_test_is_the_binomial_one(up: int, down: int, p: float) -> None:
    """Two-sided binomial tails: 8 of 10 is 2 * (1 + 10 + 45) / 1024."""
    assert sign_test(up, down) == p


def test_paired_counts_what_rose_and_fell() -> None:
    """One of four fell by one: the mean difference is -0.25, and noise covers it."""
    found = paired([1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 1.0])
    assert found is not None
    assert (found.difference, found.n, found.up, found.down, found.p) == (-0.25, 4, 0, 1, 1.0)
    assert (found.low, found.high) == (-0.75, 0.0)
    assert paired([], []) is None


def test_a_figure_of_two_columns_is_resampled_by_rows() -> None:
    """The rows stay together: the mean of x - y is always 1 where it is 1 in every row."""

    def gap(first: object, second: object) -> float:
        assert isinstance(first, list)
        assert isinstance(second, list)
        return (sum(first) - sum(second)) / len(first)

    assert interval_of(gap, [1.0, 5.0, 9.0], [0.0, 4.0, 8.0]) == Interval(1.0, 1.0, 1.0, 3)
    assert interval_of(gap, [], []) is None
