"""Catalog, vectors and words as one thing: read by generations, written by one writer."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qa.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch
from qa.library import days
from qa.library.local import arrays, catalog, chroma, holder, lexical, place, vectors
from qa.library.local.salvage import Salvage
from qa.library.local.view import Index, LocalView
from qa.library.local.writer import LocalWriter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PATIENCE = 10.0  # seconds that the lock of a process that is gone is waited for


class LocalLibrary:
    """A library in the folder ``path``, of the documents in the folder ``documents``.

    ``embedding`` is the name of the model whose vectors it holds.  Nothing is opened or
    made before it is read or written.  Safe to share between threads.
    """

    def __init__(self, path: Path, documents: Path, embedding: str) -> None:
        self.path = path
        self.documents = documents
        self.embedding = embedding
        self._index: Index | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Its folder, for a reader."""
        return str(self.path)

    def warm(self) -> None:
        """Import Chroma: that takes longer than finding what is near."""
        chroma.load()

    def salvage(self) -> Salvage:
        """The vectors that are whole; for who holds the writer lock.

        Raises LibraryDamaged where it cannot be told which stores are in force.
        """
        return Salvage(place.current(self.path))

    def exists(self) -> bool:
        """Tell whether there is a catalog with its tables."""
        file = place.current(self.path) / "catalog.sqlite"
        if not file.is_file():
            return False
        try:
            with closing(catalog.connect(file, write=False)) as connection:
                return not catalog.is_new(connection)
        except sqlite3.Error as error:
            raise catalog.mapped(error, self.path) from error

    @contextmanager
    def reading(self) -> Iterator[LocalView]:
        """Look at the newest generation.

        Raises LibraryError where there is none, LibraryMismatch where it was made for
        another model, folder or version, LibraryDamaged where it is broken.
        """
        try:
            with closing(self._snapshot()) as snapshot:
                yield snapshot.view
        except sqlite3.Error as error:
            raise catalog.mapped(error, self.path) from error

    def _snapshot(self) -> "_Snapshot":
        """A view whose files were all there together; a writer may replace them meanwhile."""
        for last in (False, False, True):
            store = place.current(self.path)
            try:
                snapshot = self._open(store)
            except FileNotFoundError as error:
                if last:
                    raise LibraryDamaged(
                        f"vector file {error.filename!r} cannot be read ({error.strerror});"
                        " run: qa ingest, which makes it anew from the vector store"
                    ) from error
            except (LibraryError, sqlite3.Error):
                if last or place.current(self.path) == store:
                    raise
            else:
                if last or place.current(self.path) == store:
                    return snapshot
                snapshot.close()
        raise AssertionError("the last try returns or raises")

    def _open(self, store: Path) -> "_Snapshot":
        file = store / "catalog.sqlite"
        if not file.is_file():
            raise self._absent()
        connection = catalog.connect(file, write=False)
        try:
            connection.execute("BEGIN")
            meta = self._checked_meta(connection)
            index = self._load(connection, store, meta)
            dates = days.read(self.path)
            given = days.by_document(dates, days.files(connection, dates))
        except (ValueError, KeyError, TypeError) as error:  # what flipped bits turn into
            connection.close()
            raise LibraryDamaged(
                f"library {str(self.path)!r} cannot be understood ({error}); run: qa repair"
            ) from error
        except BaseException:
            connection.close()
            raise
        nearest = partial(self._nearest, store, meta["generation"])
        return _Snapshot(connection, LocalView(connection, meta, index, given, nearest))

    def _nearest(
        self, store: Path, generation: str, vector: "NDArray[np.float32]", count: int
    ) -> list[str] | None:
        """Ask Chroma for what is near, if it has just what this generation has."""

        def current() -> tuple[str, str] | None:
            file = store / "catalog.sqlite"
            if not file.is_file():
                return None  # a rebuilt library has taken its place
            with closing(catalog.connect(file, write=False)) as connection:
                if catalog.is_pending(connection):
                    return None
                now = catalog.read_meta(connection)
            return now["generation"], now["graph"]

        return chroma.nearest(store, vector, count, generation, current)

    def _absent(self) -> LibraryError:
        return LibraryError(f"there is no library in {str(self.path)!r} yet; run: qa ingest")

    def _checked_meta(self, connection: sqlite3.Connection) -> dict[str, str]:
        if catalog.is_new(connection):
            raise self._absent()
        meta = catalog.read_meta(connection)
        catalog.check_format(meta, self.path)
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

    def _load(self, connection: sqlite3.Connection, store: Path, meta: dict[str, str]) -> Index:
        import numpy as np

        key = (store.name, meta["generation"])
        with self._lock:
            if self._index is not None and self._index.key == key:
                return self._index
            found = arrays.read(connection)
            file = store / meta["vector_file"]
            try:
                matrix = vectors.map_rows(file, int(meta["rows"]), int(meta["width"]))
            except FileNotFoundError:
                raise
            except OSError as error:
                raise LibraryError(
                    f"vector file {str(file)!r} cannot be read ({error.strerror})"
                ) from error
            if len(found) and found["row"].max() >= len(matrix):
                raise LibraryDamaged(
                    f"library {str(self.path)!r} names vectors that are not there; run: qa repair"
                )
            among = lexical.passages(found["number"].copy(), found["length"].copy())
            self._index = Index(key, among, found["row"].astype(np.int64), matrix)
            return self._index

    @contextmanager
    def writing(self, purpose: str, *, rebuild: bool = False) -> Iterator[LocalWriter]:
        """Be the one writer; ``purpose`` is what another process is told ("qa ingest").

        ``rebuild`` makes a new library, empty or as far as an interrupted rebuild came; it
        takes the old one's place when the block ends without an error, and until then the
        old one is read.  Raises LibraryBusy where another process is the writer, and what
        ``reading`` raises.
        """
        from filelock import FileLock, Timeout

        try:
            make_private(self.path)
            lock = FileLock(self.path / "writer.lock", timeout=0, mode=0o600)
            try:
                lock.acquire()
            except Timeout:
                if not holder.is_gone(self.path):
                    raise
                # A child of a killed writer holds its lock until it has become its own program.
                lock.acquire(timeout=_PATIENCE)
        except Timeout as error:
            raise LibraryBusy(
                f"library {str(self.path)!r} is being written by {holder.who(self.path)};"
                " wait for it to end"
            ) from error
        except OSError as error:
            raise LibraryError(
                f"library {str(self.path)!r} cannot be written ({error.strerror});"
                " name a writable folder with --library DIR"
            ) from error
        try:
            holder.note(self.path, purpose)
            if not rebuild:
                place.sweep(self.path)
            store = self._upcoming() if rebuild else place.current(self.path)
            writer = self._writer(store)
            try:
                yield writer
                writer.settle_dates(self.path)
            except BaseException:
                writer.abandon()
                raise
            writer.close()
            if rebuild:
                place.switch(self.path, store)
        except sqlite3.Error as error:
            raise catalog.mapped(error, self.path) from error
        except OSError as error:
            raise LibraryError(
                f"library {str(self.path)!r} cannot be written: {error.strerror or error}"
            ) from error
        finally:
            (self.path / "writer.json").unlink(missing_ok=True)
            lock.release()

    def set_dates(self, given: Mapping[str, date | None]) -> None:
        """Give the documents of these paths their dates; None takes a given one back.

        Raises UsageError for a path that no readable file has, and what ``writing`` raises.
        """
        with self.writing("qa sources --set-date") as writer:
            days.write(self.path, days.changed(days.read(self.path), given, writer))

    def _upcoming(self) -> Path:
        """The folder that a rebuild fills; what another version or model began is dropped."""
        store = place.upcoming(self.path)
        if store.is_dir():
            try:
                self._writer(store).abandon()
            except (LibraryError, sqlite3.Error):
                place.remove(store)
        make_private(store)
        return store

    def _writer(self, store: Path) -> LocalWriter:
        connection = catalog.connect(store / "catalog.sqlite", write=True)
        try:
            if catalog.is_new(connection):
                meta = {
                    "embedding": self.embedding,
                    "documents": self._relative_documents(),
                    "generation": str(time.time_ns() // 1_000_000),
                    "vector_file": "vectors-1.f32",
                    "rows": "0",
                    "width": "0",
                    "graph": chroma.NOTHING,
                    "dead": "0",
                }
                catalog.create(connection, meta)
            meta = self._checked_meta(connection)
            writer = LocalWriter(store, connection)
            writer.recover(meta)
        except BaseException:
            connection.close()
            raise
        return writer


class _Snapshot(NamedTuple):
    connection: sqlite3.Connection
    view: LocalView

    def close(self) -> None:
        self.connection.close()


def make_private(path: Path) -> None:
    """Make a folder of the library, for its owner alone and invisible to git."""
    if path.is_dir():
        return
    path.mkdir(parents=True, mode=0o700)
    path.chmod(0o700)
    (path / ".gitignore").write_text("*\n", encoding="utf-8")
