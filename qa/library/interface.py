"""What a library is to the stages: the embedded one, and one that an engine keeps.

Two things keep it: files of this machine (``local``), and an engine that many machines
reach (``shared``).  What both are asked is written here, and nothing else is asked of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol

from qa.data import Document, Passage, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FileState(NamedTuple):
    """How a file looked when it was last read; ``seen_ns`` is when that was."""

    path: str
    size: int
    mtime_ns: int
    seen_ns: int
    digest: str | None


class NewPassage(NamedTuple):
    """A passage to be stored, with its terms and the id of its vector."""

    passage: Passage
    terms: tuple[str, ...]
    vector_id: str


class StoredPassage(NamedTuple):
    """A passage with its number in the catalog: the row id of every table of words."""

    number: int
    passage: Passage
    vector_id: str


class Change(NamedTuple):
    """What one file holds now: a document with its passages, or the reason it was skipped.

    ``document`` None and ``reason`` None means: the document ``known`` that is there already.
    """

    state: FileState
    document: Document | None = None
    passages: tuple[NewPassage, ...] = ()
    reason: str | None = None
    known: str | None = None


class Stored(NamedTuple):
    """A passage as it is stored, with its terms and how many the catalog says they are."""

    passage: StoredPassage
    terms: tuple[str, ...]
    length: int


class Over(NamedTuple):
    """Mean and standard deviation of a retriever's score over all passages of the library."""

    mean: float
    spread: float


class Scores(NamedTuple):
    """What both retrievers say of the passages that may be found; the arrays are aligned.

    ``positions`` ascend in the order in which passages were stored, and name them to the
    view that gave them.  They are all passages, or so many of the best of each retriever
    that no other could lead: ``dense_over()`` is of all passages in either case, or of many
    that stand for all, and ``bm25_most`` is what ``lexical.most`` says, for which no passage
    need be looked at.
    """

    positions: "NDArray[np.int64]"
    dense: "NDArray[np.float64]"
    bm25: "NDArray[np.float64]"
    dense_over: Callable[[], Over]
    bm25_most: float


class View(Protocol):
    """One generation of a library, unchanged for as long as it is looked at."""

    meta: dict[str, str]

    @property
    def passages(self) -> int:
        """How many passages there are."""

    def scores(self, vector: "NDArray[np.float32]", terms: Sequence[str]) -> Scores:
        """Cosine with a unit vector and BM25 for ``terms``.

        Raises LibraryMismatch where the vector is of another width than the library's.
        """

    def vectors(self, positions: Sequence[int]) -> "NDArray[np.float32]":
        """The passages' own vectors, one row a position."""

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """How many passages hold each term."""

    def at(self, positions: Sequence[int]) -> list[StoredPassage]:
        """The passages at these positions, in the order asked for."""

    def document(self, document_id: str) -> Document:
        """One document by id; KeyError where there is none."""

    def document_passages(
        self, document_id: str, near: tuple[int, int] | None = None
    ) -> tuple[Passage, ...]:
        """A document's passages in reading order; ``near``: those that reach into a range."""

    def dates(self) -> dict[str, tuple[date | None, tuple[date, date] | None]]:
        """When each document was written, by id: ``published`` and ``written``."""

    def without(self, documents: Iterable[str]) -> "View":
        """The same generation as if it did not hold the passages of ``documents`` (ids).

        ``dates`` does not tell of them either.
        """

    def paths(self, document_id: str) -> tuple[str, ...]:
        """The files that hold a document, sorted."""

    def states(self) -> dict[str, FileState]:
        """How each known file looked when it was last read."""

    def sources(self) -> tuple[Source, ...]:
        """Every known file, by path."""

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """The files that could not be read, by path, each with the reason."""


class Writer(Protocol):
    """The one that changes a library: readers see all of a change, or nothing of it."""

    def warm(self) -> None:
        """Load in the background what storing vectors takes; without it, that is loaded later."""

    def states(self) -> dict[str, FileState]:
        """How each known file looked when it was last read."""

    def skipped(self) -> frozenset[str]:
        """The files that could not be read."""

    def meta(self, name: str) -> str | None:
        """One entry of the library's ``meta``."""

    def set_meta(self, **values: str) -> None:
        """Set entries of the library's ``meta``."""

    def missing(self, ids: Iterable[str]) -> set[str]:
        """Those of ``ids`` whose vectors are not there yet."""

    def store(
        self,
        changes: "Sequence[Change]",
        new_vectors: "Mapping[str, NDArray[np.float32]]",
        deleted: Sequence[str] = (),
    ) -> None:
        """Make ``changes`` and forget the files ``deleted``: all of it, or none.

        ``new_vectors`` holds the vectors that ``missing`` named.
        """

    def touch(self, states: Iterable[FileState]) -> None:
        """Remember how unchanged files look now."""

    def known_document(self, digest: str, suffix: str) -> str | None:
        """The document of a file with these bytes and this kind of name, if one is known."""

    def disagreement(self) -> str | None:
        """What the stores disagree on, in one line; None where they agree."""

    def faults(self) -> Iterator[str]:
        """All that is wrong with the stores, a line each: every row of each is read."""

    def documents(self) -> "Iterator[tuple[Document, tuple[str, ...], list[Stored]]]":
        """Every document with its paths, passages, and each passage's terms and their count."""


class Kept(Protocol):
    """Vectors out of a library that may be damaged."""

    def vectors(self, ids: Sequence[str]) -> "dict[str, NDArray[np.float32]]":
        """Those of ``ids`` whose vectors are whole."""

    def close(self) -> None:
        """Let go of what is held."""


class Library(Protocol):
    """Documents of one folder, read by generations and written by one writer.

    Nothing is opened or made before it is read or written.  Safe to share between threads.
    """

    @property
    def name(self) -> str:
        """Where it is, for a reader."""

    def warm(self) -> None:
        """Load what asking it takes, for whoever will ask it soon; what fails here fails there."""

    def exists(self) -> bool:
        """Tell whether there is one to be read."""

    def reading(self) -> AbstractContextManager[View]:
        """Look at the newest generation.

        Raises LibraryError where there is none or it cannot be reached, LibraryMismatch
        where it was made for another model, folder or version, LibraryDamaged where it is
        broken.
        """

    def writing(self, purpose: str, *, rebuild: bool = False) -> AbstractContextManager[Writer]:
        """Be the one writer; ``purpose`` is what another process is told ("qa ingest").

        ``rebuild`` makes a new library, empty or as far as an interrupted rebuild came; it
        takes the old one's place when the block ends without an error, and until then the
        old one is read.  Raises LibraryBusy where another process is the writer, and what
        ``reading`` raises.
        """

    def set_dates(self, given: Mapping[str, date | None]) -> None:
        """Give the documents of these paths their dates; None takes a given one back.

        Raises UsageError for a path that no readable file has, and what ``writing`` raises.
        """

    def salvage(self) -> Kept:
        """The vectors that are whole; for who holds the writer lock.

        Raises LibraryDamaged where nothing of it can be read.
        """
