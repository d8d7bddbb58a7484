"""Questions as the reader reads them, answerable and made unanswerable: what it learns from."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bench.reader_data import SEED, Asked, Dataset, Embedder, Index
from bench.reader_negatives import altered, answers, asked_words, lessened, swapped
from qa.answer.confidence import evidence_features
from qa.answer.features import Candidate, Reading, candidates
from qa.answer.question import analyse
from qa.answer.rank import read


class Example(NamedTuple):
    """One question as read with some passages; ``gold`` marks the sentences that answer.

    ``kind`` is "with" its gold paragraph, "without" it, "removed" (its gold sentences alone
    taken out), "altered" (a figure or name of the question exchanged) or "swapped" (a word
    for the thing asked exchanged for another question's).
    """

    part: str
    kind: str
    group: str
    question: str
    reading: Reading
    found: Sequence[Candidate]
    rows: np.ndarray
    gold: np.ndarray
    answers: tuple[tuple[int, int], ...]


def examples(data: Dataset, embed: Embedder, strange: Sequence[str]) -> list[Example]:
    """Every question in every ``kind`` on one library of all rows.

    ``strange`` are words for things asked that need not occur in ``data`` at all.
    """
    index, rng = Index(data.rows, embed), np.random.default_rng(SEED)
    things = {group: asked_words(data, group) for group in {one.group for one in data.asked}}
    out = []
    for one in data.asked:
        other = data.asked[int(rng.integers(len(data.asked)))]
        tries = [("with", one.question), ("without", one.question), ("removed", one.question)]
        changed = altered(one.question, other.question, rng)
        if changed and other.group != one.group:
            tries.append(("altered", changed))
        choice = strange if rng.random() < 1 / 3 else things[one.group]
        changed = swapped(one.question, choice, rng)
        if changed:
            tries.append(("swapped", changed))
        for kind, text in tries:
            made = example(data.name, kind, one._replace(question=text), index, embed)
            if made is not None:
                out.append(made)
    return out


def alone(data: Dataset, embed: Embedder) -> list[Example]:
    """Every question with and without its paragraph or sentence, in a library of its group."""
    part = f"{data.name}, one article a library"
    indexes: dict[str, tuple[Index, dict[int, int]]] = {}
    out = []
    for one in data.asked:
        if one.group not in indexes:
            held = [i for i, kept in enumerate(data.rows) if kept.group == one.group]
            small = Index([data.rows[i] for i in held], embed)
            indexes[one.group] = small, {i: at for at, i in enumerate(held)}
        index, places = indexes[one.group]
        for kind in ("with", "without", "removed"):
            made = example(part, kind, one._replace(row=places[one.row]), index, embed)
            if made is not None:
                out.append(made)
    return out


def example(part: str, kind: str, one: Asked, index: Index, embed: Embedder) -> Example | None:
    """The question as the product would read it."""
    hits = index.hits(one.question, one.row if kind == "without" else None)
    if kind == "removed":
        hits = [lessened(hit, one) for hit in hits]
    question = analyse(one.question)
    found = candidates(hits)
    if not question.terms or not found:
        return None
    reading, kept, rows, _ = read(question, hits, found, embed, index)
    gold = np.array([kind == "with" and answers(one, found_one) for found_one in kept])
    return Example(part, kind, one.group, one.question, reading, kept, rows, gold, one.answers)


class Weighed(NamedTuple):
    """An example's columns of `EVIDENCE`, its sentences ranked by the model of all training."""

    part: str
    kind: str
    group: str
    row: list[float]


def weighed(sentence: np.ndarray, one: Example, embed: Embedder) -> Weighed:
    """What the refusal is decided by."""
    scores = one.rows @ sentence
    order = np.argsort(-scores, kind="stable")
    found = [one.found[i] for i in order]
    row = evidence_features(one.reading, found, one.rows[order], scores[order], embed)
    return Weighed(one.part, one.kind, one.group, row)
