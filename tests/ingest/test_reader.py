"""Files that break their reader cost themselves alone."""

import hashlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.errors import DocumentError, QAError
from qa.ingest import reader, sync
from qa.ingest.reader import Reader
from qa.ingest.worker import Limits
from qa.settings.config import Settings
from tests.faults import kill, native
from tests.ingest import made

ROOT = Path(__file__).parents[2]
NASTY = "tests.faults.nasty"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "docs"
    made.mkdir()
    return made


@pytest.fixture
def nasty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader that breaks where a file says so; two seconds and 200 MB are enough for it."""
    monkeypatch.setattr(reader, "SECONDS", 2.0)
    monkeypatch.setattr(reader, "MEMORY_MB", 200)
    with Reader(folder, 1.0, NASTY) as made:
        yield made


def ask(nasty: Reader, folder: Path, name: str, text: str) -> int:
    """Have a file of this text read."""
    path = folder / name
    path.write_text(text)
    return nasty.ask(path, len(text), hashlib.sha256(text.encode()).hexdigest())


def refused(nasty: Reader, number: int) -> str:
    """Why a file was not read."""
    with pytest.raises(DocumentError) as caught:
        nasty.answer(number)
    return str(caught.value)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("CRASH", "its reader crashed (signal 11)"),
        ("LEAVE", "its reader crashed (status 3)"),
        ("HANG", "reading it took more than 2 s"),
        ("SPIN", "reading it took more than 2 s"),
        ("EAT", "reading it needs more than 200 MB of memory"),
    ],
)
def test_what_breaks_its_reader_is_named(
    nasty: Reader, folder: Path, order: str, reason: str
) -> None:
    """A crash, a hang or a hunger costs one file; those before and after it are read."""
    numbers = [
        ask(nasty, folder, "a.txt", "Firm a makes lamps."),
        ask(nasty, folder, "b.txt", f"{order} please."),
        ask(nasty, folder, "c.txt", "Firm c makes lamps."),
    ]
    assert nasty.answer(numbers[0]).document.text == "Firm a makes lamps."
    assert refused(nasty, numbers[1]) == reason
    assert nasty.answer(numbers[2]).document.text == "Firm c makes lamps."


def test_no_file_pays_for_another(nasty: Reader, folder: Path) -> None:
    """A file that crashes only in a process that has read others gets one for itself."""
    first = ask(nasty, folder, "a.txt", "Firm a makes lamps.")
    second = ask(nasty, folder, "b.txt", "SECOND firms make lamps.")
    assert nasty.answer(second).document.text == "SECOND firms make lamps."
    assert nasty.answer(first).document.text == "Firm a makes lamps."


def test_what_a_library_prints_is_no_answer(nasty: Reader, folder: Path) -> None:
    """Prints of a reader, Python's or a native library's, do not come between the answers."""
    number = ask(nasty, folder, "a.txt", "PRINT this.")
    assert nasty.answer(number).document.text == "PRINT this."


def test_a_reader_has_no_network(nasty: Reader, folder: Path) -> None:
    """Whatever a document makes its reader do, it connects to nothing."""
    reason = refused(nasty, ask(nasty, folder, "a.txt", "CONNECT home."))
    assert "the setting 'offline' forbids every connection" in reason


@pytest.mark.skipif(not native.supported(), reason="needs seccomp and Landlock, of Linux")
def test_native_code_has_no_way_out_of_a_reader(nasty: Reader, folder: Path) -> None:
    """Code of a library that a document takes over gets at no network, program, process or file.

    Neither what lies outside the documents folder nor anything to write, rename or delete.
    """
    outside = folder.parent / "secret.txt"
    outside.write_text("secret")
    assert native.ways(outside) == list(native.WAYS)  # what works where nobody forbids it
    outside.write_text("secret")
    text = nasty.answer(ask(nasty, folder, "a.txt", f"NATIVE {outside}")).document.text
    assert text == "ways out: []"
    text = nasty.answer(ask(nasty, folder, "b.txt", f"NATIVE {folder / 'a.txt'}")).document.text
    assert text == "ways out: ['reading']"


@pytest.mark.skipif(not native.supported(), reason="needs seccomp and Landlock, of Linux")
@pytest.mark.parametrize("suffix", [".eml", ".mbox", ".msg", ".zip"])
def test_what_is_inside_of_a_file_has_no_way_out_either(
    nasty: Reader, folder: Path, suffix: str
) -> None:
    """An attachment and a file of an archive are read where what is around them is: confined."""
    outside = folder.parent / "secret.txt"
    outside.write_text("secret")
    inner = {"a.txt": f"NATIVE {outside}".encode() + b"\n" * 4096, "b.txt": b"Sound.\n" * 600}
    mail = made.mail("Bonn", "See below.", inner)
    around = {
        ".eml": mail,
        ".mbox": made.mailbox([mail]),
        ".msg": made.outlook("Bonn", "See below.", inner),
        ".zip": made.zipped(inner),
    }
    path = folder / f"a{suffix}"
    path.write_bytes(around[suffix])
    data = path.read_bytes()
    found = nasty.answer(nasty.ask(path, len(data), hashlib.sha256(data).hexdigest()))
    texts = [part.reading.document.text for part in found.parts if part.reading is not None]
    assert "ways out: []" in texts
    assert texts[-1].startswith("Sound.")


def test_links_swapped_meanwhile_lead_nowhere(nasty: Reader, folder: Path) -> None:
    """A file that has become a link out of the folder since it was looked at is not read."""
    outside = folder.parent / "secret.txt"
    outside.write_text("secret of firm a.")
    (folder / "a.txt").symlink_to(outside)
    number = nasty.ask(folder / "a.txt", 17, hashlib.sha256(b"secret of firm a.").hexdigest())
    assert refused(nasty, number) == "cannot be read: permission denied"


def test_a_reader_knows_no_secrets(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Keys are not in the environment of the process that reads, nor the working folder."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.chdir(tmp_path)
    with Reader(folder, 1.0, NASTY) as nasty:
        shown = nasty.answer(ask(nasty, folder, "a.txt", "SHOW all.")).document.text
    assert "PATH" in shown
    assert "OPENAI" not in shown
    assert str(tmp_path) not in shown


def test_a_file_that_changes_meanwhile(nasty: Reader, folder: Path) -> None:
    """A document is never filed under the hash of other bytes."""
    path = folder / "a.txt"
    path.write_text("Firm a makes lamps.")
    number = nasty.ask(path, 19, hashlib.sha256(b"Firm b makes lamps.").hexdigest())
    assert refused(nasty, number) == "changed while it was being read; ingest again"


def test_a_process_that_does_not_start_blames_no_file(folder: Path) -> None:
    """A broken installation is an error, not a folder of unreadable files."""
    with (
        Reader(folder, 1.0, "tests.faults.absent") as broken,
        pytest.raises(QAError, match=r"did not start.*No module named 'tests.faults.absent'"),
    ):
        broken.answer(ask(broken, folder, "a.txt", "Firm a makes lamps."))


def test_nothing_is_left_running(nasty: Reader, folder: Path) -> None:
    """A reader that is closed in the middle of a hang leaves no process."""
    ask(nasty, folder, "a.txt", "HANG on.")
    process = nasty._process
    assert process is not None
    nasty.close()
    assert process._process.poll() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="a reader that hangs elsewhere lives on")
def test_a_killed_parent_takes_its_reader_along(folder: Path) -> None:
    """After kill -9 no process of ours is left, be it in the middle of a hang."""
    (folder / "a.txt").write_text("HANG on.")
    code = """
import sys
from pathlib import Path
from tests.ingest.test_reader import NASTY, Reader, ask
made = Reader(Path(sys.argv[1]), 1.0, NASTY)
ask(made, Path(sys.argv[1]), "a.txt", "HANG on.")
while not made._process.ready: pass
print(made._process._process.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        watch = select.poll()
        watch.register(child, select.POLLIN)  # readable once the process has ended
        assert watch.poll(0) == []
        parent.kill()
        assert watch.poll(60_000) != []
    os.close(child)


def test_seconds_grow_with_the_file() -> None:
    """A file of 100 MB has more time than one of a page."""
    limits = Limits(1, 1, seconds=60.0, seconds_per_mb=6.0)
    assert (limits.allowed(0), limits.allowed(100_000_000)) == (60.0, 660.0)


def synced(place: Path) -> sync.Report:
    """What a sync with a reader that breaks reports."""
    settings = Settings(documents=place / "docs", library=place / "lib")
    embedding = kill.Hashed(place / "embedded.txt")
    return sync.sync(settings, kill._library(place), embedding, worker=NASTY)


def test_a_folder_with_a_trap_in_it(tmp_path: Path) -> None:
    """A sync names the file that crashed its reader, and the others answer; copies too."""
    texts = {f"{n}.txt": f"Firm {n} makes lamps." for n in range(5)}
    texts |= {"2a.txt": "CRASH now.", "2b.txt": "CRASH now.", "9.txt": texts["4.txt"]}
    kill.lay_out(tmp_path, texts, 0)
    report = synced(tmp_path)
    reason = "its reader crashed (signal 11)"
    assert report.skipped == (("2a.txt", reason), ("2b.txt", reason))
    assert report.embedded == 5
    assert synced(tmp_path).unchanged == 6


def test_content_that_moves_while_its_document_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that takes over another's old words batches later is not lost with them."""
    monkeypatch.setattr(sync, "_BATCH_PASSAGES", 1)
    old = {f"{n}.txt": f"Firm {n} makes lamps." for n in range(6)}
    kill.lay_out(tmp_path, old, 0)
    synced(tmp_path)
    new = {f"{n}.txt": old[f"{(n - 3) % 6}.txt"] for n in range(6)}
    new["0.txt"] = "Firm 0 makes spoons."  # the words of 3.txt are nobody's
    kill.lay_out(tmp_path, new, 9)
    assert synced(tmp_path).changed == tuple(sorted(new))
    with kill._library(tmp_path).reading() as view:
        found = {path: view.document(id_).text for path, id_ in documents(view).items()}
    assert found == new


def documents(view: kill.LocalView) -> dict[str, str]:
    """File name to document id."""
    return {source.path: source.document_id or "" for source in view.sources()}
