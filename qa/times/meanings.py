"""What times put together mean: a day in a year, the last of its kind, so many units from another.

A ``Series`` is what recurs (Fridays, Mays, Easters), a ``Sense`` one time as a function of when it
is said.
"""

from collections.abc import Callable
from datetime import date, timedelta

from qa.times.holidays import holiday
from qa.times.intervals import (
    DAY,
    Interval,
    Unit,
    containing,
    hull,
    month_end,
    months,
    moved,
    on,
    part,
    year,
)
from qa.times.readings import (
    AHEAD,
    VAGUE,
    Scope,
    Sense,
    Series,
    absolute,
    anaphoric,
    deictic,
    yearless,
)

FISCAL = VAGUE._replace(note="where its fiscal year begins is not known")
NORTH = "season of the northern hemisphere"
Amount = tuple[str, int]
"""A unit and how many of it: a fortnight is ("week", 2)."""
_FAR = timedelta(days=60)
"""What lies farther away than this is not meant where another of its kind is near."""
_SIZES = {"day": 1, "week": 2, "month": 3, "quarter": 4, "half": 5, "year": 6, "decade": 7}
_UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "year")


def counted(unit: str) -> Unit | None:
    """A unit by which days are counted; None for halves and decades, which begin anywhere."""
    return next((one for one in _UNITS if one == unit), None)


def _within(whole: Interval, first: int, last: int) -> Interval | None:
    if not 1 <= first <= last <= whole.end.day:
        return None
    return Interval(whole.start.replace(day=first), whole.start.replace(day=last))


def day_of(
    month: int, first: int, last: int | None = None, weekday: int | None = None
) -> Series | None:
    """Read "Monday, March 4"; where weekday and date disagree neither is believed."""
    final = last or first
    if not 1 <= first <= final <= 31:
        return None  # "No. 31 - 4 August"

    def make(start: date) -> Interval | None:
        days = _within(months(start.year, month, month), first, final)
        return days if days and weekday in (None, days.start.weekday()) else None

    return Series("year", make)


def day_number(first: int, last: int | None = None, weekday: int | None = None) -> Series:
    """Read "the 20th", "Wednesday 18th"."""

    def make(start: date) -> Interval | None:
        days = _within(containing(start, "month"), first, last or first)
        return days if days and weekday in (None, days.start.weekday()) else None

    return Series("month", make)


def season(first: int) -> Callable[[int], Interval]:
    """The three months from the first one, of the year in which they begin."""
    return lambda number: Interval(
        date(number, first, 1), moved(date(number, first, 1), "month", 3) - DAY
    )


def _season(first: int) -> Series:
    make = season(first)
    return Series("year", lambda start: make(start.year), NORTH, whole=True)


def _months(first: int, last: int, note: str = "", *, whole: bool = False) -> Series:
    return Series("year", lambda start: months(start.year, first, last), note, whole)


def span(unit: str, number: int) -> Series | None:
    """The quarter or half of that number of a year; -1 is the last."""
    size = 3 if unit == "quarter" else 6
    number = number if number > 0 else 12 // size
    if number > 12 // size:
        return None
    note = "calendar quarter" if size == 3 else ""
    return _months(size * (number - 1) + 1, size * number, note, whole=True)


def _weekend(start: date) -> Interval:
    return Interval(start + timedelta(days=5), start + timedelta(days=6))


def series(kind: str, value: object) -> Series:
    """What recurs, of a word of that kind."""
    if isinstance(value, Series):
        return value
    if kind == "holiday":
        name = str(value)
        return Series("year", lambda start: on(holiday(name, start.year)))
    if kind == "weekend":
        return Series("week", _weekend)
    number = int(str(value))
    if kind in ("weekday", "short"):
        return Series("week", lambda start: on(start + timedelta(days=number)))
    if kind == "season":
        return _season(number)
    if kind in ("quarter", "half"):
        made = span(kind, number)
        assert made is not None  # the words are of those that there are
        return made
    return _months(number, number)


def weekend_of(name: str) -> Series:
    """The weekend that a holiday belongs to: with it where it is the day before or after."""

    def make(start: date) -> Interval | None:
        day = holiday(name, start.year)
        first, last = {4: (0, 2), 5: (0, 1), 6: (-1, 0), 0: (-2, 0)}.get(day.weekday(), (0, -1))
        return (
            Interval(moved(day, "day", first), moved(day, "day", last)) if first <= last else None
        )

    return Series("year", make)


def week_of_year(number: int) -> Series:
    """A week as ISO 8601 counts."""

    def make(start: date) -> Interval | None:
        try:
            return containing(date.fromisocalendar(start.year, number, 1), "week")
        except ValueError:
            return None

    return Series("year", make, "week of ISO 8601")


def weeks_of_year(number: int, first: int, last: int) -> Sense | None:
    """Weeks as ISO 8601 counts, of one year."""
    try:
        start, end = (date.fromisocalendar(number, week, 1) for week in (first, last))
    except ValueError:
        return None
    return absolute(hull(containing(start, "week"), containing(end, "week")), "week of ISO 8601")


def year_sense(number: int) -> Sense:
    """A year by its number."""
    return absolute(year(number))


def sense(one: Series) -> Sense:
    """That one of the series of which is spoken: which one tells the tense."""
    if one.every == "year":
        return yearless(lambda number: one.make(date(number, 1, 1)), whole=one.whole, note=one.note)

    def meaning(scope: Scope) -> Interval | None:
        if scope.narrative and scope.before is not None and one.every == "month":
            return last_and_next(one, scope.before.start)[1]
        if scope.day is None or scope.narrative:
            return None
        if one.every == "month" and scope.month is not None:
            return one.make(scope.month)
        past, coming = last_and_next(one, scope.day)
        if past is not None and coming is not None:
            was, will = scope.day - past.end, coming.start - scope.day
            if max(was, will) > max(_FAR, 2 * min(was, will)):
                return past if was < will else coming
        if scope.tense == "past":
            return past
        if scope.tense in AHEAD:
            today = past is not None and past.start <= scope.day <= past.end
            return None if today and one.every == "week" else coming
        return None

    return Sense("yearless", meaning, one.note, span="month" if one.every == "month" else None)


def around(one: Series, day: date, reach: int = 14) -> list[Interval]:
    """Those of the series near a day, in order."""
    found = []
    for by in range(-reach, reach + 1):
        try:
            made = one.make(moved(containing(day, one.every).start, one.every, by))
        except (ValueError, OverflowError):
            made = None
        if made is not None:
            found.append(made)
    return found


def last_and_next(one: Series, day: date) -> tuple[Interval | None, Interval | None]:
    """The last that has begun by that day, and the next that begins on it or later."""
    near = around(one, day)
    past = [time for time in near if time.start <= day]
    coming = [time for time in near if time.start > day or time.start == day == time.end]
    return (past[-1] if past else None), (coming[0] if coming else None)


def mapped(
    one: Sense | Series, change: Callable[[Interval], Interval | None], note: str = ""
) -> Sense | Series:
    """``one`` with what it means changed."""
    note = note or one.note

    def changed(found: Interval | None) -> Interval | None:
        return change(found) if found is not None else None

    if isinstance(one, Series):
        recurs = one.make
        return one._replace(make=lambda start: changed(recurs(start)), note=note)
    meaning, make = one.meaning, one.make
    return one._replace(
        meaning=lambda scope: changed(meaning(scope)),
        make=(lambda number: changed(make(number))) if make else None,
        note=note,
        span=None,
    )


def inside(one: Series, whole: Sense) -> Sense | None:
    """Read "December last year", "Friday of this week": the one that lies in it."""
    if whole.span != one.every:
        return None
    return _changed(whole, lambda time: one.make(time.start), one.note)


def of_year(one: Series, number: int) -> Sense | None:
    """One of a series in a year that is named."""
    if one.every != "year":
        return None
    time = one.make(date(number, 1, 1))
    if one.note == NORTH and time is not None and time.end.year != number:
        return absolute(None, "a winter lies in two years")
    return absolute(time, one.note)


def _changed(one: Sense, change: Callable[[Interval], Interval | None], note: str = "") -> Sense:
    found = mapped(one, change, note)
    assert isinstance(found, Sense)  # as it was
    return found


def nth(number: int, one: Series, whole: Sense | Series) -> Sense | Series:
    """Read "the last Sunday of this month", "the first Saturday in December"."""

    def pick(time: Interval) -> Interval | None:
        middle = time.start + (time.end - time.start) / 2
        reach = (time.end - time.start).days // 7 + 3
        near = [
            found for found in around(one, middle, reach) if time.start <= found.start <= time.end
        ]
        try:
            return near[number - 1 if number > 0 else number]
        except IndexError:
            return None

    return mapped(whole, pick)


def nth_unit(
    number: int, unit: Amount, whole: Sense | Series, *, full: bool
) -> Sense | Series | None:
    """Read "the first day of May", "the last quarter of the year", "the second half of July"."""
    name, count = unit
    if unit == ("week", 2) and number in (1, 2):  # "la segunda quincena de noviembre"
        name, count = "half", 1
    if count != 1 or name == "decade":
        return VAGUE

    def pick(time: Interval) -> Interval | None:
        if name == "day":
            day = time.start + timedelta(days=number - 1) if number > 0 else time.end
            return on(day) if day <= time.end else None
        if name == "week" and not full:
            week = timedelta(days=6)
            return Interval(time.start, time.start + week) if number == 1 else None
        if name == "week":
            monday = time.start + timedelta(days=-time.start.weekday() % 7)
            return containing(monday + timedelta(weeks=number - 1), "week") if number > 0 else None
        if name == "half" and containing(time.start, "month") == time:
            return _within(time, *((1, 15) if number == 1 else (16, time.end.day)))
        if containing(time.start, "year") != time:
            return None
        if name == "month":
            which = number if number > 0 else 12
            return months(time.start.year, which, which) if which <= 12 else None
        made = span(name, number)
        return made.make(time.start) if made else None

    if name == "week" and not full and number != 1:
        return VAGUE  # the second may be of days 8 to 14, or the second that is whole
    if name == "year":
        return None
    return mapped(whole, pick, "calendar quarter" if name == "quarter" else "")


def first_units(
    number: int, count: int, unit: Amount, whole: Sense | Series
) -> Sense | Series | None:
    """Read "the first nine months of 2022", "the last two weeks of August"."""
    kind, size = unit[0], count * unit[1]
    if kind not in ("day", "week", "month") or size < 1:
        return None

    def pick(time: Interval) -> Interval | None:
        if kind == "month":
            whole_year = containing(time.start, "year") == time and size <= 12
            first, last = (1, size) if number == 1 else (13 - size, 12)
            return months(time.start.year, first, last) if whole_year else None
        rest = (size * 7 if kind == "week" else size) - 1
        start = time.start if number == 1 else moved(time.end, "day", -rest)
        end = moved(time.start, "day", rest) if number == 1 else time.end
        return Interval(start, end) if time.start <= start <= end <= time.end else None

    return mapped(whole, pick)


def ended(
    number: int | None, count: int | None, unit: Amount, end: Sense | Series
) -> Sense | Series | None:
    """Read "the quarter ended March 31, 2023": so many months up to the end of that one."""
    size = {"week": 0, "month": 1, "quarter": 3, "half": 6, "year": 12}.get(unit[0])
    if size is None or (number and unit[0] not in ("quarter", "half")):
        return None
    size = size * count if count else size

    def back(time: Interval) -> Interval | None:
        last = time.end
        if size == 0:
            return Interval(moved(last, "day", -6), last) if time.start == last else None
        if last == month_end(last.year, last.month):
            return Interval(moved(last.replace(day=1), "month", 1 - size), last)
        return Interval(moved(last, "month", -size) + DAY, last)

    return mapped(end, back)


def long(first: int, count: int) -> Interval:
    """So many years."""
    return Interval(date(first, 1, 1), date(first + count - 1, 12, 31))


# Counted from the day of writing, or from a time spoken of before.


def unit_of(by: int, unit: str) -> Sense | None:
    """The unit so many after that of the day of writing."""
    name = counted(unit)
    if name is None:
        return VAGUE
    return deictic(lambda day: _step(day, name, by))._replace(span=name)


def _step(day: date, unit: Unit, by: int) -> Interval:
    return containing(moved(containing(day, unit).start, unit, by), unit)


def which_unit(which: tuple[int, str], unit: Amount, *, alone: bool) -> Sense | None:
    """Read "last week", "the past week", "the following month"."""
    by, how = which
    if how == "from" or (alone and (by, how) == (1, "near")):
        return following(by, unit)
    if unit[0] == "decade" and by == 0:
        return deictic(lambda day: long(day.year // 10 * 10, 10), "calendar decade")
    if how == "past" and alone and by == -1 and unit[1] == 1:
        return units((by, how), 1, unit)
    if how == "coming" and alone and unit[0] != "day":
        return units((by, how), 1, unit)
    return unit_of(by * unit[1], unit[0])


def units(which: tuple[int, str], count: int, unit: Amount) -> Sense | None:
    """Read "the past three years", "the next two weeks": up to the day of writing, or from it."""
    by, how = which
    name = counted(unit[0])
    if by == 0 or name is None:
        return VAGUE
    many = count * unit[1]
    if by > 0:
        return (
            deictic(lambda day: Interval(day, moved(day, name, many))) if how != "from" else VAGUE
        )
    return deictic(lambda day: Interval(moved(day, name, -many), day))


def which_series(which: tuple[int, str], one: Series, kind: str, language: str) -> Sense | None:
    """Read "last Friday", "this coming May", "next weekend", "the following Monday"."""
    by, how = which
    if how == "from":
        return beside(one, by) if by else None
    if one.every == "week" and (language == "zh" or by == 0 or kind == "weekend"):
        # "The coming weekend" is this week's; of "next weekend" the week is the next.
        weeks = 0 if how == "coming" and kind == "weekend" else by
        return deictic(lambda day: _in_week(one, day, by, weeks, kind))
    if one.every == "week":
        return deictic(lambda day: _last_or_next(one, day, by, how, language))
    if one.every == "month":
        return deictic(lambda day: _beside_day(one, day, by or 1)) if how != "near" else None
    return deictic(lambda day: _of_years(one, day, by, how))


def _in_week(one: Series, day: date, by: int, weeks: int, kind: str) -> Interval | None:
    if kind == "weekend" and by and day.weekday() >= 5:
        return None  # said on a weekend it may be either
    return one.make(_step(day, "week", weeks).start)


def _last_or_next(one: Series, day: date, by: int, how: str, language: str) -> Interval | None:
    """In the same week "last Friday" may mean the one before: then both remain."""
    past, coming = last_and_next(one, day - DAY if by < 0 else day + DAY)
    found = past if by < 0 else coming
    firm = how in ("past", "coming") or (by < 0 and language != "en")
    if found is None or firm or containing(found.start, "week") != containing(day, "week"):
        return found
    return hull(found, Interval(*(moved(d, "week", by) for d in (found.start, found.end))))


def _beside_day(one: Series, day: date, by: int) -> Interval | None:
    near = around(one, day)
    if by < 0:
        return next((time for time in reversed(near) if time.end < day), None)
    return next((time for time in near if time.start > day), None)


def _of_years(one: Series, day: date, by: int, how: str) -> Interval | None:
    """That of the last, this or next time; open where "last March" may be this year's or not."""
    known = {number: one.make(date(number, 1, 1)) for number in (day.year - 1, day.year)}
    own = known[day.year]
    number: int | None = None
    for running, time in known.items():
        if time and time.start <= day <= time.end:
            number = running + by
    if number is None and own is not None:
        if by == 0:
            number = day.year if own.start.year == own.end.year else None
        elif (own.end < day) == (by > 0):
            number = day.year + by
        else:
            number = None if how == "near" else day.year
    return one.make(date(number, 1, 1)) if number else None


def after_next(kind: str, value: object, by: int) -> Sense | None:
    """Read "the week after next", "the summer before last"."""
    if kind == "unit":
        assert isinstance(value, tuple)  # what units are
        return unit_of(by, value[0])
    one = series(kind, value)
    if one.every == "week":
        return VAGUE  # the weekend after the coming one, or after that

    def meaning(day: date) -> Interval | None:
        found = _of_years(one, day, by // 2, "past" if by < 0 else "coming")
        return one.make(date(found.start.year + by // 2, 1, 1)) if found else None

    return deictic(meaning, one.note)


def near(count: int, unit: Unit) -> Sense:
    """Read "yesterday" and its like."""
    return deictic(lambda day: _step(day, unit, count))._replace(span=unit)


def ago(count: int, unit: str, note: str = "") -> Sense:
    """Read "three months ago", "two weeks from now": as exact as its unit is."""
    name = counted(unit)
    if name is None:
        return VAGUE
    return deictic(lambda day: containing(moved(day, name, count), name), note)._replace(span=name)


def exactly(count: int, unit: str) -> Sense:
    """Read "two months from today"."""
    name = counted(unit)
    if name is None:
        return VAGUE
    return deictic(lambda day: on(moved(day, name, count)))


def in_units(count: int, unit: Amount, *, to_day: bool) -> Sense:
    """Read "in three years": a date only for what will be; else how long something took."""
    of, many = counted(unit[0]), count * unit[1]
    if of is None:
        return VAGUE

    def told(scope: Scope) -> Interval | None:
        if scope.day is None or scope.tense not in (*AHEAD, None):
            return None
        day = moved(scope.day, of, many)
        return on(day) if to_day or unit[1] > 1 else containing(day, of)

    return Sense("deictic", told)


def within(count: int, unit: Amount, *, promised: bool) -> Sense:
    """Read "within three years": from the time at which it was said, where it is given.

    From the day of writing only in a promise: "within 14 days" is a rule that counts from
    something else.
    """
    of, many = counted(unit[0]), count * unit[1]
    if of is None:
        return VAGUE

    def meaning(scope: Scope) -> Interval | None:
        said = scope.before
        if said is not None and said.start == said.end:
            return Interval(said.start, moved(said.end, of, many))
        if said is None and scope.day is not None and promised and scope.tense != "past":
            return Interval(scope.day, moved(scope.day, of, many))
        return None

    return Sense("anaphoric", meaning)


def within_of(start: Sense, count: int, unit: str) -> Sense | Series:
    """Read "within 21 days of 3 May"."""
    of = counted(unit)

    def meaning(time: Interval) -> Interval | None:
        return Interval(time.start, moved(time.end, of, count)) if of else None

    return mapped(start, meaning)


def shifted(one: Sense | Series, count: int, unit: str) -> Sense | Series:
    """So many units from a time."""
    of = counted(unit)
    if of is None:
        return VAGUE

    def move(time: Interval) -> Interval | None:
        if time.start == time.end:
            return on(moved(time.start, of, count))
        whole = _period(time)
        if whole is None or _SIZES[whole] > _SIZES[of]:
            return (
                on(moved(time.start if count < 0 else time.end, of, count)) if of == "day" else None
            )
        return containing(moved(time.start, of, count), of)

    return mapped(one, move)


def beside_units(one: Sense | Series, count: int, unit: str) -> Sense | Series:
    """Read "the four weeks before Christmas": all of them."""
    of = counted(unit)
    if of is None:
        return VAGUE

    def span(time: Interval) -> Interval | None:
        if count < 0:
            return Interval(moved(time.start, of, count), time.start - DAY)
        return Interval(time.end + DAY, moved(time.end, of, count))

    return mapped(one, span)


def next_to(one: Series, anchor: Sense | Series, sign: int) -> Sense | Series:
    """Read "the Friday before Easter"."""

    def pick(time: Interval) -> Interval | None:
        return _beside_day(one, time.start if sign < 0 else time.end, sign)

    return mapped(anchor, pick)


def coming(one: Sense | Series) -> Sense:
    """The next of a series after the day of writing."""
    if isinstance(one, Sense):
        return one
    return deictic(lambda day: _beside_day(one, day, 1))


def from_now(one: Sense | Series) -> Sense:
    """Read "between now and Friday"."""
    until = coming(one).meaning

    def meaning(scope: Scope) -> Interval | None:
        end = until(scope)
        return Interval(scope.day, end.end) if end and scope.day and end.end >= scope.day else None

    return Sense("deictic", meaning)


def later(count: int, unit: Amount, sign: int, note: str) -> Sense:
    """Read "two years later", "a year earlier": as exact as the unit.

    Not where it counts from something coarser; a month or quarter compared with its fellow of
    the year before stays one.
    """
    of, many = counted(unit[0]), sign * count * unit[1]
    if of is None:
        return VAGUE

    def meaning(before: Interval) -> Interval | None:
        whole = _period(before)
        if whole is None:
            return None
        if whole == "day" and count == 1 and of == "week":
            return on(moved(before.start, of, many))
        if of == "year" and many == -1 and whole in ("month", "quarter"):
            return _year_before(before)
        if _SIZES[whole] > _SIZES[of]:
            return None
        return containing(moved(before.start, of, many), of)

    return anaphoric(meaning, note)


def _period(interval: Interval) -> Unit | None:
    """The calendar unit that the interval is, if it is one."""
    return next((unit for unit in _UNITS if containing(interval.start, unit) == interval), None)


def _year_before(interval: Interval) -> Interval:
    return Interval(moved(interval.start, "year", -1), moved(interval.end + DAY, "year", -1) - DAY)


SAME_PERIOD = anaphoric(lambda before: _year_before(before) if _period(before) else None)
"""Of "the same period last year", "the year-earlier quarter": its fellow a year before."""


def following(by: int, unit: Amount) -> Sense:
    """Read "the following month", "the previous year", "that day"."""
    of = counted(unit[0])
    if of is None:
        return VAGUE

    def meaning(before: Interval) -> Interval | None:
        whole = containing(before.start, of)
        return None if before.end > whole.end else _step(whole.start, of, by)

    return anaphoric(meaning)._replace(span=of)


def beside(one: Series, sign: int) -> Sense:
    """Read "the following Monday", "the weekend before": from a time spoken of before."""

    def meaning(before: Interval) -> Interval | None:
        return _beside_day(one, before.start if sign < 0 else before.end, sign)

    return anaphoric(meaning)


# Parts.


def told(one: Series) -> Sense:
    """Read "on the Sunday": of the days spoken of before, or the next after them."""

    def meaning(before: Interval) -> Interval | None:
        first, last = _beside_day(one, before.start - DAY, 1), before.start + 6 * DAY
        return first if first is not None and first.end <= max(before.end, last) else None

    return anaphoric(meaning)


def modified(interval: Interval | None, word: str) -> Interval | None:
    """The early, middle or late part; "the end of" a year or quarter is its last month."""
    if interval is None:
        return None
    if word in ("early", "mid", "late"):
        return part(interval, word)
    first = word == "start"
    if interval == containing(interval.start, "month"):
        return part(interval, "early" if first else "late")
    return containing(interval.start if first else interval.end, "month")


def part_of(word: str, whole: Sense | Series) -> Sense | Series | None:
    """Read "early 2020", "the end of May", "later this month", "early next week"."""
    if word in ("earlier", "later"):
        if isinstance(whole, Series) or whole.span is None:
            return None
        meaning = whole.meaning

        def cut(scope: Scope) -> Interval | None:
            time = meaning(scope)
            if time is None or scope.day is None:
                return None
            if word == "earlier":
                return Interval(time.start, max(time.start, min(scope.day, time.end)))
            return Interval(min(time.end, max(scope.day, time.start)), time.end)

        return Sense("deictic", cut)

    def pick(time: Interval) -> Interval | None:
        if time.start == time.end:
            return time  # "early Monday"
        if (time.end - time.start).days < 6:
            return None
        if time == containing(time.start, "week"):
            if word in ("end", "late"):
                return Interval(moved(time.end, "day", -2), time.end)
            if word in ("early", "start"):
                return Interval(time.start, moved(time.start, "day", 2))
            return None
        return modified(time, word)

    return mapped(whole, pick, "approximate")


def edge_alone(word: str, unit: Amount) -> Sense:
    """Read "by the end of the month" in what is to come, "since the start of it" in the past."""
    of, many = counted(unit[0]), unit[1]
    if of in (None, "day") or many != 1 or (of == "week" and word != "end"):
        return VAGUE

    def meaning(scope: Scope) -> Interval | None:
        if scope.day is None or not (
            scope.tense in AHEAD or (word == "start" and scope.tense == "past")
        ):
            return None
        whole = containing(scope.day, of)
        found = (
            Interval(moved(whole.end, "day", -2), whole.end)
            if of == "week"
            else modified(whole, word)
        )
        past = scope.tense == "past"
        return found if found and (past or found.end >= scope.day) else None

    return Sense("deictic", meaning, "approximate")


def to_date(unit: str) -> Sense:
    """Read "year to date"."""
    of = counted(unit)
    if of is None:
        return VAGUE
    return deictic(lambda day: Interval(containing(day, of).start, day))
