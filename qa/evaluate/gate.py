"""Hold a run against the committed baseline.

A baseline is what a run scored, pair by pair, without the answers.  A measure has fallen
where the whole 95 % interval of its paired difference lies on the worse side of zero:
beyond what drawing other questions of the kind would change.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import UsageError
from qa.evaluate.compare import compare
from qa.evaluate.measures import BY_NAME
from qa.evaluate.report import Report

SCHEMA = "qa.baseline/1"
ALWAYS = {"exactness": 1.0}
"""What must hold whatever the baseline says."""


@dataclass(frozen=True, slots=True)
class Fall:
    """One measure at the gate: old and new mean over the same pairs, and the verdict."""

    measure: str
    old: float
    new: float
    low: float
    high: float
    fell: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict: ``reasons`` is empty where the run passes."""

    findings: tuple[Fall, ...]
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True where nothing fell."""
        return not self.reasons


def baseline(report: Report) -> dict[str, Any]:
    """What is committed of a run: digests and scores of its pairs, and its means to read."""
    return {
        "schema": SCHEMA,
        "engines": report["engines"],
        "means": {
            name: figure["value"] if figure else None
            for name, figure in report["measures"]["all"].items()
        },
        "pairs": [
            {"key": pair["key"], "digest": pair["digest"], "scores": pair["scores"]}
            for pair in report["pairs"]
        ],
    }


def dumps(base: dict[str, Any]) -> str:
    """A baseline as a file, a pair a line, so that a change of it can be read as a diff."""
    head = {name: value for name, value in base.items() if name != "pairs"}
    text = json.dumps(head, indent=1, ensure_ascii=False)
    rows = ",\n  ".join(json.dumps(pair, ensure_ascii=False) for pair in base["pairs"])
    return f'{text[:-2]},\n "pairs": [\n  {rows}\n ]\n}}\n'


def read(path: Path) -> dict[str, Any]:
    """A committed baseline.  Raises UsageError where there is none."""
    try:
        base = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read the baseline {str(path)!r}: {error}; write it with 'qa eval gate --renew'"
        ) from error
    if not isinstance(base, dict) or base.get("schema") != SCHEMA:
        raise UsageError(f"{str(path)!r} is no baseline of schema {SCHEMA!r}")
    return base


def gate(base: dict[str, Any], report: Report) -> Gate:
    """The run of ``report`` held against ``base``.

    Fails where a measure fell beyond its noise, where a pair of the baseline is gone or its
    gold altered (dropping a hard question is no progress), where a question got no
    answer, where what was scored is not any more, and where ``ALWAYS`` does not hold.
    """
    changed = compare({"pairs": [{**p, "gold": {"question": ""}} for p in base["pairs"]]}, report)
    reasons, findings = [], []
    for name, change in changed.measures.items():
        means = _means(base, report, name)
        worse = change.high < 0 if BY_NAME[name].better > 0 else change.low > 0
        findings.append(Fall(name, *means, change.low, change.high, worse))
        if worse:
            reasons.append(f"{name} fell from {means[0]:.3f} to {means[1]:.3f}")
    for name, least in ALWAYS.items():
        figure = report["measures"]["all"][name]
        if figure is not None and figure["value"] < least:
            reasons.append(f"{name} is {figure['value']}, and must be {least}")
    if report["failed"]:
        reasons.append(f"{report['failed']} questions got no answer")
    lost = [name for name, mean in base["means"].items() if mean is not None]
    lost = [name for name in lost if report["measures"]["all"].get(name) is None]
    if lost:
        reasons.append(f"no longer scored: {', '.join(lost)}")
    gone = [*changed.only_old, *changed.altered]
    if gone:
        reasons.append(
            f"{len(gone)} pairs of the baseline are gone or altered ({', '.join(gone[:3])} …); "
            "if that is meant, renew it with 'qa eval gate --renew'"
        )
    return Gate(tuple(findings), tuple(reasons))


def _means(base: dict[str, Any], report: Report, name: str) -> tuple[float, float]:
    """The means of a measure over the pairs that it scores on both sides."""
    new = {pair["key"]: pair for pair in report["pairs"]}
    rows = [
        (pair["scores"][name], new[pair["key"]]["scores"][name])
        for pair in base["pairs"]
        if pair["key"] in new and new[pair["key"]]["digest"] == pair["digest"]
    ]
    both = [(one, two) for one, two in rows if one is not None and two is not None]
    return sum(one for one, _ in both) / len(both), sum(two for _, two in both) / len(both)
