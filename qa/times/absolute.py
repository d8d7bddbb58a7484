"""Expressions that name a day, month, quarter, season or year, with the year or without."""

import re
from datetime import date, timedelta

from qa.times.intervals import Interval, containing, months, moved, on, part, year
from qa.times.readings import VAGUE, Make, Sense, absolute, in_year
from qa.times.words import (
    day_number,
    month_number,
    number,
    ordinal,
    weekday_number,
)

_EDGES = {"beginning": "start", "start": "start", "middle": "mid", "end": "end"}


def _words(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    return found.get("y") or found.get("ref")


def modified(interval: Interval | None, modifier: str | None) -> Interval | None:
    """The early, middle or late part; "the end of" a year or quarter is its last month."""
    if interval is None or not modifier:
        return interval
    word = modifier.lower().removeprefix("the ").split()[0]
    edge = _EDGES.get(word, word)
    if edge in ("early", "mid", "late"):
        return part(interval, edge)
    if interval == containing(interval.start, "month"):
        return part(interval, "early" if edge == "start" else "late")
    return containing(interval.start if edge == "start" else interval.end, "month")


def _note(match: re.Match[str]) -> str:
    return "approximate" if match.groupdict().get("mod") else ""


def _safe(number: int, month: int, day: int) -> date | None:
    try:
        return date(number, month, day)
    except ValueError:
        return None


def day_reading(match: re.Match[str]) -> Sense | None:
    """Read "Monday, March 4, 2024"; where weekday and date disagree neither is believed."""
    month, day = month_number(match["month"]), day_number(match["day"])
    last = day_number(match["last"]) if match.groupdict().get("last") else day
    if last < day:
        return None  # "No. 31 - 4 August"
    weekday = weekday_number(match["wd"]) if match.groupdict().get("wd") else None

    def make(number: int) -> Interval | None:
        start, end = _safe(number, month, day), _safe(number, month, last)
        if start is None or end is None or end < start:
            return None
        if weekday is not None and start.weekday() != weekday:
            return None
        return Interval(start, end)

    return in_year(make, _words(match))


def month_reading(match: re.Match[str]) -> Sense:
    """A month, with its year or without."""
    month = month_number(match["month"])
    modifier = match["mod"]
    make: Make = lambda number: modified(months(number, month, month), modifier)  # noqa: E731 - a closure
    return in_year(make, _words(match), note=_note(match))


def month_short_year_reading(match: re.Match[str]) -> Sense:
    """Read "Feb '23"."""
    month = month_number(match["month"])
    return absolute(months(2000 + int(match["yy"]), month, month))


def numeric_reading(match: re.Match[str]) -> Sense | None:
    """Year, month and day in figures whose order is certain."""
    day = _safe(int(match["y"]), int(match["m"]), int(match["d"]))
    return absolute(on(day)) if day else None


def slashed_reading(match: re.Match[str]) -> Sense | None:
    """Read "25/03/2019"; nothing where month and day may be either way round."""
    number, a, b = int(match["y"]), int(match["a"]), int(match["b"])
    readings = {day for day in (_safe(number, a, b), _safe(number, b, a)) if day}
    if len(readings) == 1:
        return absolute(on(readings.pop()))
    return absolute(None, "day and month may be either way round") if readings else None


def _span(match: re.Match[str], size: int, which: int) -> Sense:
    first = size * (which - 1) + 1
    modifier = match.groupdict().get("mod")
    make: Make = lambda number: modified(  # noqa: E731 - a closure
        months(number, first, first + size - 1), modifier
    )
    note = "calendar quarter" if size == 3 else ""
    return in_year(make, _words(match), whole=True, note=note)


def quarter_reading(match: re.Match[str]) -> Sense:
    """A calendar quarter; nothing of a fiscal one."""
    if match["fiscal"]:
        return VAGUE._replace(note="where its fiscal year begins is not known")
    which = match["q"]
    return _span(match, 3, ordinal(which) if not which.isdigit() else int(which))


def half_reading(match: re.Match[str]) -> Sense:
    """A half of a calendar year; nothing of a fiscal one."""
    if match["fiscal"]:
        return VAGUE._replace(note="where its fiscal year begins is not known")
    which = match["q"]
    return _span(match, 6, ordinal(which) if not which.isdigit() else int(which))


def first_months_reading(match: re.Match[str]) -> Sense | None:
    """Read "the first nine months of 2022"."""
    count = number(match["n"])
    if not 1 <= count <= 12:
        return None
    late = match["which"].lower() in ("last", "final")
    first, last = (13 - count, 12) if late else (1, count)
    return in_year(lambda number: months(number, first, last), _words(match), whole=True)


def season_reading(match: re.Match[str]) -> Sense | None:
    """Meteorological seasons of the north; a winter only where both its years are named."""
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9}.get(match["season"].lower())
    if first is None:
        return absolute(None, "a winter lies in two years")
    if match["season"].lower() == "fall" and match["ref"] and " of " not in match.group():
        return None  # "sales will fall this year"
    begin = first
    make: Make = lambda number: modified(months(number, begin, begin + 2), match["mod"])  # noqa: E731 - a closure
    return in_year(make, _words(match), whole=True, note="season of the northern hemisphere")


def winter_reading(match: re.Match[str]) -> Sense | None:
    """Read "winter 2019/20", from December to February."""
    number = int(match["y"])
    if (number + 1) % 100 != int(match["next"][-2:]):
        return None
    interval = Interval(date(number, 12, 1), moved(date(number + 1, 3, 1), "day", -1))
    return absolute(interval, "season of the northern hemisphere")


def ended_reading(match: re.Match[str]) -> Sense | None:
    """Read "the quarter ended March 31, 2023": so many months up to the end of that one."""
    size = match["size"].lower()
    month, last = month_number(match["month"]), match["day"]
    if size.endswith("months"):
        count = number(size.split()[0])
    else:
        kinds = {"quarter": 3, "half": 6, "month": 1}
        count = next((n for kind, n in kinds.items() if kind in size), 12)
    if size.split()[-1] == "week":
        return _week_ending(match, month) if last else None

    def make(number: int) -> Interval | None:
        whole = months(number, month, month)
        if last is None:
            return Interval(moved(whole.start, "month", 1 - count), whole.end)
        end = _safe(number, month, day_number(last))
        if end is None:
            return None
        if end == whole.end:
            return Interval(moved(whole.start, "month", 1 - count), end)
        return Interval(moved(moved(end, "month", -count), "day", 1), end)

    return in_year(make, _words(match))


def _week_ending(match: re.Match[str], month: int) -> Sense:
    day = day_number(match["day"])

    def make(number: int) -> Interval | None:
        end = _safe(number, month, day)
        return Interval(end - timedelta(days=6), end) if end else None

    return in_year(make, _words(match))


def week_of_reading(match: re.Match[str]) -> Sense:
    """Read "the week of March 6": from Monday to Sunday."""
    month, day = month_number(match["month"]), day_number(match["day"])

    def make(number: int) -> Interval | None:
        start = _safe(number, month, day)
        return containing(start, "week") if start else None

    return in_year(make, _words(match))


def year_reading(match: re.Match[str]) -> Sense:
    """A part of a year."""
    return absolute(modified(year(int(match["y"])), match["mod"]), _note(match))


def years_reading(match: re.Match[str]) -> Sense | None:
    """Read "2015-2019"; nothing of "2019/20"."""
    first, last = int(match["y"]), match["z"]
    final = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if not first < final <= first + 60:
        return None
    if match["dash"] == "/":
        return VAGUE._replace(note="where its fiscal year begins is not known")
    return absolute(Interval(date(first, 1, 1), date(final, 12, 31)))


def decade_reading(match: re.Match[str]) -> Sense:
    """Read "the 1990s"; nothing of "the 1900s"."""
    first = int(match["y"])
    length = 100 if first % 100 == 0 else 10
    if length == 100:
        return absolute(None, "a decade or a century")
    return absolute(
        modified(Interval(date(first, 1, 1), date(first + 9, 12, 31)), match["mod"]), _note(match)
    )


def century_reading(match: re.Match[str]) -> Sense | None:
    """Read "the 19th century": 1801 to 1900."""
    first = (int(match["n"]) - 1) * 100 + 1
    if not 1 <= first <= 2001:
        return None
    return absolute(
        modified(Interval(date(first, 1, 1), date(first + 99, 12, 31)), match["mod"]), _note(match)
    )
