"""What a format module hands to ``read``: a document before it is cleaned and named."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Dated(NamedTuple):
    """A date and where it was found, for a reader ("front matter")."""

    day: date
    basis: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of ``qa.data.Document`` as one format tells them, not yet checked.

    ``text`` may hold control characters; ``title`` may be junk; ``published`` may be absurd.
    """

    text: str
    title: str | None = None
    author: str | None = None
    published: Dated | None = None
    page_starts: tuple[int, ...] = ()


class Raw(NamedTuple):
    """One file as it was taken from the disk.

    ``suffix`` is in lower case with its dot; ``limit`` is the largest size in bytes that
    the file's text, or an archive once unpacked, may grow to.
    """

    data: bytes
    suffix: str
    limit: int
