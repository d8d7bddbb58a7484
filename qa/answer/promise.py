"""Cheap guesses, without a model, at which sentences of the passages found may answer."""

import re
from collections.abc import Sequence

import numpy as np

from qa.answer.anaphora import REACH, antecedent
from qa.answer.features import (
    FAR,
    SENTENCE,
    Candidate,
    Floats,
    Reading,
    TermStatistics,
    candidates,
    sentence_features,
)
from qa.answer.question import Question, analyse
from qa.data import Hit
from qa.text import terms

WEIGHTS = {
    "cover": 6.48,
    "cover_before": 5.58,
    "cover_after": 3.80,
    "cover_above": 8.70,
    "grams": 3.97,
    "passage_cosine": 10.91,
    "untyped": -2.44,
    "density": 6.86,
}
"""What each column of `SENTENCE` adds to a sentence's log-odds; fitted by bench/fit_shown.py."""
LEAST_CHANCE = 0.001
"""A sentence that answers with this chance at least is shown to a language model."""
_LEAST = 3
# What asks for no one thing: "tell me about the bakery", "why was it closed?"
_OPEN = re.compile(
    r"\b(?:about|describe|explain|summari[sz]e|summary|overview|happen\w*|says?|tells?)\b", re.I
)


def promise(reading: Reading, one: Candidate, cosine: float, best: float) -> float:
    """How much of the question stands in a sentence and around it, and how good its passage is.

    ``cosine`` is the passage's own, ``best`` the score of the best passage.
    """
    own = reading.share(reading.matched(one.terms))
    context = reading.share(reading.matched(one.terms, one.before, one.above))
    return own + 0.5 * context + 0.3 * cosine - 0.5 * min(best - one.hit.score, FAR)


def passage_cosines(hits: Sequence[Hit]) -> dict[str, float]:
    """Each passage's cosine; where the dense retriever said nothing, the lowest it said."""
    said = {
        hit.passage.id: one.score for hit in hits for one in hit.ranked if one.retriever == "dense"
    }
    lowest = min(said.values(), default=0.0)
    return {hit.passage.id: said.get(hit.passage.id, lowest) for hit in hits}


def columns(reading: Reading, found: Sequence[Candidate], hits: Sequence[Hit]) -> Floats:
    """The columns of `WEIGHTS` for each of ``found``: those that take no embedding."""
    cosines, best = passage_cosines(hits), max(hit.score for hit in hits)
    unread = np.zeros(sum(name.startswith("agreement") for name in SENTENCE), dtype=np.float32)
    rows = [
        sentence_features(
            reading, one, 0.0, 0.0, cosines[one.hit.passage.id], best - one.hit.score, unread
        )
        for one in found
    ]
    places = [SENTENCE.index(name) for name in WEIGHTS]
    return np.array(rows, dtype=np.float32)[:, places]


def chances(rows: Floats) -> Floats:
    """The probability of each sentence that it is the one that answers, if one of them does.

    A conditional logit (McFadden 1974): where the passages are sure, one has nearly all of it;
    where they are not, many have some.
    """
    scores = rows @ np.array(list(WEIGHTS.values()), dtype=np.float32)
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum(), dtype=np.float32)


def promising(
    question: str, hits: Sequence[Hit], statistics: TermStatistics
) -> frozenset[tuple[str, int]]:
    """The sentences (document id, start) worth a language model's reading.

    Those that may answer the question or one of its parts; what names the "it" or "the firm"
    that one of them opens with; and of a passage that stands first for its time, or best for a
    question that asks for no one thing, all.
    """
    found = candidates(hits)
    if not found:
        return frozenset()
    whole, likely = analyse(question), dict[int, Candidate]()
    for part in whole.parts or (whole,):
        if not part.terms:  # nothing to choose by
            return frozenset(map(_key, found))
        chance = chances(columns(Reading(part, found, statistics), found, hits))
        for i, place in enumerate(np.argsort(-chance, kind="stable")):
            if i < _LEAST or chance[place] >= LEAST_CHANCE:
                likely[int(place)] = found[place]
    chosen = set(map(_key, likely.values()))
    chosen |= {key for one in likely.values() if (key := _named_in(one)) is not None}
    if _is_open(whole) or hits[0].rank > min(hit.rank for hit in hits):
        chosen |= {_key(one) for one in found if one.hit is hits[0]}
    return frozenset(chosen)


def _is_open(question: Question) -> bool:
    is_broad = question.definition or question.kind in ("how", "why", "other")
    return is_broad or bool(_OPEN.search(question.text))


def _named_in(one: Candidate) -> tuple[str, int] | None:
    """The sentence before that names what ``one`` opens with a pronoun or a noun for."""
    document, sentences = one.hit.document, one.hit.passage.sentences
    earlier = sentences[max(0, one.place - REACH) : one.place][::-1]
    texts = [document.text[before.start : before.end] for before in earlier]
    name = antecedent(one.text, texts)
    for before, text in zip(earlier, texts, strict=True):
        if name and name <= frozenset(terms(text)):
            return document.id, before.start
    return None


def _key(one: Candidate) -> tuple[str, int]:
    return one.hit.document.id, one.sentence.start
