"""What 'qa eval check' finds in gold that does not fit."""

from datetime import date

import pytest

from qa.data import Document
from qa.evaluate.check import check
from qa.evaluate.gold import Evidence, GoldPair
from tests.evaluate.made import ADA, DOCUMENTS, WHEELS, gold


@pytest.mark.parametrize(
    ("pair", "findings"),
    [
        (gold(ADA), []),
        (gold(answerable=False, must=(), kind="unanswerable"), []),
        (
            gold("Ada opened a mill."),
            [
                "error: 'Ada opened a mill.' does not stand in 'mill.txt'",
            ],
        ),
        (
            gold(evidence=(Evidence("gone.txt", "Ada"),)),
            ["error: there is no document 'gone.txt'"],
        ),
        (gold(), ["error: answerable, but no evidence is stated"]),
        (gold(ADA, must=()), ["error: answerable, but 'must' is empty: nothing to judge by"]),
        (
            gold(ADA, answerable=False, must=()),
            ["error: unanswerable, but evidence is stated"],
        ),
        (
            gold(answerable=False),
            ["error: unanswerable, but 'must' is not empty"],
        ),
        (gold(ADA, kind="followup"), ["error: kind 'followup', but 'history' is empty"]),
        (
            gold(ADA, any_evidence=True),
            ["error: 'any_evidence', but there is no choice of evidence"],
        ),
        (gold(ADA, kind="riddle"), ["note: kind 'riddle' is none of the usual"]),
        (
            gold(ADA, must_not=("ada",)),
            [
                "error: 'Ada' of 'must' holds 'ada' of 'must_not'",
                "note: 'ada' of 'must_not' stands in the evidence: quoting it is a violation",
            ],
        ),
        (
            gold(WHEELS, must=(("forty",),)),
            ["note: no alternative of ['forty'] stands in the evidence"],
        ),
        (
            gold(answerable=False, must=(), days=(date(2019, 1, 1), date(2019, 1, 2))),
            ["error: unanswerable, but 'days' of the answer are stated"],
        ),
        (
            gold(ADA, as_of=date(2019, 1, 2), today=date(2019, 1, 1)),
            ["error: 'today' is before 'as_of'"],
        ),
        (gold(ADA, ADA), ["error: the same evidence is stated twice"]),
    ],
)
def test_a_pair_that_does_not_fit_is_told(pair: GoldPair, findings: list[str]) -> None:
    """Whoever writes gold reads what is wrong with which pair before any score is taken."""
    found = check([pair], DOCUMENTS)
    assert [f"{one.level}: {one.text}" for one in found] == findings
    assert {one.pair_id for one in found} <= {"g1"}


def test_the_same_question_twice_is_told_unless_the_conversation_differs() -> None:
    """A duplicate would count one question double."""
    again = gold(ADA, id="g2", question="WHO opened the mill?")
    later = gold(ADA, id="g3", kind="followup", history=("What is there?",))
    early = gold(ADA, id="g4", as_of=date(2019, 1, 2))
    found = check([gold(ADA), again, later, early], DOCUMENTS)
    assert [(one.pair_id, one.text) for one in found] == [("g2", "asks the same as 'g1'")]


def test_a_quote_that_stands_twice_is_pointed_out() -> None:
    """Evidence should be one place."""
    documents = {"mill.txt": Document("d", f"{ADA} {ADA}")}
    found = check([gold(ADA)], documents)
    assert [one.text for one in found] == [f"{ADA!r} stands 2 times in 'mill.txt'"]
