"""Expressions that count from the day of writing, or from a time spoken of before."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from qa.times.absolute import NORTH, SEASONS, modified
from qa.times.holidays import holiday
from qa.times.intervals import DAY, Interval, Unit, containing, hull, months, moved, on, year
from qa.times.readings import AHEAD, VAGUE, Make, Scope, Sense, ahead, anaphoric, deictic, in_year
from qa.times.words import month_number, number, weekday_number

_STEPS = {
    "last": -1, "past": -1, "previous": -1, "preceding": -1, "prior": -1, "before": -1,
    "this": 0, "current": 0, "that": 0, "same": 0, "next": 1, "coming": 1, "following": 1,
    "inst": 0, "ult": -1, "prox": 1,
}  # fmt: skip
"""How many units away the last word before one says that it is."""
_UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "year")
_DAYS = {
    "the day before yesterday": -2, "yesterday": -1, "yesterday morning": -1, "last night": -1,
    "tomorrow": 1, "the day after tomorrow": 2,
}  # fmt: skip


def _unit(match: re.Match[str]) -> Unit:
    name = match["unit"].lower().replace("fortnight", "week")
    return next((unit for unit in _UNITS if name.startswith(unit)), "day")


def _count(match: re.Match[str]) -> int:
    count = number(match.groupdict().get("n") or "one")
    return 2 * count if match["unit"].lower().startswith("fortnight") else count


def _words(match: re.Match[str], name: str) -> str:
    return " ".join((match.groupdict().get(name) or "").lower().split())


def _note(match: re.Match[str]) -> str:
    return "approximate" if match.groupdict().get("about") else ""


def steps(by: int, unit: Unit) -> Callable[[date], Interval]:
    """The unit so many after that of a day."""
    return lambda day: containing(moved(containing(day, unit).start, unit, by), unit)


def near(match: re.Match[str]) -> Sense:
    """Read "earlier this month", "late last year"."""
    unit, modifier = _unit(match), _words(match, "mod")
    place = steps(_STEPS[match["which"].lower()], unit)
    if modifier in ("earlier", "so far"):
        return deictic(lambda day: _cut(place(day), date.min, day))
    if modifier == "later":
        return deictic(lambda day: _cut(place(day), day, date.max))
    if modifier and unit in ("day", "week"):
        if not modifier.endswith("end of"):
            return VAGUE
        return deictic(lambda day: _end_of_week(place(day)), "approximate")
    note = "approximate" if modifier else ""
    return deictic(lambda day: modified(place(day), modifier or None), note)


def _end_of_week(week: Interval) -> Interval:
    return Interval(moved(week.end, "day", -2), week.end)


def _cut(whole: Interval, first: date, last: date) -> Interval:
    """The part of ``whole`` from ``first`` to ``last``, or its end that is nearer to them."""
    return Interval(max(whole.start, min(first, whole.end)), min(whole.end, max(last, whole.start)))


def to_date(match: re.Match[str]) -> Sense:
    """Read "year to date"."""
    unit = _unit(match)
    return deictic(lambda day: Interval(containing(day, unit).start, day))


def near_day(match: re.Match[str]) -> Sense:
    """Read "yesterday" and its like."""
    return deictic(steps(_DAYS.get(_words(match, "words"), 0), "day"))


def weekday(match: re.Match[str]) -> Sense:
    """A weekday: of a named week, else the last for what has been, the next for what will be."""
    which, week = _words(match, "which"), _words(match, "week")
    day_of_week = weekday_number(match["wd"])
    if week or which == "this":
        by = _STEPS[(week or which).split()[0]]
        return deictic(lambda day: in_week(day, by, day_of_week))
    if which in ("last", "next"):
        return last_or_next_weekday(which, day_of_week)
    if which.endswith("coming"):
        return deictic(lambda day: on(next_weekday(day, day_of_week)))
    if which.endswith("past"):
        return deictic(lambda day: on(last_weekday(day - DAY, day_of_week)))
    return Sense("yearless", lambda scope: by_tense(scope, day_of_week))


def by_tense(scope: Scope, weekday: int) -> Interval | None:
    """The last such day for what has been, the next for what will be."""
    if scope.day is None or scope.narrative:
        return None
    if scope.tense == "past":
        return on(last_weekday(scope.day, weekday))
    if scope.tense in AHEAD and scope.day.weekday() != weekday:
        return on(next_weekday(scope.day, weekday))
    return None


def last_or_next_weekday(which: str, weekday: int) -> Sense:
    """Read "last Friday", which said in the same week may mean the one before: then both remain."""

    def meaning(day: date) -> Interval | None:
        last = which == "last"
        one = last_weekday(day - DAY, weekday) if last else next_weekday(day, weekday)
        if containing(one, "week") != containing(day, "week"):
            return on(one)
        return hull(on(one), on(moved(one, "week", -1 if last else 1)))

    return deictic(meaning)


def in_week(day: date, by: int, weekday: int) -> Interval:
    """The weekday of the week ``by`` weeks after that of ``day``."""
    return on(containing(day, "week").start + timedelta(days=7 * by + weekday))


def last_weekday(day: date, weekday: int) -> date:
    """The last such weekday, ``day`` itself if it is one."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def next_weekday(day: date, weekday: int) -> date:
    """The next such weekday after ``day``."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def weekend(match: re.Match[str]) -> Sense:
    """Read "last weekend", "over the weekend"; said on a weekend it may be either."""
    which = match["which"]

    def meaning(scope: Scope) -> Interval | None:
        by = (
            _STEPS[which.lower()]
            if which
            else {"past": -1, "future": 0, "plan": 0, "due": 0}.get(scope.tense or "")
        )
        if scope.day is None or by is None or (scope.day.weekday() >= 5 and (by or not which)):
            return None
        return hull(in_week(scope.day, by, 5), in_week(scope.day, by, 6))

    return Sense("deictic", meaning)


def named(make: Make, which: str, note: str = "", back: int = 0) -> Sense:
    """Read "last November": what comes once a year, of the last, this or next time.

    Where that of this year may be meant as well ("last March" in October) it stays open, but for
    "past" and "coming".  ``back`` is how many years before that are meant.
    """
    by, either = _STEPS[which.split()[-1]], which in ("last", "next")

    def year_of(day: date) -> int | None:
        known = {which: make(which) for which in (day.year - 1, day.year)}
        for running, one in known.items():
            if one and one.start <= day <= one.end:
                return running + by
        own = known[day.year]
        if own is None:
            return None
        if by == 0:
            return day.year if own.start.year == own.end.year else None
        if (own.end < day) == (by > 0):
            return day.year + by
        return None if either else day.year

    def meaning(day: date) -> Interval | None:
        number = year_of(day)
        return make(number - back) if number is not None else None

    return deictic(meaning, note)


def named_month(match: re.Match[str]) -> Sense:
    """Read "last November"."""
    month = month_number(match["month"])
    return named(lambda number: months(number, month, month), _words(match, "which"))


def season(first: int) -> Make:
    """The three months from the first one."""
    return lambda number: Interval(
        date(number, first, 1), moved(date(number, first, 1), "month", 3) - DAY
    )


def named_season(match: re.Match[str]) -> Sense:
    """Read "last summer", "the summer before last"."""
    back = 1 if match.groupdict().get("before") else 0
    which = _words(match, "which") or "last"
    return named(season(SEASONS[match["season"].lower()]), which, NORTH, back)


def named_day(match: re.Match[str]) -> Sense:
    """Read "Good Friday", "last Christmas"."""
    name, which = match["holiday"], _words(match, "which")
    make: Make = lambda number: on(holiday(name, number))  # noqa: E731 - a closure
    if not which:
        return in_year(make, match["y"] or match["ref"])
    return named(make, {"last": "past", "next": "coming"}.get(which, which))


def ago(match: re.Match[str]) -> Sense:
    """Read "three months ago": the month, as exact as its unit is."""
    found, unit, count = match.groupdict(), _unit(match), _count(match)
    if found.get("more"):
        return VAGUE
    if found.get("exact"):
        return deictic(lambda day: on(moved(day, unit, -count)))
    return deictic(lambda day: containing(moved(day, unit, -count), unit), _note(match))


def hence(match: re.Match[str]) -> Sense:
    """Read "two months from now": as exact as its unit is."""
    unit, count = _unit(match), _count(match)
    if match.groupdict().get("exact"):
        return deictic(lambda day: on(moved(day, unit, count)))
    return deictic(lambda day: containing(moved(day, unit, count), unit), _note(match))


def in_units(match: re.Match[str]) -> Sense:
    """Read "in three years": a date only for what will be; else how long something took."""
    unit, count = _unit(match), _count(match)
    alone = _STOP.match(match.string, match.end())
    promised = _PROMISE.search(match.string, 0, match.start())
    if match["n"].lower() in ("a", "an") and not (alone or promised):
        return VAGUE  # "three in a year"
    if _RANKED.search(match.string, 0, match.start()):
        return VAGUE  # "the fourth in five years"

    def meaning(today: date) -> Interval:
        day = moved(today, unit, count)
        return (
            on(day)
            if unit == "week" and match["n"].lower() in ("a", "one")
            else containing(day, unit)
        )

    return ahead(meaning)


def past_units(match: re.Match[str]) -> Sense:
    """Read "the past three years": up to the day of writing."""
    if match.groupdict().get("more"):
        return VAGUE
    unit, count = _unit(match), _count(match)
    return deictic(lambda day: Interval(moved(day, unit, -count), day))


def next_units(match: re.Match[str]) -> Sense:
    """Read "the next five years": from the day of writing."""
    unit, count = _unit(match), _count(match)
    return deictic(lambda day: Interval(day, moved(day, unit, count)))


_STOP = re.compile(r"\s*[.,;)]")
_RANKED = re.compile(
    r"\b(?:first|second|third|[a-z]{2,}th|[a-z]{2,}est|most|only|times?|once|twice)\b[^.;:]*$", re.I
)
_PROMISE = re.compile(
    r"\b(?:will|shall|would|please|due|payable|to\s+be|(?:is|are)\s+to|going\s+to"
    r"|(?:expect|hope|plan|aim|want|intend)(?:s|ed)?)\b|['\u2019]ll\b",
    re.I,
)


def within(match: re.Match[str]) -> Sense:
    """Read "within three years": from the time at which it was said, where it is given.

    From the day of writing only in a promise: "within 14 days" is a rule that counts from
    something else.
    """
    unit, count = _unit(match), _count(match)
    promised = _PROMISE.search(match.string)

    def meaning(scope: Scope) -> Interval | None:
        said = scope.before
        if said is not None and said.start == said.end:
            return Interval(said.start, moved(said.end, unit, count))
        if said is None and scope.day is not None and promised and scope.tense != "past":
            return Interval(scope.day, moved(scope.day, unit, count))
        return None

    return Sense("anaphoric", meaning)


def later(match: re.Match[str]) -> Sense:
    """Read "two years later", "a year earlier": as exact as the unit.

    Not where it counts from something coarser; a month or quarter compared with its fellow of
    the year before stays one.
    """
    if match["more"]:
        return VAGUE
    unit, count = _unit(match), _count(match)
    by = -count if match["way"].lower() in ("earlier", "before", "previously") else count

    def meaning(before: Interval) -> Interval | None:
        whole = _period(before)
        if whole is None:
            return None
        if whole == "day" and match["n"].lower() in ("a", "one") and unit == "week":
            return on(moved(before.start, unit, by))
        if unit == "year" and by == -1 and whole in ("month", "quarter"):
            return _year_before(before)
        if _UNITS.index(whole) > _UNITS.index(unit):
            return None
        return containing(moved(before.start, unit, by), unit)

    return anaphoric(meaning, _note(match))


def _period(interval: Interval) -> Unit | None:
    """The calendar unit that the interval is, if it is one."""
    return next((unit for unit in _UNITS if containing(interval.start, unit) == interval), None)


def _year_before(interval: Interval) -> Interval:
    return Interval(moved(interval.start, "year", -1), moved(interval.end + DAY, "year", -1) - DAY)


def following(match: re.Match[str]) -> Sense:
    """Read "the following month", "the previous year", "that day"."""
    unit, by = _unit(match), _STEPS[_words(match, "which").split()[-1]]

    def meaning(before: Interval) -> Interval | None:
        whole = containing(before.start, unit)
        return None if before.end > whole.end else steps(by, unit)(whole.start)

    return anaphoric(meaning)


def same_period(_: re.Match[str]) -> Sense:
    """Read "the same period last year", "the year-earlier quarter": its fellow a year before."""
    return anaphoric(lambda before: _year_before(before) if _period(before) else None)


def day_of_month(match: re.Match[str]) -> Sense:
    """Read "the 3rd of last month"."""
    return day_in(_STEPS[match["which"].lower()], int(match["day"]))


def day_in(by: int, number: int) -> Sense:
    """The day of that number in the month ``by`` months after the present one."""

    def meaning(now: date) -> Interval | None:
        month = steps(by, "month")(now)
        return on(month.start.replace(day=number)) if number <= month.end.day else None

    return deictic(meaning)


def day_alone(match: re.Match[str]) -> Sense:
    """Read "on the 20th": of the last month that has had it, or the next that will."""
    found = match.groupdict()
    number, week, last = int(match["day"]), found.get("week"), found.get("last")

    def meaning(scope: Scope) -> Interval | None:
        day = _numbered(scope, number) if scope.tense in ("past", *AHEAD) else None
        if day is None:
            return None
        if last:
            end = _numbered(Scope(day, "plan"), int(last))
            return Interval(day, end) if end else None
        return containing(day, "week") if week else on(day)

    return Sense("yearless", meaning)


def _numbered(scope: Scope, number: int, weekday: int | None = None) -> date | None:
    """The nearest day of that number in a month, and weekday, in the direction that is told."""
    if scope.day is None:
        return None
    day = scope.day
    months_near = (steps(by, "month")(day) for by in range(-3, 4))
    days = [one.start.replace(day=number) for one in months_near if 1 <= number <= one.end.day]
    if weekday is not None:
        days = [one for one in days if one.weekday() == weekday]
    if scope.tense == "past":
        days = [one for one in days if one <= day]
    elif scope.tense in ("future", "plan"):
        days = [one for one in days if one >= day]
    return min(days, key=lambda one: abs(one - day), default=None)


def weekday_and_day(match: re.Match[str]) -> Sense:
    """Read "Wednesday 18th": the nearest that is both."""
    weekday, number = weekday_number(match["wd"]), int(match["day"] or match["number"])

    def meaning(scope: Scope) -> Interval | None:
        found = _numbered(scope, number, weekday)
        return on(found) if found else None

    return Sense("yearless", meaning)


def weekday_plus(match: re.Match[str]) -> Sense:
    """Read "Thursday week", "a fortnight on Monday"."""
    found, count = match.groupdict(), 1 if match["plus"].lower() == "week" else 2
    if "day" in found:  # "tomorrow week"
        by = _DAYS.get(found["day"].lower(), 0)
        return deictic(lambda day: on(day + timedelta(days=by, weeks=count)))
    weekday = weekday_number(match["wd"])
    return deictic(lambda day: on(moved(next_weekday(day, weekday), "week", count)))


def this_time(match: re.Match[str]) -> Sense:
    """Read "this time last year"."""
    unit, by = _unit(match), _STEPS[match["which"].lower()]
    return deictic(lambda day: on(moved(day, unit, by)))


def weekday_from(match: re.Match[str]) -> Sense:
    """Read "the following Monday", "the Monday before"."""
    weekday, way = weekday_number(match["wd"]), match["way"].lower()

    def meaning(before: Interval) -> Interval:
        if way in ("before", "previous", "preceding"):
            return on(last_weekday(before.start - DAY, weekday))
        return on(next_weekday(before.end, weekday))

    return anaphoric(meaning)


def edge_alone(match: re.Match[str]) -> Sense:
    """Read "by the end of the month" in what is to come, "since the start of it" in the past."""
    unit, edge = _unit(match), match["mod"]
    if unit == "day" or (unit == "week" and not edge.lower().endswith("end of")):
        return VAGUE

    begins = "start" in edge.lower() or "begin" in edge.lower()

    def meaning(scope: Scope) -> Interval | None:
        if scope.day is None or not (scope.tense in AHEAD or (begins and scope.tense == "past")):
            return None
        whole = containing(scope.day, unit)
        found = _end_of_week(whole) if unit == "week" else modified(whole, edge)
        past = scope.tense == "past"
        return found if found and (past or found.end >= scope.day) else None

    return Sense("deictic", meaning, "approximate")


def decade(match: re.Match[str]) -> Sense:
    """Read "this decade"; nothing of "last decade", which may be its last ten years."""
    if _STEPS[match["which"].lower()]:
        return VAGUE  # the ten years past, or the nineties?
    return deictic(
        lambda day: hull(year(day.year // 10 * 10), year(day.year // 10 * 10 + 9)),
        "calendar decade",
    )


def vague(_: re.Match[str]) -> Sense:
    """Take words that give no definite time."""
    return VAGUE


def after_next(match: re.Match[str]) -> Sense:
    """Read "the week after next", "the year before last"."""
    return deictic(steps(2 if match["way"] else -2, _unit(match)))
