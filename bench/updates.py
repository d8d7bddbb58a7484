"""What nothing, and an edit, cost in a large folder; each in a process of its own, as typed.

    python bench/updates.py [--files 10000] [--passages 1] [--runs 5] [--out FILE.json]

The library is made with vectors drawn at random under the real model's name, so that the
making is quick; what is measured runs with the real model.  Seconds of the wall clock and
of the processor (user and system, child processes too), medians and spread; one JSON object.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from qa.ingest.sync import sync  # noqa: E402
from qa.library.local.library import LocalLibrary  # noqa: E402
from qa.models.embed.minilm import MiniLM  # noqa: E402
from qa.settings.config import Settings  # noqa: E402 - from this checkout

OLD = 946_684_800
SYLLABLES = "ka lo mi ren tas ul vor ben dri sho pel nam qui zor fe gat".split()


class Drawn:
    """Unit vectors at random, under the model's name."""

    name = MiniLM.name
    one_by_one = False

    def __init__(self) -> None:
        self._chance = np.random.default_rng(1)

    def embed(self, texts: Sequence[str], done: Callable[[int], None] = lambda _n: None) -> Any:
        """One row a text."""
        rows = self._chance.standard_normal((len(texts), 384)).astype(np.float32)
        done(len(texts))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def page(number: int, passages: int, chance: random.Random) -> str:
    """A document of so many sections, each a passage."""

    def word() -> str:
        return "".join(chance.choices(SYLLABLES, k=chance.randint(1, 3)))

    sections = [
        f"## Part {part}\n\nFirm {number} makes {word()} in part {part}. "
        + " ".join(f"{' '.join(word() for _ in range(12)).capitalize()}." for _ in range(4))
        for part in range(passages)
    ]
    return "\n\n".join([f"# Firm {number}", *sections]) + "\n"


def lay_out(folder: Path, files: int, passages: int) -> None:
    """The documents, changed long ago, a hundred to a folder."""
    chance = random.Random(files)
    for number in range(files):
        path = folder / f"{number // 100:04}" / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(number, passages, chance))
        os.utime(path, (OLD, OLD))


def timed(arguments: list[str], place: Path) -> tuple[str, float, float]:
    """What ``qa`` prints, and the seconds that it takes: of the wall and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode not in (0, 1):
        raise SystemExit(result.stderr)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return result.stdout, wall, spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--passages", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keep the library here, for the next time")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        place = options.folder or Path(made)
        settings = Settings(documents=place / "docs", library=place / "lib")
        if not settings.library_path.exists():
            lay_out(place / "docs", options.files, options.passages)
            library = LocalLibrary(place / "lib", place / "docs", Drawn.name)
            sync(settings, library, Drawn())
        seconds: dict[str, list[tuple[float, float]]] = {}

        def run(name: str, *arguments: str) -> str:
            flags = ["--documents", "docs", "--library", "lib"]
            said, wall, spent = timed([arguments[0], *flags, *arguments[1:]], place)
            seconds.setdefault(name, []).append((wall, spent))
            return said

        run("warm up", "ask", "what does firm 7 make?")
        for number in range(options.runs):
            run("qa --help", "--help")
            run("unchanged: qa ingest", "ingest")
            run("unchanged: qa ask", "ask", "what does firm 7 make?")
            path = place / "docs" / "0000" / f"{number}.md"
            new = f"The mayor of Quolbergen number {number} is called Anselm Trevandor.\n"
            path.write_text(path.read_text() + "\n" + new)
            os.utime(path, (OLD + 9, OLD + 9))  # fresh files are looked into twice
            said = run(
                "one file edited: qa ask", "ask", f"who is the mayor of Quolbergen number {number}?"
            )
            assert "Trevandor" in said, said
    figures = {
        "files": options.files,
        "passages": options.files * options.passages,
        "load": os.getloadavg(),
        "seconds": {
            name: {
                kind: {
                    "median": round(statistics.median(found), 3),
                    "least": round(min(found), 3),
                    "most": round(max(found), 3),
                }
                for kind, found in zip(("wall", "processor"), zip(*runs, strict=True), strict=True)
            }
            for name, runs in seconds.items()
        },
    }
    text = json.dumps(figures, indent=1)
    print(text)
    if options.out is not None:
        options.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
