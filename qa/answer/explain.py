"""What the extractive reader weighed for a question: for `qa search --explain` and why-not."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from qa.answer.confidence import EVIDENCE
from qa.answer.features import SENTENCE, Candidate, Embed, Floats, TermStatistics, candidates
from qa.answer.question import analyse
from qa.answer.rank import EMBEDDED, Ranking, rank, says_something
from qa.answer.weights import weights
from qa.data import Hit, Sentence
from qa.positions import line_of


class Feature(NamedTuple):
    """A feature's value and the weight that it is multiplied by."""

    name: str
    value: float
    weight: float

    @property
    def worth(self) -> float:
        """What it adds to the score."""
        return self.value * self.weight


class Weighed(NamedTuple):
    """A sentence that was read: its place (from 1), score, and chance of being the answer."""

    rank: int
    hit: Hit
    sentence: Sentence
    text: str
    score: float
    chance: float
    features: tuple[Feature, ...]

    def to_dict(self) -> dict[str, Any]:
        """The sentence as ``--json`` prints it."""
        return {
            "path": self.hit.path,
            "line": line_of(self.hit.document.text, self.sentence.start),
            "start": self.sentence.start,
            "end": self.sentence.end,
            "text": self.text,
            "rank": self.rank,
            "score": self.score,
            "chance": self.chance,
            "features": features_dict(self.features),
        }


class Unread(NamedTuple):
    """A sentence of the passages found that was not weighed, and why."""

    hit: Hit
    sentence: Sentence
    text: str
    reason: str


class PartRead(NamedTuple):
    """One question, or one part of a compound one, as it was read.

    ``confidence`` is the probability that the passages hold the answer, and ``evidence``
    what that was made of.  ``sentences`` are best first.
    """

    question: str
    confidence: float
    evidence: tuple[Feature, ...]
    sentences: tuple[Weighed, ...]
    unread: tuple[Unread, ...]

    def to_dict(self) -> dict[str, Any]:
        """The reading as ``--json`` prints it."""
        return {
            "question": self.question,
            "confidence": self.confidence,
            "evidence": features_dict(self.evidence),
            "sentences": [one.to_dict() for one in self.sentences],
        }


FILTERED = (
    "it is a caption, a question, a date alone, only the question's own words, or about something"
    " else"
)
"""Why a sentence is passed over before anything is weighed."""
BEYOND = f"by its words it is not among the {EMBEDDED} most promising, which are weighed"
"""Why a sentence is not weighed for its meaning."""


def explain(
    question: str, hits: Sequence[Hit], *, embed: Embed, statistics: TermStatistics
) -> tuple[PartRead, ...]:
    """How ``hits`` were read for ``question``, part by part; empty where nothing can be read."""
    whole = analyse(question)
    found = []
    for part in whole.parts or (whole,):
        ranking = rank(part, hits, embed, statistics)
        if ranking is not None:
            found.append(_part(part.text, ranking, hits))
    return tuple(found)


def features_dict(found: Sequence[Feature]) -> dict[str, dict[str, float]]:
    """Features as ``--json`` prints them."""
    return {one.name: {"value": one.value, "weight": one.weight} for one in found}


def _part(question: str, ranking: Ranking, hits: Sequence[Hit]) -> PartRead:
    learned = weights()
    weighed = tuple(
        Weighed(
            i + 1,
            one.hit,
            one.sentence,
            one.text,
            float(ranking.scores[i]),
            float(ranking.chance[i]),
            _features(SENTENCE, ranking.rows[i], learned.sentence),
        )
        for i, one in enumerate(ranking.sentences)
    )
    return PartRead(
        question,
        ranking.confidence,
        _features(EVIDENCE, ranking.evidence, learned.evidence),
        weighed,
        tuple(_unread(ranking, hits)),
    )


def _features(
    names: Sequence[str], values: Sequence[float] | Floats, weighing: Floats
) -> tuple[Feature, ...]:
    return tuple(
        Feature(name, float(value), float(weight))
        for name, value, weight in zip(names, values, weighing, strict=True)
    )


def _unread(ranking: Ranking, hits: Sequence[Hit]) -> list[Unread]:
    """The sentences of ``hits`` that were not weighed."""
    read = {_place(one) for one in ranking.sentences}
    question = ranking.reading.question
    return [
        Unread(
            one.hit,
            one.sentence,
            one.text,
            BEYOND if says_something(one, question) else FILTERED,
        )
        for one in candidates(hits)
        if _place(one) not in read
    ]


def _place(one: Candidate) -> tuple[str, int]:
    return one.hit.document.id, one.sentence.start
