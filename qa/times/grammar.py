"""The grammar of temporal expressions: one table of how times are put together.

The words of a sentence (``qa.times.words``) and its figures (``qa.times.digits``) stand for
themselves as one sign each; a row of the table takes some of them, with the small words between,
and puts a time or what recurs in their place, from the closest bound to the loosest.  So "the last
Sunday of next month" is "next month", and a Sunday of that, and "the day before" may stand before
all of it, in every language alike.
In the table ``{a|b}`` is a word of these kinds (``{S}`` is all that recurs), another ``{name}`` one
of the small words above it, and a blank may be left out.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from qa.times import meanings as m
from qa.times.digits import figures, is_free
from qa.times.intervals import containing
from qa.times.readings import VAGUE, Atom, Sense, Series
from qa.times.words import DASH, MONTH, Word, spoken, words

_SMALL = {
    "the": r"(?:\b(?:the|de[rmns]|die|das|le|la|les|el|los|las)\b|\b[ld]['’])",
    "of": r"(?:\b(?:of|in|de[rs]?|du|vo[nm]|im|del|de\s+la|en)\b|\bd['’]|的)",
    "whose": r"(?:\b(?:of|de[rs]?|du|del|von|des)\b|的)",
    "before": r"(?:\b(?:before|ahead\s+of|vor|avant|antes\s+del?)\b)",
    "after": r"(?:\b(?:after|nach|après|después\s+del?)\b)",
    "to": rf"(?:{DASH}|\b(?:to|and|bis|und|auf|al|au|et|y)\b|[至到])",
    "on": r"(?:\b(?:on|am|le|el|for|from|in|du|del|vom)\b)",
    "stop": r"(?=\s*(?:[.,;:)!?|]|$)|\s+(?:and|or|to|but|at|in|for|from|until|when|we|I|he|she|they"
    r"|it|there|so|that)\b)",
    "about": r"(?P<about>\b(?:about|around|roughly|approximately|nearly|almost|some|etwa|rund"
    r"|environ|unos|unas)\b)?",
    "more": r"(?P<more>\b(?:more\s+than|over|less\s+than|under|at\s+least|up\s+to|mehr\s+als"
    r"|plus\s+d['’e]|más\s+de)\b)?",
    "fiscal": r"(?:\b(?:fiscal|financial)\b)",
    "many": r"(?:\b(?:few|several|couple\s+of|recent|some|many|wenigen?|einigen?|quelques)\b)",
}  # fmt: skip
_S = ("series", "month", "weekday", "season", "quarter", "half", "holiday", "weekend")
_KINDS = (
    *_S, "time", "vague", "near", "daytime", "short", "part", "behind", "which", "unit", "number",
    "numbers", "ordinal", "year", "edge", "beside",
)  # fmt: skip
_SIGNS = {kind: chr(0xE000 + place) for place, kind in enumerate(_KINDS)}


class Found(NamedTuple):
    """What a row has taken: its words in order, and what stands around them in the sentence."""

    taken: tuple[tuple[str, Any], ...]
    match: re.Match[str]
    before: str
    text: str
    after: str
    language: str

    def of(self, *kinds: str) -> Any:
        """The value of the first word of these kinds, None where there is none."""
        return next((value for kind, value in self.taken if kind in kinds), None)

    def all(self, *kinds: str) -> list[Any]:
        """The values of all words of these kinds."""
        return [value for kind, value in self.taken if kind in kinds]

    def said(self, name: str) -> bool:
        """Whether the small words of that name stand there."""
        return bool(self.match.groupdict().get(name))

    def series(self) -> Series:
        """The first word of what recurs."""
        return next(m.series(kind, value) for kind, value in self.taken if kind in (*_S, "short"))

    def last(self) -> Sense | Series:
        """The last word, a time or what recurs."""
        return _value(*self.taken[-1])


Made = Sense | Series | None


def _value(kind: str, value: Any) -> Sense | Series:
    if kind == "year":
        return m.year_sense(value)
    if kind == "near":
        return m.near(*value)
    if kind == "unit":
        return m.unit_of(0, value[0]) or VAGUE
    if kind == "ordinal":
        return m.day_number(value)
    return value if isinstance(value, Sense) else m.series(kind, value)


def _rank(found: Found) -> int | None:
    """1 for "first", -1 for "last"."""
    number: int | None = found.of("ordinal")
    if number is None and found.of("which") == (-1, "near"):
        return -1
    return number


def _day_and_month(found: Found) -> Made:
    pair = found.of("numbers")
    spelt = found.of("number") and not re.search(r"\d", found.text)
    last = found.taken[-1][0] == "number"
    if spelt and (found.language == "en" or (last and found.language != "zh")):
        return None  # "in March a fire", "im März zwei Schiffe"
    days = list(pair) if pair else found.all("number", "ordinal")
    if min(days) < 1:
        return None
    return m.day_of(found.of("month"), days[0], days[-1], found.of("weekday", "short"))


def _weekday_and_day(found: Found) -> Made:
    number = found.of("number", "ordinal")
    bare = found.of("ordinal") is None
    if not re.search(r"\d", found.text) and not re.search(r"\bthe\b", found.text):
        return None  # "for Thursday, first thing"
    if not 1 <= number <= 31 or (bare and not re.match(rf"\s*(?:[.,;)|]|{DASH}|$)", found.after)):
        return None
    return m.day_number(number, None, found.of("weekday", "short"))


def _of_year(found: Found) -> Made:
    first = found.taken[0][0] == "year" and found.language != "zh"
    if first and found.of("quarter", "half") is None:
        return None
    return m.of_year(found.series(), found.of("year"))


def _weeks_of_year(found: Found) -> Made:
    """Read "in weeks 31 to 36 of 2024"."""
    if found.taken[0] != ("unit", ("week", 1)):
        return None
    numbers = list(found.of("numbers") or found.all("number"))
    return m.weeks_of_year(found.of("year"), numbers[0], numbers[-1])


def _inside(found: Found) -> Made:
    """Read "December last year", "the 15th of next month", "last week on Friday"."""
    if found.text.lower().startswith("fall") and " of " not in found.text:
        return None  # "sales will fall this year"
    number = found.of("number", "ordinal")
    one = found.series() if number is None else m.day_number(number)
    return m.inside(one, found.of("time"))


_OF_THAT = re.compile(
    r"\s+(?:the|an?|this|that|my|our|your|his|her|its|their|del?|du|des|der)\s", re.I
)


def _which_unit(found: Found) -> Made:
    which, unit = found.of("which"), found.of("unit")
    if re.match(r"(?:the )?last (?:days?\b|\w+\s+of\b)", found.text + found.after, re.I):
        return VAGUE  # its end: "the last day to apply", "the last week of the show"
    if found.taken[0][0] == "unit" and which[1] == "from" and _OF_THAT.match(found.after):
        return VAGUE  # "the day following the vote"
    return m.which_unit(which, unit, alone=found.text.lower().startswith("the "))


def _which_units(found: Found) -> Made:
    made = m.units(found.of("which"), found.of("number"), found.of("unit"))
    return VAGUE if found.said("more") else made


def _which_series(found: Found) -> Made:
    which, the = found.of("which"), found.text.lower().startswith("the ")
    kind = next(kind for kind, _ in found.taken if kind in _S)
    if the and which == (1, "near") and kind == "weekday":
        which = (1, "from")
    if the and which == (-1, "near") and kind in ("weekday", "weekend"):
        return VAGUE  # of the month, or of last week
    return m.which_series(which, found.series(), kind, found.language)


def _nth(found: Found) -> Made:
    """Read "the last Sunday of May", "the second half of the year"."""
    number = _rank(found)
    if number is None:
        return None
    kind, value = next(one for one in found.taken if one[0] not in ("ordinal", "which"))
    if kind == "unit":
        return m.nth_unit(number, value, found.last(), full="full" in found.text)
    return m.nth(number, m.series(kind, value), found.last())


def _nth_behind(found: Found) -> Made:
    """Read "下月第二个星期六", where what it is of comes first."""
    return _nth(found._replace(taken=(*found.taken[1:], found.taken[0])))


def _first_units(found: Found) -> Made:
    number = _rank(found)
    if number not in (1, -1):
        return None
    return m.first_units(number, found.of("number"), found.of("unit"), found.last())


def _nth_alone(found: Found) -> Made:
    """Read "the fourth quarter", "the second half": of which year tells the tense."""
    number, (unit, count) = _rank(found), found.of("unit")
    if unit not in ("quarter", "half") or count != 1 or number is None or found.of("which"):
        return None
    told = re.search(r"\b(?:in|for|during|over)\s*$", found.before, re.I)
    if found.language == "en" and unit == "half" and not told and "year" not in found.text:
        return None  # of a match, of a bridge
    return m.span(unit, number)


def _ended(found: Found) -> Made:
    return m.ended(found.of("ordinal"), found.of("number"), found.of("unit"), found.last())


def _part_of(found: Found) -> Made:
    if found.of("part") in ("start", "end") and re.match(r"\w+ (?:in|im|en)\b", found.text, re.I):
        return None  # "will start in May"
    return m.part_of(found.of("part"), found.last())


def _part_behind(found: Found) -> Made:
    part, whole = found.of("behind"), _value(*found.taken[0])
    if isinstance(whole, Sense) and whole.span == "year":
        part = {"early": "start", "late": "end"}.get(part, part)
    return m.part_of(part, whole)


def _shifted(found: Found) -> Made:
    """Read "two weeks before 3 May", "the day before Easter"."""
    sign = -1 if found.said("before") else 1
    unit, many = found.of("unit") or ("day", 1)
    number = found.of("number")
    if number and found.text.lower().startswith("the "):
        return m.beside_units(found.last(), sign * number * many, unit)
    return m.shifted(found.last(), sign * (number or 1) * many, unit)


def _next_to(found: Found) -> Made:
    """Read "the Friday before the August bank holiday"."""
    return m.next_to(found.series(), found.last(), -1 if found.said("before") else 1)


def _from_day(found: Found) -> Made:
    """Read "today in two weeks", "two weeks ago today", "a week on Friday", "mardi en huit"."""
    kind = next(one for one in found.taken if one[0] in ("time", "weekday"))
    if kind[0] == "time" and kind[1].span != "day":
        return None
    number = found.of("number") or 1
    if found.of("unit") is None:  # "mardi en huit", by the days
        if number not in (8, 15):
            return None
        number -= 1
    unit, many = found.of("unit") or ("day", 1)
    count = (-1 if found.said("ago") else 1) * number * many
    return m.shifted(m.coming(_value(*kind)), count, unit)


def _days_from(found: Found) -> Made:
    """Read "a week today", "two weeks tomorrow"."""
    time = found.of("time")
    return _from_day(found) if time.kind == "deictic" else None


def _near(found: Found) -> Made:
    if found.language in ("de", "es") and re.search(r"\b(?:am|la|pasado)\s$", found.before):
        return None  # "por la mañana"
    return m.near(*found.of("near"))


def _ago(found: Found) -> Made:
    (unit, many), note = found.of("unit"), "approximate" if found.said("about") else ""
    count = -found.of("number") * many
    if found.said("date"):
        return m.exactly(count, unit)
    return VAGUE if found.said("more") else m.ago(count, unit, note)


def _half_ago(found: Found) -> Made:
    halves = {("year", 1): (6, "month"), ("decade", 1): (5, "year")}
    half, whole = found.all("unit")
    if found.of("number") != 1 or half != ("half", 1):
        return None
    count, unit = halves.get(whole, (0, ""))
    return m.ago(-count, unit, "approximate") if unit else VAGUE


def _hence(found: Found) -> Made:
    (unit, many), note = found.of("unit"), "approximate" if found.said("about") else ""
    count = found.of("number") * many
    time = found.of("time")
    if time is not None and time.kind != "deictic":  # "for five years from 1 April" is how long
        lasts = re.search(r"\bfor\s*$", found.before, re.I)
        return VAGUE if lasts else m.shifted(time, count, unit)
    if time is not None or found.said("date"):
        return m.exactly(count, unit)
    return m.ago(count, unit, note)


_PROMISE = re.compile(
    r"\b(?:will|shall|would|please|due|payable|to\s+be|(?:is|are)\s+to|going\s+to"
    r"|(?:expect|hope|plan|aim|want|intend)(?:s|ed)?|bitte|wird|werden|sera|será)\b|['\u2019]ll\b",
    re.I,
)
_RANKED = re.compile(
    r"\b(?:first|second|third|[a-z]{2,}th|[a-z]{2,}est|most|only|times?|once|twice)\b[^.;:]*$", re.I
)


def _in_units(found: Found) -> Made:
    one = re.search(r"\ban?\b", found.text)
    alone = re.match(r"\s*(?:[.,;)]|$)", found.after)
    if one and not alone and not _PROMISE.search(found.before):
        return VAGUE  # "three in a year"
    if _RANKED.search(found.before):
        return VAGUE  # "the fourth in five years"
    to_day = found.of("number") == 1 and found.of("unit") == ("week", 1)
    return m.in_units(found.of("number"), found.of("unit"), to_day=to_day)


def _within(found: Found) -> Made:
    if re.match(r"\s+(?:of|after|from|nach|ab|après|desde)\s+(?!this|today|now)", found.after):
        return VAGUE  # "within 14 days of receipt"
    promised = not re.match(r"within|inside", found.text, re.I)
    promised = promised or bool(_PROMISE.search(found.before + found.after))
    return m.within(found.of("number"), found.of("unit"), promised=promised)


def _within_of(found: Found) -> Made:
    """Read "within 21 days of today", "within eight weeks of the date of this letter"."""
    unit, many = found.of("unit")
    start = found.of("time") or m.near(0, "day")
    if found.of("which") not in (None, (0, "near")):
        return None
    return m.within_of(start, found.of("number") * many, unit)


def _later(found: Found) -> Made:
    note = "approximate" if found.said("about") else ""
    if found.of("part") not in (None, "earlier", "later"):
        return None
    sign = -1 if found.said("back") or found.of("part") == "earlier" else 1
    return (
        VAGUE if found.said("more") else m.later(found.of("number"), found.of("unit"), sign, note)
    )


def _unit_beside(found: Found) -> Made:
    """Read "the evening before", "the day after", "the following morning"."""
    by = found.of("which")[0] if found.of("which") else -1 if found.said("before") else 1
    if found.of("which") and found.of("which")[1] != "from":
        if by and found.text.lower().startswith("the "):  # "the next morning": of what was told
            return m.following(by, ("day", 1))
        return m.near(by, "day") if found.of("daytime") is not None and not by else None
    return m.following(by, found.of("unit") or ("day", 1))


def _series_beside(found: Found) -> Made:
    """Read "the Wednesday before", "the weekend after"."""
    return m.beside(found.series(), -1 if found.said("before") else 1)


def _after_next(found: Found) -> Made:
    by, how = found.of("which")
    return m.after_next(*found.taken[0], 2 * by) if by and how == "near" else None


def _edge_alone(found: Found) -> Made:
    return m.edge_alone(found.of("part"), found.of("unit"))


def _edge(found: Found) -> Made:
    return m.edge_alone(*found.of("edge"))


def _beside(found: Found) -> Made:
    """Read "le lendemain"."""
    return m.following(*found.of("beside"))


def _to_date(found: Found) -> Made:
    unit, _ = found.of("unit")
    return m.to_date(unit) if unit in ("week", "month", "quarter", "year") else None


_WEEKS = re.compile(r"\b(?:weeks|wochen|semaines|semanas)\b", re.I)


def _week_of(found: Found) -> Made:
    if found.of("unit") not in (None, ("week", 1)) or _WEEKS.search(found.text):
        return VAGUE  # "weeks of August": how many is not read
    if found.of("part") not in (None, "start"):
        return None
    return m.mapped(found.last(), lambda time: containing(time.start, "week"))


def _of_daytime(found: Found) -> Made:
    """Read "the evening of 5 May", "Friday morning": the day."""
    return next(_value(*one) for one in found.taken if one[0] not in ("daytime", "part"))


def _fellow(found: Found) -> Made:
    which = found.of("which")
    return m.SAME_PERIOD if found.language == "zh" or which in (None, (0, "from")) else None


def _vague(_: Found) -> Made:
    return VAGUE


def _habit(found: Found) -> Made:
    """Read "on Tuesday and Friday nights": of each week."""
    return VAGUE if found.text.endswith("s") else None


def _two_days(found: Found) -> Made:
    return m.series("weekend", 0) if found.all("weekday") == [5, 6] else None


def _fiscal(_: Found) -> Made:
    return m.FISCAL


_FREE = re.compile(
    r"\b(?:in|since|during|throughout|year|im\s+Jahre?|seit|en|depuis|desde|el\s+año)\s*$", re.I
)
_BOUND = re.compile(
    r"(?:\b(?:by|of|for|to|from|until|till|before|after|through|between|and|the|around|about|circa"
    r"|than|with|year,)\s|\()\s*$",
    re.I,
)
_AFTER_YEAR = re.compile(
    r"\s*(?:$|[.,;:!?)\]\u201d\"\u2014\u2013]|['\u2019]s\b|(?:and|or|to|until"
    r"|till|through|but|the|it|its|with|when|while|was|were|is|are|has|had|have|will|as|for|on|at|in"
    r"|by|from|because|after|before|that|which|under|a|an|he|she|they|we|than)\b|[A-Z])"
)
_BEFORE_MONTH = re.compile(
    r"\b(?:in|by|since|until|till|of|from|to|through|during|before|after|for|between|and|due|im|seit"
    r"|bis|ab|vom|von|für|en|de|depuis|desde|hasta|jusqu['’]en)\s*$|(?:^|\s)d['’]$",
    re.I,
)
_BEFORE_DAY = re.compile(
    r"\b(?:every|each|an?|one|any|per|most|alternate|jede[nrms]?|chaque|cada|tous\s+les)\s*$", re.I
)
_BEFORE_SEASON = re.compile(
    r"\b(?:in|by|until|till|since|before|after|for|during|over|from|to|of|im|seit|bis|zum|en|au|à)"
    r"\s+(?:the\s+|l['’]|el\s+|la\s+)?$",
    re.I,
)
_SPAN = re.compile(rf"\s?(?:{DASH}|to\s|through\s|until\s)\s?{MONTH}\b")


def _year_alone(found: Found) -> Made:
    free = _FREE.search(found.before)
    bound = _BOUND.search(found.before) and _AFTER_YEAR.match(found.after)
    if free or bound or found.language == "zh":
        return m.year_sense(found.of("year"))
    return None


_OPENS = re.compile(
    r"(?:^\W*|[.,;:(\u2013\u2014]\s*|\b(?:and|but|that)\s)(?:in|since|during|im|seit|en|depuis|desde)\s$",
    re.I,
)
_DOES = re.compile(r"(?:\s[A-Z][\w&.-]*)+\s(?!(?:the|an?|I|you|he|she|it|we|they|there)\b)[a-z]")
"""A name that does something: "In November Nordhavn bought", not "In May Street the road"."""


def _month_alone(found: Found) -> Made:
    if found.language != "zh":
        does = _OPENS.search(found.before) and _DOES.match(found.after)
        if not does and re.match(r"\s*['\u2019]?\d|-?\w|\s[A-Z]", found.after):
            return None  # "April Jones"
        if not _SPAN.match(found.after) and not _BEFORE_MONTH.search(found.before):
            return None
    return m.sense(found.series())


def _weekday_alone(found: Found) -> Made:
    is_of_another = re.match(r"\s*(?:before|after)\s+\w", found.after)
    if _BEFORE_DAY.search(found.before) or (is_of_another and not found.text.startswith("on ")):
        return None
    if found.language == "en" and re.search(r"[\w-]\s+[A-Z]\w+\s$", found.before):
        return None  # "Black Friday"
    if found.language == "fr" and re.search(r"\ble\s$", found.before, re.I):
        return VAGUE  # "ouvert le dimanche": each Sunday
    if found.language == "en" and re.search(r"\bon\s+the\s+$", found.before, re.I):
        return m.told(found.series())  # of the days just spoken of
    if found.of("short") is not None and not (
        re.match(_SMALL["stop"], found.after) and re.search(r"\b[a-z]+\s$", found.before)
    ):
        return None
    return m.sense(found.series())


def _season_alone(found: Found) -> Made:
    return m.sense(found.series()) if _BEFORE_SEASON.search(found.before) else None


def _day_of_month(found: Found) -> Made:
    by = {"ult": -1, "pro": 1}.get(found.text.rstrip(".").split()[-1][:3], 0)
    return m.inside(m.day_number(found.of("ordinal")), m.ago(by, "month"))


def _day_alone(found: Found) -> Made:
    if not re.search(r"\d", found.text):
        return None  # "the first"
    pair = found.of("numbers")
    days = list(pair) if pair else found.all("ordinal", "number")
    return m.sense(m.day_number(days[0], days[-1])) if 1 <= days[0] <= days[-1] <= 31 else None


def _holiday_alone(found: Found) -> Made:
    if found.language == "en" and not re.match(_SMALL["stop"], found.after):
        return None  # "Easter eggs"
    return m.sense(found.series())


def _holiday_weekend(found: Found) -> Made:
    """Read "Easter weekend", "le week-end de Pâques"."""
    return m.sense(m.weekend_of(str(found.of("holiday"))))


def _from_now(found: Found) -> Made:
    return m.from_now(found.last())


def _alone(found: Found) -> Made:
    if found.of("quarter") and not found.before.strip() and found.after.strip() == ".":
        return None  # "Q1." of questions and answers
    return m.sense(found.series())


# fmt: off
_TABLE: tuple[tuple[str, Callable[[Found], Made]], ...] = (
    # days of a month
    ("{near}", _near),
    ("(?:{weekday|short} [.,]? )?{the}? {number|ordinal} [.]?"
     "(?: (?:{to}|or\\b|oder\\b|ou\\b) (?:{weekday|short} [.,]? )?{the}? {number|ordinal} [.]?)?"
     " (?:day )?{whose}? {month}",
     _day_and_month),
    ("(?:{weekday|short} [.,]? )?{the}? {numbers} [.]? {whose}? {month}", _day_and_month),
    ("(?:{weekday|short} [.,]? )?{month} [.]? {the}? (?:{numbers}|{number|ordinal}"
     "(?: [日号]?{to} {number|ordinal})?) [日号]?", _day_and_month),
    ("{weekday|short} [.,]? {the}? {ordinal|number}", _weekday_and_day),
    # in a year
    ("{the}? {S} [,/]? {of}? {year}", _of_year),
    ("{year}[- ]*{S}", _of_year),
    ("{unit} {number|numbers}(?: {to} {number})? {of} {year}", _weeks_of_year),
    # fiscal years, fellows of periods, and what is not told exactly
    ("{the}? (?:{ordinal}|{which})[- ]*{fiscal} {unit}(?: {of} (?:{year}|{vague}))?", _fiscal),
    ("(?:{the}? {ordinal|which}|(?:our|its|their) {ordinal}) {unit} {of} {the}? {vague}", _fiscal),
    ("(?:our|its|their) {ordinal} {unit}", _fiscal),
    ("(?:{the}? {ordinal|which|S} {S|unit}? (?:of|in) )?(?:every|each|alternate"
     "|jede[nrms]?|chaque|cada|tous les|toutes les|todos los|todas las)"
     " {ordinal|number}? {S|unit} {daytime}?(?:(?: ,|,? (?:and|or|und|et|y)) {S} {daytime}?)*",
     _vague),
    ("{weekday|short} (?:bis|à|au|al|a|至|到) {weekday|short}", _vague),
    ("(?:\\bon )?{weekday}(?:(?: ,|,? (?:and|or)) {weekday})+ {daytime}", _habit),
    ("{weekday} (?:and|und|et|y) {weekday}", _two_days),
    ("(?:\\bon )?{weekday|short} (?:or|oder|ou|o) {weekday|short}", _vague),
    ("{the}? {which} (?:period|time|{unit}) (?:{of} )?{the}? (?:{which} {unit}|{number} {unit}"
     " (?:ago|earlier|before))", _fellow),
    ("(?:{unit}-(?:ago|earlier)|prior-{unit}) (?:period|{unit})", _fellow),
    ("(?:\\bin )?(?:{the}|{number})? {which}? {many} {unit} (?:ago|{part})?", _vague),
    ("{more} {about} an? {many} {unit} ago", _vague),
    # so many units from the day of writing, or from another
    ("{the} {unit|weekend|season} (?:after|before) {which}", _after_next),
    ("{unit} {number} {unit} ago", _half_ago),
    ("between {holiday} and (?:the )?new {unit}", _vague),
    ("{number} {unit} (?P<ago>ago) {time}", _from_day),
    ("{number} {unit} ago (?P<date>to the {unit})", _ago),
    ("{more} {about} {number}[- ]*{unit} (?:ago|以?前)", _ago),
    ("(?:vor|il y a|hace) {about} {number} {unit}", _ago),
    ("{time|weekday} (?:in|en|dans) {number} {unit}", _from_day),
    ("{weekday} en {number}", _from_day),
    ("{number} {unit} (?:on|from|next) {weekday}", _from_day),
    ("{number} {unit} {time}", _days_from),
    ("{time|weekday} {unit}(?! (?:of|beginning|commencing))", _from_day),
    ("{about} {number}[- ]*{unit} from (?P<date>(?:the|this) date(?: hereof| of this \\w+)?)",
     _hence),
    ("{about} {number}[- ]*{unit} from {time}", _hence),
    ("{about} {number}[- ]*{unit} (?:from now|hence|以?后)", _hence),
    ("in {about} {number}[- ]*{unit}['\u2019]?s?['\u2019]? time", _hence),
    ("within {number} {unit} (?:of|from|after) (?:{time}|the date of {which} \\w+"
     "|{which} date\\b)", _within_of),
    ("(?:within|inside|innerhalb(?: von)?|binnen|sous|dans les|dans un délai de|en un plazo de)"
     " {the}? {which}? {number}[- ]*(?:full|whole|calendar)? {unit}", _within),
    ("(?:in|dans|dentro de|en) {about} {number} {unit}(?! (?:of|on)\\b)(?! {part})", _in_units),
    # the last, this and next of its kind
    ("{the}? {which} {more} {number} {unit}(?! {whose} {the}? (?:calendar )?{T})", _which_units),
    ("{the}? {which} (?:calendar )?{unit}(?!-)(?! {whose} {the}? (?:calendar )?{T})", _which_unit),
    ("{the}? {unit} {which}", _which_unit),
    ("{the}? {which} {daytime}", _unit_beside),
    ("{the}? {which} {S}(?! {of} {the}? {T})", _which_series),
    ("{the}? {S} {which}(?! {T})", _which_series),
    # one that lies in a longer one
    ("{the}? {ordinal} {unit} {of} {the}? {fiscal} {unit}", _fiscal),
    ("{the}? {ordinal|which} {number} {unit} {of} {the}? (?:calendar )?{time|year|unit|S}",
     _first_units),
    ("{the}? {ordinal|which} (?:full )?{unit|S} {of} {the}? (?:calendar )?{time|year|unit|S}",
     _nth),
    ("{the}? {ordinal}[- ]*{unit} {year}", _nth),
    ("{the}? {ordinal}[- ]*{unit}", _nth_alone),
    ("{the}? {S} [,/]? {of}? {year}", _of_year),
    ("{the}? {S} [,]? {of}? {time}", _inside),
    ("{time}的?{quarter|half|season|month}", _inside),  # as Chinese puts it, without a blank
    ("{time}的?{ordinal}{S}", _nth_behind),
    ("{time} [,]? {on}? {weekday|short}", _inside),
    ("{the}? {number|ordinal} {whose} {time}", _inside),
    ("{time} {number}[日号]", _inside),
    # parts, and what contains
    ("{the}? {fiscal}? {ordinal}? {number}? {unit} (?:that |which )?(?:ended|ending|to) (?:on )?"
     "{time|S}", _ended),
    ("{the}? {unit} (?:of|du|del|vom|beginning|commencing|starting|{part}) {the}? {time|S|ordinal}",
     _week_of),
    ("w/c {the}? {time|S}", _week_of),
    ("{the}? {part}[- ]*{of}? {the}? {time|year|S}", _part_of),
    ("{the}? {part} (?:{whose}? {the}|{whose}) (?:calendar )?{unit}(?! (?:of|before|after)\\b)",
     _edge_alone),
    ("(?:\\bzum )?{edge}", _edge),
    ("(?:\\b(?:le|au|al) )?{beside}", _beside),
    ("{time} {which}期", _fellow),
    ("{time|S} {unit}? {behind}", _part_behind),
    ("{the}? {part}? {daytime} {of} {time|S}", _of_daytime),
    ("(?:\\bon )?{time|S} {daytime}", _of_daytime),
    # beside another
    ("(?:{the} )?(?:{number} )?{unit|daytime} (?:(?P<before>{before})|{after}) {the}? {time|S}",
     _shifted),
    ("{the} {S} (?:(?P<before>{before})|{after}) {the}? {time|S}", _next_to),
    ("{the} {unit|daytime} (?:(?P<before>before)|after)(?:{stop}|(?= \\d))", _unit_beside),
    ("{the} {S} (?:(?P<before>before)|after){stop}", _series_beside),
    ("{the}? {weekday} (?:(?P<before>davor|zuvor)|danach|darauf)\\b", _series_beside),
    ("{more} {about} {number}[- ]*{unit} (?:after|(?P<back>before)) (?:then\\b|{which})"
     "(?:{stop}|(?= (?:is|was|will|has|had)\\b))", _later),
    ("{more} {about} {number}[- ]*{unit} (?:{part}|(?:after(?:wards)?|on|(?P<back>before|previously"
     "|ahead|vorher|zuvor|davor|auparavant|plus tôt|antes)"
     "|danach|darauf|plus tard|después|más tarde)\\b)(?!(?:(?<=before)|(?<=after)) \\w)"
     "(?! (?:than|the|that|its|his|her|their|an?|of)\\b)(?! {T})", _later),
    ("{unit}(?: |-)to(?: |-)date", _to_date),
    # by itself: which one is meant tells the tense
    ("{quarter|half|series}", _alone),
    ("{holiday} {weekend}|{the}? {weekend} {of}? {holiday}", _holiday_weekend),
    ("{the}? {holiday}", _holiday_alone),
    ("between now and (?:on )?{time|S}", _from_now),
    ("(?:over|at|on|am|during) {the}? {weekend}", _alone),
    ("{month}", _month_alone),
    ("{the}? {ordinal} {weekday}", _vague),  # of each month
    ("(?:\\bon )?{weekday|short}", _weekday_alone),
    ("{season}", _season_alone),
    ("{the} {ordinal}(?: (?:inst|ult|prox)\\b\\.?)", _day_of_month),
    ("{the} {numbers|ordinal}(?:{stop}|(?= (?:is|was|will|has)\\b))", _day_alone),
    ("{year}", _year_alone),
)
# fmt: on


def _spelt(form: str) -> re.Pattern[str]:
    """A row as a regular expression over signs."""
    kinds = {"S": _S, "T": (*_S, "time", "which", "unit", "year")}

    def sign(match: re.Match[str]) -> str:
        name = match[1]
        if name in _SMALL:
            return _SMALL[name]
        names = [one for part in name.split("|") for one in kinds.get(part, (part,))]
        return "[" + "".join(_SIGNS[one] for one in names) + "]"

    form = re.sub(r"^(?=[a-z]|\((?:\?:)?[a-z][^)]*\)[ \[])", r"\\b", form).replace(" ", r"\s*")
    return re.compile(re.sub(r"\{([a-zST_|]+)\}", sign, form), re.I)


_ROWS = tuple((_spelt(form), read) for form, read in _TABLE)
_NAMES = {sign: kind for kind, sign in _SIGNS.items()}
_READY = ("time", "vague")


def atoms(sentence: str, day_first: bool | None = None) -> list[Atom]:
    """The expressions of ``sentence`` in order, not resolved."""
    found = _words(sentence, day_first)
    if not found:
        return []
    line, places, at = "", [], 0
    for word in found:
        line += sentence[at : word.start] + _SIGNS[word.kind]
        places += [Word(i, i + 1, "", None, "") for i in range(at, word.start)] + [word]
        at = word.end
    line += sentence[at:]
    places += [Word(i, i + 1, "", None, "") for i in range(at, len(sentence))]
    for pattern, read in _ROWS:
        line, places = _rewritten(sentence, line, places, pattern, read)
    return [
        Atom(one.start, one.end, one.value, one.language) for one in places if one.kind in _READY
    ]


def _rewritten(
    sentence: str,
    line: str,
    places: list[Word],
    pattern: re.Pattern[str],
    read: Callable[[Found], Made],
) -> tuple[str, list[Word]]:
    """``line`` with what a row makes in the place of what it takes."""
    at = 0
    while match := pattern.search(line, at):
        start, end = match.span()
        start += len(match.group()) - len(match.group().lstrip())
        end -= len(match.group()) - len(match.group().rstrip())
        at = match.start() + 1
        taken = [one for one in places[start:end] if one.kind]
        if not taken:
            continue
        first, last = places[start].start, places[end - 1].end
        made = read(
            Found(
                tuple((one.kind, one.value) for one in taken), match, sentence[:first],
                sentence[first:last], sentence[last:], taken[0].language,
            )
        )  # fmt: skip
        if made is None:
            continue
        kind = "series" if isinstance(made, Series) else "vague" if made.kind == "vague" else "time"
        line = line[:start] + _SIGNS[kind] + line[end:]
        places = [
            *places[:start], Word(first, last, kind, made, taken[0].language), *places[end:],
        ]  # fmt: skip
        at = start if end - start > 1 else start + 1
    return line, places


def _words(sentence: str, day_first: bool | None) -> list[Word]:
    """The words and figures of time in a sentence, in order, without overlap."""
    languages = spoken(sentence)
    found = figures(sentence, languages[0], day_first)
    for language in languages:
        found += [
            one
            for one in words(sentence, language)
            if is_free(found, one.start, one.end)
            and (language == languages[0] or (one.kind, one.value) != ("number", 1))
        ]
    return sorted(found, key=lambda one: one.start)
