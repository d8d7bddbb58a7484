"""Dates as files write them."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_FORMS = (
    re.compile(r"\s*(?:D:)?(?P<y>\d{4})[-/.]?(?P<m>\d\d)[-/.]?(?P<d>\d\d)(?!\d\b)"),
    re.compile(r"\s*(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\b"),
    re.compile(r"\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?\s+" + _MONTH + r",?\s+(?P<y>\d{4})\b", re.I),
    re.compile(r"\s*" + _MONTH + r"\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})\b", re.I),
)


def parse(value: object) -> date | None:
    """The day that ``value`` names, None where it names none or is ambiguous ("3/4/2020").

    Understands dates, ISO 8601, PDF's ``D:20240115``, "5 Feb 2024", "February 5, 2024" and
    e-mail dates.  The day is that of the time zone in which it was written.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    for form in _FORMS:
        if match := form.match(value):
            found = match.groupdict()
            month = found.get("m") or _MONTHS.index(found["month"][:3].lower()) + 1
            try:
                return date(int(found["y"]), int(month), int(found["d"]))
            except ValueError:
                return None
    try:
        return parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def plausible(day: date) -> bool:
    """True from 1900 to a year from today: outside of it a date is a slip or a default."""
    today = date.today()
    return day.year >= 1900 and day.toordinal() <= today.toordinal() + 366
