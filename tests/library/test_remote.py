"""A library that an engine keeps does what the embedded one does, for many machines."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import ConfigError, LibraryBusy, LibraryError, LibraryMismatch, UsageError
from qa.library.interface import Library, View
from qa.library.local.library import LocalLibrary as Embedded
from qa.library.shared import view as remote_view
from qa.library.shared.engine import term, token
from qa.library.shared.library import SharedLibrary
from qa.settings.address import parse
from qa.settings.config import load
from tests.library.engine import Server, needs_milvus, running
from tests.library.test_library import change, store, vector

_names = count()


@pytest.fixture(scope="module", params=["chroma", pytest.param("milvus", marks=needs_milvus)])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One engine of either kind for the tests of this file."""
    with running(request.param, tmp_path_factory.mktemp("engine") / "data") as one:
        yield one


@pytest.fixture
def address(server: Server) -> str:
    """The address of a library that is not there yet."""
    return server.address(f"library{next(_names)}")


def library_at(address: str, *, embedding: str = "model", documents: str = "docs") -> SharedLibrary:
    """A library kept by the engine, as one more machine would open it."""
    return SharedLibrary(address, Path("/") / documents, embedding)


def texts_of(view: View) -> dict[str, list[str]]:
    """Each file's passages, as text."""
    found = {}
    for source in view.sources():
        if source.document_id is not None:
            text = view.document(source.document_id).text
            passages = view.document_passages(source.document_id)
            found[source.path] = [text[one.start : one.end] for one in passages]
    return found


def test_an_address_is_told_from_a_folder() -> None:
    """What a user writes as --library reaches the engine, or is a folder as ever."""
    assert parse("milvus://host:1234/docs")[:2] == ("http://host:1234", "docs")
    assert parse("milvus+tls://host/docs")[:2] == ("https://host:19530", "docs")
    assert parse("chroma://host/docs")[:2] == ("http://host:8000", "qa-docs")
    cloud = parse("chroma+tls://api.trychroma.com/acme/papers/docs")
    assert cloud[:2] == ("https://api.trychroma.com:443", "qa-docs")
    assert cloud[4:] == ("acme", "papers")
    assert load(environment={"QA_LIBRARY": "milvus://h/n"}).library == "milvus://h/n"
    assert load(environment={"QA_LIBRARY": "milvus"}).library == Path("milvus")


@pytest.mark.parametrize(
    "wrong",
    [
        *("milvus://host", "milvus://host/a/b", "milvus://h:p/n"),
        *("milvus+x://h/n", "chroma://host", "chroma://host/tenant/name", "chroma+file:x"),
    ],
)
def test_a_wrong_address_is_refused(wrong: str) -> None:
    """An address that cannot be meant is refused with the form that is expected."""
    with pytest.raises(ConfigError, match="milvus://HOST:PORT/NAME"):
        parse(wrong)


def test_milvus_in_this_process_is_no_more() -> None:
    """Who has such a library is told what does the same, and how to fill it."""
    with pytest.raises(ConfigError, match=r"name a folder with --library, and run: qa ingest"):
        parse("milvus+file:/tmp/x.db")


def test_a_password_is_kept_out_of_sight(tmp_path: Path) -> None:
    """A password in the address or in qa.toml is refused unprinted; settings do not show one."""
    with pytest.raises(ConfigError, match="QA_LIBRARY_TOKEN") as refused:
        parse("milvus://user:secret@host/docs")
    assert "secret" not in str(refused.value)
    (tmp_path / "qa.toml").write_text('library_token = "secret"\n')
    with pytest.raises(ConfigError, match="QA_LIBRARY_TOKEN") as refused:
        load(folder=tmp_path)
    assert "secret" not in str(refused.value)
    settings = load(environment={"QA_LIBRARY_TOKEN": "user:secret"})
    assert settings.library_token == "user:secret"
    assert "secret" not in repr(settings)


@given(st.text(min_size=1))
def test_a_term_survives_every_analyser(said: str) -> None:
    """No term is cut, folded or mixed up with another by the engine's own analyser."""
    assert term(token(said)) == said
    assert token(said).isascii()
    assert token(said).isalnum()


def _history(library: Library) -> Iterator[None]:
    """Ingests one after the other: new files, copies, an edit, a deletion, a return."""
    vans = change("b.txt", "JAC builds vans.", "3.5 tonnes is their limit.")
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars.", "JAC builds vans."), vans)
        store(writer, change("c.txt", "Seres builds cars.", "JAC builds vans."))
    yield
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars.", "JAC builds trucks, 汽车."))
        store(writer, deleted=("b.txt",))
    yield
    with library.writing("test") as writer:
        store(writer, vans, deleted=("c.txt",))
        assert writer.disagreement() is None
    yield


@pytest.mark.parametrize("depth", [1000, 1])
def test_it_says_what_the_embedded_library_says(
    address: str, tmp_path: Path, depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every ingest the same files, passages, words and scores as the embedded library."""
    monkeypatch.setattr(remote_view, "DEPTH", depth)
    monkeypatch.setattr(remote_view, "NEAR", depth)
    remote, embedded = library_at(address), Embedded(tmp_path / "l", Path("/docs"), "model")
    for _ in zip(_history(remote), _history(embedded), strict=True):
        with remote.reading() as one, embedded.reading() as other:
            assert one.passages == other.passages
            assert one.sources() == other.sources()
            assert one.states() == other.states()
            assert one.dates() == other.dates()
            assert texts_of(one) == texts_of(other)
            words = ["jac", "build", "3.5", "汽车", "seres", "none"]
            assert one.document_frequency(words) == other.document_frequency(words)
            _compare(one, other, depth)
            gone = [source.document_id for source in one.sources()[:1]]
            left, right = one.without(gone), other.without(gone)
            assert left.passages == right.passages
            assert left.document_frequency(words) == right.document_frequency(words)


def _compare(one: View, other: View, depth: int) -> None:
    """The same scores of the passages that both give, and all of them where they are few."""
    for question, words in (("JAC builds vans.", ("jac", "jac", "van")), ("x", ("3.5", "汽车"))):
        ours, theirs = (view.scores(vector(question), words) for view in (one, other))
        names = [
            [stored.passage.id for stored in view.at([int(at) for at in scores.positions])]
            for view, scores in ((one, ours), (other, theirs))
        ]
        at = [names[1].index(name) for name in names[0]]
        np.testing.assert_allclose(ours.dense, theirs.dense[at], atol=1e-6)
        np.testing.assert_allclose(ours.bm25, theirs.bm25[at], atol=1e-9)
        np.testing.assert_allclose(ours.dense_over(), theirs.dense_over(), atol=1e-6)
        assert ours.bm25_most == pytest.approx(theirs.bm25_most)
        if depth >= one.passages:
            assert names[0] == names[1]
            both = [
                view.vectors([int(place) for place in scores.positions])
                for view, scores in ((one, ours), (other, theirs))
            ]
            np.testing.assert_allclose(both[0], both[1], atol=1e-6)
        else:
            assert int(np.argmax(theirs.dense)) in at
            assert int(np.argmax(theirs.bm25)) in at


def test_readers_see_whole_ingests(address: str) -> None:
    """Who is reading sees nothing of what another machine writes, until they ask again."""
    reader, writing = library_at(address), library_at(address)
    with writing.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
    with reader.reading() as view:
        with writing.writing("test") as writer:
            store(writer, change("a.txt", "JAC builds vans.", "And more."))
        assert texts_of(view) == {"a.txt": ["Seres builds cars."]}
        assert [float(one) for one in view.scores(vector("x"), ("van",)).bm25] == [0.0]
    with reader.reading() as view:
        assert texts_of(view) == {"a.txt": ["JAC builds vans.", "And more."]}


def test_one_writer_among_machines(address: str) -> None:
    """A second writer is told who the first one is, and where; then it is their turn."""
    told = rf"is being written by process {os.getpid()} of '.*' \(qa ingest, since"
    with (
        library_at(address).writing("qa ingest"),
        pytest.raises(LibraryBusy, match=told),
        library_at(address).writing("qa ask"),
    ):
        pass
    with library_at(address).writing("qa ask"):
        pass


_KILLED = """
import os, signal, sys
from pathlib import Path
from qa.library.shared.library import SharedLibrary
from tests.library.test_library import change, store
library = SharedLibrary(sys.argv[1], Path("/docs"), "model")
with library.writing("test") as writer:
    store(writer, change("a.txt", "Seres builds cars."), change("b.txt", "JAC builds vans."))
    step = getattr(writer, sys.argv[2])
    def kill(*given):
        if sys.argv[3] == "after":
            step(*given)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(writer, sys.argv[2], kill)
    store(writer, change("a.txt", "BYD builds buses."), deleted=("b.txt",))
"""


@pytest.mark.parametrize(
    ("step", "when", "seen"),
    [
        ("_end", "before", ["a.txt", "b.txt"]),
        ("_put_state", "before", ["a.txt", "b.txt"]),
        ("_put_state", "after", ["a.txt"]),
        ("close", "before", ["a.txt"]),
    ],
)
def test_a_killed_writer_loses_nothing(address: str, step: str, when: str, seen: list[str]) -> None:
    """A kill -9 in the middle of a change leaves all of it or none, and the next writer goes on."""
    dead = subprocess.run(
        [sys.executable, "-c", _KILLED, address, step, when], check=False, timeout=120
    )
    assert dead.returncode == -9
    library = library_at(address)
    with library.reading() as view:
        found = texts_of(view)
        assert sorted(found) == seen
        assert found["a.txt"] == (
            ["Seres builds cars."] if len(seen) == 2 else ["BYD builds buses."]
        )
    with library.writing("test") as writer:
        assert writer.disagreement() is None
        assert list(writer.faults()) == []
        store(writer, change("a.txt", "BYD builds buses."), deleted=("b.txt",))
        assert list(writer.faults()) == []
    with library.reading() as view:
        assert texts_of(view) == {"a.txt": ["BYD builds buses."]}


def test_a_rebuild_takes_the_old_ones_place_at_its_end(address: str) -> None:
    """Another model's library is refused; while a new one is made the old one is read."""
    old, new = library_at(address), library_at(address, embedding="other")
    with old.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
    with pytest.raises(LibraryMismatch, match=r"'model'.*'other'.*qa ingest --rebuild"):
        new.reading().__enter__()
    with pytest.raises(LibraryMismatch, match="belongs to the documents in"):
        library_at(address, documents="others").writing("test").__enter__()
    with new.writing("test", rebuild=True) as writer:
        store(writer, change("a.txt", "JAC builds vans."))
        with old.reading() as view:
            assert texts_of(view) == {"a.txt": ["Seres builds cars."]}
    with new.reading() as view:
        assert texts_of(view) == {"a.txt": ["JAC builds vans."]}
    kept = new.salvage()
    assert list(kept.vectors(["v-JAC builds vans.", "v-gone"])) == ["v-JAC builds vans."]


def test_a_date_of_the_users_own_is_shared(address: str, tmp_path: Path) -> None:
    """A date that one machine sets, every machine sees; it follows a renamed file and a rebuild."""
    remote, embedded = library_at(address), Embedded(tmp_path / "l", Path("/docs"), "model")
    day, cars = date(2024, 5, 6), change("a.txt", "Seres builds cars.")
    renamed = cars._replace(state=cars.state._replace(path="z.txt"))
    for one in (remote, embedded):
        with one.writing("test") as writer:
            store(writer, cars, change("b.txt", "JAC builds vans."))
        one.set_dates({"a.txt": day, "b.txt": day})
        one.set_dates({"b.txt": None})
        with pytest.raises(UsageError, match=r"no readable source 'c\.txt'"):
            one.set_dates({"c.txt": day})
        with one.writing("test") as writer:
            store(writer, renamed, deleted=("a.txt",))
        with one.writing("test", rebuild=True) as writer:
            store(writer, renamed, change("b.txt", "JAC builds vans."))
    with library_at(address).reading() as view, embedded.reading() as other:
        assert [source.published for source in view.sources()] == [None, day]
        assert view.sources() == other.sources()
        assert view.dates() == other.dates()
        assert view.document(cars.document.id).date_basis == "set by the user"


def test_the_file_name_dates_on_an_engine_too(address: str, tmp_path: Path) -> None:
    """What has no date has that of its file's name, as in a library of this machine."""
    remote, embedded = library_at(address), Embedded(tmp_path / "l", Path("/docs"), "model")
    dated, cars = change("2024-05-06 vans.txt", "JAC builds vans."), change("a.txt", "No date.")
    for one in (remote, embedded):
        with one.writing("test") as writer:
            store(writer, cars, dated)
    with library_at(address).reading() as view, embedded.reading() as other:
        found = [(source.published, source.date_basis) for source in view.sources()]
        assert found == [(date(2024, 5, 6), "the file name"), (None, None)]
        assert view.sources() == other.sources()
        assert view.dates() == other.dates()
        assert view.document(dated.document.id).published == date(2024, 5, 6)


def test_no_library_yet(address: str) -> None:
    """Where there is none, the command that makes one is named."""
    assert not library_at(address).exists()
    with pytest.raises(LibraryError, match="run: qa ingest"):
        library_at(address).reading().__enter__()


@pytest.mark.parametrize("engine", ["chroma", pytest.param("milvus", marks=needs_milvus)])
def test_an_engine_lost_in_the_middle_is_one_line(engine: str, tmp_path: Path) -> None:
    """An engine that dies under a question is one line that names it and says what to do."""
    with running(engine, tmp_path / "data") as server:
        address = server.address("docs")
        library = library_at(address)
        with library.writing("test") as writer:
            store(writer, change("a.txt", "Seres builds cars."))
        with library.reading() as view:
            server.kill()
            with pytest.raises(LibraryError, match="cannot be reached or did not answer") as lost:
                view.scores(vector("x"), ("car",))
        assert repr(address) in str(lost.value)
        assert "\n" not in str(lost.value)
    command = [sys.executable, "-m", "qa", "--documents", str(tmp_path), "--library", address]
    said = subprocess.run(
        [*command, "ask", "--engine", "extractive", "Who builds cars?"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"QA_LIBRARY_TOKEN": "root:secret"},
    )
    assert (said.returncode, said.stdout) == (3, "")
    assert len(said.stderr.splitlines()) == 1
    assert "cannot be reached" in said.stderr
    assert "secret" not in said.stderr


_LOSES = """
import os, signal, sys
from pathlib import Path
from qa.errors import LibraryError
from qa.library.shared.library import SharedLibrary
from tests.library.test_library import change, store
library = SharedLibrary(sys.argv[1], Path("/docs"), "model")
try:
    with library.writing("test") as writer:
        step = writer._put_state
        def kill(state):
            os.kill(int(sys.argv[2]), signal.SIGKILL)
            step(state)
        writer._put_state = kill
        store(writer, change("b.txt", "JAC builds vans."))
except LibraryError as error:
    print(error)
"""


def test_a_chroma_that_was_killed_goes_on(tmp_path: Path) -> None:
    """A server that dies under a writer and comes back has all of the last ingest, or none."""
    vans = change("b.txt", "JAC builds vans.")
    with running("chroma", tmp_path / "data") as server:
        library = library_at(server.address("docs"))
        with library.writing("test") as writer:
            store(writer, change("a.txt", "Seres builds cars."))
        command = [sys.executable, "-c", _LOSES, server.address("docs"), str(server.process.pid)]
        lost = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "cannot be reached or did not answer" in lost.stdout
        server.process.wait()
        again = server.again()
        try:
            with library.reading() as view:
                assert texts_of(view) == {"a.txt": ["Seres builds cars."]}
                assert view.scores(vector("Seres builds cars."), ("car",)).dense[0] > 0.999
            with library_at(server.address("docs")).writing("test") as writer:
                store(writer, vans)
                assert list(writer.faults()) == []
            with library.reading() as view:
                assert sorted(texts_of(view)) == ["a.txt", "b.txt"]
        finally:
            again.kill()


def test_a_tenant_that_is_not_there(tmp_path: Path) -> None:
    """A wrong tenant or database is named; a right one holds a library of its own."""
    with running("chroma", tmp_path / "data") as server:
        wrong = f"chroma://127.0.0.1:{server.port}/acme/papers/docs"
        with pytest.raises(LibraryError, match="no database 'papers' of a tenant 'acme'"):
            library_at(wrong).exists()
        right = f"chroma://127.0.0.1:{server.port}/default_tenant/default_database/docs"
        assert not library_at(right).exists()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "refused the token; set QA_LIBRARY_TOKEN=TOKEN"),
        (403, "refused the token; set QA_LIBRARY_TOKEN=TOKEN"),
        (410, r"no Chroma of version 1 or later \(status 410\); start one: chroma run"),
        (502, r"cannot be reached or did not answer \(status 502: <p>no</p>\)"),
    ],
)
def test_what_stands_before_a_chroma(status: int, said: str) -> None:
    """What a proxy or an older server answers is one line; the token went there, and no further."""
    tokens = []

    class Refuses(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tokens.append(self.headers["X-Chroma-Token"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<p>no</p>")

        def log_message(self, *given: object) -> None:
            """Say nothing on the terminal."""

    with HTTPServer(("127.0.0.1", 0), Refuses) as proxy:
        thread = threading.Thread(target=proxy.handle_request)
        thread.start()
        address = f"chroma://127.0.0.1:{proxy.server_port}/docs"
        with pytest.raises(LibraryError, match=said) as refused:
            SharedLibrary(address, Path("/docs"), "model", "secret").exists()
        thread.join()
    assert tokens == ["secret"]
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_machine_without_the_documents_answers(address: str, tmp_path: Path) -> None:
    """What one machine ingested another answers from, without a folder and without writing."""
    documents = tmp_path / "docs"
    documents.mkdir()
    (documents / "a.txt").write_text("Mara Lind built the Alder bridge. It is long.\n")

    def qa(*words: str) -> str:
        command = [sys.executable, "-m", "qa", *words]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        return ran.stdout

    there = ["--library", address, "--documents", str(documents)]
    here = ["--library", address, "--documents", str(tmp_path / "elsewhere")]
    qa("ingest", *there)
    asked = qa("ask", *here, "--engine", "extractive", "Who built the Alder bridge?")
    assert "Mara Lind built the Alder bridge. [1]" in asked
    assert "Mara Lind built the Alder bridge." in qa("show", *here, "a.txt")
    assert "every document, passage, word and vector is as it was made" in qa(
        "doctor", *there, "--deep"
    )


def test_an_engine_is_refused_offline() -> None:
    """With --offline a library that is reached over the network is refused at once."""
    command = [sys.executable, "-m", "qa", "ask", "--offline", "--library", "milvus://h/n", "Who?"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "'offline' is set, and library 'milvus://h/n' is reached over" in ran.stderr
