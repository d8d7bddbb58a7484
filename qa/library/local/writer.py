"""The one that changes a library."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.data import Document
from qa.errors import LibraryDamaged, LibraryMismatch
from qa.library import days
from qa.library.interface import Change, FileState, Stored
from qa.library.local import arrays, catalog, lexical, vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COMPACT_ABOVE = 4096  # rows nobody needs, before the flat file is written anew


class LocalWriter:
    """The one that changes a library: vectors first, then the catalog, then what is gone.

    Whatever stops it in between, the catalog names only what is wholly there; vectors
    that it does not name are thrown away by the next writer.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._store: vectors.VectorStore | None = None

    def _chroma(self) -> vectors.VectorStore:
        if self._store is None:
            # Until this is undone at the end, Chroma may hold what the catalog does not.
            catalog.write_meta(self._connection, open="yes")
            self._store = vectors.VectorStore(self._path / "chroma")
        return self._store

    def warm(self) -> None:
        """Import Chroma in the background: that takes longer than reading a file."""
        # No daemon: the interpreter must not end in the middle of an import.
        threading.Thread(target=vectors.load).start()

    def states(self) -> dict[str, FileState]:
        """How each known file looked when it was last read."""
        return catalog.read_states(self._connection)

    def skipped(self) -> frozenset[str]:
        """The files that could not be read."""
        return frozenset(path for path, _reason in catalog.read_skipped(self._connection))

    def meta(self, name: str) -> str | None:
        """One entry of the catalog's ``meta``."""
        return catalog.read_meta(self._connection).get(name)

    def set_meta(self, **values: str) -> None:
        """Set entries of the catalog's ``meta``."""
        catalog.write_meta(self._connection, **values)

    def settle_dates(self, library: Path) -> None:
        """Keep the dates that a user gave with their files, as these are called now."""
        dates = days.read(library)
        now = days.settled(dates, days.files(self._connection, dates))
        if now != dates:
            days.write(library, now)

    def missing(self, ids: Iterable[str]) -> set[str]:
        """Those of ``ids`` whose vectors are not there yet."""
        known = "SELECT 1 FROM vectors WHERE id = ?"
        return {one for one in ids if self._connection.execute(known, (one,)).fetchone() is None}

    def store(
        self,
        changes: Sequence[Change],
        new_vectors: Mapping[str, "NDArray[np.float32]"],
        texts: Mapping[str, str],
        deleted: Sequence[str] = (),
    ) -> None:
        """Make ``changes`` and forget the files ``deleted``: all of it, or none.

        ``new_vectors`` holds the vectors that ``missing`` named, and ``texts`` what each
        of them stands for.
        """
        rows = self._put(new_vectors, texts)
        with catalog.transaction(self._connection, "IMMEDIATE"):
            self._connection.executemany("INSERT INTO vectors VALUES (?, ?)", rows)
            new = []
            for change in changes:
                document_id = change.known
                if change.document is not None:
                    new += catalog.write_document(
                        self._connection, change.document, change.passages
                    )
                    document_id = change.document.id
                catalog.write_source(
                    self._connection,
                    change.state,
                    document_id=document_id,
                    reason=change.reason,
                )
            lexical.add(self._connection, new)
            if new:
                arrays.add(self._connection, new[0][0])
            catalog.delete_sources(self._connection, deleted)
            gone = catalog.delete_orphans(self._connection)
            if gone:  # Chroma holds them still: whoever is killed here leaves word of it
                self.set_meta(open="yes")
            catalog.next_generation(self._connection)
        if gone:
            self._chroma().delete(gone)

    def touch(self, states: Iterable[FileState]) -> None:
        """Remember how unchanged files look now."""
        with catalog.transaction(self._connection, "IMMEDIATE"):
            for state in states:
                catalog.touch_source(self._connection, state)

    def known_document(self, digest: str, suffix: str) -> str | None:
        """The document of a file with these bytes and this kind of name, if one is known."""
        rows = self._connection.execute(
            "SELECT path, document_id FROM sources WHERE digest = ? AND state = 'ready'", (digest,)
        )
        for path, document_id in rows:
            if os.path.splitext(path)[1].lower() == suffix:  # noqa: PTH122 - no path, a name
                return str(document_id)
        return None

    def _put(
        self, new: Mapping[str, "NDArray[np.float32]"], texts: Mapping[str, str]
    ) -> list[tuple[str, int]]:
        if not new:
            return []
        import numpy as np

        ids = sorted(new)
        rows = np.stack([new[one] for one in ids])
        meta = catalog.read_meta(self._connection)
        first = int(meta["rows"])
        if first and int(meta["width"]) != rows.shape[1]:
            raise LibraryMismatch(
                f"the library's vectors have {meta['width']} dimensions, the new ones have"
                f" {rows.shape[1]}: the embedding model has changed under its name;"
                " run: qa ingest --rebuild"
            )
        self._chroma().put(ids, rows, [texts[one] for one in ids])
        vectors.append_rows(self._path / meta["vector_file"], first, rows)
        # Naming rows before the documents' transaction is safe: nothing points at them yet.
        with catalog.transaction(self._connection, "IMMEDIATE"):
            self.set_meta(rows=str(first + len(ids)), width=str(rows.shape[1]))
        return [(one, first + i) for i, one in enumerate(ids)]

    def disagreement(self) -> str | None:
        """What the catalog, the words and the vectors disagree on; None where they agree."""
        one = self._connection.execute
        damage = one("PRAGMA integrity_check").fetchone()[0]
        if damage != "ok":
            return f"the catalog is damaged ({damage})"
        passages = one("SELECT count(*) FROM passages").fetchone()[0]
        words = one("SELECT count(*) FROM words").fetchone()[0]
        if words != passages:
            return f"{passages} passages stand in the catalog, {words} in the words"
        named = {name for (name,) in one("SELECT id FROM vectors")}
        needed = {name for (name,) in one("SELECT vector_id FROM passages")}
        stored = self._chroma().ids() if named else frozenset()
        if not named == needed == stored:
            return f"{len(needed)} vectors are needed, {len(named)} named, {len(stored)} stored"
        return None

    def faults(self) -> Iterator[str]:
        """All that is wrong with the stores, a line each: every row of each is read."""
        disagreement = self.disagreement()
        if disagreement is not None:
            yield disagreement
        if not lexical.agree(self._connection):
            yield "the index of words is damaged (it does not say what the passages say)"
        rows = dict(self._connection.execute("SELECT id, row FROM vectors"))
        if rows:
            yield from self._vector_faults(rows)
        if not arrays.agree(self._connection):
            yield "the arrays of passages are damaged (they do not say what the passages say)"

    def _vector_faults(self, rows: Mapping[str, int]) -> Iterator[str]:
        meta = catalog.read_meta(self._connection)
        flat = (self._path / meta["vector_file"], int(meta["rows"]), int(meta["width"]))
        matrix = vectors.map_rows(*flat)
        if not vectors.agrees(matrix, vectors.map_codes(*flat)):
            yield "the rounded vectors are not those of the vector file"
        bad = [one for one, good in self._chroma().compared(rows, matrix) if not good]
        if bad:
            yield f"{len(bad)} vectors are not the same in both files or not of their text"

    def documents(self) -> "Iterator[tuple[Document, tuple[str, ...], list[Stored]]]":
        """Every document with its paths, passages, and each passage's terms and their count."""
        names = self._connection.execute("SELECT id FROM documents ORDER BY id").fetchall()
        for (name,) in names:
            stored = []
            for one in catalog.read_document_passages(self._connection, name):
                words, length = self._connection.execute(
                    """SELECT w.terms, p.length FROM words w JOIN passages p ON p.number = w.number
                       WHERE w.number = ?""",
                    (one.number,),
                ).fetchone() or ("", -1)
                stored.append(Stored(one, tuple(words.split()), length))
            document = catalog.read_document(self._connection, name)
            yield document, catalog.read_paths(self._connection, name), stored

    def recover(self, meta: dict[str, str]) -> None:
        """Undo what an interrupted writer left, and mend a flat file that is lost."""
        try:
            if meta["open"] == "yes":
                ids = {one for (one,) in self._connection.execute("SELECT id FROM vectors")}
                stored = self._chroma().ids()
                if ids - stored:
                    raise self._lacks(len(ids - stored))
                self._chroma().delete(sorted(stored - ids))
            file = self._path / meta["vector_file"]
            rows = int(meta["rows"])
            if rows and not vectors.whole(file, rows, int(meta["width"])):
                self._rewrite(meta)
            named = Path(self.meta("vector_file") or "").stem
            for flat in list(vectors.flat_files(self._path)):
                if flat.stem != named:
                    flat.unlink()
        except BaseException:
            self._let_go()
            raise

    def _lacks(self, count: int) -> LibraryDamaged:
        return LibraryDamaged(
            f"the vector store {str(self._path / 'chroma')!r} lacks {count} vectors; run: qa repair"
        )

    def close(self) -> None:
        """Leave the library tidy: nothing half done, no more dead rows than live ones."""
        try:
            if self._store is not None:
                meta = catalog.read_meta(self._connection)
                live = self._connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
                if int(meta["rows"]) - live > max(live, _COMPACT_ABOVE):
                    self._rewrite(meta)
                self._let_go()
                self.set_meta(open="no")
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Leave everything as it is; the next writer tidies up what was half done."""
        try:
            self._let_go()
        finally:
            self._connection.close()

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _rewrite(self, meta: dict[str, str]) -> None:
        """Write the flat file anew, from Chroma, with the live rows alone."""
        import numpy as np

        ids = [one for (one,) in self._connection.execute("SELECT id FROM vectors ORDER BY id")]
        found = self._chroma().get(ids)
        if len(found) < len(ids):
            raise self._lacks(len(ids) - len(found))
        number = int(meta["vector_file"].removeprefix("vectors-").removesuffix(".f32"))
        name = f"vectors-{number + 1}.f32"
        rows = np.stack([found[one] for one in ids]) if ids else np.empty((0, 1), np.float32)
        vectors.append_rows(self._path / name, 0, rows)
        with catalog.transaction(self._connection, "IMMEDIATE"):
            self._connection.executemany(
                "UPDATE vectors SET row = ? WHERE id = ?", [(i, one) for i, one in enumerate(ids)]
            )
            arrays.renew(self._connection)
            catalog.write_meta(self._connection, vector_file=name, rows=str(len(ids)))
            catalog.next_generation(self._connection)
        for flat in list(vectors.flat_files(self._path)):
            if flat.stem != Path(name).stem:
                flat.unlink()
