"""The threshold from gold pairs: the promise is kept, and not made where it cannot be."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import GoldError
from qa.evaluate.calibrate import Chosen, binomial_tail, choose, needed, reaching


def test_the_tail_is_the_binomial_one() -> None:
    """At most 1 of 3 tosses: (1 + 3) / 8; all of them: 1."""
    assert binomial_tail(1, 3, 0.5) == 0.5
    assert binomial_tail(3, 3, 0.25) == 1.0


def test_how_many_pairs_a_promise_takes() -> None:
    """0.95 ** 59 is the first power of it under 0.05; for 10 % false answers it takes 29."""
    assert needed(0.05, 0.95) == 59
    assert 0.95**59 < 0.05 < 0.95**58
    assert needed(0.1, 0.95) == 29


def test_the_lowest_threshold_that_keeps_the_promise() -> None:
    """Of 59 unanswerable pairs none may be answered: the bar lies just over the surest."""
    unanswerable = [0.4, *[0.1] * 58]
    chosen = choose([0.9, 0.5, 0.3], unanswerable, 0.05, 0.95)
    assert chosen == Chosen(threshold=0.45, answered=2, false=0)


def test_a_pair_that_is_refused_anyhow_counts_as_refused() -> None:
    """None is an answer that no threshold lets through: neither false nor right."""
    chosen = choose([0.9, None], [None] * 59, 0.05, 0.95)
    assert chosen == Chosen(threshold=0.45, answered=1, false=0)


def test_more_pairs_allow_some_false_answers() -> None:
    """Of 93 pairs one may be answered (0.95^93 + 93 * 0.05 * 0.95^92 = 0.0499), not two."""
    assert binomial_tail(1, 93, 0.05) < 0.05 < binomial_tail(1, 92, 0.05)
    chosen = choose([], [0.9, 0.8, *[0.1] * 91], 0.05, 0.95)
    assert chosen.false == 1
    assert chosen.threshold == pytest.approx(0.85)


def test_confidences_with_nothing_between_them_are_parted() -> None:
    """Of two neighbouring numbers the higher one is the threshold."""
    below, above = 0.9999999999999998, 0.9999999999999999
    chosen = choose([], [above, *[below] * 92], 0.05, 0.95)
    assert (chosen.threshold, chosen.false) == (above, 1)


def test_too_few_pairs_promise_nothing() -> None:
    """The error says how many there are, how many it takes, and what these would allow."""
    with pytest.raises(GoldError) as caught:
        choose([0.9], [0.1] * 28, 0.05, 0.95)
    assert str(caught.value) == (
        "there are 28 unanswerable pairs; to promise at most 5.0% false answers at 95% confidence"
        " takes 59 at least; 28 pairs allow --false-answers 0.102"
    )
    assert math.log(0.05) / math.log(1 - 0.102) <= 28


sure = st.none() | st.floats(0.0, 1.0, exclude_max=True)


@given(st.lists(sure, max_size=30), st.lists(sure, min_size=29, max_size=80))
def test_the_promise_holds_for_any_pairs(
    answerable: list[float | None], unanswerable: list[float | None]
) -> None:
    """What is answered at the threshold passes the test, and the next pair below would not."""
    chosen = choose(answerable, unanswerable, 0.1, 0.95)
    n = len(unanswerable)
    assert chosen.false == reaching(chosen.threshold, unanswerable)
    assert binomial_tail(chosen.false, n, 0.1) <= 0.05
    below = [one for one in unanswerable if one is not None and 0 < one < chosen.threshold]
    if below:
        assert binomial_tail(reaching(max(below), unanswerable), n, 0.1) > 0.05
