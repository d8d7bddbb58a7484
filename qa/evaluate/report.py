"""A run as one JSON object, ``qa.eval/1``: what is printed, compared and gated.

Equal inputs give equal bytes: every time taken stands under ``latency`` and nowhere else.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from qa.data import Usage
from qa.evaluate.diagnose import WORST_FIRST
from qa.evaluate.matching import Case, brings
from qa.evaluate.measures import MEASURES, aurc, risk_coverage
from qa.evaluate.reliability import reliability
from qa.evaluate.run import GoldSet, Judged
from qa.evaluate.statistics import DIGITS, SEED, Interval, interval_of, mean_interval

SCHEMA = "qa.eval/1"
AURC = "aurc"
TITLES = {measure.name: measure.title for measure in MEASURES} | {AURC: "area under risk-coverage"}
"""Every figure of a report by name, in the order shown, with its meaning."""

Report = dict[str, Any]


def build(sets: Sequence[GoldSet], judged: Sequence[Judged]) -> Report:
    """The report of a run over these sets, pairs in the order asked."""
    slices = {"all": list(judged)}
    if len(sets) > 1:
        slices |= {f"set:{s.name}": [j for j in judged if j.set_name == s.name] for s in sets}
    for kind in sorted({j.pair.kind for j in judged}):
        slices[f"kind:{kind}"] = [j for j in judged if j.pair.kind == kind]
    answers = [j.answer for j in judged if j.answer is not None]
    return {
        "schema": SCHEMA,
        "engines": sorted({answer.engine for answer in answers}),
        "seed": SEED,
        "sets": [
            {
                "name": s.name,
                "sha256": s.sha256,
                "pairs": len(s.pairs),
                "answerable": sum(pair.answerable for pair in s.pairs),
                "drafts": s.drafts,
            }
            for s in sets
        ],
        "failed": sum(j.answer is None for j in judged),
        "measures": {
            name: _measures(some, whole=not name.startswith("kind:"))
            for name, some in slices.items()
        },
        "risk_coverage": _curve(judged),
        "reliability": reliability(judged),
        "usage": _usage([answer.usage for answer in answers]),
        "pairs": [_pair(j) for j in judged],
        "latency": _latency(judged),
    }


def _measures(judged: Sequence[Judged], *, whole: bool) -> dict[str, Any]:
    """Every figure; the area under risk-coverage only of a whole set, answerable and not."""
    figures = {
        measure.name: _interval(mean_interval([j.value(measure.name) for j in judged]))
        for measure in MEASURES
    }
    area = interval_of(aurc, *_confidences(judged)) if whole else None
    return figures | {AURC: _interval(area)}


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    return {
        "value": interval.value,
        "low": interval.low,
        "high": interval.high,
        "n": interval.n,
        "unscored": interval.unscored,
    }


def _confidences(judged: Sequence[Judged]) -> tuple[list[float], list[float]]:
    """(confidence, risk) of the pairs that have both, as two columns."""
    rows = [
        (j.answer.confidence, j.risk)
        for j in judged
        if j.answer is not None and j.answer.confidence is not None and j.risk is not None
    ]
    return [row[0] for row in rows], [row[1] for row in rows]


def _curve(judged: Sequence[Judged]) -> list[list[float]]:
    points = risk_coverage(*_confidences(judged))
    return [[round(coverage, DIGITS), round(at, DIGITS)] for coverage, at in points]


def _usage(usages: Iterable[Usage | None]) -> dict[str, Any]:
    """Tokens and cost summed over the answers that state them; None where none does."""
    stated = [usage for usage in usages if usage is not None]

    def total(name: str) -> float | None:
        values = [getattr(usage, name) for usage in stated]
        known = [value for value in values if value is not None]
        return round(sum(known), DIGITS) if known else None

    names = ("prompt_tokens", "completion_tokens", "cached_tokens", "cost")
    return {name: total(name) for name in names}


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in seconds."""
    p50, p95 = np.quantile(np.array(seconds), [0.5, 0.95])
    return {"p50": round(float(p50), 4), "p95": round(float(p95), 4)}


def _latency(judged: Sequence[Judged]) -> dict[str, Any]:
    """p50 and p95 by stage over the answers that ran it, and of the whole question."""
    stages: dict[str, list[float]] = {}
    for j in judged:
        for stage, seconds in j.answer.seconds if j.answer else ():
            stages.setdefault(stage, []).append(seconds)
    found = {stage: percentiles(seconds) for stage, seconds in stages.items()}
    whole = [j.seconds for j in judged if j.answer is not None]
    if whole:
        found["question"] = percentiles(whole)
    return {"stages": found}


def _pair(judged: Judged) -> dict[str, Any]:
    return {
        "key": judged.key,
        "digest": judged.pair.digest,
        "gold": judged.pair.to_dict(),
        "diagnosis": judged.diagnosis._asdict() if judged.diagnosis else None,
        "scores": {score.measure: _rounded(score.value) for score in judged.scores},
        "unscored": {s.measure: s.reason for s in judged.scores if s.value is None},
        "risk": judged.risk,
        "answer": _answer(judged.case) if judged.case else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _answer(case: Case) -> dict[str, Any]:
    """The answer as ``--json`` gives it, but for times; hits tell offsets and what they bring."""
    read = case.answer.to_dict()
    del read["seconds"], read["usage"]
    read["confidence"] = _rounded(read["confidence"])
    for hit, told in zip(case.answer.hits, read["hits"], strict=True):
        told["evidence"] = any(brings(hit, piece, case.documents) for piece in case.pair.evidence)
        del told["text"]  # the offsets tell it, and ten passages a question would drown the rest
        told["score"] = _rounded(told["score"])
        for said in told["retrievers"].values():
            said["score"], said["part"] = _rounded(said["score"]), _rounded(said["part"])
    return read


def by_badness(report: Report) -> list[dict[str, Any]]:
    """The pairs with something wrong, what misleads a reader most first."""
    wrong = [pair for pair in report["pairs"] if pair["diagnosis"]]
    return sorted(wrong, key=lambda p: (WORST_FIRST.index(p["diagnosis"]["what"]), p["key"]))
