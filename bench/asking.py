"""A new process that answers one question, and ``qa --help``, against the peers' scripts."""

import shutil
import sys
from pathlib import Path
from typing import Any

from bench.work import PEERS, Work, in_turn, run, seconds


def measure(work: Work) -> dict[str, Any]:
    """Seconds of whole processes, in turn, warm caches, library in place."""
    folder, questions, origin = work.texts()
    library, chroma = work.folder / "asking", work.folder / "asking-chroma"
    qa = [sys.executable, "-m", "qa"]
    given = ["--documents", folder, "--library", library]
    run([*qa, "ingest", *given])
    if not (chroma / "whole").is_file():
        shutil.rmtree(chroma, ignore_errors=True)
        work.peer("llamaindex-ingest", folder, chroma)
        (chroma / "whole").touch()
    python, question = work.peer_python(), questions[0]
    here = Path(work.folder)

    def ours() -> float:
        return seconds(
            [*qa, "ask", *given, "--engine", "extractive", question], cwd=here, fine=(0, 1)
        )

    def llamaindex() -> float:
        return seconds([python, PEERS, "llamaindex-ask", chroma, question], cwd=here)

    def bare() -> float:
        return seconds([python, PEERS, "chroma-ask", chroma, question], cwd=here)

    def usage() -> float:
        return seconds([*qa, "--help"], cwd=here)

    found = in_turn(work.runs, ask=ours, llamaindex=llamaindex, chroma=bare, help=usage)
    return {"origin": origin, **found}
