"""Full disks, folders that cannot be written, files that vanish, clocks that go backwards."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.errors import LibraryError, LibraryMismatch
from tests.faults import kill

ROOT = Path(__file__).parents[2]
NOBODY = 65534


def seen(place: Path) -> dict[str, str]:
    """What a reader finds, every passage looked at."""
    with kill._library(place).reading() as view:
        return kill._seen(view)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip("a small disk cannot be mounted here: needs root with mount permission")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the room ends, it is said; nothing is lost, and with room again it goes on."""
    monkeypatch.setattr(kill.syncing, "_BATCH_PASSAGES", 3)
    kill.lay_out(small_disk, kill._A, 0)
    kill.sync(small_disk)
    old, new = (kill._expected(one, small_disk) for one in (kill._A, kill._B))
    kill.lay_out(small_disk, kill._B, 9)
    ballast = small_disk / "ballast"
    said = []
    for room in (0, 20, 60, 120, 250):  # kilobytes
        with ballast.open("wb") as file:
            free = shutil.disk_usage(small_disk).free
            file.write(b"x" * max(0, free - room * 1024))
        try:
            kill.sync(small_disk)
        except LibraryError as error:
            said.append(str(error))
            ballast.unlink()
            found = seen(small_disk)
            assert all(found.get(name) in (old.get(name), new.get(name)) for name in old | new)
        else:
            ballast.unlink()
    assert said, "the disk was never full"
    assert all("full" in one or "No space left" in one or "room" in one for one in said), said
    kill.sync(small_disk)
    assert seen(small_disk) == new
    with kill._library(small_disk).writing("test") as writer:
        assert list(writer.faults()) == []


def as_nobody(code: str, *arguments: str) -> str:
    """What a process without any rights prints; SKIP where no such process can be made."""
    if os.getuid() != 0:
        pytest.skip("needs root, to become a user without rights")
    switch = f"import os\nos.setgroups([])\nos.setgid({NOBODY})\nos.setuid({NOBODY})\n"
    imports = "import sys, qa.answering.pipeline, chromadb, numpy\nfrom tests.faults import kill\n"
    imports += "from pathlib import Path\nfrom qa.errors import LibraryError\nimport filelock\n"
    # All that is imported late must be by now: the interpreter may lie out of nobody's reach.
    imports += "import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
    imports += "    kill.lay_out(Path(folder), kill._A, 0)\n    kill.sync(Path(folder))\n"
    imports += "place = Path(sys.argv[1])\n"
    result = subprocess.run(
        [sys.executable, "-c", imports + switch + code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def shared() -> Iterator[Path]:
    """Documents and a library that belong to a user without rights, who cannot write them."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        kill.lay_out(place, kill._A, 0)
        kill.sync(place)
        for path in (place, *place.rglob("*")):
            if os.getuid() == 0:
                os.chown(path, NOBODY, NOBODY)
            path.chmod(0o500 if path.is_dir() else 0o400)
        yield place
        for path in (place, *(one for one in place.rglob("*") if one.is_dir())):
            path.chmod(0o700)


def test_a_read_only_library_answers(shared: Path) -> None:
    """A library in a folder that cannot be written is read, unchanged documents are no write."""
    code = """
with kill._library(place).reading() as view:
    print(len(kill._seen(view)))
kill.sync(place)
"""
    assert as_nobody(code, str(shared)) == "5\n"


def test_a_read_only_library_is_not_written(shared: Path) -> None:
    """Where a document has changed the write is refused, and the mend is named."""
    (shared / "docs").chmod(0o700)
    (shared / "docs" / "9.md").write_text("# New\n\nA new firm.\n")
    (shared / "docs" / "9.md").chmod(0o444)
    code = """
try:
    kill.sync(place)
except LibraryError as error:
    print(error)
"""
    said = as_nobody(code, str(shared))
    assert "cannot be written (Permission denied); name a writable folder with --library" in said


def test_a_document_without_permission(tmp_path: Path) -> None:
    """A file that may not be read is named with the reason; the others answer."""
    if os.getuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("needs setpriv, to be root without root's rights")
    kill.lay_out(tmp_path, kill._A, 0)
    (tmp_path / "docs" / "3.md").chmod(0)
    code = """
import sys
from pathlib import Path
from tests.faults import kill
place = Path(sys.argv[1])
kill.sync(place)
with kill._library(place).reading() as view:
    print([(s.path, s.reason) for s in view.sources() if s.state == "skipped"], view.passages)
"""
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []
    result = subprocess.run(
        [*powerless, sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = "[('3.md', 'cannot be read: permission denied')] 8\n"
    assert (result.stderr, result.stdout) == ("", expected)


def test_files_that_vanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file deleted between the listing and the reading costs itself alone."""
    kill.lay_out(tmp_path, kill._A, 0)
    real = kill.syncing.scan

    def scan(*arguments: object, **named: object) -> object:
        found = list(real(*arguments, **named))
        (tmp_path / "docs" / "2.md").unlink()
        return found

    monkeypatch.setattr(kill.syncing, "scan", scan)
    kill.sync(tmp_path)
    monkeypatch.undo()
    with kill._library(tmp_path).reading() as view:
        reasons = [source.reason for source in view.sources() if source.path == "2.md"]
    assert reasons == ["is not there (deleted or moved meanwhile?)"]
    kill.sync(tmp_path)
    assert sorted(seen(tmp_path)) == ["0.md", "1.md", "3.md", "4.md"]


def test_a_clock_that_goes_backwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are seen, and a reader opened before sees them, though the clock is set back."""
    kill.lay_out(tmp_path, kill._A, 5_000_000)
    library = kill._library(tmp_path)
    kill.sync(tmp_path)
    with library.reading() as view:
        kill._seen(view)
    for age, files in ((1000, kill._B), (10, kill._A)):
        monkeypatch.setattr(time, "time_ns", lambda age=age: age * 1_000_000_000)
        kill.lay_out(tmp_path, files, age)
        kill.sync(tmp_path, rebuild=age == 10)
        with library.reading() as view:
            assert kill._seen(view) == kill._expected(files, tmp_path)


def test_a_library_of_another_version(tmp_path: Path) -> None:
    """A library of another format is refused with the command, which then makes it anew."""
    kill.lay_out(tmp_path, kill._A, 0)
    kill.sync(tmp_path)
    with sqlite3.connect(tmp_path / "lib" / "catalog.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'format'")
    connection.close()
    with pytest.raises(LibraryMismatch, match=r"format '0'.*run: qa ingest --rebuild"):
        kill.sync(tmp_path)
    kill.sync(tmp_path, rebuild=True)
    assert seen(tmp_path) == kill._expected(kill._A, tmp_path)


def test_everything_is_the_owners_alone(tmp_path: Path) -> None:
    """In a folder that others may enter, no file of the library can be read by them."""
    kill.lay_out(tmp_path, kill._A, 0)
    (tmp_path / "lib").mkdir(mode=0o755)
    (tmp_path / "lib").chmod(0o755)
    before = os.umask(0)
    try:
        kill.sync(tmp_path)
        with kill._library(tmp_path).writing("test", rebuild=True) as writer:
            open_to_others = [
                path.name
                for path in (tmp_path / "lib").iterdir()
                if path.stat().st_mode & 0o077 and path.name != ".gitignore"
            ]
            assert writer.states() == {}
    finally:
        os.umask(before)
    assert open_to_others == []
