"""Catalog, vectors and words as one thing: read by generations, written by one writer."""

import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qa.data import Document, Passage, Source
from qa.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch
from qa.library import catalog, lexical, vectors
from qa.library.catalog import FileState, StoredPassage
from qa.library.writer import Writer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Index(NamedTuple):
    """One generation's arrays, aligned: position i is one passage.

    ``numbers`` ascend; ``rows`` say where the passage's vector stands in ``matrix``.
    """

    generation: str
    numbers: "NDArray[np.int64]"
    lengths: "NDArray[np.float64]"
    rows: "NDArray[np.int64]"
    matrix: "NDArray[np.float32]"


class View:
    """One generation of a library, unchanged for as long as it is looked at."""

    def __init__(self, connection: sqlite3.Connection, meta: dict[str, str], index: Index) -> None:
        self._connection = connection
        self._index = index
        self.meta = meta

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return len(self._index.numbers)

    def dense(self, vector: "NDArray[np.float32]") -> "NDArray[np.float64]":
        """Cosine of a unit vector with every passage's vector, by position.

        Raises LibraryMismatch where the vector is of another width than the library's.
        """
        if len(vector) != self._index.matrix.shape[1]:
            raise LibraryMismatch(
                f"the library's vectors have {self._index.matrix.shape[1]} dimensions, the"
                f" question's has {len(vector)}: the embedding model has changed under its"
                " name; run: qa ingest --rebuild"
            )
        similarity = self._index.matrix @ vector
        cosines: NDArray[np.float64] = similarity[self._index.rows].astype("float64")
        return cosines

    def vectors(self, positions: Sequence[int]) -> "NDArray[np.float32]":
        """The passages' own vectors, one row a position."""
        rows: NDArray[np.float32] = self._index.matrix[self._index.rows[list(positions)]]
        return rows

    def bm25(self, terms: Sequence[str]) -> "NDArray[np.float64]":
        """BM25 of every passage for ``terms``, by position."""
        return lexical.bm25(self._connection, terms, self._index.numbers, self._index.lengths)

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """How many passages hold each term."""
        return lexical.document_frequency(self._connection, terms)

    def at(self, positions: Sequence[int]) -> list[StoredPassage]:
        """The passages at these positions, in the order asked for."""
        numbers = [int(self._index.numbers[position]) for position in positions]
        found = catalog.read_passages(self._connection, numbers)
        return [found[number] for number in numbers]

    def document(self, document_id: str) -> Document:
        """One document by id; KeyError where there is none."""
        return catalog.read_document(self._connection, document_id)

    def document_passages(self, document_id: str) -> tuple[Passage, ...]:
        """A document's passages in reading order."""
        stored = catalog.read_document_passages(self._connection, document_id)
        return tuple(one.passage for one in stored)

    def paths(self, document_id: str) -> tuple[str, ...]:
        """The files that hold a document, sorted."""
        return catalog.read_paths(self._connection, document_id)

    def states(self) -> dict[str, FileState]:
        """How each known file looked when it was last read."""
        return catalog.read_states(self._connection)

    def sources(self) -> tuple[Source, ...]:
        """Every known file, by path."""
        return catalog.read_sources(self._connection)


class Library:
    """A library in the folder ``path``, of the documents in the folder ``documents``.

    ``embedding`` is the name of the model whose vectors it holds.  Nothing is opened or
    made before it is read or written.  Safe to share between threads.
    """

    def __init__(self, path: Path, documents: Path, embedding: str) -> None:
        self.path = path
        self.documents = documents
        self.embedding = embedding
        self._catalog = path / "catalog.sqlite"
        self._index: Index | None = None
        self._lock = threading.Lock()

    def exists(self) -> bool:
        """Tell whether there is a catalog with its tables."""
        if not self._catalog.is_file():
            return False
        connection = catalog.connect(self._catalog, write=False)
        try:
            return not catalog.is_new(connection)
        except sqlite3.Error as error:
            raise catalog.mapped(error, self._catalog) from error
        finally:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[View]:
        """Look at the newest generation.

        Raises LibraryError where there is none, LibraryMismatch where it was made for
        another model, folder or version, LibraryDamaged where it is broken.
        """
        if not self._catalog.is_file():
            raise LibraryError(f"there is no library in {str(self.path)!r} yet; run: qa ingest")
        connection = catalog.connect(self._catalog, write=False)
        try:
            with catalog.transaction(connection):
                meta = self._checked_meta(connection)
                yield View(connection, meta, self._load(connection, meta))
        except sqlite3.Error as error:
            raise catalog.mapped(error, self._catalog) from error
        finally:
            connection.close()

    def _checked_meta(self, connection: sqlite3.Connection) -> dict[str, str]:
        if catalog.is_new(connection):
            raise LibraryError(f"there is no library in {str(self.path)!r} yet; run: qa ingest")
        meta = catalog.read_meta(connection)
        catalog.check_format(meta, self._catalog)
        if meta["embedding"] != self.embedding:
            raise LibraryMismatch(
                f"library {str(self.path)!r} was made with the embedding model"
                f" {meta['embedding']!r}, this run uses {self.embedding!r};"
                " run: qa ingest --rebuild (or name the first with --embedding)"
            )
        if meta["documents"] != self._relative_documents():
            made_of = os.path.normpath(self.path / meta["documents"])
            raise LibraryMismatch(
                f"library {str(self.path)!r} belongs to the documents in {made_of!r}, not to"
                f" {str(self.documents)!r}; give each folder a library of its own (--library DIR),"
                " or run: qa ingest --rebuild"
            )
        return meta

    def _relative_documents(self) -> str:
        # Relative, so that a project may be moved as a whole.
        return os.path.relpath(self.documents.absolute(), self.path.absolute())

    def _load(self, connection: sqlite3.Connection, meta: dict[str, str]) -> Index:
        import numpy as np

        with self._lock:
            if self._index is not None and self._index.generation == meta["generation"]:
                return self._index
            table = connection.execute(
                """SELECT p.number, p.length, v.row FROM passages p
                   JOIN vectors v ON v.id = p.vector_id ORDER BY p.number"""
            )
            found = np.array(table.fetchall(), dtype=np.int64).reshape(-1, 3)
            matrix = self._map(meta)
            self._index = Index(
                meta["generation"], found[:, 0], found[:, 1].astype(float), found[:, 2], matrix
            )
            return self._index

    def _map(self, meta: dict[str, str]) -> "NDArray[np.float32]":
        file = self.path / meta["vector_file"]
        try:
            return vectors.map_rows(file, int(meta["rows"]), int(meta["width"]))
        except OSError as error:
            raise LibraryDamaged(
                f"vector file {str(file)!r} cannot be read ({error.strerror});"
                " run: qa ingest, which makes it anew from the vector store"
            ) from error

    @contextmanager
    def writing(self, purpose: str, *, rebuild: bool = False) -> Iterator[Writer]:
        """Be the one writer; ``purpose`` is what another process is told ("qa ingest").

        ``rebuild`` throws away what is there first.  Raises LibraryBusy where another
        process is the writer, and what ``reading`` raises.
        """
        from filelock import FileLock, Timeout

        try:
            _make_private(self.path)
            lock = FileLock(self.path / "writer.lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise LibraryBusy(self._holder()) from error
        except OSError as error:
            raise LibraryError(
                f"library {str(self.path)!r} cannot be written ({error.strerror});"
                " name a writable folder with --library DIR"
            ) from error
        try:
            note = {"pid": os.getpid(), "purpose": purpose, "since": time.strftime("%H:%M:%S")}
            (self.path / "writer.json").write_text(json.dumps(note), encoding="utf-8")
            if rebuild:
                self._clear()
            writer = self._writer()
            try:
                yield writer
            finally:
                writer.close()
        except sqlite3.Error as error:
            raise catalog.mapped(error, self._catalog) from error
        except OSError as error:
            raise LibraryError(
                f"library {str(self.path)!r} cannot be written: {error.strerror or error}"
            ) from error
        finally:
            (self.path / "writer.json").unlink(missing_ok=True)
            lock.release()

    def _holder(self) -> str:
        who = "another process"
        try:
            note = json.loads((self.path / "writer.json").read_text(encoding="utf-8"))
            who = f"process {note['pid']} ({note['purpose']}, since {note['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            pass  # it has just begun or just ended
        return f"library {str(self.path)!r} is being written by {who}; wait for it to end"

    def _clear(self) -> None:
        with self._lock:
            self._index = None
        for name in ("catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.sqlite"):
            (self.path / name).unlink(missing_ok=True)
        for flat in self.path.glob("vectors-*.f32"):
            flat.unlink()
        shutil.rmtree(self.path / "chroma", ignore_errors=True)

    def _writer(self) -> Writer:
        connection = catalog.connect(self._catalog, write=True)
        try:
            if catalog.is_new(connection):
                meta = {
                    "embedding": self.embedding,
                    "documents": self._relative_documents(),
                    "generation": str(time.time_ns() // 1_000_000),
                    "vector_file": "vectors-1.f32",
                    "rows": "0",
                    "width": "0",
                    "open": "no",
                }
                catalog.create(connection, meta)
            meta = self._checked_meta(connection)
            writer = Writer(self.path, connection)
            writer.recover(meta)
        except BaseException:
            connection.close()
            raise
        return writer


def _make_private(path: Path) -> None:
    """Make the library's folder, for its owner alone and invisible to git."""
    if path.is_dir():
        return
    path.mkdir(parents=True, mode=0o700)
    path.chmod(0o700)
    (path / ".gitignore").write_text("*\n", encoding="utf-8")
