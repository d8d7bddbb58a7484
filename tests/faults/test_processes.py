"""Several processes on one library: one writes, the others read or are told who writes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import LibraryBusy
from qa.library.local import holder
from tests.faults import kill

ROOT = Path(__file__).parents[2]

READER = """
import sys
from pathlib import Path
from tests.faults import kill
place, known = Path(sys.argv[1]), [dict(zip(*[iter(one.split())] * 2)) for one in sys.argv[2:]]
library = kill._library(place)
print("ready", flush=True)
states = set()
while True:
    last = (place / "done").exists()
    with library.reading() as view:
        seen = kill._seen(view)
        again = kill._seen(view)
    assert seen == again
    for name, document in seen.items():
        assert any(one.get(name) == document for one in known), name
    states.add(tuple(sorted(seen.items())))
    if last:
        break
assert tuple(sorted(known[-1].items())) in states
print(len(states))
"""


def start(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """A Python process with piped output."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Documents and a library of them."""
    kill.lay_out(tmp_path, kill._A, 0)
    kill.sync(tmp_path)
    return tmp_path


def test_readers_beside_a_writer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten readers beside updates, compactions and rebuilds see whole documents, and never fail."""
    monkeypatch.setattr(kill.syncing, "_BATCH_PASSAGES", 2)
    monkeypatch.setattr(kill.writing, "_COMPACT_ABOVE", 0)
    versions = [kill._expected(one, place) for one in (kill._A, kill._B)]
    words = [" ".join(f"{k} {v}" for k, v in one.items()) for one in versions]
    readers = [start(READER, str(place), *words) for _ in range(10)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for age, rebuild in enumerate((False, True, False, True, False), start=1):
        kill.lay_out(place, kill._B if age % 2 else kill._A, age)
        kill.sync(place, rebuild=rebuild)
    (place / "done").touch()
    ends = [(reader.communicate()[1], reader.returncode) for reader in readers]
    assert ends == [("", 0)] * 10


def test_a_second_writer_is_told_of_the_first(place: Path) -> None:
    """While one process writes, another's ingest ends at once and names it."""
    holder = start(
        "import sys\nfrom pathlib import Path\nfrom tests.faults import kill\n"
        "with kill._library(Path(sys.argv[1])).writing('qa ingest'):\n"
        "    print('holding', flush=True)\n    sys.stdin.read() if False else __import__('time')"
        ".sleep(600)\n",
        str(place),
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        kill.lay_out(place, kill._B, 9)
        with pytest.raises(LibraryBusy, match=rf"by process {holder.pid} \(qa ingest, since"):
            kill.sync(place)
        with kill._library(place).reading() as view:
            assert kill._seen(view) == kill._expected(kill._A, place)
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    # The lock is the kernel's: it ended with the process, and the next start takes it.
    kill.sync(place)
    with kill._library(place).reading() as view:
        assert kill._seen(view) == kill._expected(kill._B, place)


def test_two_ingests_at_once(place: Path) -> None:
    """Of ingests started together each ends well or says who is at it; the library is whole."""
    kill.lay_out(place, kill._B, 9)
    code = (
        "import sys\nfrom pathlib import Path\nfrom qa.errors import LibraryBusy\n"
        "from tests.faults import kill\n"
        "try:\n    kill.sync(Path(sys.argv[1]))\n"
        "except LibraryBusy as error:\n    assert 'process' in str(error), error\n"
    )
    ingests = [start(code, str(place)) for _ in range(10)]
    assert [(one.communicate()[1], one.returncode) for one in ingests] == [("", 0)] * 10
    kill.sync(place)
    with kill._library(place).reading() as view:
        assert kill._seen(view) == kill._expected(kill._B, place)
    with kill._library(place).writing("test") as writer:
        assert list(writer.faults()) == []


HEIR = """
import os, subprocess, sys
from pathlib import Path
from tests.faults import kill
writing = kill._library(Path(sys.argv[1])).writing("qa ingest")
writing.__enter__()
opened = {name: os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")}
(lock,) = [int(name) for name, path in opened.items() if path.endswith("writer.lock")]
subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], pass_fds=[lock])
print("held", flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_lock_that_outlives_its_process_for_a_moment(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child of a killed writer lets go of the lock as it begins: that is waited for."""
    heir = subprocess.Popen(
        [sys.executable, "-c", HEIR, str(place)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    child = heir.stdin
    assert child is not None
    assert heir.stdout is not None
    assert heir.stdout.readline() == "held\n"
    heir.wait()  # killed; its child holds the lock
    is_gone, seen = holder.is_gone, []

    def watched(library: Path) -> bool:
        """The lock was found taken; only now may the child end."""
        seen.append(is_gone(library))
        child.close()
        return seen[-1]

    monkeypatch.setattr(holder, "is_gone", watched)
    with kill._library(place).writing("qa ingest"):
        assert seen == [True]
    heir.stdout.close()
