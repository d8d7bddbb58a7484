"""Days with a name: "Good Friday", "Silvester"; those of Easter by dateutil's reckoning of it."""

from datetime import date, timedelta
from importlib import import_module

_FIXED = {
    "new year's eve": (12, 31), "new year's day": (1, 1), "christmas eve": (12, 24),
    "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "halloween": (10, 31), "valentine's day": (2, 14), "all saints' day": (11, 1),
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
NAMES = tuple(sorted((*_FIXED, *_OF_EASTER), key=len, reverse=True))
"""In small letters, the longer first."""


def holiday(name: str, year: int) -> date:
    """The day of that name in a year (1583 or later, where it is one of Easter's).

    >>> holiday("Good Friday", 2019)
    datetime.date(2019, 4, 19)
    """
    name = " ".join(name.lower().replace("\u2019", "'").split())
    if name in _FIXED:
        return date(year, *_FIXED[name])
    easter: date = import_module("dateutil.easter").easter(year)  # few texts name one
    return easter + timedelta(days=_OF_EASTER[name])
