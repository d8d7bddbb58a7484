"""Two runs side by side, and a run against the committed baseline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import UsageError
from qa.evaluate.measures import BY_NAME, MEASURES
from qa.evaluate.report import SCHEMA, Report
from qa.evaluate.statistics import Paired, paired


@dataclass(frozen=True, slots=True)
class Change:
    """A question that two runs answered differently well, by one measure."""

    key: str
    question: str
    old: float
    new: float
    old_text: str
    new_text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Per measure what changed, and the questions that got better and worse.

    ``only_old``, ``only_new`` and ``altered`` are keys of pairs that could not be compared:
    they are in one run only, or the gold itself differs.
    """

    measures: dict[str, Paired]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    altered: tuple[str, ...]


def read(path: Path) -> Report:
    """A report written by ``qa eval run --json``.  Raises UsageError for anything else."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read a report from {str(path)!r}: {error}") from error
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise UsageError(
            f"{str(path)!r} is no report of schema {SCHEMA!r}; "
            f"make one with 'qa eval run --json > {path}'"
        )
    return report


def compare(old: Report, new: Report, by: str = "right") -> Comparison:
    """``new`` against ``old`` over the pairs whose gold is the same in both.

    Every measure is compared over the pairs that it scores in both runs; better and worse
    questions are told by the measure ``by``, greatest change first.
    """
    before = {pair["key"]: pair for pair in old["pairs"]}
    after = {pair["key"]: pair for pair in new["pairs"]}
    both = [key for key in before if key in after]
    altered = tuple(key for key in both if before[key]["digest"] != after[key]["digest"])
    same = [(before[key], after[key]) for key in both if key not in altered]
    figures = {}
    for measure in MEASURES:
        changed = _paired(same, measure.name)
        if changed is not None:
            figures[measure.name] = changed
    changes = [c for c in (_change(one, two, by) for one, two in same) if c is not None]
    sign = BY_NAME[by].better
    changes.sort(key=lambda change: (-abs(change.new - change.old), change.key))
    return Comparison(
        measures=figures,
        better=tuple(c for c in changes if sign * (c.new - c.old) > 0),
        worse=tuple(c for c in changes if sign * (c.new - c.old) < 0),
        only_old=tuple(key for key in before if key not in after),
        only_new=tuple(key for key in after if key not in before),
        altered=altered,
    )


def _paired(same: Sequence[tuple[dict[str, Any], dict[str, Any]]], name: str) -> Paired | None:
    rows = [(one["scores"].get(name), two["scores"].get(name)) for one, two in same]
    both = [(one, two) for one, two in rows if one is not None and two is not None]
    return paired([row[0] for row in both], [row[1] for row in both])


def _change(old: dict[str, Any], new: dict[str, Any], by: str) -> Change | None:
    one, two = old["scores"].get(by), new["scores"].get(by)
    if one is None or two is None or one == two:
        return None
    return Change(old["key"], old["gold"]["question"], one, two, _text(old), _text(new))


def _text(pair: dict[str, Any]) -> str:
    return str(pair["answer"]["text"]) if pair.get("answer") else ""
