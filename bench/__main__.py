"""``python -m bench [PART...]``: measures, and writes results.json, bench.md and bench.html.

Parts: embedding, ingest, files, ask, throughput, tokens, retrieval; all of them by default.
What is measured before stays in results.json, so parts can be run one at a time.
"""

import argparse
import importlib
import json
import os
import sys
import time
from pathlib import Path

from bench import measure, report
from bench.work import ROOT, Work

PARTS = {
    "embedding": "bench.embedding",
    "ingest": "bench.ingesting",
    "files": "bench.files",
    "ask": "bench.asking",
    "throughput": "bench.throughput",
    "tokens": "bench.tokens",
    "retrieval": "bench.sizes",
}


def main() -> None:
    """Measure the parts asked for, one after the other, and write the report."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--work", type=Path, default=ROOT / ".bench", help="folder for libraries")
    parser.add_argument("--out", type=Path, help="folder for the report (default: --work)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each thing, in turn")
    parser.add_argument("--largest", type=int, default=1_000_000, help="passages at most")
    given = parser.parse_args()
    wrong = [part for part in given.parts if part not in PARTS]
    if wrong:
        parser.error(f"unknown part {wrong[0]!r}; known are {', '.join(PARTS)}")
    named = Path(os.environ.get("QA_BENCHMARKS", ROOT.parent / "shared" / "benchmarks"))
    folder = given.work.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    work = Work(folder, named if named.is_dir() else None, given.runs, given.largest)
    out = (given.out or folder).absolute()
    out.mkdir(parents=True, exist_ok=True)
    results = out / "results.json"
    found = json.loads(results.read_text(encoding="utf-8")) if results.is_file() else {}
    for part in given.parts or PARTS:
        began, load = time.perf_counter(), measure.load()
        print(f"{part} ...", end=" ", file=sys.stderr, flush=True)
        figures = importlib.import_module(PARTS[part]).measure(work)
        spent = time.perf_counter() - began
        print(f"{spent:.0f} s", file=sys.stderr)
        found[part] = {
            "figures": figures,
            "when": time.strftime("%Y-%m-%d %H:%M"),
            "seconds": spent,
            "load": [load, measure.load()],
        }
        found["machine"] = measure.machine()
        results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        report.write(found, out)
    print(out / "bench.md")


if __name__ == "__main__":
    main()
