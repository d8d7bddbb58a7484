"""What a reader is to the stages: a question and windows in, probabilities out."""

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

Turns = tuple[tuple[str, str], ...]
"""Earlier questions with the beginnings of their answers, oldest first."""

FLOOR = 1e-6
"""Chances nearer to 0 or 1 than this tell no more."""


def following(question: str, turns: Turns) -> str:
    """A question behind the one that it follows, so that both are searched or compared at once.

    >>> following("and in May?", (("What does the ferry cost?", "Nine euros."),))
    'What does the ferry cost? and in May?'
    """
    return f"{turns[-1][0]} {question}" if turns else question


class Shown(NamedTuple):
    """A window as a reader reads it: what stands above it, how its document begins, its units."""

    context: str
    opening: str
    units: tuple[str, ...]


class Said(NamedTuple):
    """What a reader says of one window.

    ``evidence`` holds a unit's logit of being part of the answer, for as many of the first
    units as it read.  ``outcome`` are the probabilities that the window answers, answers in
    part, contradicts what the question takes for granted, and does not answer; they add up to
    1.  ``phrases`` are the ranges of the units' texts that answer, where they can be told.
    """

    evidence: tuple[float, ...]
    outcome: tuple[float, float, float, float]
    phrases: tuple[tuple[int, int] | None, ...]


def log_odds(chance: float) -> float:
    """The log-odds of a chance."""
    held = min(max(chance, FLOOR), 1.0 - FLOOR)
    return math.log(held / (1.0 - held))


def answers(outcome: tuple[float, float, float, float]) -> float:
    """The log-odds that a window says anything to the question."""
    return log_odds(1.0 - outcome[3])


class Card(NamedTuple):
    """What is known of a reader that was measured.

    ``unit``, ``again`` and ``answer`` are linear models by feature name (see
    ``qa.answering.read``), ``again`` empty where the likeliest units are not weighed again;
    ``answered`` and ``perhaps`` are the confidences from which on an answer is shown as one,
    ``meaning`` what they were measured to promise, ``sha256`` its file's.
    """

    sha256: str
    unit: dict[str, float]
    again: dict[str, float]
    answer: dict[str, float]
    answered: float
    perhaps: float
    meaning: str


class Reader(Protocol):
    """Anything that reads windows for a question."""

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with what the reader would say."""

    @property
    def card(self) -> Card:
        """How its logits become chances, and from which on they are shown."""

    def load(self) -> object:
        """Get ready to read, where that takes long; once."""

    def read(self, question: str, turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """What is said of each window, in order."""
