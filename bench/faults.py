"""What kills, damage and crowds cost a library: the long form of tests/faults.

    python bench/faults.py                 # 2,000 random kills, every injected point, 200 damages
    python bench/faults.py --seconds 300   # each series at most so long

Everything runs on made-up documents with a made-up embedding, so that the time goes into
the library.  The figures are printed as JSON; the status is 1 where anything was lost.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


def kills(*arguments: str) -> dict[str, dict[str, float]]:
    """One series of tests/faults/series.py."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.faults.series", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, dict[str, float]] = json.loads(result.stdout)
    return figures


def many_files(count: int) -> dict[str, float]:
    """Seconds and peak memory (MB) of a first sync of so many small files, and of the next."""
    from tests.faults import kill

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        kill.lay_out(place, kill._files(range(count), "kettle"), 0)
        began = time.perf_counter()
        kill.sync(place)
        first = time.perf_counter() - began
        began = time.perf_counter()
        kill.sync(place)
        second = time.perf_counter() - began
        with kill._library(place).writing("bench") as writer:
            assert list(writer.faults()) == []
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"files": count, "first": first, "unchanged": second, "peak_mb": peak}


def main() -> None:
    """Run all of it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--damages", type=int, default=200)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bounds = ("--seconds", str(options.seconds), "--seed", str(options.seed))
    figures = {
        "many files": many_files(options.files),
        "random kills": kills("random", str(options.kills), *bounds),
        "every point": kills("points", *bounds),
    }
    from tests.faults import damage

    figures["damage"] = damage.series(options.damages, options.seed, 5)
    print(json.dumps(figures, indent=1))
    lost = [
        one["lost"] for name in ("random kills", "every point") for one in figures[name].values()
    ]
    sys.exit(1 if any(lost) else 0)


if __name__ == "__main__":
    main()
