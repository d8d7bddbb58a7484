"""Which phrase of a sentence answers the question, where that can be told."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qa.answer.emphasis import Span, fresh
from qa.answer.features import Candidate, Floats, Reading, closeness, positions
from qa.text import terms

EMPHASIS = (
    "close",
    "agent",
    "placed",
    "dated",
    "counted",
    "beside",
    "after",
    "first",
    "length",
    "acronym",
    "measure",
)
"""The features of a phrase, in the order of `phrase_features`."""

SURE = 0.45
"""A phrase is emphasised only where it has at least this chance among its sentence's."""

RIVAL = 0.6
"""Nothing is emphasised where the next phrase has more than this share of the best one's chance."""

_CELL = re.compile(r"(?:^|;\s)\s*([^:;\n]{1,60}):[ \t]+([^;\n]+)")
_AGENT = re.compile(r"\b(?:by|from)\s+(?:the\s+|\w+\s+){0,2}$", re.IGNORECASE)
_PLACED = re.compile(
    r"\b(?:in|at|near|to|into|of|across|around|outside|inside|on|off|between|along|through|"
    r"within|towards?|under|beneath)\s+(?:the\s+|\w+ern\s+|city\s+of\s+)?$",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b(?:in|on|since|until|by|from|during|of)\s+(?:the\s+)?$", re.IGNORECASE)
_JOINT = re.compile(r"\s*(?:,|,?\s+(?:and|or|&)\s|[、和及])\s*(?:the\s+)?")
_MEASURE = re.compile(r"[%$€£¥]|percent|million|billion|years|km|mile|met(?:er|re)|feet", re.I)


class Choice(NamedTuple):
    """A phrase with its chance of being the answer among the phrases of its sentence.

    ``rival`` is the chance of the next one.
    """

    span: Span
    chance: float
    rival: float

    @property
    def sure(self) -> bool:
        """Whether to emphasise it would be no guess."""
        return self.chance >= SURE and self.rival <= RIVAL * self.chance


def phrase_features(reading: Reading, one: Candidate, span: Span) -> list[float]:
    """The columns of `EMPHASIS` for one phrase."""
    expected, text = reading.question.expected, one.text
    before = text[: span.start]
    inside = [i for i, word in enumerate(one.words) if span.start <= word.start < span.end]
    first, last = (inside[0], inside[-1]) if inside else (0, 0)
    at = {i for found in positions(reading, one).values() for i in found} - set(inside)
    following = [word.term for word in one.words[last + 1 : last + 4]]
    head = reading.question.head
    phrase = text[span.start : span.end]
    return [
        closeness(reading, one, span),
        float(expected == "name" and bool(_AGENT.search(before))),
        float(expected == "place" and bool(_PLACED.search(before))),
        float(expected == "time" and bool(_DATED.search(before))),
        float(expected == "number" and head is not None and head in following),
        float(bool({first - 1, first - 2, last + 1, last + 2} & at)),
        float(bool(at) and first > max(at)),
        float(bool(at) and last < min(at)),
        min(len(inside), 6) / 6,
        float(phrase.isupper() and len(phrase) < 6),
        float(expected == "number" and bool(_MEASURE.search(phrase))),
    ]


def choose(reading: Reading, one: Candidate, weights: Floats) -> Choice | None:
    """The likeliest phrase of the expected type; None without a type or without a phrase."""
    expected = reading.question.expected
    found = fresh(one.text, reading.question, expected) if expected is not None else []
    if not found:
        return None
    rows = np.array([phrase_features(reading, one, span) for span in found], dtype=np.float32)
    scores = rows @ weights
    raised = np.exp(scores - scores.max())
    best, chances = int(np.argmax(scores)), raised / raised.sum()
    rival = max(np.delete(chances, best), default=0.0)
    return Choice(found[best], float(chances[best]), float(rival))


def cells(text: str) -> list[tuple[str, Span]]:
    """The (key, range of the value) pairs of a row "key: value; key: value"; else empty.

    >>> cells("Item: nut; Stock: 40")
    [('Item', Span(start=6, end=9)), ('Stock', Span(start=18, end=20))]
    """
    found = list(_CELL.finditer(text))
    if len(found) < 2 or len(found) != text.count(";") + 1:
        return []
    return [(one.group(1), Span(*one.span(2))) for one in found]


def _cell(reading: Reading, row: Sequence[tuple[str, Span]], text: str) -> Span | None:
    """The value whose key the question asks for, of the type that it asks for."""
    question, best, chosen = reading.question, 0.0, None
    for key, span in row:
        value = text[span.start : span.end]
        own = set(terms(value))
        typed = question.expected not in ("number", "time") or any(c.isdigit() for c in value)
        weight = reading.share(reading.matched(frozenset(terms(key))))
        if typed and weight > best and not (own and own <= set(question.terms)):
            best, chosen = weight, span
    return chosen


def emphasis_of(reading: Reading, one: Candidate, weights: Floats) -> tuple[int, int] | None:
    """The range of the sentence to emphasise, or None where that would be a guess."""
    row = cells(one.text)
    if row:
        return _cell(reading, row, one.text)
    choice = choose(reading, one, weights)
    # members of a list share the chance, so the best of them need not be sure
    if choice is None or not (choice.sure or reading.question.several):
        return None
    start, end = choice.span
    if reading.question.several:
        # the other members of the list that it stands in
        found = fresh(one.text, reading.question, reading.question.expected or "name")
        for span in sorted(found):
            if span.start >= end and _JOINT.fullmatch(one.text[end : span.start]):
                end = span.end
        for span in sorted(found, reverse=True):
            if span.end <= start and _JOINT.fullmatch(one.text[span.end : start]):
                start = span.start
    return start, end
