"""Retrieval at sizes: seconds, recall against the exact answer, memory and disk.

Run for one size in a process of its own, so that its memory is its own:

    python -m bench.retrieval FOLDER COUNT

prints a JSON object.  The library is made by the product's writer, once, Chroma's graph with it.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import corpus
from bench.measure import resident
from qa.answering.retrieve import LEXICAL, retrieve
from qa.data import Hit
from qa.library.local import vectors
from qa.library.local.library import LocalLibrary
from qa.library.local.view import LocalView
from qa.models.embed.minilm import MiniLM
from qa.text.words import terms

QUESTIONS = 60
TOP = 10


def build(folder: Path, made: corpus.Corpus, count: int) -> dict[str, float]:
    """Make the library of ``count`` passages; passages a second, of the writer alone."""
    library = LocalLibrary(folder / "library", folder / "documents", "stand-in")
    with library.writing("bench") as writer:
        spent = corpus.stored(writer, made, count)
    return {"written_per_second": count / spent}


class StandIn:
    """Embeds as the model does, for the time it takes, and gives the stand-in's vector."""

    name = "stand-in"
    one_by_one = True
    level = MiniLM.level
    spread = MiniLM.spread

    def __init__(self, model: MiniLM, vector: NDArray[np.float32]) -> None:
        self._model = model
        self._vector = vector

    def load(self) -> None:
        """Nothing to load."""

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None
    ) -> NDArray[np.float32]:
        """The stand-in's vector of one text."""
        self._model.embed(texts, done)
        return self._vector[None]

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """The stand-in's vector of a question."""
        return self.embed([question])[0]


class Exact:
    """The exact answer, from every whole vector in double precision."""

    def __init__(self, library: LocalLibrary) -> None:
        with library.reading() as view:
            self.index = view._index

    def best(self, vector: NDArray[np.float32], bm25: NDArray[np.float64]) -> list[int]:
        """The positions of the best; ``bm25`` is already weighed against a cosine."""
        matrix, asked = self.index.matrix, vector.astype(np.float64)
        cosines = np.empty(len(matrix))
        for i in range(0, len(matrix), 50_000):
            cosines[i : i + 50_000] = matrix[i : i + 50_000].astype(np.float64) @ asked
        vectors.forget(matrix)
        fused = cosines[self.index.rows] + bm25
        best: list[int] = np.argsort(-fused, kind="stable")[:TOP].tolist()
        return best


def share_found(hits: tuple[Hit, ...], expected: list[Any]) -> float:
    """How many of the passages expected stand in a hit; neighbours are merged into one."""
    return sum(
        any(
            hit.document.id == one.passage.document_id
            and hit.passage.start <= one.passage.start
            and one.passage.end <= hit.passage.end
            for hit in hits
        )
        for one in expected
    ) / len(expected)


@contextmanager
def clocked(into: list[float]) -> Iterator[None]:
    """Add the milliseconds that the block takes."""
    began = time.perf_counter()
    yield
    into.append((time.perf_counter() - began) * 1e3)


def ask(library: LocalLibrary, asked: list[tuple[str, Any]], model: MiniLM) -> dict[str, Any]:
    """Ask every question once, as ``Assistant.search`` does."""
    taken: list[float] = []
    opened: list[float] = []
    with clocked(opened), library.reading() as view:
        assert view.passages
    found = []
    for question, vector in asked:
        with clocked(taken), library.reading() as view:
            found.append(retrieve(question, view, StandIn(model, vector), TOP))
    return {"ms": taken, "opened_ms": opened[0], "resident": resident(), "hits": found}


def recall(
    library: LocalLibrary, asked: list[tuple[str, Any]], found: list[tuple[Hit, ...]]
) -> float:
    """Mean share of the exact ten best that are among the hits."""
    exact, shares = Exact(library), []
    for (question, vector), hits in zip(asked, found, strict=True):
        with library.reading() as view:
            assert isinstance(view, LocalView)
            most = view.scores(vector, terms(question)).bm25_most
            bm25 = view.bm25(terms(question)) * (LEXICAL / (most or 1.0))
            expected = view.at(exact.best(vector, bm25))
            shares.append(share_found(hits, expected))
    return float(np.mean(shares))


def disk(folder: Path) -> dict[str, int]:
    """Bytes on disk, by part."""
    sizes = {"catalog": 0, "flat": 0, "chroma": 0}
    for file in folder.rglob("*"):
        if file.is_file():
            part = "chroma" if "chroma" in file.parts else "flat"
            sizes["catalog" if "catalog" in file.name else part] += file.stat().st_size
    return sizes


def main(folder: Path, count: int) -> dict[str, Any]:
    """Measure one size."""
    benchmarks = Path(os.environ.get("QA_BENCHMARKS", corpus.ROOT.parent / "shared" / "benchmarks"))
    text, origin = corpus.real_text(benchmarks)
    written = folder / "written.json"
    if not written.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made = corpus.Corpus(text)
        figures = build(folder, made, count)
        asked = corpus.questions(made, QUESTIONS + 3)
        np.save(folder / "asked.npy", np.stack([vector for _, vector in asked]))
        figures_text = {"questions": [question for question, _ in asked], "origin": origin}
        written.write_text(json.dumps(figures | figures_text), encoding="utf-8")
        # In a process of its own: what building took in memory is not what asking takes.
        os.execv(sys.executable, [sys.executable, "-m", "bench.retrieval", *sys.argv[1:]])
    known = json.loads(written.read_text(encoding="utf-8"))
    asked = list(zip(known["questions"], np.load(folder / "asked.npy"), strict=True))
    library, model = LocalLibrary(folder / "library", folder / "documents", "stand-in"), MiniLM()
    model.load()
    before = resident()
    ask(library, asked[:3], model)
    done = ask(library, asked[3:], model)
    return {
        **{key: done[key] for key in ("ms", "resident")},
        "opened_ms": ask(LocalLibrary(library.path, library.documents, "stand-in"), [], model)[
            "opened_ms"
        ],
        "resident_before": before,
        "recall": recall(library, asked[3:], done["hits"]),
        "disk": disk(folder / "library"),
        "written_per_second": known["written_per_second"],
        "origin": known["origin"],
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
