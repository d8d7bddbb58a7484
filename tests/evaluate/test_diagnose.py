"""Each thing that can go wrong is told by its own name."""

from dataclasses import replace

import pytest

from qa.data import Answer
from qa.evaluate import diagnose as d
from qa.evaluate.gold import GoldPair
from tests.evaluate.made import ADA, SOLD, WHEELS, answer, case, cite, gold, hit, state

HITS = [hit(ADA), hit(SOLD, 2)]
BOTH = gold(ADA, must=(("Ada",), ("2019",)))


@pytest.mark.parametrize(
    ("pair", "given", "what", "where"),
    [
        (BOTH, answer(state(ADA, cite(ADA)), hits=HITS), None, None),
        (
            gold(answerable=False, must=()),
            answer(state(SOLD, cite(SOLD))),
            d.FALSE_ANSWER,
            "'Bob sold it in 2021.'",
        ),
        (
            gold(answerable=False, must=()),
            answer(state(SOLD, cite(SOLD)), outcome="perhaps"),
            d.FALSE_PERHAPS,
            "'Bob sold it in 2021.'",
        ),
        (BOTH, answer(state(ADA, cite(ADA)), hits=HITS, outcome="perhaps"), None, None),
        (gold(answerable=False, must=()), answer(reason="No."), None, None),
        (BOTH, answer(reason="No.", hits=HITS), d.FALSE_REFUSAL, "evidence in hit 1"),
        (
            BOTH,
            answer(state(SOLD, cite(SOLD)), hits=[hit(SOLD)]),
            d.NOT_RETRIEVED,
            "2 of 2 nuggets missing; evidence in no hit",
        ),
        (
            BOTH,
            answer(state(SOLD, cite(SOLD)), hits=[hit(SOLD), hit(ADA, 2)]),
            d.NOT_CHOSEN,
            "2 of 2 nuggets missing; evidence in hit 2",
        ),
        (
            BOTH,
            answer(state(ADA, cite(SOLD)), hits=HITS),
            d.WRONG_CITATION,
            "cites 'Ada opened the mill in 2019.'",
        ),
        (
            replace(BOTH, kind="when"),
            answer(state("Ada did in 2018.", cite(ADA)), hits=HITS),
            d.WRONG_DATE,
            "1 of 2 nuggets missing; evidence in hit 1",
        ),
        (
            BOTH,
            answer(state("Ada did in 2018.", cite(ADA)), hits=HITS),
            d.NOT_SAID,
            "1 of 2 nuggets missing; evidence in hit 1",
        ),
        (
            replace(BOTH, must_not=("Bob",)),
            answer(state(ADA, cite(ADA)), state(SOLD, cite(SOLD)), hits=HITS),
            d.VIOLATED,
            "evidence in hit 1",
        ),
        (
            BOTH,
            answer(state(ADA, replace(cite(ADA), quote="Ada opened a mill in 2019.")), hits=HITS),
            d.ALTERED,
            "0% of the quotes are exact",
        ),
    ],
)
def test_what_went_wrong_and_where(
    pair: GoldPair, given: Answer, what: str | None, where: str | None
) -> None:
    """A reader of the worst cases learns which stage to mend."""
    found = d.diagnose(case(pair, given))
    assert found == (None if what is None else d.Diagnosis(what, where))


def test_one_of_any_evidence_is_enough() -> None:
    """Where either sentence serves, not choosing the other is no fault."""
    either = gold(ADA, WHEELS, any_evidence=True, must=(("Ada",), ("40",)))
    found = d.diagnose(case(either, answer(state(ADA, cite(ADA)), hits=HITS)))
    assert found == d.Diagnosis(d.NOT_SAID, "1 of 2 nuggets missing; evidence in hit 1, no hit")


def test_every_name_has_its_place_among_the_worst() -> None:
    """No diagnosis is left out of the table of worst cases."""
    names = {v for k, v in vars(d).items() if k.isupper() and isinstance(v, str)}
    assert names == set(d.WORST_FIRST)
