"""Two readers as one: the quick one reads every window, the careful one the best few again.

What both read has the mean of their logits (an ensemble; Dietterich 2000): they err apart.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from qa.models.reader.base import FLOOR, Card, Reader, Said, Shown, Turns, answers

AGAIN = 4
"""So many windows are read again: with all ten of them no more is gained."""


class Ensemble:
    """A ``quick`` reader of all windows, and a ``careful`` one of the best; ``card`` is of both."""

    def __init__(self, quick: Reader, careful: Reader, card: Card) -> None:
        self.quick, self.careful, self.card = quick, careful, card

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with either reader."""
        both = self.quick.digest + self.careful.digest
        return sha256(both.encode()).hexdigest()[:16]

    def load(self) -> None:
        """Load both."""
        self.quick.load()
        self.careful.load()

    def read(self, question: str, turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """What both make of each window, in order."""
        with ThreadPoolExecutor(1) as pool:
            if len(windows) <= AGAIN:  # all are read again: at once
                best = list(range(len(windows)))
                ahead = pool.submit(self.careful.read, question, turns, windows)
                said, again = self.quick.read(question, turns, windows), ahead.result()
            else:
                pool.submit(self.careful.load)  # where it fails, reading fails the same way
                said = self.quick.read(question, turns, windows)
                best = sorted(range(len(said)), key=lambda i: -_promise(said[i]))[:AGAIN]
                again = self.careful.read(question, turns, [windows[i] for i in best])
        for i, other in zip(best, again, strict=True):
            said[i] = _mean(said[i], other)
        return said

    def close(self) -> None:
        """Let go of both."""
        for one in (self.quick, self.careful):
            close = getattr(one, "close", None)
            if close is not None:
                close()


def _promise(said: Said) -> float:
    """How likely a window seems to answer, and its likeliest unit to be a part of it, in logits."""
    return answers(said.outcome) + max(said.evidence, default=-math.inf)


def _mean(one: Said, other: Said) -> Said:
    """The mean of the logits; phrases are the careful one's."""
    evidence = tuple((a + b) / 2 for a, b in zip(one.evidence, other.evidence, strict=True))
    likely = [
        math.sqrt(max(a, FLOOR) * max(b, FLOOR))
        for a, b in zip(one.outcome, other.outcome, strict=True)
    ]
    full, part, contra, none = (one / sum(likely) for one in likely)
    return Said(evidence, (full, part, contra, none), other.phrases)
