"""The times that a quoted sentence speaks of, counted from when its document was written."""

import re
from datetime import date
from typing import Protocol

from qa.data import Dated, Document, Sentence
from qa.times.expressions import expressions
from qa.times.intervals import Interval

_REACH = 400
_END = re.compile(r"[.!?][\"”’)]?\s+(?=[\"“(]?[A-Z])|\n\s*\n")


class Written(Protocol):
    """What knows when it was written: a ``Document``, a ``Citation``, a ``Source``."""

    @property
    def published(self) -> date | None:
        """The day, where it is known."""

    @property
    def written(self) -> tuple[date, date] | None:
        """The first and the last day it can be of, where the day is not known."""


def is_newer(one: Written, other: Written) -> bool:
    """Tell whether ``one`` was certainly written on a later day than ``other``."""
    mine, its = anchor(one), anchor(other)
    return mine is not None and its is not None and mine.start > its.end


def anchor(document: Written) -> Interval | None:
    """The days on one of which ``document`` was written, as far as they are known."""
    if document.published is not None:
        return Interval(document.published, document.published)
    return Interval(*document.written) if document.written else None


def dates_of(document: Document, sentence: Sentence) -> tuple[Dated, ...]:
    """The temporal expressions of a sentence that can be resolved, in order."""
    found = expressions(
        document.text[sentence.start : sentence.end],
        anchor(document),
        _before(document.text, sentence.start),
    )
    return tuple(
        Dated(one.text, one.interval.start, one.interval.end, one.basis, one.relative)
        for one in found
        if one.interval is not None
    )


def _before(text: str, start: int) -> str:
    """The sentence before the one at ``start``."""
    near = text[max(start - _REACH, 0) : start].rstrip()
    return _END.split(near)[-1]
