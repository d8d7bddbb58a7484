"""A cheap guess, without a model, at which sentences of the passages found may answer."""

from collections.abc import Sequence

from qa.answer.features import FAR, Candidate, Reading, TermStatistics, candidates
from qa.answer.question import analyse
from qa.data import Hit

SHARE = 0.2
"""A sentence of this share of the best one's promise is shown to a language model."""
MOST = 24
"""So many at most, beside the best passage; both tuned on half of XQuAD and eval's companies."""
_LEAST = 6


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


def promising(
    question: str, hits: Sequence[Hit], statistics: TermStatistics
) -> frozenset[tuple[str, int]]:
    """The sentences (document id, start) worth a language model's reading.

    Those of the best passage all, since they explain each other, and of the first, which may be
    preferred for its time; of the others the ones that hold something of the question or of one
    of its parts.
    """
    found = candidates(hits)
    if not found:
        return frozenset()
    lead = min(hits, key=lambda hit: hit.rank)
    chosen = {_key(one) for one in found if one.hit is lead or one.hit is hits[0]}
    whole = analyse(question)
    cosines, best = passage_cosines(hits), max(hit.score for hit in hits)
    for part in whole.parts or (whole,):
        if not part.terms:  # nothing to choose by
            return frozenset(map(_key, found))
        reading = Reading(part, found, statistics)
        worth = [(promise(reading, one, cosines[one.hit.passage.id], best), one) for one in found]
        worth.sort(key=lambda pair: -pair[0])
        least = SHARE * worth[0][0]
        chosen |= {
            _key(one) for i, (hope, one) in enumerate(worth[:MOST]) if hope >= least or i < _LEAST
        }
    return frozenset(chosen)


def _key(one: Candidate) -> tuple[str, int]:
    return one.hit.document.id, one.sentence.start
