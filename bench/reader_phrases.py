"""Which phrase of the gold sentence is the gold answer, and how near another comes to it."""

import re

import numpy as np

from bench.reader_examples import Example
from qa.answer.features import Candidate


def phrases(one: Example) -> tuple[Candidate, list[tuple[int, int]]] | None:
    """The gold sentence of a question that expects a typed phrase, and its gold answers."""
    if one.reading.question.expected is None or one.kind != "with" or not one.gold.any():
        return None
    found = one.found[int(np.argmax(one.gold))]
    start, end = found.sentence.start, found.sentence.end
    inside = [(a - start, b - start) for a, b in one.answers if start <= a and b <= end]
    return (found, inside) if inside else None


_ARTICLES = frozenset(("the", "a", "an"))


def overlap(text: str, span: tuple[int, int], gold: tuple[int, int]) -> float:
    """F1 over the words of two ranges of ``text``, articles left out (SQuAD's measure)."""
    left, right = (
        [
            word
            for word in re.findall(r"\w+", text[a:b].casefold())
            if word not in ("the", "a", "an")
        ]
        for a, b in (span, gold)
    )
    common = sum(min(left.count(word), right.count(word)) for word in set(left))
    return 2 * common / (len(left) + len(right)) if common else 0.0
