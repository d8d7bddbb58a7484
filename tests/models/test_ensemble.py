"""Two readers as one: which windows the second reads, and what is made of both."""

import math
from collections.abc import Sequence

import pytest

from qa.models.reader.base import Said, Shown, Turns
from qa.models.reader.ensemble import AGAIN, Ensemble
from qa.models.reader.fake import CARD, FakeReader

WINDOWS = [Shown("", "", (f"Pump {number} was built in 19{number}0.",)) for number in range(1, 8)]


class Even:
    """A reader to which everything is equally likely, and each phrase the first letter."""

    digest, card = "even", CARD

    def __init__(self) -> None:
        self.asked: list[tuple[str, Turns, Sequence[Shown]]] = []

    def load(self) -> None:
        """Nothing to load."""

    def read(self, question: str, turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """As the class says."""
        self.asked.append((question, turns, windows))
        return [Said((0.0,) * len(w.units), (0.25,) * 4, ((0, 1),) * len(w.units)) for w in windows]


def test_the_best_windows_are_read_again_and_both_readers_count_half() -> None:
    """A logit of 6 and one of 0 make 3; what was read once stays as it was."""
    careful = Even()
    quick = FakeReader({"when?": ["1950"]})
    turns = (("who?", "Ann."),)
    said = Ensemble(quick, careful, CARD).read("when?", turns, WINDOWS)
    ((asked, before, windows),) = careful.asked
    assert (asked, before, len(windows), windows[0]) == ("when?", turns, AGAIN, WINDOWS[4])
    assert said[4].evidence == (3.0,)
    assert said[4].phrases == ((0, 1),)
    # Of .97, .01, .01, .01 and four equal chances: square roots of the products, made to add up.
    roots = [math.sqrt(0.97), 0.1, 0.1, 0.1]
    assert said[4].outcome == pytest.approx([one / sum(roots) for one in roots])
    once = FakeReader({}).read("when?", (), WINDOWS)
    assert [one.evidence for one in said].count(once[0].evidence) == len(WINDOWS) - AGAIN


def test_few_windows_are_all_read_twice_and_none_by_nobody() -> None:
    """A small library has no ten windows, and an empty one none."""
    careful = Even()
    made = Ensemble(FakeReader({}), careful, CARD)
    assert [one.evidence for one in made.read("when?", (), WINDOWS[:2])] == [(-3.0,), (-3.0,)]
    assert made.read("when?", (), []) == []


def test_its_digest_changes_with_either_reader() -> None:
    """What was calibrated for other weights of one of the two is not in force."""
    fake, even = FakeReader({}), Even()
    digests = {Ensemble(one, other, CARD).digest for one in (fake, even) for other in (fake, even)}
    assert len(digests) == 4
    assert {len(one) for one in digests} == {16}
