"""The vectors: a flat file of float32 rows, of which the catalog says which is whose.

Rows are only ever added, and are safely on disk before the catalog names them; so a reader's
generation keeps its rows while a writer adds others, and a kill loses none.  Chroma, which finds
those near a question (``chroma``), is made from them.
"""

import hashlib
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import LibraryDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDING = 1e-6
"""How far a number that Chroma gives back may be from the one it was given: it normalises."""


def vector_id(text: str) -> str:
    """The id of the vector of a text: a hash of the text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def append_rows(path: Path, first: int, rows: "NDArray[np.float32]") -> None:
    """Write ``rows`` to the flat file as its rows from ``first`` on, safely on disk.

    What an interrupted writer left beyond ``first`` is cut off: the catalog never named it.
    """
    import numpy as np

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(first * rows.shape[1] * 4)
        file.seek(0, os.SEEK_END)
        file.write(np.ascontiguousarray(rows, dtype="<f4").data)
        file.flush()
        os.fsync(file.fileno())


def whole(path: Path, count: int, width: int) -> bool:
    """Tell whether the flat file is there and as long as ``count`` rows."""
    return path.is_file() and path.stat().st_size >= count * width * 4


def flat_files(folder: Path) -> Iterator[Path]:
    """Every flat file in a folder of stores."""
    yield from folder.glob("vectors-*.f32")


def map_rows(path: Path, count: int, width: int) -> "NDArray[np.float32]":
    """The first ``count`` rows of the flat file, memory-mapped and read-only.

    Raises FileNotFoundError where a writer has put another file in its place, and
    LibraryDamaged where it is shorter than the catalog says.
    """
    import numpy as np

    if count == 0:
        return np.empty((0, width), dtype="<f4")
    if path.stat().st_size < count * width * 4:
        raise LibraryDamaged(
            f"vector file {str(path)!r} is shorter than the catalog says;"
            " run: qa ingest, which makes it anew from the vector store"
        )
    return np.memmap(path, dtype="<f4", mode="r", shape=(count, width))


def forget(rows: "NDArray[np.float32]") -> None:
    """Let mapped pages go: rows looked at one by one would in time keep the file in memory."""
    mapped = getattr(rows, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
