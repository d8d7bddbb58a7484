"""How long ``qa verify`` takes for 1,000 citations: the whole process, from start to exit.

    python -m bench.verify

The proofs are of documents made here, in one file, in 100 and in 1,000; of each the citations
hold, and in a second run every document has been changed elsewhere.
"""

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from qa.answering.cite import cite
from qa.data import Answer, CitedDocument, Hit, Passage, Proof, Quotation, Sentence, Statement
from qa.ingest.read import read
from qa.proof.file import to_bytes
from qa.proof.make import text_digest

CITATIONS = 1000
RUNS = 3


def main() -> None:
    """Print the seconds of each case, the median of some runs."""
    for documents in (1, 100, 1000):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "docs").mkdir()
            _write(root / "docs", documents)
            (root / "proof.json").write_bytes(to_bytes(_proof(root / "docs")))
            said = f"{CITATIONS} citations of {documents} documents: "
            said += f"{_seconds(root, 0):.2f} s where all hold"
            for path in (root / "docs").iterdir():
                path.write_text(path.read_text() + "\nA sentence was added here.\n")
            print(f"{said}, {_seconds(root, 0):.2f} s where every document has changed")


def _write(folder: Path, documents: int) -> None:
    each = CITATIONS // documents
    for number in range(documents):
        lines = [
            f"In 20{10 + i % 10} the mill at Ashford {number}-{i} ground {1000 + i} tonnes of rye."
            for i in range(each)
        ]
        (folder / f"mill-{number}.txt").write_text("Mills.\n\n" + "\n\n".join(lines) + "\n")


def _proof(folder: Path) -> Proof:
    shown: list[Quotation] = []
    cited: list[CitedDocument] = []
    for path in sorted(folder.iterdir()):
        document = read(path, max_bytes=50_000_000)
        data = path.read_bytes()
        cited.append(
            CitedDocument(
                *(path.name, (), document.title, hashlib.sha256(data).hexdigest(), len(data)),
                *(text_digest(document.text), len(document.text), "plain.txt", "0.1.0"),
                *(document.published, document.written, document.date_basis),
            )
        )
        places = list(_lines(document.text))
        passage = Passage("p", document.id, places[0].start, places[-1].end, tuple(places))
        hit = Hit(passage, document, (path.name,), 1, 1.0)
        shown += [
            Quotation(cite(hit, one, len(shown) + i), None, "", "")
            for i, one in enumerate(places, start=1)
        ]
    statements = tuple(
        Statement(
            f"Ashford's mill ground {one.citation.quote.split(' ground ')[1]}",
            (one.citation,),
            1.0,
        )
        for one in shown
    )
    asked = "how much did each mill grind?"
    answer = Answer(asked, asked, statements, None, (), (), "a-model")
    return Proof(
        *(datetime.now(UTC), answer, (), (), tuple(shown), tuple(cited), (asked,), len(cited)),
        *("0.1.0", "reader", "embedding", ()),
    )


def _lines(text: str) -> Iterator[Sentence]:
    at = 0
    for line in text.split("\n"):
        if line.startswith("In "):
            yield Sentence(at, at + len(line))
        at += len(line) + 1


def _seconds(root: Path, status: int) -> float:
    """The median over some runs; each must end with this exit status."""
    command = [sys.executable, "-m", "qa", "verify", "proof.json", "--documents", "docs"]
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        taken.append(time.perf_counter() - began)
        if done.returncode != status:
            raise SystemExit(f"exit status {done.returncode}: {done.stderr}{done.stdout[-2000:]}")
    return statistics.median(taken)


if __name__ == "__main__":
    main()
