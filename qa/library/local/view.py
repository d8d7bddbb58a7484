"""One generation of a library of this machine, as it is read."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
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

DEPTH = 400
"""How many of its best each retriever gives, to be scored exactly: docs/scale.md."""

Nearest: TypeAlias = "Callable[[NDArray[np.float32], int], list[str] | None]"
"""Asks Chroma for the ids of the passages nearest to a vector; None where it cannot be asked."""

_SAMPLE = 4_096  # vectors that the spread of all cosines is told from

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


class LocalView:
    """One generation of a library, unchanged for as long as it is looked at."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        meta: dict[str, str],
        index: Index,
        given: Mapping[str, date],
        nearest: Nearest,
        *,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self._connection = connection
        self._index = index
        self._given = given  # the dates that a user gave documents, by id
        self._nearest = nearest
        self._without = without  # documents whose passages are not in the index
        self.meta = meta

    def without(self, documents: Iterable[str]) -> "LocalView":
        """The same generation as if it did not hold the passages of ``documents`` (ids)."""
        import numpy as np

        without = self._without.union(documents)
        gone = np.array(catalog.read_numbers(self._connection, list(without)), np.int64)
        index, old = self._index, self._index.passages
        kept = ~np.isin(old.numbers, gone)
        left = index._replace(
            passages=lexical.passages(old.numbers[kept], old.lengths[kept]), rows=index.rows[kept]
        )
        parts = self._connection, self.meta, left, self._given, self._nearest
        return LocalView(*parts, without=without)

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return len(self._index.rows)

    def scores(self, vector: "NDArray[np.float32]", terms: Sequence[str]) -> Scores:
        """Cosine with a unit vector and BM25 for ``terms``, of all that could lead.

        Chroma finds the nearest; of those, and of the best by BM25, the cosine is worked out
        from their vectors.  Where Chroma cannot be asked, of all.  Raises LibraryMismatch where
        the vector is of another width than the library's.
        """
        import numpy as np

        index = self._index
        if len(vector) != index.matrix.shape[1]:
            raise LibraryMismatch(
                f"the library's vectors have {index.matrix.shape[1]} dimensions, the"
                f" question's has {len(vector)}: the embedding model has changed under its"
                " name; run: qa ingest --rebuild"
            )
        bm25, frequency = self._bm25(terms)
        near = self._near(vector)
        some = np.arange(len(bm25)) if near is None else np.union1d(near, lexical.best(bm25, DEPTH))
        return Scores(
            some,
            self._cosines(vector, some),
            bm25[some],
            partial(self._over, vector),
            lexical.most(terms, self.passages, frequency),
        )

    def _near(self, vector: "NDArray[np.float32]") -> "NDArray[np.int64] | None":
        """The positions of the nearest passages, in no order; None where it must be all."""
        import numpy as np

        count = DEPTH  # of passages: several may have one row of vectors
        while count < 8 * DEPTH:
            ids = self._nearest(vector, count)
            if ids is None:
                return None
            known = np.array(catalog.read_numbered(self._connection, ids), np.int64)
            numbers = self._index.passages.numbers
            at = np.minimum(np.searchsorted(numbers, known), max(len(numbers) - 1, 0))
            near: NDArray[np.int64] = at[numbers[at] == known]
            if len(near) >= min(DEPTH, len(numbers)) // 2 or not self._without:
                return near
            count *= 2  # most of what is near is not of the documents asked for
        return None

    def _cosines(
        self, vector: "NDArray[np.float32]", some: "NDArray[np.int64]"
    ) -> "NDArray[np.float64]":
        index = self._index
        if 2 * len(some) > len(index.matrix):
            found: NDArray[np.float64] = (index.matrix @ vector)[index.rows[some]].astype("f8")
        else:
            found = (index.matrix[index.rows[some]] @ vector).astype("f8")
        if len(index.matrix) > _SAMPLE:
            vectors.forget(index.matrix)
        return found

    def _over(self, vector: "NDArray[np.float32]") -> Over:
        """Mean and spread of all cosines, from every passage or from many evenly apart."""
        import numpy as np

        count = self.passages
        if not count:
            return Over(0.0, 0.0)
        some = np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64)
        cosines = self._cosines(vector, some)
        return Over(float(cosines.mean()), float(cosines.std()))

    def vectors(self, positions: Sequence[int]) -> "NDArray[np.float32]":
        """The passages' own vectors, one row a position."""
        rows: NDArray[np.float32] = self._index.matrix[self._index.rows[list(positions)]]
        if len(self._index.matrix) > _SAMPLE:
            vectors.forget(self._index.matrix)
        return rows

    def bm25(self, terms: Sequence[str]) -> "NDArray[np.float64]":
        """BM25 of every passage for ``terms``, by position."""
        return self._bm25(terms)[0]

    def _bm25(self, terms: Sequence[str]) -> _BM25:
        return lexical.bm25(self._connection, terms, self._index.passages, some=bool(self._without))

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """How many passages hold each term."""
        among = self._index.passages if self._without else None
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
        own = catalog.read_dates(self._connection)
        named = {
            name: days.compared(own[name], paths)
            for name, paths in days.in_names(self._connection).items()
        }
        found = own | named | {name: (day, None) for name, day in self._given.items()}
        return {name: when for name, when in found.items() if name not in self._without}

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
