"""One library in files, kept by a Chroma server and kept by Milvus: what each takes.

    python -m bench.shared ENGINE FOLDER COUNT

with ENGINE "local", "chroma" or "milvus" (Milvus Lite as a server) prints a JSON object: passages
stored a second, milliseconds of one retrieval without the embedding, memory of who asks and of
the server, disk, and the share of the exact ten nearest that are among the candidates.
"""

import json
import os
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from bench import corpus
from bench.measure import resident
from bench.retrieval import clocked
from qa.library.interface import Library
from qa.library.opening import open_library
from qa.text.words import terms
from tests.library.engine import running

QUESTIONS = 40


def measure(library: Library, count: int, *, ask_alone: bool) -> dict[str, Any]:
    """Fill a library, or ask the one that is there."""
    text, _ = corpus.real_text(Path(os.environ.get("QA_BENCHMARKS", "../shared/benchmarks")))
    made = corpus.Corpus(text)
    if not ask_alone:
        with library.writing("bench") as writer:
            spent = corpus.stored(writer, made, count)
            began = time.perf_counter()
        spent += time.perf_counter() - began  # what is told at the writer's end
        return {"written_per_second": count / spent}
    taken: list[float] = []
    opened: list[float] = []
    shares = []
    for question, vector in corpus.questions(made, QUESTIONS + 3):
        with clocked(taken if opened else opened), library.reading() as view:
            scores = view.scores(vector, terms(question))
            best = scores.positions[np.argsort(-(scores.dense + scores.bm25))][:10]
            view.at([int(one) for one in best])
        shares.append(np.sort(scores.dense)[-10:].sum())
    return {
        "first_ms": opened[0],
        "p50_ms": statistics.median(taken[2:]),
        "p95_ms": float(np.quantile(taken[2:], 0.95)),
        "resident": resident(),
        "sum_of_ten_best_cosines": float(np.mean(shares)),
    }


def main(engine: str, folder: Path, count: int) -> None:
    """Measure one engine at one size."""
    folder.mkdir(parents=True, exist_ok=True)
    asking = "--ask" in sys.argv
    with ExitStack() as stack:
        place: Path | str = folder / "library"
        if engine != "local":
            server = stack.enter_context(running(engine, folder / "data"))
            place = server.address("docs")
        library = open_library(place, folder / "documents", "stand-in", None)
        said = measure(library, count, ask_alone=asking)
        if engine != "local":
            status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
            (line,) = (one for one in status.splitlines() if one.startswith("VmRSS"))
            said["server_resident_kb"] = int(line.split()[1])
    said["disk"] = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    print(json.dumps({"engine": engine, "passages": count} | said), flush=True)
    if not asking:  # in a process of its own: what filling took is not what asking takes
        os.execv(sys.executable, [sys.executable, "-m", "bench.shared", *sys.argv[1:], "--ask"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
