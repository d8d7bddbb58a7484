"""Expressions that name a day, month, quarter, season or year, with the year or without."""

import re
from collections.abc import Callable
from datetime import date

from qa.times.intervals import DAY, Interval, containing, months, moved, on, part, year
from qa.times.readings import VAGUE, Make, Sense, absolute, in_year
from qa.times.words import day_number, month_number, number, ordinal, weekday_number

FISCAL = VAGUE._replace(note="where its fiscal year begins is not known")
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The first month of each, in the north."""
NORTH = "season of the northern hemisphere"


def _of_year(match: re.Match[str], make: Make, *, whole: bool = False, note: str = "") -> Sense:
    """What ``make`` makes of the year that the match names, and of its modifier ("early")."""
    found = match.groupdict()
    modifier = found.get("mod")
    words = found.get("y") or found.get("ref")
    note = note or ("approximate" if modifier else "")
    return in_year(lambda number: modified(make(number), modifier), words, whole=whole, note=note)


def modified(interval: Interval | None, modifier: str | None) -> Interval | None:
    """The early, middle or late part; "the end of" a year or quarter is its last month."""
    if interval is None or not modifier:
        return interval
    word = modifier.lower().removeprefix("the ").split()[0]
    word = {"middle": "mid"}.get(word, word)
    if word in ("early", "mid", "late"):
        return part(interval, word)
    first = word in ("beginning", "start")
    if interval == containing(interval.start, "month"):
        return part(interval, "early" if first else "late")
    return containing(interval.start if first else interval.end, "month")


def _safe(number: int, month: int, day: int) -> date | None:
    try:
        return date(number, month, day)
    except ValueError:
        return None


def _in_month(match: re.Match[str], pick: Callable[[Interval], Interval | None]) -> Sense:
    """What ``pick`` makes of the month that the match names, in its year."""
    found = match.groupdict()
    which = month_number(found["month"]) if found.get("month") else int(found["m"])
    return _of_year(match, lambda number: pick(months(number, which, which)))


def _days(whole: Interval, first: int, last: int) -> Interval | None:
    if not 1 <= first <= last <= whole.end.day:
        return None
    return Interval(whole.start.replace(day=first), whole.start.replace(day=last))


def day(match: re.Match[str]) -> Sense | None:
    """Read "Monday, March 4, 2024"; where weekday and date disagree neither is believed."""
    found = match.groupdict()
    words = found.get("day") or found.get("d")
    first = day_number(words) if words else ordinal(match["word"])
    last = day_number(found["last"]) if found.get("last") else first
    if last < first:
        return None  # "No. 31 - 4 August"
    weekday = weekday_number(found["wd"]) if found.get("wd") else None

    def pick(whole: Interval) -> Interval | None:
        days = _days(whole, first, last)
        return days if days and weekday in (None, days.start.weekday()) else None

    return _in_month(match, pick)


def weekday_of_month(match: re.Match[str]) -> Sense:
    """Read "the second Tuesday of April"."""
    weekday, name = weekday_number(match["wd"]), match["q"].lower()

    def pick(whole: Interval) -> Interval:
        first = 1 + (weekday - whole.start.weekday()) % 7
        days = range(first, whole.end.day + 1, 7)
        return on(whole.start.replace(day=days[-1 if name == "last" else ordinal(name) - 1]))

    return _in_month(match, pick)


def edge_of_month(match: re.Match[str]) -> Sense:
    """Read "the last day of February", "the first half of May"."""
    first, half = match["q"].lower() == "first", match.groupdict().get("half")

    def pick(whole: Interval) -> Interval | None:
        last = whole.end.day
        if half:
            return _days(whole, 1, 15) if first else _days(whole, 16, last)
        return _days(whole, 1, 1) if first else _days(whole, last, last)

    return _in_month(match, pick)


def last_part(match: re.Match[str]) -> Sense:
    """Read "the last quarter of the year"."""
    size = 3 if match["size"].lower() == "quarter" else 6
    return _of_year(match, lambda number: months(number, 13 - size, 12))


def numbered_week(match: re.Match[str]) -> Sense | None:
    """Read "week 14 of 2025", as ISO 8601 counts."""
    try:
        monday = date.fromisocalendar(int(match["y"]), int(match["week"]), 1)
    except ValueError:
        return None
    return absolute(containing(monday, "week"), "week of ISO 8601")


def month(match: re.Match[str]) -> Sense:
    """A month, with its year or without."""
    return _in_month(match, lambda whole: whole)


def numeric(match: re.Match[str]) -> Sense | None:
    """Year, month and day in figures whose order is certain."""
    number = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
    found = _safe(number, int(match["m"]), int(match["d"]))
    return absolute(on(found)) if found else None


def slashed(match: re.Match[str]) -> Sense | None:
    """Read "25/03/2019"; nothing where month and day may be either way round."""
    number, a, b = int(match["y"]), int(match["a"]), int(match["b"])
    readings = {found for found in (_safe(number, a, b), _safe(number, b, a)) if found}
    if len(readings) == 1:
        return absolute(on(readings.pop()))
    return absolute(None, "day and month may be either way round") if readings else None


def _span(match: re.Match[str], size: int, note: str = "") -> Sense:
    if match.groupdict().get("fiscal") or match.groupdict().get("f"):
        return FISCAL
    first = size * (ordinal(match["q"]) - 1) + 1
    return _of_year(
        match, lambda number: months(number, first, first + size - 1), whole=True, note=note
    )


def quarter(match: re.Match[str]) -> Sense:
    """A calendar quarter; nothing of a fiscal one."""
    return _span(match, 3, "calendar quarter")


def half(match: re.Match[str]) -> Sense:
    """A half of a calendar year; nothing of a fiscal one."""
    return _span(match, 6)


def first_months(match: re.Match[str]) -> Sense | None:
    """Read "the first nine months of 2022"."""
    count = number(match["n"])
    if not 1 <= count <= 12:
        return None
    first, last = (1, count) if match["edge"].lower() == "first" else (13 - count, 12)
    return _of_year(match, lambda number: months(number, first, last), whole=True)


def season(match: re.Match[str]) -> Sense | None:
    """Meteorological seasons of the north; a winter only where both its years are named."""
    name = match["season"].lower()
    if name == "winter":
        return absolute(None, "a winter lies in two years")
    if name == "fall" and match.groupdict().get("ref") and " of " not in match.group():
        return None  # "sales will fall this year"
    first = SEASONS[name]
    return _of_year(match, lambda number: months(number, first, first + 2), whole=True, note=NORTH)


def winter(match: re.Match[str]) -> Sense | None:
    """Read "winter 2019/20", from December to February."""
    number = int(match["y"])
    if (number + 1) % 100 != int(match["next"][-2:]):
        return None
    return absolute(Interval(date(number, 12, 1), date(number + 1, 3, 1) - DAY), NORTH)


def ended(match: re.Match[str]) -> Sense | None:
    """Read "the quarter ended March 31, 2023": so many months up to the end of that one."""
    size, which, last = match["size"].lower(), month_number(match["month"]), match["day"]
    if size.endswith("week") and last is None:
        return None
    if size.endswith("months"):
        count = number(size.split()[0])
    else:
        count = next((n for kind, n in _MONTHS.items() if kind in size), 12)

    def make(number: int) -> Interval | None:
        whole = months(number, which, which)
        end = _safe(number, which, day_number(last)) if last else whole.end
        if end is None:
            return None
        if size.endswith("week"):
            return Interval(moved(end, "day", -6), end)
        if end == whole.end:
            return Interval(moved(whole.start, "month", 1 - count), end)
        return Interval(moved(end, "month", -count) + DAY, end)

    return _of_year(match, make)


_MONTHS = {"quarter": 3, "half": 6, "month": 1}


def week_of(match: re.Match[str]) -> Sense:
    """Read "the week of March 6": from Monday to Sunday."""
    first = day_number(match["day"])

    def pick(whole: Interval) -> Interval | None:
        days = _days(whole, first, first)
        return containing(days.start, "week") if days else None

    return _in_month(match, pick)


def year_part(match: re.Match[str]) -> Sense:
    """A year, or a part of it."""
    return _of_year(match, year)


def years(match: re.Match[str]) -> Sense | None:
    """Read "2015-2019"; nothing of "2019/20"."""
    first, last = int(match["y"]), match["z"]
    final = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if not first < final <= first + 60:
        return None
    if match["dash"] == "/":
        return FISCAL
    return absolute(Interval(date(first, 1, 1), date(final, 12, 31)))


def fiscal(_: re.Match[str]) -> Sense:
    """Take a fiscal year, of which nothing is told."""
    return FISCAL


def decade(match: re.Match[str]) -> Sense:
    """Read "the 1990s"; nothing of "the 1900s"."""
    first = int(match["y"])
    if first % 100 == 0:
        return absolute(None, "a decade or a century")
    return _long(match, first, 10)


def century(match: re.Match[str]) -> Sense | None:
    """Read "the 19th century": 1801 to 1900."""
    first = (int(match["n"]) - 1) * 100 + 1
    return _long(match, first, 100) if 1 <= first <= 2001 else None


def _long(match: re.Match[str], first: int, count: int) -> Sense:
    whole = Interval(date(first, 1, 1), date(first + count - 1, 12, 31))
    return absolute(modified(whole, match["mod"]), "approximate" if match["mod"] else "")
