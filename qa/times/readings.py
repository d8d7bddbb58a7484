"""What an expression means, as a function of when it was written and what came before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from qa.times.intervals import Interval, Unit

Tense = Literal["past", "future", "would", "plan", "due"]
"""What is told of a time; a "plan" is to come by the present, what is "due" by its label."""
AHEAD = ("future", "plan", "due")
Kind = Literal["absolute", "yearless", "deictic", "anaphoric", "vague"]
Make = Callable[[int], Interval | None]
"""An interval of a given year; None where that year has none (30 February)."""


_REACH = 9  # years that are tried: 29 February, and a weekday on a date, are rare


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression is read against.

    ``day`` is a day on which the text may have been written; ``before`` is what an earlier
    expression spoke of, and ``narrative`` says that a date without its year belongs to that
    story rather than to the present.  ``month`` is the first day of the month that the whole
    text is of.
    """

    day: date | None
    tense: Tense | None = None
    before: Interval | None = None
    narrative: bool = False
    month: date | None = None


class Sense(NamedTuple):
    """How one kind of expression is read; ``meaning`` gives None where it cannot be told.

    ``make`` is given where only the year is wanting; ``span`` is the calendar unit that it is.
    """

    kind: Kind
    meaning: Callable[[Scope], Interval | None]
    note: str = ""
    make: Make | None = None
    span: Unit | None = None


class Series(NamedTuple):
    """What recurs every week, month or year; ``make`` gives that of the one beginning on a day.

    ``whole`` is for periods of which one speaks when they are over.
    """

    every: Unit
    make: Callable[[date], Interval | None]
    note: str = ""
    whole: bool = False


class Atom(NamedTuple):
    """An expression found in a sentence, not resolved yet."""

    start: int
    end: int
    reading: Sense
    language: str = "en"


_OVER, _NEAR, _LONG = 60, 90, 180
"""Days within which what was planned may be over, and what nothing tells of is meant; and from
which on what the present says ("the failure in November is ...") may be of the year before."""


def absolute(interval: Interval | None, note: str = "") -> Sense:
    """Words that name their own time."""
    return Sense("absolute", lambda _: interval, note)


def deictic(meaning: Callable[[date], Interval | None], note: str = "") -> Sense:
    """Words that count from the day on which they are written."""
    return Sense("deictic", lambda scope: meaning(scope.day) if scope.day else None, note)


def ahead(meaning: Callable[[date], Interval | None], note: str = "") -> Sense:
    """Words that count from the day on which they are written, in what is to come alone."""

    def told(scope: Scope) -> Interval | None:
        return meaning(scope.day) if scope.day and scope.tense in AHEAD else None

    return Sense("deictic", told, note)


def anaphoric(meaning: Callable[[Interval], Interval | None], note: str = "") -> Sense:
    """Words that count from a time spoken of before."""
    return Sense("anaphoric", lambda scope: meaning(scope.before) if scope.before else None, note)


VAGUE = Sense("vague", lambda _: None, "says no definite time")


def yearless(make: Make, *, whole: bool = False, joined: bool = False, note: str = "") -> Sense:
    """A date without its year: the last one for what has been, the next one for what will be.

    ``whole`` is for periods of which one speaks when they are over (quarters, seasons): on a
    day inside of one it is not told which is meant.  Nor is it of two days ``joined`` ("ran from
    October to September"), where what is told as past would go on.
    """

    def meaning(scope: Scope) -> Interval | None:
        if scope.narrative and scope.before is not None:
            limit = None if scope.tense == "would" else scope.day
            return _first_from(make, scope.before.start, limit)
        if scope.tense == "would" or scope.day is None:
            return None
        here = scope.day.year
        around = [made for made in map(make, (here - 1, here, here + 1)) if made]
        if len(around) == 1:  # a weekday that the date has in no other year near
            wrong = (
                around[0].start > scope.day
                if scope.tense == "past"
                else (scope.tense in AHEAD and around[0].end < scope.day)
            )
            return None if wrong else around[0]
        if whole:
            near = (make(here - 1), make(here))
            if any(one is not None and one.start <= scope.day <= one.end for one in near):
                return None
        last = (make(here - back) for back in range(_REACH))
        coming = (make(here + on) for on in range(-1, _REACH))
        past = next((one for one in last if one and one.start <= scope.day), None)
        future = next((one for one in coming if one and one.end >= scope.day), None)
        if joined and scope.tense == "past" and past is not None and past.end > scope.day:
            return None
        if past is None or future is None or scope.tense in ("past", "future"):
            return past if scope.tense == "past" else future
        was, will = _away(past, scope.day), _away(future, scope.day)
        if scope.tense == "plan":  # what was to be some weeks ago may be over
            return None if was < will and (was <= _OVER or will > _LONG) else future
        if scope.tense == "due":
            return past if was <= _OVER < will else future
        nearest = past if was < will else future
        return nearest if min(was, will) <= _NEAR else None

    return Sense("yearless", meaning, note, make)


def _away(time: Interval, day: date) -> int:
    """The days from ``day`` to the nearer end of ``time``."""
    return max((time.start - day).days, (day - time.end).days, 0)


def _first_from(make: Make, day: date, limit: date | None) -> Interval | None:
    """The first not before ``day``; none after ``limit``, nor far on where one lay near."""
    for number in range(day.year, day.year + _REACH):
        one = make(number)
        if one is not None and one.end >= day:
            before = make(number - 1)
            if before is not None and _away(before, day) <= _OVER < _away(one, day) - _LONG:
                return None  # it may have been shortly before
            far = number > day.year + 1  # no "Friday 2 August" of this year or the next
            return None if far or (limit and one.start > limit) else one
    return None
