"""One generation of a library that an engine keeps."""

import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.data import Document, Passage, Source
from qa.errors import LibraryMismatch
from qa.library import days
from qa.library.interface import FileState, Over, Scores, StoredPassage
from qa.library.local.lexical import K1, B, best, idf, most
from qa.library.shared import rows
from qa.library.shared.engine import PASSAGE, Engine, Is, Where, key, live
from qa.library.shared.engine import parts as in_parts
from qa.library.shared.words import Words, overtaken

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEPTH = 1000
"""How many of its best an engine that ranks words gives by either, to be scored exactly here."""

NEAR = 400
"""How many of the nearest another gives, and how many of the best by words are compared too."""

_AT_ONCE = 8  # words counted by the engine


class Moments(NamedTuple):
    """How many vectors, their sum, and that of their outer products: what all cosines come to.

    They are those of the last writer's end; while one is at work, a little older than it.
    """

    vectors: int
    first: "NDArray[np.float64]"
    second: "NDArray[np.float64]"


class Generation(NamedTuple):
    """What is known of a generation before anything of it is looked at."""

    store: int
    collection: str
    state: Mapping[str, Any]
    moments: Moments
    frequencies: dict[str, int]  # of terms, as far as they were asked for
    words: Words | None  # None where the engine ranks them

    @property
    def live(self) -> Where:
        """The filter that holds for rows of this generation."""
        return live(self.state["generation"])


class SharedView:
    """One generation of a library, as ``interface.View`` says.

    An engine ranks by cosine, and where it can by BM25; of what it ranks first, both scores are
    then worked out here from statistics of the whole library, because such an engine weighs words
    by what each of its shards or segments holds.  For another, BM25 is worked out here of all.
    """

    def __init__(
        self,
        engine: Engine,
        generation: Generation,
        level: str,
        given: Mapping[str, date],
        without: Sequence[str] = (),
    ) -> None:
        self._engine = engine
        self._generation = generation
        self._level = level
        self._given = given  # the dates that a user gave documents, by id
        self._without = tuple(without)
        self._words = generation.words
        if self._words is not None and without:
            where = (Is("document_id", "in", self._without),)
            gone = self._rows(where, ("number",))
            self._words = self._words.without(row["number"] for row in gone)
        self._documents: dict[str, Document] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._count: int | None = None if without else generation.state["passages"]
        self._frequencies = {} if without else generation.frequencies
        self.meta: dict[str, str] = {
            name: str(value) for name, value in generation.state.items() if value is not None
        }

    def without(self, documents: Iterable[str]) -> "SharedView":
        """The same generation as if it did not hold the passages of ``documents`` (ids).

        How many passages hold a word is counted anew; how cosines and lengths spread is
        taken from the whole library.
        """
        gone = {*self._without, *documents}
        return SharedView(self._engine, self._generation, self._level, self._given, sorted(gone))

    @property
    def _live(self) -> Where:
        if not self._without:
            return self._generation.live
        return *self._generation.live, Is("document_id", "not in", self._without)

    @property
    def passages(self) -> int:
        """How many passages there are."""
        if self._words is not None:
            return len(self._words.passages.numbers)
        if self._count is None:
            self._count = self._engine.count(self._generation.collection, self._live, self._level)
        return self._count

    def scores(self, vector: "NDArray[np.float32]", terms: Sequence[str]) -> Scores:
        """Cosine with a unit vector and BM25 for ``terms``, of all that could be found."""
        import numpy as np

        if not self.passages:
            nothing = np.empty(0)
            over = partial(Over, 0.0, 0.0)
            return Scores(np.empty(0, np.int64), nothing, nothing, over, 0.0)
        if len(vector) != self._generation.state["width"]:
            raise LibraryMismatch(
                f"the library's vectors have {self._generation.state['width']} dimensions, the"
                f" question's has {len(vector)}: the embedding model has changed under its"
                " name; run: qa ingest --rebuild"
            )
        if self._words is not None:
            return self._scores(vector, terms, self._words)
        ranking = self._engine.ranking
        assert ranking is not None
        collection, asked = self._generation.collection, Counter(terms)
        near = self._engine.nearest(collection, vector, self._live, DEPTH, self._level)
        said = ranking.matching(collection, list(asked), self._live, DEPTH, self._level)
        holds = {number: Counter(found) for number, found in said.items()}
        matched = {number: found for number, found in holds.items() if found.keys() & asked}
        whole = len(matched) < DEPTH  # all that hold any of the words
        if whole:
            counted = Counter(one for found in matched.values() for one in found.keys() & asked)
            self._frequencies |= {one: counted[one] for one in asked}
        if far := sorted(matched.keys() - near.keys()):
            near |= self._engine.cosines(collection, vector, far, self._level)
        if not whole and (unread := sorted(near.keys() - holds.keys())):
            for row in self._rows((Is("number", "in", unread),), ("number", "terms")):
                matched[int(row["number"])] = Counter(row["terms"])
        weights = self._weights(asked)
        numbers = np.array(sorted(near), np.int64)
        bm25 = np.array([self._bm25(matched.get(int(one), Counter()), weights) for one in numbers])
        return Scores(
            numbers,
            np.array([near[int(one)] for one in numbers]),
            bm25,
            partial(self._cosines, vector),
            most(terms, self.passages, self._frequency(asked)),
        )

    def _scores(self, vector: "NDArray[np.float32]", terms: Sequence[str], words: Words) -> Scores:
        """BM25 of all, and of the best of them and of the nearest the cosine."""
        import numpy as np

        bm25, frequency = words.bm25(terms)
        every = words.passages.numbers
        near = self._near(vector, every)
        leading = set(every[best(bm25, NEAR)].tolist())
        if far := sorted(leading - near.keys()):
            collection = self._generation.collection
            near |= self._engine.cosines(collection, vector, far, self._level)
        numbers = np.array(sorted(near), np.int64)
        return Scores(
            numbers,
            np.array([near[one] for one in numbers.tolist()]),
            bm25[np.searchsorted(every, numbers)],
            partial(self._cosines, vector),
            most(terms, self.passages, frequency),
        )

    def _near(self, vector: "NDArray[np.float32]", every: "NDArray[np.uint32]") -> dict[int, float]:
        """The cosines of the nearest of the passages that are there, by number."""
        import numpy as np

        among: Where = (Is("document_id", "not in", self._without),) if self._without else ()
        wanted = NEAR + NEAR // 4 + 1
        while True:
            found = self._engine.nearest(
                self._generation.collection, vector, among, wanted, self._level
            )
            there = np.isin(np.fromiter(found, np.uint32, len(found)), every)
            near = {one: found[one] for one, is_there in zip(found, there, strict=True) if is_there}
            if len(near) >= NEAR or len(found) < wanted:
                return dict(list(near.items())[:NEAR])
            wanted *= 2

    def _weights(self, asked: Mapping[str, int]) -> dict[str, float]:
        df = self._frequency(asked)
        return {one: count * idf(self.passages, df[one]) for one, count in asked.items()}

    def _bm25(self, found: "Counter[str]", weights: Mapping[str, float]) -> float:
        """Robertson and Zaragoza (2009), as ``lexical.bm25`` works it out."""
        state = self._generation.state
        average = max(state["length"] / state["passages"], 1e-9)
        norm = K1 * (1.0 - B + B * found.total() / average)
        score = 0.0
        for one, weight in weights.items():
            if count := found[one]:
                score += weight * (count * (K1 + 1.0) / (count + norm))
        return score

    def _cosines(self, vector: "NDArray[np.float32]") -> Over:
        """Mean and spread of the cosines with all passages, from their moments."""
        count, first, second = self._generation.moments
        if not count:  # the first writer is still at work
            return Over(0.0, 0.0)
        wide = vector.astype("float64")
        mean = float(first @ wide) / count
        square = float(wide @ second @ wide) / count
        return Over(mean, math.sqrt(max(square - mean * mean, 0.0)))

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """How many passages hold each term."""
        return self._frequency(set(terms))

    def _frequency(self, terms: Iterable[str]) -> dict[str, int]:
        if self._words is not None:
            return self._words.document_frequency(terms)
        ranking = self._engine.ranking
        assert ranking is not None

        def count(one: str) -> int:
            return ranking.holding(self._generation.collection, one, self._live, self._level)

        terms = list(terms)
        if new := [one for one in terms if one not in self._frequencies]:
            with ThreadPoolExecutor(_AT_ONCE) as pool:  # each waits for the engine
                self._frequencies |= zip(new, pool.map(count, new), strict=True)
        return {one: self._frequencies[one] for one in terms}

    def vectors(self, positions: Sequence[int]) -> "NDArray[np.float32]":
        """The passages' own vectors, one row a position."""
        import numpy as np

        found = self._numbered(positions, ("number", "vector"))
        return np.array([found[one]["vector"] for one in positions], np.float32)

    def at(self, positions: Sequence[int]) -> list[StoredPassage]:
        """The passages at these positions, in the order asked for."""
        found = self._numbered(positions, PASSAGE)
        passages = [rows.stored(found[one]) for one in positions]
        self._fetch({one.passage.document_id for one in passages})
        return passages

    def _numbered(self, numbers: Sequence[int], fields: Sequence[str]) -> dict[int, dict[str, Any]]:
        wanted = sorted({int(one) for one in numbers})
        rows_ = self._rows((Is("number", "in", wanted),), fields) if wanted else []
        found = {int(row["number"]): row for row in rows_}
        if len(found) < len(wanted):
            raise overtaken(self._engine)
        return found

    def _rows(self, where: Where, fields: Sequence[str]) -> list[dict[str, Any]]:
        return self._engine.rows(self._generation.collection, where, fields, self._level)

    def _catalog(self, where: Where, fields: Sequence[str]) -> list[dict[str, Any]]:
        where = Is("store", "==", self._generation.store), *where
        return self._engine.rows(self._engine.address.name, where, fields, self._level)

    def _of_documents(self, of: Sequence[tuple[str, str, int]]) -> Iterable[dict[str, Any]]:
        """The rows of documents: kind, id and part of each."""
        store = self._generation.store
        keys = [key(store, kind, name, 0, part) for kind, name, part in of]
        for some in in_parts(keys):
            yield from self._catalog((Is("key", "in", some),), ("kind", "ref", "part", "body"))

    def _fetch(self, documents: Iterable[str]) -> None:
        """Bring documents and the paths of their files, together."""
        wanted = sorted(set(documents) - self._documents.keys())
        if not wanted:
            return
        parts: dict[tuple[str, str], list[dict[str, Any]]] = {}
        # By keys, which an engine finds at once: the first row of each kind, then what follows.
        new = [(kind, one, 0) for one in wanted for kind in ("head", "pages", "text")]
        while new:
            found = list(self._of_documents(new))
            for row in found:
                parts.setdefault((row["ref"], row["kind"]), []).append(row)
            new = [part for row in found for part in rows.following(row)]
        where: Where = Is("kind", "==", "source"), Is("ref", "in", wanted), *self._generation.live
        paths: dict[str, list[str]] = {}
        for row in self._catalog(where, ("name", "ref")):
            paths.setdefault(row["ref"], []).append(row["name"])
        for one in wanted:
            if (one, "head") in parts:
                document = rows.document(parts, one)
                files = self._paths[one] = tuple(sorted(paths.get(one, ())))
                given = self._given.get(one)
                self._documents[one] = days.dated(document, given, files)

    def document(self, document_id: str) -> Document:
        """One document by id; KeyError where there is none."""
        self._fetch([document_id])
        return self._documents[document_id]

    def document_passages(
        self, document_id: str, near: tuple[int, int] | None = None
    ) -> tuple[Passage, ...]:
        """A document's passages in reading order; ``near``: those that reach into a range."""
        where = Is("document_id", "==", document_id), *self._generation.live
        found = map(rows.stored, self._rows(where, PASSAGE))
        first, last = near or (0, sys.maxsize)
        every = sorted((one.passage for one in found), key=lambda one: one.start)
        return tuple(one for one in every if one.start < last and one.end > first)

    def dates(self) -> dict[str, days.When]:
        """When each document was written, by id: ``published`` and ``written``."""
        paths = days.together(
            (one.document_id, one.state.path) for one in self._held() if one.document_id
        )
        found: dict[str, days.When] = {}
        for head in self._heads().values():
            if (name := head.document.id) in paths and name not in self._without:
                files = paths[name]
                one = days.dated(head.document, self._given.get(name), files)
                found[name] = one.published, one.written
        return found

    def paths(self, document_id: str) -> tuple[str, ...]:
        """The files that hold a document, sorted."""
        self._fetch([document_id])
        return self._paths.get(document_id, ())

    def states(self) -> dict[str, FileState]:
        """How each known file looked when it was last read."""
        return {one.state.path: one.state for one in self._held()}

    def sources(self) -> tuple[Source, ...]:
        """Every known file, by path."""
        heads, held = self._heads(), self._held()
        found = [_source(one, heads.get(one.document_id or "")) for one in held]
        modified = {one.state.path: one.state.mtime_ns for one in held}
        found.sort(key=lambda one: one.path)
        return days.sources(found, self._given, modified)

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """The files that could not be read, by path, each with the reason."""
        gone = (one for one in self._held() if one.document_id is None)
        return tuple(sorted((one.state.path, one.reason or "") for one in gone))

    def _held(self) -> list[rows.Held]:
        where = Is("kind", "==", "source"), *self._generation.live
        return [rows.held(row) for row in self._pages(where, rows.SOURCE)]

    def _heads(self) -> dict[str, rows.Head]:
        return {
            row["ref"]: rows.head(row)
            for row in self._pages((Is("kind", "==", "head"),), rows.HEAD)
        }

    def _pages(self, where: Where, fields: Sequence[str]) -> Iterable[dict[str, Any]]:
        where = Is("store", "==", self._generation.store), *where
        return self._engine.pages(self._engine.address.name, where, fields, self._level)


def _source(held: rows.Held, head: rows.Head | None) -> Source:
    one = head.document if head is not None else None
    return Source(
        path=held.state.path,
        state="skipped" if held.document_id is None else "ready",
        reason=held.reason,
        document_id=held.document_id,
        title=one.title if one else None,
        author=one.author if one else None,
        published=one.published if one else None,
        date_basis=one.date_basis if one else None,
        passages=head.passages if head else 0,
        characters=head.characters if head else 0,
        written=one.written if one else None,
    )
