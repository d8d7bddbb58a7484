"""BM25 over an inverted index of arrays, kept in the catalog's own transactions.

No engine that ranks by BM25 tells every passage's score, which the fusion needs: SQLite's FTS5
gives places one row at a time (0.3 microseconds a place, seconds for a frequent word among a
million passages) and a word in over half of the passages no weight, tantivy gives the best few
by rounded lengths, bm25s scores the whole library anew at every change.  So the places are kept
as arrays that numpy reads at the speed of memory: one blob for each term and block of 8,192
passage numbers, of pairs (number within the block, count) of unsigned 16-bit integers.
"""

import math
import sqlite3
import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from qa.errors import LibraryDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 1.2
B = 0.75

TABLES = """
CREATE TABLE words (number INTEGER PRIMARY KEY, terms TEXT NOT NULL);
CREATE TABLE postings (
    term TEXT NOT NULL, block INTEGER NOT NULL, places BLOB NOT NULL, UNIQUE (term, block)
);
"""
"""``words`` holds each passage's terms, parted by blanks; ``postings`` is made of it."""

_pair = struct.Struct("<HH").pack
_BITS = 13  # of a number, that stand within a block: an edit rewrites a few kB for each term
_PLACE = 4  # bytes
_MOST = 0xFFFF  # times that a term is counted in one passage


def idf(passages: int, frequency: int) -> float:
    """Weight of a term standing in ``frequency`` of ``passages``: never below 0.

    >>> round(idf(10, 1), 3), round(idf(10, 10), 3)
    (1.992, 0.047)
    """
    return math.log(1.0 + (passages - frequency + 0.5) / (frequency + 0.5))


class Passages(NamedTuple):
    """What is the same for every term: the passages' numbers, ascending, and their lengths.

    ``norms`` is what BM25 adds to a count because of the passage's length in terms.  The
    passage of number ``numbers[0] + i`` stands at ``position[i]``, which is -1 where there
    is none; without a gap in the numbers ``position`` is None, and it stands at ``i``.
    """

    numbers: "NDArray[np.uint32]"
    lengths: "NDArray[np.uint32]"
    norms: "NDArray[np.float64]"
    position: "NDArray[np.int32] | None"


def passages(numbers: "NDArray[np.uint32]", lengths: "NDArray[np.uint32]") -> Passages:
    """The passages of these numbers, ascending, and of so many terms each."""
    import numpy as np

    mean = max(float(lengths.mean()), 1e-9) if len(lengths) else 1.0
    norms = K1 * (1.0 - B + B * lengths.astype(np.float64) / mean)
    position = None
    if len(numbers) and numbers[-1] - numbers[0] >= len(numbers):
        position = np.full(int(numbers[-1] - numbers[0]) + 1, -1, np.int32)
        position[numbers - numbers[0]] = np.arange(len(numbers), dtype=np.int32)
    return Passages(numbers, lengths, norms, position)


def bm25(
    connection: sqlite3.Connection, terms: Sequence[str], among: Passages, *, some: bool = False
) -> "tuple[NDArray[np.float64], dict[str, int]]":
    """Score of every passage for ``terms``, 0 where none stands, and how many hold each.

    With ``some`` they are not all passages, and the others count for nothing.
    """
    return scored(terms, among, lambda term: _places(connection, term, among, some=some))


def scored(
    terms: Sequence[str],
    among: Passages,
    places: "Callable[[str], tuple[NDArray[np.int64], NDArray[np.float64]]]",
) -> "tuple[NDArray[np.float64], dict[str, int]]":
    """As ``bm25``, of the places of each term: positions, ascending, and how often it stands there.

    Robertson and Zaragoza (2009), with the never-negative idf of ``idf``.
    """
    import numpy as np

    scores, frequency = np.zeros(len(among.numbers)), {}
    for term, repeats in Counter(terms).items():
        at, counts = places(term)
        frequency[term] = len(at)
        part = counts * (repeats * idf(len(scores), len(at)))
        part *= K1 + 1.0
        counts += among.norms[at]
        part /= counts
        scores[at] += part
    return scores, frequency


def best(scores: "NDArray[np.float64]", count: int) -> "NDArray[np.int64]":
    """The positions of the ``count`` best above 0, in no order."""
    import numpy as np

    found = np.flatnonzero(scores)
    if len(found) <= count:
        return found
    return found[np.argpartition(scores[found], -count)[-count:]]


def most(terms: Sequence[str], passages: int, frequency: Mapping[str, int]) -> float:
    """What BM25 for ``terms`` approaches as a passage holds each of them ever more often.

    >>> round(most(("jac", "van", "van"), 10, {"jac": 1, "van": 10}), 3)
    4.588
    """
    return (K1 + 1.0) * sum(idf(passages, frequency[term]) for term in terms)


def document_frequency(
    connection: sqlite3.Connection, terms: Iterable[str], among: Passages | None = None
) -> dict[str, int]:
    """How many passages (of those ``among``) hold each term."""
    if among is not None:
        return {term: len(_places(connection, term, among, some=True)[0]) for term in set(terms)}
    count = "SELECT coalesce(sum(length(places)), 0) FROM postings WHERE term = ?"
    return {term: connection.execute(count, (term,)).fetchone()[0] // _PLACE for term in set(terms)}


def _places(
    connection: sqlite3.Connection, term: str, among: Passages, *, some: bool
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """The positions of the passages that hold a term, ascending, and how often each does."""
    import numpy as np

    blocks = connection.execute(
        "SELECT block, places FROM postings WHERE term = ? ORDER BY block", (term,)
    ).fetchall()
    pairs = np.frombuffer(b"".join(places for _, places in blocks), "<u4")
    first = int(among.numbers[0]) if len(among.numbers) else 0
    starts = np.array([(block << _BITS) - first for block, _ in blocks], np.int64)
    at = np.repeat(starts, [len(places) // _PLACE for _, places in blocks])
    at += pairs & _MOST
    counts = (pairs >> 16).astype(np.float64)
    span = among.numbers if among.position is None else among.position
    known = at.view(np.uint64) < len(span)  # seen so, what is below 0 is far above
    if among.position is not None:
        at = among.position.take(at, mode="clip").astype(np.int64)
        known &= at >= 0
    if not known.all():
        if not some:
            raise LibraryDamaged("the index of words names passages that are not; run: qa repair")
        at, counts = at[known], counts[known]
    return at, counts


# --- writing: each takes a connection inside a writer's transaction


def add(connection: sqlite3.Connection, passages: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Index new passages, (number, terms) in ascending order, above all that are there."""
    new: defaultdict[tuple[str, int], bytearray] = defaultdict(bytearray)
    for number, terms in passages:
        connection.execute("INSERT INTO words VALUES (?, ?)", (number, " ".join(terms)))
        block, place = _block(number)
        for term, count in Counter(terms).items():
            new[term, block] += _pair(place, count if count < _MOST else _MOST)
    connection.executemany(
        """INSERT INTO postings VALUES (?1, ?2, ?3) ON CONFLICT (term, block)
           DO UPDATE SET places = CAST(places || ?3 AS BLOB)""",
        ((term, block, places) for (term, block), places in new.items()),
    )


def remove(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Forget passages."""
    import numpy as np

    gone: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for number in numbers:
        (words,) = connection.execute(
            "DELETE FROM words WHERE number = ? RETURNING terms", (number,)
        ).fetchone() or ("",)
        block, place = _block(number)
        for term in set(words.split(" ")):
            gone[term, block].append(place)
    for key, places in gone.items():
        where = "WHERE term = ? AND block = ?"
        found = connection.execute(f"SELECT places FROM postings {where}", key).fetchone()
        pairs = np.frombuffer(found[0] if found else b"", "<u2").reshape(-1, 2)
        left = pairs[~np.isin(pairs[:, 0], places)]
        if len(left):
            connection.execute(f"UPDATE postings SET places = ? {where}", (left.tobytes(), *key))
        else:
            connection.execute(f"DELETE FROM postings {where}", key)


def _block(number: int) -> tuple[int, int]:
    return number >> _BITS, number & ((1 << _BITS) - 1)


def agree(connection: sqlite3.Connection) -> bool:
    """Tell whether ``postings`` says what ``words`` says, reading all of both."""
    import numpy as np

    said = indexed = 0  # sums of checksums: their order does not matter
    for number, words in connection.execute("SELECT number, terms FROM words"):
        for term, count in Counter(words.split()).items():
            said += zlib.crc32(f"{term} {number} {min(count, _MOST)}".encode())
    for term, block, places in connection.execute("SELECT term, block, places FROM postings"):
        if len(places) % _PLACE:
            return False
        for place, count in np.frombuffer(places, "<u2").reshape(-1, 2).tolist():
            indexed += zlib.crc32(f"{term} {(block << _BITS) + place} {count}".encode())
    return said == indexed
