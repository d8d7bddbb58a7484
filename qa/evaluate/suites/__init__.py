"""Standard data as they are published, each a module with ``run``; figures beside others'.

A suite writes the data's documents as files, opens them as any folder is opened, and asks;
so what is measured is the product, not a retriever made for the suite.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from qa.data import Answer, Hit
from qa.errors import UsageError
from qa.evaluate.statistics import Interval, mean_interval

NAMES = ("squad", "beir", "claims", "qed", "canard")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; ``title`` says what it is a share or mean of."""

    name: str
    title: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Published:
    """What another system reached by the measure ``name``, and where that is said."""

    system: str
    name: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a suite found; ``seconds`` by stage stand apart from the figures."""

    suite: str
    data: str
    figures: tuple[Figure, ...]
    published: tuple[Published, ...]
    notes: tuple[str, ...]
    seconds: tuple[tuple[str, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """The outcome as ``--json`` prints it."""
        return {"schema": "qa.suite/1", **asdict(self), "seconds": dict(self.seconds)}


class Bench(Protocol):
    """An assistant as far as suites use it."""

    def ask(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        """Answer a question."""
        ...

    def search(self, question: str, limit: int = 10) -> tuple[Hit, ...]:
        """The hits of a question, best first."""
        ...


Opener = Callable[[str, Mapping[str, str]], AbstractContextManager[Bench]]
"""Gives an assistant over a named collection of texts by path, brought up to date."""

Step = Callable[[], None]
"""Called once a question, for a progress bar."""

Run = Callable[[Path, Opener, int | None, Step], Outcome]
"""``run`` of a suite: data, opener, limit of questions (None: all), step."""


def suite(name: str) -> Run:
    """The suite of that name.  Raises UsageError for another name."""
    if name not in NAMES:
        raise UsageError(f"unknown suite {name!r}; known are {', '.join(NAMES)}")
    run: Run = import_module(f"qa.evaluate.suites.{name}").run
    return run


def figure(name: str, title: str, values: Sequence[float | None]) -> list[Figure]:
    """The mean with its interval, as a list of one; empty where nothing was scored."""
    interval = mean_interval(values)
    return [] if interval is None else [Figure(name, title, interval)]


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Area under the ROC curve: the chance that a positive outscores a negative, ties a half.

    Mann and Whitney's U over the number of pairs; 0.5 where either class is empty.

    >>> auroc([0.9, 0.8, 0.7, 0.8], [True, True, False, False])
    0.875
    """
    import numpy as np

    values, truth = np.array(scores, dtype=float), np.array(positive, dtype=bool)
    if truth.all() or not truth.any():
        return 0.5
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    ups = truth.sum()
    return float((ranks[truth].sum() - ups * (ups + 1) / 2) / (ups * (len(truth) - ups)))


def auroc_figure(
    name: str, title: str, scores: Sequence[float], positive: Sequence[bool]
) -> list[Figure]:
    """The area with its bootstrap interval; empty where a class is."""
    from qa.evaluate.statistics import interval_of

    if len(set(positive)) < 2:
        return []
    interval = interval_of(
        lambda a, b: auroc(a, [one > 0 for one in b]), scores, [float(one) for one in positive]
    )
    return [] if interval is None else [Figure(name, title, interval)]


class Laps:
    """Seconds by stage, in order."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.seconds: list[tuple[str, float]] = []

    def lap(self, stage: str) -> None:
        """Book the time since the last lap to ``stage``."""
        now = time.perf_counter()
        self.seconds.append((stage, round(now - self._began, 2)))
        self._began = now


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file.  Raises UsageError where it is none."""
    import json

    try:
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {str(path)!r} as JSON Lines: {error}") from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{str(path)!r} holds no JSON objects, one a line")
    return rows


def read_json(path: Path) -> Any:
    """A JSON file.  Raises UsageError where it is none."""
    import json

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {str(path)!r} as JSON: {error}") from error


def sample(items: Sequence[Any], limit: int | None) -> list[Any]:
    """At most ``limit`` of the items, evenly spread and in order."""
    if limit is None or limit >= len(items):
        return list(items)
    return [items[i * len(items) // limit] for i in range(limit)]


def documents_in_order(hits: Sequence[Hit]) -> list[str]:
    """The paths that the hits stand for, best first, each once, folded copies after."""
    return list(dict.fromkeys(p for hit in hits for p in (*hit.paths, *hit.copies)))
