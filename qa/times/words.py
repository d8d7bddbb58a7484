"""The words of time, as fragments of regular expressions and as numbers.

Names of months and weekdays count only where written as names are: "may" and "march" are
verbs, and "sat" and "sun" hardly ever days.
"""

import re

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SHORT_MONTHS = "Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec".split()
_SHORT_DAYS = "Mon Tues Tue Wed Thurs Thur Thu Fri".split()
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen twenty"
).split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first"
    " twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh"
    " twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
"""Of the days of a month."""


_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _any(words: list[str]) -> str:
    return "|".join(words)


_upper = [word.upper() for word in _MONTHS if word != "MAY"]
MONTH = (
    rf"(?:{_any(_MONTHS)}|{_any(_upper)}|(?:{_any(_SHORT_MONTHS)}"
    rf"|{_any([word.upper() for word in _SHORT_MONTHS])})(?![a-z])\.?)"
)
WEEKDAY = rf"(?:{_any(_WEEKDAYS)}|{_any([word.upper() for word in _WEEKDAYS])})"
WEEKDAY_BEFORE_DATE = rf"(?:{WEEKDAY}|(?:{_any(_SHORT_DAYS)}|Sat|Sun)\b\.?)"
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)"
FIGURES = r"(?:1[5-9]\d\d|20\d\d)"
YEAR = rf"{FIGURES}(?![\d%]|[.,]\d)"
NUMBER = rf"(?:\d{{1,3}}|an?|{_any(_TENS)}|{_any(_NUMBERS[1:-1])})"
UNIT = r"(?:days?|weeks?|fortnights?|months?|quarters?|years?)"
DASH = r"[-\u2010-\u2015]"


def month_number(word: str) -> int:
    """1 to 12 for a month's name, short or long.

    >>> month_number("Sept.")
    9
    """
    return [name[:3] for name in _MONTHS].index(word[:3].title()) + 1


def weekday_number(word: str) -> int:
    """0 for Monday to 6 for Sunday, as ``date.weekday`` counts."""
    return [name[:3] for name in _WEEKDAYS].index(word[:3].title())


def number(word: str) -> int:
    """What a small number's word or figures say; "a" is 1."""
    word = word.lower().split()[-1]
    if word.isdigit():
        return int(word)
    if word in _TENS:
        return 10 * (_TENS.index(word) + 2)
    return 1 if word in ("a", "an") else _NUMBERS.index(word)


def ordinal(word: str) -> int:
    """1 for "first" or "1st"."""
    word = word.lower()
    return int(word[0]) if word[0].isdigit() else ORDINALS.index(word) + 1


def day_number(word: str) -> int:
    """1 to 31 for "5" or "5th"."""
    return int(re.match(r"\d+", word)[0])  # type: ignore[index] # it begins with digits
