"""The index of words of a library whose engine ranks none says what the passages say."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import LibraryDamaged, LibraryError
from qa.library.local.library import LocalLibrary
from qa.library.shared import indexing, words
from qa.library.shared.engine import Is
from qa.library.shared.library import SharedLibrary
from qa.library.shared.rows import catalog_row
from tests.library.engine import Server, running
from tests.library.test_library import change, store, vector

_names = count()
_TERMS = ("jac", "build", "van", "none")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One Chroma server for the tests of this file."""
    with running("chroma", tmp_path_factory.mktemp("engine") / "data") as one:
        yield one


@pytest.fixture
def library(server: Server) -> SharedLibrary:
    """A library that is not there yet."""
    return SharedLibrary(server.address(f"words{next(_names)}"), Path("/docs"), "model")


@given(
    st.dictionaries(
        st.text(),
        st.dictionaries(st.integers(0, 2**32 - 1), st.integers(1, 2**16 - 1), min_size=1),
        max_size=5,
    )
)
def test_places_survive_their_text(said: dict[str, dict[int, int]]) -> None:
    """Whatever terms, numbers and counts there are, they are read as they were written."""
    terms = {
        term: (np.array(sorted(one), np.uint32), np.array([one[n] for n in sorted(one)], np.uint16))
        for term, one in said.items()
    }
    read = words.unpacked(words.packed(terms))
    assert {
        term: dict(zip(numbers.tolist(), counts.tolist(), strict=True))
        for term, (numbers, counts) in read.items()
    } == said


def test_many_ingests_leave_few_segments(
    library: SharedLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After many edits every score is the embedded library's, and a question reads few rows."""
    monkeypatch.setattr(indexing, "_WAITING", 1)
    embedded = LocalLibrary(tmp_path / "l", Path("/docs"), "model")
    for one in (library, embedded):
        with one.writing("test") as writer:
            for i in range(15):
                texts = [f"JAC builds van {j}." for j in range(i % 5)]
                gone = (f"{i - 6}.txt",) if i >= 10 else ()
                store(writer, change(f"{i}.txt", *texts, f"File {i} builds."), deleted=gone)
    with library.reading() as ours, embedded.reading() as theirs:
        assert ours.passages == theirs.passages
        assert ours.document_frequency(_TERMS) == theirs.document_frequency(_TERMS)
        one, other = (view.scores(vector("x"), _TERMS) for view in (ours, theirs))
        np.testing.assert_allclose(one.bm25, other.bm25, atol=1e-9)
    current, states, _ = library._known()
    assert len(states[current]["segments"]) < 6
    with library.writing("test") as writer:
        assert list(writer.faults()) == []


def test_words_of_a_writer_at_work(library: SharedLibrary) -> None:
    """What was stored counts at once, and what went does no more, before any index says so."""
    with library.writing("test") as writer:
        store(writer, change("a.txt", "JAC builds vans."), change("b.txt", "Seres builds cars."))
    with library.writing("test") as writer:
        store(writer, change("c.txt", "JAC builds."), deleted=("b.txt",))
        with library.reading() as view:
            assert view.passages == 2
            assert view.document_frequency(_TERMS) == {"jac": 2, "build": 2, "van": 1, "none": 0}


def test_a_long_document_comes_back_whole(library: SharedLibrary) -> None:
    """A text of many rows is put together in its order."""
    sentences = [f"Sentence {i} of many is here." for i in range(2000)]
    long = change("a.txt", *sentences)
    with library.writing("test") as writer:
        store(writer, long)
    assert long.document is not None
    with library.reading() as view:
        assert view.document(long.document.id).text == long.document.text


def test_a_lost_row_is_said(library: SharedLibrary) -> None:
    """A row of the index that is gone or spoilt is one line for who asks, and doctor finds it."""
    with library.writing("test") as writer:
        store(writer, change("a.txt", "JAC builds vans."))
    engine, name = library._engine, library._engine.address.name
    engine.put(name, [catalog_row(1, "words", "1:0", "nothing of it", ref="1")])
    with library.reading() as view, pytest.raises(LibraryDamaged, match="run: qa repair"):
        view.document_frequency(["jac"])
    other = words.packed({"jac": (np.array([9], np.uint32), np.array([1], np.uint16))})
    engine.put(name, [catalog_row(1, "words", "1:0", other, ref="1")])
    with library.writing("test") as writer:
        assert list(writer.faults()) == ["the index of words is not that of the passages"]
    engine.delete(name, (Is("ref", "==", "1"), Is("kind", "==", "words"), Is("name", "==", "1:0")))
    with library.reading() as view, pytest.raises(LibraryError, match="ask again"):
        view.document_frequency(["van"])
