"""The arrays of passages say what the catalog says, whatever was done to it."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from qa.library.local import arrays, catalog


@given(st.lists(st.integers(1, 5_000), unique=True, max_size=12), st.sets(st.integers(0, 11)))
def test_what_is_added_and_removed(numbers: list[int], gone: set[int]) -> None:
    """Numbers in any blocks: each passage's number, length and row stand there until it goes."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    catalog.create(connection, {})
    for number in sorted(numbers):
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (f"v{number}", 7 * number))
        connection.execute(
            "INSERT INTO passages VALUES (?1, ?1, 'd', 0, 0, NULL, NULL, '[]', ?2, ?3)",
            (number, f"v{number}", number % 50),
        )
        arrays.add(connection, number)
    lost = {number for i, number in enumerate(sorted(numbers)) if i in gone}
    arrays.remove(connection, lost)
    left = [(one, one % 50, 7 * one) for one in sorted(set(numbers) - lost)]
    assert arrays.read(connection).tolist() == left
    connection.close()
