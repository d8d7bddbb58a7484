"""How the trained reader does: the best sentences, refusing, the emphasised phrase."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bench.reader_examples import Example, Weighed
from bench.reader_fit import FALSE_ANSWERS
from bench.reader_phrases import overlap, phrases
from qa.answer.highlight import choose


class Model(NamedTuple):
    """The weights on the features' own scale."""

    sentence: np.ndarray
    evidence: np.ndarray
    bias: float


def ranking_figures(sentence: np.ndarray, data: Sequence[Example]) -> dict[str, float]:
    """How often the gold sentence is first, and among the first three."""
    best = []
    for one in data:
        order = np.argsort(-(one.rows @ sentence), kind="stable")
        best.append((bool(one.gold[order[:1]].any()), bool(one.gold[order[:3]].any())))
    first, three = np.mean(best, axis=0)
    return {"@1": round(float(first), 4), "@3": round(float(three), 4)}


def refusal_figures(model: Model, data: Sequence[Weighed], bar: float) -> dict[str, object]:
    """AUROC, coverage at 5 % false answers, and at the threshold of training each kind's rate."""
    odds = np.array([one.row for one in data]) @ model.evidence + model.bias
    kinds = np.array([one.kind for one in data])
    with_, without = odds[kinds == "with"], odds[kinds == "without"]
    at = np.quantile(without, 1 - FALSE_ANSWERS)
    near = odds[(kinds != "with") & (kinds != "without")]
    return {
        "AUROC": round(float((with_[:, None] > without[None, :]).mean()), 4),
        "AUROC near misses": round(float((with_[:, None] > near[None, :]).mean()), 4),
        "coverage at 5 %": round(float((with_ > at).mean()), 4),
        "answered": {
            kind: round(float((odds[kinds == kind] >= bar).mean()), 4)
            for kind in dict.fromkeys(kinds.tolist())
        },
    }


def emphasis_figures(weights: np.ndarray, data: Sequence[Example]) -> dict[str, float]:
    """On the gold sentence of typed questions: how many are emphasised, and EM and F1 of those."""
    exact, shared, asked = [], [], 0
    for one in data:
        typed = phrases(one)
        if typed is None:
            continue
        asked += 1
        found, gold = typed
        choice = choose(one.reading, found, weights)
        if choice is None or not choice.sure:
            continue
        best = max(overlap(found.text, choice.span, answer) for answer in gold)
        exact.append(best >= 0.999)
        shared.append(best)
    return {
        "typed": asked,
        "emphasised": round(len(exact) / max(1, asked), 4),
        "EM": round(float(np.mean(exact)), 4),
        "F1": round(float(np.mean(shared)), 4),
    }
