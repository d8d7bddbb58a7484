"""Retrieval at sizes, the project beside raw Chroma and LlamaIndex's hybrid."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from bench.work import Work, product

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_CHROMA_UP_TO = 100_000  # insertion of a million takes it over half an hour
_LLAMAINDEX_UP_TO = 10_000


def measure(work: Work) -> dict[str, Any]:
    """For each size up to ``work.largest``: times, recall, memory, disk; the peers' too."""
    found: dict[str, Any] = {}
    for size in SIZES:
        if size > work.largest:
            continue
        folder = work.folder / f"size-{size}"
        found[str(size)] = one = {"ours": product("bench.retrieval", folder, size)}
        flat = next((folder / "library").glob("**/vectors-*.f32"))
        rows, asked = folder / "rows.npy", folder / "asked.npy"
        if size <= _CHROMA_UP_TO:
            np.save(rows, np.fromfile(flat, "<f4").reshape(-1, 384))
            one["chroma"] = work.peer("chroma-size", rows, asked)
            rows.unlink()
        if size <= _LLAMAINDEX_UP_TO:
            one["llamaindex"] = _hybrid(work, folder, flat)
    return found


def _hybrid(work: Work, folder: Path, flat: Path) -> dict[str, Any]:
    from qa.library.local.library import LocalLibrary

    library = LocalLibrary(folder / "library", folder / "documents", "stand-in")
    texts, documents = [], {}
    with library.reading() as view:
        for one in view.at(range(view.passages)) if view.passages <= 30_000 else ():
            name = one.passage.document_id
            text = documents.setdefault(name, view.document(name)).text
            texts.append(text[one.passage.start : one.passage.end])
    rows = np.fromfile(flat, "<f4").reshape(-1, 384)
    np.save(folder / "rows.npy", rows)
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    known = json.loads((folder / "written.json").read_text(encoding="utf-8"))
    (folder / "questions.json").write_text(json.dumps(known["questions"]), encoding="utf-8")
    files = [folder / name for name in ("texts.json", "rows.npy", "questions.json")]
    found = work.peer("llamaindex-hybrid", *files)
    for file in files:
        file.unlink()
    return found
