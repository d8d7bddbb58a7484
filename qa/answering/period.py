"""The time that a question asks about, and what speaks of it.

A question's own "last year" counts from today and is looked up as the year it means.  A unit
that speaks of the time asked for gains, one that speaks of another loses: by the times that it
resolves to, by its document's date where it speaks of none.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from qa.data import Dated, Document, Note, Reading, Statement, Unit, Weighed, Window
from qa.text.facts import dates, numbers
from qa.text.words import terms
from qa.times.direction import cues
from qa.times.expressions import expressions
from qa.times.intervals import Expression, Interval, containing, hull, on
from qa.times.quoted import anchor, dates_of, days_text, is_counted, is_newer

Way = Literal["during", "since", "after", "before", "latest"]

_LATEST = re.compile(
    r"\b(?:(?:the\s+)?(?:latest|newest|most\s+recent)|currently|(?:the\s+)?current(?=\s+\w)"
    r"|right\s+now|at\s+present|nowadays|as\s+of\s+(?:now|today))\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\b(?:(?P<after>after|later\s+than|following)|(?P<before>before|until|prior\s+to|earlier\s+than)"
    r"|(?P<since>since|starting|from)|in|during|as\s+of|on|at|of|for|by|over|within|through)"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# What surely counts from the day of asking: "in May" and "the fourth quarter" may be of any year,
# "in one day" is no date, and "today" asks for no day of its own.
_OWN = re.compile(
    r"\b(?:last|this|next|past|coming|current|yesterday|tomorrow|ago|since|until)\b", re.IGNORECASE
)
THEN, OTHERWISE, WRITTEN_THEN, WRITTEN_OTHERWISE = 1.5, -2.5, 0.5, -0.7
"""What a unit's logit gains where it speaks of the time asked for, or of others alone; and where
it speaks of none, but its document was, or was not, written then."""
_YEAR = timedelta(days=364)  # from its first day to its last
_LATER = 0.4  # of the likeliest unit's chance: what a newer document's must have to lead ...
_ANEW, _SAID = 0.15, 2  # ... and where it has as many of the question's words, so many at least


class Period(NamedTuple):
    """The time of a question.

    ``lookup`` is the question with the time it means in figures, ``rest`` without it.
    ``interval`` is the time named; of "the latest" None, or the time that nothing answers for.
    ``said`` is what of the question's own words had to be read so.  ``any_year`` is a day or a
    month named without its year, in some year.
    """

    way: Way
    interval: Interval | None
    lookup: str
    rest: str
    said: tuple[Dated, ...] = ()
    any_year: Interval | None = None

    @property
    def is_of_days(self) -> bool:
        """Whether a time was asked for by which units are told apart."""
        return self.way != "latest" and (self.interval or self.any_year) is not None

    @property
    def notes(self) -> tuple[Note, ...]:
        """How the question's words were read."""
        return tuple(
            Note.of("read_as", text=one.text, time=Interval(one.start, one.end))
            for one in self.said
        )


def period_of(question: str, today: date) -> Period | None:
    """The time that ``question`` asks about; None where it has no sure words of time."""
    words = expressions(question, on(today))
    every = [(one, one.interval) for one in words if one.interval is not None]
    found = [(one, time) for one, time in every if not one.relative or _OWN.search(one.text)]
    if not found:
        if _LATEST.search(question) is not None:
            return Period("latest", None, question, question)
        bare = [time for one in words if (time := _without_year(one)) is not None]
        return Period("during", None, question, question, (), bare[0]) if len(bare) == 1 else None
    basis = f"from today, {today}"
    own = [(one, time) for one, time in found if one.relative]
    said = tuple(Dated(one.text, time.start, time.end, basis, True) for one, time in own)
    lookup = question
    for one, time in reversed(own):  # so that the places of those before stay what they are
        lookup = _in_figures(lookup, one, time)
    if len(found) > 1:
        return Period("during", None, lookup, question, said)
    one, time = found[0]
    before, after = question[: one.start], question[one.end :].removeprefix("'s")
    lead = _LEAD.search(before)
    way: Way = "since" if one.text.lower().startswith("since") else "during"
    if lead is not None:
        way = next((name for name in ("after", "before", "since") if lead[name]), way)
        before = before[: lead.start()]
    rest = " ".join(f"{before.rstrip(' ,')} {after}".split()).replace(" ?", "?").lstrip(" ,")
    return Period(way, time, lookup, rest, said)


def _without_year(one: Expression) -> Interval | None:
    """A day, "5 February", or a month, "May", that is named without its year; in some year."""
    time = one.interval or (one.either[0] if one.either else None)
    if time is None:
        return None
    is_day = time.start == time.end and any(map(str.isdigit, one.text))
    return time if is_day or _is_month(time) else None


def newest_instead(period: Period | None) -> Period | None:
    """The newest of what is asked, where the question's own "this year" or "today" has no answer.

    None where the time was named in figures: what is asked of 2019 is not told of another year.
    """
    if period is None or not period.said or period.way != "during" or period.interval is None:
        return None
    return period._replace(way="latest", lookup=period.rest)


def speaks_of(period: Period, one: Weighed) -> bool:
    """Whether a unit is of the time asked for, by what it says or by when it was written.

    Where neither tells it may be.
    """
    if (says := _says_it(period, one)) is not None:
        return says
    written = anchor(one.hit.document)
    return written is None or _fits(period, written)


def as_of(period: Period, one: Weighed) -> Note:
    """What a unit that answers in place of the time asked for is of, as far as that is known."""
    last = max(_times(one), key=lambda time: time.end, default=anchor(one.hit.document))
    asked = days_text(period.interval.start, period.interval.end) if period.interval else ""
    if last is None:
        return Note.of("newest_undated", time=asked)
    return Note.of("newest", time=asked, day=days_text(last.start, last.end))


def _in_figures(question: str, one: Expression, time: Interval) -> str:
    """The question with a whole day, month, quarter or year written in figures."""
    figures = _figures(time)
    if figures is None or one.text.lower().startswith(("since", "until")):
        return question
    before, after = question[: one.start], question[one.end :]
    bare = _LEAD.search(before) or re.match(r"['\u2019]s", after)
    lead = "" if bare else "on " if time.start == time.end else "in "
    if not before.strip():
        lead = lead.capitalize()
    return f"{before}{lead}{figures}{after}"


def _figures(interval: Interval) -> str | None:
    start, end = interval.start, interval.end
    if start == end:
        return f"{start.day} {start:%B %Y}"
    if interval == containing(start, "year"):
        return f"{start:%Y}"
    if interval == containing(start, "month"):
        return f"{start:%B %Y}"
    if interval == containing(start, "quarter"):
        return f"Q{(start.month + 2) // 3} {start:%Y}"
    return None


def _fits(period: Period, time: Interval, *, whole: bool = False) -> bool:
    asked, bare = period.interval, period.any_year
    if asked is None:  # that day, or a time within that month, of whatever year
        if bare is None or time.end - time.start > bare.end - bare.start:
            return False
        same_day = bare.start != bare.end or time.start.day == bare.start.day
        return same_day and time.start.month == time.end.month == bare.start.month
    if period.way == "since":
        return time.start >= asked.start if whole else time.end >= asked.start
    if period.way == "after":
        return time.start > asked.end
    if period.way == "before":
        return time.end < asked.start
    return asked.start <= time.start and time.end <= asked.end if whole else asked.meets(time)


def texts_for(period: Period | None) -> Callable[[Window], tuple[str, ...]] | None:
    """How a window's units are read for ``period``: with the day or year that words or signs mean.

    "Last year" is read with the year it is of, "05/02/2025" with its month's name.
    """
    if period is None or not period.is_of_days:
        return None
    return lambda window: tuple(_in_time(period, window.hit.document, one) for one in window.units)


def _in_time(period: Period, document: Document, unit: Unit) -> str:
    said = [
        figures
        for one in dates_of(document, unit.sentence)
        if (is_counted(one) or not any(map(str.isalpha, one.text)))
        and _fits(period, time := Interval(one.start, one.end))
        and (figures := _figures(time)) is not None
        and figures not in unit.text
    ]
    return f"{unit.text} ({', '.join(dict.fromkeys(said))})" if said else unit.text


def adjusted_for(period: Period | None) -> Callable[[Weighed], float] | None:
    """What a unit gains or loses by the time that it speaks of; None without a time asked for."""
    if period is None or not period.is_of_days:
        return None

    def gain(one: Weighed) -> float:
        says, written = _says_it(period, one), anchor(one.hit.document)
        if says is not None:
            return THEN if says else OTHERWISE
        if written is None or period.interval is None:
            return 0.0  # of a day without its year another one may be meant
        return WRITTEN_THEN if _fits(period, written, whole=True) else WRITTEN_OTHERWISE

    return gain


def _says_it(period: Period, one: Weighed) -> bool | None:
    """Whether a unit speaks of the time asked for, or its title of another; None where of none."""
    figures = _figures(period.interval) if period.interval and period.way == "during" else None
    # The very figures may stand where they are read as no time, as in a column's header.
    if figures is not None and re.search(rf"(?<!\w){re.escape(figures)}(?!\w)", one.unit.text):
        return True
    times, bare = _times(one), period.any_year
    if any(_fits(period, time) for time in times):
        return True
    if bare is not None and not _is_month(bare):
        return None  # of a day without its year another one may be meant
    # A report of March tells of March, however little each sentence says so.
    others = times or _titled(one.hit.document.title or "")
    if bare is not None:
        others = [time for time in others if _is_month(time)]
    return False if others and not any(_fits(period, time) for time in others) else None


def is_of_another(period: Period | None, one: Weighed) -> bool:
    """Whether a unit speaks of times, and of none that was asked for."""
    if period is None or period.interval is None or period.way == "latest":
        return False
    return _says_it(period, one) is False


def _is_month(time: Interval) -> bool:
    return time == containing(time.start, "month")


def _times(one: Weighed) -> list[Interval]:
    """The times that a unit speaks of; of a row also from one day to the next that it has.

    "2026-10-19 | 2026-10-25 | Adeyemi" is of the days between as well.
    """
    every = dates_of(one.hit.document, one.unit.sentence)
    times = [Interval(time.start, time.end) for time in every]
    days = [time for time in times if time.start == time.end] if one.unit.role == "row" else []
    return times + [hull(a, b) for a, b in pairwise(days) if a.start < b.start]


@lru_cache(maxsize=256)
def _titled(title: str) -> tuple[Interval, ...]:
    """The months and quarters that a title names; no years, for rules of 2019 may hold in 2024."""
    found = (one.interval for one in expressions(title, None) if not one.relative)
    return tuple(time for time in found if time and timedelta() < time.end - time.start < _YEAR)


def newest(reading: Reading) -> tuple[Reading, tuple[Weighed, Weighed] | None]:
    """The reading led by the newest document that answers, and (it, what led before).

    The second is None where the likeliest unit is of the newest already, or nothing tells.
    """
    return _led_by_newest(reading, _LATER, lambda _: True)


def said_anew(question: str, reading: Reading) -> tuple[Reading, tuple[Weighed, Weighed] | None]:
    """The same where no time is asked for: led by what a newer document says of the same.

    It has all words of the question that the likeliest unit has, at least two, and a figure or a
    day where that answers.  What is asked of the past ("what was the price?") an older document
    may answer.
    """
    if not reading.weighed or any(cue.tense == "past" for cue in cues(question)):
        return reading, None
    lead = reading.weighed[0]
    held = frozenset(terms(question)) & frozenset(terms(lead.unit.text))
    kinds = _kinds(lead.unit.text[slice(*lead.phrase)]) if lead.phrase else frozenset()

    def may_lead(one: Weighed) -> bool:
        text = one.unit.text
        return held <= frozenset(terms(text)) and kinds <= _kinds(text) and not one.unit.voice

    return _led_by_newest(reading, _ANEW, may_lead) if len(held) >= _SAID else (reading, None)


def _kinds(text: str) -> frozenset[str | None]:
    """The units of a text's figures, and whether there is a day."""
    days = frozenset({"a day"} if dates(text) else ())
    return days | {one.unit for one in numbers(text) if not days}


def _led_by_newest(
    reading: Reading, least: float, may_lead: Callable[[Weighed], bool]
) -> tuple[Reading, tuple[Weighed, Weighed] | None]:
    if not reading.weighed:
        return reading, None
    first = lead = reading.weighed[0]
    for one in reading.weighed[1:]:
        if one.chance < least * first.chance:
            break
        if is_newer(one.hit.document, lead.hit.document) and may_lead(one):
            lead = one
    if lead is first:
        return reading, None
    rest = tuple(one for one in reading.weighed if one is not lead)
    return replace(reading, weighed=(replace(lead, chance=first.chance), *rest)), (lead, first)


def when_notes(statements: Sequence[Statement]) -> tuple[Note, ...]:
    """Where the phrase that answers is a relative time: the days that it means."""
    if not statements or (emphasis := statements[0].emphasis) is None:
        return ()
    phrase = " ".join(statements[0].text[slice(*emphasis)].split())
    return tuple(
        Note.of("when", text=" ".join(time.text.split()), time=Interval(time.start, time.end))
        for place in statements[0].citations
        for time in place.dates
        if time.relative and time.other is None and (time.text in phrase or phrase in time.text)
    )
