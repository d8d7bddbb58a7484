"""The Chroma collection: what questions ask, what others can open, and what a kill leaves."""

import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from qa.errors import LibraryDamaged
from qa.library.interface import Change
from qa.library.local import chroma
from qa.library.local.library import LocalLibrary
from tests.library.test_library import change, cosines, library_at, store, texts_of, told, vector


@pytest.fixture
def library(tmp_path: Path) -> LocalLibrary:
    """A library of two files."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars.", "JAC builds vans."))
        store(writer, change("b.txt", "BYD builds buses."))
    return library


def asked(monkeypatch: pytest.MonkeyPatch, way: Any = chroma.Direct) -> list[int]:
    """How many records each question was given by Chroma, asked in this way, from now on."""
    counts: list[int] = []
    nearest = way.nearest

    def counted(self: Any, row: Any, count: int) -> list[str]:
        found: list[str] = nearest(self, row, count)
        counts.append(len(found))
        return found

    monkeypatch.setattr(way, "nearest", counted)
    return counts


def test_a_question_asks_chroma(library: LocalLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library at rest is searched by Chroma, and the cosines are those of the vectors."""
    counts = asked(monkeypatch)
    with library.reading() as view:
        near = cosines(view, "JAC builds vans.")
    assert counts == [3]
    assert near.argmax() == 1
    assert near[1] == pytest.approx(1.0)


def test_a_question_asks_without_the_client(library: LocalLibrary) -> None:
    """Chroma's client, whose import takes longer than a question, is not imported by one."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.library.test_library import *\n"
        "library = library_at(Path(sys.argv[1]))\nlibrary.warm()\n"
        "with library.reading() as view: assert cosines(view, 'JAC builds vans.').argmax() == 1\n"
        "print(sorted({'chromadb', 'chromadb_rust_bindings'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(library.path.parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "['chromadb_rust_bindings']\n"


def test_without_the_client_the_same_is_found(tmp_path: Path) -> None:
    """The installed Chroma is the one that is asked without its client, with the same order."""
    import chromadb

    texts = [f"{maker} builds {what}." for maker in ("Seres", "JAC") for what in "abcdefghij"]
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", *texts))
    assert chromadb.__version__ == chroma.TRIED
    with closing(chroma.Collection(library.path / "chroma")) as client:
        expected = [client.nearest(vector(text), 7) for text in texts]
    with closing(chroma.Direct(library.path / "chroma")) as direct:
        assert [direct.nearest(vector(text), 7) for text in texts] == expected


def test_another_chroma_is_asked_by_its_client(
    library: LocalLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release whose inside was not tried is asked by what it promises to keep."""
    counts = asked(monkeypatch, chroma.Collection)
    monkeypatch.setattr(chroma, "TRIED", "1.0.0")
    with library.reading() as view:
        assert cosines(view, "JAC builds vans.").argmax() == 1
    chroma.forget(library.path)
    assert counts == [3]


def test_a_text_of_two_documents_is_near_in_both(tmp_path: Path) -> None:
    """Passages that share one vector are all found, though there are more of them than vectors."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(
            writer, change("a.txt", "JAC builds vans."), change("b.txt", "JAC builds vans.", "Or.")
        )
    with library.reading() as view:
        assert cosines(view, "JAC builds vans.")[:2] == pytest.approx([1.0, 1.0])


def test_others_open_the_collection(library: LocalLibrary) -> None:
    """With chromadb alone: the passages' texts, and where each stands, by documented names."""
    import chromadb

    with closing(chromadb.PersistentClient(str(library.path / "chroma"))) as client:
        collection = client.get_collection("passages", embedding_function=None)
        found: Any = collection.query(
            query_embeddings=vector("JAC builds vans.")[None], n_results=1
        )
    assert found["documents"] == [["JAC builds vans."]]
    about = found["metadatas"][0][0]
    document_id = about.pop("document_id")
    assert about == {"path": "a.txt", "start": 19, "end": 35, "vector_id": "v-JAC builds vans."}
    with library.reading() as view:
        assert view.document(document_id).text[19:35] == "JAC builds vans."
        assert view.at([1])[0].passage.id == found["ids"][0][0]


def test_no_index_of_letters(library: LocalLibrary) -> None:
    """Trigrams of the texts take no room, and who would search by them is told, not misled."""
    import chromadb
    from chromadb.errors import InvalidArgumentError

    with closing(sqlite3.connect(library.path / "chroma" / "chroma.sqlite3")) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM embedding_fulltext_search_content"
        ).fetchone()
    assert count == 0
    with closing(chromadb.PersistentClient(str(library.path / "chroma"))) as client:
        collection = client.get_collection("passages", embedding_function=None)
        with pytest.raises(InvalidArgumentError, match="FTS indexing is disabled"):
            collection.get(where_document={"$contains": "vans"})
        found = collection.get(where={"path": "b.txt"})
    assert found["documents"] == ["BYD builds buses."]


def test_a_collection_of_before_keeps_its_letters(tmp_path: Path) -> None:
    """A collection made when it could be searched for text can be, after the next ingest too."""
    import chromadb

    with closing(chromadb.PersistentClient(str(tmp_path))) as client:
        old = client.create_collection("passages", embedding_function=None)
        old.add(ids=["1"], documents=["JAC builds vans."], embeddings=[vector("x").tolist()])
    about: dict[str, str | int] = {"path": "b.txt"}
    with closing(chroma.Collection(tmp_path)) as collection:
        collection.put([chroma.Record("2", "Vans are built.", about, vector("y"))])
    chroma.tidy(tmp_path)
    with closing(chromadb.PersistentClient(str(tmp_path))) as client:
        old = client.get_collection("passages", embedding_function=None)
        assert old.get(where_document={"$contains": "ans"})["ids"] == ["1", "2"]


def test_llamaindex_opens_the_collection(library: LocalLibrary) -> None:
    """LlamaIndex's own Chroma store finds the same passages in it."""
    package = "llama_index.vector_stores.chroma"
    stores = pytest.importorskip(package, reason="needs llama-index-vector-stores-chroma")
    import chromadb
    from llama_index.core.vector_stores import VectorStoreQuery

    with closing(chromadb.PersistentClient(str(library.path / "chroma"))) as client:
        collection = client.get_collection("passages", embedding_function=None)
        query = VectorStoreQuery(
            query_embedding=vector("BYD builds buses.").tolist(), similarity_top_k=1
        )
        (node,) = stores.ChromaVectorStore(chroma_collection=collection).query(query).nodes
    assert node.get_content() == "BYD builds buses."
    assert node.metadata["path"] == "b.txt"


def test_a_renamed_file_is_told(library: LocalLibrary) -> None:
    """The collection names the file that holds a passage now, and the first of copies."""
    moved = change("z.txt", "Seres builds cars.", "JAC builds vans.")
    assert moved.document is not None
    with library.writing("test") as writer:
        store(writer, Change(moved.state, known=moved.document.id))
    assert paths(library) == {"a.txt", "b.txt"}
    with library.writing("test") as writer:
        store(writer, deleted=("a.txt",))
    assert paths(library) == {"z.txt", "b.txt"}


def paths(library: LocalLibrary) -> set[Any]:
    """The files that the collection names."""
    with closing(chroma.Collection(library.path / "chroma")) as collection:
        return {one.about["path"] for one in collection.records()}


def test_while_one_writes_all_are_compared(
    library: LocalLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Chroma has yet to be told is found as well, and Chroma is left alone meanwhile."""
    counts = asked(monkeypatch)
    with library.writing("test") as writer:
        store(writer, change("c.txt", "Geely builds trucks."))
        with library.reading() as view:
            assert cosines(view, "Geely builds trucks.").argmax() == 3
        assert counts == []
    with library.reading() as view:
        assert cosines(view, "Geely builds trucks.").argmax() == 3
    assert counts == [4]


@pytest.mark.parametrize("name", ["length.bin", "data_level0.bin", "index_metadata.pickle"])
def test_a_save_that_was_killed(
    library: LocalLibrary, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A graph that is half saved is asked by nobody, and made anew without embedding anything."""
    with suppress(KeyboardInterrupt), library.writing("test") as writer:
        store(writer, change("c.txt", "Geely builds trucks."))
        (file,) = (library.path / "chroma").glob(f"*/{name}")
        file.write_bytes(file.read_bytes()[:7])
        raise KeyboardInterrupt
    counts = asked(monkeypatch)
    with library.reading() as view:
        assert cosines(view, "JAC builds vans.").argmax() == 1
    assert counts == []
    with library.writing("test") as writer:
        assert list(writer.faults()) == []
    assert told(library) == set(texts_of(library))
    with library.reading() as view:
        assert cosines(view, "Geely builds trucks.").argmax() == 3
    assert counts == [4]


def test_a_damaged_graph_is_said(library: LocalLibrary) -> None:
    """Files that are not as they were left are not given to Chroma, which may crash on them."""
    (file,) = (library.path / "chroma").glob("*/data_level0.bin")
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(data)
    with library.reading() as view, pytest.raises(LibraryDamaged, match="run: qa repair"):
        view.scores(vector("JAC builds vans."), ("jac",))


def test_a_library_of_one_passage(tmp_path: Path) -> None:
    """The smallest library is asked again and again: a reader changes no file of the graph."""
    library = library_at(tmp_path)
    with library.writing("test") as writer:
        store(writer, change("a.txt", "Seres builds cars."))
    for _ in range(2):
        with library_at(tmp_path).reading() as view:
            assert cosines(view, "Seres builds cars.")[0] == pytest.approx(1.0)
        chroma.forget(library.path)


def test_who_waits_too_long_compares_all(
    library: LocalLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that others keep waiting is answered from all vectors, with the same cosines."""
    counts = asked(monkeypatch)
    monkeypatch.setattr(chroma, "_PATIENCE", 0.0)
    with chroma.locked(library.path), library.reading() as view:
        assert cosines(view, "JAC builds vans.").argmax() == 1
    assert counts == []
