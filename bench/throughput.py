"""Questions a second from one warm process, and whether any caller starves.

python -m bench.throughput FOLDER LIBRARY SECONDS    (questions on standard input)
"""

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from bench.work import Work, environment, run
from qa import Assistant

CALLERS = (1, 2, 4, 8)
ROUNDS = 3
APART = 97  # questions between the places where two callers begin

Next = Callable[[int], str]
"""The question that a caller asks next."""


def shuffled(questions: Sequence[str]) -> Next:
    """All callers draw from one list: how much is still remembered does not depend on them."""
    order = random.Random(7).sample(questions, len(questions))
    drawn = count()  # one step of it is atomic
    return lambda _caller: order[next(drawn) % len(order)]


def in_places(questions: Sequence[str]) -> Next:
    """Each caller goes through the articles in order, from a place of its own."""
    asked = [count(caller * APART) for caller in range(max(CALLERS))]
    return lambda caller: questions[next(asked[caller]) % len(questions)]


ORDERS = {"in any order": shuffled, "article by article": in_places}


def serve(assistant: Assistant, following: Next, callers: int, lasting: float) -> list[int]:
    """How many answers each caller got."""
    got, end = [0] * callers, time.perf_counter() + lasting

    def call(me: int) -> None:
        while time.perf_counter() < end:
            assistant.ask(following(me))
            got[me] += 1

    threads = [threading.Thread(target=call, args=(i,)) for i in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def main(folder: Path, library: Path, lasting: float, questions: list[str]) -> dict[str, Any]:
    """Answers a second, cores and shares, by order and number of callers; rounds in turn."""
    found: dict[str, Any] = {
        order: {str(n): {"rate": [], "cores": [], "cpu": [], "got": [0] * n} for n in CALLERS}
        for order in ORDERS
    }
    following = {order: begin(questions) for order, begin in ORDERS.items()}
    with Assistant.from_here(documents=folder, library=library, engine="extractive") as assistant:
        assistant.sync()
        serve(assistant, following["in any order"], 2, 2 * lasting)
        for _ in range(ROUNDS):
            for order in ORDERS:
                for callers in CALLERS:
                    began, cpu = time.perf_counter(), time.process_time()
                    got = serve(assistant, following[order], callers, lasting)
                    spent = time.perf_counter() - began
                    cpu = time.process_time() - cpu
                    one = found[order][str(callers)]
                    one["rate"].append(sum(got) / spent)
                    one["cores"].append(cpu / spent)
                    one["cpu"].append(cpu / sum(got))
                    one["got"] = [a + b for a, b in zip(one["got"], got, strict=True)]
    return found


def measure(work: Work) -> dict[str, Any]:
    """In a process of its own."""
    import subprocess

    folder, questions, origin = work.texts()
    library = work.folder / "asking"
    run([sys.executable, "-m", "qa", "ingest", "--documents", folder, "--library", library])
    command = [sys.executable, "-m", "bench.throughput", str(folder), str(library), "8"]
    done = subprocess.run(
        command,
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
        cwd=work.folder,
        env=environment(),
    )
    orders = json.loads(done.stdout.splitlines()[-1])
    return {"origin": origin, "machine": os.cpu_count(), "orders": orders}


if __name__ == "__main__":
    print(
        json.dumps(
            main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), json.load(sys.stdin))
        )
    )
