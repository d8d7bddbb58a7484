"""A question to the passages that speak of it: dense and BM25, fused by score."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.data import Hit, Passage, Ranked
from qa.ingest.split import passage_id
from qa.library.interface import View
from qa.models.blas import one_thread
from qa.models.embed.base import Embedding
from qa.models.embed.minilm import MiniLM
from qa.text.language import known, tongue
from qa.text.words import terms

LIMIT = 10
LEXICAL = 0.7
"""What all of BM25 weighs against a cosine of 1: tuned on half of XQuAD's and QED's articles and
the training queries of SciFact, in libraries of 5 to 11,000 passages; 0.6 to 1 differ little."""
_FOLD_COSINE = 0.85  # below it passages are not compared; titles, embedded along, part copies
_FOLD_TERMS = 0.9  # share of all their terms that both have
_SHARED = 0.5  # of BM25's most: with it, the question's words do stand in the documents
_MERGED_SENTENCES = 12  # a merged hit stays something that can be read at a glance


class _Found(NamedTuple):
    """A hit; the number of its passage in the catalog, and its place among the vectors."""

    hit: Hit
    number: int
    position: int


@one_thread
def retrieve(
    question: str, view: View, embedding: Embedding, limit: int = LIMIT
) -> tuple[Hit, ...]:
    """At most ``limit`` hits, best first.

    The score is the cosine (as MiniLM spreads it) and ``LEXICAL`` times the share that BM25
    is of the most it could be for the question's words: unlike ranks, it keeps how far ahead
    a passage is, and unlike z-scores it is the same whatever else the library holds.
    Near-identical passages of other documents are folded into the better one, and
    neighbours that both hit become one hit.
    """
    if view.passages == 0:
        return ()
    found = _fold(_best(question, view, embedding, 2 * limit + 10), view)
    hits = []
    for rank, group in enumerate(_merge(found)[:limit], start=1):
        passage = joined([one.hit.passage for one in group])
        copies = tuple(sorted({path for one in group for path in one.hit.copies}))
        hits.append(replace(group[0].hit, passage=passage, rank=rank, copies=copies))
    return tuple(hits)


def _best(question: str, view: View, embedding: Embedding, count: int) -> list[_Found]:
    """The ``count`` best passages, best first; of equal scores, the one stored first leads."""
    vector = embedding.embed_question(question)
    scores = view.scores(vector, terms(question))
    # What a cosine counts for: another model spreads its cosines more or less than MiniLM.
    spread = embedding.spread or scores.dense_over().spread
    unit = MiniLM.spread / spread if spread > 1e-12 else 1.0  # no spread: a single passage
    # Without a most there is no word to look up, and every BM25 is 0.
    weight = LEXICAL / (scores.bm25_most or 1.0)
    # The cards count on MiniLM's scale: on E5's all that is unrelated has a cosine of 0.74.
    level = embedding.level - MiniLM.level if embedding.level else 0.0
    fused = (scores.dense - level) * unit + scores.bm25 * weight
    some = _leading(fused, count)
    rows = some[np.argsort(-fused[some], kind="stable")[:count]]
    positions = [int(one) for one in scores.positions[rows]]
    ranked = zip(
        _ranked("dense", scores.dense, rows, (scores.dense[rows] - level) * unit),
        _ranked("bm25", scores.bm25, rows, scores.bm25[rows] * weight),
        strict=True,
    )
    passages = view.at(positions)
    ids = {one.passage.document_id for one in passages}
    held = {one: (view.document(one), view.paths(one)) for one in ids}
    found: list[_Found] = []
    for one, at, score, both in zip(passages, positions, fused[rows], ranked, strict=True):
        place = held[one.passage.document_id]
        hit = Hit(one.passage, *place, rank=len(found) + 1, score=float(score), ranked=both)
        found.append(_Found(hit, one.number, at))
    return found


def _leading(fused: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """The rows, ascending, of the ``count`` best, and some more.

    The best of each of many stretches are quick to find; ``count`` of them lie at or above
    the least that is kept, so the ``count`` best of all do.
    """
    stretch = max(1, len(fused) // (16 * count))
    tops = fused[: len(fused) // stretch * stretch].reshape(-1, stretch).max(axis=1)
    if len(tops) < count:
        return np.arange(len(fused))
    least = np.partition(tops, -count)[-count]
    return np.flatnonzero(fused >= least)


def _ranked(
    name: str,
    scores: NDArray[np.float64],
    rows: NDArray[np.int64],
    parts: NDArray[np.float64],
) -> list[Ranked]:
    """What one retriever says of each of ``rows``; its rank is among all of ``scores``."""
    ranks, above = np.empty(len(rows), np.int64), scores
    for i in np.argsort(scores[rows]):  # what is above one holds all that is above the next
        higher = above > scores[rows[i]]
        ranks[i] = 1 + np.count_nonzero(higher)
        if ranks[i] < len(above) / 8:  # a copy of many takes longer than counting them again
            above = above[higher]
    return [
        Ranked(name, int(rank), float(scores[row]), float(part))
        for rank, row, part in zip(ranks, rows, parts, strict=True)
    ]


def _fold(found: Sequence[_Found], view: View) -> list[_Found]:
    """Keep one of each set of near-identical passages; say which files the others are in.

    Passages that differ in a number are no copies: one of them may be the correction.
    """
    copies: dict[int, list[str]] = {}  # of each that is kept, by its place in ``found``
    vectors = view.vectors([one.position for one in found])
    similar = vectors @ vectors.T

    @cache  # few passages are near enough to be looked at
    def words(i: int) -> frozenset[str]:
        return frozenset(terms(found[i].hit.text))

    for i, one in enumerate(found):
        near = (j for j in copies if similar[i, j] >= _FOLD_COSINE)
        twin = next((j for j in near if _same(words(i), words(j))), None)
        if twin is None:
            copies[i] = []
        else:
            copies[twin] += one.hit.paths
    kept = ((found[i], tuple(paths)) for i, paths in copies.items())
    return [one._replace(hit=replace(one.hit, copies=paths)) for one, paths in kept]


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    different = one ^ other
    if any(char.isdigit() for term in different for char in term):
        return False
    return len(one & other) >= _FOLD_TERMS * len(one | other)


def _merge(found: Sequence[_Found]) -> list[list[_Found]]:
    """Group neighbours of one section, each group in the place of its best member."""
    groups: list[list[_Found]] = []
    for one in found:
        for group in groups:
            size = sum(len(member.hit.passage.sentences) for member in (one, *group))
            if size <= _MERGED_SENTENCES and any(_adjacent(one, member) for member in group):
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def _adjacent(one: _Found, other: _Found) -> bool:
    # The catalog numbers a document's passages in reading order, without a gap.
    return (
        abs(one.number - other.number) == 1
        and one.hit.document.id == other.hit.document.id
        and one.hit.passage.heading == other.hit.passage.heading
    )


def joined(passages: Sequence[Passage]) -> Passage:
    """Neighbours of one document as one passage, under the heading of the first."""
    ordered = sorted(passages, key=lambda passage: passage.start)
    first, last = ordered[0], ordered[-1]
    return replace(
        first,
        id=passage_id(first.document_id, first.start, last.end),
        end=last.end,
        sentences=tuple(sentence for passage in ordered for sentence in passage.sentences),
    )


def is_across(question: str, hits: Sequence[Hit]) -> bool:
    """Tell whether the best hit is known to be in another language than the question."""
    if not hits:
        return False
    shared = max(one.part for hit in hits for one in hit.ranked if one.retriever == "bm25")
    asked, found = tongue(question), known(hits[0].text)
    return None not in (asked, found) and asked != found and shared < _SHARED * LEXICAL
