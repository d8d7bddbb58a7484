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
from qa.library.local import arrays, catalog, chroma, lexical, vectors
from qa.library.local.telling import AT_ONCE, Telling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COMPACT_ABOVE = 4096  # rows or records nobody needs, before what holds them is made anew


class LocalWriter:
    """The one that changes a library: vectors first, then the catalog, then Chroma.

    Whatever stops it in between, the catalog names only what is wholly there, and knows what
    Chroma has yet to be told; the next writer tells it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._telling = Telling(path, connection)

    def warm(self) -> None:
        """Import Chroma in the background: that takes longer than reading a file."""
        # No daemon: the interpreter must not end in the middle of an import.
        threading.Thread(target=chroma.load).start()

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
        deleted: Sequence[str] = (),
    ) -> None:
        """Make ``changes`` and forget the files ``deleted``: all of it, or none.

        ``new_vectors`` holds the vectors that ``missing`` named.
        """
        rows = self._put(new_vectors)
        touched = [*(one.state.path for one in changes), *deleted]
        touched += [one.known for one in changes if one.known is not None]
        with catalog.transaction(self._connection, "IMMEDIATE"):
            leads = catalog.read_leads(self._connection, touched)
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
            catalog.delete_orphans(self._connection)
            now = catalog.read_leads(self._connection, leads)
            moved = [one for one, path in leads.items() if now.get(one) != path]
            catalog.write_pending(self._connection, moved)
            catalog.next_generation(self._connection)
        self._telling.catch_up(AT_ONCE)

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

    def _put(self, new: Mapping[str, "NDArray[np.float32]"]) -> list[tuple[str, int]]:
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
        if named != needed:
            return f"{len(needed)} vectors are needed, {len(named)} named"
        self._telling.catch_up()
        if not self._telling.is_as_left():
            return "the files of Chroma's graph are not as they were left"
        known = {name for (name,) in one("SELECT id FROM passages")}
        stored = self._telling.collection().ids() if known else frozenset()
        if known != stored:
            return f"{len(known)} passages stand in the catalog, {len(stored)} in Chroma"
        return None

    def faults(self) -> Iterator[str]:
        """All that is wrong with the stores, a line each: every row of each is read."""
        disagreement = self.disagreement()
        if disagreement is not None:
            yield disagreement
        else:
            yield from self._vector_faults()
        if not lexical.agree(self._connection):
            yield "the index of words is damaged (it does not say what the passages say)"
        if not arrays.agree(self._connection):
            yield "the arrays of passages are damaged (they do not say what the passages say)"

    def _vector_faults(self) -> Iterator[str]:
        meta = catalog.read_meta(self._connection)
        file, width = self._path / meta["vector_file"], int(meta["width"])
        rows = vectors.map_rows(file, int(meta["rows"]), width)
        bad = self._telling.differ(rows)
        if bad:
            yield f"{bad} passages are not the same in Chroma, the catalog and the vector file"

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
        """Mend a flat file that is lost, and sweep up what an interrupted writer left."""
        try:
            file = self._path / meta["vector_file"]
            rows = int(meta["rows"])
            if rows and not vectors.whole(file, rows, int(meta["width"])):
                self._restore(meta)
            named = Path(self.meta("vector_file") or "").stem
            for flat in list(vectors.flat_files(self._path)):
                if flat.stem != named:
                    flat.unlink()
        except BaseException:
            self._telling.close()
            raise

    def close(self) -> None:
        """Leave the library tidy: nothing half done, no more that is dead than what lives."""
        try:
            meta = catalog.read_meta(self._connection)
            live = self._connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
            if int(meta["rows"]) - live > max(live, _COMPACT_ABOVE):
                self._compact(meta)
            if int(meta["dead"]) > max(live, _COMPACT_ABOVE):
                self._telling.start_anew()
            self._telling.finish()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Leave everything as it is; the next writer tidies up what was half done."""
        try:
            self._telling.close()
        finally:
            self._connection.close()

    def _restore(self, meta: dict[str, str]) -> None:
        """Write the flat file anew, from Chroma."""
        import numpy as np

        found = {str(one.about.get("vector_id")): one.vector for one in self._telling.whole()}
        ids = [one for (one,) in self._connection.execute("SELECT id FROM vectors ORDER BY id")]
        lacking = [one for one in ids if one not in found]
        if lacking:
            raise LibraryDamaged(
                f"the vector store {str(self._path / 'chroma')!r} lacks {len(lacking)} vectors;"
                " run: qa repair"
            )
        self._replace(meta, ids, np.stack([found[one] for one in ids]))

    def _compact(self, meta: dict[str, str]) -> None:
        """Write the flat file anew, with the live rows alone."""
        file, width = self._path / meta["vector_file"], int(meta["width"])
        old = vectors.map_rows(file, int(meta["rows"]), width)
        live = self._connection.execute("SELECT id, row FROM vectors ORDER BY id").fetchall()
        self._replace(meta, [one for one, _ in live], old[[row for _, row in live]])

    def _replace(
        self, meta: dict[str, str], ids: Sequence[str], rows: "NDArray[np.float32]"
    ) -> None:
        """Put a flat file in force that holds just the vectors of ``ids``, a row each."""
        number = int(meta["vector_file"].removeprefix("vectors-").removesuffix(".f32"))
        name = f"vectors-{number + 1}.f32"
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
