"""The one that changes a library that an engine keeps.

An engine has no transactions over several rows, so rows carry the generations that they are
for: ``born`` until before ``died``.  A change is written beside what is in force, and one row
at the end, the state, puts it in force.  Whatever stops a writer before that row, nobody
sees what it wrote, and the next writer takes it back.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from qa.data import Document
from qa.errors import LibraryDamaged, LibraryMismatch
from qa.library import days
from qa.library.interface import Change, FileState, NewPassage, Stored
from qa.library.shared import rows
from qa.library.shared.engine import FOREVER, PASSAGE, Engine, Is, Where, live, parts
from qa.library.shared.indexing import Indexer
from qa.library.shared.lease import Lease
from qa.library.shared.view import Generation, Moments, SharedView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WHOLE = (*PASSAGE, "born", "terms", "vector")


class SharedWriter:
    """As ``interface.Writer`` says; ``state`` is that of the generation in force."""

    def __init__(
        self, engine: Engine, lease: Lease, store: int, state: dict[str, Any], moments: Moments
    ) -> None:
        self._engine = engine
        self._lease = lease
        self._store = store
        self.state = state
        self._moments = moments
        self._catalog = engine.address.name
        self._passages = f"{engine.address.name}_{store}"
        self._held: dict[str, rows.Held] = {}
        self._index = None if engine.ranking is not None else Indexer(engine, store, state)

    @property
    def _live(self) -> Where:
        return live(self.state["generation"])

    def recover(self) -> None:
        """Take back what an interrupted writer left, and let go of what died before."""
        number = self.state["generation"]
        late, dead = Is("born", ">", number), Is("died", "<=", number)
        undone = Is("died", ">", number), Is("died", "<", FOREVER)
        mine = Is("store", "==", self._store)
        gone: set[str] = set()
        if self.state["width"]:
            self._catch_up()
            self.close()  # while what died can be read
            for where in (late, dead):
                found = self._engine.pages(self._passages, (where,), ["number", "document_id"])
                gone |= {row["document_id"] for row in found}
                self._engine.delete(self._passages, (where,))
            self._put_back(self._passages, undone, _WHOLE)
        for where in (late, dead):
            self._engine.delete(self._catalog, (mine, where))
        if self._index is not None:
            self._engine.delete(self._catalog, (mine, *self._index.unneeded(self.state)))
        fields = (*rows.SOURCE, "kind", "store", "part")
        self._put_back(self._catalog, (mine, *undone), fields)
        files = mine, Is("kind", "==", "source"), *self._live
        sources = self._engine.pages(self._catalog, files, rows.SOURCE)
        self._held = {row["name"]: rows.held(row) for row in sources}
        unneeded = sorted(gone - {one.document_id for one in self._held.values()})
        for part in parts(unneeded):
            lost = mine, Is("ref", "in", part), Is("kind", "!=", "source")
            self._engine.delete(self._catalog, lost)

    def _put_back(self, collection: str, where: Where, fields: Sequence[str]) -> None:
        found = [dict(row) for row in self._engine.pages(collection, where, fields)]
        self._engine.put(collection, [row | {"died": FOREVER} for row in found])

    def warm(self) -> None:
        """Nothing is to be loaded: the engine is at hand already."""

    def states(self) -> dict[str, FileState]:
        """How each known file looked when it was last read."""
        return {path: one.state for path, one in self._held.items()}

    def skipped(self) -> frozenset[str]:
        """The files that could not be read."""
        return frozenset(p for p, one in self._held.items() if one.document_id is None)

    def meta(self, name: str) -> str | None:
        """One entry of the library's state."""
        value = self.state.get(name)
        return None if value is None else str(value)

    def set_meta(self, **values: str) -> None:
        """Set entries of the library's state."""
        self._put_state(self.state | values)

    def _put_state(self, state: dict[str, Any]) -> None:
        self._lease.check()
        row = rows.catalog_row(self._store, "state", "", json.dumps(state))
        self._engine.put(self._catalog, [row])
        self.state = state

    def settle_dates(self, dates: Mapping[str, days.Given]) -> None:
        """Keep the dates that a user gave with their files, as these are called now."""
        held = {
            p: days.KnownFile(one.state.digest, one.document_id) for p, one in self._held.items()
        }
        now = days.settled(dates, held)
        if now != dates:
            self.put_dates(dates, now)

    def put_dates(self, before: Mapping[str, days.Given], now: Mapping[str, days.Given]) -> None:
        """Replace the dates that a user gave documents."""
        self._lease.check()
        kept = [rows.day_row(path, given) for path, given in now.items()]
        self._engine.put(self._catalog, kept)
        gone = [rows.day_row(path, before[path])["key"] for path in before.keys() - now.keys()]
        for part in parts(gone):
            self._engine.delete(self._catalog, (Is("key", "in", part),))

    def missing(self, ids: Iterable[str]) -> set[str]:
        """Those of ``ids`` whose vectors are not there yet."""
        wanted = set(ids)
        if not self.state["width"]:
            return wanted
        return wanted - {row["vector_id"] for row in self._with_vectors(wanted, ["vector_id"])}

    def _with_vectors(self, ids: Iterable[str], fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        for part in parts(sorted(ids)):
            where = (Is("vector_id", "in", part),)
            yield from self._engine.pages(self._passages, where, fields)

    def store(
        self,
        changes: Sequence[Change],
        new_vectors: "Mapping[str, NDArray[np.float32]]",
        deleted: Sequence[str] = (),
    ) -> None:
        """Make ``changes`` and forget the files ``deleted``: all of it, or none."""
        self._lease.check()
        following = self.state["generation"] + 1
        before = _documents(self._held)
        held, ended = dict(self._held), []
        new: dict[str, Change] = {}
        for change in changes:
            document_id = change.known
            if change.document is not None:
                document_id = change.document.id
                if document_id not in before:
                    new[document_id] = change
            if old := held.get(change.state.path):
                ended.append(old)
            held[change.state.path] = rows.Held(change.state, document_id, change.reason, following)
        for path in deleted:
            if path in held:
                ended.append(held.pop(path))
        gone = sorted(before.keys() - _documents(held).keys())
        state = dict(self.state) | {"generation": following}
        self._add(new.values(), new_vectors, state)
        self._end(gone, state)
        fresh = [one for one in held.values() if one.born == following]
        self._engine.put(
            self._catalog,
            [rows.source_row(self._store, one) for one in fresh]
            + [rows.source_row(self._store, one, died=following) for one in ended],
        )
        self._put_state(state)
        self._held = held
        if self._index is not None and self._index.is_due:
            self.close()

    def _add(
        self,
        changes: Iterable[Change],
        new_vectors: "Mapping[str, NDArray[np.float32]]",
        state: dict[str, Any],
    ) -> None:
        """Write new documents and their passages for the generation of ``state``."""
        import numpy as np

        new: list[NewPassage] = []
        written: list[dict[str, Any]] = []
        for change in changes:
            assert change.document is not None
            written += rows.document_rows(self._store, change.document, len(change.passages))
            new += change.passages
        if new:
            known = {one.vector_id for one in new} - new_vectors.keys()
            by_id = dict(new_vectors) | vectors(self._engine, self._passages, known)
            width = len(by_id[new[0].vector_id])
            if not state["width"]:
                self._engine.create_passages(self._passages, width)
                state["width"] = width
            elif state["width"] != width:
                raise LibraryMismatch(
                    f"the library's vectors have {state['width']} dimensions, the new ones have"
                    f" {width}: the embedding model has changed under its name;"
                    " run: qa ingest --rebuild"
                )
            numbered = [
                rows.passage_row(state["next"] + i, one, by_id[one.vector_id], state["generation"])
                for i, one in enumerate(new)
            ]
            self._engine.put(self._passages, numbered)
            state["next"] += len(new)
            self._count(state, np.array([row["vector"] for row in numbered]), numbered, 1)
        # After its passages: whose passages are taken back is looked for by them.
        self._engine.put(self._catalog, written)

    def _end(self, documents: Sequence[str], state: dict[str, Any]) -> None:
        """Let the passages of ``documents`` end before the generation of ``state``."""
        import numpy as np

        if not state["width"]:
            return
        for part in parts(documents):
            where = Is("document_id", "in", part), Is("died", "==", FOREVER)
            found = [dict(row) for row in self._engine.pages(self._passages, where, _WHOLE)]
            if found:
                ended = [row | {"died": state["generation"]} for row in found]
                self._engine.put(self._passages, ended)
                self._count(state, np.array([row["vector"] for row in found]), found, -1)

    def _count(
        self,
        state: dict[str, Any],
        matrix: "NDArray[np.float32]",
        passages: Sequence[Mapping[str, Any]],
        sign: int,
    ) -> None:
        """Bring the statistics of all passages up to date with those that come or go."""
        self._moments = added(self._moments, matrix, sign)
        state["passages"] += sign * len(passages)
        state["length"] += sign * sum(len(row["terms"]) for row in passages)
        self._take_up(passages, sign)

    def _take_up(self, passages: Sequence[Mapping[str, Any]], sign: int) -> None:
        """Tell the index of words of passages that come or go."""
        if self._index is None:
            return
        if sign > 0:
            self._index.add((row["number"], row["terms"]) for row in passages)
        else:
            self._index.remove(row["number"] for row in passages)

    def close(self) -> None:
        """Keep what is too large to be written with every change: statistics, and the words."""
        if self.state["moments"] == self.state["generation"]:
            return
        slot = 1 - self.state["slot"]  # those in force stay as they are
        written = []
        for name, array in (("first", self._moments.first), ("second", self._moments.second)):
            written += rows.array_rows(self._store, name, array.ravel(), slot)
        known: dict[str, Any] = {}
        if self._index is not None:
            index, known = self._index.made(self.state)
            written += index
        self._engine.put(self._catalog, written)
        counted = {"moments": self.state["generation"], "counted": self._moments.vectors}
        self._put_state(self.state | counted | known | {"slot": slot})

    def _catch_up(self) -> None:
        """Add to the statistics what a writer that was interrupted stored."""
        import numpy as np

        last, number = self.state["moments"], self.state["generation"]
        came = Is("born", ">", last), *live(number)
        went = *live(last), Is("died", "<=", number)
        for sign, where in ((1, came), (-1, went)) if last != number else ():
            fields = ["number", "vector", "terms"]
            found = sorted(self._engine.pages(self._passages, where, fields), key=_number)
            for row in found:
                one = np.array([row["vector"]], np.float32)
                self._moments = added(self._moments, one, sign)
            self._take_up(found, sign)

    def touch(self, states: Iterable[FileState]) -> None:
        """Remember how unchanged files look now."""
        touched = [self._held[one.path]._replace(state=one) for one in states]
        self._engine.put(self._catalog, [rows.source_row(self._store, one) for one in touched])
        self._held |= {one.state.path: one for one in touched}

    def known_document(self, digest: str, suffix: str) -> str | None:
        """The document of a file with these bytes and this kind of name, if one is known."""
        for path, one in self._held.items():
            same = one.state.digest == digest and one.document_id is not None
            if same and PurePosixPath(path).suffix.lower() == suffix:
                return one.document_id
        return None

    def disagreement(self) -> str | None:
        """What the state, the documents and the passages disagree on; None where they agree."""
        counted = 0
        if self.state["width"]:
            counted = self._engine.count(self._passages, self._live)
        if counted != self.state["passages"]:
            return f"{self.state['passages']} passages are counted, {counted} stored"
        mine = Is("store", "==", self._store), Is("kind", "==", "head")
        heads = {row["ref"]: rows.head(row) for row in self._pages(mine, rows.HEAD)}
        needed = _documents(self._held).keys()
        if lost := sorted(needed - heads.keys()):
            return f"{len(lost)} documents are lost, the first {lost[0]!r}"
        said = sum(heads[one].passages for one in needed)
        return f"{said} passages are named, {counted} stored" if said != counted else None

    def _pages(self, where: Where, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        return self._engine.pages(self._catalog, where, fields)

    def faults(self) -> Iterator[str]:
        """All that is wrong with the stores, a line each: every row of each is read."""
        import numpy as np

        if said := self.disagreement():
            yield said
        if not self.state["width"]:
            return
        moments, odd = empty(self.state["width"]), 0
        every: list[tuple[int, Sequence[str]]] = []
        for row in self._engine.pages(self._passages, self._live, ["number", "vector", "terms"]):
            one = np.array([row["vector"]], np.float32)
            odd += abs(float(one[0] @ one[0]) - 1.0) > 1e-3
            moments = added(moments, one, 1)
            every.append((row["number"], row["terms"]))
        if odd:
            yield f"{odd} vectors are not of length 1"
        pairs = ((moments.first, self._moments.first), (moments.second, self._moments.second))
        if moments.vectors != self._moments.vectors or not all(
            np.allclose(one, other, rtol=1e-6, atol=1e-4) for one, other in pairs
        ):
            yield "the statistics of the vectors are not those of the vectors stored"
        index = self._index if self.state["moments"] == self.state["generation"] else None
        if index is not None and not index.agrees(self.state, every):
            yield "the index of words is not that of the passages"

    def documents(self) -> "Iterator[tuple[Document, tuple[str, ...], list[Stored]]]":
        """Every document with its paths, passages, and each passage's terms and their count."""
        generation = Generation(self._store, self._passages, self.state, self._moments, {}, None)
        for name, paths in sorted(_documents(self._held).items()):
            view = SharedView(self._engine, generation, "Strong", {})
            try:
                document = view.document(name)
            except KeyError as error:
                raise LibraryDamaged(f"document {name!r} is lost; run: qa repair") from error
            where = Is("document_id", "==", name), *self._live
            found = []
            for row in self._engine.pages(self._passages, where, (*PASSAGE, "terms")):
                words = tuple(row["terms"])
                found.append(Stored(rows.stored(row), words, len(words)))
            yield document, paths, sorted(found, key=lambda one: one.passage.passage.start)


def _number(row: Mapping[str, Any]) -> int:
    return int(row["number"])


def empty(width: int) -> Moments:
    """The moments of no vectors."""
    import numpy as np

    return Moments(0, np.zeros(width), np.zeros((width, width)))


def added(moments: Moments, matrix: "NDArray[np.float32]", sign: int) -> Moments:
    """The moments with the rows of ``matrix`` (1) or without them (-1)."""
    wide = matrix.astype("float64")
    count, first, second = moments if moments.vectors else empty(wide.shape[1])
    return Moments(
        count + sign * len(wide), first + sign * wide.sum(axis=0), second + sign * (wide.T @ wide)
    )


def _documents(held: Mapping[str, rows.Held]) -> dict[str, tuple[str, ...]]:
    """The paths of each document."""
    found: dict[str, list[str]] = {}
    for path, one in held.items():
        if one.document_id is not None:
            found.setdefault(one.document_id, []).append(path)
    return {one: tuple(sorted(paths)) for one, paths in found.items()}


def vectors(
    engine: Engine, collection: str, ids: Iterable[str]
) -> "dict[str, NDArray[np.float32]]":
    """The vectors of these ids, as far as the passages of ``collection`` have them."""
    import numpy as np

    found = {}
    for part in parts(sorted(ids)):
        where = (Is("vector_id", "in", part),)
        for row in engine.pages(collection, where, ["vector_id", "vector"]):
            found[row["vector_id"]] = np.array(row["vector"], np.float32)
    return found
