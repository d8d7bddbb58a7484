"""Where the vectors are kept: a Chroma collection, and a flat file made from it.

Chroma is the store; this is the only file that imports it.  Only the one writer opens it:
two processes on one Chroma folder corrupt it without an error, and importing it takes
longer than answering a question.  Readers compare a question with every vector in a
memory-mapped file of float32 rows instead, so no approximate index ever hides a passage.
Rows are only ever added to that file, and the catalog says which row is whose, so a
reader's generation keeps its rows while a writer adds others.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import LibraryDamaged, LibraryError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDING = 1e-6
"""How far a number that Chroma gives back may be from the one it was given: it normalises."""

_BATCH = 5_000  # Chroma takes at most 5,461 records at once


class VectorStore:
    """The Chroma collection of a library; for the writer alone."""

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        self._folder = folder
        with self._mapped():
            folder.mkdir(mode=0o700, exist_ok=True)
            client: Any = chromadb.PersistentClient(
                str(folder), settings=Settings(anonymized_telemetry=False)
            )
            self._collection = client.get_or_create_collection(
                "passages",
                configuration={"hnsw": {"space": "cosine"}},
                embedding_function=None,
            )
        self._client = client

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # Chroma raises anything at all on broken files
            raise self._failed(error) from error
        except BaseException as error:
            # How a panic of Chroma's Rust part arrives; its class cannot be imported.
            if type(error).__name__ != "PanicException":
                raise
            raise self._failed(error) from error

    def _failed(self, error: BaseException) -> LibraryError:
        said = " ".join(str(error).split())[:200]
        if "disk is full" in said or "No space left" in said:
            return LibraryError(
                f"vector store {str(self._folder)!r} cannot be written: the disk is full"
            )
        return LibraryDamaged(
            f"vector store {str(self._folder)!r} cannot be used ({said}); run: qa repair"
            " (qa ingest --rebuild makes everything anew)"
        )

    def put(self, ids: Sequence[str], rows: "NDArray[np.float32]", texts: Sequence[str]) -> None:
        """Store vectors with the texts that they stand for; known ids are replaced."""
        for i in range(0, len(ids), _BATCH):
            part = slice(i, i + _BATCH)
            with self._mapped():
                self._collection.upsert(
                    ids=list(ids[part]), embeddings=rows[part], documents=list(texts[part])
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Forget vectors."""
        for i in range(0, len(ids), _BATCH):
            with self._mapped():
                self._collection.delete(ids=list(ids[i : i + _BATCH]))

    def ids(self) -> frozenset[str]:
        """The ids of all vectors stored."""
        found: list[str] = []
        while True:
            with self._mapped():
                page: Any = self._collection.get(include=[], limit=_BATCH, offset=len(found))
            if not page["ids"]:
                return frozenset(found)
            found += page["ids"]

    def get(self, ids: Sequence[str]) -> dict[str, "NDArray[np.float32]"]:
        """The vectors of these ids; those it does not hold are left out."""
        import numpy as np

        found: dict[str, NDArray[np.float32]] = {}
        for i in range(0, len(ids), _BATCH):
            part = list(ids[i : i + _BATCH])
            with self._mapped():
                page: Any = self._collection.get(ids=part, include=["embeddings"])
                rows = np.asarray(page["embeddings"], dtype=np.float32)  # comes as float64
                found |= zip(page["ids"], rows, strict=True)
        return found

    def compared(
        self, rows: Mapping[str, int], matrix: "NDArray[np.float32]"
    ) -> Iterator[tuple[str, bool]]:
        """Each id, and whether its vector is that row of ``matrix`` and its text is its own."""
        import numpy as np

        ids = sorted(rows)
        for i in range(0, len(ids), _BATCH):
            part = ids[i : i + _BATCH]
            with self._mapped():
                page: Any = self._collection.get(ids=part, include=["embeddings", "documents"])
            found = {
                one: (row, text)
                for one, row, text in zip(
                    page["ids"], page["embeddings"], page["documents"], strict=True
                )
            }
            for one in part:
                row, text = found.get(one, (None, ""))
                same = (
                    row is not None
                    and 0 <= rows[one] < len(matrix)
                    and np.allclose(matrix[rows[one]], row, rtol=0.0, atol=ROUNDING)
                )
                yield one, same and vector_id(text or "") == one

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


def vector_id(text: str) -> str:
    """The id of the vector of a text: a hash of the text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def append_rows(path: Path, first: int, rows: "NDArray[np.float32]") -> None:
    """Write ``rows`` to the flat file as its rows from ``first`` on, safely on disk.

    What an interrupted writer left beyond ``first`` is cut off: the catalog never named it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(first * rows.shape[1] * 4)
        file.seek(0, os.SEEK_END)
        file.write(rows.astype("<f4").tobytes())
        file.flush()
        os.fsync(file.fileno())


def map_rows(path: Path, count: int, width: int) -> "NDArray[np.float32]":
    """The first ``count`` rows of the flat file, memory-mapped and read-only.

    Raises FileNotFoundError where a writer has put another file in its place, and
    LibraryDamaged where it is shorter than the catalog says.
    """
    import numpy as np

    if count == 0:
        return np.empty((0, width), dtype=np.float32)
    if path.stat().st_size < count * width * 4:
        raise LibraryDamaged(
            f"vector file {str(path)!r} is shorter than the catalog says;"
            " run: qa ingest, which makes it anew from the vector store"
        )
    return np.memmap(path, dtype="<f4", mode="r", shape=(count, width))
