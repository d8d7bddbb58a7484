"""Numbers, dates and names of a text in a form in which two wordings of one fact are equal.

>>> [fact.value for fact in numbers("$3bn, 5% and twenty-one thousand")]
[Decimal('3000000000'), Decimal('5'), Decimal('21000')]
>>> dates("on Feb. 5, 2023")[0]
Date(year=2023, month=2, day=5)
>>> names("Today Huawei met Zhang Xinghai of Seres.")
('Huawei', 'Zhang', 'Xinghai', 'Seres')
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from qa.text.figures import anglicised, han_numbers
from qa.text.words import STOPWORDS

_SCALES = {
    "hundred": 2, "thousand": 3, "k": 3, "million": 6, "mn": 6, "mln": 6, "m": 6,
    "billion": 9, "bn": 9, "b": 9, "trillion": 12, "tn": 12,
    "tausend": 3, "mil": 3, "mille": 3, "mila": 3, "duizend": 3, "mio": 6, "millionen": 6,
    "millions": 6, "millones": 6, "milioni": 6, "milhões": 6, "miljoen": 6, "mrd": 9,
    "milliarden": 9, "milliards": 9, "miliardi": 9, "miljard": 9,
}  # fmt: skip
_WORDS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()
    )
} | {
    word: 20 + 10 * place
    for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
} | {"dozen": 12}  # fmt: skip
_ORDINALS = {
    word: value
    for value, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh
        twelfth""".split(),
        1,
    )
}
_CURRENCIES = {
    "$": "dollar", "us$": "dollar", "usd": "dollar", "dollar": "dollar", "dollars": "dollar",
    "€": "euro", "eur": "euro", "euro": "euro", "euros": "euro",
    "£": "pound", "gbp": "pound", "pounds": "pound",
    "¥": "yuan", "rmb": "yuan", "cny": "yuan", "yuan": "yuan", "元": "yuan",
    "yen": "yen", "jpy": "yen", "円": "yen",
    "rupees": "rupee", "₹": "rupee", "won": "won", "₩": "won",
    "chf": "franc", "sfr": "franc", "francs": "franc", "franken": "franc",
}  # fmt: skip
_UNITS = {
    word: unit
    for unit, spellings in {
        "%": "% percent per-cent percentage",
        "second": "second seconds sec s", "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs h", "day": "day days", "week": "week weeks",
        "month": "month months", "year": "year years yr yrs", "decade": "decade decades",
        "century": "century centuries",
        "mm": "mm millimetre millimetres millimeter millimeters",
        "cm": "cm centimetre centimetres centimeter centimeters",
        "m": "m metre metres meter meters", "km": "km kilometre kilometres kilometer kilometers",
        "inch": "inch inches", "foot": "foot feet ft", "yard": "yard yards",
        "mile": "mile miles mi", "hectare": "hectare hectares ha", "acre": "acre acres",
        "g": "g gram grams", "mg": "mg milligram milligrams", "kg": "kg kilogram kilograms",
        "lb": "lb lbs", "tonne": "t tonne tonnes ton tons",
        "ml": "ml millilitre millilitres milliliter milliliters", "cl": "cl", "dl": "dl",
        "litre": "l litre litres liter liters", "kw": "kw kilowatt kilowatts",
        "mw": "mw megawatt megawatts", "gw": "gw gigawatt gigawatts", "kwh": "kwh",
        "°c": "°c celsius", "°f": "°f fahrenheit",
    }.items()
    for word in spellings.split()
}  # fmt: skip
_MEASURES = {
    unit: (base, Decimal(times))
    for base, units in {
        "m": "mm 0.001 cm 0.01 km 1000",
        "g": "mg 0.001 kg 1000 tonne 1000000",
        "litre": "ml 0.001 cl 0.01 dl 0.1",
        "second": "minute 60 hour 3600",
        "day": "week 7",
        "year": "decade 10 century 100",
        "kw": "mw 1000 gw 1000000",
    }.items()
    for unit, times in zip(units.split()[::2], units.split()[1::2], strict=True)
}
"""Units that are so many of another one."""
CLOCK = "o'clock"
"""The unit of a time of day, which is given in minutes after midnight."""
_MONTHS = {
    name: number
    for number, full in enumerate(
        """january february march april may june july august september october november
        december""".split(),
        1,
    )
    for name in (full, full[:3], full[:4] if full == "september" else full)
}
_NO_NAMES = frozenset([*_MONTHS, *_CURRENCIES])
_NUMBERED = re.compile(r"\b(?:Nos?|Nr)\.?\s*(?=\d)|№\s*(?=\d)", re.IGNORECASE)
"""What makes a name's number of a figure: "Amendment No. 1"."""

_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?" \
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"  # fmt: skip
_YEAR = r"(?:1[0-9]|20)\d{2}"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"""\b(?P<iso>(?P<y1>{_YEAR})[-/.](?P<m1>1[0-2]|0?[1-9])[-/.](?P<d1>3[01]|[12]\d|0?[1-9]))\b
    | \b(?P<mo2>{_MONTH})\s+(?:the\s+)?(?P<d2>{_DAY})(?!\d|[.,]\d)
      (?:(?:\s*,\s*|\s+)(?P<y2>{_YEAR}))?\b
    | \b(?:the\s+)?(?P<d3>{_DAY})\s+(?:of\s+)?(?P<mo3>{_MONTH})(?:,?\s+(?P<y3>{_YEAR}))?
    | \b(?P<mo4>{_MONTH}),?\s+(?:of\s+)?(?P<y4>{_YEAR})\b
    | (?P<y6>{_YEAR})\s*年(?:\s*(?P<m6>\d{{1,2}})\s*月)?(?:\s*(?P<d6>\d{{1,2}})\s*日)?
    | (?<![\d,.$€£¥-])\b(?P<y5>{_YEAR})s?\b
      (?![,.]\d|\s*(?:%|(?:per\s?cent|[mb]illion|thousand|[mck]?m|[mk]?g|miles?|feet|ft)\b))
    | \b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Dd]uring|of|from|last|early|late|this)
      \s+(?P<mo5>{_MONTH})(?!\.?,?\s*\d)
    | \b(?P<mo7>January|February|April|June|July|August|September|October|November|December)\b
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(
    r"""(?P<currency>us\$|[$€£¥₹₩]|\b(?:usd|eur|gbp|rmb|cny|jpy)\s?)?\s?
    (?:(?P<digits>(?<![A-Za-zÀ-ɏ\d_.])\d{1,3}(?:[,\u00a0\u202f']\d{3})+(?:\.\d+)?|(?<![A-Za-z\d.])\d+(?:\.\d+)?)
      (?P<ordinal>(?:st|nd|rd|th)\b)?
     |\b(?P<word>WORDS)\b)
    (?:[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|mn|mln|bn|tn|(?<=\d)[kmb]
      |tausend|mil|mille|mila|duizend|mio|millionen|millions|millones|milioni|milhões|miljoen
      |mrd|milliarden|milliards|miliardi|miljard)\b)?
    (?:\s?(?P<sign>[€£¥元円](?!\s?\d))|[\s-]*(?P<unit>%|°[cf]\b|per[\s-]cent\b|[a-z]+))?""".replace(
        "WORDS",
        r"(?:(?:a\s+)?(?:"
        + "|".join(sorted([*_WORDS, "hundred", "thousand", "million", "billion"], key=len)[::-1])
        + r")(?:[\s-]+(?:and\s+)?)?)+",
    ),
    re.VERBOSE | re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![\d.,:$€£])(?P<hour>[01]?\d|2[0-4])(?:"
    r"(?:[:.](?P<minute>[0-5]\d))?\s?(?:(?P<half>[ap])\.?\s?m\b\.?|uhr\b|o['’]clock\b)"
    r"|:(?P<minutes>[0-5]\d)(?![\d:])|h(?P<french>[0-5]\d)\b(?!\s?min))",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?|[^\W_]+(?:[-&'’][^\W_]+)*", re.UNICODE)
_OPENING_WORDS = frozenset(
    """today yesterday tomorrow however meanwhile moreover additionally notably also according
    although though despite later earlier currently recently previously overall several many each
    another since unlike like within without among including former formerly originally initially
    eventually finally chairman president founder yes""".split()
)
_COMMON_ENDING = re.compile(
    r"(?:tion|sion|ment|ness|ity|ance|ence|ism|ship|ure|age|ing|ly|ed|[^s]s)$"
    r"|^(?:revenue|value|issue|growth|health|wealth|death|birth|profit|output|income|demand|debt)$",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\s+(?:(?:also|once|now|still|already|never|not)\s+)?"
    r"(?:is|was|has|had|does|did|will|would|can|could|may|might|must|should"
    r"|[a-z]{2,}(?:[^s]s|ed)|became|began|built|bought|came|chose|found|gave|grew|held|kept|led"
    r"|left|lost|made|met|owns?|paid|ran|said|saw|sent|set|sold|spoke|told|took|won|wrote)\b"
)
_TERM = re.compile(  # 'Harlow Estates Ltd, of Ashford (hereinafter "the Landlord")'
    r"(?P<party>[^()\n;]{3,300})\((?:[^()“”\"]{0,40}\s)?[“\"](?:[Tt]he\s+)?"
    r"(?P<term>[^\W\d_a-z][\w-]*(?:\s[\w-]+){0,3})[”\"]\s*\)"
)
_LED = re.compile(r".*\b(?:[Bb]etween|by)\s+|[^\w]+|(?:[a-z]+\s+)+", re.DOTALL)
_OPENERS = re.compile(r"(?:^|[.!?:;]\s+|[\"“‘(]\s*)$")


class Number(NamedTuple):
    """A number: value with its scale worked in, "%", a currency, a measure or None, and place.

    A time of day has the unit ``CLOCK``.
    """

    value: Decimal
    unit: str | None
    start: int
    end: int

    @property
    def measure(self) -> tuple[Decimal, str | None]:
        """The value and its unit, in the unit that others of the kind are counted in as well.

        >>> numbers("40 cm")[0].measure == numbers("0.4 metres")[0].measure
        True
        """
        base, times = _MEASURES.get(self.unit or "", (self.unit, Decimal(1)))
        return (self.value * times).normalize() + 0, base

    def may_equal(self, other: "Number") -> bool:
        """Whether both are the same measure, or the same time of day told more or less fully.

        >>> numbers("at 10 p.m.")[0].may_equal(numbers("22:00")[0])
        True
        >>> numbers("at 7.29")[0].may_equal(numbers("07:29")[0])
        True
        """
        if self.measure == other.measure:
            return True
        if {self.unit, other.unit} != {CLOCK, None}:
            return False
        clock, bare = (self, other) if self.unit == CLOCK else (other, self)
        hour, minute = divmod(int(clock.value), 60)
        return bare.value in {Decimal(h) + Decimal(minute) / 100 for h in (hour, hour % 12 or 12)}


class Date(NamedTuple):
    """A date as far as it is given; None is left open."""

    year: int | None
    month: int | None
    day: int | None

    def within(self, other: "Date") -> bool:
        """True where ``other`` says every part that this one says."""
        return all(mine is None or mine == its for mine, its in zip(self, other, strict=True))


@lru_cache(maxsize=1024)
def dates(text: str) -> tuple[Date, ...]:
    """Every date of ``text``, years alone among them, in order."""
    return tuple(date for date, _, _ in _dates(text))


def _dates(text: str) -> Iterator[tuple[Date, int, int]]:
    for match in _DATE.finditer(text):
        found = match.groupdict()
        year, month, day = (
            next((found[key] for key in found if key.startswith(kind) and found[key]), None)
            for kind in ("y", "m", "d")
        )
        named = month if month is None or month.isdigit() else _MONTHS[month.strip(".").lower()]
        yield (
            Date(
                int(year) if year else None,
                int(named) if named else None,
                int(re.sub(r"\D", "", day)) if day else None,
            ),
            match.start(),
            match.end(),
        )


@lru_cache(maxsize=1024)
def numbers(text: str) -> tuple[Number, ...]:
    """Every number of ``text`` that is not part of a date, "one" and its like left out."""
    plain = "".join(
        unicodedata.normalize("NFKC", char) if char.isdecimal() else char for char in text
    )
    bare = list(plain)
    for _, start, end in _dates(plain):
        bare[start:end] = "\0" * (end - start)
    plain, spelled = "".join(bare), []
    for match in _TIME.finditer(plain):
        spelled.append(Number(_minutes(match), CLOCK, match.start(), match.end()))
        bare[match.start() : match.end()] = "\0" * len(match.group())
    plain = "".join(bare)
    for value, start, end in han_numbers(plain):
        spelled.append(Number(value.normalize() + 0, _unit_at(plain, end), start, end))
        bare[start:end] = "\0" * (end - start)
    found = [*spelled, *_numbers(anglicised("".join(bare)))]
    return tuple(sorted(found, key=lambda one: one.start) if spelled else found)


def _minutes(match: re.Match[str]) -> Decimal:
    """A time of day in minutes after midnight."""
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].lower() == "p")
    return Decimal(60 * hour + int(match["minute"] or match["minutes"] or match["french"] or 0))


def _unit_at(text: str, place: int) -> str | None:
    """The sign that stands at ``place``: "万元"."""
    return unit_of(text[place : place + 1])


def _numbers(text: str) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        word = match["word"]
        if word is None:
            value = Decimal(re.sub(r"[,\u00a0\u202f']", "", match["digits"]))
        else:
            spelled = _spelled(word)
            if spelled is None or (spelled == 1 and not match["scale"]):
                continue
            value = spelled
        if match["scale"] and (match["currency"] or match["scale"] not in "mb"):
            value *= Decimal(10) ** _SCALES[match["scale"].lower()]
        metres = match["scale"] == "m" and not match["currency"]
        unit = "m" if metres else unit_of(match["sign"] or match["unit"] or "")
        if match["currency"]:
            unit = _CURRENCIES[match["currency"].strip().lower()]
        yield Number(value.normalize() + 0, unit, match.start(), match.end())
    for match in _ORDINAL.finditer(text):
        rank = _ORDINALS[match.group().lower()]
        if rank > 2:  # "first" and "second" are more often adverbs and times
            yield Number(Decimal(rank), None, match.start(), match.end())


def is_numbered(text: str, start: int) -> bool:
    """Whether the figure at ``start`` only tells one of a kind from others.

    >>> is_numbered("Amendment No. 1", 14), is_numbered("Are there 14? No: 2", 18)
    (True, False)
    """
    return any(found.end() == start for found in _NUMBERED.finditer(text))


def unit_of(word: str) -> str | None:
    """The unit or currency that a word or sign stands for.

    >>> unit_of("kilometres"), unit_of("€"), unit_of("cars")
    ('km', 'euro', None)
    """
    folded = word.lower().replace(" ", "-")
    return _UNITS.get(folded) or _CURRENCIES.get(folded)


def _spelled(phrase: str) -> Decimal | None:
    """The value of number words: "two hundred and five thousand"; None for "a" alone."""
    total = current = 0
    seen = False
    for word in re.findall(r"[a-z]+", phrase.lower()):
        if word in _WORDS:
            current = (current or 1) * 12 if word == "dozen" else current + _WORDS[word]
            seen = True
        elif word == "hundred":
            current, seen = (current or 1) * 100, True
        elif word in _SCALES:
            total, current, seen = total + (current or 1) * 10 ** _SCALES[word], 0, True
    return Decimal(total + current) if seen else None


@lru_cache(maxsize=1024)
def names(text: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The words of proper names in ``text``: capitalised inside a sentence, or with digits.

    At the start of a sentence a capital tells nothing: there only words in capitals, or
    with a capital further in count, those that open a run of capitalised words, and those
    that are ``known`` to be names from elsewhere.
    """
    found = []
    matches = list(_NAME.finditer(text))
    for place, match in enumerate(matches):
        word = match.group()
        bare = re.sub(r"['’]s$", "", word)
        if not (_capital(bare) or any(char.isupper() for char in bare[1:])):
            continue
        if bare.casefold() in STOPWORDS and not (len(bare) > 1 and bare.isupper()):
            continue
        is_sign = _NUMBERED.match(text, match.start())
        if bare.strip(".").lower() in _NO_NAMES or bare == "I" or is_sign:
            continue
        inner = sum(char.isupper() for char in bare) > 1 or any(char.isdigit() for char in bare)
        if bare not in known and _OPENERS.search(text[: match.start()]) and not inner:
            after = matches[place + 1] if place + 1 < len(matches) else None
            if after is None or bare.casefold() in _OPENING_WORDS:
                continue
            if text[match.end() : after.start()] != " " or not _capital(after.group()):
                continue
        found.append(bare)
    return tuple(found)


def subjects(text: str) -> tuple[str, ...]:
    """The words that open a sentence, do what its verb says, and may be a single name.

    "Mallory owns the bridge": a capital tells nothing there, but that a word which no source
    holds should be a common noun in the singular, without an article, is not likely.  Those
    that end like one ("Production has", "Revenue was") are left out.
    """
    found = []
    for match in _NAME.finditer(text):
        word = match.group()
        opens = _capital(word) and word.isalpha() and _OPENERS.search(text[: match.start()])
        if not opens or word.casefold() in STOPWORDS | _OPENING_WORDS | _WORDS.keys():
            continue
        if _VERB.match(text, match.end()) and not _COMMON_ENDING.search(word):
            found.append(word)
    return tuple(found)


def _capital(word: str) -> bool:
    return word[:1].isupper() or (word[:1].isdigit() and any(char.isupper() for char in word))


@lru_cache(maxsize=64)
def parties(text: str) -> tuple[tuple[str, str], ...]:
    """The terms that a text defines, and whom each stands for.

    >>> parties('Lease between Harlow Ltd ("the Landlord") and Ann Dole (the "Tenant").')
    (('Landlord', 'Harlow Ltd'), ('Tenant', 'Ann Dole'))
    """
    found = []
    for one in _TERM.finditer(text):
        party = one["party"].replace("*", "")
        while (lead := _LED.match(party)) is not None and lead.end():
            party = party[lead.end() :]
        if name := party.partition(",")[0].strip():
            found.append((one["term"], name))
    return tuple(found)
