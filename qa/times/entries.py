"""What the places of one text count from: the date of a log's entry, of a mail that is quoted.

A line that begins with a day dates what follows: below a heading or a line of its own up to the
next, in a line with words up to its paragraph's end, in a row of a table that row.
"""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Literal, NamedTuple

from qa.times.expressions import atoms
from qa.times.intervals import Interval
from qa.times.readings import Scope

_LABEL = (
    r"(?:date|day|time(?:stamp)?|when|sent|datum|gesendet|envoyé|fecha|enviado|日期|发送时间)"
    r"\**\s*[:：|]\s*"
)
_OPENS = re.compile(
    rf"^[ \t#*_>|\[(•-]*(?:(?P<label>{_LABEL})|(?P<on>on|am|le|el)\s+)?(?=[^\n]{{0,20}}\d)(?P<date>"
    r"(?:[^\W\d]{2,10}\.?,?\s+)?(?:den\s+)?(?:\d{4}\s?[-/.年]\s?\d{1,2}"
    r"|\d{1,2}[-/.]\s?\d{1,2}[-/.]\d{4}|\d{1,2}(?:st|nd|rd|th|\.|er)?\s+(?:de\s+)?[^\W\d]{3,}"
    r"|[^\W\d]{3,}\.?\s+\d{1,2}\b)[^\n]*)$",
    re.I | re.M,
)
_CLOSES = re.compile(r"[\])*_]*\s*(?:T?\d\d?[:.h]\d\d|$|[:,.;|–—-]|\s{2})|[\])*_]+\s")
_WROTE = re.compile(r"(?:wrote|schrieb|écrit|escribió)\b[^\n]{0,60}:\s*$|写道\s*[:：]\s*$", re.I)
_ROW = re.compile(r"\s*\||;\s")
_NEXT = re.compile(r"^#{1,6} ", re.M)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_HEADER = re.compile(r"^[>* ]*(?:From|Von|De|发件人)\W?[:：]", re.M)
_HEADERS = 120  # characters between a mail's date and its sender
_LEAST = 2  # days that make entries of dated lines; one is the text's own

Kind = Literal["heading", "line", "row", "mail"]


class Entry(NamedTuple):
    """A place that has a date of its own."""

    start: int
    end: int
    day: Interval


def entry_at(text: str, offset: int) -> Entry | None:
    """The entry that the place ``offset`` belongs to."""
    found = entries(text)
    near = bisect_right(found, offset, key=lambda one: one.start) - 1
    return found[near] if near >= 0 and offset < found[near].end else None


@lru_cache(maxsize=64)
def entries(text: str) -> tuple[Entry, ...]:
    """The entries of a text in order; none where its dated lines are of one day."""
    found: list[tuple[int, int, Interval, Kind]] = []
    for match in _OPENS.finditer(text):
        line = match["date"]
        day = _day(line)
        if day is None:
            continue
        end, time = day
        around = text[max(match.start() - _HEADERS, 0) : match.end() + _HEADERS]
        if match["label"] and _HEADER.search(around):
            kind: Kind = "mail"
        elif match["on"]:
            if not _WROTE.search(line):
                continue
            kind = "mail"
        elif not _CLOSES.match(line, end):
            continue
        elif _ROW.match(line, end):
            kind = "row"
        else:
            kind = "line" if re.search(r"\w", line[end:]) else "heading"
        found.append((match.start(), match.end(), time, kind))
    own = [one for one in found if one[3] != "mail"]
    if len({one[2] for one in own}) < _LEAST:
        found = [one for one in found if one[3] == "mail"]
    ends = [*(one[0] for one in found[1:]), len(text)][: len(found)]
    return tuple(
        Entry(start, _end(text, stop, after, kind), time)
        for (start, stop, time, kind), after in zip(found, ends, strict=True)
    )


def _day(line: str) -> tuple[int, Interval] | None:
    """Where the date that a line begins with ends, and the day."""
    found = atoms(line[:60])
    if not found or found[0].start > 1 or found[0].reading.kind != "absolute":
        return None
    time = found[0].reading.meaning(Scope(None))
    return (found[0].end, time) if time is not None and time.start == time.end else None


def _end(text: str, stop: int, after: int, kind: Kind) -> int:
    """Where an entry whose line ends at ``stop`` is over, at the latest at the next one."""
    if kind == "row":
        return min(stop, after)
    if kind == "mail":
        return after
    close = (_PARAGRAPH if kind == "line" else _NEXT).search(text, stop, after)
    return close.start() if close else after
