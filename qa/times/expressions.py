"""The temporal expressions of a sentence, each resolved to an interval or left open.

A date without its year and a weekday are read by the tense
of their clause; what a text counts from is its publication, or a time it spoke of before.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from qa.times import grammar
from qa.times.direction import PARTICIPLE, SINCE, direction, is_moved
from qa.times.intervals import Expression, Interval, containing, hull
from qa.times.readings import AHEAD, VAGUE, Atom, Make, Scope, Sense, absolute, yearless
from qa.times.words import DASH, MONTH

_HINT = re.compile(r"\d|[\u4e00-\u9fff]|[^\W\d_]{3}")
_SOON, _LONG = 60, 180
"""Days within which what lies ahead is meant, where it would lie so many more back."""
_EVER = 366
"""The same behind a second verb, in the present: any day ahead may be meant."""
_WIDE, _WEEK = 21, 14
"""Days within which a day or a week is told, where the day of writing is not known."""
_COUNTED = "from the date before it"
OPEN = "not told whether it has been"
AS_WRITTEN = "as written"
"""How the basis of an expression begins that names its own time."""
COUNTED_YEAR = "the year from the publication date"
"""How that of one begins whose year is the one that puts it nearest to the day of writing."""

_LONGEST = 4000
_TO = r"to|until|till|through|bis(?:\s+zum)?|auf|au|jusqu['’]au|al|hasta(?:\s+el)?"
_PAIRED = {"between": "and", "entre": "et|y", "zwischen": "und"}
"""What joins the two ends of what such a word opens."""
_UNSURE = tuple((Scope(None, tense),) for tense in (None, "plan", "past"))
_SIGN = rf"{DASH}|[至到]"
_BETWEEN = re.compile(rf"\s?(?:{_SIGN})\s?|\s+(?:{_TO}|{'|'.join(_PAIRED.values())})\s+", re.I)
_UNTIL = re.compile(
    r"\b(?:until|till|through|bis(?:\s+zum)?|jusqu['’](?:au|à|en)|hasta(?:\s+el)?)\s+$", re.I
)
_AND = re.compile(rf"(?:\s*,\s*{MONTH})*\s*(?:,|&|,?\s(?i:and|or))\s+(?:(?i:in|on|of)\s+)?")
_BORN = re.compile(r"\bborn\b", re.I)
_CLAUSE = re.compile(r"[,;:()\u2013\u2014]|\b(?:and|but|while|whereas|which|who)\b", re.I)
_LAST = re.compile(
    r"\b(?:by|before|bis|vor|d['’]ici|avant|antes\s+de)\s+(?:(?:the|zum|la|le|el)\s+)?"
    r"(?:end\s|ende\s|fin\s|fin(?:al)?es\s|monatsende)[^,;.]*$",
    re.I,
)
_OF_YEAR = re.compile(r"year|jahr|an\b|année|año|\d{4}", re.I)
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_PART = re.compile(
    r"\b(?:the|el|la|le|der|die|das|den|am|au)\s+"
    r"(?:first|last|final|same|même|mism[oa]|primer\w*|últim\w*|erste[nrms]?|letzte[nrms]?|premier\w*|dernier\w*)"
    r"\s+(?:[\w-]+\s+){1,2}(?:of|de|du|des|im)\s+$",
    re.I,
)
_BELONGS = re.compile(r"\b(?:for|of)\s+(?:the\s+year\s+)?$", re.I)
_ASIDE = re.compile(r",[^,;:.()]*$|\([^()]*$")
_LOOSE = re.compile(r"\b(?:for|before|by|as)\s+(?:the\s+)?(?:\w+\s+)?(?:from\s+)?$", re.I)
"""What stands before a day of which the verb tells little: "awarded for the season from"."""
_SECOND = re.compile(
    r"\b(?:and|but|who|which|that)\s+(?:\w+ly\s+)?(?!was\b|has\b)\w+s\b[^,.;:]*$", re.I
)
"""Another verb before it, in the present: "has resigned and leaves on"."""
_THING = re.compile(
    rf"\b(?:for|(?:has|have)\s+(?:\w+ly\s+)?{PARTICIPLE})\s+(?:an?|another)\s+"
    r"(?![^,.;:]*\b(?:times?|while|(?:hour|day|night|week|weekend|month|quarter|year|season)s?)\b)"
    r"(?:[^\W\d_][\w'\u2019-]*\s+){1,4}?(?:(?:in|on|at)\s+)?$",
    re.I,
)
"""A thing that may be of the day: "asked for a demonstration in May", "have approved a fair in"."""
_FROM = re.compile(rf"\b(?:from|vo[mn]|du|del?|desde(?:\s+el)?|{'|'.join(_PAIRED)})\s+$", re.I)


@lru_cache(maxsize=1024)  # the same sentences are read for question after question
def expressions(
    sentence: str,
    anchor: Interval | None,
    context: str | None = None,
    day_first: bool | None = None,
) -> tuple[Expression, ...]:
    """The temporal expressions of ``sentence`` in order, without overlap.

    ``anchor`` is when the text was written, ``context`` the sentence before; ``day_first`` says how
    the text writes "05/02/2024".  Where the anchor
    is more than a day, an expression is resolved to all that it may mean.  Without an anchor
    only what needs none is resolved.
    """
    before = None
    if context and not _BORN.search(context):
        earlier = _resolved(context, atoms(context, day_first), anchor, None, None)
        before = next((one for one in reversed(earlier) if one.interval is not None), None)
        if before is not None and before.basis.startswith(_COUNTED):
            before = None  # it may not be this that is counted from
    return _resolved(sentence, atoms(sentence, day_first), anchor, before, context)


def atoms(sentence: str, day_first: bool | None = None) -> tuple[Atom, ...]:
    """The expressions of ``sentence`` in order, not resolved; of its first 4,000 characters."""
    sentence = sentence[:_LONGEST]
    found = grammar.atoms(sentence, day_first) if _HINT.search(sentence) else []
    found = [
        one._replace(reading=VAGUE) if _is_of_part(sentence, one) else one
        for one in sorted(found, key=lambda atom: atom.start)
    ]
    return _listed(sentence, _ranges(sentence, found))


def _is_of_part(sentence: str, one: Atom) -> bool:
    """Whether a day of it is meant that is not read: "the first working day of March"."""
    words = sentence[one.start : one.end]
    return not _DAY.search(words) and bool(_PART.search(sentence, 0, one.start))


def _listed(sentence: str, found: Sequence[Atom]) -> tuple[Atom, ...]:
    """``found`` with the year of "February 2018" for the "January and" before it.

    Where that is later in the year than what follows ("December and January 2018") the year
    is open.
    """
    out = list(found)
    for i, (one, after) in reversed(list(enumerate(pairwise(found)))):
        after = out[i + 1]
        make = one.reading.make
        if make is None or after.reading.kind != "absolute":
            continue
        if not _AND.fullmatch(sentence, one.end, after.start):
            continue
        time = after.reading.meaning(Scope(None))
        mine = make(time.start.year) if time is not None else None
        first = time is not None and mine is not None and mine.start <= time.start
        out[i] = one._replace(reading=absolute(mine) if first else VAGUE)
    return tuple(out)


def _ranges(sentence: str, found: Sequence[Atom]) -> tuple[Atom, ...]:
    """Joins "from March 3" and "to March 5, 2023", the first taking the second's year."""
    out: list[Atom] = []
    for atom in found:
        if out and (joined := _range(sentence, out[-1], atom)) is not None:
            out[-1] = joined
        else:
            out.append(atom)
    return tuple(out)


def _range(sentence: str, first: Atom, second: Atom) -> Atom | None:
    between = _BETWEEN.fullmatch(sentence, first.end, second.start)
    if between is None or is_moved(sentence[: first.start]):
        return None
    opening = _FROM.search(sentence, 0, first.start)
    word = between.group().strip().lower()
    opened = opening.group().strip().lower() if opening else ""
    joint = _PAIRED.get(opened, "(?!)")
    if not re.fullmatch(rf"{_SIGN}|{_TO}|{joint}", word):
        return None
    if re.fullmatch(_TO, word) and opening is None:
        pair = {first.reading.kind, second.reading.kind}
        if not pair <= {"absolute", "yearless"}:
            return None
    one, other = first.reading, second.reading
    if "vague" in (one.kind, other.kind):
        return None

    if one.make and other.make:
        joined = yearless(_joined(one.make, other.make), joined=True, note=one.note or other.note)
        return Atom(first.start, second.end, joined, first.language)

    def meaning(scope: Scope) -> Interval | None:
        start, end = one.meaning(scope), other.meaning(scope)
        if one.make is not None and end is not None:
            starts = (one.make(end.end.year - back) for back in (0, 1))
            start = next((s for s in starts if s is not None and s.start <= end.end), None)
        elif other.make is not None and start is not None:
            ends = (other.make(start.start.year + on) for on in (0, 1))
            end = next((e for e in ends if e is not None and e.end >= start.start), end)
        if start is None or end is None or start.start > end.start:
            return None
        return hull(start, end)

    kind = other.kind if one.kind in ("yearless", "absolute") else one.kind
    return Atom(
        first.start, second.end, Sense(kind, meaning, one.note or other.note), first.language
    )


def _joined(first: Make, second: Make) -> Make:
    """From the one to the other, which may lie in the year after."""

    def make(number: int) -> Interval | None:
        start = first(number)
        ends = (second(number + on) for on in (0, 1))
        end = next((e for e in ends if start and e and e.end >= start.start), None)
        return hull(start, end) if start and end else None

    return make


def _resolved(
    sentence: str,
    found: Sequence[Atom],
    anchor: Interval | None,
    before: Expression | None,
    context: str | None,
) -> tuple[Expression, ...]:
    out: list[Expression] = []
    present = any(atom.reading.kind == "deictic" for atom in found)
    for atom in found:
        last = next((one for one in reversed(out) if one.interval is not None), None)
        scopes = _scopes(sentence, atom, last, before, anchor, present, context)
        read = [_expression(sentence, atom, scope, anchor) for scope in scopes]
        if len({one.interval for one in read}) > 1:
            read = [replace(read[0], interval=None, basis="of the story, or of the present")]
        if scopes in _UNSURE and read[0].interval is None:
            read = [_either(sentence, atom, anchor, context, read[0])]
        out.append(read[0])
    return tuple(out)


def _either(
    sentence: str, atom: Atom, anchor: Interval | None, context: str | None, one: Expression
) -> Expression:
    """The last and the next of its kind, where nothing tells for sure which is meant."""
    tense = direction(sentence, atom, context)  # the present plans, or names what has been
    open_ = atom.reading.kind == "yearless" and tense in (None, "plan", "past")
    if anchor is None or anchor.start != anchor.end or not open_:
        return one
    past, coming = (_meaning(atom.reading, Scope(anchor.start, way)) for way in ("past", "future"))
    if past is None or coming is None or past == coming:
        return one
    return replace(one, either=(past, coming), basis=OPEN)


def _scopes(
    sentence: str,
    atom: Atom,
    last: Expression | None,
    before: Expression | None,
    anchor: Interval | None,
    present: bool,
    context: str | None,
) -> tuple[Scope, ...]:
    """What ``atom`` may be read against; where that is several it must mean the same in all.

    ``last`` stands in its sentence, ``before`` in the one before; ``present`` says that its
    sentence speaks of the time of writing.
    """
    tense = direction(sentence, atom, context)
    if atom.reading.kind == "anaphoric":
        known = last or (None if sentence[atom.start :].lower().startswith("within") else before)
        return (Scope(None, tense, known.interval if known else None),)
    now = Scope(None, tense)
    if last is not None and _BELONGS.search(sentence, 0, last.start):
        last = None  # "a statement for 2023 was sent in February"
    told = last or before
    of_month = atom.reading.kind == "yearless" and atom.reading.span == "month"
    if of_month and last is not None and _is_day(last):
        return (Scope(None, tense, last.interval, narrative=True),)  # "on 3 May, ... on the 17th"
    if atom.reading.kind != "yearless" or told is None or told.interval is None:
        return (now if tense != "would" else Scope(None, None),)
    if last is not None and _BORN.search(sentence, 0, last.start):
        return (Scope(None, None),)  # a life goes on elsewhere than in the year it begins
    then = Scope(None, tense, told.interval, narrative=True)
    if tense == "would" and last is not None:
        return (then,)
    if last is not None and last.relative and _is_another_year(last, anchor):
        if _CLAUSE.search(sentence, last.end, atom.start):
            return (Scope(None, "would"),)  # of that year or of this: not told
        return (then,)
    story = not told.relative and (anchor is None or told.interval.end.year < anchor.start.year)
    if not story or present or tense in AHEAD or atom.reading.make is None:
        return (now,)
    if last is not None and _is_aside(sentence, last):
        return (now,) if SINCE.search(sentence, 0, atom.start) else (then, now)
    opens = not sentence[: atom.start].strip(" ,“\"'").lower().removesuffix("in").removesuffix("on")
    return (then,) if last is not None or opens else (then, now)


def _is_day(one: Expression) -> bool:
    """Whether it is a day that is told by its month."""
    return (
        one.interval is not None
        and one.interval.start == one.interval.end
        and bool(re.search(MONTH, one.text))
    )


def _is_aside(sentence: str, one: Expression) -> bool:
    """Whether it only tells of a thing: "the main, laid in 1962, has failed twice since March"."""
    closed = sentence[one.end : one.end + 1] in (",", ")")
    return closed and _ASIDE.search(sentence, 0, one.start) is not None


def _is_another_year(one: Expression, anchor: Interval | None) -> bool:
    """Whether it is a whole year, and not that of writing: "two years ago"."""
    time = one.interval
    if time is None or anchor is None or time != containing(time.start, "year"):
        return False
    return not time.meets(anchor)


def _expression(sentence: str, atom: Atom, scope: Scope, anchor: Interval | None) -> Expression:
    reading = atom.reading
    interval, start = _widest(reading, scope, anchor), atom.start
    if interval is not None and anchor is not None and reading.kind == "anaphoric":
        tense = direction(sentence, atom, None)
        if tense in AHEAD and interval.end < anchor.start:
            interval = None  # it counts from something else
    if interval is not None and anchor is not None:
        if _SECOND.search(sentence, 0, start):
            near = _is_as_near(reading, scope, interval, anchor.start, _EVER, 0)
        elif atom.language != "en" or _LOOSE.search(sentence, 0, start):
            near = _is_as_near(reading, scope, interval, anchor.start, _SOON, _LONG)
        elif _THING.search(sentence, 0, start):
            near = _is_as_near(reading, scope, interval, anchor.start, _SOON, -_LONG)
        else:
            near = True
        interval = interval if near else None
    if interval is not None and anchor is not None:
        limit = _LAST.search(sentence[: atom.end]) if reading.note == "approximate" else None
        if limit and not _OF_YEAR.search(sentence, atom.start, atom.end):
            interval = Interval(interval.end, interval.end)
        if reading.note == "approximate" and SINCE.search(sentence, 0, atom.start):
            pass
        elif (word := SINCE.search(sentence, 0, atom.start)) and interval.start <= anchor.end:
            interval, start = Interval(interval.start, max(anchor.end, interval.end)), word.start()
        elif (
            (word := _UNTIL.search(sentence, 0, atom.start))
            and interval.start > anchor.end
            and not is_moved(sentence[: atom.start])  # "put off until January"
        ):
            interval, start = Interval(anchor.start, interval.end), word.start()
    relative_ = reading.kind != "absolute" or start != atom.start
    return Expression(
        sentence[start : atom.end], start, atom.end, interval,
        _basis(reading, scope, interval), relative_,
    )  # fmt: skip


def _is_as_near(
    reading: Sense, scope: Scope, was: Interval, day: date, soon: int, longer: int
) -> bool:
    """Whether what is read as past is no more than ``longer`` days further back than it is ahead.

    It is also where it lies more than ``soon`` days ahead.

    Who speaks of a year ago mostly says so, the tenses of other languages are told less well than
    those of English ("Sie erhalten", "ist vorgesehen"), and the verb is of something else in "was
    awarded for the season from 1 June".
    """
    if reading.kind != "yearless" or scope.tense != "past" or scope.narrative:
        return True
    will = _meaning(reading, Scope(day, "future"))
    ahead = (will.start - day).days if will else longer
    return ahead > soon or (day - was.end).days <= ahead + longer


def _widest(reading: Sense, scope: Scope, anchor: Interval | None) -> Interval | None:
    """All that it may mean, the text having been written on some day of ``anchor``."""
    if anchor is None:
        return _meaning(reading, scope)
    days = {anchor.start, anchor.end}
    of_month = anchor == containing(anchor.start, "month")
    month = anchor.start if of_month else None
    read = [
        _meaning(reading, Scope(day, scope.tense, scope.before, scope.narrative, month))
        for day in days
    ]
    known = [one for one in read if one is not None]
    if len(known) < len(read):
        return None
    whole = hull(known[0], known[-1])
    wide = (whole.end - whole.start).days > _WIDE and (known[0].end - known[0].start).days < _WEEK
    return None if wide else whole


def _meaning(reading: Sense, scope: Scope) -> Interval | None:
    try:
        return reading.meaning(scope)
    except (ValueError, OverflowError):  # outside of the years that a calendar has
        return None


def _basis(reading: Sense, scope: Scope, interval: Interval | None) -> str:
    if interval is None:
        return reading.note or "not told"
    told = {
        "absolute": AS_WRITTEN,
        "deictic": "from the publication date",
        "anaphoric": _COUNTED if scope.before else "from the publication date",
        "yearless": COUNTED_YEAR,
        "vague": "",
    }[reading.kind]
    if scope.narrative:
        told = _COUNTED
    return f"{told}; {reading.note}" if reading.note else told
