"""The documents that proofs cite, found again in a folder by their hashes, and read."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from qa.data import CitedDocument, Document
from qa.errors import DocumentError
from qa.ingest.files import digest
from qa.ingest.folder import Found, scan
from qa.ingest.reader import Reader

WORKER = "qa.proof.worker"
_KEPT = 256  # documents held in memory, that further proofs may cite


class Place(NamedTuple):
    """A file that is there: its path, relative to the folder, and the hash of its bytes."""

    path: str
    sha256: str


class Evidence(NamedTuple):
    """What there is of a cited document: a file, and what it says or why that cannot be told.

    ``place`` is None where no file has its bytes and none its name; ``is_same`` tells whether
    the bytes are those that were cited.
    """

    place: Place | None
    is_same: bool
    document: Document | None
    reason: str | None


class Folder:
    """A folder of documents that proofs are checked against; leave it to end its reader.

    Files are found and read as ``qa ingest`` does, in a process of their own, and once.
    """

    def __init__(self, path: Path, max_file_mb: float, exclude: Sequence[str] = ()) -> None:
        self.path = path
        self._exclude = exclude
        self._reader = Reader(path, max_file_mb, WORKER)
        self._digest = lru_cache(maxsize=None)(self._digested)
        self._asked: dict[Place, int] = {}  # the reader's numbers of what it is reading
        self._read: dict[Place, Document | str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()

    def evidence(self, cited: Sequence[CitedDocument]) -> "Find":
        """What tells of each document what there is of it, by the path that cites it.

        The documents are read while who asks is at work on those before.  Raises UsageError
        where the folder cannot be read.
        """
        documents = {one.path: one for one in cited}
        places = {one.path: self._place(one) for one in cited}
        self._ask(place for place in places.values() if place is not None)

        def find(path: str) -> Evidence:
            place = places[path]
            held = self._held(place) if place is not None else "is not there"
            is_same = place is not None and place.sha256 == documents[path].sha256
            document, reason = (None, held) if isinstance(held, str) else (held, None)
            return Evidence(place, is_same, document, reason)

        return find

    def _place(self, cited: CitedDocument) -> Place | None:
        """The file with the bytes that were cited, wherever it lies; else the one of its name."""
        own = self._digest(cited.path) if cited.path in self._sizes else None
        if own != cited.sha256:
            for path in self._of_size.get(cited.size, ()):
                if self._digest(path) == cited.sha256:
                    return Place(path, cited.sha256)
        return Place(cited.path, own) if own is not None else None

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """Every file that may be read, and its bytes: no other is looked at."""
        found = scan(self.path, exclude=self._exclude)
        return {one.path: one.size for one in found if isinstance(one, Found)}

    @cached_property
    def _of_size(self) -> dict[int, list[str]]:
        by_size: dict[int, list[str]] = {}
        for path, size in self._sizes.items():
            by_size.setdefault(size, []).append(path)
        return by_size

    def _digested(self, path: str) -> str | None:
        try:
            return digest(self.path / path)
        except DocumentError:
            return None

    def _ask(self, places: Iterable[Place]) -> None:
        """Have the files read that are not yet."""
        wanted = set(places)
        if len(self._read) > _KEPT:
            self._read = {one: held for one, held in self._read.items() if one in wanted}
        for one in sorted(wanted - self._read.keys() - self._asked.keys()):
            file = self.path / one.path
            self._asked[one] = self._reader.ask(file, self._sizes[one.path], one.sha256)

    def _held(self, place: Place) -> Document | str:
        """What a file holds that was asked for, or why it cannot be read."""
        if place not in self._read:
            try:
                self._read[place] = self._reader.answer(self._asked.pop(place)).document
            except DocumentError as error:
                self._read[place] = str(error)
        return self._read[place]


Find = Callable[[str], Evidence]
