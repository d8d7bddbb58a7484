"""Fit which sentences a language model is shown, and what each threshold costs and finds.

    python -m bench.fit_shown BENCHMARKS

BENCHMARKS is a folder with ``xquad/xquad.en.json`` and ``qed/qed-dev.jsonlines``.  Learned from:
every third question of XQuAD's articles at even places, eval/gold/companies.jsonl, and every
second of 300 questions of QED.  The articles at odd places, the other gold pairs and the rest of
QED are for reporting (bench/tokens.py).  A conditional logit over the sentences of the passages
found: one that holds evidence is to win.  Prints the weights for qa/answer/promise.py, then for
each threshold how many sentences are shown and the share of the evidence among them.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.reader_fit import conditional_logit
from bench.tokens import ROOT, Asked, xquad
from bench.work import Work
from qa import Assistant
from qa.answer.features import Reading, candidates
from qa.answer.promise import WEIGHTS, columns
from qa.answer.question import analyse
from qa.evaluate.gold import load
from qa.evaluate.suites import qed

RIDGE = 3.0
LEAST = 3
THRESHOLDS = (0.01, 0.005, 0.002, 0.001, 0.0005)


class Example(NamedTuple):
    """The columns of each sentence found, and which pieces of the evidence it holds."""

    rows: np.ndarray
    held: list[frozenset[int]]
    pieces: int


def examples(assistant: Assistant, questions: list[Asked]) -> Iterator[Example]:
    """One for each question that is not compound."""
    with assistant.library.reading() as view:
        for asked in questions:
            question, hits = analyse(asked.question), assistant.search(asked.question)
            found = candidates(hits)
            if question.parts or not question.terms or not found:
                continue
            held = [
                frozenset(
                    i
                    for i, (path, words) in enumerate(asked.evidence)
                    if path in one.hit.paths and (one.text in words or words in one.text)
                )
                for one in found
            ]
            rows = columns(Reading(question, found, view), found, hits)
            yield Example(rows.astype(float), held, len(asked.evidence))


def of_qed(source: Path, folder: Path) -> list[Asked]:
    """Every second of 300 questions at random; writes the paragraphs into ``folder``."""
    texts, questions = qed.load(source)
    for path, text in texts.items():
        (folder / path).write_text(text, encoding="utf-8")
    asked = [one for one in questions if one.gold]
    random.Random(5).shuffle(asked)
    return [
        Asked(one.text, ((one.path, texts[one.path][slice(*one.gold)]),))
        for one in asked[:300:2]
        if one.gold
    ]


def sets(benchmarks: Path, scratch: Path) -> dict[str, list[Example]]:
    """The examples by the name of the set."""
    found = {}
    work = Work(scratch, benchmarks, 1, 1)
    folder, _, _ = work.texts()
    paragraphs = scratch / "qed"
    paragraphs.mkdir()
    pairs = [
        Asked(one.question, tuple((e.path, e.quote) for e in one.evidence))
        for one in load(ROOT / "eval" / "gold" / "companies.jsonl")
        if one.evidence and not one.history
    ]
    explained = of_qed(benchmarks / "qed" / "qed-dev.jsonlines", paragraphs)
    even = xquad(benchmarks / "xquad" / "xquad.en.json", odd=False, step=3)
    for name, documents, choose in (
        ("XQuAD, even articles", folder, even),
        ("companies", ROOT / "eval" / "documents" / "companies", lambda _: pairs),
        ("QED", paragraphs, lambda _: explained),
    ):
        library = scratch / f"library-{name}"
        with Assistant(documents=documents, library=library, engine="extractive") as assistant:
            assistant.sync()
            found[name] = list(examples(assistant, choose(assistant)))
    return found


def fitted(data: list[Example]) -> np.ndarray:
    """The weight of each column, from the examples whose evidence was found."""
    marked = [(one.rows, np.array([bool(held) for held in one.held])) for one in data]
    told = [(rows, gold) for rows, gold in marked if gold.any() and not gold.all()]
    spread = np.vstack([rows for rows, _ in told]).std(axis=0) + 1e-9
    return conditional_logit([(rows / spread, gold) for rows, gold in told], RIDGE) / spread


def shown(data: list[Example], weights: np.ndarray, threshold: float) -> tuple[float, float]:
    """How many sentences are shown a question, and the share of the evidence in them."""
    many, share = 0.0, 0.0
    for one in data:
        scores = one.rows @ weights
        chance = np.exp(scores - np.logaddexp.reduce(scores))
        order = np.argsort(-chance, kind="stable")
        kept = [at for i, at in enumerate(order) if i < LEAST or chance[at] >= threshold]
        many += len(kept)
        share += len(frozenset().union(*(one.held[at] for at in kept))) / one.pieces
    return many / len(data), share / len(data)


def main() -> None:
    """Fit, and print weights and curve."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("benchmarks", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = sets(given.benchmarks, Path(scratch))
    weights = fitted([one for data in found.values() for one in data])
    for name, weight in zip(WEIGHTS, weights, strict=True):
        print(f"{name}: {weight:.2f}")
    for threshold in THRESHOLDS:
        for name, data in found.items():
            many, share = shown(data, weights, threshold)
            print(f"{threshold}: {name}: {many:.1f} sentences, recall {share:.4f} of {len(data)}")


if __name__ == "__main__":
    main()
