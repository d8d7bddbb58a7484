"""Times written in figures, by their form: "2024-06-05", "18-Jun-2024", "2015-2019", "KW 23"."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from qa.text.language import tongue
from qa.times import meanings as m
from qa.times.intervals import Interval, containing, on
from qa.times.readings import absolute
from qa.times.words import DASH, MONTHS, Word

_NUMBER = r"(?<![\w.,/$€£:-])(?<!\d\s)"
_DIGITS = "零一二三四五六七八九〇"
_DAY_FIRST = {"de", "fr", "es", "it", "pt", "nl"}
"""Languages, by their codes, that write the day first in every country where they are spoken."""
_Y = r"(?P<y>(?:1[5-9]|20)\d\d)"
_END = r"(?![\w%]|[.,:/]\d)"


_TWO = (
    r"(?<![\d/.-])(?P<a>\d\d?)(?P<by>[/-])(?P<b>\d\d?)(?P=by)"
    r"(?P<y>(?:1[5-9]|20)\d\d|[0-4]\d)(?![\d/-])"
)
_OPEN = re.compile(_TWO)


def _date(number: str, month: str, day: str) -> Interval | None:
    try:
        return on(date(int(number) + (2000 if len(number) == 2 else 0), int(month), int(day)))
    except ValueError:
        return None


def _in_order(match: re.Match[str]) -> tuple[str, Any] | None:
    found = _date(match["y"], match["m"], match["d"])
    return ("time", absolute(found)) if found else None


def _either_way(match: re.Match[str], day_first: bool | None = None) -> tuple[str, Any] | None:
    """Read "25/03/2019"; where month and day may be either way round, as ``day_first`` tells."""
    a, b, number = match["a"], match["b"], match["y"]
    months_first, days_first = _date(number, a, b), _date(number, b, a)
    both = {one for one in (months_first, days_first) if one}
    if len(both) == 2 and day_first is not None:
        return "time", absolute(days_first if day_first else months_first)
    note = "day and month may be either way round"
    return ("time", absolute(both.pop() if len(both) == 1 else None, note)) if both else None


@lru_cache(maxsize=8)
def day_first(text: str) -> bool | None:
    """Whether in "05/02/2024" the day comes first: its other dates tell, or else its language.

    >>> day_first("Due 05/02/2024, sent 29/01/2024."), day_first("05/02/2024")
    (True, None)
    """
    found = [_open(one) for one in _OPEN.finditer(text)]
    told = {one for one in found if one is not None}
    if len(told) == 1:
        return told.pop()
    return True if found and not told and tongue(text) in _DAY_FIRST else None


def is_open(text: str) -> bool:
    """Whether ``text`` holds a date whose day and month may be either way round."""
    return any(_open(one) is None for one in _OPEN.finditer(text))


def _open(match: re.Match[str]) -> bool | None:
    """Whether the day comes first, as far as its own numbers tell."""
    a, b = int(match["a"]), int(match["b"])
    return None if a <= 12 and b <= 12 else a > 12


def _month(match: re.Match[str]) -> tuple[str, Any]:
    return "time", absolute(containing(date(int(match["y"]), int(match["m"]), 1), "month"))


def _named(match: re.Match[str]) -> tuple[str, Any] | None:
    """Read "18-Jun-2024", "29JAN2025"."""
    number = [name[:3].lower() for name in MONTHS].index(match["m"].lower()) + 1
    found = _date(match["y"], str(number), match["d"])
    return ("time", absolute(found)) if found else None


def _written_out(match: re.Match[str]) -> tuple[str, Any] | None:
    """Read "二〇二四年六月五日"."""
    number = "".join(str(_DIGITS.index(sign) % 10) for sign in match["y"])
    found = _date(number, str(_chinese(match["m"])), str(_chinese(match["d"])))
    return ("time", absolute(found)) if found else None


def _chinese(number: str) -> int:
    """A number up to 99: "十一" is 11."""
    tens, ten, ones = number.rpartition("十")
    many = _DIGITS.index(tens) if tens else 1
    return 10 * bool(ten) * many + (_DIGITS.index(ones) if ones else 0)


def _short_day(match: re.Match[str]) -> tuple[str, Any] | None:
    made = m.day_of(int(match["m"]), int(match["d"]))
    return ("series", made) if made else None


def _range(match: re.Match[str]) -> tuple[str, Any] | None:
    first, last = int(match["a"]), int(match["b"])
    return ("numbers", (first, last)) if 0 < first < last < 32 else None


def _years(match: re.Match[str]) -> tuple[str, Any] | None:
    """Read "2015-2019"; nothing of "2019/20"."""
    first, last = int(match["y"]), match["z"]
    final = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if not first < final <= first + 60:
        return None
    if match["by"] == "/":
        return "vague", m.FISCAL
    return "time", absolute(Interval(date(first, 1, 1), date(final, 12, 31)))


def _winter(match: re.Match[str]) -> tuple[str, Any] | None:
    number = int(match["y"])
    if (number + 1) % 100 != int(match["z"][-2:]):
        return None
    return "time", absolute(m.season(12)(number), m.NORTH)


def _century(match: re.Match[str]) -> tuple[str, Any] | None:
    first = (int(match["n"]) - 1) * 100 + 1
    return ("time", absolute(m.long(first, 100))) if 1 <= first <= 2001 else None


def _decade(match: re.Match[str]) -> tuple[str, Any]:
    first = int(match["y"])
    if first % 100 == 0:
        return "vague", absolute(None, "a decade or a century")
    return "time", absolute(m.long(first, 10))


def _week(match: re.Match[str]) -> tuple[str, Any]:
    return "series", m.week_of_year(int(match["n"]))


def _number(match: re.Match[str]) -> tuple[str, Any]:
    return "number", int(match["n"])


_Figure = Callable[[re.Match[str]], tuple[str, Any] | None]
_FIGURES: tuple[tuple[re.Pattern[str], _Figure], ...] = tuple(
    (re.compile(form, re.I), read)
    for form, read in (
        (rf"(?<![\d/.-]){_Y}-(?P<m>\d\d)-(?P<d>\d\d)(?:T[\d:.Z+-]+)?(?![\d-])", _in_order),
        (rf"(?<![\d/.-]){_Y}[/.](?P<m>\d\d?)[/.](?P<d>\d\d?)(?![\d/])", _in_order),
        (rf"(?<![\d/.-])(?P<d>\d\d?)\.\s?(?P<m>\d\d?)\.\s?{_Y}(?!\d)", _in_order),
        (r"(?<![\d/.-])(?P<d>[0-3]\d)\.(?P<m>[01]\d)\.(?P<y>[0-4]\d)(?![\d.])", _in_order),
        (_TWO, _either_way),
        (rf"(?<![\d/.-])(?P<m>0[1-9]|1[0-2])/{_Y}(?![\d/]|\.\d)", _month),
        (rf"(?<![\w/.-])(?P<d>\d\d?)(?P<by>-?)(?P<m>{'|'.join(name[:3] for name in MONTHS)})"
         rf"(?P=by){_Y}(?![\w-])", _named),
        (r"(?P<y>[二一][〇零一二三四五六七八九]{3})年(?P<m>十?[一二三四五六七八九]|十)月"
         r"(?P<d>[二三]?十?[一二三四五六七八九]|[二三]?十)日", _written_out),
        (rf"\b(?:the )?winter (?:of )?{_Y}[/\u2013-](?P<z>\d\d(?:\d\d)?)\b", _winter),
        (r"\b(?:(?-i:FY)\s?['\u2019]?\d{2}(?:\d\d)?|(?:fiscal|financial) (?:year )?\d{4})"
         r"(?:[/\u2013-]\d{2,4})?\b", lambda _: ("vague", m.FISCAL)),
        (r"\b(?:Q[1-4]|H[12])\s*(?:FY|fiscal)\S*(?:\s\d{4})?", lambda _: ("vague", m.FISCAL)),
        (r"\b(?:the )?(?P<y>(?:1[5-9]|20)\d0)s\b", _decade),
        (r"\b(?:the )?(?P<n>\d\d?)(?:st|nd|rd|th)[\s-]century\b", _century),
        (rf"(?<![\w.,/$€£-]){_Y}(?P<by>{DASH}|/)(?P<z>(?:1[5-9]|20)\d\d|\d\d)(?![\w/-])", _years),
        (r"\bKW\s?(?P<n>[1-5]?\d)(?![\d.,:])", _week),
        (rf"\bweek (?P<n>[1-5]?\d)(?=(?:\s*/\s*| of |,? ){_Y})", _week),
        (r"(?<![\d.])(?P<d>3[01]|[12]?\d)\.\s?(?P<m>1[0-2]|0?[1-9])\.(?!\d)(?=\s*[,)a-zäöü]|$)",
         _short_day),
        (r"(?<![\d/.-])(?P<d>1[3-9]|2\d|3[01])/(?P<m>1[0-2]|0?[1-9])(?![\d/])", _short_day),
        (rf"{_NUMBER}(?P<a>\d\d?)\.\s?(?:/|{DASH}|und)\s?(?P<b>\d\d?)\.(?=\s*[A-Z])", _range),
        (rf"{_NUMBER}(?P<a>\d\d?)\s?{DASH}\s?(?P<b>\d\d?)(?:st|nd|rd|th)?{_END}(?!-)", _range),
        (rf"{_NUMBER}(?P<n>\d\d?)(?:st|nd|rd|th|er|º)\b",
         lambda found: ("ordinal", int(found["n"]))),
        (r"(?<!\d)" + _Y + "年", lambda found: ("year", int(found["y"]))),
        (r"(?<![\w.,/$€£])(?<!\d-)" + _Y + _END, lambda found: ("year", int(found["y"]))),
        (r"(?<![\d.,/$€£:-])(?P<n>\d{1,2})(?=[日号天周个年])", _number),
        (_NUMBER + r"(?P<n>\d{1,3})" + _END, _number),
    )
)  # fmt: skip
"""Figures by their form."""


def figures(sentence: str, language: str, day_first: bool | None) -> list[Word]:
    """The figures of time in ``sentence``, without overlap; the rarer forms go before."""
    found: list[Word] = []
    for form, figure in _FIGURES:
        for match in form.finditer(sentence):
            if not is_free(found, *match.span()):
                continue
            if figure is _short_day and "." in match.group() and language != "de":
                continue  # "since 1.2."
            told = _either_way(match, day_first) if figure is _either_way else figure(match)
            if told is not None:
                found.append(Word(*match.span(), *told, language))
    return found


def is_free(found: list[Word], start: int, end: int) -> bool:
    """Whether none of ``found`` stands there."""
    return not any(start < one.end and one.start < end for one in found)
