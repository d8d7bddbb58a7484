"""Nothing connects without an endpoint, nothing at all with --offline; keys stay where they are."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import native

ROOT = Path(__file__).parents[2]
KEY = "sk-verysecret-0123456789"
kernel = pytest.mark.skipif(
    not native.supported(), reason="needs Linux's seccomp and Landlock on x86-64 or ARM"
)


def run(*command: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A Python process in ``cwd``, with no setting but those given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        input="",
        check=False,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document and a gold file."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "bakery.txt").write_text("The bakery opened in 1987.")
    pair = {
        "id": "1",
        "question": "when did the bakery open?",
        "kind": "fact",
        "answerable": True,
        "must": [["1987"]],
        "evidence": [{"path": "bakery.txt", "quote": "The bakery opened in 1987."}],
    }
    (folder / "gold.jsonl").write_text(json.dumps(pair) + "\n")
    return folder


@kernel
def test_the_jail_holds(project: Path) -> None:
    """The filter that the next test rests on ends a process that makes a socket."""
    result = run("-m", "tests.faults.jail", "--connect", cwd=project)
    assert result.returncode == -signal.SIGSYS


FOLDER = ("--documents", "seeds")
WRITING = [
    (("ingest",), 0),
    (("repair",), 0),
    (("ingest", "--rebuild"), 0),
    (("sources", "--set-date", "bakery.txt=2020-01-01"), 0),
]
READING = [
    (("ask", "when did the bakery open?", "--json"), 0),
    (("search", "bakery"), 0),
    (("sources",), 0),
    (("show", "bakery.txt"), 0),
    (("--offline", "doctor", "--deep"), 0),  # else it looks for a model server of this machine
    (("chat",), 0),
    (("search", "bakery", "--explain"), 0),
    (("why-not", "1987", "when did the bakery open?"), 0),
    (("ask", "when did the bakery open?", "--as-of", "2024-01-01"), 0),
    (("eval", "run", "gold.jsonl", *FOLDER, "--html", "page.html", "--junit", "units.xml"), 0),
    (("eval", "check", "gold.jsonl", *FOLDER), 0),
    (("eval", "draft", "--out", "drafts.jsonl", *FOLDER), 0),
    (("eval", "calibrate", "gold.jsonl", *FOLDER), 3),  # one pair promises nothing
]


@kernel
def test_no_command_makes_a_socket(project: Path) -> None:
    """Without an endpoint no command even makes a socket, telemetry included, key or no key."""

    def end(command: tuple[tuple[str, ...], int]) -> tuple[tuple[str, ...], int]:
        ran = run("-m", "tests.faults.jail", *command[0], cwd=project, OPENAI_API_KEY=KEY)
        return command[0], ran.returncode

    assert [end(one) for one in WRITING] == WRITING
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(end, READING)) == READING


def test_the_model_reports_to_nobody(tmp_path: Path) -> None:
    """The library that runs the model keeps no telemetry, which it would send when it can."""
    code = "from qa.models.embed.minilm import MiniLM; MiniLM().embed_question('when?')"
    subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        check=True,
    )
    assert list(tmp_path.rglob("*")) == []


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[object]]]:
    """The URL of a port of this machine, and whoever connected to it."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                came.append(address)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1", came
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_offline_beats_an_endpoint(
    project: Path, endpoint: tuple[str, list[object]], how: str
) -> None:
    """With --offline or QA_OFFLINE a configured endpoint is never reached, and the reason said."""
    url, came = endpoint
    flags = ("--offline",) if how == "flag" else ()
    result = run(
        *("-m", "qa", "ask", "when did the bakery open?", "--model", "m", *flags),
        cwd=project,
        OPENAI_BASE_URL=url,
        OPENAI_API_KEY=KEY,
        **({"QA_OFFLINE": "1"} if how == "environment" else {}),
    )
    assert (result.returncode, came) == (2, [])
    assert "offline" in result.stderr
    assert len(result.stderr.splitlines()) <= 2


def test_offline_forbids_every_way_out(project: Path) -> None:
    """After the switch neither a connection nor a look-up nor a datagram is possible."""
    code = """
import socket
from qa import Assistant
Assistant.from_here(offline=True)
ways = {
    "connect": lambda: socket.socket().connect(("127.0.0.1", 9)),
    "connect_ex": lambda: socket.socket().connect_ex(("127.0.0.1", 9)),
    "look-up": lambda: socket.getaddrinfo("localhost", 80),
    "old look-up": lambda: socket.gethostbyname("localhost"),
    "datagram": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
}
for name, way in ways.items():
    try:
        way()
    except OSError as error:
        assert "'offline' forbids" in str(error), (name, error)
    else:
        raise AssertionError(name)
"""
    assert run("-c", code, cwd=project).stderr == ""


@kernel
def test_offline_binds_native_code(project: Path) -> None:
    """With --offline no thread, library or program started makes a socket but Unix's."""
    code = """
import asyncio, queue, subprocess, sys, threading
from qa import Assistant
native = '''
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
got = {family: (libc.socket(family, kind, 0), ctypes.get_errno())
       for family, kind in ((2, 1), (2, 2), (10, 1), (16, 3), (17, 3), (40, 1))}
assert set(got.values()) == {(-1, 101)}, got  # ENETUNREACH
assert libc.socket(1, 1, 0) > 0
'''
asked, told = queue.Queue(), queue.Queue()
def earlier():
    asked.get()
    try:
        told.put(exec(native, {}))
    except AssertionError as error:
        told.put(error)
threading.Thread(target=earlier, daemon=True).start()
Assistant.from_here(offline=True)
exec(native, {})
asked.put(None)
assert told.get() is None
subprocess.run([sys.executable, "-c", native], check=True)
asyncio.run(asyncio.sleep(0))
"""
    assert run("-c", code, cwd=project).stderr == ""


@pytest.mark.parametrize("option", [("--workers", "1"), ("--ray", "auto")])
def test_offline_forbids_workers(project: Path, option: tuple[str, str]) -> None:
    """Workers are reached over sockets, so --offline refuses them, and says so in one line."""
    result = run("-m", "qa", "--offline", "ingest", *option, cwd=project)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    assert "'offline' is set" in result.stderr


def test_keys_stay_where_they_are(project: Path, endpoint: tuple[str, list[object]]) -> None:
    """A key is in no output, error, traceback or file of the library."""
    url, _came = endpoint
    ask = ("ask", "when did the bakery open?", "--model", "m")
    for arguments in (("doctor",), ask, (*ask, "--embedding", "e")):
        # The endpoint hangs up at once, so everything fails; -X dev shows whole tracebacks.
        result = run(
            *("-X", "dev", "-W", "ignore", "-m", "qa", *arguments),
            cwd=project,
            OPENAI_BASE_URL=url,
            OPENAI_API_KEY=KEY,
            OPENAI_LOG="debug",
        )
        assert KEY not in result.stdout + result.stderr
        assert "verysecret" not in result.stdout + result.stderr
    for path in project.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


def test_keys_are_not_in_repr() -> None:
    """A log of the settings shows no key."""
    from qa import Assistant

    with Assistant.from_here(api_key=KEY, model="m") as assistant:
        assert KEY not in repr(assistant.settings) + repr(assistant) + repr(vars(assistant))


def test_no_pickle_is_loaded(project: Path) -> None:
    """Reading a library, making one and answering unpickle nothing: data cannot become code."""
    code = """
import pickle, sys
def refuse(*_arguments, **_named):
    raise AssertionError("a pickle was loaded")
pickle.load = pickle.loads = pickle.Unpickler = refuse
import _pickle
_pickle.load = _pickle.loads = _pickle.Unpickler = refuse
import numpy
real = numpy.load
numpy.load = lambda *a, **k: refuse() if k.get("allow_pickle") else real(*a, **k)
from qa.fronts.cli.main import main
for arguments in (["ingest", "--rebuild"], ["ask", "when did the bakery open?"]):
    try:
        main(arguments)
    except SystemExit as end:
        assert end.code == 0, end.code
"""
    result = run("-c", code, cwd=project)
    assert (result.returncode, result.stderr) == (0, "")
    assert "1987" in result.stdout


def test_a_planted_pickle_runs_nothing(tmp_path: Path) -> None:
    """The file that Chroma keeps in pickle's format is data to it: code in it is not run."""
    make = """
import sys, numpy
from pathlib import Path
from qa.library.local.chroma import Collection, Record
store = Collection(Path(sys.argv[1]))
rows = numpy.eye(11, 8, dtype="float32") + 1
store.put([Record(str(i), "text", {"path": "a.txt"}, row) for i, row in enumerate(rows)])
store.close()
"""
    use = """
import sys
from pathlib import Path
from qa.errors import LibraryError
from qa.library.local.chroma import Collection
try:
    print(len(list(Collection(Path(sys.argv[1])).records())))
except LibraryError as error:
    print(error)
"""
    assert run("-c", make, str(tmp_path / "chroma"), cwd=tmp_path).stderr == ""
    (planted,) = tmp_path.rglob("index_metadata.pickle")
    mark = tmp_path / "owned"
    planted.write_bytes(b"cos\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR.")
    result = run("-c", use, str(tmp_path / "chroma"), cwd=tmp_path)
    assert result.returncode == 0
    assert not mark.exists()
