"""Expressions that name a day, month, quarter, season or year, with the year or without."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from qa.times.intervals import Interval, containing, months, moved, on, part, year
from qa.times.readings import VAGUE, Make, Reading, absolute, in_year
from qa.times.words import (
    DASH,
    DAY,
    FIGURES,
    MONTH,
    NUMBER,
    WEEKDAY_BEFORE_DATE,
    YEAR,
    day_number,
    month_number,
    number,
    ordinal,
    weekday_number,
)

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Reading | None]]

_REFERENCE = (
    r"(?i:(?:last|this|next|that)\s+year|the\s+(?:previous|following|same|prior|current)\s+year"
    r"|the\s+year\b(?!\s+\w+ed\b))(?!['\u2019]s)"
)
_NUMBERED = rf",?\s+(?:of\s+)?(?P<y>{YEAR})"
_OTHER_YEAR = rf"(?:,?\s+(?:of\s+|in\s+)?(?P<ref>{_REFERENCE}))"
IN_YEAR = rf"(?:{_NUMBERED}|{_OTHER_YEAR})"
_MODIFIER = (
    r"(?:(?i:(?P<mod>(?:the\s+)?(?:early|mid|late)|(?:the\s+)?(?:beginning|start|middle|end)\s+of))"
    r"(?:\s+|-)(?:in\s+)?)?"
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


def _day(match: re.Match[str]) -> Reading:
    """Read "Monday, March 4, 2024"; where weekday and date disagree neither is believed."""
    month, day = month_number(match["month"]), day_number(match["day"])
    last = day_number(match["last"]) if match.groupdict().get("last") else day
    weekday = weekday_number(match["wd"]) if match.groupdict().get("wd") else None

    def make(number: int) -> Interval | None:
        start, end = _safe(number, month, day), _safe(number, month, last)
        if start is None or end is None or end < start:
            return None
        if weekday is not None and start.weekday() != weekday:
            return None
        return Interval(start, end)

    return in_year(make, _words(match))


def _month(match: re.Match[str]) -> Reading:
    month = month_number(match["month"])
    modifier = match["mod"]
    make: Make = lambda number: modified(months(number, month, month), modifier)  # noqa: E731
    return in_year(make, _words(match), note=_note(match))


def _month_short_year(match: re.Match[str]) -> Reading:
    month = month_number(match["month"])
    return absolute(months(2000 + int(match["yy"]), month, month))


def _numeric(match: re.Match[str]) -> Reading | None:
    day = _safe(int(match["y"]), int(match["m"]), int(match["d"]))
    return absolute(on(day)) if day else None


def _slashed(match: re.Match[str]) -> Reading | None:
    number, a, b = int(match["y"]), int(match["a"]), int(match["b"])
    readings = {day for day in (_safe(number, a, b), _safe(number, b, a)) if day}
    if len(readings) == 1:
        return absolute(on(readings.pop()))
    return absolute(None, "day and month may be either way round") if readings else None


def _span(match: re.Match[str], size: int, which: int) -> Reading:
    first = size * (which - 1) + 1
    modifier = match.groupdict().get("mod")
    make: Make = lambda number: modified(  # noqa: E731
        months(number, first, first + size - 1), modifier
    )
    note = "calendar quarter" if size == 3 else ""
    return in_year(make, _words(match), whole=True, note=note)


def _quarter(match: re.Match[str]) -> Reading:
    if match["fiscal"]:
        return VAGUE._replace(note="where its fiscal year begins is not known")
    which = match["q"]
    return _span(match, 3, ordinal(which) if not which.isdigit() else int(which))


def _half(match: re.Match[str]) -> Reading:
    if match["fiscal"]:
        return VAGUE._replace(note="where its fiscal year begins is not known")
    which = match["q"]
    return _span(match, 6, ordinal(which) if not which.isdigit() else int(which))


def _first_months(match: re.Match[str]) -> Reading | None:
    count = number(match["n"])
    if not 1 <= count <= 12:
        return None
    late = match["which"].lower() in ("last", "final")
    first, last = (13 - count, 12) if late else (1, count)
    return in_year(lambda number: months(number, first, last), _words(match), whole=True)


def _season(match: re.Match[str]) -> Reading | None:
    """Meteorological seasons of the north; a winter only where both its years are named."""
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9}.get(match["season"].lower())
    if first is None:
        return absolute(None, "a winter lies in two years")
    if match["season"].lower() == "fall" and match["ref"] and " of " not in match.group():
        return None  # "sales will fall this year"
    begin = first
    make: Make = lambda number: modified(months(number, begin, begin + 2), match["mod"])  # noqa: E731
    return in_year(make, _words(match), whole=True, note="season of the northern hemisphere")


def _winter(match: re.Match[str]) -> Reading | None:
    number = int(match["y"])
    if (number + 1) % 100 != int(match["next"][-2:]):
        return None
    interval = Interval(date(number, 12, 1), moved(date(number + 1, 3, 1), "day", -1))
    return absolute(interval, "season of the northern hemisphere")


def _ended(match: re.Match[str]) -> Reading | None:
    """Read "the quarter ended March 31, 2023": so many months up to the end of that one."""
    size = match["size"].lower()
    month, last = month_number(match["month"]), match["day"]
    if size.endswith("months"):
        count = number(size.split()[0])
    else:
        count = {"quarter": 3, "half": 6, "month": 1}.get(size.split()[-1], 12)
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


def _week_ending(match: re.Match[str], month: int) -> Reading:
    day = day_number(match["day"])

    def make(number: int) -> Interval | None:
        end = _safe(number, month, day)
        return Interval(end - timedelta(days=6), end) if end else None

    return in_year(make, _words(match))


def _week_of(match: re.Match[str]) -> Reading:
    month, day = month_number(match["month"]), day_number(match["day"])

    def make(number: int) -> Interval | None:
        start = _safe(number, month, day)
        return containing(start, "week") if start else None

    return in_year(make, _words(match))


def _year(match: re.Match[str]) -> Reading:
    return absolute(modified(year(int(match["y"])), match["mod"]), _note(match))


def _years(match: re.Match[str]) -> Reading | None:
    first, last = int(match["y"]), match["z"]
    final = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if not first < final <= first + 60:
        return None
    if match["dash"] == "/":
        return VAGUE._replace(note="where its fiscal year begins is not known")
    return absolute(Interval(date(first, 1, 1), date(final, 12, 31)))


def _decade(match: re.Match[str]) -> Reading:
    first = int(match["y"])
    length = 100 if first % 100 == 0 else 10
    if length == 100:
        return absolute(None, "a decade or a century")
    return absolute(
        modified(Interval(date(first, 1, 1), date(first + 9, 12, 31)), match["mod"]), _note(match)
    )


def _century(match: re.Match[str]) -> Reading | None:
    first = (int(match["n"]) - 1) * 100 + 1
    if not 1 <= first <= 2001:
        return None
    return absolute(
        modified(Interval(date(first, 1, 1), date(first + 99, 12, 31)), match["mod"]), _note(match)
    )


_WD = rf"(?:(?P<wd>{WEEKDAY_BEFORE_DATE}),?\s+(?:the\s+)?)?"
_MD = rf"(?P<month>{MONTH})\s+(?:the\s+)?(?P<day>{DAY})"
_DM = rf"(?:the\s+)?(?P<day>{DAY})\s+(?:of\s+)?(?P<month>{MONTH})"
_RANGE = rf"\s?(?:{DASH}|to\s|and\s)\s?(?P<last>{DAY})"
_FISCAL = r"(?P<fiscal>(?i:fiscal|financial)\s+)?"
_ORDINAL = r"(?P<q>(?i:first|second|third|fourth|1st|2nd|3rd|4th))"
_ENDED = (
    r"(?i:(?:the|its|their|our)\s+)?(?i:(?:fiscal|financial)\s+)?"
    r"(?P<size>(?i:(?:(?:first|second|third|fourth)\s+)?(?:quarter|half|year|month|week)"
    r"|(?:three|six|nine|twelve|3|6|9|12)\s+months))\s+(?i:(?:that\s+|which\s+)?(?:ended|ending)"
    r"|to)\s+(?i:on\s+)?"
)
# A year by itself is a number unless a word before it or the bracket around it says otherwise.
_FREE = (
    r"(?<![\w.,/-])(?:(?<=\bin\s)|(?<=\bsince\s)|(?<=\bduring\s)|(?<=\bthroughout\s)"
    r"|(?<=\bIn\s)|(?<=\bSince\s)|(?<=\bDuring\s)|(?<=\bThroughout\s)|(?<=\byear\s))"
)
_BOUND = (
    r"(?:(?<=\bby\s)|(?<=\bof\s)|(?<=\bfor\s)|(?<=\bto\s)|(?<=\bfrom\s)|(?<=\buntil\s)"
    r"|(?<=\btill\s)|(?<=\bbefore\s)|(?<=\bafter\s)|(?<=\bthrough\s)|(?<=\bbetween\s)"
    r"|(?<=\band\s)|(?<=\bBy\s)|(?<=\bFrom\s)|(?<=\bUntil\s)|(?<=\bBefore\s)|(?<=\bAfter\s)"
    r"|(?<=\bBetween\s)|(?<=\bFor\s)|(?<=\bthe\s)|(?<=\baround\s)|(?<=\babout\s)|(?<=\bcirca\s)"
    r"|(?<=\bthan\s)|(?<=\bwith\s)|(?<=\([a-z]{4}\s)|(?<=\())"
)
_AFTER_YEAR = (
    r"(?=\s*(?:$|[.,;:!?)\]\u201d\"\u2014\u2013]|['\u2019]s\b|(?:and|or|to|until|till|through|"
    r"but|the|it|its|with|when|while|was|were|is|are|has|had|have|will|as|for|on|at|in|by|from|"
    r"because|after|before|that|which|under|a|an|he|she|they|we|than)\b|[A-Z]))"
)


def _rule(pattern: str, build: Callable[[re.Match[str]], Reading | None]) -> Rule:
    return re.compile(pattern), build


RULES: tuple[Rule, ...] = (
    _rule(
        rf"(?<![\d/.-])(?P<y>{FIGURES})-(?P<m>\d\d)-(?P<d>\d\d)(?:T[\d:.Z+-]+)?(?![\d-])", _numeric
    ),
    _rule(r"(?<![\d/.-])(?P<y>(?:19|20)\d\d)/(?P<m>\d\d?)/(?P<d>\d\d?)(?![\d/])", _numeric),
    _rule(r"(?<![\d/.-])(?P<d>\d\d?)\.\s?(?P<m>\d\d?)\.\s?(?P<y>(?:19|20)\d\d)(?!\d)", _numeric),
    _rule(r"(?<![\d/.-])(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y>(?:19|20)\d\d)(?![\d/])", _slashed),
    _rule(rf"\b(?i:the\s+)?(?i:week)\s+(?i:of|beginning)\s+(?:{_MD}){IN_YEAR}?", _week_of),
    _rule(rf"\b(?i:the\s+)?(?i:week)\s+(?i:of|beginning)\s+(?:{_DM}){IN_YEAR}?", _week_of),
    _rule(rf"\b{_ENDED}(?P<month>{MONTH})(?:\s+(?P<day>{DAY}))?{IN_YEAR}?", _ended),
    _rule(rf"\b{_ENDED}(?P<day>{DAY})\s+(?P<month>{MONTH}){IN_YEAR}?", _ended),
    _rule(rf"\b{_WD}{_MD}{_RANGE}{IN_YEAR}?", _day),
    _rule(
        rf"\b(?:(?<=\bbetween\s)|(?:the\s+)?)(?P<day>{DAY}){_RANGE}\s+(?:of\s+)?"
        rf"(?P<month>{MONTH}){IN_YEAR}?",
        _day,
    ),
    _rule(rf"\b{_WD}{_MD}{IN_YEAR}?", _day),
    _rule(rf"\b{_WD}{_DM}{IN_YEAR}?", _day),
    _rule(rf"\b{_MODIFIER}(?P<month>{MONTH}){IN_YEAR}", _month),
    _rule(rf"\b(?P<month>{MONTH})\s*['\u2019](?P<yy>\d\d)\b", _month_short_year),
    _rule(rf"\b(?P<fiscal>)(?P<y>{YEAR})[\s-]?Q(?P<q>[1-4])\b", _quarter),
    _rule(
        rf"\b(?P<fiscal>)Q(?P<q>[1-4])(?:(?:\s+|/|-)(?:of\s+)?(?P<y>{YEAR}|['\u2019]\d\d\b)"
        rf"|\s+(?:of\s+)?(?P<ref>{_REFERENCE}))?(?!\s*(?:FY|fiscal))",
        _quarter,
    ),
    _rule(r"\bQ[1-4]\s*(?P<fiscal>FY|fiscal)\s*(?P<q>'?\d{2,4})\b", _quarter),
    _rule(
        rf"\b{_MODIFIER}(?:the\s+)?{_ORDINAL}[\s-]{_FISCAL}(?i:quarter)(?:{_NUMBERED}|{_OTHER_YEAR}"
        rf"|\s+(?:of\s+)?(?P<f>(?i:fiscal|financial)(?:\s+year)?\s+{YEAR}))?",
        lambda match: VAGUE if match["f"] else _quarter(match),
    ),
    _rule(rf"\b(?P<fiscal>)H(?P<q>[12])(?:\s+|/)(?:of\s+)?(?P<y>{YEAR})", _half),
    _rule(rf"\b(?:the\s+)?{_ORDINAL}[\s-]{_FISCAL}(?i:half){IN_YEAR}", _half),
    _rule(
        rf"\b(?:the\s+)?(?P<which>(?i:first|last|final))\s+(?P<n>{NUMBER})\s+(?i:months?){IN_YEAR}",
        _first_months,
    ),
    _rule(r"\b(?i:the\s+)?(?i:winter)\s+(?i:of\s+)?(?P<y>\d{4})[/\u2013-](?P<next>\d\d(?:\d\d)?)\b",
          _winter),
    _rule(rf"\b{_MODIFIER}(?:the\s+)?(?P<season>(?i:spring|summer|autumn|fall|winter)){IN_YEAR}",
          _season),
    _rule(r"\b(?:FY\s?['\u2019]?\d{2}(?:\d\d)?|(?i:fiscal|financial)\s+(?i:year\s+)?\d{4})"
          r"(?:[/\u2013-]\d{2,4})?\b", lambda _: VAGUE._replace(
              note="where its fiscal year begins is not known")),
    _rule(rf"\b{_MODIFIER}(?:the\s+)?(?P<y>(?:1[5-9]|20)\d0)s\b", _decade),
    _rule(rf"\b{_MODIFIER}(?:the\s+)?(?P<n>\d\d?)(?:st|nd|rd|th)[\s-](?i:century)\b", _century),
    _rule(rf"(?<![\w.,/$€£-])(?P<y>{FIGURES})(?P<dash>{DASH}|/)(?P<z>(?:{FIGURES})|\d\d)"
          rf"(?![\w/-])", _years),
    _rule(r"\b(?i:(?P<mod>early|mid|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of))"
          rf"(?:\s+|-)(?P<y>{YEAR})", _year),
    _rule(rf"{_FREE}(?P<mod>)(?P<y>{YEAR})\b", lambda m: absolute(year(int(m["y"])))),
    _rule(rf"(?<![\w.,/$€£-]){_BOUND}(?P<y>{YEAR})\b{_AFTER_YEAR}",
          lambda m: absolute(year(int(m["y"])))),
    _rule(rf"\b(?i:(?P<mod>early|mid|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of))"
          rf"(?:\s+|-)(?P<month>{MONTH})(?![\w-])", _month),
    _rule(
        r"(?:(?<=\bin\s)|(?<=\bIn\s)|(?<=\bby\s)|(?<=\bBy\s)|(?<=\bsince\s)|(?<=\bSince\s)"
        r"|(?<=\buntil\s)|(?<=\bUntil\s)|(?<=\bof\s)|(?<=\bfrom\s)|(?<=\bFrom\s)|(?<=\bto\s)"
        r"|(?<=\bthrough\s)|(?<=\bduring\s)|(?<=\bDuring\s)|(?<=\bbefore\s)|(?<=\bafter\s)"
        r"|(?<=\bBefore\s)|(?<=\bAfter\s)|(?<=\bfor\s)|(?<=\bbetween\s)|(?<=\bBetween\s)"
        r"|(?<=\band\s)|(?<=\bin\searly\s))"
        rf"(?P<mod>)(?P<month>{MONTH})(?!\s*['\u2019]?\d)(?![\w-])(?!\s+[A-Z])", _month),
)  # fmt: skip
