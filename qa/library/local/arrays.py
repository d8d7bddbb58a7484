"""What a reader holds in memory of every passage, kept in the catalog's own transactions.

A reader needs each passage's number, how many terms it has, and where its vector stands.
``passages`` and ``vectors`` say so, but joining them takes 5 microseconds a passage, seconds
for a million.  So the same figures stand as arrays too: one blob for each block of 1,024
passage numbers.
"""

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qa.errors import LibraryDamaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLES = "CREATE TABLE arrays (block INTEGER PRIMARY KEY, passages BLOB NOT NULL);"

_KIND = [("number", "<u4"), ("length", "<u4"), ("row", "<u4")]
_BITS = 10  # of a number, that stand within a block: an edit rewrites 12 kB


def read(connection: sqlite3.Connection) -> "NDArray[Any]":
    """``number``, ``length`` (in terms) and ``row`` of every passage, in the order of numbers.

    Raises ValueError where the blobs are no such array.
    """
    import numpy as np

    blobs = connection.execute("SELECT passages FROM arrays ORDER BY block")
    found = np.frombuffer(b"".join(blob for (blob,) in blobs), _KIND)
    if not (found["number"][:-1] < found["number"][1:]).all():
        raise ValueError("numbers of passages do not ascend")
    return found


def agree(connection: sqlite3.Connection) -> bool:
    """Tell whether ``arrays`` says what ``passages`` and ``vectors`` say."""
    import numpy as np

    try:
        return np.array_equal(read(connection), _said(connection, 0))
    except (ValueError, LibraryDamaged):
        return False


def _said(connection: sqlite3.Connection, first: int) -> "NDArray[Any]":
    import numpy as np

    rows = connection.execute(
        """SELECT p.number, p.length, v.row FROM passages p JOIN vectors v ON v.id = p.vector_id
           WHERE p.number >= ? ORDER BY p.number""",
        (first,),
    )
    try:
        return np.fromiter(rows, _KIND)
    except (ValueError, TypeError, OverflowError) as error:
        raise LibraryDamaged(
            f"the catalog holds a row that cannot be understood ({error}); run: qa repair"
        ) from error


# --- writing: each takes a connection inside a writer's transaction


def add(connection: sqlite3.Connection, first: int) -> None:
    """Take up the passages numbered from ``first`` on, none of which is there yet."""
    for block, part in _blocks(_said(connection, first)):
        connection.execute(
            """INSERT INTO arrays VALUES (?1, ?2) ON CONFLICT (block)
               DO UPDATE SET passages = CAST(passages || ?2 AS BLOB)""",
            (block, part.tobytes()),
        )


def remove(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Forget passages."""
    import numpy as np

    gone = np.fromiter(numbers, np.int64)
    for block in np.unique(gone >> _BITS).tolist():
        blob = connection.execute("SELECT passages FROM arrays WHERE block = ?", (block,))
        (passages,) = blob.fetchone() or (b"",)
        found = np.frombuffer(passages, _KIND)
        left = found[~np.isin(found["number"], gone)]
        connection.execute("DELETE FROM arrays WHERE block = ?", (block,))
        if len(left):
            connection.execute("INSERT INTO arrays VALUES (?, ?)", (block, left.tobytes()))


def renew(connection: sqlite3.Connection) -> None:
    """Make all of them anew: the vectors stand in other rows."""
    connection.execute("DELETE FROM arrays")
    add(connection, 0)


def _blocks(passages: "NDArray[Any]") -> "Iterable[tuple[int, NDArray[Any]]]":
    import numpy as np

    blocks, starts = np.unique(passages["number"] >> _BITS, return_index=True)
    return zip(blocks.tolist(), np.split(passages, starts[1:]), strict=True)
