"""The evaluator evaluated, against a system that knows the gold and is then broken.

The same breakage of the real assistant is in test_broken_assistant.py; here nothing but
the measures can be at fault.
"""

from functools import cache
from pathlib import Path

import pytest

from qa.errors import GoldError
from qa.evaluate import report as reports
from qa.evaluate.gate import baseline, gate, read
from qa.evaluate.report import Report
from qa.evaluate.run import Asks, GoldSet, evaluate, gold_set, read_folder, require_evidence
from tests.evaluate import broken
from tests.evaluate.broken import Documents, FromGold

GOLD = Path(__file__).parents[2] / "eval" / "gold"


@cache
def folder() -> tuple[GoldSet, Documents, FromGold]:
    """The companies, and the system that knows all their answers."""
    gold = gold_set(GOLD / "companies.jsonl")
    documents = read_folder(gold.documents)
    return gold, documents, FromGold(gold.pairs, documents)


def measured(system: Asks) -> Report:
    """The report of a run of ``system`` over the companies."""
    gold, documents, _ = folder()
    return reports.build([gold], list(evaluate(gold, system, documents)))


@cache
def sound() -> Report:
    """The report of the system that knows the gold."""
    return measured(folder()[2])


def mean(report: Report, measure: str) -> float:
    """The mean of a measure over all pairs."""
    return float(report["measures"]["all"][measure]["value"])


PERFECT = {
    "right": 1.0, "nuggets": 1.0, "violations": 0.0, "exactness": 1.0, "precision": 1.0,
    "cited": 1.0, "support": 1.0, "answered": 1.0, "false-answer": 0.0, "false-perhaps": 0.0,
    "false-refusal": 0.0, "recall@10": 1.0,
    "mrr": 1.0, "ndcg@10": 1.0,
}  # fmt: skip


def test_knowing_the_gold_is_perfect() -> None:
    """Who answers every question with its evidence gets every measure full."""
    assert {name: mean(sound(), name) for name in PERFECT} == PERFECT
    assert [pair["diagnosis"] for pair in sound()["pairs"]] == [None] * 117


def others_unchanged(report: Report, *fallen: str) -> bool:
    """True where no measure but the named ones differs from the sound system's."""
    kept = [name for name in PERFECT if name not in fallen]
    return {n: mean(report, n) for n in kept} == {n: PERFECT[n] for n in kept}


def test_random_passages_ruin_retrieval_alone() -> None:
    """A retriever that draws lots shows in recall and rank, not in the citations."""
    report = measured(broken.RandomRetriever(folder()[2], folder()[1]))
    assert mean(report, "recall@10") < 0.2
    assert mean(report, "mrr") < 0.1
    assert others_unchanged(report, "recall@10", "mrr", "ndcg@10")


def test_always_answering_is_false_answers() -> None:
    """Every unanswerable question answered: a rate of 1, and nothing else moves."""
    report = measured(broken.AlwaysAnswers(folder()[2], folder()[1]))
    assert mean(report, "false-answer") == 1.0
    assert others_unchanged(report, "false-answer", "right", "violations")
    answerable = report["sets"][0]["answerable"]
    assert mean(report, "right") == pytest.approx(answerable / 117, abs=1e-6)


def test_never_deciding_is_no_answer_and_no_refusal() -> None:
    """Everything shown as what may answer: no false answer, but nothing is answered either."""
    report = measured(broken.NeverDecides(broken.AlwaysAnswers(folder()[2], folder()[1])))
    assert (mean(report, "false-answer"), mean(report, "false-perhaps")) == (0.0, 1.0)
    assert (mean(report, "answered"), mean(report, "false-refusal")) == (0.0, 0.0)
    assert others_unchanged(report, "answered", "false-perhaps", "right", "violations")


def test_never_answering_is_false_refusals() -> None:
    """Every answerable question refused: a rate of 1, and nothing is said or cited."""
    report = measured(broken.NeverAnswers(folder()[2]))
    assert mean(report, "false-refusal") == 1.0
    assert mean(report, "nuggets") == mean(report, "cited") == 0.0
    assert report["measures"]["all"]["precision"] is None
    assert mean(report, "recall@10") == 1.0


def test_citing_at_random_ruins_citations_alone() -> None:
    """Right words with a wrong source: exact quotes, but no evidence and no support."""
    report = measured(broken.CitesAtRandom(folder()[2], folder()[1]))
    assert mean(report, "precision") < 0.1
    assert mean(report, "cited") < 0.1
    assert mean(report, "support") < 0.5
    assert others_unchanged(report, "precision", "cited", "support")


def test_editing_a_quote_by_a_character_ruins_exactness_alone() -> None:
    """The offsets still point at the evidence; only the quote is not the source."""
    report = measured(broken.EditsQuotes(folder()[2]))
    assert mean(report, "exactness") == 0.0
    assert others_unchanged(report, "exactness")


def test_two_runs_give_the_same_bytes() -> None:
    """Anyone who repeats a run reads the same report, latencies aside."""
    import json

    def text(report: Report) -> str:
        return json.dumps({k: v for k, v in report.items() if k != "latency"})

    assert text(measured(folder()[2])) == text(sound())


@pytest.mark.parametrize(
    ("system", "reason"),
    [
        (lambda s, d: broken.RandomRetriever(s, d), "recall@10 fell"),
        (lambda s, d: broken.AlwaysAnswers(s, d), "false-answer fell"),
        (lambda s, d: broken.NeverDecides(s), "answered fell"),  # noqa: ARG005
        (lambda s, d: broken.NeverDecides(broken.AlwaysAnswers(s, d)), "false-perhaps fell"),
        (lambda s, d: broken.NeverAnswers(s), "false-refusal fell"),  # noqa: ARG005
        (lambda s, d: broken.CitesAtRandom(s, d), "precision fell"),
        (lambda s, d: broken.EditsQuotes(s), "exactness fell"),  # noqa: ARG005
    ],
)
def test_the_gate_stops_every_breakage(system: object, reason: str) -> None:
    """None of these systems could be committed."""
    assert callable(system)
    _, documents, whole = folder()
    base = baseline(sound())
    found = gate(base, measured(system(whole, documents)))
    assert not found.passed
    assert any(one.startswith(reason) for one in found.reasons)
    assert gate(base, sound()).passed


MOVED = ("right", "nuggets", "cited", "precision", "recall@5", "mrr", "false-answer")
"""What no system gets without effort."""


def test_no_effort_stays_far_below_the_committed_baseline() -> None:
    """Some sentence for every question falls at the gate in every measure that takes effort."""
    committed = read(GOLD.parent / "baselines" / "extractive.json")
    ours = [pair for pair in committed["pairs"] if pair["key"].startswith("companies/")]
    assert len(ours) == 117
    found = gate({**committed, "pairs": ours}, measured(broken.NoEffort(folder()[1])))
    fell = {one.measure for one in found.findings if one.fell}
    assert set(MOVED) <= fell
    far = {one.measure: abs(one.new - one.old) for one in found.findings}
    assert min(far[name] for name in MOVED) > 0.3
    assert not found.passed


def test_evidence_that_is_gone_stops_the_run() -> None:
    """A folder without the evidence is not measured as though the system had failed."""
    gold, documents, _ = folder()
    name = gold.pairs[0].evidence[0].path
    poorer = {path: document for path, document in documents.items() if path != name}
    with pytest.raises(GoldError, match="there is no such file"):
        require_evidence(gold, poorer)
    require_evidence(gold, documents)


def test_a_gold_file_speaks_of_the_folder_of_its_name(tmp_path: Path) -> None:
    """A new set is a file and a folder of one name; without the folder nothing is guessed."""
    assert gold_set(GOLD / "seed.jsonl").documents == GOLD.parents[1] / "seeds"
    assert folder()[0].documents == GOLD.parent / "documents" / "companies"
    other = tmp_path / "eval" / "gold" / "other.jsonl"
    other.parent.mkdir(parents=True)
    other.write_text((GOLD / "seed.jsonl").read_text("utf-8"), encoding="utf-8")
    with pytest.raises(GoldError, match=r"no folder '.*/eval/documents/other' .* --documents"):
        gold_set(other)
