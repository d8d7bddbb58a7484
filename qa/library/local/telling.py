"""What Chroma is told of the catalog: the passages that are pending, until none is.

All of it can be done again: a record that is put twice is one, and one that is gone may be
deleted.  So whatever stops it, the next writer goes on.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.data import Document, Passage
from qa.errors import LibraryDamaged
from qa.library.local import catalog, chroma, vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AT_ONCE = 1_000
"""So many passages may be pending while a writer is at work; saving the graph takes long."""

_SHARE = 8  # ... or one in so many of all: the graph is saved whole
_PART = 5_000  # records told with one call, and saved with it


class Telling:
    """What tells the collection of one folder of stores; for the one writer."""

    def __init__(self, store: Path, connection: sqlite3.Connection) -> None:
        self._store = store
        self._connection = connection
        self._collection: chroma.Collection | None = None

    def catch_up(self, least: int = 1) -> None:
        """Tell Chroma what is pending, if that is ``least`` passages and a good share of all.

        Where a writer was killed while the graph was being saved, it is made anew.
        """
        waiting = self._count("pending")
        if waiting < least or (least > 1 and waiting < self._count("passages") // _SHARE):
            return
        if self._collection is None and not self.is_as_left():
            self.start_anew()
        self._tell()

    def finish(self) -> None:
        """Tell Chroma all that is pending, and leave its files no larger than need be."""
        self.catch_up()
        if self._collection is not None:
            self.close()
            with chroma.locked(self._store):
                chroma.tidy(self._store / "chroma")

    def is_as_left(self) -> bool:
        """Tell whether the graph's files are those that were last known to be whole."""
        return chroma.sums(self._store) == catalog.read_meta(self._connection)["graph"]

    def collection(self) -> chroma.Collection:
        """The collection, opened for writing."""
        if self._collection is None:
            # Whoever is asking is waited for; who comes later sees that something is pending.
            chroma.forget(self._store)
            self._collection = chroma.Collection(self._store / "chroma")
        return self._collection

    def start_anew(self) -> None:
        """Throw the collection away, and have every passage pending."""
        self.close()
        with catalog.transaction(self._connection, "IMMEDIATE"):
            self._connection.execute("INSERT OR IGNORE INTO pending SELECT id FROM passages")
            catalog.write_meta(self._connection, dead="0", graph=chroma.NOTHING)
            catalog.next_generation(self._connection)  # who has the old one open lets go of it
        chroma.forget(self._store)
        shutil.rmtree(self._store / "chroma", ignore_errors=True)

    def close(self) -> None:
        """Let go of the collection."""
        if self._collection is not None:
            self._collection.close()
            self._collection = None

    def whole(self) -> Iterator[chroma.Record]:
        """Every record.  Raises LibraryDamaged where the graph is not as it was left."""
        if not self.is_as_left():
            raise LibraryDamaged(
                f"the vector store {str(self._store / 'chroma')!r} is damaged; run: qa repair"
            )
        yield from self.collection().records()

    def differ(self, rows: "NDArray[np.float32]") -> int:
        """How many records are not what the catalog and the vectors ``rows`` say."""
        bad = 0
        page: list[chroma.Record] = []
        for record in self.whole():
            page.append(record)
            if len(page) == _PART:
                bad += _differ(self._connection, page, rows)
                page = []
        return bad + _differ(self._connection, page, rows)

    def _tell(self) -> None:
        meta = catalog.read_meta(self._connection)
        width = int(meta["width"])
        rows = vectors.map_rows(self._store / meta["vector_file"], int(meta["rows"]), width)
        dead = int(meta["dead"])
        ids = [one for (one,) in self._connection.execute("SELECT id FROM pending ORDER BY id")]
        for i in range(0, len(ids), _PART):
            part = ids[i : i + _PART]
            records = read_records(self._connection, part, rows)
            gone = sorted(set(part) - {one.id for one in records})
            self.collection().put(records)
            self.collection().delete(gone)
            dead += len(gone)
        self._settled(dead)

    def _settled(self, dead: int) -> None:
        """Note that nothing is pending, with the files as they are."""
        graph = chroma.sums(self._store)
        with catalog.transaction(self._connection, "IMMEDIATE"):
            self._connection.execute("DELETE FROM pending")
            catalog.write_meta(self._connection, graph=graph, dead=str(dead))

    def _count(self, table: str) -> int:
        (count,) = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)


def _differ(
    connection: sqlite3.Connection, found: Sequence[chroma.Record], rows: "NDArray[np.float32]"
) -> int:
    import numpy as np

    expected = {one.id: one for one in read_records(connection, [one.id for one in found], rows)}
    good = 0
    for one in found:
        own = expected.get(one.id)
        good += (
            own is not None
            and (one.text, one.about) == (own.text, own.about)
            and np.allclose(one.vector, own.vector, rtol=0.0, atol=vectors.ROUNDING)
        )
    return len(found) - good


def read_records(
    connection: sqlite3.Connection, ids: Sequence[str], rows: "NDArray[np.float32]"
) -> list[chroma.Record]:
    """What Chroma is to hold of these passages (ids); those that are gone are left out."""
    found = []
    documents: dict[str, tuple[Document, str]] = {}
    for stored, row in catalog.read_with_rows(connection, ids):
        passage = stored.passage
        if passage.document_id not in documents:
            documents[passage.document_id] = (
                catalog.read_document(connection, passage.document_id),
                (*catalog.read_paths(connection, passage.document_id), "")[0],
            )
        document, path = documents[passage.document_id]
        about = describe(document, passage, path) | {"vector_id": stored.vector_id}
        text = document.text[passage.start : passage.end]
        found.append(chroma.Record(passage.id, text, about, rows[row]))
    return found


def describe(document: Document, passage: Passage, path: str) -> dict[str, str | int]:
    """Where a passage stands, under the names that docs/scale.md documents."""
    published = document.published.isoformat() if document.published else None
    said = {
        "path": path,
        "title": document.title,
        "heading": passage.heading,
        "page": passage.page,
        "published": published,
        "document_id": document.id,
        "start": passage.start,
        "end": passage.end,
    }
    return {name: value for name, value in said.items() if value is not None}
