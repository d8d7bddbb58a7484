"""Where the vectors are kept: a Chroma collection, and a flat file made from it.

Chroma is the store; this is the only file that imports it.  Only the one writer opens it:
two processes on one Chroma folder corrupt it without an error, and importing it takes
longer than answering a question.  Readers compare a question with every vector in a
memory-mapped file of float32 rows instead, so no approximate index ever hides a passage.
Rows are only ever added to that file, and the catalog says which row is whose, so a
reader's generation keeps its rows while a writer adds others.

A million rows are 1.5 GB, too much to read for every question.  Beside the file stand the
same rows rounded to a byte a number (``.i8``) and, for each, the step and the length of what
rounding took away (``.step``).  A question is compared with the rounded rows first; how far
that can be off is known, so the rows that could be among the best are looked at exactly.
"""

import hashlib
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.errors import LibraryDamaged, LibraryError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDING = 1e-6
"""How far a number that Chroma gives back may be from the one it was given: it normalises."""

# Nobody searches Chroma's graph: the least of one takes a third of the time to build, and a
# writer that comes later puts up to 1,000 passages into it anew before it can store one.
_INDEX: Any = {"hnsw": {"space": "cosine", "ef_construction": 10, "max_neighbors": 4}}
_BATCH = 5_000  # Chroma takes at most 5,461 records at once


def load() -> None:
    """Import Chroma, for whoever will need it soon; what fails here fails there."""
    with suppress(Exception):
        # Whole and first: Chroma asks for numpy.typing, which breaks where another thread is
        # in the middle of importing numpy.
        import numpy  # noqa: F401, I001

        import chromadb.config  # noqa: F401 - its import is what takes long


class VectorStore:
    """The Chroma collection of a library; for the writer alone."""

    def __init__(self, folder: Path) -> None:
        import numpy  # noqa: F401, I001 - whole and first, as in ``load``

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
                configuration=_INDEX,
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


class Codes(NamedTuple):
    """Rows rounded to bytes: ``code * step`` is within ``error`` (a length) of the row."""

    code: "NDArray[np.int8]"
    step: "NDArray[np.float32]"
    error: float  # the largest of all rows'

    def cosines(self, vector: "NDArray[np.float32]") -> "tuple[NDArray[np.float64], float]":
        """The unit vector's cosine with every row, and how far from the truth any can be.

        For a row x and the vector q, rounded to x' and q': |xq - x'q'| is at most
        |x - x'| |q| + |x'| |q - q'| (Cauchy and Schwarz).
        """
        import numkong
        import numpy as np

        code, step, lost = _rounded(vector[None])
        # NumKong: exact integer dot products with the SIMD instructions that the CPU has,
        # 26 ms a million rows where numpy takes seconds; it lets go of the GIL.
        products: Any = numkong.cdist(code, self.code, "dot")
        cosines: NDArray[np.float64] = np.asarray(products, dtype=np.float64).reshape(-1)
        cosines *= self.step
        cosines *= float(step[0])
        longest = 1.0 + ROUNDING + self.error
        return cosines, self.error * (1.0 + ROUNDING) + longest * float(lost[0]) + ROUNDING


def _rounded(
    rows: "NDArray[np.float32]",
) -> "tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.float32]]":
    """Bytes, steps, and the lengths of what was lost, rounded up; one of each a row."""
    import numpy as np

    step = np.abs(rows).max(axis=1) / np.float32(127.0)
    step[step == 0.0] = 1.0
    code = np.rint(rows / step[:, None]).astype(np.int8)
    lost = np.linalg.norm(rows - code * step[:, None].astype(np.float64), axis=1)
    return code, step, np.nextafter(lost.astype(np.float32), np.float32(np.inf))


def append_rows(path: Path, first: int, rows: "NDArray[np.float32]") -> None:
    """Write ``rows`` to the flat files as their rows from ``first`` on, safely on disk.

    ``path`` is the file of whole numbers; those of rounded ones lie beside it.  What an
    interrupted writer left beyond ``first`` is cut off: the catalog never named it.
    """
    import numpy as np

    # In parts: rounding takes ten times the memory of what it rounds.
    parts = [_rounded(rows[i : i + _BATCH]) for i in range(0, len(rows) or 1, _BATCH)]
    code, step, lost = (np.concatenate(one) for one in zip(*parts, strict=True))
    _append(path, first, rows.astype("<f4", copy=False))
    _append(path.with_suffix(".i8"), first, code)
    _append(path.with_suffix(".step"), first, np.stack([step, lost], axis=1).astype("<f4"))


def _append(path: Path, first: int, rows: "NDArray[Any]") -> None:
    import numpy as np

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(first * rows.shape[1] * rows.itemsize)
        file.seek(0, os.SEEK_END)
        file.write(np.ascontiguousarray(rows).data)
        file.flush()
        os.fsync(file.fileno())


def whole(path: Path, count: int, width: int) -> bool:
    """Tell whether the flat files are there and as long as ``count`` rows."""
    lengths = {path: 4 * width, path.with_suffix(".i8"): width, path.with_suffix(".step"): 8}
    return all(
        file.is_file() and file.stat().st_size >= count * length for file, length in lengths.items()
    )


def flat_files(folder: Path) -> Iterator[Path]:
    """Every flat file in a folder of stores."""
    for kind in ("f32", "i8", "step"):
        yield from folder.glob(f"vectors-*.{kind}")


def map_rows(path: Path, count: int, width: int) -> "NDArray[np.float32]":
    """The first ``count`` rows of the flat file, memory-mapped and read-only.

    Raises FileNotFoundError where a writer has put another file in its place, and
    LibraryDamaged where it is shorter than the catalog says.
    """
    return _map(path, count, width, "<f4")


def map_codes(path: Path, count: int, width: int) -> Codes:
    """The first ``count`` rows beside the flat file ``path``; raises what ``map_rows`` does."""
    import numpy as np

    code = _map(path.with_suffix(".i8"), count, width, "i1")
    steps = np.array(_map(path.with_suffix(".step"), count, 2, "<f4"))
    return Codes(code, np.ascontiguousarray(steps[:, 0]), float(steps[:, 1].max(initial=0.0)))


def _map(path: Path, count: int, width: int, kind: str) -> "NDArray[Any]":
    import numpy as np

    if count == 0:
        return np.empty((0, width), dtype=kind)
    if path.stat().st_size < count * width * np.dtype(kind).itemsize:
        raise LibraryDamaged(
            f"vector file {str(path)!r} is shorter than the catalog says;"
            " run: qa ingest, which makes it anew from the vector store"
        )
    return np.memmap(path, dtype=kind, mode="r", shape=(count, width))


def forget(rows: "NDArray[np.float32]") -> None:
    """Let mapped pages go: rows looked at one by one would in time keep the file in memory."""
    mapped = getattr(rows, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def agrees(rows: "NDArray[np.float32]", codes: Codes) -> bool:
    """Tell whether ``codes`` are the rounded ``rows``."""
    import numpy as np

    for i in range(0, len(rows), _BATCH):
        code, step, lost = _rounded(np.array(rows[i : i + _BATCH]))
        part = slice(i, i + _BATCH)
        if not (np.array_equal(code, codes.code[part]) and np.array_equal(step, codes.step[part])):
            return False
        if not float(lost.max(initial=0.0)) <= codes.error:
            return False
    return True
