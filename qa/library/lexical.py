"""BM25 over the words that the catalog's FTS5 table keeps.

FTS5 is the inverted index, kept in the catalog's own transaction; the weighing is done
here because FTS5's own bm25() gives a word that stands in over half of the passages no
weight at all, which in a library of ten passages is most of the words that matter.
"""

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qa.errors import LibraryDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 1.2
B = 0.75


def idf(passages: int, frequency: int) -> float:
    """Weight of a term standing in ``frequency`` of ``passages``: never below 0.

    >>> round(idf(10, 1), 3), round(idf(10, 10), 3)
    (1.992, 0.047)
    """
    return math.log(1.0 + (passages - frequency + 0.5) / (frequency + 0.5))


def bm25(
    connection: sqlite3.Connection,
    terms: Sequence[str],
    numbers: "NDArray[np.int64]",
    lengths: "NDArray[np.float64]",
    *,
    some: bool = False,
) -> "NDArray[np.float64]":
    """Score of every passage for ``terms``; 0 where none of them stands.

    ``numbers`` are the passages' numbers in ascending order, ``lengths`` their counts of
    terms; with ``some`` they are not all passages, and the others count for nothing.
    Robertson and Zaragoza (2009), with the never-negative idf of ``idf``.
    """
    import numpy as np

    scores = np.zeros(len(numbers))
    if not len(numbers):
        return scores
    norm = K1 * (1.0 - B + B * lengths / max(float(lengths.mean()), 1e-9))
    for term, repeats in Counter(terms).items():
        places = np.fromiter(_occurrences(connection, term), dtype=np.int64)
        found, counts = np.unique(places, return_counts=True)
        at = np.searchsorted(numbers, found)
        if some:
            here = numbers[np.minimum(at, len(numbers) - 1)] == found
            found, counts, at = found[here], counts[here], at[here]
        elif not np.array_equal(numbers[np.minimum(at, len(numbers) - 1)], found):
            raise LibraryDamaged("the index of words names passages that are not; run: qa repair")
        gain = counts * (K1 + 1.0) / (counts + norm[at])
        scores[at] += repeats * idf(len(numbers), len(found)) * gain
    return scores


def document_frequency(
    connection: sqlite3.Connection,
    terms: Iterable[str],
    among: "NDArray[np.int64] | None" = None,
) -> dict[str, int]:
    """How many passages (of those numbered in ``among``) hold each term."""
    found = {term: set(_occurrences(connection, term)) for term in set(terms)}
    if among is not None:
        import numpy as np

        known = {term: np.array(sorted(numbers), np.int64) for term, numbers in found.items()}
        return {term: int(np.isin(numbers, among).sum()) for term, numbers in known.items()}
    return {term: len(numbers) for term, numbers in found.items()}


def _occurrences(connection: sqlite3.Connection, term: str) -> Iterable[int]:
    rows = connection.execute("SELECT doc FROM occurrences WHERE term = ?", (term,))
    return (number for (number,) in rows)
