"""The threshold under which questions are refused, from gold pairs.

Of the thresholds that the pairs allow, the lowest whose false answers are few enough: the
exact binomial test of "more than the tolerated share of the unanswerable are answered"
rejects at the wanted confidence.  As fewer are answered the higher the threshold, the first
that fails ends the search, and the promise holds for the one chosen (Bates et al. 2021,
"Distribution-free, risk-controlling prediction sets", with the binomial tail for a bound).
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.data import Answer
from qa.errors import GoldError
from qa.evaluate.gold import GoldPair
from qa.evaluate.run import Asks

Confidences = list[float | None]


def confidences(
    pairs: Sequence[GoldPair], answers: Asks, step: Callable[[], None]
) -> tuple[Confidences, Confidences]:
    """What each answerable and each unanswerable pair's answer is sure of.

    ``answers`` refuses nothing for its confidence; what it refuses all the same is None.
    ``step`` is called after each pair.
    """
    found: tuple[Confidences, Confidences] = [], []
    for pair in pairs:
        history: list[Answer] = []
        for earlier in pair.history:
            history.append(answers.ask(earlier, tuple(history)))
        answer = answers.ask(pair.question, tuple(history))
        found[not pair.answerable].append(answer.confidence if answer.answered else None)
        step()
    return found


class Chosen(NamedTuple):
    """The threshold, and how many pairs of each kind reach it."""

    threshold: float
    answered: int
    false: int


def binomial_tail(k: int, n: int, p: float) -> float:
    """The chance of at most ``k`` of ``n`` where each comes with chance ``p``.

    >>> binomial_tail(0, 2, 0.5)
    0.25
    """
    return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


def needed(false_answers: float, confidence: float) -> int:
    """How many unanswerable pairs it takes, none of them answered, to promise that.

    >>> needed(0.05, 0.95)
    59
    """
    return math.ceil(math.log(1 - confidence) / math.log(1 - false_answers))


def require_enough(n: int, false_answers: float, confidence: float) -> None:
    """Raise GoldError where ``n`` unanswerable pairs are too few to promise that much."""
    least = needed(false_answers, confidence)
    if n >= least:
        return
    allowed = 1 - (1 - confidence) ** (1 / n) if n else 1.0
    may = f"; {n} pairs allow --false-answers {math.ceil(allowed * 1000) / 1000}" if n else ""
    raise GoldError(
        f"there are {n} unanswerable pairs; to promise at most {false_answers:.1%} false answers"
        f" at {confidence:.0%} confidence takes {least} at least{may}"
    )


def choose(
    answerable: Sequence[float | None],
    unanswerable: Sequence[float | None],
    false_answers: float,
    confidence: float,
) -> Chosen:
    """The lowest threshold that keeps the promise; confidences are None where none answers.

    It lies midway between the last confidence that is let through and the next one below.
    Raises GoldError where there are too few unanswerable pairs to promise that much.
    """
    n = len(unanswerable)
    require_enough(n, false_answers, confidence)
    told = sorted({one for one in (*answerable, *unanswerable) if one is not None}, reverse=True)
    threshold = 1.0
    for place, value in enumerate(told):
        if binomial_tail(reaching(value, unanswerable), n, false_answers) > 1 - confidence:
            above = told[place - 1] if place else 1.0
            between = (above + value) / 2
            threshold = between if between > value else above  # neighbours have nothing between
            break
        threshold = value / 2  # nothing lies below: half way to 0
    return Chosen(threshold, reaching(threshold, answerable), reaching(threshold, unanswerable))


def reaching(threshold: float, confidences: Sequence[float | None]) -> int:
    """How many are answered at ``threshold``."""
    return sum(one is not None and one >= threshold for one in confidences)
