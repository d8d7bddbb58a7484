"""Ten thousand small files: ingested again, and one of them edited until it answers."""

import sys
import time
from pathlib import Path
from typing import Any

from bench import corpus
from bench.work import Work, run, seconds

COUNT = 10_000


def lay_out(folder: Path, benchmarks: Path | None) -> None:
    """Files of one line, so that embedding them the first time takes a minute or two."""
    made = corpus.Corpus(corpus.real_text(benchmarks)[0], seed=11)
    folder.mkdir(parents=True, exist_ok=True)
    for number, ids in enumerate(made.ids(COUNT)):
        words = " ".join(made.words[one] for one in ids[:20])
        (folder / f"{number:05}.txt").write_text(f"{words}.\n", encoding="utf-8")


def measure(work: Work) -> dict[str, Any]:
    """Seconds of whole processes."""
    folder, library = work.folder / "files", work.folder / "files-library"
    if not (folder / f"{COUNT - 1:05}.txt").is_file():
        lay_out(folder, work.benchmarks)
    qa = [sys.executable, "-m", "qa"]
    given = ["--documents", folder, "--library", library]
    first = seconds([*qa, "ingest", *given])
    again, edited = [], []
    for number in range(work.runs):
        again.append(seconds([*qa, "ingest", *given]))
        name, town = f"{4321 + number:05}.txt", f"Brumhaven{time.time_ns()}"
        (folder / name).write_text(
            f"The wandering lighthouse stands in {town}.\n", encoding="utf-8"
        )
        began = time.perf_counter()
        said = run(
            [
                *qa,
                "ask",
                *given,
                "--engine",
                "extractive",
                "Where does the wandering lighthouse stand?",
            ],
            fine=(0, 1),
        )
        edited.append(time.perf_counter() - began)
        if town not in said:
            raise RuntimeError(f"the edited file does not answer: {said!r}")
        (folder / name).write_text(f"Nothing stands here {number}.\n", encoding="utf-8")
        run([*qa, "ingest", *given])
    return {"first": first, "again": again, "edited": edited}
