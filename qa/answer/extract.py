"""The answer without a language model: the sentences that answer, quoted and citing themselves.

Sentences come ranked (``rank``) with a confidence that they answer; below a threshold the
question is refused.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qa.answer import conflicts, emphasis, lists
from qa.answer.cite import cite
from qa.answer.confidence import why_not
from qa.answer.expansion import expansions, unspelled
from qa.answer.features import (
    SENTENCE,
    Candidate,
    Embed,
    Reading,
    TermStatistics,
)
from qa.answer.highlight import emphasis_of
from qa.answer.premise import mistaken
from qa.answer.question import analyse
from qa.answer.rank import Among, Ranking, rank
from qa.answer.spelling import Correction
from qa.answer.weights import weights
from qa.answer.wording import REFUSAL, UNSPELLED
from qa.data import Citation, Hit, Sentence, Statement
from qa.models.blas import one_thread

MOST = 4
"""An answer is at most so many sentences."""
NEAREST = 3


class Extraction(NamedTuple):
    """An answer in source sentences, or a refusal.

    Where ``reason`` is not None there are no statements, and ``nearest`` holds the closest
    sentences.  ``confidence`` is the probability that the passages hold the answer.
    ``unanswered`` are the parts of a compound question for which nothing was found;
    ``corrections`` the words of it that were taken for others.
    """

    statements: tuple[Statement, ...]
    reason: str | None
    nearest: tuple[Citation, ...]
    confidence: float
    unanswered: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    notes: tuple[str, ...] = ()


@one_thread
def extract(
    question: str,
    hits: Sequence[Hit],
    *,
    embed: Embed,
    statistics: TermStatistics,
    threshold: float,
    more: lists.More | None = None,
    among: Among | None = None,
) -> Extraction:
    """The one to four sentences of ``hits`` (best first) that answer ``question``.

    ``embed`` gives unit rows; ``statistics`` says how rare the question's words are.  Below
    the confidence ``threshold`` the question is refused.  Of a question for a list the answer
    is every sentence that names a member, and ``more`` gives as many hits as it takes.  With
    ``among`` only the sentences that it takes are read.
    """
    if spelled := expansions(question, hits)[:MOST]:
        said = (_said(one.hit, one.sentence, i, one.span) for i, one in enumerate(spelled, 1))
        return Extraction(tuple(said), None, (), 1.0)
    short = unspelled(question, hits)
    if short is not None:
        return Extraction((), f"{REFUSAL} {UNSPELLED.format(short=short)}", (), 0.0)
    whole = analyse(question)
    if whole.several and threshold <= lists.SURE and among is None:
        listing = lists.gather(whole, hits, statistics, more)
        if listing is not None:
            return _listed(listing)
    asked = whole.parts or (whole,)
    rankings = [rank(part, hits, embed, statistics, among=among) for part in asked]
    if all(ranking is None for ranking in rankings):
        return Extraction((), REFUSAL, (), 0.0)
    read = [(part, one) for part, one in zip(asked, rankings, strict=True) if one is not None]
    sure = [(part, one) for part, one in read if one.confidence >= threshold and not _missed(one)]
    confidence = max(one.confidence for _, one in read)
    if len(read) == 1:
        wrong = mistaken(read[0][1].reading.question, read[0][1].sentences)
        if wrong is not None:
            reason = f"{REFUSAL} {wrong.reason}"
            return Extraction((), reason, _citations(wrong.shown[:NEAREST]), 0.0)
    if not sure:
        _, best = max(read, key=lambda pair: pair[1].confidence)
        nearest = _citations(_distinct(best))
        reason = why_not(best.reading, best.sentences)
        return Extraction((), reason, nearest, confidence, (), best.corrections)
    if len(asked) == 1:
        best = sure[0][1]
        sides = conflicts.disagreement(best.reading, best.sentences, best.chance.tolist())
        if sides is not None:
            return _both(sides, best)
    chosen: dict[tuple[str, int], tuple[Candidate, Reading | None]] = {}
    for _, ranking in sure:
        for i in select(ranking):
            one = ranking.sentences[i]
            chosen.setdefault(_key(one), (one, ranking.reading))
        before = _antecedent(ranking, 0)
        if before is not None and len(chosen) < MOST:
            chosen.setdefault(_key(before), (before, None))
    unanswered = tuple(
        part.text
        for part, one in read
        if one.confidence < threshold and _key(one.sentences[0]) not in chosen
    )
    kept = list(chosen.values())[: max(MOST, len(sure))]
    statements = _statements(_reading_order(kept))
    corrections = tuple(dict.fromkeys(fix for _, one in sure for fix in one.corrections))
    return Extraction(statements, None, (), confidence, unanswered, corrections)


def _both(sides: tuple[conflicts.Side, conflicts.Side], ranking: Ranking) -> Extraction:
    """Two sentences that disagree, side by side."""
    statements = tuple(
        _said(one.sentence.hit, one.sentence.sentence, marker, one.value[:2])
        for marker, one in enumerate(sides, start=1)
    )
    notes = (conflicts.note(sides),)
    return Extraction(statements, None, (), ranking.confidence, (), ranking.corrections, notes)


def _missed(ranking: Ranking) -> bool:
    """Whether a list is asked for, and the best sentence is of something else."""
    question = ranking.reading.question
    if not question.several:
        return False
    return lists.misses(question, ranking.sentences[0], ranking.reading) is not None


def _listed(listing: lists.Listing) -> Extraction:
    """The answer that a list makes; its confidence is what lists were measured to have."""
    shown = listing.entries[: lists.MOST]
    statements = tuple(
        _said(one.hit, one.sentence, marker, lists.emphasised(one))
        for marker, one in enumerate(shown, start=1)
    )
    return Extraction(statements, None, (), lists.SURE, notes=lists.notes(listing))


SECOND = 0.6
"""A further sentence is shown where its chance is at least this share of the first one's."""
OTHER = 0.4
"""The same for a sentence of another document with another phrase of the type asked for."""
FILLS = 0.2
"""The same for one with a phrase of the type asked for, where the first sentence has none, and
for one that holds a name or a figure of the question that no sentence before it holds."""
MEMBER = 0.08
"""The same for a sentence that has the noun asked for and adds a member to a list."""
SAME = 0.9
"""Cosine from which two sentences with the same figures and names say the same."""


def select(ranking: Ranking) -> list[int]:
    """Which sentences together answer: one, and others only where each adds something."""
    question = ranking.reading.question
    chosen, members = [0], _members(ranking, 0)
    most = MOST if question.several else 2
    exact, held = question.names | question.numbers, ranking.sentences[0].terms
    head = SENTENCE.index("head")
    first = ranking.sentences[0].hit.document.id
    for i in range(1, len(ranking.sentences)):
        if len(chosen) >= most:
            break
        share = float(ranking.chance[i] / ranking.chance[0])
        own = _members(ranking, i)
        needed = SECOND
        if (exact & ranking.sentences[i].terms) - held:
            needed = FILLS
        elif question.several and ranking.rows[i, head] > 0 and own - members:
            needed = MEMBER
        elif question.expected is not None and not question.several:
            # one phrase answers; another is shown only where another document gives another
            elsewhere = ranking.sentences[i].hit.document.id != first
            if not members:
                needed = FILLS if own else SECOND
            else:
                needed = OTHER if elsewhere and own - members else math.inf
        if share < needed or any(_same(ranking, i, j) for j in chosen):
            continue
        chosen.append(i)
        members |= own
        held |= ranking.sentences[i].terms
    return chosen


def _members(ranking: Ranking, i: int) -> frozenset[str]:
    """The phrases of a sentence that may answer (names, where no type is known)."""
    one, question = ranking.sentences[i], ranking.reading.question
    found = emphasis.fresh(one.text, question, question.expected or "name")
    return frozenset(one.text[span.start : span.end].casefold() for span in found)


def _antecedent(ranking: Ranking, i: int) -> Candidate | None:
    """The sentence before, where this one opens with a pronoun for what only that one names."""
    one, row = ranking.sentences[i], ranking.rows[i]
    if row[SENTENCE.index("pronoun_before")] < 0.15:
        return None
    for other in ranking.sentences:
        if other.hit.passage.id == one.hit.passage.id and other.place == one.place - 1:
            return other
    return None


def _same(ranking: Ranking, i: int, j: int) -> bool:
    """Whether two sentences say the same: alike in meaning, with no figure or name apart."""
    one, other = ranking.sentences[i], ranking.sentences[j]
    if one.terms == other.terms:
        return True
    if float(ranking.vectors[i] @ ranking.vectors[j]) < SAME:
        return False
    apart = one.terms ^ other.terms
    return not any(term[:1].isdigit() for term in apart) and not (
        _members(ranking, i) - _members(ranking, j)
    )


def _distinct(ranking: Ranking) -> list[Candidate]:
    kept: list[int] = []
    for i in range(len(ranking.sentences)):
        if not any(_same(ranking, i, j) for j in kept):
            kept.append(i)
        if len(kept) >= NEAREST:
            break
    return [ranking.sentences[i] for i in kept]


def _key(one: Candidate) -> tuple[str, int]:
    return one.hit.document.id, one.sentence.start


def _reading_order(
    chosen: Sequence[tuple[Candidate, Reading | None]],
) -> list[tuple[Candidate, Reading | None]]:
    """By document, the one with the best passage first, and by place in the document."""
    first: dict[str, int] = {}
    for one, _ in chosen:
        known = first.get(one.hit.document.id, one.hit.rank)
        first[one.hit.document.id] = min(known, one.hit.rank)
    return sorted(
        chosen,
        key=lambda pair: (
            first[pair[0].hit.document.id],
            pair[0].hit.document.id,
            pair[0].sentence.start,
        ),
    )


def _citations(found: Iterable[Candidate]) -> tuple[Citation, ...]:
    return tuple(cite(one.hit, one.sentence, marker) for marker, one in enumerate(found, start=1))


def _statements(chosen: Sequence[tuple[Candidate, Reading | None]]) -> tuple[Statement, ...]:
    """A statement a sentence; one without a reading only says what another speaks of."""
    return tuple(
        _said(
            one.hit,
            one.sentence,
            marker,
            emphasis_of(reading, one, weights().emphasis) if reading else None,
        )
        for marker, (one, reading) in enumerate(chosen, start=1)
    )


def _said(hit: Hit, sentence: Sentence, marker: int, marked: tuple[int, int] | None) -> Statement:
    """A sentence that is quoted and cites itself."""
    cited = cite(hit, sentence, marker)
    return Statement(text=cited.quote, citations=(cited,), support=1.0, emphasis=marked)
