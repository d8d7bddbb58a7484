"""Kills syncs with SIGKILL and looks at what is left: the machinery of the crash tests.

A trial copies a library with its documents, lets a forked process work on it until it is
killed (at a given line of the product's code, or after some seconds), and then, in another
fresh process, reads what the kill left, lets the next start go on, and reads again.
Nothing in the product knows of this: lines are counted by ``sys.settrace`` in the child.
Many of them, one after the other: ``tests.faults.series``.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from qa.ingest import sync as syncing
from qa.ingest.read import read
from qa.ingest.split import embedded_text
from qa.library.local import writer as writing
from qa.library.local.library import LocalLibrary
from qa.library.local.view import LocalView
from qa.settings.config import Settings
from qa.text.words import terms

ROOT = Path(__file__).parents[2]
TRACED = (
    str(ROOT / "qa" / "library"),
    *(str(ROOT / "qa" / "ingest" / name) for name in ("sync.py", "reader.py")),
)
WORKER = "tests.faults.reader"
WIDTH = 8
BATCH = 4  # passages in flight, three of them stored at once: many batches in a small folder
MOST_PASSAGES = 2  # of one document below: with BATCH, what can be in flight
OLD = 946_684_800
LIMIT = 60  # seconds after which a process is taken to hang


class Point(NamedTuple):
    """A moment of a run: before a line is run for the ``nth`` time, counted from 1."""

    file: str
    line: int
    nth: int


class Hashed:
    """An embedding that depends on the text alone and notes down each text it embeds."""

    name = "hashed-8"
    one_by_one = True

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    def load(self) -> None:
        """Nothing to load."""

    def embed(self, texts: Sequence[str], done: Callable[[int], None] = lambda _count: None) -> Any:
        """Unit vectors, one a text."""
        with self._notes.open("a", encoding="utf-8") as file:
            file.write("".join(f"{_hash(text)}\n" for text in texts))
        done(len(texts))
        return np.stack([vector(text) for text in texts])


def vector(text: str) -> Any:
    """A unit vector."""
    row = np.frombuffer(bytes.fromhex(_hash(text)), dtype=np.uint8)[:WIDTH].astype(np.float32)
    return row / np.linalg.norm(row)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Scenario(NamedTuple):
    """``before`` and ``after``: file name to text.  ``before`` empty: there is no library."""

    name: str
    before: dict[str, str]
    after: dict[str, str]
    rebuild: bool = False
    compact: bool = False  # the flat file is written anew at the end
    broken: bool = False  # an earlier kill left something for the writer to tidy up first


def _files(numbers: Iterable[int], word: str) -> dict[str, str]:
    return {
        f"{number}.md": f"# Firm {number}\n\nFirm {number} makes {word}{number} by hand.\n\n"
        f"## Town\n\nIts {word}{number} works are in town {number}.\n"
        for number in numbers
    }


_A = _files(range(5), "kettle")
_CHANGED = _files((1, 3), "lamp") | {"moved.md": _A["2.md"]} | _files((7,), "spoon")
_B = {name: text for name, text in _A.items() if name not in ("2.md", "4.md")} | _CHANGED

SCENARIOS = (
    Scenario("ingest", {}, _A),
    Scenario("update", _A, _B),
    Scenario("delete", _A, {"0.md": _A["0.md"]}, compact=True),
    Scenario("rebuild", _A, _B, rebuild=True),
    Scenario("rebuild again", _A, _B, rebuild=True, broken=True),
    Scenario("go on", _A, _B, broken=True, compact=True),
)


def _settings(place: Path) -> Settings:
    return Settings(documents=place / "docs", library=place / "lib")


def _library(place: Path) -> LocalLibrary:
    return LocalLibrary(place / "lib", place / "docs", Hashed.name)


def lay_out(place: Path, files: dict[str, str], age: int) -> None:
    """Make the documents folder hold just ``files``, last changed long ago."""
    folder = place / "docs"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            os.utime(path, (OLD + age, OLD + age))


def sync(place: Path, *, rebuild: bool = False) -> None:
    """What ``qa ingest`` does."""
    embedding = Hashed(place / "embedded.txt")
    syncing.sync(_settings(place), _library(place), embedding, worker=WORKER, rebuild=rebuild)


def prepare(scenario: Scenario, place: Path) -> None:
    """A library of the documents as they were, and the documents as they are now.

    Chroma has threads: whoever has used it must not fork, so each step is a child.
    """
    place.mkdir()
    if scenario.before:
        lay_out(place, scenario.before, 0)
        if _ended(_child(lambda: sync(place))) != 0:
            raise AssertionError(f"scenario {scenario.name!r} cannot be laid out")
    lay_out(place, scenario.after, 9)
    if scenario.broken:
        events = _lines(scenario, place)
        middle = [one for one in events if one.file.endswith("vectors.py")]
        work = place.with_name(f"{place.name}-broken")
        shutil.copytree(place, work)
        _killed_at(scenario, work, middle[len(middle) // 2])
        shutil.rmtree(place)
        work.rename(place)
    (place / "embedded.txt").unlink(missing_ok=True)


# --- killing


def _child(work: Callable[[], None], limit: int = LIMIT) -> int:
    """Start ``work`` in a process of its own; a failure is status 1, a hang SIGALRM."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.alarm(limit)
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _work(scenario: Scenario, place: Path) -> None:
    syncing._BATCH_PASSAGES = BATCH
    if scenario.compact:
        writing._COMPACT_ABOVE = 0
    sync(place, rebuild=scenario.rebuild)


def _traced(on_line: Callable[[str, int], None], work: Callable[[], None]) -> None:
    def local(frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            on_line(frame.f_code.co_filename, frame.f_lineno)
        return local

    def begin(frame: FrameType, _event: str, _argument: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(TRACED) else None

    sys.settrace(begin)
    try:
        work()
    finally:
        sys.settrace(None)


def _lines(scenario: Scenario, place: Path) -> list[Point]:
    """Every line of the product's library code, in the order in which the work runs it."""
    copy = place.with_name(f"{place.name}-lines")
    shutil.copytree(place, copy)
    out = copy / "lines.json"

    def work() -> None:
        seen: list[tuple[str, int]] = []
        _traced(lambda file, line: seen.append((file, line)), lambda: _work(scenario, copy))
        out.write_text(json.dumps(seen))

    if _ended(_child(work)) != 0:
        raise AssertionError(f"scenario {scenario.name!r} fails without a kill")
    times, lines = Counter[tuple[str, int]](), []
    for file, line in json.loads(out.read_text()):
        times[file, line] += 1
        lines.append(Point(file, line, times[file, line]))
    shutil.rmtree(copy)
    return lines


def _killed_at(scenario: Scenario, place: Path, point: Point) -> bool:
    """Work, killed at ``point``; False where it ended before."""

    def work() -> None:
        left = point.nth

        def on_line(file: str, line: int) -> None:
            nonlocal left
            left -= (file, line) == (point.file, point.line)
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        _traced(on_line, lambda: _work(scenario, place))

    return _ended(_child(work)) == -signal.SIGKILL


def _killed_after(scenario: Scenario, place: Path, seconds: float) -> bool:
    pid = _child(lambda: _work(scenario, place))
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return _ended(pid) == -signal.SIGKILL


def points(scenario: Scenario, place: Path) -> list[Point]:
    """The first and the last time that each line is run, in the order of the run."""
    lines = _lines(scenario, place)
    last = {one[:2]: one for one in lines}
    return [one for one in lines if one.nth == 1 or one == last[one[:2]]]


# --- looking


def _expected(files: dict[str, str], place: Path) -> dict[str, str]:
    """File name to the id of its document, which is a hash of all that it says."""
    folder = place / "expected"
    folder.mkdir(exist_ok=True)
    found = {}
    for name, text in files.items():
        path = folder / name
        path.write_text(text)
        found[name] = read(path, max_bytes=1_000_000).id
    return found


def _seen(view: LocalView) -> dict[str, str]:
    """File name to document id, every passage, word and vector of each being looked at."""
    found = {}
    at = {one.passage.id: i for i, one in enumerate(view.at(range(view.passages)))}
    needed = 0
    for source in view.sources():
        assert source.document_id is not None, source
        document = view.document(source.document_id)
        passages = view.document_passages(source.document_id)
        assert passages, source
        needed += len(passages) if source.path == view.paths(source.document_id)[0] else 0
        for passage in passages:
            text = embedded_text(document, passage)
            for sentence in passage.sentences:
                assert document.text[sentence.start : sentence.end].strip()
            position = at[passage.id]
            assert np.allclose(view.vectors([position])[0], vector(text), atol=1e-6), text
            assert view.bm25(terms(text))[position] > 0
        found[source.path] = source.document_id
    assert needed == view.passages, (needed, view.passages)
    return found


def examine(scenario: Scenario, place: Path) -> None:
    """What the kill left, and what the next start makes of it; AssertionError where it is lost."""
    old, new = _expected(scenario.before, place), _expected(scenario.after, place)
    library, left = _library(place), dict[str, str]()
    if library.exists():
        with library.reading() as view:
            left = _seen(view)
        for name in old.keys() | new.keys() | left.keys():
            allowed = {old.get(name), new.get(name)}
            assert left.get(name) in allowed, (name, left.get(name), allowed)
        if scenario.rebuild:
            assert left in (old, new), left
    else:
        assert not scenario.before, "the library is gone"
    syncing._BATCH_PASSAGES = BATCH
    sync(place, rebuild=scenario.rebuild and left != new)  # one that was done stays done
    with library.reading() as view:
        assert _seen(view) == new
        gone = set(old.values()) - set(new.values())
        for words in ("kettle2", "kettle4", "kettle1", "kettle3"):
            held = sum(words in text for text in scenario.after.values())
            assert (view.document_frequency([words])[words] > 0) == (held > 0), (words, gone)
    with library.writing("test") as writer:
        assert list(writer.faults()) == []


class Outcome(NamedTuple):
    """``redone`` counts texts that were embedded twice; ``needed`` those that had to be."""

    killed: bool
    good: bool
    redone: int
    needed: int


def trial(scenario: Scenario, template: Path, place: Path, kill: Callable[[Path], bool]) -> Outcome:
    """One kill and its examination, each in a process of its own."""
    shutil.copytree(template, place)
    killed = kill(place)
    good = _ended(_child(lambda: examine(scenario, place))) == 0
    notes = place / "embedded.txt"
    embedded = Counter(notes.read_text().split() if notes.exists() else [])
    shutil.rmtree(place)
    return Outcome(killed, good, embedded.total() - len(embedded), len(embedded))
