"""The sentences of the passages found, ranked as answers to a question.

A small learned model (weights.json) ranks them; a second one says how likely they answer at all.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from qa.answer import emphasis
from qa.answer.confidence import evidence_features
from qa.answer.features import (
    PRONOUN,
    Candidate,
    Embed,
    Floats,
    Reading,
    TermStatistics,
    candidates,
    sentence_features,
)
from qa.answer.late import agreement
from qa.answer.latter import of_another
from qa.answer.promise import passage_cosines, promise
from qa.answer.question import Question
from qa.answer.rows import of_other_rows
from qa.answer.spelling import Correction, corrected
from qa.answer.weights import Weights, weights
from qa.data import Hit

EMBEDDED = 16
"""At most so many sentences are embedded for one question (2 to 5 ms each)."""


Among = Callable[[Candidate], bool]


class Ranking(NamedTuple):
    """The sentences read for one question, best first; ``chance`` is of each being the answer.

    ``rows`` has the columns of `SENTENCE`, ``evidence`` those of `EVIDENCE`.  ``confidence``
    is the probability that the passages hold the answer.
    """

    reading: Reading
    sentences: tuple[Candidate, ...]
    rows: Floats
    scores: Floats
    chance: Floats
    vectors: Floats
    evidence: tuple[float, ...]
    confidence: float
    corrections: tuple[Correction, ...]


def rank(
    question: Question,
    hits: Sequence[Hit],
    embed: Embed,
    statistics: TermStatistics,
    learned: Weights | None = None,
    among: Among | None = None,
) -> Ranking | None:
    """The sentences of ``hits`` ranked as answers to ``question``; None without any."""
    learned = learned or weights()
    found = [one for one in candidates(hits) if among is None or among(one)]
    others = of_other_rows(question, found)
    found = [one for i, one in enumerate(found) if i not in others]
    found = [one for one in found if says_something(one, question)] or found
    if not found or not question.terms:
        return None
    unknown = [one for one, df in statistics.document_frequency(question.terms).items() if not df]
    question, corrections = corrected(question, unknown, [hit.text for hit in hits])
    reading, found, rows, vectors = read(question, hits, found, embed, statistics)
    scores = rows @ learned.sentence
    order = np.argsort(-scores, kind="stable")
    ranked = tuple(found[i] for i in order)
    rows, scores, vectors = rows[order], scores[order], vectors[order]
    raised = np.exp(scores - scores[0])
    evidence = evidence_features(reading, ranked, rows, scores, embed)
    odds = float(np.dot(evidence, learned.evidence)) + learned.bias
    return Ranking(
        reading,
        ranked,
        rows,
        scores,
        raised / raised.sum(),
        vectors,
        tuple(evidence),
        1 / (1 + math.exp(-odds)),
        corrections,
    )


# "(Image credit: ...)": what stands below a picture that is not there
_CAPTION = re.compile(
    r"\W*(?:image|photo|picture|illustration|graphic|video)s?\b[^.:]{0,20}:.{0,80}$", re.IGNORECASE
)


# What a mail is about says nothing of it; asked for it, it is the answer.
_SUBJECT = re.compile(r"(?:subject|re|fwd?):\s", re.IGNORECASE)
_OF_MAIL = re.compile(r"\b(?:e-?mail|mail|message|subject|about)\b", re.IGNORECASE)


def says_something(one: Candidate, question: Question) -> bool:
    """No caption or subject, question or date alone, only the question's words, or of another."""
    return not (
        _CAPTION.match(one.text)
        or (_SUBJECT.match(one.text) and not _OF_MAIL.search(question.text))
        or one.text.rstrip().endswith(("?", "\uff1f"))
        or emphasis.dates_alone(one.text)
        or one.terms <= set(question.terms)
        or of_another(one.text, frozenset(question.terms))
    )


def read(
    question: Question,
    hits: Sequence[Hit],
    found: Sequence[Candidate],
    embed: Embed,
    statistics: TermStatistics,
) -> tuple[Reading, list[Candidate], Floats, Floats]:
    """(reading, the candidates worth embedding, their features, their vectors)."""
    reading = Reading(question, found, statistics)
    if len(question.terms) == 1:  # "who is the tenant?": what speaks of no tenant is no answer
        found = [one for one in found if _speaks_of(reading, one)] or found
    best = max(hit.score for hit in hits)
    cosines = passage_cosines(hits)
    hopes = [promise(reading, one, cosines[one.hit.passage.id], best) for one in found]
    order = np.argsort(-np.array(hopes), kind="stable")[:EMBEDDED]
    kept = [found[i] for i in order]
    texts = [question.text, reading.rest(kept[:6])] + [one.text for one in kept]
    vectors = embed(texts)
    asked, vectors = vectors[:2], vectors[2:]
    near = vectors @ asked.T
    met = agreement(reading, kept, embed)
    rows = np.array(
        [
            sentence_features(
                reading, one, float(cosine), float(rest), cosines[one.hit.passage.id],
                best - one.hit.score, meets,
            )
            for one, (cosine, rest), meets in zip(kept, near, met, strict=True)
        ],
        dtype=np.float32,
    )  # fmt: skip
    return reading, kept, rows, vectors


def _speaks_of(reading: Reading, one: Candidate) -> bool:
    return bool(reading.matched(one.terms, one.above)) or bool(PRONOUN.match(one.text))
