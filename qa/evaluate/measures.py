"""What is measured of an answer: one function a measure, each of one case.

A measure returns a ``Score``; ``value`` is None where it cannot be judged, and ``reason``
says why.  Such scores are counted and shown, never averaged.  The figures of retrieval
are those of ir_measures (tests hold them to 1e-9); the phrase measures are SQuAD's.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from qa.data import Answer, OutcomeKind
from qa.evaluate.gold import GoldPair
from qa.evaluate.matching import Case, cites, first_hits, occurs, squad_exact, squad_f1
from qa.text.words import words
from qa.times.expressions import expressions

SHORT = 5
"""A gold answer of one nugget is short, and compared as a phrase, up to so many words."""

PHRASE_KINDS = frozenset({"fact", "number", "when", "who"})
"""Kinds of question that a phrase answers.  A nugget of another kind is a word by which a right
answer is known: "not build cars" of a yes-no question, one of the words of a relative date."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one measure says of one pair; ``value`` is None where unscored, for ``reason``."""

    pair_id: str
    measure: str
    value: float | None
    reason: str | None = None


# Retrieval -------------------------------------------------------------------------------


def _score(case: Case, measure: str, value: float | None, reason: str | None = None) -> Score:
    return Score(case.pair.id, measure, value, reason if value is None else None)


def _without_evidence(pair: GoldPair) -> str | None:
    if not pair.answerable:
        return "not answerable: there is no evidence to find"
    return None if pair.evidence else "the pair states no evidence"


def evidence_recall(case: Case, k: int) -> Score:
    """Share of the evidence that the first ``k`` hits bring.

    With ``any_evidence`` it is 1 as soon as one piece is brought.  Unscored where the pair
    is unanswerable or states no evidence.
    """
    name = f"recall@{k}"
    if reason := _without_evidence(case.pair):
        return _score(case, name, None, reason)
    found = [rank is not None and rank <= k for rank in first_hits(case)]
    value = float(any(found)) if case.pair.any_evidence else sum(found) / len(found)
    return _score(case, name, value)


def reciprocal_rank(case: Case) -> Score:
    """One over the rank of the first hit that brings evidence, 0 where none does."""
    if reason := _without_evidence(case.pair):
        return _score(case, "mrr", None, reason)
    ranks = [rank for rank in first_hits(case) if rank is not None]
    return _score(case, "mrr", 1 / min(ranks) if ranks else 0.0)


def judged(case: Case) -> tuple[frozenset[int], int]:
    """The ranks of the relevant hits, and how many relevant passages never came.

    A hit is relevant when it brings evidence that no hit before it brought, so that a
    repetition earns nothing; evidence that no hit brings stands for one passage that is
    missing.  With ``any_evidence`` only the first relevant hit is one.
    """
    ranks = first_hits(case)
    found = frozenset(rank for rank in ranks if rank is not None)
    if case.pair.any_evidence:
        return (frozenset([min(found)]), 0) if found else (found, 1)
    return found, sum(rank is None for rank in ranks)


def ndcg(case: Case, k: int = 10) -> Score:
    """Normalised discounted cumulative gain of the first ``k`` hits.

    A relevant hit (see ``judged``) at rank r gains 1 / log2(r + 1); the sum is divided by
    that of the best order, all relevant passages first.
    """
    name = f"ndcg@{k}"
    if reason := _without_evidence(case.pair):
        return _score(case, name, None, reason)
    relevant, missing = judged(case)
    gain = sum(1 / math.log2(rank + 1) for rank in sorted(relevant) if rank <= k)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(relevant) + missing, k) + 1))
    return _score(case, name, gain / best)


# Answers ---------------------------------------------------------------------------------


def said(answer: Answer) -> str:
    """The answer's own words: its statements without markers; empty where refused."""
    return "\n".join(statement.text for statement in answer.statements)


def nugget_recall(case: Case) -> Score:
    """Share of the nuggets of which an alternative occurs in the answer; 0 where refused.

    Unscored where the pair is unanswerable or states no nugget.
    """
    pair, name = case.pair, "nuggets"
    if not pair.answerable or not pair.must:
        return _score(
            case, name, None, "no nugget is stated" if pair.answerable else "unanswerable"
        )
    text = said(case.answer)
    found = sum(any(occurs(one, text) for one in alternatives) for alternatives in pair.must)
    return _score(case, name, found / len(pair.must))


def violation(case: Case) -> Score:
    """1 where the answer holds anything of ``must_not``, else 0 (a refusal holds nothing).

    Unscored where the pair forbids nothing.
    """
    if not case.pair.must_not:
        return _score(case, "violations", None, "the pair forbids nothing")
    text = said(case.answer)
    return _score(case, "violations", float(any(occurs(one, text) for one in case.pair.must_not)))


def right(case: Case) -> Score:
    """1 where the answer is right as a whole, else 0.

    An unanswerable question is right only where nothing was found; another when what is shown,
    as an answer or as what may be one, holds every nugget and nothing forbidden.  Unscored where
    an answerable pair states no nugget.
    """
    if not case.pair.answerable:
        return _score(case, "right", float(case.answer.outcome == "not_found"))
    nuggets = nugget_recall(case)
    if nuggets.value is None:
        return _score(case, "right", None, nuggets.reason)
    return _score(case, "right", float(nuggets.value == 1 and violation(case).value != 1))


def short_gold(pair: GoldPair) -> tuple[str, ...]:
    """The phrases that answer, where the gold is one nugget of at most ``SHORT`` words.

    Empty for other golds, and for kinds of question that no phrase answers.
    """
    if not pair.answerable or pair.kind not in PHRASE_KINDS or len(pair.must) != 1:
        return ()
    if any(len(alternative.split()) > SHORT for alternative in pair.must[0]):
        return ()
    return pair.must[0]


def phrase(answer: Answer) -> str:
    """The first phrase that the answer emphasises; where it emphasises none, all its words."""
    for statement in answer.statements:
        if statement.emphasis is not None:
            return statement.text[slice(*statement.emphasis)]
    return said(answer)


def _phrase_measure(case: Case, name: str, compare: Callable[[str, str], float]) -> Score:
    gold = short_gold(case.pair)
    if not gold:
        return _score(case, name, None, "the gold is no short phrase that answers")
    ours = phrase(case.answer)
    return _score(case, name, max(compare(ours, one) for one in gold) if ours else 0.0)


def exact_match(case: Case) -> Score:
    """1 where the phrase of the answer is one of the gold's, by SQuAD's comparison.

    Only where the gold is short (``short_gold``); 0 where refused.
    """
    return _phrase_measure(case, "exact", squad_exact)


def token_f1(case: Case) -> Score:
    """The best word F1 of the answer's phrase with one of the gold's, where gold is short."""
    return _phrase_measure(case, "f1", squad_f1)


def stated_days(answer: Answer) -> frozenset[tuple[date, date]]:
    """The first and last day of every time that the answer tells.

    A statement tells the dates that its own words name, and what the system says that the
    relative words mean which it quotes ("last year = 2022").
    """
    told = set()
    for statement in answer.statements:
        for one in expressions(statement.text, None):
            if one.interval is not None:
                told.add((one.interval.start, one.interval.end))
        for dated in (one for citation in statement.citations for one in citation.dates):
            if dated.text in statement.text and dated.other is None:
                told.add((dated.start, dated.end))
    return frozenset(told)


def date_right(case: Case) -> Score:
    """1 where the answer tells exactly the days of the gold's ``days``, 0 otherwise.

    "In November 2022" is not 7 November 2022, and a refusal tells none.  Unscored where the
    pair states no days.
    """
    if case.pair.days is None:
        return _score(case, "date", None, "the pair states no days")
    return _score(case, "date", float(case.pair.days in stated_days(case.answer)))


# Citations -------------------------------------------------------------------------------


def exactness(case: Case) -> Score:
    """Share of the citations whose quote is the slice of the document, read anew: must be 1.

    A citation of a file that is not there is not exact.  The nearest sentences of a
    refusal are held to the same.  Unscored where nothing is quoted.
    """
    quoted = case.answer.citations + case.answer.nearest
    if not quoted:
        return _score(case, "exactness", None, "nothing is quoted")
    exact = 0
    for citation in quoted:
        document = case.documents.get(citation.path)
        text = document.text[citation.start : citation.end] if document else None
        exact += bool(citation.quote) and text == citation.quote
    return _score(case, "exactness", exact / len(quoted))


def citation_precision(case: Case) -> Score:
    """Share of the cited places that are evidence; unscored where nothing is cited."""
    if reason := _without_evidence(case.pair):
        return _score(case, "precision", None, reason)
    cited = case.answer.citations
    if not cited:
        return _score(case, "precision", None, "nothing is cited")
    good = sum(any(cites(one, piece, case) for piece in case.pair.evidence) for one in cited)
    return _score(case, "precision", good / len(cited))


def citation_recall(case: Case) -> Score:
    """Share of the evidence that is cited (with ``any_evidence``: 1 if any); 0 where refused."""
    if reason := _without_evidence(case.pair):
        return _score(case, "cited", None, reason)
    found = [
        any(cites(one, piece, case) for one in case.answer.citations)
        for piece in case.pair.evidence
    ]
    value = float(any(found)) if case.pair.any_evidence else sum(found) / len(found)
    return _score(case, "cited", value)


def statement_support(case: Case) -> Score:
    """How well the cited places carry the statements, by the words alone.

    Of each statement the share of its terms that stand in the places it cites (in the
    document itself, not in the quote) or in the question; 0 where a number of it stands in
    neither, or nothing is cited.  The mean over the statements.  It is not the system's own
    ``support``: a system is not its own judge.  Unscored where refused.
    """
    answer = case.answer
    if not answer.statements:
        return _score(case, "support", None, "refused: nothing is stated")
    asked = {word.term for word in words(f"{answer.question} {answer.answered_question}")}
    shares = []
    for statement in answer.statements:
        known = set(asked) if statement.citations else set()
        for one in statement.citations:
            document = case.documents.get(one.path)
            if document is not None:
                known |= {word.term for word in words(document.text[one.start : one.end])}
        stated = {word.term for word in words(statement.text)} - {None}
        numbers = {term for term in stated if term and term[0].isdigit()}
        carried = len(stated & known) / len(stated) if stated else float(bool(statement.citations))
        shares.append(carried if numbers <= known else 0.0)
    return _score(case, "support", sum(shares) / len(shares))


# Refusal ---------------------------------------------------------------------------------


def _outcome_measure(case: Case, name: str, outcome: OutcomeKind, *, answerable: bool) -> Score:
    """1 where the outcome is this one, else 0; unscored over the other kind of pairs."""
    if case.pair.answerable != answerable:
        return _score(case, name, None, "unanswerable" if answerable else "answerable")
    return _score(case, name, float(case.answer.outcome == outcome))


def answered(case: Case) -> Score:
    """1 where an answerable question is answered, not shown as what may be; else 0."""
    return _outcome_measure(case, "answered", "answered", answerable=True)


def false_answer(case: Case) -> Score:
    """1 where an unanswerable question is answered, else 0; unscored where answerable."""
    return _outcome_measure(case, "false-answer", "answered", answerable=False)


def false_perhaps(case: Case) -> Score:
    """1 where an unanswerable question is shown something that may answer, else 0."""
    return _outcome_measure(case, "false-perhaps", "perhaps", answerable=False)


def false_refusal(case: Case) -> Score:
    """1 where nothing is found for an answerable question, else 0; unscored where unanswerable."""
    return _outcome_measure(case, "false-refusal", "not_found", answerable=True)


def risk(case: Case) -> float | None:
    """1 where answering would have been wrong, else 0: what risk-coverage counts.

    Every question is judged as though answered: a refused one by the nearest sentences
    shown, since that is what the answer would have been.  Unanswerable is always wrong.
    None where an answerable pair states no nugget.
    """
    if not case.pair.answerable:
        return 1.0
    if not case.pair.must:
        return None
    if case.answer.answered:
        return 0.0 if right(case).value == 1 else 1.0
    text = "\n".join(citation.quote for citation in case.answer.nearest)
    return 1.0 - all(any(occurs(one, text) for one in nugget) for nugget in case.pair.must)


def risk_coverage(
    confidences: Sequence[float], risks: Sequence[float]
) -> list[tuple[float, float]]:
    """(coverage, risk) as the answers are let through from the most confident on.

    At coverage c the share c of the questions with the highest confidence is answered, and
    the risk is the share of wrong ones among them.  Equal confidences come together, as no
    threshold could part them (El-Yaniv and Wiener 2010).
    """
    order = sorted(range(len(risks)), key=lambda i: -confidences[i])
    points, wrong = [], 0.0
    for place, i in enumerate(order, 1):
        wrong += risks[i]
        if place == len(order) or confidences[order[place]] != confidences[i]:
            points.append((place / len(order), wrong / place))
    return points


def aurc(confidences: Sequence[float], risks: Sequence[float]) -> float:
    """Area under the risk-coverage curve, 0 to 1, lower is better.

    The mean over all questions of the risk at the coverage that lets this question
    through (Geifman, Uziel and El-Yaniv 2019).
    """
    area, before = 0.0, 0.0
    for coverage, at_risk in risk_coverage(confidences, risks):
        area += (coverage - before) * at_risk
        before = coverage
    return area


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure's name, the group it is shown in, which way is better, what computes it."""

    name: str
    group: str
    better: int
    title: str
    of: Callable[[Case], Score]


MEASURES = (
    Measure("right", "answer", 1, "right as a whole", right),
    Measure("nuggets", "answer", 1, "nugget recall", nugget_recall),
    Measure("violations", "answer", -1, "says what it must not", violation),
    Measure("exact", "answer", 1, "exact match of the phrase", exact_match),
    Measure("f1", "answer", 1, "word F1 of the phrase", token_f1),
    Measure("date", "answer", 1, "tells the very days", date_right),
    Measure("exactness", "citations", 1, "quote equals the source", exactness),
    Measure("precision", "citations", 1, "cited that is evidence", citation_precision),
    Measure("cited", "citations", 1, "evidence that is cited", citation_recall),
    Measure("support", "citations", 1, "statement carried by its citations", statement_support),
    Measure("answered", "refusal", 1, "answerable and answered", answered),
    Measure("false-answer", "refusal", -1, "unanswerable but answered", false_answer),
    Measure("false-perhaps", "refusal", -1, "unanswerable, shown as perhaps", false_perhaps),
    Measure("false-refusal", "refusal", -1, "answerable but refused", false_refusal),
    Measure("recall@1", "retrieval", 1, "evidence in the first hit", partial(evidence_recall, k=1)),
    Measure("recall@5", "retrieval", 1, "evidence in 5 hits", partial(evidence_recall, k=5)),
    Measure("recall@10", "retrieval", 1, "evidence in 10 hits", partial(evidence_recall, k=10)),
    Measure("mrr", "retrieval", 1, "reciprocal rank of evidence", reciprocal_rank),
    Measure("ndcg@10", "retrieval", 1, "nDCG of 10 hits", ndcg),
)
"""Every measure of a single answer, in the order shown."""

BY_NAME = {measure.name: measure for measure in MEASURES}


def judge(case: Case) -> tuple[Score, ...]:
    """Every measure of one case."""
    return tuple(measure.of(case) for measure in MEASURES)
