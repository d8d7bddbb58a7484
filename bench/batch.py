"""Whether memory stays level over many questions of one process.

    python -m bench.batch [QUESTIONS]    default 10,000: resident memory at each tenth

The questions are the gold ones on the companies, asked in turn of one Assistant, each time with
another number in it, so that nothing kept by question would be met again.
"""

import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from qa import Assistant
from qa.evaluate.gold import load

EVAL = Path(__file__).parents[1] / "eval"


def resident() -> float:
    """The resident memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def main(most: int) -> None:
    """Ask, and print questions asked, seconds and MB."""
    asked = [pair.question for pair in load(EVAL / "gold" / "companies.jsonl")]
    with tempfile.TemporaryDirectory() as made:
        settings = {"documents": EVAL / "documents" / "companies", "library": Path(made)}
        with Assistant.from_here(engine="extractive", **settings) as assistant:
            assistant.sync()
            began = time.perf_counter()
            for number, question in enumerate(islice(cycle(asked), most), 1):
                assistant.ask(f"{question} (reader {number})")
                if number % max(1, most // 10) == 0:
                    seconds = time.perf_counter() - began
                    print(
                        f"{number:6d} questions {seconds:8.1f} s {resident():7.1f} MB", flush=True
                    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
