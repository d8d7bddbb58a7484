"""How far a figure can be trusted: seeded bootstrap intervals, paired tests.

Everything is drawn from one seed by numpy's PCG64, whose stream is the same on every
machine, and printed rounded, so that two runs give the same bytes.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

SEED = 20230216
RESAMPLES = 2000
LEVEL = 0.95
DIGITS = 6
"""Figures are rounded to so many places, beyond which the order of a sum would show."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval, from ``n`` values; ``unscored`` were left out."""

    value: float
    low: float
    high: float
    n: int
    unscored: int = 0


@dataclass(frozen=True, slots=True)
class Paired:
    """What changed between two runs over the same pairs.

    ``difference`` is the mean of (new - old) with its 95 % interval; ``up`` and ``down``
    count the pairs that rose and fell; ``p`` is the two-sided sign test's.
    """

    difference: float
    low: float
    high: float
    n: int
    up: int
    down: int
    p: float


def _draws(n: int) -> np.ndarray:
    """(RESAMPLES, n) indices drawn with replacement, the same for the same ``n``."""
    return np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))


def _percentiles(figures: np.ndarray) -> tuple[float, float]:
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(figures, [tail, 1 - tail])
    return round(float(low), DIGITS), round(float(high), DIGITS)


def mean_interval(values: Sequence[float | None]) -> Interval | None:
    """The mean of what is scored, with its percentile bootstrap interval (Efron 1979).

    Where all of ``n`` values are 0, or all are 1, resampling sees no doubt at all; there
    the interval is the exact binomial one, up to 1 - 0.025 ** (1 / n) away (Clopper and
    Pearson 1934).  None where nothing is scored.
    """
    scored = np.array([value for value in values if value is not None], dtype=float)
    n, unscored = len(scored), len(values) - len(scored)
    if not n:
        return None
    value = round(float(scored.mean()), DIGITS)
    doubt = round(1 - ((1 - LEVEL) / 2) ** (1 / n), DIGITS)
    if (scored == 1).all():
        return Interval(1.0, round(1 - doubt, DIGITS), 1.0, n, unscored)
    if (scored == 0).all():
        return Interval(0.0, 0.0, doubt, n, unscored)
    low, high = _percentiles(scored[_draws(n)].mean(axis=1))
    return Interval(value, low, high, n, unscored)


def interval_of(
    figure: Callable[[Sequence[float], Sequence[float]], float],
    first: Sequence[float],
    second: Sequence[float],
) -> Interval | None:
    """A figure of two columns (such as an area under a curve) with its bootstrap interval."""
    if not first:
        return None
    a, b = np.array(first, dtype=float), np.array(second, dtype=float)
    figures = np.array([figure(a[rows].tolist(), b[rows].tolist()) for rows in _draws(len(a))])
    low, high = _percentiles(figures)
    return Interval(round(figure(first, second), DIGITS), low, high, len(a))


def sign_test(up: int, down: int) -> float:
    """Two-sided exact sign test: the chance of a split at least so uneven.

    Ties are left out beforehand; with nothing to compare it is 1.

    >>> sign_test(5, 0)
    0.0625
    """
    n = up + down
    tail: float = sum(math.comb(n, i) for i in range(min(up, down) + 1)) / 2.0**n
    return round(min(1.0, 2 * tail), DIGITS)


def paired(old: Sequence[float], new: Sequence[float]) -> Paired | None:
    """New against old over the same pairs: paired bootstrap and sign test; None of nothing."""
    if not old:
        return None
    differences = np.array(new, dtype=float) - np.array(old, dtype=float)
    low, high = _percentiles(differences[_draws(len(differences))].mean(axis=1))
    up, down = int((differences > 0).sum()), int((differences < 0).sum())
    mean = round(float(differences.mean()), DIGITS)
    return Paired(mean, low, high, len(differences), up, down, sign_test(up, down))
