"""Claims against evidence (WiCE, Kamoi et al. 2023, and any JSON Lines of that shape).

A line holds ``claim``, ``evidence`` (sentences) and ``label``.  Only the checker of
statements is measured: supported in full against the rest.

It is called directly: no question leads to a given claim and its evidence, and a public verb
for this suite alone would promise users a judge of claims, which the checker is not.
"""

from pathlib import Path

from qa.errors import UsageError
from qa.evaluate.suites import (
    Laps,
    Opener,
    Outcome,
    Published,
    Step,
    auroc_figure,
    figure,
    read_lines,
    sample,
)

_PLAN = "measured on the oracle chunks of WiCE while this project was planned"
PUBLISHED = (
    Published("idf-weighted coverage alone", "AUROC", 0.78, _PLAN),
    Published("coverage, numbers, names, MiniLM", "AUROC", 0.79, _PLAN),
)


def load(data: Path) -> tuple[list[tuple[str, list[str]]], list[bool]]:
    """(claim, evidence sentences) and whether each is supported in full.

    Raises UsageError where a line lacks a field.
    """
    claims, supported = [], []
    for number, row in enumerate(read_lines(data), 1):
        try:
            claims.append((str(row["claim"]), [str(one) for one in row["evidence"]]))
            supported.append(row["label"] in ("supported", "SUPPORTS", "entailment", True, 1))
        except KeyError as error:
            raise UsageError(f"{str(data)!r} object {number} lacks {error}") from error
    if len(set(supported)) < 2:
        raise UsageError(f"{str(data)!r}: all labels mean the same; expected 'supported' and other")
    return claims, supported


def balanced(scores: list[float], truth: list[bool], threshold: float) -> float:
    """The mean of the shares of both classes that the threshold tells rightly."""
    ups = [score >= threshold for score, true in zip(scores, truth, strict=True) if true]
    downs = [score < threshold for score, true in zip(scores, truth, strict=True) if not true]
    return (sum(ups) / len(ups) + sum(downs) / len(downs)) / 2


def best_threshold(scores: list[float], truth: list[bool]) -> float:
    """The threshold with the best balanced accuracy, the lowest of equal ones."""
    return max(sorted(set(scores)), key=lambda one: (balanced(scores, truth, one), -one))


def _judge(claims: list[tuple[str, list[str]]], step: Step) -> tuple[list[float], list[bool]]:
    """Of each claim a score, refused ones below all accepted ones, and whether accepted."""
    from qa.checking.verify import Cited, verify

    scores, accepted = [], []
    for claim, evidence in claims:
        check = verify(claim, [Cited(one) for one in evidence])
        scores.append(check.support if check.supported else check.support - 1)
        accepted.append(check.supported)
        step()
    return scores, accepted


def run(data: Path, opened: Opener, limit: int | None, step: Step) -> Outcome:  # noqa: ARG001 - as all
    """Check every claim against all of its evidence."""
    clock = Laps()
    claims, truth = load(data)
    claims, truth = sample(claims, limit), sample(truth, limit)
    scores, accepted = _judge(claims, step)
    clock.lap("claims")
    notes = [f"{len(claims)} claims, {sum(truth)} supported in full"]
    if "wice" in str(data).lower():
        notes.append("the checker's weights were fitted on one half of WiCE's development set")
    notes += _balanced_note(scores, truth)
    figures = auroc_figure("AUROC", "supported against the rest", scores, truth)
    held = [float(yes) for yes, true in zip(accepted, truth, strict=True) if true]
    figures += figure("accepted", "supported claims that the checker accepts", held)
    let = [float(yes) for yes, true in zip(accepted, truth, strict=True) if not true]
    figures += figure("let-through", "other claims that it accepts", let)
    published = PUBLISHED if "oracle" in data.name else ()
    return Outcome(
        "claims", data.name, tuple(figures), published, tuple(notes), tuple(clock.seconds)
    )


def _balanced_note(scores: list[float], truth: list[bool]) -> list[str]:
    """Balanced accuracy of each half at the threshold chosen on the other one."""
    even, odd = slice(0, None, 2), slice(1, None, 2)
    if any(len(set(truth[half])) < 2 for half in (even, odd)):
        return []
    found = [
        balanced(scores[there], truth[there], best_threshold(scores[here], truth[here]))
        for here, there in ((even, odd), (odd, even))
    ]
    halves = " and ".join(f"{one:.3f}" for one in found)
    return [f"balanced accuracy, threshold chosen on the other half: {halves}"]
