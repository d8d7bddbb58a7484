"""The times that a quoted sentence speaks of, counted from when its document was written."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from qa.data import Dated, Document, Sentence
from qa.times.expressions import AS_WRITTEN, expressions
from qa.times.intervals import Expression, Interval

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
    return tuple(
        Dated(one.text, one.interval.start, one.interval.end, one.basis, one.relative)
        for one in _expressions(document, sentence)
        if one.interval is not None
    )


def counted(document: Document, sentence: Sentence) -> tuple[Expression, ...]:
    """The expressions of a sentence that do not name their own time, resolved or not, in order."""
    found = _expressions(document, sentence)
    return tuple(one for one in found if one.relative and not one.basis.startswith(AS_WRITTEN))


def told(times: Iterable[Expression]) -> str:
    """What expressions mean, where it is known: "last year = 2022; yesterday = 2023-02-15"."""
    known = ((one.text, one.interval) for one in times if one.interval is not None)
    said = (f"{text} = {days_text(days.start, days.end)}" for text, days in known)
    return "; ".join(dict.fromkeys(said))


def _expressions(document: Document, sentence: Sentence) -> tuple[Expression, ...]:
    return expressions(
        document.text[sentence.start : sentence.end],
        anchor(document),
        _before(document.text, sentence.start),
    )


def _before(text: str, start: int) -> str:
    """The sentence before the one at ``start``."""
    near = text[max(start - _REACH, 0) : start].rstrip()
    return _END.split(near)[-1]


def written_text(published: date | None, written: tuple[date, date] | None) -> str:
    """When a document was written, as far as it is known: a day, a month, or from when to when."""
    if published is not None:
        return published.isoformat()
    if written is None:
        return ""
    start, end = written
    if (start.year, start.month) == (end.year, end.month):
        return f"{start:%B %Y}"
    return days_text(start, end)


def days_text(start: date, end: date) -> str:
    """Days as a reader takes them in: a day, a whole month or year, or from when to when."""
    if start == end:
        return start.isoformat()
    after = end + timedelta(days=1)
    if (start.month, start.day, after.month, after.day) == (1, 1, 1, 1) and (
        after.year == start.year + 1
    ):
        return f"{start:%Y}"
    if start.day == after.day == 1 and (after - start).days <= 31:
        return f"{start:%B %Y}"
    return f"{start.isoformat()} to {end.isoformat()}"
