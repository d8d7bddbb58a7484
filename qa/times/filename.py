"""The day that a file's name tells: "2024-03-05-minutes.txt", "notes 5 March 2024.txt".

A date is told by its form and by what stands beside it: a version, a number of something, a
phone number and a day that something is due by are none.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath

from qa.times.intervals import Interval, containing, moved, on
from qa.times.words import month_number

_NAMES = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_Y, _M, _D = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_BY = r"[ _.,-]{1,2}"
_START = r"(?<![^\W_])(?<!\d[.-])(?<![+#])"
_TIME = r"(?:[ _T-]?(?:[01]\d|2[0-3])[.:h-]?[0-5]\d(?:[.:-]?[0-5]\d)?Z?)?"
_END = r"(?![^\W_])(?![.-]\d)"

_WHOLE = (
    re.compile(rf"{_START}{_Y}(?P<by>[-_.]){_M}(?P=by){_D}(?:T[\d.:-]+Z?)?(?![^\W_])"),
    re.compile(rf"{_START}{_Y}{_M}{_D}{_TIME}{_END}"),
    re.compile(rf"{_START}{_D}\.{_M}\.{_Y}{_END}"),
    re.compile(rf"{_START}{_DAY}{_BY}{_NAMES}{_BY}{_Y}{_END}", re.I),
    re.compile(rf"{_START}{_NAMES}{_BY}{_DAY}{_BY}{_Y}{_END}", re.I),
    re.compile(rf"{_START}{_Y}{_BY}{_NAMES}{_BY}{_DAY}{_END}", re.I),
)
_PARTS = (
    re.compile(rf"{_START}{_NAMES}{_BY}{_Y}{_END}", re.I),
    re.compile(rf"{_START}{_Y}{_BY}{_NAMES}{_END}", re.I),
    re.compile(rf"{_START}{_Y}-{_M}{_END}"),
    re.compile(rf"{_START}Q(?P<q>[1-4])[ _.-]?{_Y}{_END}", re.I),
    re.compile(rf"{_START}{_Y}[ _.-]?Q(?P<q>[1-4]){_END}", re.I),
)
_OTHER = re.compile(  # what makes a number of something of what follows, or a day to come or past
    r"(?:^|[\W_])(?:v|ver|version|build|id|no|nr|number|num|ticket|case|ref"
    r"|reference|invoice|order|account|tel|phone|fax|mobile|call|model|serial|sku|isbn|patent"
    r"|due|by|until|till|before|after|since|to|deadline|expires?|expiry|valid|effective"
    r"|starting|ending|ends|starts|agenda|invitation|plan|programme|program|schedule|forecast"
    r"|outlook|born|anniversary)[\W_]*$",
    re.I,
)


def named_days(paths: Sequence[str]) -> Interval | None:
    """When a document of the files ``paths`` was written, by what they are called.

    A day is that day.  Of a month or a quarter one writes then or soon after: the time runs
    on to the end of the next one.  None where no name tells, or they tell several times, or
    one to come.
    """
    found = {time for path in paths for time in _told(PurePosixPath(path).stem)}
    if len(found) != 1:
        return None
    (time,) = found
    return time if time is not None and time.start <= date.today() else None


def _told(name: str) -> Iterator[Interval | None]:
    """The times in a name, None for one that is of something else."""
    taken: list[tuple[int, int]] = []
    for pattern in (*_WHOLE, *_PARTS):
        for match in pattern.finditer(name):
            start, end = match.span()
            if any(a < end and start < b for a, b in taken):
                continue
            time = _meant(match)
            if time is not None:
                taken.append((start, end))
                yield None if _OTHER.search(name[:start]) else time


def _meant(match: re.Match[str]) -> Interval | None:
    found = match.groupdict()
    year = int(found["y"])
    if found.get("q"):
        first = containing(date(year, 3 * int(found["q"]) - 2, 1), "quarter")
        return Interval(first.start, moved(first.start, "quarter", 2) - timedelta(days=1))
    month = month_number(found["month"].capitalize()) if found.get("month") else int(found["m"])
    if found.get("d") is None:
        if "month" not in found and month == (year + 1) % 100:
            return None  # "2003-04" may be a year that begins in one and ends in the next
        start = date(year, month, 1)
        return Interval(start, moved(start, "month", 2) - timedelta(days=1))
    try:
        return on(date(year, month, int(found["d"])))
    except ValueError:
        return None
