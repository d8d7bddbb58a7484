"""A library that an engine keeps, as ``interface.Library`` says."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.errors import LibraryDamaged, LibraryError, LibraryMismatch
from qa.library import days
from qa.library.local import lexical
from qa.library.local.catalog import FORMAT
from qa.library.shared import rows, words
from qa.library.shared.engine import Engine, Is, Where, live
from qa.library.shared.lease import Lease
from qa.library.shared.view import Generation, Moments, SharedView
from qa.library.shared.writer import SharedWriter, empty, vectors
from qa.settings.address import Address, parse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SETTLED = 10.0
"""Seconds after which every replica has what a reader once saw; Milvus's bound is 5."""


class _Known(NamedTuple):
    """The store in force (0: none), the state of each store, and the dates that a user gave."""

    current: int
    states: dict[int, dict[str, Any]]
    dates: dict[str, days.Given]


class SharedLibrary:
    """The library at ``address``, of the documents in the folder ``documents``.

    Readers need no folder.  Whoever writes must name the same one as the writers before:
    files that are not there are forgotten.
    """

    def __init__(
        self, address: str, documents: Path, embedding: str, token: str | None = None
    ) -> None:
        self.name = address
        self.documents = documents
        self.embedding = embedding
        self._engine = _engine(parse(address), token)
        self._catalog = self._engine.address.name
        self._lock = threading.Lock()
        self._seen: tuple[tuple[int, int, int], float, Generation] | None = None

    def warm(self) -> None:
        """Nothing: the engine is elsewhere."""

    def exists(self) -> bool:
        """Tell whether there is a library under this name.  Raises what ``reading`` raises."""
        return self._engine.has(self._catalog) and self._known().current > 0

    def _known(self, level: str = "Strong") -> _Known:
        found: dict[int, dict[str, Any]] = {}
        dates: dict[str, days.Given] = {}
        current = 0
        where = (Is("kind", "in", ["current", "state", "day"]),)
        fields = ["kind", "store", "name", "digest", "body"]
        for row in self._engine.rows(self._catalog, where, fields, level):
            try:
                if row["kind"] == "current":
                    current = int(row["body"])
                elif row["kind"] == "day":
                    dates[row["name"]] = rows.day(row)
                else:
                    found[int(row["store"])] = json.loads(row["body"])
            except ValueError as error:
                raise LibraryDamaged(
                    f"library {self.name!r} cannot be understood ({error}); run: qa repair"
                ) from error
        return _Known(current, found, dates)

    @contextmanager
    def reading(self) -> Iterator[SharedView]:
        """Look at the newest generation."""
        if not self._engine.has(self._catalog):
            raise self._absent()
        current, states, dates = self._known(self._level(None))
        if current not in states:
            raise self._absent()
        generation = self._generation(current, states[current])
        level = self._level(generation)
        yield SharedView(self._engine, generation, level, self._dated(dates, generation, level))

    def _dated(
        self, dates: Mapping[str, days.Given], generation: Generation, level: str
    ) -> dict[str, date]:
        """The dates that a user gave, by document."""
        if not dates:
            return {}
        digests = [given.digest for given in dates.values() if given.digest is not None]
        files: Where = Is("store", "==", generation.store), Is("kind", "==", "source")
        held = {}
        for named in (Is("name", "in", list(dates)), Is("digest", "in", digests)):
            where = *files, named, *generation.live
            for row in self._engine.pages(self._catalog, where, rows.SOURCE, level):
                one = rows.held(row)
                held[one.state.path] = days.KnownFile(one.state.digest, one.document_id)
        return days.by_document(dates, held)

    def _level(self, generation: Generation | None) -> str:
        """How fresh an answer of the engine has to be.

        A generation is seen by one replica before the other; once it has been known for a
        while, what is a few seconds old holds all of it, and is had without waiting.
        """
        with self._lock:
            seen = self._seen
        if seen is None or time.monotonic() - seen[1] < _SETTLED:
            return "Strong"
        return "Bounded" if generation is None or generation is seen[2] else "Strong"

    def _generation(self, store: int, state: dict[str, Any]) -> Generation:
        self._check(state)
        key = (store, int(state["generation"]), int(state["moments"]))
        with self._lock:
            if self._seen is not None and self._seen[0] == key:
                return self._seen[2]
        moments = self._moments(store, state)
        collection = f"{self._catalog}_{store}"
        known = None
        if self._engine.ranking is None:
            known = self._words(store, collection, state)
        generation = Generation(store, collection, state, moments, {}, known)
        with self._lock:
            self._seen = (key, time.monotonic(), generation)
        return generation

    def _words(self, store: int, collection: str, state: Mapping[str, Any]) -> words.Words:
        """The words of a generation: those of the index, and what was stored or went since."""
        import numpy as np

        lengths = words.lengths(self._engine, store, state, "Strong")
        late: dict[str, words.Places] = {}
        last, now = state["moments"], state["generation"]
        if last != now and state["width"]:
            born = Is("born", ">", last), *live(now)
            went = Is("born", "<=", last), Is("died", ">", last), Is("died", "<=", now)
            gone = [row["number"] for row in self._engine.pages(collection, went, ["number"])]
            came = self._engine.pages(collection, born, ["number", "terms"])
            new = sorted((row["number"], row["terms"]) for row in came)
            late = words.places(new)
            kept = ~np.isin(lengths[0], gone)
            lengths = words.appended((lengths[0][kept], lengths[1][kept]), new)
        if len(lengths[0]) != state["passages"]:
            raise words.overtaken(self._engine)

        def fetch(names: Sequence[str]) -> Mapping[str, str]:
            return words.texts(self._engine, store, names, "Strong")

        passages = lexical.passages(lengths[0], lengths[1].astype(np.uint32))
        return words.Words(words.segments(state), passages, late, fetch)

    def _moments(self, store: int, state: Mapping[str, Any]) -> Moments:
        if not state["counted"]:
            return empty(0)
        found = []
        for name in ("first", "second"):
            keyed = f"{name}:{state['slot']}"
            where = Is("store", "==", store), Is("kind", "==", "array"), Is("name", "==", keyed)
            found.append(rows.array(self._engine.rows(self._catalog, where, ["part", "body"])))
        width = state["width"]
        if len(found[0]) != width or len(found[1]) != width * width:
            raise LibraryDamaged(f"library {self.name!r} lacks its statistics; run: qa repair")
        return Moments(state["counted"], found[0], found[1].reshape(width, width))

    def _absent(self) -> LibraryError:
        return LibraryError(f"there is no library {self.name!r} yet; run: qa ingest")

    def _check(self, state: Mapping[str, Any], documents: str | None = None) -> None:
        if state.get("format") != FORMAT:
            raise LibraryMismatch(
                f"library {self.name!r} has format {state.get('format')!r}, this version reads"
                f" {FORMAT!r}; run: qa ingest --rebuild"
            )
        if state["embedding"] != self.embedding:
            raise LibraryMismatch(
                f"library {self.name!r} was made with the embedding model"
                f" {state['embedding']!r}, this run uses {self.embedding!r};"
                " run: qa ingest --rebuild (or name the first with --embedding)"
            )
        if documents is not None and state["documents"] != documents:
            raise LibraryMismatch(
                f"library {self.name!r} belongs to the documents in {state['documents']!r}, not to"
                f" {documents!r}; give each folder a library of its own (another NAME), or run:"
                " qa ingest --rebuild"
            )

    @contextmanager
    def writing(self, purpose: str, *, rebuild: bool = False) -> Iterator[SharedWriter]:
        """Be the one writer."""
        self._engine.create_catalog()
        lease = Lease(self._engine, purpose)
        lease.take()
        try:
            current, states, _ = self._known()
            store = self._upcoming(current, states) if rebuild else max(current, 1)
            writer = self._writer(store, states.get(store), lease)
            if not rebuild and store != current:
                self._point_at(store)
            yield writer
            writer.close()
            writer.settle_dates(self._known().dates)
            if rebuild:
                self._point_at(store)
                for old in states.keys() - {store}:
                    self._drop(old)
        finally:
            with self._lock:
                self._seen = None
            lease.give_back()

    def set_dates(self, given: Mapping[str, date | None]) -> None:
        """Give the documents of these paths their dates; None takes a given one back.

        Raises UsageError for a path that no readable file has, and what ``writing`` raises.
        """
        with self.writing("qa sources --set-date") as writer:
            dates = self._known().dates
            writer.put_dates(dates, days.changed(dates, given, writer))

    def _point_at(self, store: int) -> None:
        self._engine.put(self._catalog, [rows.catalog_row(0, "current", "", str(store))])

    def _upcoming(self, current: int, states: Mapping[int, dict[str, Any]]) -> int:
        """The store that a rebuild fills: one that was begun for the same, or a new one."""
        begun = max((one for one in states if one > current), default=None)
        if begun is None:
            return current + 1
        try:
            self._check(states[begun], self._folder())
        except LibraryMismatch:
            self._drop(begun)
            return begun + 1
        return begun

    def _drop(self, store: int) -> None:
        if self._engine.has(f"{self._catalog}_{store}"):
            self._engine.drop(f"{self._catalog}_{store}")
        self._engine.delete(self._catalog, (Is("store", "==", store),))

    def _folder(self) -> str:
        return str(self.documents.absolute())

    def _writer(self, store: int, state: dict[str, Any] | None, lease: Lease) -> SharedWriter:
        if state is None:
            began = time.time_ns() // 1_000_000
            state = {
                "format": FORMAT,
                "embedding": self.embedding,
                "documents": self._folder(),
                "generation": began,
                "moments": began,  # the generation of the statistics of the vectors ...
                "counted": 0,  # ... of how many they are ...
                "slot": 0,  # ... and which of two places they are in
                "width": 0,
                "passages": 0,
                "length": 0,
                "next": 1,
                "segments": [],  # of the index of words, as of the same generation ...
                "indexed": 0,  # ... and which row holds the passages' lengths
                "reading": None,
            }
            # What a writer that was stopped before its first state may have made.
            if self._engine.has(f"{self._catalog}_{store}"):
                self._engine.drop(f"{self._catalog}_{store}")
            self._engine.delete(
                self._catalog, (Is("store", "==", store), Is("kind", "!=", "ticket"))
            )
            writer = SharedWriter(self._engine, lease, store, state, empty(0))
            writer.set_meta()
            return writer
        self._check(state, self._folder())
        writer = SharedWriter(self._engine, lease, store, state, self._moments(store, state))
        writer.recover()
        return writer

    def salvage(self) -> "Salvage":
        """The vectors that are there, of a library that may lack others."""
        current, states, _ = self._known()
        if current not in states:
            raise LibraryDamaged(f"library {self.name!r} has no state; run: qa ingest --rebuild")
        return Salvage(self._engine, f"{self._catalog}_{current}", states[current]["width"])


def _engine(address: Address, token: str | None) -> Engine:
    if address.engine == "chroma":
        from qa.library.shared.chroma import Chroma

        return Chroma(address, token)
    from qa.library.shared.milvus import Milvus

    return Milvus(address, token)


class Salvage:
    """As ``interface.Kept`` says."""

    def __init__(self, engine: Engine, collection: str, width: int) -> None:
        self._engine = engine
        self._collection = collection
        self._width = width

    def vectors(self, ids: Sequence[str]) -> "dict[str, NDArray[np.float32]]":
        """Those of ``ids`` whose vectors are there, and of length 1."""
        import numpy as np

        if not self._width:
            return {}
        found = vectors(self._engine, self._collection, ids)
        return {one: row for one, row in found.items() if abs(np.dot(row, row) - 1.0) < 1e-3}

    def close(self) -> None:
        """Nothing is held."""
