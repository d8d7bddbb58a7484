"""The words of time, by what they are and mean, in each language that is read.

Months, weekdays, units and words like "yesterday" are dateparser's, which has them from Unicode's
CLDR; ours is the table of what stands around them.  Names of months and weekdays count in English
only where written as names are: "may" and "march" are verbs.  A language is a column of ``_TABLE``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

from qa.text.language import tongue
from qa.times.holidays import NAMES

MONTHS = (
    "January February March April May June July August September October November December"
).split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SHORT_MONTHS = "Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec".split()
_upper = [word.upper() for word in (*MONTHS, *_SHORT_MONTHS) if word != "MAY"]
MONTH = rf"(?:{'|'.join(MONTHS)}|(?:{'|'.join((*_SHORT_MONTHS, *_upper))})(?![A-Za-z])\.?)"
DASH = r"[-\u2010-\u2015]"
LANGUAGES = ("en", "de", "fr", "es", "zh")
_CODES = {"de": "de", "fr": "fr", "es": "es", "han": "zh"}

# fmt: off
_TABLE: dict[tuple[str, Any], tuple[str, str, str, str, str]] = {
    # what is last, this and next: counted from the day of writing, or "from" a time told before
    ("which", (-1, "near")): ("last", "(?:letzt|vorig)e[nmrs]?", "derni(?:er|ère)", "últim[oa]",
                              "上一?个?"),
    ("which", (-1, "past")): ("(?:this )?past", "vergangene[nmrs]?", "passée?", "pasad[oa]", ""),
    ("which", (0, "near")): ("this|current", "diese[nmrs]?|laufende[nmrs]?", "ce(?:tte|t)?",
                             "est[ea]", "[本这今]一?个?"),
    ("which", (1, "near")): ("next", "nächste[nmrs]?", "", "", "下一?个?"),
    ("which", (1, "coming")): ("(?:this |the )?(?:coming|upcoming)", "kommende[nmrs]?",
                               "prochaine?", "próxim[oa]|que viene", ""),
    ("which", (-1, "from")): ("previous|preceding|prior", "vorherige[nmrs]?|vorangegangene[nmrs]?",
                              "précédente?", "anterior", "(?<!提)前一"),
    ("which", (0, "from")): ("same|that(?: same)?", "selbe[nmrs]?|gleiche[nmrs]?", "même",
                             "mism[oa]", "[当同]"),
    ("which", (1, "from")): ("following", "folgende[nmrs]?|darauffolgende[nmrs]?", "suivante?",
                             "siguiente", "次"),
    # parts of what follows; "end" and "start" of a year are a month of it
    ("part", "early"): ("early(?: in)?", "Anfang", "(?:au )?début", "(?:a )?principios|comienzos",
                        ""),
    ("part", "mid"): ("mid(?:dle)?", "Mitte", "(?:à la )?mi", "(?:a )?mediados", ""),
    ("part", "late"): ("late(?: in)?", "Ende", "(?:à la )?fin", "(?:a )?fin(?:al)?es", ""),
    ("part", "start"): ("beginning|start", "Beginn", "", "(?:al )?inicio", ""),
    ("part", "end"): ("end", "", "", "", ""),
    ("part", "earlier"): ("earlier|so far", "früher", "", "", ""),
    ("part", "later"): ("later", "später", "", "", ""),
    ("behind", "early"): ("", "", "", "", "上旬|初"),
    ("behind", "mid"): ("", "", "", "", "中旬"),
    ("behind", "late"): ("", "", "", "", "下旬|[底末]"),
    ("season", 3): ("spring", "Frühlings?|Frühjahrs?", "printemps", "primavera", "春[天季]?"),
    ("season", 6): ("summer", "Sommers?", "(?:(?<=[ld]')|(?<=cet_)|(?<=en_))été", "verano",
                    "夏[天季]?"),
    ("season", 9): ("autumn|fall", "Herbst(?:es)?", "automne", "otoño", "秋[天季]?"),
    ("season", 12): ("winter", "Winters?", "hiver", "invierno", "冬[天季]?"),
    ("unit", ("day", 1)): ("days?", "Tag(?:e[ns]?)?", "jours?|journées?", "días?", "天"),
    ("unit", ("week", 1)): ("weeks?", "Wochen?", "semaines?", "semanas?", "个?星期|周"),
    ("unit", ("week", 2)): ("fortnights?", "", "quinzaine", "quincena", ""),
    ("unit", ("month", 1)): ("months?", "Monat(?:e[ns]?|s)?", "mois", "mes(?:es)?", "个?月"),
    ("unit", ("quarter", 1)): ("quarters?", "Quartal(?:e?[ns]?)", "trimestres?", "trimestres?",
                               "季度"),
    ("unit", ("half", 1)): ("half(?:[ -]year)?", "Halbjahr(?:e?[ns]?)", "semestres?", "semestres?",
                            "半年"),
    ("unit", ("year", 1)): ("years?", "Jahr(?:e[ns]?|s)?", "an(?:née)?s?", "años?", "年"),
    ("unit", ("decade", 1)): ("decades?", "Jahrzehnt(?:e[ns]?)?", "décennies?", "décadas?", ""),
    ("weekend", 0): ("weekend|week-end", "Wochenendes?", "week-end", "fin(?:es)? de semana",
                     "周末"),
    ("daytime", 0): ("mornings?|noon|lunchtime|afternoons?|evenings?|nights?|small hours"
                     "|early hours", "Morgen|Vormittag|Mittag|Nachmittag|Abend|Nacht",
                     "matin(?:ée)?|midi|après-midi|soir(?:ée)?|nuit", "mediodía|tarde|noche",
                     "早上|上午|中午|下午|晚上|凌晨"),
    ("near", (0, "day")): ("today|tonight|this (?:morning|afternoon|evening)", "", "ce soir",
                           "esta noche", ""),
    ("near", (-1, "day")): ("yesterday|last night", "", "", "anoche", ""),
    ("near", (1, "day")): ("tomorrow", "", "", "", ""),
    ("near", (-2, "day")): ("the day before yesterday", "", "", "", ""),
    ("near", (2, "day")): ("the day after tomorrow", "", "", "", ""),
    ("edge", ("end", ("year", 1))): ("year[- ]end", "Jahresendes?", "fin d'année", "fin de año",
                                     ""),
    ("edge", ("end", ("month", 1))): ("month[- ]end", "Monatsendes?", "", "fin de mes", ""),
    ("beside", (1, ("day", 1))): ("", "Folgetag(?:es)?", "lendemain", "", "次日"),
    ("quarter", 1): ("Q1", "Q1", "T1", "T1", "第?一季度"),
    ("quarter", 2): ("Q2", "Q2", "T2", "T2", "第?二季度"),
    ("quarter", 3): ("Q3", "Q3", "T3", "T3", "第?三季度"),
    ("quarter", 4): ("Q4", "Q4", "T4", "T4", "第?四季度"),
    ("half", 1): ("H1", "H1", "S1", "S1", "上半年"),
    ("half", 2): ("H2", "H2", "S2", "S2", "下半年"),
    ("number", 1): ("an?|one", "eine[mrn]?", "une?", "una?", "一"),
    ("number", 2): ("two", "zwei", "deux", "dos", "[二两]"),
    ("ordinal", -1): ("final", "", "", "", "最后一?个?"),
    ("ordinal", 1): ("first", "erste[nrsm]?", "premi(?:er|ère)", "primer[oa]?", "第一个?"),
    ("ordinal", 2): ("second", "zweite[nrsm]?", "deuxième|second", "segund[oa]", "第二个?"),
    ("ordinal", 3): ("third", "dritte[nrsm]?", "troisième", "tercer[oa]?", "第三个?"),
    ("ordinal", 4): ("fourth", "vierte[nrsm]?", "quatrième", "cuart[oa]", "第四个?"),
}
_NUMBERS = (
    "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty",
    "drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn",
    "trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze",
    "tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
    "三 四 五 六 七 八 九 十",
)
"""From three on."""
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "vingt trente quarante cinquante soixante",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "",
)
_ORDINALS = (
    "fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third"
    " twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth"
    " thirty-first"
)
"""From five on."""
# fmt: on


class Word(NamedTuple):
    """``sentence[start:end]`` is a word of that kind, whose value its kind says."""

    start: int
    end: int
    kind: str
    value: Any
    language: str


class _Lexicon(NamedTuple):
    pattern: re.Pattern[str]
    values: dict[str, list[tuple[re.Pattern[str], Any]]]


def month_number(word: str) -> int:
    """1 to 12 for an English month's name, short or long.

    >>> month_number("Sept.")
    9
    """
    return [name[:3] for name in MONTHS].index(word[:3].title()) + 1


def spoken(text: str) -> tuple[str, ...]:
    """The languages whose words to look for, the likeliest first: a sentence often tells none."""
    language = tongue(text)
    own = _CODES.get(language or "")
    if own is None and not (_named() if language == "en" else _shape()).search(text):
        return ("en",)
    first = own or ("en" if language == "en" else "de")
    return (first, *(one for one in (*_CODES.values(), "en") if one != first))


@lru_cache
def _named() -> re.Pattern[str]:
    """Words of time of another language than English: "Samstag", "hier", "6 mar 2024"."""
    borrowed = [(code, one) for code in _CODES.values() for one in _borrowed(code)]
    near = {
        word.lower()
        for _, (kind, word, _) in borrowed
        if kind in ("weekday", "near") and word.isalpha() and len(word) > 3
    }
    months = {
        re.escape(word.title() if code == "de" else word.lower())
        for code, (kind, word, _) in borrowed
        if kind == "month"
    }
    names = "|".join(sorted(months))
    dated = (
        rf"(?i:\d?\d(?:\.|er|º)?\s+(?:de\s+)?(?:{names})\.?\s+(?:del?\s+)?[12]\d\d\d)"
        rf"|(?=\w{{4}})(?:{names})\.?\s+(?:del?\s+)?[12]\d\d\d"  # "mars 2024", no rover "Mars 2020"
    )
    return re.compile(rf"\b(?i:{'|'.join(sorted(near))})\b|(?<!\w)(?:{dated})\b")


@lru_cache
def _shape() -> re.Pattern[str]:
    """What an expression in another language than English may look like."""
    return re.compile(
        r"[\u4e00-\u9fff]|\d\.\s?[A-ZÄÖÜ][a-zäöü]{2}|\d(?:er)?\s+(?:de\s+)?[a-zéûä]{3}|\d\.\d?\d\."
        r"|\b(?i:im|am|seit|bis|vor|en|l[ea]|el|hoy)\b|" + _named().pattern
    )


def words(sentence: str, language: str) -> Iterator[Word]:
    """The words of time in a sentence of that language, in order, without overlap."""
    lexicon = _lexicon(language)
    for match in lexicon.pattern.finditer(sentence):
        kind, (start, end) = str(match.lastgroup), match.span(str(match.lastgroup))
        forms = lexicon.values[kind]
        value = next(value for form, value in forms if form.fullmatch(sentence, start, end))
        yield Word(match.start(), match.end(), kind, value, language)


@lru_cache
def _lexicon(language: str) -> _Lexicon:
    column = LANGUAGES.index(language)
    forms: dict[str, list[tuple[str, Any]]] = {}
    for (kind, value), row in _TABLE.items():
        if row[column]:
            forms.setdefault(kind, []).append((row[column], value))
    numbers = enumerate(_NUMBERS[column].split(), 3)
    forms["number"] += [(word, number) for number, word in numbers]
    forms["number"] += [(word, 10 * ten) for ten, word in enumerate(_TENS[column].split(), 2)]
    if language == "en":
        forms["ordinal"] += [(word, number) for number, word in enumerate(_ORDINALS.split(), 5)]
        forms["month"] = [(f"(?-i:{MONTH})", None)]
        names = "|".join(f"{one}|{one.upper()}" for one in _WEEKDAYS)
        forms["weekday"] = [(f"(?-i:{names})", None)]
        forms["short"] = [(r"(?-i:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)", None)]
    else:
        for kind, word, value in _borrowed(language):
            forms.setdefault(kind, []).insert(0, (re.escape(word).replace(r"\ ", " "), value))
    forms["holiday"] = [(re.escape(name).replace(r"\ ", " "), name) for name in NAMES]
    order = "holiday near edge beside weekend daytime month weekday short season quarter half part"
    order += " which behind unit ordinal number"
    edges = ("", "") if language == "zh" else (r"(?<!\w)", r"(?!\w)")
    groups = [
        f"(?P<{kind}>" + "|".join(sorted((form for form, _ in forms[kind]), key=_length)) + ")"
        for kind in order.split()
        if kind in forms
    ]
    dot = r"(?:(?<=[a-z])\.(?=\s*\d))?" if language in ("de", "fr", "es") else ""
    pattern = edges[0] + "(?:" + "|".join(groups) + ")" + edges[1] + dot
    values = {
        kind: [(_spelt(form), value) for form, value in _split(kind, found)]
        for kind, found in forms.items()
    }
    return _Lexicon(_spelt(pattern), values)


def _length(form: str) -> int:
    return -len(form)


def _split(kind: str, found: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The English names apart, with their numbers."""
    for form, value in found:
        if value is not None:
            yield form, value
        elif kind == "month":
            yield from ((rf"{name[:3]}[a-z]*\.?", i) for i, name in enumerate(MONTHS, 1))
        else:
            yield from ((f"{name[:3]}[a-z]*", i) for i, name in enumerate(_WEEKDAYS))


def _spelt(form: str) -> re.Pattern[str]:
    return re.compile(form.replace("'", "['\u2019]").replace(" ", r"\s+").replace("_", " "), re.I)


def _information(language: str) -> dict[str, Any]:
    """What dateparser knows of a language: its file alone, for the package is slow to import."""
    package = find_spec("dateparser")
    assert package is not None
    assert package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0], "data", "date_translation_data")
    spec = spec_from_file_location(f"_dateparser_{language}", folder / f"{language}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    info: dict[str, Any] = module.info
    return info


@lru_cache
def _borrowed(language: str) -> tuple[tuple[str, str, Any], ...]:
    """The names of months and weekdays, and phrases like "gestern", of dateparser."""
    info = _information(language)
    found: list[tuple[str, str, Any]] = []
    for kind, names in (("month", MONTHS), ("weekday", _WEEKDAYS)):
        for number, name in enumerate(names, 1 if kind == "month" else 0):
            said = info[name.lower()]
            least = 2 if language == "zh" else min(4, max(map(len, said)))
            found += [(kind, one, number) for one in said if len(one) >= least]
    for kind, phrases in info["relative-type"].items():  # "2 day ago", "in 1 week"
        count = int(re.sub(r"\D", "", kind)) * (-1 if kind.endswith("ago") else 1)
        unit = next((one for one in ("day", "year") if one in kind), None)
        if unit is not None:
            found += [("near", one, (count, unit)) for one in phrases]
    return tuple(found)
