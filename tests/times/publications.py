"""Texts and when they were written, from the text files beside this one."""

from typing import NamedTuple

from qa.times.intervals import Interval
from tests.times.triples import FOLDER, interval


class Text(NamedTuple):
    """A text and the days on one of which it was written; None: it does not tell."""

    name: str
    text: str
    expected: Interval | None


def texts(name: str) -> list[Text]:
    """The texts of a file."""
    found = []
    for block in (FOLDER / name).read_text(encoding="utf-8").split("=== ")[1:]:
        head, _, body = block.partition("\n")
        title, _, days = head.partition(" => ")
        found.append(Text(title, body, interval(days)))
    return found
