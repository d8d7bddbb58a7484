"""The Chroma collection of a library: what is near a question, for this program and for others.

The catalog and the flat file of vectors are the truth; the collection is made from them and can
be made again.  That is not for want of trust in what it finds, but because Chroma 1.5.9 saves its
index in place: killed in the middle of that, it cannot be opened any more.  So every change is
written down in the catalog (``pending``) until the collection has it, and where it says that
something is pending nobody reads the collection.

Two processes at once on one folder of Chroma corrupt it without an error, and a reader that has
it open does not see what another process writes.  So whoever opens or asks it holds a lock for
that long, and opens it anew for each generation.

It is written with Chroma's client, and asked without it: importing the client takes longer than
all the rest of a question, so a question calls the Rust part that the client calls.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.errors import LibraryBusy, LibraryDamaged, LibraryError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = "passages"

GRAPH: Any = {
    "max_neighbors": 16,
    "ef_construction": 100,
    "ef_search": 1000,  # chosen by measurement: docs/scale.md
    # Save with every call: what is not saved, every new process adds to its graph again.
    "sync_threshold": 2,
    "batch_size": 2,
}

NOTHING = "{}"
"""What ``sums`` says where there is no graph."""

TRIED = "1.5.9"
"""The chromadb whose Rust part was tried alone; that of another is called by its client."""

_TRIGRAMS = "embedding_fulltext_search"
_DECLARED = """
SELECT json_extract(schema_str, '$.keys."#document".string.fts_index.enabled')
FROM collections WHERE name = ?
"""
_WHERE = ("default_tenant", "default_database")  # where Chroma's client keeps a collection
_BATCH = 5_000  # Chroma takes at most 5,461 records at once
_LOCK = "chroma.lock"
_PATIENCE = 5.0  # seconds that other questions are waited for


class Record(NamedTuple):
    """What the collection holds of one passage.

    ``text`` is the document's own, and ``about`` says where it stands: ``path``, ``title``,
    ``heading``, ``page``, ``published``, ``document_id``, ``start``, ``end``, as far as known.
    """

    id: str
    text: str
    about: dict[str, str | int]
    vector: "NDArray[np.float32]"


def load() -> None:
    """Import Chroma, for whoever will need it soon; what fails here fails there."""
    with suppress(Exception):
        import numpy  # noqa: F401 - whole and first: see ``Collection``

        if version("chromadb") == TRIED:
            import chromadb_rust_bindings  # noqa: F401
        else:
            import chromadb.config  # noqa: F401


class Collection:
    """The collection in a folder, opened; for one process at a time.

    Raises LibraryDamaged where it cannot be used, PermissionError where its folder cannot be
    written: Chroma writes into it even to read.
    """

    def __init__(self, folder: Path) -> None:
        # Whole and first: Chroma asks for numpy.typing, which breaks where another thread is
        # in the middle of importing numpy.
        import numpy  # noqa: F401, I001

        import chromadb
        from chromadb.config import Settings

        self._folder = folder
        with _mapped(folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            self._client: Any = chromadb.PersistentClient(
                str(folder), settings=Settings(anonymized_telemetry=False)
            )
        try:
            with _mapped(self._folder):
                self._collection = self._client.get_or_create_collection(
                    NAME, schema=_schema(), embedding_function=None
                )
        except LibraryError:
            self.close()
            raise

    def put(self, records: Sequence[Record]) -> None:
        """Store records; those of known ids are replaced."""
        import numpy as np

        parts = [records[i : i + _BATCH] for i in range(0, len(records), _BATCH)]
        if len(records) == 1:
            # It saves two changes or more; a graph that was never saved each reader would begin.
            parts *= 2
        for part in parts:
            with _mapped(self._folder):
                self._collection.upsert(
                    ids=[one.id for one in part],
                    embeddings=np.stack([one.vector for one in part]),
                    documents=[one.text for one in part],
                    metadatas=[one.about for one in part],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Forget records."""
        for i in range(0, len(ids), _BATCH):
            with _mapped(self._folder):
                self._collection.delete(ids=list(ids[i : i + _BATCH]))

    def nearest(self, vector: "NDArray[np.float32]", count: int) -> list[str]:
        """The ids of the ``count`` records nearest to a vector, as far as the graph finds them."""
        with _mapped(self._folder):
            found: Any = self._collection.query(
                query_embeddings=vector[None], n_results=count, include=[]
            )
        ids: list[str] = found["ids"][0]
        return ids

    def ids(self) -> frozenset[str]:
        """The ids of all records."""
        found: list[str] = []
        while True:
            with _mapped(self._folder):
                page: Any = self._collection.get(include=[], limit=_BATCH, offset=len(found))
            if not page["ids"]:
                return frozenset(found)
            found += page["ids"]

    def records(self) -> Iterator[Record]:
        """Every record."""
        import numpy as np

        seen = 0
        include: Any = ["embeddings", "documents", "metadatas"]
        while True:
            with _mapped(self._folder):
                page: Any = self._collection.get(include=include, limit=_BATCH, offset=seen)
                rows = np.asarray(page["embeddings"], dtype=np.float32)  # comes as float64
                texts, abouts = page["documents"], page["metadatas"]
                found = list(zip(page["ids"], texts, abouts, rows, strict=True))
            if not found:
                return
            seen += len(found)
            for name, text, about, row in found:
                yield Record(name, text or "", about or {}, row)

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


class Direct:
    """The collection in a folder, to be asked alone: Chroma's Rust part without its client.

    Raises what ``Collection`` raises.
    """

    def __init__(self, folder: Path) -> None:
        import chromadb_rust_bindings as rust

        self._folder = folder
        with _mapped(folder):
            database = rust.SqliteDBConfig(
                url=str(folder / "chroma.sqlite3"),
                hash_type=rust.MigrationHash.MD5,
                migration_mode=rust.MigrationMode.Apply,
            )
            self._bindings: Any = rust.Bindings(
                allow_reset=False,
                sqlite_db_config=database,
                persist_path=str(folder),
                hnsw_cache_size=1,
            )
            self._id = str(self._bindings.get_collection(NAME, *_WHERE).id)

    def nearest(self, vector: "NDArray[np.float32]", count: int) -> list[str]:
        """The ids of the ``count`` records nearest to a vector, as far as the graph finds them."""
        with _mapped(self._folder):
            found: Any = self._bindings.query(
                collection_id=self._id,
                ids=None,
                query_embeddings=[vector],
                n_results=count,
                include=[],
                tenant=_WHERE[0],
                database=_WHERE[1],
            )
        ids: list[str] = found.ids[0]
        return ids

    def close(self) -> None:
        """Let go of the files."""
        self._bindings = None


def _schema() -> Any:
    """Cosines, and no index of what letters stand in the texts: see ``tidy``."""
    from chromadb.api.types import FtsIndexConfig, HnswIndexConfig, Schema, VectorIndexConfig

    graph = HnswIndexConfig(**GRAPH)
    near = VectorIndexConfig(space="cosine", embedding_function=None, hnsw=graph)
    return Schema().create_index(near).delete_index(FtsIndexConfig(), "#document")


def tidy(folder: Path) -> None:
    """Give back what room the files in a folder need not take; for who holds the lock.

    Chroma fills its index of trigrams, a third of its file, also for a collection that is
    declared to have none and refuses to be searched by it; and what it purges leaves holes.
    Where there is no room for that, nothing is lost.
    """
    with suppress(sqlite3.OperationalError), closing(_database(folder)) as database:
        one = database.execute
        (declared,) = one(_DECLARED, (NAME,)).fetchone() or (1,)
        if declared == 0 and one(f"SELECT count(*) FROM {_TRIGRAMS}_content").fetchone()[0]:
            (made,) = one("SELECT sql FROM sqlite_master WHERE name = ?", (_TRIGRAMS,)).fetchone()
            one("BEGIN IMMEDIATE")
            one(f"DROP TABLE {_TRIGRAMS}")
            one(made)
            one("COMMIT")
        (holes,), (pages,) = (
            one(f"PRAGMA {x}").fetchone() for x in ("freelist_count", "page_count")
        )
        if holes > pages // 4:
            one("VACUUM")


def _database(folder: Path) -> sqlite3.Connection:
    uri = f"{(folder / 'chroma.sqlite3').absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


@contextmanager
def _mapped(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # Chroma raises anything at all on broken files
        raise _failed(folder, error) from error
    except BaseException as error:
        # How a panic of Chroma's Rust part arrives; its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise _failed(folder, error) from error


def _failed(folder: Path, error: BaseException) -> Exception:
    said = " ".join(str(error).split())[:200]
    name = repr(str(folder))
    if "disk is full" in said or "No space left" in said:
        return LibraryError(f"vector store {name} cannot be written: the disk is full")
    if "readonly database" in said or isinstance(error, PermissionError):
        return PermissionError(f"vector store {name} cannot be written")
    return LibraryDamaged(
        f"vector store {name} cannot be used ({said}); run: qa repair"
        " (qa ingest --rebuild makes everything anew)"
    )


# --- asking, which any process may do


class _Opened(NamedTuple):
    generation: str
    collection: Collection | Direct


_opened: dict[Path, _Opened] = {}  # of this process, whose clients of one folder are one


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Be the one that opens or asks the collection of a folder of stores.

    Raises PermissionError where the folder cannot be written, LibraryBusy where it is not let go
    of for long.
    """
    from filelock import FileLock, Timeout

    # An object of its own for each, so that threads wait for each other too.
    lock = FileLock(store / _LOCK, timeout=_PATIENCE, mode=0o600, thread_local=False)
    try:
        lock.acquire(poll_interval=0.002)
    except Timeout as error:
        raise LibraryBusy(
            f"vector store {str(store / 'chroma')!r} is held by another process; try again"
        ) from error
    except OSError as error:
        raise PermissionError(str(error)) from error
    try:
        yield
    finally:
        lock.release()


def nearest(
    store: Path,
    vector: "NDArray[np.float32]",
    count: int,
    generation: str,
    current: Callable[[], "tuple[str, str] | None"],
) -> list[str] | None:
    """The ids of the ``count`` passages nearest to a vector; None where it cannot be asked now.

    ``current`` tells, while nobody can change the collection, of which generation it is and
    what its files are (``sums``); None where a writer is at work or was killed.  A folder that
    cannot be written cannot be asked either, nor one that others keep for long.  Raises
    LibraryDamaged where the files are not those.
    """
    try:
        with locked(store):
            now = current()
            if now is None or now[0] != generation:
                return None
            known = _opened.get(store)
            if known is None or known.generation != generation:
                _close(store)
                if sums(store) != now[1]:
                    raise LibraryDamaged(
                        f"vector store {str(store / 'chroma')!r} is not as it was left;"
                        " run: qa repair"
                    )
                if now[1] == NOTHING:
                    return []
                asked = Direct if version("chromadb") == TRIED else Collection
                known = _opened[store] = _Opened(generation, asked(store / "chroma"))
            return known.collection.nearest(vector, count)
    except (PermissionError, LibraryBusy):
        return None


def forget(store: Path) -> None:
    """Close what this process has open of a folder of stores; waits for those who ask it."""
    with locked(store):
        _close(store)


def _close(store: Path) -> None:
    known = _opened.pop(store, None)
    if known is not None:
        known.collection.close()


def sums(store: Path) -> str:
    """Length and checksum of every file of the graph: Chroma may crash on a damaged one."""
    found = {}
    for path in sorted((store / "chroma").glob("*/*")):
        with path.open("rb") as file:
            size = total = 0
            while block := file.read(1 << 20):
                size, total = size + len(block), zlib.crc32(block, total)
        found[path.name] = [size, total]
    return json.dumps(found)
