"""Which phrase of a sentence answers the question, where that can be told."""

import re
from typing import NamedTuple

import numpy as np

from qa.answer.emphasis import Span, fresh
from qa.answer.features import Candidate, Floats, Reading, closeness, positions

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
    """A phrase with its chance of being the answer among the phrases of its sentence."""

    span: Span
    chance: float


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
    best = int(np.argmax(scores))
    return Choice(found[best], float(raised[best] / raised.sum()))


def emphasis_of(reading: Reading, one: Candidate, weights: Floats) -> tuple[int, int] | None:
    """The range of the sentence to emphasise, or None where that would be a guess."""
    choice = choose(reading, one, weights)
    # members of a list share the chance, so the best of them need not be sure
    if choice is None or (choice.chance < SURE and not reading.question.several):
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
