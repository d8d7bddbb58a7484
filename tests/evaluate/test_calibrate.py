"""The threshold from gold pairs: the promise is kept, and not made where it cannot be."""

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.assistant import Parts
from qa.data import Answer
from qa.errors import GoldError
from qa.evaluate.calibrate import (
    Chosen,
    Sure,
    bars,
    binomial_tail,
    choose,
    confidences,
    needed,
    reaching,
    sure_of,
)
from qa.fronts.cli.eval_assistant import Unrefusing
from qa.models.reader.fake import FakeReader
from tests.evaluate.made import ADA, answer, cite, gold, state


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


def test_what_passes_every_bar_cannot_be_kept_out() -> None:
    """Where too many unanswerable pairs are summaries, no threshold promises anything."""
    with pytest.raises(GoldError, match="2 of 59 unanswerable pairs are shown something whatever"):
        choose([0.9], [1.0, 1.0, *[0.1] * 57], 0.05, 0.95)
    # one of 93 may be
    assert choose([0.9], [1.0, 0.4, *[0.1] * 91], 0.05, 0.95).threshold == pytest.approx(0.65)


def both(*confidences_: float) -> list[Sure]:
    """Pairs without a summary among them."""
    return [Sure(one, one) for one in confidences_]


def test_both_bars_are_set_each_by_its_own_share() -> None:
    """Of 59 pairs none may be answered, and 8 shown something: the bar lies over the ninth."""
    assert binomial_tail(8, 59, 0.25) < 0.05 < binomial_tail(9, 59, 0.25)
    lost = [0.8, 0.7, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.25, *[0.1] * 50]
    answered, shown = bars(both(0.9, 0.5, 0.3, 0.2), both(*lost), 0.05, 0.25, 0.95)
    assert answered == Chosen(threshold=pytest.approx(0.85), answered=1, false=0)
    assert shown == Chosen(threshold=pytest.approx(0.275), answered=3, false=8)


def test_what_is_shown_whatever_its_confidence_counts() -> None:
    """Five summaries of 59 pass every bar, so no other pair may; nine are too many for any."""
    summaries = [Sure(None, 1.0)] * 5
    answered, shown = bars(both(0.9, 0.4), [*summaries, *both(*[0.5] * 54)], 0.2, 0.25, 0.95)
    assert shown == Chosen(threshold=pytest.approx(0.7), answered=1, false=5)
    assert answered == shown
    many = [Sure(None, 1.0)] * 9
    with pytest.raises(GoldError, match="9 of 59 unanswerable pairs are shown something whatever"):
        bars(both(0.9), [*many, *both(*[0.5] * 50)], 0.2, 0.25, 0.95)


@given(
    st.lists(st.tuples(sure, sure), max_size=20),
    st.lists(st.tuples(sure, sure), min_size=29, max_size=60),
)
def test_both_promises_hold_and_perhaps_is_the_lower_bar(
    held: list[tuple[float | None, float | None]], lost: list[tuple[float | None, float | None]]
) -> None:
    """Whatever the pairs, what is answered is also shown, and both shares pass their test."""

    def looks(pair: tuple[float | None, float | None]) -> Sure:
        first, second = pair
        if first is None:
            return Sure(None, second)
        return Sure(first, first if second is None else max(first, second))

    unanswerable = [looks(one) for one in lost]
    answered, shown = bars([looks(one) for one in held], unanswerable, 0.1, 0.25, 0.95)
    assert shown.threshold <= answered.threshold
    n = len(unanswerable)
    reach = reaching(answered.threshold, [one.answered for one in unanswerable])
    assert binomial_tail(reach, n, 0.1) <= 0.05
    reach = reaching(shown.threshold, [one.shown for one in unanswerable])
    assert binomial_tail(reach, n, 0.25) <= 0.05


ANSWERED = answer(state(ADA, cite(ADA)), confidence=0.4)
LOST = answer(reason="No.", confidence=0.6)
SUMMARY = answer(state(ADA, cite(ADA)), confidence=0.2, outcome="perhaps")


@pytest.mark.parametrize(
    ("found", "expected"),
    [(ANSWERED, Sure(0.4, 0.4)), (SUMMARY, Sure(None, 1.0)), (LOST, Sure(None, None))],
)
def test_how_sure_a_pair_is(found: Answer, expected: Sure) -> None:
    """By its confidence; a summary passes every bar, and a refusal none."""
    assert sure_of(found) == expected


class Asked:
    """Gives one answer, and keeps what it was asked."""

    def __init__(self, given_: Answer) -> None:
        self.given = given_
        self.asked: list[tuple[str, int, object]] = []

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """The one answer."""
        self.asked.append((question, len(history), when["as_of"]))
        return self.given


def test_pairs_are_asked_after_their_history_and_at_their_time() -> None:
    """A follow-up, or a question as of a day, is calibrated as it is asked."""
    day = date(2023, 3, 1)
    pairs = (
        gold(ADA, question="When?", history=("Who?",), as_of=day),
        gold(question="Why?", answerable=False, must=()),
    )
    lowest = Asked(ANSWERED)
    steps: list[int] = []
    found = confidences(pairs, lowest, lambda: steps.append(1))
    assert found == ([Sure(0.4, 0.4)], [Sure(0.4, 0.4)])
    assert lowest.asked == [("Who?", 0, day), ("When?", 1, day), ("Why?", 0, None)]
    assert len(steps) == 2


def test_without_a_bar_everything_is_told(tmp_path: Path) -> None:
    """Each confidence is let through, and told."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "mill.txt").write_text("The mill was opened by Ilva Strand.", encoding="utf-8")
    parts = Parts(reader=FakeReader({"who opened the mill?": ["opened by"]}))
    with Unrefusing.from_here(
        folder, tmp_path / "library", engine="extractive", parts=parts
    ) as opened:
        opened.sync()
        found = opened.ask("who opened the mill?")
    assert found.outcome == "answered"
    assert found.confidence is not None
    assert 0 < found.confidence < 1
