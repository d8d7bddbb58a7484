"""The library: generations for readers, one writer, and what a crash may leave."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qa.answering.retrieve import retrieve
from qa.data import Document, Passage, Sentence
from qa.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch
from qa.library.interface import Change, FileState, NewPassage
from qa.library.local.chroma import Collection
from qa.library.local.library import LocalLibrary
from qa.library.local.view import LocalView
from qa.library.local.writer import LocalWriter
from qa.text.words import terms

WIDTH = 4


def library_at(folder: Path, *, embedding: str = "model", documents: str = "docs") -> LocalLibrary:
    """A library in ``folder``, of documents beside it."""
    return LocalLibrary(folder / "library", folder / documents, embedding)


def vector(text: str) -> np.ndarray:
    """A unit vector that depends on the text alone."""
    numbers = np.frombuffer(hashlib.sha256(text.encode()).digest()[:WIDTH], dtype=np.uint8)
    row = numbers.astype(np.float32) + 1.0
    return row / np.linalg.norm(row)


class Hashed:
    """``vector`` as an embedding model whose spread is not known."""

    name = "model"
    one_by_one = False
    level = 0.0
    spread = None

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _finished: None
    ) -> np.ndarray:
        """One row a text."""
        done(len(texts))
        return np.stack([vector(text) for text in texts])

    def embed_question(self, question: str) -> np.ndarray:
        """As a text."""
        return vector(question)


def change(path: str, *sentences: str) -> Change:
    """A file whose document has one passage a sentence."""
    text = " ".join(sentences)
    document = Document(hashlib.sha256(text.encode()).hexdigest()[:32], text)
    passages, start = [], 0
    for sentence in sentences:
        end = start + len(sentence)
        name = hashlib.sha256(f"{document.id}{start}".encode()).hexdigest()[:32]
        passage = Passage(name, document.id, start, end, (Sentence(start, end),))
        passages.append(NewPassage(passage, terms(sentence), f"v-{sentence}"))
        start = end + 1
    return Change(FileState(path, 1, 2, 3, "digest-" + text), document, tuple(passages))


def store(writer: LocalWriter, *changes: Change, deleted: tuple[str, ...] = ()) -> None:
    """Store changes, with the vectors that are missing for them."""
    texts = {new.vector_id: new.vector_id[2:] for one in changes for new in one.passages}
    vectors = {one: vector(texts[one]) for one in writer.missing(texts)}
    writer.store(changes, vectors, deleted)


def texts_of(library: LocalLibrary) -> list[str]:
    """Every passage's text, in the order of the catalog."""
    with library.reading() as view:
        stored = view.at(range(view.passages))
        documents = [view.document(one.passage.document_id).text for one in stored]
        return [
            text[one.passage.start : one.passage.end]
            for text, one in zip(documents, stored, strict=True)
        ]


def told(library: LocalLibrary) -> set[str]:
    """The texts of all records in Chroma."""
    with closing(Collection(library.path / "chroma")) as collection:
        return {one.text for one in collection.records()}


def cosines(view: LocalView, text: str) -> np.ndarray:
    """The cosine of a text with every passage."""
    scores = view.scores(vector(text), ())
    assert scores.positions.tolist() == list(range(view.passages))
    return scores.dense


def test_what_is_stored_is_found(tmp_path: Path) -> None:
    """A stored passage is found by its own vector and by its words, at the same place."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars.", "JAC builds vans."))
    with library.reading() as view:
        near = cosines(view, "JAC builds vans.")
        assert int(near.argmax()) == 1
        assert near[1] == pytest.approx(1.0)
        assert [score > 0 for score in view.bm25(("jac",))] == [False, True]
        assert view.document_frequency(["build", "van"]) == {"build": 2, "van": 1}


def test_a_changed_file_leaves_nothing_of_the_old(tmp_path: Path) -> None:
    """After a change the old words and vectors are gone from every store."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars.", "JAC builds vans."))
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars.", "JAC builds trucks."))
        assert writer.disagreement() is None
    assert texts_of(library) == ["Seres builds cars.", "JAC builds trucks."]
    with library.reading() as view:
        assert view.document_frequency(["van", "truck"]) == {"van": 0, "truck": 1}
    assert told(library) == {"Seres builds cars.", "JAC builds trucks."}


def test_an_unchanged_passage_keeps_its_vector(tmp_path: Path) -> None:
    """Only passages that are new need the model."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
        assert writer.missing(["v-Seres builds cars.", "v-New."]) == {"v-New."}


def test_copies_are_one_document(tmp_path: Path) -> None:
    """Two files of one text are stored once, known by both paths, and outlive each other."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("b.txt", "Seres builds cars."), change("a.txt", "Seres builds cars."))
    with library.reading() as view:
        assert view.passages == 1
        assert view.paths(view.at([0])[0].passage.document_id) == ("a.txt", "b.txt")
    with library.writing("test") as writer:
        store(writer, deleted=("a.txt",))
    assert texts_of(library) == ["Seres builds cars."]
    with library.writing("test") as writer:
        store(writer, deleted=("b.txt",))
    assert texts_of(library) == []


def test_a_reader_keeps_its_generation(tmp_path: Path) -> None:
    """Somebody who is reading sees nothing of what is written meanwhile."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
    with library.reading() as view:
        with library.writing("test") as writer:
            store(writer, change("a.txt", "JAC builds vans.", "And more."))
        assert view.passages == 1
        assert view.document(view.at([0])[0].passage.document_id).text == "Seres builds cars."
        assert len(cosines(view, "x")) == 1
    assert texts_of(library) == ["JAC builds vans.", "And more."]


def test_one_writer(tmp_path: Path) -> None:
    """A second writer is told who the first one is."""
    with (
        library_at(tmp_path).writing("qa ingest"),
        pytest.raises(LibraryBusy, match=r"is being written by process \d+ \(qa ingest, since"),
        library_at(tmp_path).writing("qa ask"),
    ):
        pass


def test_a_writer_that_dies_before_the_catalog(tmp_path: Path) -> None:
    """Vectors that were stored for a document that never arrived are thrown away."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
    half = f"""
import os
from tests.library.test_library import Path, library_at, vector
with library_at(Path({str(tmp_path)!r})).writing("test") as writer:
    writer._put({{"v-JAC builds vans.": vector("x")}})
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", half], check=False).returncode == 9
    with library.writing("test") as writer:
        assert writer.disagreement() is None
    assert texts_of(library) == ["Seres builds cars."]


def test_a_lost_vector_file_comes_back_from_chroma(tmp_path: Path) -> None:
    """A reader says what is broken; the next writer mends it with the same answers."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
        store(writer, change("b.txt", "JAC builds vans."))  # its row will be the first
    for flat in library.path.glob("vectors-*.f32"):
        flat.unlink()
    with pytest.raises(LibraryDamaged, match="run: qa ingest"), library_at(tmp_path).reading():
        pass
    with library.writing("test"):
        pass
    with library.reading() as view:
        assert int(cosines(view, "JAC builds vans.").argmax()) == 1


def test_another_model_is_refused(tmp_path: Path) -> None:
    """A library of another embedding model is neither read nor written, until it is rebuilt."""
    with library_at(tmp_path).writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
    other = library_at(tmp_path, embedding="other")
    with pytest.raises(LibraryMismatch, match=r"'model'.*'other'.*qa ingest --rebuild"):
        other.reading().__enter__()
    with pytest.raises(LibraryMismatch), other.writing("test"):
        pass
    with other.writing("test", rebuild=True) as writer:
        store(writer, change("a.txt", "JAC builds vans."))
    assert texts_of(other) == ["JAC builds vans."]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    """A library never mixes the documents of two folders."""
    with library_at(tmp_path).writing("test"):
        pass
    with pytest.raises(LibraryMismatch, match="belongs to the documents in"):
        library_at(tmp_path, documents="others").reading().__enter__()


def test_a_project_can_be_moved(tmp_path: Path) -> None:
    """Documents and library moved together still belong together."""
    (tmp_path / "one").mkdir()
    with library_at(tmp_path / "one").writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
    (tmp_path / "one").rename(tmp_path / "two")
    assert texts_of(library_at(tmp_path / "two")) == ["Seres builds cars."]


def test_no_library_yet(tmp_path: Path) -> None:
    """Where there is none, the command that makes one is named."""
    with pytest.raises(LibraryError, match="run: qa ingest"):
        library_at(tmp_path).reading().__enter__()


def test_a_broken_catalog_is_said_in_one_line(tmp_path: Path) -> None:
    """A catalog that is no database is damage with a mend, not a crash."""
    library = library_at(tmp_path)
    library.path.mkdir()
    (library.path / "catalog.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(LibraryDamaged, match="qa ingest --rebuild"):
        library.reading().__enter__()


def test_the_library_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else on the machine reads what the documents say."""
    library = library_at(tmp_path)
    with library.writing("test"):
        pass
    assert library.path.stat().st_mode & 0o077 == 0


def test_a_large_library_misses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though only what is near and what holds the words is looked at, the best are all found."""
    words = np.array("seres builds cars vans in china for jac and huawei".split())
    random = np.random.default_rng(0)
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        for i in range(6):
            store(
                writer, change(f"{i}.txt", *(" ".join(random.choice(words, 7)) for _ in "x" * 50))
            )
    monkeypatch.setattr("qa.library.local.view.DEPTH", 100)
    with library.reading() as view:
        everyone = view.vectors(range(view.passages))
        stored = view.at(range(view.passages))
        for _ in range(20):
            question = " ".join(random.choice(words, 3))
            asked = vector(question)
            scores = view.scores(asked, terms(question))
            assert len(scores.positions) < view.passages
            exact = everyone @ asked
            bm25 = view.bm25(terms(question))
            fused = exact * 0.1 / scores.dense_over().spread + 0.7 * bm25 / scores.bm25_most
            hits = retrieve(question, view, Hashed())
            assert hits[0].score == pytest.approx(fused.max(), abs=1e-6)
            lead = int(fused.argmax())
            assert stored[lead].passage.document_id == hits[0].passage.document_id
            assert hits[0].passage.start <= stored[lead].passage.start < hits[0].passage.end
            assert all(min(abs(fused - hit.score)) < 1e-6 for hit in hits)
            assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)
