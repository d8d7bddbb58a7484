"""Ingest: against the bare ONNX session (``bench/ingest.py``) and against plain LlamaIndex."""

import re
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from bench.work import Work, in_turn, run, seconds

CHUNK = 200
"""Tokens a chunk where LlamaIndex is to embed all of the text, as the product does."""


def measure(work: Work) -> dict[str, Any]:
    """Passages a second and ratios; LlamaIndex by whole processes' own clocks."""
    folder, _, origin = work.texts()
    said = run([sys.executable, Path(__file__).with_name("ingest.py"), folder, work.runs])
    bare = dict(re.findall(r"^(ingest / .*?): ([0-9.]+)", said, re.MULTILINE))
    work.peer_python()

    def fresh(name: str) -> Path:
        path = work.folder / name
        shutil.rmtree(path, ignore_errors=True)
        return path

    def ours() -> float:
        qa = [sys.executable, "-m", "qa", "ingest", "--documents", folder]
        return seconds([*qa, "--library", fresh("ingesting")])

    def plain() -> float:
        began = time.perf_counter()
        work.peer("llamaindex-ingest", folder, fresh("ingesting-llamaindex"))
        return time.perf_counter() - began

    def whole() -> float:
        began = time.perf_counter()
        work.peer("llamaindex-ingest", folder, fresh("ingesting-llamaindex"), CHUNK)
        return time.perf_counter() - began

    found = in_turn(work.runs, ours=ours, llamaindex=plain, llamaindex_whole=whole)
    return {"origin": origin, "bare": bare, "said": said, **found}
