"""Kills by the hundred: at every line of the product's library code, or at random moments.

python -m tests.faults.series points [--step 7] [--workers 2]
python -m tests.faults.series random 40 [--seed 1] [--workers 2]
"""

import argparse
import functools
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults import kill


class Job(NamedTuple):
    """A kill to be made: at a point of the run, or after a share of its time."""

    scenario: kill.Scenario
    at: kill.Point | None
    share: float = 0.0


def _jobs(scenario: kill.Scenario, template: Path, step: int, offset: int) -> list[Job]:
    return [Job(scenario, at) for at in kill.points(scenario, template)[offset % step :: step]]


def _run(
    jobs: Sequence[Job],
    templates: dict[str, Path],
    times: dict[str, float],
    deadline: float,
    out: Path,
) -> None:
    lines = []
    for number, (scenario, at, share) in enumerate(jobs):
        if time.monotonic() > deadline:
            break
        place = out.with_name(f"{out.stem}-{number}")

        template, seconds = templates[scenario.name], share * times[scenario.name]
        strike = functools.partial(_strike, scenario, at, seconds)
        outcome = kill.trial(scenario, template, place, strike)
        if outcome.good and not outcome.killed and at is not None:
            # How often a loop that waits goes round depends on what else the machine does.
            strike = functools.partial(_strike, scenario, at._replace(nth=1), seconds)
            outcome = kill.trial(scenario, template, place, strike)
        if not outcome.good:
            print(f"LOST: {scenario.name!r} at {at if at is not None else share}", file=sys.stderr)
        lines.append((scenario.name, *outcome))
    out.write_text(json.dumps(lines))


def _strike(scenario: kill.Scenario, at: kill.Point | None, seconds: float, place: Path) -> bool:
    if at is None:
        return kill._killed_after(scenario, place, seconds)
    return kill._killed_at(scenario, place, at)


def _duration(scenario: kill.Scenario, template: Path) -> float:
    work = template.with_name(f"{template.name}-timed")
    shutil.copytree(template, work)
    began = time.perf_counter()
    assert kill._ended(kill._child(lambda: kill._work(scenario, work))) == 0
    seconds = time.perf_counter() - began
    shutil.rmtree(work)
    return seconds


def series(
    make: Callable[[kill.Scenario, Path], list[Job]], workers: int, seconds: float, folder: Path
) -> dict[str, dict[str, float]]:
    """Run jobs of every scenario, mixed, for so long; say per scenario what came of them."""
    import chromadb
    import chromadb.config  # noqa: F401 - imported once, before the forks

    templates, times, jobs = {}, {}, []
    for number, scenario in enumerate(kill.SCENARIOS):
        template = folder / f"template-{number}"
        kill.prepare(scenario, template)
        templates[scenario.name] = template
        times[scenario.name] = _duration(scenario, template)
        jobs += make(scenario, template)
    random.Random(len(jobs)).shuffle(jobs)
    deadline = time.monotonic() + seconds
    outs = [folder / f"worker{number}.json" for number in range(workers)]
    shares = [
        functools.partial(_run, jobs[n::workers], templates, times, deadline, out)
        for n, out in enumerate(outs)
    ]
    pids = [kill._child(share, limit=0) for share in shares]
    failed = [pid for pid in pids if kill._ended(pid) != 0]
    assert not failed, "a worker failed"
    results = [tuple(row) for out in outs for row in json.loads(out.read_text())]
    return {scenario.name: _summary(scenario.name, jobs, results) for scenario in kill.SCENARIOS}


def _summary(
    name: str, jobs: Sequence[Job], results: Sequence[tuple[Any, ...]]
) -> dict[str, float]:
    mine = [kill.Outcome(*row[1:]) for row in results if row[0] == name]
    redone, needed = sum(one.redone for one in mine), sum(one.needed for one in mine)
    return {
        "planned": sum(job.scenario.name == name for job in jobs),
        "trials": len(mine),
        "killed": sum(one.killed for one in mine),
        "lost": sum(not one.good for one in mine),
        "most_redone": max((one.redone for one in mine), default=0),
        "share_redone": round(redone / needed, 4) if needed else 0.0,
    }


def main() -> None:
    """Run one of the two series and print its figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", choices=["points", "random"])
    parser.add_argument("trials", type=int, nargs="?", default=60)
    parser.add_argument("--step", type=int, default=1, help="take each n-th point only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=1800.0, help="begin no trial after that")
    options = parser.parse_args()
    chance = random.Random(options.seed)

    def make(scenario: kill.Scenario, template: Path) -> list[Job]:
        if options.series == "points":
            return _jobs(scenario, template, options.step, options.seed)
        trials = -(-options.trials // len(kill.SCENARIOS))
        return [Job(scenario, None, chance.random()) for _ in range(trials)]

    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(series(make, options.workers, options.seconds, Path(folder)), indent=1))


if __name__ == "__main__":
    main()
