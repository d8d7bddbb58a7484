"""The extractive reader as the product runs it, on questions its training never saw.

    python bench/reader_report.py BENCHMARKS [--vectors FILE]

The held-out parts of XQuAD and QED (see train_reader.py).  Prints, for each, how often the
answer was given, cited a sentence that holds the gold answer (refusals count as not cited),
how many sentences it showed, and how long reading took without embedding already seen.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.reader_data import Asked, Dataset, Embedder, Index, qed, xquad
from qa.answer.calibration import shipped
from qa.answer.extract import Extraction, extract


def cites(found: Extraction, one: Asked, data: Dataset) -> bool:
    """Whether a cited sentence of the gold paragraph is gold, or holds a gold answer."""
    for statement in found.statements:
        for citation in statement.citations:
            if citation.document_id != data.rows[one.row].document.id:
                continue
            if one.sentence is not None:
                if min(citation.end, one.sentence[1]) - max(citation.start, one.sentence[0]) > 10:
                    return True
            elif any(citation.start <= at < citation.end for at, _ in one.answers):
                return True
    return False


def report(data: Dataset, embed: Embedder) -> str:
    """One line of figures for the held-out part of ``data``."""
    index = Index(data.rows, embed)
    training = data.training()
    bar = shipped().threshold
    answered, cited, shown, seconds, false = [], [], [], [], []
    for one in data.asked:
        if one.group in training:
            continue
        hits = index.hits(one.question)
        began = time.perf_counter()
        found = extract(one.question, hits, embed=embed, statistics=index, threshold=bar)
        seconds.append(time.perf_counter() - began)
        answered.append(found.reason is None)
        cited.append(cites(found, one, data))
        if found.statements:
            shown.append(len(found.statements))
        hits = index.hits(one.question, without=one.row)
        missed = extract(one.question, hits, embed=embed, statistics=index, threshold=bar)
        false.append(missed.reason is None)
    return (
        f"{data.name}, held out: {len(cited)} questions, answered {np.mean(answered):.3f}, "
        f"gold cited {np.mean(cited):.3f} (of the answered "
        f"{np.sum(cited) / max(1, np.sum(answered)):.3f}), sentences {np.mean(shown):.2f}, "
        f"false answers without the paragraph {np.mean(false):.3f}, "
        f"p50 {1000 * np.median(seconds):.0f} ms"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("--vectors", type=Path, default=Path("reader-vectors.sqlite"))
    given = parser.parse_args()
    embed = Embedder(given.vectors)
    for data in (xquad(given.benchmarks), qed(given.benchmarks)):
        print(report(data, embed), flush=True)


if __name__ == "__main__":
    main()
