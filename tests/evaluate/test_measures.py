"""Each measure on cases small enough to be worked out by hand."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.data import Answer, Dated
from qa.evaluate import measures as m
from qa.evaluate.matching import Case, brings, occurs, squad_exact, squad_f1
from qa.evaluate.measures import Score
from tests.evaluate.made import (
    ADA,
    DOCUMENTS,
    MILL,
    SOLD,
    WHEELS,
    answer,
    case,
    cite,
    gold,
    hit,
    span,
    state,
)

REFUSED = answer(reason="The documents do not say.", hits=[hit(ADA)])
UNANSWERABLE = gold(answerable=False, must=())


def test_recall_counts_the_evidence_that_the_first_hits_bring() -> None:
    """Of two quotes needed, one in hit 1 and one in hit 3: half at 1, all at 5."""
    found = case(gold(ADA, WHEELS), answer(hits=[hit(ADA), hit(SOLD, 2), hit(WHEELS, 3)]))
    assert m.evidence_recall(found, 1) == Score("g1", "recall@1", 0.5)
    assert m.evidence_recall(found, 5) == Score("g1", "recall@5", 1.0)
    either = case(gold(ADA, WHEELS, any_evidence=True), found.answer)
    assert m.evidence_recall(either, 1).value == 1.0


def test_reciprocal_rank_is_one_over_the_first_hit_with_evidence() -> None:
    """Evidence in hits 2 and 3 gives one half, evidence in none gives 0."""
    found = answer(hits=[hit(SOLD), hit(ADA, 2), hit(WHEELS, 3)])
    assert m.reciprocal_rank(case(gold(ADA, WHEELS), found)).value == 0.5
    assert m.reciprocal_rank(case(gold("Nobody lives there."), found)).value == 0.0


def test_ndcg_discounts_late_evidence_by_the_logarithm() -> None:
    """Two quotes at ranks 1 and 3: (1 + 1/2) / (1 + 1/log2 3) = 0.9197."""
    found = case(gold(ADA, WHEELS), answer(hits=[hit(ADA), hit(SOLD, 2), hit(WHEELS, 3)]))
    assert m.ndcg(found).value == pytest.approx(1.5 / (1 + 1 / math.log2(3)), abs=1e-12)


def test_a_hit_that_repeats_evidence_earns_nothing() -> None:
    """The same passage twice is worth no more than once."""
    once = case(gold(ADA), answer(hits=[hit(ADA)]))
    twice = case(gold(ADA), answer(hits=[hit(ADA), hit(ADA, 2)]))
    assert m.ndcg(twice).value == m.ndcg(once).value == 1.0


def test_questions_without_evidence_are_unscored_in_retrieval() -> None:
    """What cannot be found is not counted as not found."""
    for measure in (m.reciprocal_rank, m.ndcg, m.citation_recall, m.citation_precision):
        score = measure(case(UNANSWERABLE, REFUSED))
        assert (score.value, score.reason) == (
            None,
            "not answerable: there is no evidence to find",
        )


ITEMS = [ADA, SOLD, WHEELS, "Nobody lives there."]


@given(
    st.lists(st.sampled_from(ITEMS), min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from(ITEMS), max_size=12),
)
def test_retrieval_agrees_with_ir_measures(quotes: list[str], ranking: list[str]) -> None:
    """The figures are those that the field's own library gives, to 1e-9."""
    ir_measures = pytest.importorskip("ir_measures", reason="pip install ir-measures")
    found = case(gold(*quotes), answer(hits=[hit(q, r) for r, q in enumerate(ranking, 1)]))
    relevant, missing = m.judged(found)
    run = [
        ir_measures.ScoredDoc("q", f"{rank}", -float(rank)) for rank in range(1, len(ranking) + 1)
    ] or [ir_measures.ScoredDoc("q", "nothing", 0.0)]
    qrels = [ir_measures.Qrel("q", f"{rank}", 1) for rank in relevant]
    qrels += [ir_measures.Qrel("q", f"missing {i}", 1) for i in range(missing)]
    asked = [ir_measures.R @ 1, ir_measures.R @ 5, ir_measures.R @ 10]
    asked += [ir_measures.RR, ir_measures.nDCG @ 10]
    theirs = ir_measures.calc_aggregate(asked, qrels, run)
    ours = [m.evidence_recall(found, k).value for k in (1, 5, 10)]
    ours += [m.reciprocal_rank(found).value, m.ndcg(found).value]
    assert ours == pytest.approx([theirs[one] for one in asked], abs=1e-9)


def test_a_hit_that_only_overlaps_a_quote_is_relevant() -> None:
    """Splitting a long quote over two passages does not make it unfindable."""
    both = f"{ADA} {SOLD}"
    found = case(gold(both), answer(hits=[hit("in 2019. Bob")]))
    assert m.evidence_recall(found, 1).value == 1.0


def test_the_same_words_in_another_document_are_other_evidence() -> None:
    """Only copies of the document count, not a sentence that reads alike elsewhere."""
    pair = gold(SOLD)
    elsewhere = hit(SOLD, path="other.txt")
    assert not brings(elsewhere, pair.evidence[0], DOCUMENTS)
    folded = hit(SOLD, path="other.txt", copies=("d-mill",))
    assert brings(folded, pair.evidence[0], DOCUMENTS)
    renamed = replace(hit(SOLD), paths=("copy.txt",))
    assert brings(renamed, pair.evidence[0], DOCUMENTS)


@pytest.mark.parametrize(
    ("needle", "text", "expected"),
    [
        ("JAC", "with JAC, and", True),
        ("JAC", "with JACK", False),
        ("jac", "with JAC", True),
        ("2", "2,000 units", False),
        ("2", "only 2, then", True),
        ("000", "2,000 units", False),
        ("2021", "in 2021.", True),
        ("Huawei's", "Huawei’s partner", True),
        ("1 million", "1\n million", True),
        ("上海", "在上海市", True),
        ("$5", "costs $5.", True),
        ("M7", "the M7 EREV", True),
    ],
)
def test_a_nugget_occurs_as_whole_words(needle: str, text: str, expected: bool) -> None:
    """A number inside another number, or a name inside a name, is no right answer."""
    assert occurs(needle, text) is expected


def test_nugget_recall_takes_any_alternative_of_each() -> None:
    """Two of three nuggets said is two thirds; a refusal says none of them."""
    pair = gold(must=(("Ada", "A. B."), ("2019",), ("Bob",)))
    assert m.nugget_recall(case(pair, answer(state(ADA)))).value == pytest.approx(2 / 3)
    assert m.nugget_recall(case(pair, REFUSED)).value == 0.0
    assert m.nugget_recall(case(UNANSWERABLE, REFUSED)).reason == "unanswerable"


def test_a_violation_is_one_forbidden_string() -> None:
    """Naming Bob where Bob is forbidden is a violation; refusing names nobody."""
    pair = gold(must_not=("Bob", "Carl"))
    assert m.violation(case(pair, answer(state(SOLD)))).value == 1.0
    assert m.violation(case(pair, answer(state(ADA)))).value == 0.0
    assert m.violation(case(pair, REFUSED)).value == 0.0
    assert m.violation(case(gold(), answer(state(SOLD)))).value is None


def test_right_asks_for_every_nugget_and_nothing_forbidden() -> None:
    """An answer with one forbidden name is wrong however complete it is."""
    pair = gold(must=(("Ada",), ("2019",)), must_not=("Bob",))
    assert m.right(case(pair, answer(state(ADA)))).value == 1.0
    assert m.right(case(pair, answer(state(ADA), state(SOLD)))).value == 0.0
    assert m.right(case(pair, answer(state("Ada did.")))).value == 0.0
    assert m.right(case(UNANSWERABLE, REFUSED)).value == 1.0
    assert m.right(case(UNANSWERABLE, answer(state(ADA)))).value == 0.0


def test_what_may_answer_is_right_where_it_does_and_only_there() -> None:
    """Shown as perhaps, a full answer is right; shown for an unanswerable question, nothing is."""
    maybe = answer(state(ADA), outcome="perhaps")
    assert m.right(case(gold(), maybe)).value == 1.0
    assert m.right(case(gold(must=(("Bob",),)), maybe)).value == 0.0
    assert m.right(case(UNANSWERABLE, maybe)).value == 0.0
    assert (m.risk(case(gold(), maybe)), m.risk(case(UNANSWERABLE, maybe))) == (0.0, 1.0)


LAST = "Bob sold it last year."
YEAR = (date(2021, 1, 1), date(2021, 12, 31))


@pytest.mark.parametrize(
    ("text", "dated", "expected"),
    [
        ("Bob sold it in 2021.", (), 1.0),
        (LAST, (Dated("last year", *YEAR, "from the publication date", True),), 1.0),
        ("Bob sold it.", (Dated("last year", *YEAR, "from the publication date", True),), 0.0),
        (LAST, (Dated("last year", YEAR[0], YEAR[0], "from the publication date", True),), 0.0),
        (LAST, (), 0.0),
        ("Bob sold it in May 2021.", (), 0.0),
        ("Bob sold it in 2022.", (), 0.0),
    ],
)
def test_the_days_are_told_by_the_words_or_beside_them(
    text: str, dated: tuple[Dated, ...], expected: float
) -> None:
    """A date is right where the answer, or what stands beside its words, tells just those days."""
    cited = replace(cite(SOLD), dates=dated)
    told = Case(gold(SOLD, days=YEAR), answer(state(text, cited)), DOCUMENTS)
    assert m.date_right(told).value == expected


def test_a_refusal_tells_no_days_and_other_pairs_are_unscored() -> None:
    """A refused date is a missed one; where the gold has no days nothing is judged."""
    refused = answer(reason="No.")
    assert m.date_right(Case(gold(SOLD, days=YEAR), refused, DOCUMENTS)).value == 0.0
    unscored = m.date_right(Case(gold(SOLD), refused, DOCUMENTS))
    assert (unscored.value, unscored.reason) == (None, "the pair states no days")


def test_squad_phrases_are_compared_without_case_articles_and_points() -> None:
    """The SQuAD script's own comparison: F1 of 2 words in common of 3 and 2 is 0.8."""
    assert squad_exact("The Mill.", "mill") == 1.0
    assert squad_exact("old mill", "mill") == 0.0
    assert squad_f1("the big old mill", "old mill") == pytest.approx(0.8)
    assert squad_f1("", "mill") == 0.0


def test_the_emphasised_phrase_is_what_is_compared() -> None:
    """A whole sentence may carry the phrase; what is emphasised is the answer."""
    emphasised = answer(state(ADA, emphasis=(0, 3)))
    assert m.exact_match(case(gold(), emphasised)).value == 1.0
    whole = answer(state(ADA))
    assert m.exact_match(case(gold(), whole)).value == 0.0
    assert m.token_f1(case(gold(), whole)).value == pytest.approx(2 / (5 + 1))
    assert m.exact_match(case(gold(must=(("Ada",), ("2019",))), whole)).value is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("fact", 1.0), ("number", 1.0), ("when", 1.0), ("who", 1.0),
        ("followup", None), ("relative-date", None), ("why-how", None), ("yes-no", None),
    ],
)  # fmt: skip
def test_only_questions_that_a_phrase_answers_have_a_phrase_to_compare(
    kind: str, expected: float | None
) -> None:
    """The word that decides a yes-no question is not what its answer should emphasise."""
    found = case(gold(kind=kind), answer(state(ADA, emphasis=(0, 3))))
    assert m.exact_match(found).value == expected
    assert m.token_f1(found).value == expected


def test_exactness_reads_the_document_again() -> None:
    """One quote of two altered by a letter is half exact; a file not there is not exact."""
    edited = replace(cite(ADA, 2), quote=ADA.replace("2019", "2018"))
    assert m.exactness(case(gold(), answer(state(ADA, cite(ADA), edited)))).value == 0.5
    moved = replace(cite(ADA), path="gone.txt")
    assert m.exactness(case(gold(), answer(state(ADA, moved)))).value == 0.0
    shifted = replace(cite(ADA), start=1)
    assert m.exactness(case(gold(), answer(state(ADA, shifted)))).value == 0.0
    assert m.exactness(case(gold(), REFUSED)).value is None
    nearest = answer(reason="No.", nearest=(edited,))
    assert m.exactness(case(gold(), nearest)).value == 0.0


def test_citation_precision_and_recall() -> None:
    """Citing one of two quotes needed and one that is not: a half and a half."""
    cited = answer(state(ADA, cite(ADA), cite(SOLD, 2)))
    assert m.citation_precision(case(gold(ADA, WHEELS), cited)).value == 0.5
    assert m.citation_recall(case(gold(ADA, WHEELS), cited)).value == 0.5
    assert m.citation_recall(case(gold(ADA, WHEELS, any_evidence=True), cited)).value == 1.0
    assert m.citation_recall(case(gold(ADA), REFUSED)).value == 0.0
    assert m.citation_precision(case(gold(ADA), REFUSED)).reason == "nothing is cited"


def test_support_is_the_share_of_words_that_the_cited_places_hold() -> None:
    """'Ada closed the mill' holds 2 of its 3 words; an alien number carries nothing."""
    asked = "What happened?"
    told = answer(state("Ada closed the mill", cite(ADA)), question=asked)
    assert m.statement_support(case(gold(), told)).value == pytest.approx(2 / 3)
    number = answer(state("Ada opened the mill in 1919", cite(ADA)), question=asked)
    assert m.statement_support(case(gold(), number)).value == 0.0
    bare = answer(state(ADA), question=asked)
    assert m.statement_support(case(gold(), bare)).value == 0.0
    quoted = answer(state(ADA, cite(ADA)), state("Bob left", cite(SOLD)), question=asked)
    assert m.statement_support(case(gold(), quoted)).value == pytest.approx((1 + 1 / 2) / 2)
    assert m.statement_support(case(gold(), REFUSED)).value is None


def test_support_does_not_believe_the_quote() -> None:
    """A forged quote does not carry the statement: the document is what is read."""
    forged = replace(cite(WHEELS), quote="Carl burnt the mill.")
    told = answer(state("Carl burnt the barn", forged), question="What happened?")
    assert m.statement_support(case(gold(), told)).value == 0.0


@pytest.mark.parametrize(
    ("given_", "lost", "held"),
    [
        (answer(state(ADA)), (1.0, 0.0), (1.0, 0.0)),
        (answer(state(ADA), outcome="perhaps"), (0.0, 1.0), (0.0, 0.0)),
        (REFUSED, (0.0, 0.0), (0.0, 1.0)),
    ],
)
def test_rates_of_outcomes_are_of_their_own_questions(
    given_: Answer, lost: tuple[float, float], held: tuple[float, float]
) -> None:
    """An answer to an unanswerable question is graver than a perhaps, and counted apart."""
    of_lost = [
        m.false_answer(case(UNANSWERABLE, given_)),
        m.false_perhaps(case(UNANSWERABLE, given_)),
    ]
    assert tuple(score.value for score in of_lost) == lost
    of_held = [m.answered(case(gold(), given_)), m.false_refusal(case(gold(), given_))]
    assert tuple(score.value for score in of_held) == held
    for measure in (m.answered, m.false_refusal):
        assert measure(case(UNANSWERABLE, given_)).reason == "unanswerable"
    for measure in (m.false_answer, m.false_perhaps):
        assert measure(case(gold(), given_)).reason == "answerable"


def test_a_refusal_is_risked_on_the_sentences_it_showed() -> None:
    """Had it answered, a refusal would have said its nearest sentences."""
    near = answer(reason="No.", nearest=(cite(ADA),))
    assert m.risk(case(gold(), near)) == 0.0
    assert m.risk(case(gold(), answer(reason="No.", nearest=(cite(SOLD),)))) == 1.0
    assert m.risk(case(UNANSWERABLE, near)) == 1.0
    assert m.risk(case(gold(must=()), near)) is None


def test_the_risk_coverage_curve_and_its_area() -> None:
    """Confidences 4 3 2 1, the third wrong: risks 0, 0, 1/3, 1/4, whose mean is 7/48."""
    confidences, risks = [1.0, 4.0, 2.0, 3.0], [0.0, 0.0, 1.0, 0.0]
    assert m.risk_coverage(confidences, risks) == [
        (0.25, 0.0),
        (0.5, 0.0),
        (0.75, 1 / 3),
        (1.0, 0.25),
    ]
    assert m.aurc(confidences, risks) == pytest.approx(7 / 48)


def test_confidence_that_tells_nothing_has_the_area_of_its_risk() -> None:
    """Equal confidences cannot be parted: the area is the share of wrong answers."""
    assert m.risk_coverage([1.0] * 4, [0.0, 0.0, 1.0, 0.0]) == [(1.0, 0.25)]
    assert m.aurc([1.0] * 4, [0.0, 0.0, 1.0, 0.0]) == 0.25


def test_every_measure_scores_every_case() -> None:
    """No pair is lost: each measure gives a value or says why not."""
    for pair in (gold(ADA), UNANSWERABLE, gold()):
        for given_ in (REFUSED, answer(state(ADA, cite(ADA)), hits=[hit(ADA)]), answer()):
            scores = m.judge(case(pair, given_))
            assert [score.measure for score in scores] == [one.name for one in m.MEASURES]
            assert all((score.value is None) == (score.reason is not None) for score in scores)
            assert all(score.value is None or 0 <= score.value <= 1 for score in scores)


def test_the_hand_made_world_is_what_it_says() -> None:
    """The examples above quote what stands in their document."""
    assert MILL[slice(*span(WHEELS))] == WHEELS
