"""Expressions that count from the day of writing, or from a time spoken of before."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from qa.times.absolute import modified
from qa.times.intervals import Interval, Unit, containing, hull, months, moved, on, year
from qa.times.readings import VAGUE, Scope, Sense, anaphoric, deictic
from qa.times.words import (
    month_number,
    number,
    weekday_number,
)


def _unit(word: str) -> Unit:
    name = word.lower().removesuffix("s")
    units: dict[str, Unit] = {
        "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"
    }  # fmt: skip
    return units[name]


def _near(match: re.Match[str]) -> Callable[[date], Interval]:
    """Place the unit: the present one, the last or the next."""
    unit = _unit(match["unit"])
    by = {"last": -1, "past": -1, "next": 1, "coming": 1}.get(match["which"].lower(), 0)
    return lambda day: containing(moved(containing(day, unit).start, unit, by), unit)


def this_reading(match: re.Match[str]) -> Sense:
    """Read "earlier this month", "late last year"."""
    near, modifier = _near(match), (match["mod"] or "").lower()
    if modifier in ("earlier", "so far"):
        return deictic(lambda day: _up_to(near(day), day))
    if modifier == "later":
        return deictic(lambda day: _after(near(day), day))
    note = "approximate" if modifier else ""
    if note and _unit(match["unit"]) in ("day", "week"):
        return VAGUE
    return deictic(lambda day: modified(near(day), modifier or None), note)


def _up_to(interval: Interval, day: date) -> Interval:
    return Interval(interval.start, min(interval.end, max(day, interval.start)))


def _after(interval: Interval, day: date) -> Interval:
    return Interval(max(interval.start, min(day, interval.end)), interval.end)


def to_date_reading(match: re.Match[str]) -> Sense:
    """Read "year to date"."""
    unit = _unit(match["unit"])
    return deictic(lambda day: Interval(containing(day, unit).start, day))


_NEAR_DAYS = {
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "yesterday": -1, "last night": -1, "yesterday morning": -1, "tomorrow": 1,
    "the day before yesterday": -2, "the day after tomorrow": 2,
}  # fmt: skip


def near_day_reading(match: re.Match[str]) -> Sense:
    """Read "yesterday" and its like."""
    words = " ".join(match["words"].lower().split())
    by = _NEAR_DAYS[words]
    return deictic(lambda day: on(day + timedelta(days=by)))


def weekday_reading(match: re.Match[str]) -> Sense:
    """A weekday: of a named week, else the last for what has been, the next for what will be."""
    weekday = weekday_number(match["wd"])
    week = " ".join((match["week"] or match["before"] or "").lower().split())
    if week:
        by = {"last": -1, "this": 0, "next": 1}[week.split()[0]]
        return deictic(lambda day: in_week(day, by, weekday))
    which = " ".join((match["which"] or "").lower().split())
    if which == "this":
        return deictic(lambda day: in_week(day, 0, weekday))
    if which in ("coming", "this coming", "the coming"):
        return deictic(lambda day: on(_next_weekday(day, weekday)))
    if which in ("this past", "past"):
        return deictic(lambda day: on(_last_weekday(day - timedelta(days=1), weekday)))
    if which in ("last", "next"):
        return last_or_next_weekday(which, weekday)
    return Sense("yearless", lambda scope: by_tense(scope, weekday))


def by_tense(scope: Scope, weekday: int) -> Interval | None:
    """The last such day for what has been, the next for what will be."""
    if scope.day is None or scope.narrative:
        return None
    if scope.tense == "past":
        return on(_last_weekday(scope.day, weekday))
    if scope.tense in ("future", "plan") and scope.day.weekday() != weekday:
        return on(_next_weekday(scope.day, weekday))
    return None


def last_or_next_weekday(which: str, weekday: int) -> Sense:
    """Read "last Friday", which said in the same week may mean the one before: then both remain."""

    def meaning(day: date) -> Interval:
        if which == "last":
            near = _last_weekday(day - timedelta(days=1), weekday)
        else:
            near = _next_weekday(day, weekday)
        if containing(near, "week") != containing(day, "week"):
            return on(near)
        return hull(on(near), on(near + timedelta(days=-7 if which == "last" else 7)))

    return deictic(meaning)


def in_week(day: date, by: int, weekday: int) -> Interval:
    """The weekday of the week ``by`` weeks after that of ``day``."""
    monday = containing(day, "week").start
    return on(monday + timedelta(days=7 * by + weekday))


def _last_weekday(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def weekend_reading(match: re.Match[str]) -> Sense:
    """Read "last weekend"; said on a weekend it may be either."""
    if match["which"] is None:
        return VAGUE
    by = {"last": -1, "next": 1}.get(match["which"].lower(), 0)

    def meaning(day: date) -> Interval | None:
        if by and day.weekday() >= 5:
            return None
        saturday = containing(day, "week").start + timedelta(days=5 + 7 * by)
        return Interval(saturday, saturday + timedelta(days=1))

    return deictic(meaning)


def named_month_reading(match: re.Match[str]) -> Sense:
    """Read "last November"; where the one of this year may be meant as well it stays open."""
    month, which = month_number(match["month"]), " ".join(match["which"].lower().split())

    def meaning(day: date) -> Interval | None:
        if which == "this":
            return months(day.year, month, month)
        if which in ("this past", "past"):
            return months(day.year - (month >= day.month), month, month)
        if which in ("coming", "this coming", "the coming"):
            return months(day.year + (month <= day.month), month, month)
        if which == "last":
            return months(day.year - 1, month, month) if month >= day.month else None
        return months(day.year + 1, month, month) if month <= day.month else None

    return deictic(meaning)


def named_season_reading(match: re.Match[str]) -> Sense:
    """Read "last summer"; where two may be meant it stays open."""
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[
        match["season"].lower()
    ]
    which = match["which"].lower()
    winter = first == 12

    def of(number: int) -> Interval:
        start = date(number, first, 1)
        return Interval(start, moved(moved(start, "month", 3), "day", -1))

    def meaning(day: date) -> Interval | None:
        known = [of(day.year - 1), of(day.year)]
        running = [one for one in known if one.start <= day <= one.end]
        if which == "this":
            return running[0] if running else (None if winter else of(day.year))
        if running:
            return of(running[0].start.year + (1 if which == "next" else -1))
        if which == "last":
            before = of(day.year - 1)
            return before if winter or of(day.year).start > day else None
        return of(day.year + 1) if not winter and of(day.year).end < day else None

    return deictic(meaning, "season of the northern hemisphere")


def ago_reading(match: re.Match[str]) -> Sense:
    """Read "three months ago": the month, as exact as its unit is."""
    if match["more"]:
        return VAGUE
    unit, count = _unit(match["unit"]), number(match["n"])
    note = "approximate" if match["about"] else ""
    return deictic(lambda day: containing(moved(day, unit, -count), unit), note)


def hence_reading(match: re.Match[str]) -> Sense:
    """Read "two months from now": as exact as its unit is."""
    unit, count = _unit(match["unit"]), number(match["n"])
    note = "approximate" if match["about"] else ""
    return deictic(lambda day: containing(moved(day, unit, count), unit), note)


def in_units_reading(match: re.Match[str]) -> Sense:
    """Read "in three years": a date only for what will be; else how long something took."""
    unit, count = _unit(match["unit"]), number(match["n"])
    if match["n"].lower() in ("a", "an") and not _PROMISE.search(match.string, 0, match.start()):
        return VAGUE  # "three in a year"
    if _RANKED.search(match.string, 0, match.start()):
        return VAGUE  # "the fourth in five years"

    def meaning(scope: Scope) -> Interval | None:
        if scope.day is None or scope.tense not in ("future", "plan"):
            return None
        return containing(moved(scope.day, unit, count), unit)

    return Sense("deictic", meaning)


def past_units_reading(match: re.Match[str]) -> Sense:
    """Read "the past three years": up to the day of writing."""
    if match["more"]:
        return VAGUE
    unit, count = _unit(match["unit"]), number(match["n"] or "one")
    return deictic(lambda day: Interval(moved(day, unit, -count), day))


def next_units_reading(match: re.Match[str]) -> Sense:
    """Read "the next five years": from the day of writing."""
    unit, count = _unit(match["unit"]), number(match["n"] or "one")
    return deictic(lambda day: Interval(day, moved(day, unit, count)))


_RANKED = re.compile(
    r"\b(?:first|second|third|[a-z]{2,}th|[a-z]{2,}est|most|only|times?)\b[^.;:]*$", re.I
)
_PROMISE = re.compile(
    r"\b(?:will|shall|would|due|payable|to\s+be|(?:is|are)\s+to|going\s+to|(?:expect|hope|plan|aim|want|intend)(?:s|ed)?)\b"
    r"|['\u2019]ll\b",
    re.I,
)


def within_reading(match: re.Match[str]) -> Sense:
    """Read "within three years": from the time at which it was said, where it is given.

    From the day of writing only in a promise: "within 14 days" is a rule that counts from
    something else.
    """
    unit, count = _unit(match["unit"]), number(match["n"])
    promised = _PROMISE.search(match.string)

    def meaning(scope: Scope) -> Interval | None:
        said = scope.before
        if said is not None and said.start == said.end:
            return Interval(said.start, moved(said.end, unit, count))
        if said is None and scope.day is not None and promised and scope.tense != "past":
            return Interval(scope.day, moved(scope.day, unit, count))
        return None

    return Sense("anaphoric", meaning)


def later_reading(match: re.Match[str]) -> Sense:
    """Read "two years later", "a year earlier": as exact as the unit.

    Not where it counts from something coarser; a month or quarter compared with its fellow of
    the year before stays one.
    """
    if match["more"]:
        return VAGUE
    unit, count = _unit(match["unit"]), number(match["n"])
    sign = 1 if match["way"].lower() in ("later", "after", "afterwards", "on") else -1
    note = "approximate" if match["about"] else ""
    return anaphoric(lambda before: _shifted(before, unit, sign * count), note)


def _shifted(before: Interval, unit: Unit, count: int) -> Interval | None:
    whole = _period(before)
    if whole is None:
        return None
    if unit == "year" and count == -1 and whole in ("month", "quarter"):
        return _moved_period(before, "year", -1)
    if _SIZE[whole] > _SIZE[unit]:
        return None
    return containing(moved(before.start, unit, count), unit)


_SIZE: dict[Unit, int] = {"day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4}


def _period(interval: Interval) -> Unit | None:
    """The calendar unit that the interval is, if it is one."""
    for unit in _SIZE:
        if containing(interval.start, unit) == interval:
            return unit
    return None


def _moved_period(interval: Interval, unit: Unit, count: int) -> Interval:
    after = interval.end + timedelta(days=1)
    return Interval(
        moved(interval.start, unit, count), moved(after, unit, count) - timedelta(days=1)
    )


def following_reading(match: re.Match[str]) -> Sense:
    """Read "the following month", "the previous year", "that day"."""
    unit = _unit(match["unit"])
    word = " ".join(match["which"].lower().split())
    steps = {"following": 1, "next": 1, "after": 1, "that": 0, "same": 0}
    by = steps.get(word.split()[-1], -1)

    def meaning(before: Interval) -> Interval | None:
        whole = containing(before.start, unit)
        if before.end > whole.end:
            return None
        return containing(moved(whole.start, unit, by), unit)

    return anaphoric(meaning)


def same_period_reading(_: re.Match[str]) -> Sense:
    """Read "the same period last year", "the year-earlier quarter": its fellow a year before."""
    return anaphoric(lambda before: _moved_period(before, "year", -1) if _period(before) else None)


def day_of_month_reading(match: re.Match[str]) -> Sense:
    """Read "the 3rd of last month"."""
    day, by = int(match["day"]), {"last": -1, "this": 0, "next": 1}[match["which"].lower()]

    def meaning(now: date) -> Interval | None:
        first = moved(now.replace(day=1), "month", by)
        return on(first.replace(day=day)) if day <= containing(first, "month").end.day else None

    return deictic(meaning)


def relative_year_reading(match: re.Match[str]) -> Sense:
    """Read "the first half of last year"."""
    half = 1 if match["q"].lower() == "first" else 2
    by = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    return deictic(lambda day: months(day.year + by, 6 * half - 5, 6 * half))


def decade_reading(match: re.Match[str]) -> Sense:
    """Read "this decade"; nothing of "last decade", which may be its last ten years."""
    by = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    if by:
        return VAGUE  # the ten years past, or the nineties?
    return deictic(
        lambda day: hull(year(day.year // 10 * 10), year(day.year // 10 * 10 + 9)),
        "calendar decade",
    )


def vague_reading(_: re.Match[str]) -> Sense:
    """Take words that give no definite time."""
    return VAGUE


def after_next_reading(match: re.Match[str]) -> Sense:
    """Read "the week after next", "the year before last"."""
    unit = _unit(match["unit"])
    by = 2 if match["way"] else -2
    return deictic(lambda day: containing(moved(containing(day, unit).start, unit, by), unit))
