"""Expressions of time in German, French, Spanish and Chinese.

The words (months, weekdays, units, "gestern", "la semana pasada") are dateparser's, which has them
from Unicode's CLDR; what they mean is counted as everywhere here.  Ours is one table: what is last,
this and next, and what stands before a month or weekday that is a date.  Decades and fiscal years
are not read, nor other languages.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from qa.text.language import tongue
from qa.times.absolute import NORTH, modified
from qa.times.holidays import NAMES, holiday
from qa.times.intervals import DAY, Interval, Unit, containing, month_end, months, moved, on, year
from qa.times.readings import Sense, absolute, ahead, deictic, in_year
from qa.times.relative import (
    by_tense,
    day_in,
    in_week,
    last_or_next_weekday,
    last_weekday,
    named,
    next_weekday,
    season,
    steps,
)
from qa.times.rules import Build, Rule

_NAMES = "|".join(map(re.escape, NAMES)).replace("'", "['\u2019]")
_WHICH = ("which", "last", "next")
_CODES = {"de": "de", "fr": "fr", "es": "es", "han": "zh"}
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_UNITS: tuple[Unit, ...] = ("day", "week", "month", "year")


class _Grammar(NamedTuple):
    """One language.  ``{unit}`` and ``{n}`` in ``ago`` and ``hence`` are its words of these."""

    last: str
    this: str
    next: str
    coming: str
    """Of the words for next those which of a weekday mean the coming one, in this week or not."""
    after: bool
    """Whether these stand after their noun too."""
    ago: str
    hence: str
    numbers: str
    """From one on."""
    part: tuple[str, str, str]
    """What stands before a month for its early, middle and late days."""
    seasons: tuple[str, str, str, str]
    """From spring to winter."""
    quarter: str
    half: str
    ordinals: tuple[str, str, str, str]
    month_end: str
    within: str
    """What stands before so many units within which something is to be."""
    month: str
    """What stands before a month by itself."""
    weekday: str


_GRAMMARS = {
    "de": _Grammar(
        last=r"(?:letzt|vergangen|vorig)e[nmrs]?",
        this=r"(?:dies|laufend)e[nmrs]?",
        next=r"(?:nächst|kommend)e[nmrs]?",
        coming="kommend",
        after=False,
        ago=r"vor\s+{n}\s+{unit}",
        hence=r"in\s+{n}\s+{unit}",
        numbers="eine[mrn]? zwei drei vier fünf sechs sieben acht neun zehn"
        " elf zwölf dreizehn vierzehn fünfzehn",
        part=(r"Anfang\s", r"Mitte\s", r"Ende\s"),
        seasons=("Frühling|Frühjahr", "Sommer", "Herbst", "Winter"),
        quarter="Quartal",
        half="Halbjahr",
        ordinals=("erste[nrsm]?", "zweite[nrsm]?", "dritte[nrsm]?", "vierte[nrsm]?"),
        month_end=r"Ende\s+(?:des|dieses)\s+Monats|Monatsende",
        within=r"(?:innerhalb|binnen)(?:\s+von)?",
        month=r"\b(?:im|seit|bis|ab|vom|von|Anfang|Mitte|Ende|für)\s",
        weekday=r"\b(?:am|bis|seit|ab|vom|zum|für)\s",
    ),
    "fr": _Grammar(
        last=r"derni(?:er|ère)|passée?",
        this=r"ce(?:tte|t)?",
        next=r"prochaine?",
        coming="prochain",
        after=True,
        ago=r"il\s+y\s+a\s+{n}\s+{unit}",
        hence=r"dans\s+{n}\s+{unit}",
        numbers="une? deux trois quatre cinq six sept huit neuf dix"
        " onze douze treize quatorze quinze",
        part=(r"début\s", r"mi-|mi\s", r"fin\s"),
        seasons=("printemps", "été", "automne", "hiver"),
        quarter="trimestre",
        half="semestre",
        ordinals=("premier", "deuxième", "troisième", "quatrième"),
        month_end=r"fin\s+(?:du|de\s+ce)\s+mois",
        within=r"sous|dans\s+(?:les|un\s+délai\s+de)",
        month=r"\b(?:en|de|depuis|fin|début)\s|\bd['’]|\bjusqu['’]en\s|\bmi-",
        weekday=r"(?:^|\s)",
    ),
    "es": _Grammar(
        last=r"pasad[oa]|últim[oa]",
        this=r"est[ea]",
        next=r"próxim[oa]|que\s+viene",
        coming="próxim|viene",
        after=True,
        ago=r"hace\s+{n}\s+{unit}",
        hence=r"(?:dentro\s+de|en)\s+{n}\s+{unit}",
        numbers="una? dos tres cuatro cinco seis siete ocho nueve diez"
        " once doce trece catorce quince",
        part=(r"principios\sde\s", r"mediados\sde\s", r"fin(?:al)?es\sde\s"),
        seasons=("primavera", "verano", "otoño", "invierno"),
        quarter="trimestre",
        half="semestre",
        ordinals=("primer", "segundo", "tercer", "cuarto"),
        month_end=r"fin(?:al)?(?:es)?\s+(?:de|del)\s+(?:este\s+)?mes",
        within=r"en\s+un\s+plazo\s+de",
        month=r"\b(?:en|desde|hasta)\s|(?<!bil\s)(?<!día\s)de\s",
        weekday=r"\b(?:el|este|hasta|del)\s",
    ),
    "zh": _Grammar(
        last="上一?个?",
        this="[本这今]一?个?",
        next="下一?个?",
        coming="(?!)",
        after=False,
        ago="{n}个?{unit}以?前",
        hence="{n}个?{unit}以?后",
        numbers="一 [二两] 三 四 五 六 七 八 九 十",
        part=("初", "中旬?", "[底末]"),
        seasons=("春[天季]?", "夏[天季]?", "秋[天季]?", "冬[天季]?"),
        quarter="季度",
        half="半年",
        ordinals=("[一上]", "[二下]", "三", "四"),
        month_end=r"月底",
        within=r"",
        month="",
        weekday="",
    ),
}


class _Words(NamedTuple):
    """A language's words by what they mean, in lower case; ``near`` are phrases like "gestern"."""

    months: dict[str, int]
    weekdays: dict[str, int]
    units: dict[str, Unit]
    near: dict[str, tuple[int, Unit]]


def spoken(text: str) -> tuple[str, ...]:
    """The languages whose expressions to look for: one, or all where a text does not tell."""
    language = tongue(text)
    if language is not None and language in _CODES:
        return (_CODES[language],)
    return tuple(_CODES.values()) if language != "en" and _shape().search(text) else ()


@lru_cache
def _shape() -> re.Pattern[str]:
    """What an expression in one of these languages may look like."""
    words = [_words(language) for language in _CODES.values()]
    near = {
        word
        for one in words
        for word in (*one.weekdays, *one.near)
        if word.isalpha() and len(word) > 3
    }
    return re.compile(
        r"[\u4e00-\u9fff]|\d\.\s?[A-ZÄÖÜ][a-zäöü]{2}|\d(?:er)?\s+(?:de\s+)?[a-zéûä]{3}|\d\.\d?\d\."
        r"|\b(?i:im|am|seit|bis|vor|en|l[ea]|el|hoy|" + "|".join(sorted(near)) + r")\b"
    )


@lru_cache
def _words(language: str) -> _Words:
    info: dict[str, Any] = import_module(f"dateparser.data.date_translation_data.{language}").info
    near: dict[str, tuple[int, Unit]] = {}
    for kind, phrases in info["relative-type"].items():  # "2 day ago", "in 1 week"
        count = int(re.sub(r"\D", "", kind)) * (-1 if kind.endswith("ago") else 1)
        unit = next((one for one in _UNITS if one in kind), None)
        if unit is not None:
            near |= {phrase.lower(): (count, unit) for phrase in phrases}
    least = 1 if language == "zh" else 3
    return _Words(
        months=_numbered(info, _MONTHS, least),
        weekdays=_numbered(info, _WEEKDAYS, least + 1),
        units={w.lower(): unit for unit in _UNITS for w in info[unit] if len(w) >= min(least, 2)},
        near=near,
    )


def _numbered(info: dict[str, Any], names: list[str], least: int) -> dict[str, int]:
    return {
        word.lower(): number
        for number, name in enumerate(names, 1)
        for word in info[name]
        if len(word) >= least and not word[0].isdigit()
    }


def _any(words: dict[str, Any]) -> str:
    longest = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in longest) + ")"


@lru_cache
def rules(language: str) -> tuple[Rule, ...]:
    """The rules of a language, as those of the grammar; its longer forms stand first."""
    words, grammar = _words(language), _GRAMMARS[language]
    month, weekday, unit = (_any(one) for one in (words.months, words.weekdays, words.units))
    counted = unit.replace("日|", "").replace("|日", "")  # "5日前" is before the fifth
    near, number = _any(words.near), "|".join(grammar.numbers.split())
    day, count = r"(?P<day>3[01]|[12]\d|0?[1-9])", rf"(?P<n>\d{{1,3}}|{number})"
    by = rf"(?P<which>(?P<last>{grammar.last})|{grammar.this}|(?P<next>{grammar.next}))"
    part = "|".join(f"(?P<p{i}>{one})" for i, one in enumerate(grammar.part))
    seasons = "|".join(f"(?P<s{3 * i}>{one})" for i, one in enumerate(grammar.seasons, 1))
    which = "|".join(f"(?P<o{i}>{one})" for i, one in enumerate(grammar.ordinals))
    size = f"(?:(?P<quarter>{grammar.quarter})|{grammar.half})"
    years = r"(?P<y>(?:1[89]|20)\d\d)"
    unit, counted = rf"(?P<unit>{unit})", rf"(?P<unit>{counted})"
    if language == "zh":
        forms: tuple[tuple[_Build, str, str], ...] = (
            (
                _day,
                rf"(?:{years}\s*年\s*)?(?P<m>1[0-2]|0?[1-9])\s*月\s*"
                rf"(?:(?P<first>3[01]|[12]\d|0?[1-9])[日号]?[至到—-]+)?{day}\s*[日号]",
                "",
            ),
            (_day_of_month, rf"{by}月\s*{day}\s*[日号]", ""),
            (_span, rf"(?:{years}\s*年\s*)?第?(?:{which}){size}", ""),
            (
                _season,
                rf"(?:{years}\s*年|(?P<which>(?P<last>去年)|今年|(?P<next>明年)))(?:{seasons})",
                "",
            ),
            (_month, rf"{years}\s*年\s*(?P<m>1[0-2]|0?[1-9])\s*月(?:{part})?", ""),
            (_weekday, rf"(?:{by})?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天])", ""),
            (_near, rf"(?P<near>{near})(?:年?(?P<p0>初)|年?(?P<p2>[底末]))?(?!同期)", ""),
            (_near, rf"{by}月(?:(?P<p0>初)|(?P<p1>中旬)|(?P<p2>[底末]))", ""),
            (_month, rf"(?P<m>1[0-2]|[1-9])月(?:份|{part})?(?!\s*\d)", r"(?:^|\D)"),
            (_year, rf"{years}年", ""),
            (_counted, grammar.ago.format(n=count, unit=counted), ""),
            (_counted, grammar.hence.format(n=count, unit=f"(?P<on>){counted}"), ""),
            (_nearest, rf"{by}{unit}", ""),
            (_month_end, grammar.month_end, ""),
            (_holiday, rf"(?P<name>{_NAMES})", ""),
        )
    else:
        noun = rf"(?:(?P<wd>{weekday})|{unit})"
        span = r"(?:(?P<first>3[01]|[12]\d|0?[1-9])(?:\.|er|º)?\s*(?:bis|au|al|y|[-–])\s*)?"
        date = rf"{span}{day}(?:\.|er|º)?\s*(?:de\s+)?(?P<month>{month})\b\.?"
        of = rf"(?:,?\s+(?:del?\s+)?{years})"
        behind = by.replace("?P<", "?P<x")
        week = _any({word: None for word, unit in words.units.items() if unit == "week"})
        forms = (
            (_week_and_day, rf"\b{by}\s+{week},?\s+(?:am\s+)?(?P<wd>{weekday})\b", ""),
            (_week_and_day, rf"\b{week}\s+{by},?\s+(?:le\s+|el\s+)?(?P<wd>{weekday})\b", ""),
            (_span, rf"\b(?:{which})\s+{size}\b{of}?", ""),
            (
                _season,
                rf"\b(?:{by}\s+)?(?:{seasons})\b(?:\s+{behind})?{of}?",
                "",
            ),
            (_day, rf"\b(?:(?P<dw>{weekday}),?\s+(?:(?:den|dem|le|el)\s+)?)?{date}{of}?(?!\d)", ""),
            (_day, rf"\b{day}\.\s?(?P<m>1[0-2]|0?[1-9])\.(?!\d)", grammar.weekday),
            (_month, rf"\b(?:{part})?(?P<month>{month})\b\.?{of}", ""),
            (_month, rf"\b(?:{part})(?P<month>{month})\b", ""),
            (_nearest, rf"\b{by}\s+{noun}\b", ""),
            (_nearest, rf"\b{noun}\s+{by}(?!\w)", "" if grammar.after else r"(?!)"),
            (_near, rf"\b(?P<near>{near})(?!\w)", r"(?<!\bam )(?<!\bla )(?<!\bpasado )"),
            (_month_end, rf"\b(?:{grammar.month_end})\b", ""),
            (_within, rf"\b(?:{grammar.within})\s+{count}\s+{unit}\b", ""),
            (_holiday, rf"\b(?P<name>{_NAMES})\b", ""),
            (_counted, rf"\b{grammar.ago.format(n=count, unit=unit)}\b", ""),
            (_counted, rf"\b{grammar.hence.format(n=count, unit=f'(?P<on>){unit}')}\b", ""),
            (_month, rf"\b(?P<month>{month})\b", grammar.month),
            (_weekday, rf"\b(?P<which>)(?P<wd>{weekday})\b", grammar.weekday),
            (_year, rf"\b{years}\b", r"\b(?:im\s+Jahre?|seit|en|depuis|desde|el\s+año)\s"),
        )

    def built(build: _Build) -> Build:
        return lambda match: build({k: v or "" for k, v in match.groupdict().items()}, language)

    return tuple(
        Rule(
            "", re.compile(form, re.I), built(build), re.compile(f"{lead}$", re.I) if lead else None
        )
        for build, form, lead in forms
    )


_Build = Callable[[dict[str, str], str], Sense | None]
"""What the groups of a match in a language mean."""


def _number_of_month(found: dict[str, str], language: str) -> int:
    return int(found["m"]) if found.get("m") else _words(language).months[_key(found["month"])]


def _key(words: str) -> str:
    return " ".join(words.lower().split())


def _day(found: dict[str, str], language: str) -> Sense:
    month, day = _number_of_month(found, language), int(found["day"])
    first = int(found.get("first") or day)
    weekday = _words(language).weekdays[_key(found["dw"])] - 1 if found.get("dw") else None

    def make(number: int) -> Interval | None:
        last = month_end(number, month)
        if not first <= day <= last.day:
            return None
        if weekday not in (None, last.replace(day=first).weekday()):
            return None
        return Interval(last.replace(day=first), last.replace(day=day))

    return in_year(make, found.get("y") or None)


def _month(found: dict[str, str], language: str) -> Sense:
    month = _number_of_month(found, language)
    part = _part(found)

    def make(number: int) -> Interval | None:
        return modified(months(number, month, month), part)

    return in_year(make, found.get("y") or None, note="approximate" if part else "")


def _week_and_day(found: dict[str, str], language: str) -> Sense:
    by, weekday = _by(found), _words(language).weekdays[_key(found["wd"])] - 1
    return deictic(lambda day: in_week(day, by, weekday))


def _span(found: dict[str, str], _: str) -> Sense | None:
    """A quarter or a half of a year."""
    which, size = next(i for i in range(4) if found.get(f"o{i}")), 3 if found["quarter"] else 6
    if which >= 12 // size:
        return None
    first = which * size + 1
    return in_year(
        lambda number: months(number, first, first + size - 1), found.get("y") or None, whole=True
    )


def _season(found: dict[str, str], _: str) -> Sense | None:
    """A season with its year, or the last, this or next one."""
    first = next(month for month in (3, 6, 9, 12) if found.get(f"s{month}"))
    if found.get("y"):
        return None if first == 12 else absolute(months(int(found["y"]), first, first + 2), NORTH)
    found = {
        name.removeprefix("x"): found.get(name) or found.get(f"x{name}") or "" for name in _WHICH
    }
    which = "last" if found["last"] else "next" if found["next"] else "this"
    return named(season(first), which, NORTH) if found["which"] else None


def _part(found: dict[str, str]) -> str | None:
    return next((one for i, one in enumerate(("early", "mid", "late")) if found.get(f"p{i}")), None)


def _day_of_month(found: dict[str, str], _: str) -> Sense:
    return day_in(_by(found), int(found["day"]))


def _year(found: dict[str, str], _: str) -> Sense:
    return absolute(year(int(found["y"])))


def _by(found: dict[str, str]) -> int:
    return -1 if found["last"] else 1 if found["next"] else 0


def _nearest(found: dict[str, str], language: str) -> Sense:
    by = _by(found)
    if found.get("wd"):
        weekday = _words(language).weekdays[_key(found["wd"])] - 1
        if by < 0:
            return deictic(lambda day: on(last_weekday(day - DAY, weekday)))
        if re.match(_GRAMMARS[language].coming, found["next"], re.I):
            return deictic(lambda day: on(next_weekday(day, weekday)))
        if by > 0:
            return last_or_next_weekday("next", weekday)
        return deictic(lambda day: in_week(day, 0, weekday))
    return deictic(steps(by, _words(language).units[_key(found["unit"])]))


def _near(found: dict[str, str], language: str) -> Sense:
    by, unit = (
        _words(language).near[_key(found["near"])] if found.get("near") else (_by(found), "month")
    )
    part = _part(found)
    if part and unit == "year":
        part = {"early": "start of", "late": "end of"}.get(part, part)
    place = steps(by, unit)
    return deictic(lambda day: modified(place(day), part), "approximate" if part else "")


def _weekday(found: dict[str, str], language: str) -> Sense:
    if language == "zh":
        weekday = "一二三四五六日天".index(found["wd"]) % 7 if found["wd"] != "天" else 6
    else:
        weekday = _words(language).weekdays[_key(found["wd"])] - 1
    if found["which"]:
        return deictic(lambda day: in_week(day, _by(found), weekday))
    return Sense("yearless", lambda scope: by_tense(scope, weekday))


def _month_end(_found: dict[str, str], _language: str) -> Sense:
    return ahead(lambda day: modified(containing(day, "month"), "late"), "approximate")


def _holiday(found: dict[str, str], _: str) -> Sense:
    return in_year(lambda number: on(holiday(found["name"], number)), None)


def _within(found: dict[str, str], language: str) -> Sense:
    count, unit = _number(found, language)
    return ahead(lambda day: Interval(day, moved(day, unit, count)))


def _counted(found: dict[str, str], language: str) -> Sense:
    count, unit = _number(found, language)
    sign = 1 if "on" in found else -1
    return deictic(lambda day: containing(moved(day, unit, sign * count), unit))


def _number(found: dict[str, str], language: str) -> tuple[int, Unit]:
    word, numbers = found["n"].lower(), _GRAMMARS[language].numbers.split()
    count = int(word) if word.isdigit() else next(
        number for number, form in enumerate(numbers, 1) if re.fullmatch(form, word)
    )  # fmt: skip
    unit = _words(language).units[_key(found["unit"])]
    return count, unit
