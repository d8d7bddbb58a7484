"""What a format module hands to ``read``: a document before it is cleaned and named."""

from dataclasses import dataclass
from typing import NamedTuple

from qa.times.intervals import Claimed


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of ``qa.data.Document`` as one format tells them, not yet checked.

    ``text`` may hold control characters; ``title`` may be junk; ``published`` is
    what the file says of itself, ``saved`` when a program says to have made it; either may be
    absurd.
    ``parts`` are what in the file is a document of its own (an attachment, a file of an archive);
    ``remarks`` say what of the file could not be read, or not as it is shown elsewhere, each as
    the end of a sentence ("page 3 is a picture").  ``is_rows`` is True of tables and logs: their
    dates are of their rows, and tell nothing of when they were written.
    """

    text: str
    title: str | None = None
    author: str | None = None
    published: Claimed | None = None
    saved: Claimed | None = None
    page_starts: tuple[int, ...] = ()
    parts: tuple["Part", ...] = ()
    remarks: tuple[str, ...] = ()
    is_rows: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside of a file: its name, with its suffix, and its bytes or why there are none.

    ``published`` is when it was sent or packed, for a document that does not tell by itself.
    """

    name: str
    data: bytes
    reason: str = ""
    published: Claimed | None = None


class Raw(NamedTuple):
    """One file as it was taken from the disk.

    ``suffix`` is in lower case with its dot; ``limit`` is the largest size in bytes that
    the file's text, or an archive once unpacked, may grow to.
    """

    data: bytes
    suffix: str
    limit: int
