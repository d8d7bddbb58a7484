"""Questions a second from one warm process, and whether any caller starves.

python -m bench.throughput FOLDER LIBRARY SECONDS    (questions on standard input)
"""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.work import Work, environment, run
from qa import Assistant

CALLERS = (1, 2, 4, 8)


def serve(assistant: Assistant, questions: list[str], callers: int, lasting: float) -> list[int]:
    """How many answers each caller got."""
    got, end = [0] * callers, time.perf_counter() + lasting

    def call(me: int) -> None:
        asked = me * 97
        while time.perf_counter() < end:
            assistant.ask(questions[asked % len(questions)])
            asked += 1
            got[me] += 1

    threads = [threading.Thread(target=call, args=(i,)) for i in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def main(folder: Path, library: Path, lasting: float, questions: list[str]) -> dict[str, Any]:
    """Answers a second and shares, by number of callers; three rounds, in turn."""
    found: dict[str, Any] = {str(n): {"rate": [], "shares": []} for n in CALLERS}
    with Assistant(documents=folder, library=library, engine="extractive") as assistant:
        assistant.sync()
        serve(assistant, questions, 2, 2.0)
        for _ in range(3):
            for callers in CALLERS:
                began, cpu = time.perf_counter(), time.process_time()
                got = serve(assistant, questions, callers, lasting)
                spent = time.perf_counter() - began
                one = found[str(callers)]
                one["rate"].append(sum(got) / spent)
                one["shares"].append([share / max(1, sum(got)) for share in got])
                one.setdefault("cores", []).append((time.process_time() - cpu) / spent)
    return found


def measure(work: Work) -> dict[str, Any]:
    """In a process of its own."""
    import subprocess

    folder, questions, origin = work.texts()
    library = work.folder / "asking"
    run([sys.executable, "-m", "qa", "ingest", "--documents", folder, "--library", library])
    command = [sys.executable, "-m", "bench.throughput", str(folder), str(library), "5"]
    done = subprocess.run(
        command,
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
        cwd=work.folder,
        env=environment(),
    )
    return {"origin": origin, "callers": json.loads(done.stdout.splitlines()[-1])}


if __name__ == "__main__":
    print(
        json.dumps(
            main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), json.load(sys.stdin))
        )
    )
