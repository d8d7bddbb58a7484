"""The times that a quoted sentence speaks of, counted from when its document was written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import Protocol

from qa.data import Citation, Dated, Document, Sentence
from qa.times.digits import day_first, is_open
from qa.times.entries import Entry, entry_at
from qa.times.expressions import AS_WRITTEN, COUNTED_YEAR, expressions
from qa.times.intervals import Expression, Interval, on
from qa.times.words import spoken, words

GIVEN = "set by the user"
"""The basis of a date that a user gave a document: it goes before what the text says."""
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_REACH = 400
_WEEK = timedelta(days=7)
_FIGURE = re.compile(r"\d")
_THEN = "the next one, or that of the days told before"
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


def dates_of(document: Document, sentence: Sentence, *, both: bool = False) -> tuple[Dated, ...]:
    """The temporal expressions of a sentence that can be resolved, in order.

    With ``both`` also those that mean one of two times, which ``other`` tells.
    """
    return tuple(_shown(_expressions(document, sentence), both=both))


def _shown(found: Iterable[Expression], *, both: bool) -> Iterator[Dated]:
    for one in found:
        if one.interval is not None:
            yield Dated(one.text, one.interval.start, one.interval.end, one.basis, one.relative)
        elif one.either is not None and both:
            last, coming = one.either
            other = coming.start, coming.end
            yield Dated(one.text, last.start, last.end, one.basis, one.relative, other)


def counted(document: Document, sentence: Sentence) -> tuple[Expression, ...]:
    """The expressions of a sentence that do not name their own time, resolved or not, in order."""
    return tuple(one for one in _expressions(document, sentence) if is_counted(one))


def is_counted(one: Expression | Dated) -> bool:
    """Whether a time is told by another one, not by its own words."""
    return one.relative and not one.basis.startswith(AS_WRITTEN)


def told(times: Iterable[Expression]) -> str:
    """What expressions mean, where it is known: "last year = 2022; yesterday = 2023-02-15"."""
    return "; ".join(dict.fromkeys(meaning(one) for one in _shown(times, both=True)))


def meaning(one: Dated) -> str:
    """What an expression means: "last year = 2022", "Friday = 2024-03-08 or 2024-03-15"."""
    days = days_text(one.start, one.end)
    return f"{one.text} = {days}" + (f" or {days_text(*one.other)}" if one.other else "")


def _expressions(document: Document, sentence: Sentence) -> tuple[Expression, ...]:
    text, (start, end) = document.text, (sentence.start, sentence.end)
    written = anchor(document)
    entry = _entry(document, start)
    written = entry.day if entry else None if _is_quoted(text, start) else written
    heads, said = _columns(text, start), text[start:end]
    first = day_first(text) if is_open(said) else None
    if not heads:
        found = expressions(said, written, _before(text, start), first)
        first_place = max(entry.start if entry else 0, start - _REACH)
        earlier = text[first_place:start]
        found = tuple(_not_of_story(one, earlier, written) for one in found)
        found = tuple(_or_then(one, earlier, written) for one in found)
    else:
        found = _cells(said, heads, written, first)
    if entry is None:
        return found
    basis = f"the entry of {entry.day}"
    return tuple(
        replace(one, basis=one.basis.replace("the publication date", basis)) for one in found
    )


def entry_day(document: Document, place: int) -> date | None:
    """The day of the entry, or of the mail that is quoted, in which a place stands.

    None where that is the day of the document, or was set by the user, and for a table's row,
    which says its day itself.
    """
    entry = _entry(document, place)
    return entry.day.start if entry is not None and entry.kind != "row" else None


def _entry(document: Document, place: int) -> Entry | None:
    """The entry of another day than the document's, unless a user set that."""
    written = anchor(document)
    entry = entry_at(document.text, place, written)
    if entry is None or entry.day == written or document.date_basis == GIVEN:
        return None
    return entry


def _is_quoted(text: str, start: int) -> bool:
    """Whether a place is in a quotation below a line that leads to it ("Olo wrote:")."""
    lines = text[max(0, start - _REACH * 10) : start + 1].split("\n")
    if not lines[-1].lstrip().startswith(">"):
        return False
    above = (one.rstrip() for one in reversed(lines) if one.strip() and not one.startswith(">"))
    return next(above, "").endswith((":", "："))


def _cells(
    row: str, heads: Sequence[str], written: Interval | None, first: bool | None
) -> tuple[Expression, ...]:
    """The expressions of a table's row, each cell read after the head of its column."""
    found, place = [], 0
    for cell, head in zip_longest(row.split("|"), heads, fillvalue=""):
        label = f"{head.strip()}: " if head.strip() else ""
        shift = place - len(label)
        for one in expressions(label + cell, written, None, first):
            if one.start >= len(label):
                found.append(replace(one, start=one.start + shift, end=one.end + shift))
        place += len(cell) + 1
    return tuple(found)


def _columns(text: str, start: int) -> Sequence[str]:
    """The heads of the columns above the row at ``start``; empty where there is no table."""
    end = text.find("\n", start)
    if "|" not in text[start : end if end >= 0 else len(text)]:
        return ()
    lines = text[max(start - _REACH * 10, 0) : text.rfind("\n", 0, start) + 1].splitlines()
    head = ""
    while lines and "|" in lines[-1]:
        head = lines.pop()
    inside = text[text.rfind("\n", 0, start) + 1 : start].count("|")  # "| a | b |" is read from a
    return head.split("|")[inside:]


def _not_of_story(one: Expression, before: str, written: Interval | None) -> Expression:
    """``one``, left open where its paragraph ``before`` it told of an earlier year: maybe of that.

    "On 16 March 2022 the ceiling came down.  She left at the end of August." of 2022 or 2023.
    """
    if one.interval is None or written is None or one.interval.end >= written.start:
        return one
    if not one.basis.startswith(COUNTED_YEAR):
        return one
    years = _YEAR.findall(before.rpartition("\n\n")[2])
    if years and int(years[-1]) < one.interval.start.year:
        return replace(one, interval=None, basis="of the story, or of the present")
    return one


def _or_then(one: Expression, before: str, written: Interval | None) -> Expression:
    """``one``, a weekday to come, left open where days told ``before`` it lie ahead and have one.

    "The fair is on 7 to 9 November.  I can drive on Thursday": the next one, or that of the fair.
    """
    day = one.interval
    if day is None or written is None or not one.basis.startswith(COUNTED_YEAR):
        return one
    if day.start != day.end or not timedelta(0) < day.start - written.end <= _WEEK:
        return one
    known = {word.kind for code in spoken(one.text) for word in words(one.text, code)}
    if "weekday" not in known or _FIGURE.search(one.text):
        return one
    for told in expressions(before, written):
        days, named = told.interval, told.basis.startswith((AS_WRITTEN, COUNTED_YEAR))
        if named and days and day.end < days.start and days.end - days.start < _WEEK:
            later = timedelta(days=(day.start - days.start).days % 7)
            if days.start < days.end and later <= days.end - days.start:
                either = day, on(days.start + later)
                return replace(one, interval=None, either=either, basis=_THEN)
    return one


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


def when_text(citation: Citation) -> str:
    """When a quotation was written, as far as it is known: its entry, or its document."""
    return written_text(citation.entry or citation.published, citation.written)


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
