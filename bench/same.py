"""Whether what Chroma finds is what an exact scan finds: the hits of real questions, both ways.

    python -m bench.same DOCUMENTS QUESTIONS.jsonl LIBRARY

prints a JSON object: questions, those whose hits are the same in the same order with the same
scores, and those whose first hit is.  ``QUESTIONS`` holds an object a line with ``question``;
``xquad`` in place of both takes XQuAD's paragraphs and questions from ``QA_BENCHMARKS``.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.corpus import ROOT
from qa import Assistant
from qa.answering.retrieve import retrieve
from qa.library.local.view import LocalView


def exact(view: LocalView) -> LocalView:
    """The same view as if Chroma could not be asked."""
    return LocalView(view._connection, view.meta, view._index, view._given, lambda *_: None)


def xquad(folder: Path) -> tuple[Path, list[str]]:
    """XQuAD's paragraphs as files, and its questions."""
    benchmarks = Path(os.environ.get("QA_BENCHMARKS", ROOT.parent / "shared" / "benchmarks"))
    data = json.loads((benchmarks / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))
    documents = folder / "xquad"
    documents.mkdir(exist_ok=True)
    questions = []
    for i, article in enumerate(data["data"]):
        text = "\n\n".join(one["context"] for one in article["paragraphs"])
        (documents / f"{i:02}.txt").write_text(text, encoding="utf-8")
        questions += [one["question"] for p in article["paragraphs"] for one in p["qas"]]
    return documents, questions


def compared(documents: Path, questions: list[str], library: Path) -> dict[str, Any]:
    """Ask each question both ways."""
    same = first = 0
    with Assistant.from_here(documents=documents, library=library) as assistant:
        assistant.sync()
        with assistant.library.reading() as view:
            assert isinstance(view, LocalView)
            scan = exact(view)
            for question in questions:
                ours, theirs = (
                    retrieve(question, v, assistant.embedding, 10) for v in (view, scan)
                )
                found = [
                    [(one.passage.id, round(one.score, 5)) for one in hits]
                    for hits in (ours, theirs)
                ]
                same += found[0] == found[1]
                first += found[0][:1] == found[1][:1]
            passages = view.passages
    return {"passages": passages, "questions": len(questions), "same": same, "same first": first}


def main(arguments: list[str]) -> dict[str, Any]:
    """Compare one set."""
    if arguments[0] == "xquad":
        with tempfile.TemporaryDirectory() as folder:
            documents, questions = xquad(Path(folder))
            return compared(documents, questions, Path(folder) / "library")
    lines = Path(arguments[1]).read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line.strip()]
    return compared(Path(arguments[0]), questions, Path(arguments[2]))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
