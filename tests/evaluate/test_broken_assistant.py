"""The real assistant, its folder and its answers broken on purpose: the right measure falls.

Every eleventh pair of the companies is asked, which is enough to see each breakage and keeps
this file to some seconds; answers are kept, so that a breakage of answers costs no asking.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from qa import Assistant
from qa.data import Answer
from qa.evaluate import report as reports
from qa.evaluate.gate import baseline, gate
from qa.evaluate.gold import GoldPair
from qa.evaluate.report import Report
from qa.evaluate.run import Asks, GoldSet, Judged, evaluate, gold_set, read_folder
from tests.evaluate import broken
from tests.evaluate.broken import Documents

GOLD = Path(__file__).parents[2] / "eval" / "gold" / "companies.jsonl"


@dataclass
class Kept:
    """An assistant that is asked each question once."""

    sound: Asks
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """The answer given the first time."""
        key = (str(when), *(one.question for one in history), question)
        if key not in self.answers:
            self.answers[key] = self.sound.ask(question, history, **when)
        return self.answers[key]


@contextmanager
def assistant(texts: dict[str, bytes]) -> Iterator[tuple[Assistant, Path]]:
    """An assistant over these files, and their folder."""
    with TemporaryDirectory() as made:
        folder = Path(made) / "documents"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_bytes(text)
        with Assistant.from_here(
            documents=folder, library=Path(made) / "library", engine="extractive"
        ) as opened:
            opened.sync()
            yield opened, folder


@lru_cache(maxsize=1)
def gold() -> GoldSet:
    """The pairs asked here."""
    whole = gold_set(GOLD)
    return replace(whole, pairs=whole.pairs[::11])


@lru_cache(maxsize=1)
def files() -> dict[str, bytes]:
    """The companies' files."""
    return {one.name: one.read_bytes() for one in gold().documents.iterdir()}


@pytest.fixture(scope="module")
def sound() -> Iterator[Kept]:
    """The real assistant over the real folder."""
    with assistant(files()) as (opened, _):
        yield Kept(opened)


@lru_cache(maxsize=1)
def documents() -> Documents:
    """The folder, read."""
    return read_folder(gold().documents)


def measured(system: Asks, pairs: tuple[GoldPair, ...] | None = None) -> Report:
    """The report of this system on the pairs."""
    asked = gold() if pairs is None else replace(gold(), pairs=pairs)
    return reports.build([asked], list(evaluate(asked, system, documents())))


def mean(report: Report, measure: str) -> float:
    """The mean of a measure, over all pairs."""
    return float(report["measures"]["all"][measure]["value"])


def test_quotes_are_exact_and_two_runs_agree(sound: Kept) -> None:
    """The unbroken assistant quotes byte for byte, and answers the same twice."""
    first = measured(sound)
    assert mean(first, "exactness") == 1.0
    again = measured(Kept(sound.sound))
    assert {k: v for k, v in again.items() if k != "latency"} == {
        k: v for k, v in first.items() if k != "latency"
    }


def test_random_passages_lower_recall(sound: Kept) -> None:
    """Hits drawn by lot bring less of the evidence."""
    report = measured(broken.RandomRetriever(sound, documents()))
    assert mean(report, "recall@5") < mean(measured(sound), "recall@5") / 2


def test_always_answering_answers_every_unanswerable_question(sound: Kept) -> None:
    """Refusals turned into answers are all false answers."""
    report = measured(broken.AlwaysAnswers(sound, documents()))
    assert mean(report, "false-answer") == 1.0
    assert mean(report, "false-refusal") == 0.0


def test_never_answering_refuses_every_answerable_question(sound: Kept) -> None:
    """Nothing said is nothing right."""
    report = measured(broken.NeverAnswers(sound))
    assert mean(report, "false-refusal") == 1.0
    assert mean(report, "nuggets") == 0.0


def test_citing_at_random_lowers_precision_and_support(sound: Kept) -> None:
    """The same words with another source are carried by nothing."""
    whole, report = measured(sound), measured(broken.CitesAtRandom(sound, documents()))
    assert mean(report, "precision") < mean(whole, "precision") / 2
    assert mean(report, "support") < mean(whole, "support") / 2
    assert mean(report, "nuggets") == mean(whole, "nuggets")


def test_an_edited_quote_is_never_exact(sound: Kept) -> None:
    """One character more, and no quote of an answer is the source's."""
    report = measured(broken.EditsQuotes(sound))
    answered = [pair for pair in report["pairs"] if pair["answer"]["answered"]]
    assert answered
    assert {pair["scores"]["exactness"] for pair in answered} == {0.0}


@pytest.mark.parametrize("name", ["no effort", "never"])
def test_a_baseline_without_effort_is_far_below_the_gate(sound: Kept, name: str) -> None:
    """Neither any sentence for every question nor refusing everything comes near."""
    idle = broken.NoEffort(documents()) if name == "no effort" else broken.NeverAnswers(sound)
    report = measured(idle)
    assert mean(report, "nuggets") < mean(measured(sound), "nuggets") / 3
    assert mean(report, "cited") < mean(measured(sound), "cited") / 3
    assert not gate(baseline(measured(sound)), report).passed


def scores(judged: Sequence[Judged]) -> dict[str, dict[str, float | None]]:
    """Every score by pair and measure."""
    return {j.pair.id: {score.measure: score.value for score in j.scores} for j in judged}


def test_renaming_the_files_changes_nothing(sound: Kept) -> None:
    """Answers come from what documents say, not from what files are called or their order."""
    names = {old: f"{99 - i}{Path(old).suffix}" for i, old in enumerate(sorted(files()))}
    pairs = tuple(
        replace(
            pair,
            evidence=tuple(replace(piece, path=names[piece.path]) for piece in pair.evidence),
        )
        for pair in gold().pairs
    )
    with assistant({names[old]: text for old, text in files().items()}) as (renamed, folder):
        asked = replace(gold(), pairs=pairs)
        after = list(evaluate(asked, renamed, read_folder(folder)))
    assert scores(after) == scores(list(evaluate(gold(), sound, documents())))


def test_without_its_evidence_a_question_is_refused_or_wrong(sound: Kept) -> None:
    """The documents that answer taken away: recall and nuggets fall to 0, refusals rise."""
    alone = tuple(
        pair
        for pair in gold_set(GOLD).pairs[::5]  # enough of them to tell a share
        if pair.answerable and not pair.history and sound.ask(pair.question).answered
    )
    gone = {piece.path for pair in alone for piece in pair.evidence}
    left = {name: text for name, text in files().items() if name not in gone}
    with assistant(left) as (poorer, _):
        report = measured(poorer, alone)
    assert mean(report, "recall@10") == 0.0
    assert mean(report, "cited") == 0.0
    assert mean(report, "answered") == 0.0  # what is shown of the rest only may answer
    assert mean(report, "false-refusal") >= 0.5
    assert mean(measured(sound, alone), "false-refusal") == 0.0


def test_the_order_in_which_files_came_changes_nothing(sound: Kept) -> None:
    """A library that grew file by file, last file first, answers as one read in one go."""
    order = sorted(files(), reverse=True)
    with assistant({order[0]: files()[order[0]]}) as (grown, folder):
        for names in (order[1:6], order[6:]):
            for name in names:
                (folder / name).write_bytes(files()[name])
            grown.sync()
        after = list(evaluate(gold(), grown, documents()))
    assert scores(after) == scores(list(evaluate(gold(), sound, documents())))


def _answered(kind: str, sound: Kept, word: str) -> tuple[GoldPair, str]:
    """A pair of that kind that is answered rightly, and what of its nugget fits ``word``."""
    for pair in gold_set(GOLD).pairs:
        if pair.kind == kind and not pair.any_evidence and len(pair.must) == 1:
            found = next((m for one in pair.must[0] if (m := re.search(word, one))), None)
            asked = replace(gold(), pairs=(pair,))
            if found and next(iter(evaluate(asked, sound, documents()))).value("right"):
                return pair, found[0]
    raise AssertionError(f"no {kind!r} question of the companies is answered rightly")


@pytest.mark.parametrize(
    ("kind", "word", "other"),
    [("number", r"\d[\d,.]*\d", "9,871"), ("who", r"[A-Z]\w+ [A-Z]\w+", "Orsolya Vantreeck")],
)
def test_the_answer_follows_the_document(sound: Kept, kind: str, word: str, other: str) -> None:
    """A figure or a name changed in the file changes in the answer, and the old gold fails."""
    pair, old = _answered(kind, sound, word)
    changed = {name: text.replace(old.encode(), other.encode()) for name, text in files().items()}
    with assistant(changed) as (told, folder):
        answer = told.ask(pair.question)
        (judged,) = evaluate(replace(gold(), pairs=(pair,)), told, read_folder(folder))
    assert answer.answered
    assert other in answer.text
    assert old not in answer.text
    assert (judged.value("right"), judged.value("nuggets")) == (0.0, 0.0)
    assert judged.value("exactness") == 1.0
