"""Where the bench works: its folder, the peers' environment, commands run and clocked."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).with_name("peers.py")


@dataclass(frozen=True)
class Work:
    """The bench's folder; ``benchmarks`` has XQuAD, SciFact and others, or is None."""

    folder: Path
    benchmarks: Path | None
    runs: int
    largest: int

    def texts(self) -> tuple[Path, list[str], str]:
        """A folder of text files, questions on them, and where they are from."""
        source = self.benchmarks / "xquad" / "xquad.en.json" if self.benchmarks else None
        if source is None or not source.is_file():
            folder = ROOT / "eval" / "documents" / "companies"
            gold = (ROOT / "eval" / "gold" / "companies.jsonl").read_text(encoding="utf-8")
            questions = [json.loads(line)["question"] for line in gold.splitlines() if line]
            return folder, questions, "eval/documents/companies"
        folder, questions = self.folder / "xquad", []
        folder.mkdir(parents=True, exist_ok=True)
        for i, article in enumerate(json.loads(source.read_text(encoding="utf-8"))["data"]):
            text = "\n\n".join(one["context"] for one in article["paragraphs"])
            (folder / f"{i:02}.txt").write_text(text, encoding="utf-8")
            questions += [qa["question"] for one in article["paragraphs"] for qa in one["qas"]]
        return folder, questions, "XQuAD, 48 articles"

    def peer(self, *arguments: str | Path) -> dict[str, Any]:
        """What a peer prints."""
        done = run([self.peer_python(), PEERS, *arguments])
        return dict(json.loads(done.splitlines()[-1]))

    def peer_python(self) -> Path:
        """The interpreter of the peers' environment, made where it is missing."""
        folder = self.folder / "peers"
        python = folder / "bin" / "python"
        ready = folder / "ready"
        if not ready.is_file():
            run([sys.executable, "-m", "venv", folder])
            wanted = ["-r", Path(__file__).with_name("requirements-peers.txt")]
            if shutil.which("uv"):
                # Copies: NLTK, which LlamaIndex brings, refuses files with a second link.
                run(["uv", "pip", "install", "--link-mode", "copy", "--python", python, *wanted])
            else:
                run([python, "-m", "pip", "install", "--quiet", *wanted])
            ready.touch()
        return python


def environment() -> dict[str, str]:
    """What every process gets: this checkout, no settings, nothing that slows OpenBLAS down."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENBLAS_"))}
    return kept | {"PYTHONPATH": str(ROOT)}


def run(command: list[Any], *, cwd: Path | None = None, fine: tuple[int, ...] = (0,)) -> str:
    """Run a command to its end; its output.  Raises RuntimeError where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in fine:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-1500:]}")
    return done.stdout


def product(module: str, *arguments: Any) -> dict[str, Any]:
    """What a module of the bench prints, in a process of its own."""
    found = run([sys.executable, "-m", module, *arguments]).splitlines()[-1]
    return dict(json.loads(found))


def seconds(command: list[Any], *, cwd: Path | None = None, fine: tuple[int, ...] = (0,)) -> float:
    """How long a process takes, from start to end."""
    began = time.perf_counter()
    run(command, cwd=cwd, fine=fine)
    return time.perf_counter() - began


def in_turn(runs: int, **work: Any) -> dict[str, list[float]]:
    """Call each of ``work`` in turn, ``runs`` times, after once for the caches."""
    found: dict[str, list[float]] = {name: [] for name in work}
    for round_ in range(runs + 1):
        for name, one in work.items():
            took = one()
            if round_:
                found[name].append(took)
    return found


def ratio(one: list[float], other: list[float]) -> list[float]:
    """The quotient of each pair of runs."""
    return [a / b for a, b in zip(one, other, strict=True)]


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)
