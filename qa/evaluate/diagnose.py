"""What went wrong with an answer, and at which stage."""

from typing import NamedTuple

from qa.data import Answer
from qa.evaluate.matching import Case, cites, first_hits
from qa.evaluate.measures import citation_recall, exactness, nugget_recall, violation

FALSE_ANSWER = "answered although not answerable"
ALTERED = "quote differs from the source"
VIOLATED = "says what it must not"
WRONG_DATE = "wrong date"
WRONG_CITATION = "chosen but cited wrongly"
NOT_SAID = "cited but not said"
NOT_CHOSEN = "retrieved but not chosen"
NOT_RETRIEVED = "not retrieved"
FALSE_PERHAPS = "shown as perhaps although not answerable"
FALSE_REFUSAL = "refused although answerable"
FAILED = "no answer came"

WORST_FIRST = (
    FAILED,
    ALTERED,
    FALSE_ANSWER,
    VIOLATED,
    WRONG_DATE,
    WRONG_CITATION,
    NOT_SAID,
    NOT_CHOSEN,
    NOT_RETRIEVED,
    FALSE_PERHAPS,
    FALSE_REFUSAL,
)
"""The order in which the worst cases are shown: what misleads a reader before what does not."""

DATES = frozenset({"when", "relative-date", "as-of"})
"""Kinds of question whose answer is a date."""


class Diagnosis(NamedTuple):
    """What went wrong (one of ``WORST_FIRST``), and where, in words for a reader."""

    what: str
    where: str


def diagnose(case: Case) -> Diagnosis | None:
    """The gravest thing that is wrong with the answer; None where nothing is.

    An answer that is right although it cites part of the evidence only has nothing wrong;
    the measures of citation tell that.
    """
    pair, answer = case.pair, case.answer
    altered = exactness(case).value
    if altered is not None and altered < 1:
        return Diagnosis(ALTERED, f"{altered:.0%} of the quotes are exact")
    if not pair.answerable:
        if not answer.answered:
            return None
        what = FALSE_ANSWER if answer.outcome == "answered" else FALSE_PERHAPS
        return Diagnosis(what, _first_words(answer))
    if not answer.answered:
        return Diagnosis(FALSE_REFUSAL, _retrieved(case))
    if violation(case).value == 1:
        return Diagnosis(VIOLATED, _retrieved(case))
    nuggets = nugget_recall(case).value
    if nuggets is None or nuggets == 1:
        if pair.evidence and citation_recall(case).value == 0:
            return Diagnosis(WRONG_CITATION, f"cites {_first_words(answer)}")
        return None
    missing = f"{round((1 - nuggets) * len(pair.must))} of {len(pair.must)} nuggets missing; "
    return Diagnosis(_stage(case), missing + _retrieved(case))


def _stage(case: Case) -> str:
    """The stage at which an answer that lacks nuggets lost them."""
    cited = [
        any(cites(one, piece, case) for one in case.answer.citations)
        for piece in case.pair.evidence
    ]
    ranks = first_hits(case)
    enough = any if case.pair.any_evidence else all
    if not enough(rank is not None for rank in ranks):
        return NOT_RETRIEVED
    if not enough(cited):
        return NOT_CHOSEN
    return WRONG_DATE if case.pair.kind in DATES else NOT_SAID


def _retrieved(case: Case) -> str:
    """At which rank the evidence was, for a reader."""
    ranks = first_hits(case)
    if not ranks:
        return "no evidence is stated"
    said = [f"hit {rank}" if rank else "no hit" for rank in ranks]
    return "evidence in " + ", ".join(said)


def _first_words(answer: Answer) -> str:
    text = answer.statements[0].text if answer.statements else ""
    return f"{text[:60]!r}"
