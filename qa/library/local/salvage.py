"""Vectors out of stores that may be damaged: those whose two copies still agree."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import LibraryError
from qa.library.local import catalog
from qa.library.local.chroma import Collection, forget, sums
from qa.library.local.vectors import ROUNDING, map_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UNIT = 1e-3  # how far from 1 the length of a whole vector may be


class Salvage:
    """The vectors of one folder of stores; for who holds the writer lock.

    Chroma and the flat file hold each vector once: what is the same in both is whole.
    Where one of them is lost, the other's vectors of length 1 are taken.
    """

    def __init__(self, store: Path) -> None:
        self._path = store
        self._stored: dict[str, NDArray[np.float32]] | None = None
        self._flat = [path for path in store.glob("vectors-*.f32") if path.stat().st_size]

    def close(self) -> None:
        """Let go of what is held."""
        self._stored = None

    def vectors(self, ids: Sequence[str]) -> "dict[str, NDArray[np.float32]]":
        """Those of ``ids`` whose vectors are whole."""
        if self._stored is None:
            self._stored = self._of_chroma()
        if self._stored:
            return self._whole({one: self._stored[one] for one in ids if one in self._stored})
        return {one: row for one, row in self._from_flat(ids).items() if _is_unit(row)}

    def _of_chroma(self) -> "dict[str, NDArray[np.float32]]":
        """The vectors that Chroma holds; none where its files are not as they were left."""
        try:
            with closing(catalog.connect(self._path / "catalog.sqlite", write=False)) as connection:
                graph = catalog.read_meta(connection)["graph"]
        except (sqlite3.Error, KeyError):
            graph = None  # the catalog is what is damaged
        try:
            if not (self._path / "chroma").is_dir() or graph not in (None, sums(self._path)):
                return {}
            forget(self._path)
            with closing(Collection(self._path / "chroma")) as collection:
                return {str(one.about.get("vector_id")): one.vector for one in collection.records()}
        except (LibraryError, OSError):
            return {}  # the flat file is what there is

    def _whole(self, found: "dict[str, NDArray[np.float32]]") -> "dict[str, NDArray[np.float32]]":
        """Those of Chroma's vectors that stand in the flat file too, wherever."""
        import numpy as np

        units = {one: row for one, row in found.items() if _is_unit(row)}
        if not units or not self._flat:
            return units
        rows = np.stack(list(units.values()))
        whole = np.zeros(len(rows), dtype=bool)
        for path in self._flat:
            width = rows.shape[1]
            count = path.stat().st_size // (4 * width)
            if count:
                matrix = map_rows(path, count, width)
                with np.errstate(all="ignore"):  # flipped bits make numbers of any size
                    nearest = np.nan_to_num(matrix @ rows.T, nan=-1.0).argmax(axis=0)
                    whole |= (np.abs(matrix[nearest] - rows) <= ROUNDING).all(axis=1)
        return {one: row for (one, row), good in zip(units.items(), whole, strict=True) if good}

    def _from_flat(self, ids: Sequence[str]) -> "dict[str, NDArray[np.float32]]":
        import numpy as np

        try:
            with closing(catalog.connect(self._path / "catalog.sqlite", write=False)) as connection:
                meta = catalog.read_meta(connection)
                rows = dict(connection.execute("SELECT id, row FROM vectors"))
            file, width = self._path / meta["vector_file"], int(meta["width"])
            data = np.fromfile(file, dtype="<f4")
            matrix = data[: len(data) // width * width].reshape(-1, width)
        except (sqlite3.Error, OSError, ValueError, KeyError, ZeroDivisionError):
            return {}
        return {one: matrix[rows[one]] for one in ids if 0 <= rows.get(one, -1) < len(matrix)}


def _is_unit(row: "NDArray[np.float32]") -> bool:
    return abs(float(row @ row) - 1.0) < _UNIT
