"""A reader for tests and for users' tests: it says what it was told to say."""

from collections.abc import Mapping, Sequence

from qa.models.reader.base import Card, Said, Shown, Turns

CARD = Card(
    sha256="",
    unit={
        "evidence": 0.63,
        "within": 0.12,
        "answers": -0.2,
        "less": -0.83,
        "score": 1.21,
        "behind": -4.76,
        "rank": -0.74,
        "bias": -0.04,
    },
    again={},
    answer={
        "lead": 0.32,
        "second": -0.12,
        "answers": 0.44,
        "most": 0.02,
        "score": 3.05,
        "best": -2.17,
        "together": 0.0,
        "bias": -0.37,
    },
    answered=0.9,
    perhaps=0.485,
    meaning="a card of its own, so that a test does not move when the reader is trained anew",
)
"""A trained reader's card, rounded; nothing is read side by side: a test's grades would move."""


class FakeReader:
    """Finds the units that hold a text; all others are silent.

    ``told`` maps a question to texts; a unit that holds one of them has the logit 6, any other
    -6.  A window with such a unit answers.  ``asked`` keeps what it was asked.
    """

    digest = "fake"
    card = CARD

    def __init__(self, told: Mapping[str, Sequence[str]]) -> None:
        self._told = told
        self.asked: list[tuple[str, Turns]] = []

    def load(self) -> None:
        """Nothing to load."""

    def read(self, question: str, turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """As the class says; the phrase is the text itself."""
        self.asked.append((question, turns))
        texts = self._told.get(question, ())
        said = []
        for window in windows:
            spans = [_first(unit, texts) for unit in window.units]
            evidence = tuple(-6.0 if span is None else 6.0 for span in spans)
            answers = any(span is not None for span in spans)
            outcome = (0.97, 0.01, 0.01, 0.01) if answers else (0.01, 0.01, 0.01, 0.97)
            said.append(Said(evidence, outcome, tuple(spans)))
        return said


def _first(unit: str, texts: Sequence[str]) -> tuple[int, int] | None:
    for text in texts:
        at = unit.find(text)
        if at >= 0:
            return at, at + len(text)
    return None
