"""Which absolute dates of a statement its sources say in words counted from their own date.

"In November 2022" is what "on November 7 last year" says in an article of February 2023.  Such
a date is put back into the source's words, after which every check reads it as a quotation;
one that is a day, a month or a year off stays, and is missed in the sources.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from qa.times.expressions import expressions
from qa.times.intervals import Expression, Interval, containing, months, on
from qa.times.words import MONTH

_RANGE = re.compile(r"\s(?:to|and|until|till|through)\s|[–—]|\s-\s|\d{4}-\d{4}", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|until|till|through|no later than)\s+(?:the\s+)?$", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|from|starting|beginning)\s+(?:in\s+|on\s+)?$", re.IGNORECASE)
_OPEN_START = re.compile(r"(?:ever\s+)?since\b", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:with)?in\b|until|till|through|over|next|coming", re.IGNORECASE)
_NAMED = re.compile(rf"{MONTH}|\d{{4}}")
_SOME_DAY = on(date(2015, 6, 10))
_DAY = re.compile(r"\d|day|tomorrow", re.IGNORECASE)


def restated(statement: str, times: Sequence[Expression]) -> str:
    """``statement`` with each absolute date that one of ``times`` means in that one's words.

    ``times`` are the relative expressions of the sentences cited.
    """
    if not times:
        return statement
    out, at = [], 0
    for said in expressions(statement, None):
        meant = [one for one in times if not said.relative and _means(statement, said, one)]
        if meant:
            nearest = min(meant, key=lambda one: one.interval != said.interval)
            out += [statement[at : said.start], nearest.text]
            at = said.end
    return "".join(out) + statement[at:]


def strange(statement: str, cited: Sequence[str]) -> list[str]:
    """The words of ``statement`` that count from the day of writing as no words of ``cited`` do.

    "Last month" is not "last year", whatever day that is.  Months by name are figures, and
    checked as such.
    """
    mine = {one: alone for one in _counting(statement) if (alone := _alone(one)) is not None}
    if not mine:
        return []
    there = " \n".join(cited).casefold()
    meant = {_alone(one) for text in cited for one in _counting(text)}
    return [
        one for one, alone in mine.items() if alone not in meant and one.casefold() not in there
    ]


def _counting(text: str) -> list[str]:
    """The expressions of ``text`` that count from some day and name no month or year."""
    found = expressions(text, _SOME_DAY)
    return [one.text for one in found if one.relative and not _NAMED.search(one.text)]


@lru_cache(maxsize=1024)
def _alone(words: str) -> Interval | None:
    """What an expression means by itself, had it been written on a certain day."""
    found = expressions(words, _SOME_DAY)
    return found[0].interval if len(found) == 1 else None


def _means(statement: str, said: Expression, source: Expression) -> bool:
    """True where what ``source`` means makes ``said``, as it stands in ``statement``, true."""
    its, mine = source.interval, said.interval
    if its is None or mine is None:
        return False
    if its == mine:
        return True
    if _RANGE.search(said.text):
        return _same_ends(mine, its)
    before = statement[: said.start]
    if _OPEN_START.match(source.text):
        fine = mine.start != mine.end or _DAY.search(source.text)
        return bool(_SINCE.search(before) and fine and mine.meets(on(its.start)))
    if _OPEN_END.match(source.text) and _BY.search(before):
        return mine.meets(on(its.end))
    return mine.start <= its.start and its.end <= mine.end


def _same_ends(mine: Interval, its: Interval) -> bool:
    """Whether "from 2023 to 2026" is "February 20, 2023 to February 20, 2026" told roughly."""
    opens = any(one.start == mine.start and one.end < its.end for one in _units(its.start))
    closes = any(one.end == mine.end and its.start < one.start for one in _units(its.end))
    return opens and closes


def _units(day: date) -> list[Interval]:
    """The calendar units that ``day`` lies in, from a day to a year."""
    half = months(day.year, 1, 6) if day.month <= 6 else months(day.year, 7, 12)
    units = [containing(day, unit) for unit in ("day", "week", "month", "quarter", "year")]
    return [*units, half]
