"""What a shared library asks of the engine that keeps it: two collections, filters, what is near.

``NAME_N`` holds the passages: their vectors and their terms.  ``NAME`` is the catalog: rows of a
kind and a name with a body in JSON, the parts of long texts, an index of words.  N grows with every
rebuild.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from qa.settings.address import Address

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOREVER = 2**62
"""The generation in which a row that is in force ends."""

PASSAGE = ("number", "id", "document_id", "first", "last", "body", "vector_id")
"""The fields that a passage is made of again."""

NAMES = 1000
"""How many values a filter may hold."""


class Is(NamedTuple):
    """What has to be true of a field of a row."""

    field: str
    how: Literal["==", "!=", "<=", ">", "<", "in", "not in"]
    value: int | str | Sequence[int] | Sequence[str]


Where = tuple[Is, ...]
"""What has to be true of a row, all of it."""


def live(generation: int) -> Where:
    """The rows that are in force in a generation."""
    return Is("born", "<=", generation), Is("died", ">", generation)


class Ranking(Protocol):
    """What an engine says that knows BM25."""

    def holding(self, collection: str, term: str, where: Where, level: str) -> int:
        """How many passages of which ``where`` is true hold a term."""

    def matching(
        self, collection: str, terms: Sequence[str], where: Where, limit: int, level: str
    ) -> dict[int, list[str]]:
        """The passages that the engine puts first for ``terms``: number to all their terms."""


class Engine(Protocol):
    """The collections of one library; safe to share between threads.

    ``level`` says how fresh an answer has to be: "Strong" holds every write that was acknowledged,
    "Bounded" may be some seconds old.  Every method raises LibraryError where the engine does not
    answer or refuses.
    """

    address: Address

    @property
    def ranking(self) -> Ranking | None:
        """How it ranks words; None where an index of words is kept in the catalog: ``words``."""

    def has(self, collection: str) -> bool:
        """Tell whether there is such a collection."""

    def drop(self, collection: str) -> None:
        """Delete a collection with all that is in it."""

    def create_catalog(self) -> None:
        """Make the collection of the catalog, if it is not there."""

    def create_passages(self, collection: str, width: int) -> None:
        """Make a collection of passages, whose vectors have ``width`` dimensions."""

    def put(self, collection: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows; those of known keys are replaced."""

    def delete(self, collection: str, where: Where) -> None:
        """Forget the rows of which ``where`` is true."""

    def rows(
        self, collection: str, where: Where, fields: Sequence[str], level: str = "Strong"
    ) -> list[dict[str, Any]]:
        """The rows of which ``where`` is true, few enough for one message."""

    def pages(
        self, collection: str, where: Where, fields: Sequence[str], level: str = "Strong"
    ) -> Iterator[dict[str, Any]]:
        """The rows of which ``where`` is true, however many they are."""

    def count(self, collection: str, where: Where, level: str = "Strong") -> int:
        """How many rows there are of which ``where`` is true."""

    def nearest(
        self, collection: str, vector: "NDArray[np.float32]", where: Where, limit: int, level: str
    ) -> dict[int, float]:
        """The passages whose vectors are nearest: number to cosine."""

    def cosines(
        self, collection: str, vector: "NDArray[np.float32]", numbers: Sequence[int], level: str
    ) -> dict[int, float]:
        """The cosines of the passages of these numbers."""


def key(*parts: object) -> str:
    """The key of a catalog row: a hash of what names it, for names may be long."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:40]


def token(term: str) -> str:
    """A term as letters and digits alone, that every analyser of the engine takes as one word.

    >>> token("busi"), token("3.5")
    ('busi', '0x332e35')
    """
    if term.isascii() and term.isalnum() and not term.startswith("0x"):
        return term
    return "0x" + term.encode("utf-8", "surrogatepass").hex()


def term(said: str) -> str:
    """The term of a token.

    >>> term("0x332e35")
    '3.5'
    """
    if said.startswith("0x"):
        return bytes.fromhex(said[2:]).decode("utf-8", "surrogatepass")
    return said


def parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Names, as many at a time as a filter may hold."""
    for i in range(0, len(names), NAMES):
        yield names[i : i + NAMES]
