"""One generation of a library of this machine, as it is read."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from qa.data import Document, Passage, Source
from qa.errors import LibraryDamaged, LibraryMismatch
from qa.library import days
from qa.library.interface import FileState, Over, Scores, StoredPassage
from qa.library.local import catalog, lexical, vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXACT = 4_000
"""Up to so many vectors, 6 MB, a question is compared with all of them as they are."""

ALONE = 100_000
"""Up to so many vectors, of which 2 ms are read, a thread of its own would not pay."""

_Dense: TypeAlias = "tuple[NDArray[np.float64], float]"
_BM25: TypeAlias = "tuple[NDArray[np.float64], dict[str, int]]"


class Index(NamedTuple):
    """One generation's arrays, aligned: position i is one passage.

    ``key`` tells generations apart: the store's name and its count of changes.
    ``rows`` say where the passage's vector stands in ``matrix``.
    """

    key: tuple[str, str]
    passages: lexical.Passages
    rows: "NDArray[np.int64]"
    matrix: "NDArray[np.float32]"
    codes: vectors.Codes


class LocalView:
    """One generation of a library, unchanged for as long as it is looked at."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        meta: dict[str, str],
        index: Index,
        given: Mapping[str, date],
        *,
        some: bool = False,
    ) -> None:
        self._connection = connection
        self._index = index
        self._given = given  # the dates that a user gave documents, by id
        self._some = some  # not all passages are in the index
        self.meta = meta

    def without(self, documents: Iterable[str]) -> "LocalView":
        """The same generation as if it did not hold the passages of ``documents`` (ids)."""
        import numpy as np

        gone = np.array(catalog.read_numbers(self._connection, list(documents)), np.int64)
        index, old = self._index, self._index.passages
        kept = ~np.isin(old.numbers, gone)
        left = index._replace(
            passages=lexical.passages(old.numbers[kept], old.lengths[kept]), rows=index.rows[kept]
        )
        return LocalView(self._connection, self.meta, left, self._given, some=True)

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return len(self._index.rows)

    def scores(self, vector: "NDArray[np.float32]", terms: Sequence[str]) -> Scores:
        """Cosine with a unit vector, and BM25 for ``terms``, of every passage.

        Raises LibraryMismatch where the vector is of another width than the library's.
        """
        import numpy as np

        (dense, error), (bm25, frequency) = self._both(vector, terms)
        most = lexical.most(terms, self.passages, frequency)
        return Scores(np.arange(len(dense)), dense, bm25, partial(_over, dense), most, error)

    def _both(self, vector: "NDArray[np.float32]", terms: Sequence[str]) -> tuple[_Dense, _BM25]:
        """Side by side in a large library: both work in libraries that let go of the GIL."""
        if len(self._index.matrix) <= ALONE:
            return self.dense(vector), self._bm25(terms)
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(self.dense, vector)
            bm25 = self._bm25(terms)
            return reading.result(), bm25

    def dense(self, vector: "NDArray[np.float32]") -> _Dense:
        """Cosine of a unit vector with every passage's, by position, and how far off it may be.

        Exact in a small library, from the rounded vectors in a large one.  Raises
        LibraryMismatch where the vector is of another width than the library's.
        """
        index = self._index
        if len(vector) != index.matrix.shape[1]:
            raise LibraryMismatch(
                f"the library's vectors have {index.matrix.shape[1]} dimensions, the"
                f" question's has {len(vector)}: the embedding model has changed under its"
                " name; run: qa ingest --rebuild"
            )
        if len(index.matrix) <= EXACT:
            return (index.matrix @ vector)[index.rows].astype("float64"), 0.0
        cosines, error = index.codes.cosines(vector)
        return cosines[index.rows], error

    def vectors(self, positions: Sequence[int]) -> "NDArray[np.float32]":
        """The passages' own vectors, one row a position."""
        rows: NDArray[np.float32] = self._index.matrix[self._index.rows[list(positions)]]
        if len(self._index.matrix) > EXACT:
            vectors.forget(self._index.matrix)
        return rows

    def bm25(self, terms: Sequence[str]) -> "NDArray[np.float64]":
        """BM25 of every passage for ``terms``, by position."""
        return self._bm25(terms)[0]

    def _bm25(self, terms: Sequence[str]) -> _BM25:
        return lexical.bm25(self._connection, terms, self._index.passages, some=self._some)

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """How many passages hold each term."""
        among = self._index.passages if self._some else None
        return lexical.document_frequency(self._connection, terms, among)

    def at(self, positions: Sequence[int]) -> list[StoredPassage]:
        """The passages at these positions, in the order asked for."""
        numbers = self._index.passages.numbers[list(positions)].tolist()
        found = catalog.read_passages(self._connection, numbers)
        if len(found) < len(set(numbers)):
            raise LibraryDamaged("the catalog lacks passages that it names; run: qa repair")
        return [found[number] for number in numbers]

    def document(self, document_id: str) -> Document:
        """One document by id; KeyError where there is none."""
        document = catalog.read_document(self._connection, document_id)
        return days.dated(document, self._given.get(document_id), self.paths(document_id))

    def document_passages(
        self, document_id: str, near: tuple[int, int] | None = None
    ) -> tuple[Passage, ...]:
        """A document's passages in reading order; ``near``: those that reach into a range."""
        stored = catalog.read_document_passages(self._connection, document_id, near)
        return tuple(one.passage for one in stored)

    def dates(self) -> dict[str, days.When]:
        """When each document was written, by id: ``published`` and ``written``."""
        given = {name: (day, None) for name, day in self._given.items()}
        named = {
            name: days.of_names(paths) for name, paths in days.undated(self._connection).items()
        }
        return catalog.read_dates(self._connection) | named | given

    def paths(self, document_id: str) -> tuple[str, ...]:
        """The files that hold a document, sorted."""
        return catalog.read_paths(self._connection, document_id)

    def states(self) -> dict[str, FileState]:
        """How each known file looked when it was last read."""
        return catalog.read_states(self._connection)

    def sources(self) -> tuple[Source, ...]:
        """Every known file, by path."""
        modified = {path: state.mtime_ns for path, state in self.states().items()}
        return days.sources(catalog.read_sources(self._connection), self._given, modified)

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """The files that could not be read, by path, each with the reason."""
        return catalog.read_skipped(self._connection)


def _over(scores: "NDArray[np.float64]") -> Over:
    return Over(float(scores.mean()), float(scores.std())) if len(scores) else Over(0.0, 0.0)
