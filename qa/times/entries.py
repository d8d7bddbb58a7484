"""What the places of one text count from: the date of a log's entry, of a mail that is quoted.

A line that begins with a day dates what follows: below a heading or a line of its own up to the
next, in a line with words up to its paragraph's end, in a row of a table that row.  So does a
heading that ends with one.  A day without its year, and a weekday of a document of one week, are
counted from when the document was written; where that does not tell, a day without its year comes
after the entry before, and so does a weekday that is a line of its own, where that entry is headed
by one too ("Tuesday 6 August 2019", "Wednesday").
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from qa.times.direction import is_ahead
from qa.times.expressions import atoms, expressions
from qa.times.intervals import Interval, containing, on
from qa.times.words import spoken, words

_LABEL = (
    r"(?:date|day|time(?:stamp)?|when|sent|datum|gesendet|envoyé|fecha|enviado|日期|发送时间)"
    r"\**\s*[:：|]\s*"
)
_OPENS = re.compile(
    rf"^\ufeff?[ \t#*_>|\[(•-]*(?:(?P<label>{_LABEL})|(?P<on>on|am|le|el)\s+"
    rf"|(?P<column>[^\W\d][\w ]{{0,20}}: ))?(?=[^\n]{{0,20}}\d)(?P<date>"
    r"(?:[^\W\d]{2,10}\.?,?[ \t]+)?(?:den[ \t]+)?(?:\d{4}[ \t]?[-/.年][ \t]?\d{1,2}"
    r"|\d{1,2}[-/.][ \t]?\d{1,2}[-/.]\d{4}"
    r"|\d{1,2}(?:st|nd|rd|th|\.|er)?(?:[ \t]+(?:de[ \t]+)?[^\W\d]{3,}|[ \t]*$)"
    r"|[^\W\d]{3,}\.?[ \t]+\d{1,2}\b)[^\n]*)$",
    re.I | re.M,
)
_HEADED = re.compile(r"^(?:#{1,6} |[-=*_~]{2,}\s?)(?P<head>[^\n]*)$", re.M)
_WEEKDAY = re.compile(r"^[ \t#*_>|\[-]*(?P<wd>[A-Z][a-z]{2,8})(?=[\s.,:])", re.M)
_ALONE = re.compile(r"^[ \t#*_>-]*(?P<wd>[^\W\d]{2,10})[ \t*_:.]*$", re.M)
_SHORT_WEEKDAY = re.compile(r"[^\W\d]{2,4}\.,?[ \t]+(?=\d)")  # "Mo., 3. Juni 2024"
_SOON = timedelta(days=92)  # how soon an entry follows the one before
_CLOSES = re.compile(r"[\])*_]*\s*(?:T?\d\d?[:.h]\d\d|$|[:,.;|–—-]|\s{2})|[\])*_]+\s")
_WROTE = re.compile(r"(?:wrote|schrieb|écrit|escribió)\b[^\n]{0,60}:\s*$|写道\s*[:：]\s*$", re.I)
_TAIL = re.compile(r"\W*(?:T?\d\d?[:.h]\d\d(?::\d\d)?\W*(?:[A-Z]{1,4}|Uhr|h)?)?\W*")
_ROW = re.compile(r"\s*\||;\s")
_NEXT = re.compile(r"^#{1,6} ", re.M)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_HEADER = re.compile(r"^[>* ]*(?:From|Von|De|发件人)\W?[:：]", re.M)
_HEADERS = 120  # characters between a mail's date and its sender
_SUBJECT = re.compile(r"^[>* ]*(?:Subject|Sent|Betreff|Objet|Asunto|主题)\W?[:：]", re.M)
_HEADS = 2  # paragraphs that a text's own head may have
_SHORT = 80  # characters of a line that only heads what stands below
_SENTENCE = re.compile(r"[.!?][\s*_]*$")
_LEAST = 2  # days that make entries of dated lines; one is the text's own

Kind = Literal["heading", "line", "row", "record", "mail"]


class Entry(NamedTuple):
    """A place that has a date of its own."""

    start: int
    end: int
    day: Interval
    kind: Kind = "line"


def entry_at(text: str, offset: int, written: Interval | None = None) -> Entry | None:
    """The entry that the place ``offset`` of a text written then belongs to."""
    found = entries(text, written)
    near = bisect_right(found, offset, key=lambda one: one.start) - 1
    return found[near] if near >= 0 and offset < found[near].end else None


@lru_cache(maxsize=64)
def entries(text: str, written: Interval | None = None) -> tuple[Entry, ...]:
    """The entries of a text in order; none where its dated lines are of one day."""
    found = [*_dated_lines(text, written), *_dated_heads(text)]
    if written is not None and written == containing(written.start, "week"):
        for match in _WEEKDAY.finditer(text):
            if (number := _weekday(match["wd"])) is not None:
                day = written.start + timedelta(days=number)
                found.append((match.start(), match.end(), on(day), "line"))
    found.sort(key=lambda one: one[0])
    own = [one for one in found if one[3] != "mail"]
    if len({one[2] for one in own}) < _LEAST:
        found = [one for one in found if one[3] == "mail"]
    ends = [*(one[0] for one in found[1:]), len(text)][: len(found)]
    return tuple(
        Entry(start, _end(text, stop, after, kind), time, kind)
        for (start, stop, time, kind), after in zip(found, ends, strict=True)
    )


_Found = tuple[int, int, Interval, Kind]
"""Where a line begins and ends, its day, and what it is."""


def only_day(text: str) -> Interval | None:
    """The day that several lines of a text begin with, where all that do are of one."""
    found = [time for _, _, time, kind in _dated_lines(text, None) if kind == "line"]
    return found[0] if len(found) > 1 and len(set(found)) == 1 else None


def _dated_heads(text: str) -> Iterator[_Found]:
    """Headings that end with a day: "## 4.2 (2024-05-21)", "--- Ann, 2024-05-21 08:14 ---"."""
    for match in _HEADED.finditer(text):
        named = [one for one in expressions(match["head"], None) if one.interval]
        if len(named) == 1 and named[0].start and named[0].interval:
            day = named[0].interval
            if day.start == day.end and _TAIL.fullmatch(match["head"], named[0].end):
                yield match.start(), match.end(), day, "heading"


def _dated_lines(text: str, written: Interval | None) -> Iterator[_Found]:
    """Lines that begin with a day."""
    before: Interval | None = None
    by_weekday = False
    lines = sorted((*_OPENS.finditer(text), *_ALONE.finditer(text)), key=lambda one: one.start())
    for match in lines:
        if match.re is _ALONE:
            next_day = _weekday_after(match["wd"], before) if before and by_weekday else None
            if next_day:
                before = next_day
                yield match.start(), match.end(), next_day, "heading"
            continue
        line = match["date"]
        day = _day(line, written) or (_day_after(line, before) if before else None)
        if day is None:
            continue
        end, time = day
        around = text[max(match.start() - _HEADERS, 0) : match.end() + _HEADERS]
        if match["label"] and _HEADER.search(around):
            if text.count("\n\n", 0, match.start()) < _HEADS and not _SUBJECT.search(around):
                continue  # the text's own head
            kind: Kind = "mail"
        elif match["on"]:
            if not _WROTE.search(line):
                continue
            kind = "mail"
        elif not _CLOSES.match(line, end):
            continue
        elif match["column"]:
            if not _ROW.match(line, end) or is_ahead(match["column"]):
                continue
            kind = "record"
        elif _ROW.match(line, end):
            kind = "row"
        else:
            alone = _TAIL.fullmatch(line, end) or _is_apart(text, match)
            kind = "heading" if alone else "line"
        if kind in ("heading", "line"):
            before, by_weekday = time, _weekday(line[: line.find(" ")]) is not None
        yield match.start(), match.end(), time, kind


def _is_apart(text: str, line: re.Match[str]) -> bool:
    """Whether a line is a paragraph by itself and no sentence: "**2023-06-20 09:05, Ann**"."""
    start, end = line.span()
    opens = start == 0 or text.endswith("\n\n", 0, start)
    is_own = opens and text.startswith("\n\n", end)
    return is_own and end - start <= _SHORT and not _SENTENCE.search(line.group())


def _weekday(word: str) -> int | None:
    """The number of a weekday, 0 for Monday; None of another word."""
    for language in spoken(word):
        for one in words(word, language):
            if one.kind in ("weekday", "short") and (one.start, one.end) == (0, len(word)):
                return int(one.value)
    return None


def _weekday_after(word: str, before: Interval) -> Interval | None:
    """The next day of that name after ``before``."""
    number = _weekday(word)
    if number is None:
        return None
    return on(before.end + timedelta(days=(number - before.end.weekday() - 1) % 7 + 1))


def _day_after(line: str, before: Interval) -> tuple[int, Interval] | None:
    """A day without its year, as ``_day`` gives it: the first not before ``before``."""
    first = next(iter(atoms(line[:60])), None)
    if first is None or first.start > 1 or first.reading.make is None:
        return None
    for year in (before.start.year, before.start.year + 1):
        day = first.reading.make(year)
        if day and day.start == day.end and timedelta(0) <= day.start - before.start <= _SOON:
            return first.end, day
    return None


def _day(line: str, written: Interval | None) -> tuple[int, Interval] | None:
    """Where the date that a line begins with ends, and the day."""
    short = _SHORT_WEEKDAY.match(line)
    opens = short.end() if short else 0
    first = next((one for one in expressions(line[:60], written) if one.end > opens), None)
    if first is None or first.start > opens + 1 or first.interval is None:
        return None
    if first.text[:1].islower():
        return None
    return (first.end, first.interval) if first.interval.start == first.interval.end else None


def _end(text: str, stop: int, after: int, kind: Kind) -> int:
    """Where an entry whose line ends at ``stop`` is over, at the latest at the next one."""
    if kind in ("row", "record"):
        return min(stop, after)
    if kind == "mail":
        return after
    close = (_PARAGRAPH if kind == "line" else _NEXT).search(text, stop, after)
    return close.start() if close else after
