"""The confidences under which nothing is answered, and nothing shown, from gold pairs.

Of the thresholds that the pairs allow, the lowest whose false answers are few enough: the
exact binomial test of "more than the tolerated share of the unanswerable are answered"
rejects at the wanted confidence.  As fewer are answered the higher the threshold, the first
that fails ends the search, and the promise holds for the one chosen (Bates et al. 2021,
"Distribution-free, risk-controlling prediction sets", with the binomial tail for a bound).
The same is done twice: for what is shown as an answer, and for what is shown at all.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.data import Answer
from qa.errors import GoldError
from qa.evaluate.gold import GoldPair
from qa.evaluate.run import Asks


class Sure(NamedTuple):
    """How sure a question's answer is; 1.0 passes every bar, None none.

    ``answered`` is what decides whether it is shown as an answer, ``shown`` whether it is shown
    at all.
    """

    answered: float | None
    shown: float | None


def confidences(
    pairs: Sequence[GoldPair], asks: Asks, step: Callable[[], None]
) -> tuple[list[Sure], list[Sure]]:
    """How sure the answers to the answerable and to the unanswerable pairs are.

    ``asks`` refuses nothing for its confidence.  ``step`` is called after each pair.
    """
    found: tuple[list[Sure], list[Sure]] = [], []
    for pair in pairs:
        history: list[Answer] = []
        when = {"as_of": pair.as_of, "today": pair.today}
        for earlier in pair.history:
            history.append(asks.ask(earlier, tuple(history), **when))
        answer = asks.ask(pair.question, tuple(history), **when)
        found[not pair.answerable].append(sure_of(answer))
        step()
    return found


def sure_of(answer: Answer) -> Sure:
    """From the answer under the lowest bar.

    What only may answer even there, such as a summary, is shown whatever its confidence.
    """
    if not answer.answered:
        return Sure(None, None)
    if answer.outcome == "answered":
        return Sure(answer.confidence, answer.confidence)
    return Sure(None, 1.0)


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


def bars(
    answerable: Sequence[Sure],
    unanswerable: Sequence[Sure],
    false_answers: float,
    false_perhaps: float,
    confidence: float,
) -> tuple[Chosen, Chosen]:
    """The bar of what is answered, and that of what is shown at all, which is never higher.

    ``false_perhaps`` is the share of unanswerable questions that may be shown anything, so it
    is at least ``false_answers``.  Raises what ``choose`` raises.
    """
    held, lost = [one.shown for one in answerable], [one.shown for one in unanswerable]
    shown = choose(held, lost, false_perhaps, confidence)
    answered = choose(
        [one.answered for one in answerable],
        [one.answered for one in unanswerable],
        false_answers,
        confidence,
    )
    if shown.threshold >= answered.threshold:  # raised by what is shown whatever its confidence
        answered = choose(held, lost, false_answers, confidence)
    return answered, shown


def choose(
    answerable: Sequence[float | None],
    unanswerable: Sequence[float | None],
    false_answers: float,
    confidence: float,
) -> Chosen:
    """The lowest threshold that keeps the promise; confidences are None where none answers.

    It lies midway between the last confidence that is let through and the next one below.
    Raises GoldError where there are too few unanswerable pairs to promise that much, and where
    too many of them pass every threshold.
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
    false = reaching(threshold, unanswerable)
    if binomial_tail(false, n, false_answers) > 1 - confidence:
        raise GoldError(
            f"{false} of {n} unanswerable pairs are shown something whatever the confidence"
            f" (a summary is); no threshold keeps it to {false_answers:.1%}"
        )
    return Chosen(threshold, reaching(threshold, answerable), false)


def reaching(threshold: float, confidences: Sequence[float | None]) -> int:
    """How many are answered at ``threshold``."""
    return sum(one is not None and one >= threshold for one in confidences)
