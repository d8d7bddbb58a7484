"""Stretches of days, and what is said to lie in them.  Both ends count."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

DAY = timedelta(days=1)

Unit = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Interval:
    """The days from ``start`` to ``end``, both included; ``start <= end``."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"an interval cannot end before it starts: {self}")

    def meets(self, other: "Interval") -> bool:
        """True where the two share a day."""
        return self.start <= other.end and other.start <= self.end

    def __str__(self) -> str:
        if self.start == self.end:
            return self.start.isoformat()
        return f"{self.start.isoformat()} to {self.end.isoformat()}"


@dataclass(frozen=True, slots=True)
class Expression:
    """A temporal expression: ``text == sentence[start:end]``.

    ``interval`` is when it speaks of, None where that cannot be told; an interval wider than
    the words ("yesterday" in a text of some day of May) says what is not known.  ``relative``
    is False for what anybody can date ("5 May 2020").  ``basis`` says what it was read by.
    ``either`` are the last and the next of its kind where nothing tells which is meant.
    """

    text: str
    start: int
    end: int
    interval: Interval | None
    basis: str
    relative: bool
    either: tuple[Interval, Interval] | None = None


class Claimed(NamedTuple):
    """A day that a file's metadata give, and where it stands, for a reader ("front matter")."""

    day: date
    basis: str


@dataclass(frozen=True, slots=True)
class Publication:
    """When a text was written: on some day of ``interval``.

    ``confidence`` is "stated" where the text or its metadata say so, "derived" where several
    of its sentences allow no other time, "unsure" where it is shown and nothing is counted from
    it.  ``basis`` says for a reader which; ``speaks`` that it is a line that metadata give way to.
    """

    interval: Interval
    basis: str
    confidence: Literal["stated", "derived", "unsure"]
    speaks: bool = False


def on(day: date) -> Interval:
    """One day."""
    return Interval(day, day)


def year(number: int) -> Interval:
    """A calendar year."""
    return Interval(date(number, 1, 1), date(number, 12, 31))


@lru_cache(maxsize=4096)
def months(number: int, first: int, last: int) -> Interval:
    """The months ``first`` to ``last`` (1 to 12) of a year."""
    return Interval(date(number, first, 1), month_end(number, last))


def month_end(number: int, month: int) -> date:
    """The last day of a month."""
    return date(number, month, calendar.monthrange(number, month)[1])


def containing(day: date, unit: Unit) -> Interval:
    """The calendar day, week (from Monday), month, quarter or year that ``day`` lies in."""
    if unit == "day":
        return on(day)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Interval(monday, monday + timedelta(days=6))
    if unit == "month":
        return months(day.year, day.month, day.month)
    if unit == "quarter":
        first = (day.month - 1) // 3 * 3 + 1
        return months(day.year, first, first + 2)
    return year(day.year)


def moved(day: date, unit: Unit, count: int) -> date:
    """``day`` so many units later (earlier where negative), within the month it reaches."""
    if unit == "day":
        return day + timedelta(days=count)
    if unit == "week":
        return day + timedelta(weeks=count)
    month = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    number, month = divmod(month, 12)
    return date(number, month + 1, min(day.day, calendar.monthrange(number, month + 1)[1]))


def hull(one: Interval, other: Interval) -> Interval:
    """The least interval that holds both."""
    return Interval(min(one.start, other.start), max(one.end, other.end))


def part(whole: Interval, which: str) -> Interval:
    """The "early", "mid" or "late" third of an interval of a month or longer.

    Of a month these are the days 1 to 10, 11 to 20 and the rest; of a year four months each; of a
    decade its years 0 to 3, 4 to 6 and 7 to 9; of a century 33, 34 and 33 years.
    """
    third = {"early": 0, "mid": 1, "late": 2}[which]
    start, end = whole.start, whole.end
    if (start.year, start.month) == (end.year, end.month):
        first = start.replace(day=1 + 10 * third)
        return Interval(first, end if third == 2 else first + timedelta(days=9))
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    if count in (120, 1200) and start.month == 1:
        parts = ((0, 4), (4, 3), (7, 3)) if count == 120 else ((0, 33), (33, 34), (67, 33))
        first_year, years = parts[third]
        first = moved(start, "year", first_year)
        return Interval(first, moved(first, "year", years) - DAY)
    if count % 3:
        days = (end - start).days + 1
        first = start + timedelta(days=days * third // 3)
        return Interval(first, start + timedelta(days=days * (third + 1) // 3) - DAY)
    first = moved(start, "month", count // 3 * third)
    return Interval(first, moved(first, "month", count // 3) - DAY)
