"""Days with a name: "Good Friday", "Silvester"; those of Easter by dateutil's reckoning of it."""

from datetime import date, timedelta
from importlib import import_module

_FIXED = {
    "new year's eve": (12, 31), "new year's day": (1, 1), "christmas eve": (12, 24),
    "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "halloween": (10, 31), "independence day": (7, 4), "veterans day": (11, 11),
    "juneteenth": (6, 19), "valentine's day": (2, 14), "all saints' day": (11, 1),
    "silvester": (12, 31), "neujahr": (1, 1), "heiligabend": (12, 24), "weihnachten": (12, 25),
    "allerheiligen": (11, 1), "noël": (12, 25), "toussaint": (11, 1), "saint-sylvestre": (12, 31),
    "nouvel an": (1, 1), "jour de l'an": (1, 1), "navidad": (12, 25), "nochebuena": (12, 24),
    "nochevieja": (12, 31), "año nuevo": (1, 1), "元旦": (1, 1), "劳动节": (5, 1),
    "国庆节": (10, 1),
}  # fmt: skip
_OF_EASTER = {
    "ash wednesday": -46, "palm sunday": -7, "maundy thursday": -3, "good friday": -2,
    "easter sunday": 0, "easter monday": 1, "easter": 0, "ascension day": 39, "whit sunday": 49,
    "whit monday": 50, "aschermittwoch": -46, "gründonnerstag": -3, "karfreitag": -2,
    "ostersonntag": 0, "ostermontag": 1, "ostern": 0, "himmelfahrt": 39, "pfingsten": 49,
    "pfingstmontag": 50, "vendredi saint": -2, "lundi de pâques": 1, "pâques": 0, "ascension": 39,
    "pentecôte": 49, "viernes santo": -2, "domingo de resurrección": 0,
}  # fmt: skip
_WEEKDAYS = {  # the month, the weekday, and which of it; -1 is the last
    "martin luther king day": (1, 0, 3), "mlk day": (1, 0, 3), "presidents' day": (2, 0, 3),
    "memorial day": (5, 0, -1), "labor day": (9, 0, 1), "columbus day": (10, 0, 2),
    "thanksgiving": (11, 3, 4), "may bank holiday": (5, 0, 1),
    "spring bank holiday": (5, 0, -1), "august bank holiday": (8, 0, -1),
}  # fmt: skip
NAMES = tuple(sorted(("black friday", *_FIXED, *_OF_EASTER, *_WEEKDAYS), key=len, reverse=True))
"""In small letters, the longer first."""


def holiday(name: str, year: int) -> date:
    """The day of that name in a year (1583 or later, where it is one of Easter's).

    >>> holiday("Good Friday", 2019)
    datetime.date(2019, 4, 19)
    """
    name = " ".join(name.lower().replace("\u2019", "'").split())
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name == "black friday":
        return holiday("thanksgiving", year) + timedelta(days=1)
    if name in _WEEKDAYS:
        month, weekday, which = _WEEKDAYS[name]
        first = date(year, month, 1) + timedelta(
            days=(weekday - date(year, month, 1).weekday()) % 7
        )
        days = [first + timedelta(weeks=number) for number in range(5)]
        return [day for day in days if day.month == month][which - (which > 0)]
    easter: date = import_module("dateutil.easter").easter(year)  # few texts name one
    return easter + timedelta(days=_OF_EASTER[name])
