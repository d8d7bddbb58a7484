"""A folder into a library: only what changed since the last time."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qa.errors import DocumentError, UsageError
from qa.ingest.ahead import Ahead
from qa.ingest.files import digest
from qa.ingest.folder import Found, Unreadable, inside, is_in, scan
from qa.ingest.formats import ocr
from qa.ingest.formats.registry import CONTAINERS, DIGEST
from qa.ingest.frames import SplitDocument, SplitPart, all_texts
from qa.ingest.reader import WORKER, Reader
from qa.library.interface import Change, FileState, Library, Writer
from qa.models.embed.base import Embeds
from qa.settings.config import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa.ingest.cluster import Cluster

_BATCH_PASSAGES = 128  # passages embedded and not stored yet: what a kill can cost
_AHEAD_SHARE = 4  # one in so many of them is of the next batch, embedded while one is stored
_BATCH_CHARACTERS = 4_000_000  # and of text held in memory meanwhile
_AHEAD_FILES = 256  # files read before they are stored ...
_AHEAD_BYTES = 4_000_000  # ... and of what size together, the one being stored left out
_RACY_NS = 2_000_000_000  # a file changed this shortly before it was read may change unseen


class Progress(NamedTuple):
    """How far a sync is, in bytes of the files that changed; ``path`` is being done."""

    done: int
    total: int
    path: str


class Report(NamedTuple):
    """What a sync did.  ``skipped`` pairs each unreadable file with the reason.

    A file that cannot be read is neither ``added``, ``changed`` nor ``unchanged``; ``refused``
    are those of them that are new or have changed.  ``embedded`` counts the passages that went
    through the model.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int
    skipped: tuple[tuple[str, str], ...]
    embedded: int
    seconds: float
    refused: tuple[str, ...] = ()


class _Key(NamedTuple):
    """What decides what a file says: its bytes, and how its name ends."""

    sha256: str
    suffix: str


class _Looked(NamedTuple):
    """A file that was looked at: what it holds, or why that cannot be told.

    ``asked`` is the reader's number where it has been asked for, ``reading`` what it answered;
    ``same`` is True where the bytes are those of the last time.
    """

    one: Found | Unreadable
    key: _Key | None = None
    reason: str | None = None
    asked: int | None = None
    reading: SplitDocument | None = None
    same: bool = False


class _Pending(NamedTuple):
    """Changes read and split, not stored yet."""

    changes: list[Change]
    texts: dict[str, str]  # what each new vector stands for


def _silent(_progress: Progress) -> None:
    pass


def sync(
    settings: Settings,
    library: Library,
    embedding: Embeds,
    *,
    worker: str = WORKER,
    cluster: "Cluster | None" = None,
    paths: Sequence[Path] = (),
    rebuild: bool = False,
    purpose: str = "qa ingest",
    progress: Callable[[Progress], None] = _silent,
    known: "Callable[[Mapping[str, str]], Mapping[str, NDArray[np.float32]]] | None" = None,
) -> Report:
    """Bring the library up to date with the folder, or with ``paths`` inside it.

    A file whose size and time of change are the same costs a stat; one whose bytes are the
    same costs a read; a changed one has only its new passages embedded.  A file that cannot
    be read is reported and skipped.  ``rebuild`` reads everything anew; until it is done the
    old library is read, and one that was interrupted is continued.  ``known`` gives those
    vectors of texts (by the vectors' ids) that need not be made; ``worker`` is the module that
    reads and splits, in a process of its own (``qa.ingest.reader``), or a ``cluster`` does, and
    embeds.  Raises UsageError for a path outside the folder or beside ``rebuild``, and what
    ``Library.writing`` raises.
    """
    began = time.perf_counter()
    if rebuild and paths:
        raise UsageError("a rebuild reads the whole folder; leave the paths out")
    within = tuple(inside(path, settings.documents) for path in paths)
    seen_ns = time.time_ns()
    found = [
        one for one in scan(settings.documents, exclude=settings.exclude) if is_in(one.path, within)
    ]
    if not rebuild and library.exists():
        with library.reading() as view:
            states, reading = _within(view.states(), within), view.meta.get("reading")
            skipped = view.skipped()
        own = states.keys() - _parts(states, found).keys()
        same = reading == _reading(settings) and own == {one.path for one in found}
        if same and not _look(found, states, frozenset()):
            return Report((), (), (), _ready(found, skipped), skipped, 0, _since(began))
    with library.writing(purpose, rebuild=rebuild) as writer:
        states = _within(writer.states(), within)
        retry = writer.skipped() if writer.meta("reading") != _reading(settings) else frozenset()
        parts = _parts(states, found)
        retry = frozenset(parts.get(path, path) for path in retry)
        deleted = tuple(sorted(states.keys() - {one.path for one in found} - parts.keys()))
        with (
            cluster or Reader(settings.documents, settings.max_file_mb, worker) as reader,
            Ahead(cluster or embedding, begins=known is None) as ahead,
        ):
            job = _Job(settings, writer, ahead, reader, states, parts, retry, seen_ns, known)
            job.run(_look(found, states, retry), deleted, progress)
        if not within:
            writer.set_meta(reading=_reading(settings))
    skipped = _skipped(library)
    written = {one.path for one in found} & {*job.written}
    return Report(
        added=tuple(path for path in job.written if path not in states),
        changed=tuple(path for path in job.written if path in states),
        deleted=tuple(sorted((*deleted, *job.gone))),
        unchanged=_ready(found, skipped) - len(written),
        skipped=skipped,
        embedded=job.embedded,
        seconds=_since(began),
        refused=tuple(job.refused),
    )


class _Job:
    """One run over the files that may have changed."""

    def __init__(
        self,
        settings: Settings,
        writer: Writer,
        ahead: Ahead,
        reader: "Reader | Cluster",
        states: dict[str, FileState],
        parts: dict[str, str],
        retry: frozenset[str],
        seen_ns: int,
        known: "Callable[[Mapping[str, str]], Mapping[str, NDArray[np.float32]]] | None",
    ) -> None:
        self._settings = settings
        self._writer = writer
        self._ahead = ahead
        self._next = _BATCH_PASSAGES // _AHEAD_SHARE if ahead.begins else 0
        self._reader = reader
        self._states = states
        self._parts: dict[str, set[str]] = {}  # by the file that they were in
        for path, top in parts.items():
            self._parts.setdefault(top, set()).add(path)
        self._retry = retry
        self._seen_ns = seen_ns
        self._known = known
        self._in_batch: dict[_Key, str] = {}  # documents read and not yet stored
        self._unread: dict[_Key, str] = {}  # why no file of these bytes can be read
        self._remarks: dict[_Key, str] = {}  # what of them could not be
        self._asked: set[_Key] = set()  # being read
        self.written: list[str] = []
        self.refused: list[str] = []
        self.gone: list[str] = []  # files that were inside of others ...
        self._leaving: list[str] = []  # ... and those that go with the next that is stored
        self.embedded = 0

    def run(
        self,
        suspects: Sequence[Found | Unreadable],
        deleted: tuple[str, ...],
        progress: Callable[[Progress], None],
    ) -> None:
        """Read, split, embed and store, a batch at a time."""
        total, done, in_batch = sum(_stat(one)[0] for one in suspects), 0, 0
        touched = []
        pending = _Pending([], {})
        path = ""

        def tick(share: float) -> None:
            progress(Progress(done + round(share * in_batch), total, path))

        for looked in self._read(suspects):
            one, path = looked.one, looked.one.path
            tick(0.0)
            in_batch += _stat(one)[0]
            if looked.same:
                touched.append(self._state(one, self._states[one.path].digest))
            else:
                pending.changes.extend(self._changes(looked, pending))
            if _is_full(pending, _BATCH_PASSAGES - self._next):
                self._store(pending, (), tick)
                pending, done, in_batch = _Pending([], {}), done + in_batch, 0
        # Deleted files go last: a renamed one still finds its document under the old name.
        self._store(pending, deleted, tick)
        self._writer.touch(touched)
        tick(1.0)

    def _read(self, suspects: Sequence[Found | Unreadable]) -> Iterator[_Looked]:
        """Each file in turn, read, while some of the passages that come after it are embedded."""
        waiting: deque[_Looked] = deque()
        ahead = 0
        for looked in self._asked_for(suspects):
            waiting.append(self._answered(looked))
            ahead += _size(waiting[-1])
            while waiting and ahead - _size(waiting[0]) >= self._next:
                ahead -= _size(waiting[0])
                yield waiting.popleft()
        yield from waiting

    def _answered(self, looked: _Looked) -> _Looked:
        """A file with what the reader says of it; what must be embedded is begun."""
        if looked.asked is None:
            return looked
        try:
            reading = self._reader.answer(looked.asked)
        except DocumentError as error:
            return looked._replace(reason=str(error))
        if self._ahead.begins:
            texts = all_texts(reading)
            missing = self._writer.missing(texts)
            self._ahead.begin({one: texts[one] for one in missing})
        return looked._replace(reading=reading)

    def _asked_for(self, suspects: Sequence[Found | Unreadable]) -> Iterator[_Looked]:
        """Each file in turn, while the reader is at work on those that come after it."""
        waiting: deque[_Looked] = deque()
        ahead = 0
        for one in suspects:
            waiting.append(self._look_at(one))
            ahead += _stat(one)[0]
            while len(waiting) > _AHEAD_FILES or (ahead > _AHEAD_BYTES and waiting):
                ahead -= _stat(waiting[0].one)[0]
                yield waiting.popleft()
        yield from waiting

    def _look_at(self, one: Found | Unreadable) -> _Looked:
        """What can be told of a file without reading it; where it must be read, that begins."""
        path = self._settings.documents / one.path
        if isinstance(one, Unreadable):
            return _Looked(one, reason=one.reason)
        try:
            key = _Key(digest(path), path.suffix.lower())
        except DocumentError as error:
            return _Looked(one, reason=str(error))
        before = self._states.get(one.path)
        if before is not None and before.digest == key.sha256 and one.path not in self._retry:
            return _Looked(one, key, same=True)
        is_new = key.suffix in CONTAINERS or self._known_document(key) is None
        if key in self._asked or not is_new:
            return _Looked(one, key)
        if not self._asked and not self.written and not self.refused:
            self._writer.warm()
            self._ahead.warm()
        self._asked.add(key)
        return _Looked(one, key, asked=self._reader.ask(path, one.size, key.sha256))

    def _known_document(self, key: _Key) -> str | None:
        return self._in_batch.get(key) or self._writer.known_document(*key)

    def _changes(self, looked: _Looked, pending: _Pending) -> Iterator[Change]:
        """What the file holds now, and the files inside of it; those that it held are gone."""
        change, parts = self._change(looked, pending)
        yield change
        state, now = change.state, set()
        for part in parts:
            path = f"{state.path}/{part.name}"
            now.add(path)
            own = state._replace(path=path, digest=part.sha256)
            if part.reading is None:
                yield Change(own, reason=part.reason)
            else:
                pending.texts.update(part.reading.texts)
                remark = part.reading.remark or None
                yield Change(own, part.reading.document, part.reading.passages, remark)
        self._leaving.extend(sorted(self._parts.get(state.path, set()) - now))

    def _change(self, looked: _Looked, pending: _Pending) -> tuple[Change, tuple[SplitPart, ...]]:
        """What the file itself holds now, and what the reader says of the files inside of it."""
        one, key = looked.one, looked.key
        state = self._state(one, key.sha256 if key else None)
        if key is None:
            return Change(state, reason=looked.reason), ()
        if looked.asked is None:
            # Looked up again: what was there when it was looked at may be gone by now.
            known = None if key.suffix in CONTAINERS else self._known_document(key)
            if known is not None:
                return Change(state, known=known, reason=self._remarks.get(key)), ()
            if key in self._unread:
                return Change(state, reason=self._unread[key]), ()
            path = self._settings.documents / one.path
            asked = self._reader.ask(path, state.size, key.sha256)
            looked = self._answered(looked._replace(asked=asked))
        self._asked.discard(key)
        reading = looked.reading
        if reading is None:
            self._unread[key] = looked.reason or ""
            return Change(state, reason=looked.reason), ()
        self._in_batch[key] = reading.document.id
        pending.texts.update(reading.texts)
        if reading.remark:
            self._remarks[key] = reading.remark
        remark = reading.remark or None
        return Change(state, reading.document, reading.passages, remark), reading.parts

    def _state(self, one: Found | Unreadable, sha256: str | None) -> FileState:
        return FileState(one.path, *_stat(one), self._seen_ns, sha256)

    def _store(
        self, pending: _Pending, deleted: tuple[str, ...], tick: Callable[[float], None]
    ) -> None:
        if not pending.changes and not deleted:
            return
        missing = self._writer.missing(pending.texts)
        wanted = {one: pending.texts[one] for one in missing}
        vectors = dict(self._known(wanted)) if self._known is not None else {}
        new = {one: text for one, text in wanted.items() if one not in vectors}
        finished = 0

        def done(count: int) -> None:
            nonlocal finished
            finished += count
            tick(finished / len(new))

        vectors |= self._ahead.vectors(new, done)
        self._writer.store(pending.changes, vectors, (*deleted, *self._leaving))
        self.gone += self._leaving
        self._leaving.clear()
        for change in pending.changes:
            is_read = change.document is not None or change.known is not None
            (self.written if is_read else self.refused).append(change.state.path)
        self.embedded += len(new)
        self._in_batch.clear()  # from here on the catalog knows them


def _size(looked: _Looked) -> int:
    """How many passages a file was read to have."""
    return len(all_texts(looked.reading)) if looked.reading is not None else 0


def _is_full(pending: _Pending, passages: int) -> bool:
    return (
        len(pending.texts) >= passages or sum(map(len, pending.texts.values())) >= _BATCH_CHARACTERS
    )


def _look(
    found: Iterable[Found | Unreadable], states: dict[str, FileState], retry: frozenset[str]
) -> list[Found | Unreadable]:
    """The files that must be looked into: new, of another size or time, or racily fresh."""
    suspects = []
    for one in found:
        state, stat = states.get(one.path), _stat(one)
        if (
            state is None
            or one.path in retry
            or stat != (state.size, state.mtime_ns)
            or stat[1] > state.seen_ns - _RACY_NS
        ):
            suspects.append(one)
    return suspects


def _stat(one: Found | Unreadable) -> tuple[int, int]:
    """Size and time of change; a file that cannot be looked at has neither."""
    return (one.size, one.mtime_ns) if isinstance(one, Found) else (0, 0)


def _reading(settings: Settings) -> str:
    """What decides whether a file can be read; another value gives skipped files a new try."""
    return f"max_file_mb={settings.max_file_mb} formats={DIGEST} pictures={ocr.is_there()}"


def _skipped(library: Library) -> tuple[tuple[str, str], ...]:
    with library.reading() as view:
        return view.skipped()


def _ready(found: Sequence[Found | Unreadable], skipped: tuple[tuple[str, str], ...]) -> int:
    """How many of the files that were found can be read."""
    unread = {path for path, _reason in skipped}
    return sum(one.path not in unread for one in found)


def _since(began: float) -> float:
    return time.perf_counter() - began


def _parts(states: Iterable[str], found: Iterable[Found | Unreadable]) -> dict[str, str]:
    """The paths of files that were inside of a file that is there, each with that file's.

    Nothing else can have such a path: what is a file is no folder.
    """
    files = {one.path for one in found}
    inside: dict[str, str] = {}
    for path in states:
        for end, char in enumerate(path):
            if char == "/" and path[:end] in files:
                inside[path] = path[:end]
                break
    return inside


def _within(states: dict[str, FileState], within: tuple[str, ...]) -> dict[str, FileState]:
    return {path: state for path, state in states.items() if is_in(path, within)}
